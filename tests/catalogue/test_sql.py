"""A query as SQL: DuckDB answers over an export what the catalogue answers, and no text gets out of its place."""

from __future__ import annotations

import difflib
import os
import random
from pathlib import Path

import duckdb
import numpy as np
import pytest
import sqlglot

import engines
from edexql.catalogue import evaluation
from edexql.catalogue.export.export import export
from edexql.catalogue.ingest.batches import Samples
from edexql.catalogue.quanta import quanta, quantized, unit_values
from edexql.catalogue.sql import conditions, predicates, schema
from edexql.catalogue.sql.predicates import SqlError
from edexql.catalogue.sql.text import COLUMNS, files_sql, header, sql, times_sql
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.writer import Writer
from edexql.commands.compile import DIALECTS
from edexql.model.answer import MATCHED, UNKNOWN, File
from edexql.model.logic import AND, OR, Logic
from edexql.model.query import Query
from engine_catalogue import DAY, MIDNIGHT, ODD_TAGS, VOCABULARY
from engine_queries import QUERIES, TYPICAL, date, expected, expected_times, generated, ranged, tag, word

pytestmark = pytest.mark.slow

TABLES = {table.name for table in engines.TABLES}
# Lines of the text for PostgreSQL begin with `-`, of that for Spark with `+`, of both with blanks.
GOLDEN = Path(__file__).parent / "typical_query.ndiff"
SIDES = {"postgres": 1, "spark": 2}


# ---------------------------------------------------------------------------
# The same answers


@pytest.mark.parametrize("name", QUERIES)
def test_the_files_are_those_of_the_catalogue(name, catalogue, duck):
    assert duck(sql(QUERIES[name], VOCABULARY, "duckdb")) == expected(QUERIES[name], catalogue)


@pytest.mark.parametrize("name", QUERIES)
def test_the_times_are_those_of_the_catalogue(name, catalogue, duck):
    assert duck(times_sql(QUERIES[name], VOCABULARY, "duckdb")) == expected_times(QUERIES[name], catalogue)


@pytest.mark.parametrize("seed", range(60))
def test_of_any_query_files_and_times_are_those_of_the_catalogue(seed, catalogue, duck):
    query = generated(seed)
    assert duck(sql(query, VOCABULARY, "duckdb")) == expected(query, catalogue), query
    assert duck(times_sql(query, VOCABULARY, "duckdb")) == expected_times(query, catalogue), query


@pytest.mark.parametrize("name", ["typical", *QUERIES])
def test_rows_of_files_have_what_an_answer_is_made_of(name, catalogue, duck):
    query = QUERIES.get(name, TYPICAL)
    answer = evaluation.evaluate(query, catalogue, VOCABULARY)
    made = [
        File(row["name"], row["size"], row["size_text"] or "", row["start_second"], row["end_second"], row["seconds"],
             row["product"], row["place"], row["synthetic"], row["state"])
        for row in (dict(zip((*COLUMNS, "state", "seconds"), row, strict=True))
                    for row in duck(files_sql(query, VOCABULARY, "duckdb")))
    ]  # fmt: skip
    assert tuple(file for file in made if file.state == MATCHED) == tuple(answer.files)
    assert tuple(file for file in made if file.state == UNKNOWN) == tuple(answer.unknown)


@pytest.mark.parametrize("seed", range(200, 230))
def test_datafusion_answers_the_text_for_duckdb(seed, catalogue, exported):
    pytest.importorskip("datafusion")
    with engines.datafusion(str(exported)) as rows:
        query = generated(seed)
        assert rows(sql(query, VOCABULARY, "duckdb")) == expected(query, catalogue), query
        assert rows(times_sql(query, VOCABULARY, "duckdb")) == expected_times(query, catalogue), query


def test_the_queries_ask_for_enough(catalogue):
    answers = {name: {row[1] for row in expected(query, catalogue)} for name, query in QUERIES.items()}
    assert sum(states == {"matched", "unknown"} for states in answers.values()) > 20
    assert answers["an unknown field"] == {"unknown"}
    assert answers["no such product"] == set()


def test_lines_go_on_from_one_segment_to_the_next(tmp_path):
    border = 65536 * 60 * 396
    with Writer(str(tmp_path / "catalogue"), VOCABULARY) as writer:
        writer.begin_source("table", "table", "1", synthetic=True)
        times = np.arange(border - 600, border + 600, 60)
        for field, series in (("latitude", "track"), ("imf-by", "wind")):
            writer.add(Samples(series, times, 60, {field: (times - border) / 6.0}, linear=True))
        writer.commit()
    with open_catalogue(str(tmp_path / "catalogue")) as opened:
        assert len(opened.segments["track"]) == 2
        export(opened, VOCABULARY, str(tmp_path / "export"))
        for field in ("latitude", "imf-by"):
            query = Query((), (ranged(field, -6, 6),))
            with engines.duckdb(str(tmp_path / "export")) as rows:
                found = rows(times_sql(query, VOCABULARY, "duckdb"))
            assert found == expected_times(query, opened)
            assert [row for row in found if row[2] == "matched"] == [(border - 36, border + 37, "matched")]


# ---------------------------------------------------------------------------
# The text


@pytest.mark.parametrize("dialect", schema.DIALECTS)
def test_the_text_of_a_typical_query(dialect):
    """To write the file anew, run with UPDATE_GOLDEN=1. What counts is the query, not how sqlglot lays it out."""
    title = "the query\nin two lines"
    written = sql(TYPICAL, VOCABULARY, dialect, title)
    if os.environ.get("UPDATE_GOLDEN"):
        sides = [sql(TYPICAL, VOCABULARY, side, title).splitlines(keepends=True) for side in SIDES]
        lines = [line for line in difflib.ndiff(*sides) if not line.startswith("? ")]
        GOLDEN.write_text("".join(lines), "utf-8")
    # That for DuckDB is the text for PostgreSQL, as sqlglot puts it.
    stored = "postgres" if dialect == "duckdb" else dialect
    lines = GOLDEN.read_text("utf-8").splitlines(keepends=True)
    golden = "".join(difflib.restore(lines, SIDES[stored]))
    golden = golden.replace(schema.DIALECTS[stored], schema.DIALECTS[dialect], 1)
    assert written.splitlines()[:4] == golden.splitlines()[:4]
    assert _statement(written, dialect, dialect) == _statement(golden, stored, dialect)


def _statement(text, read, write):
    """A statement but for its comments, in a dialect."""
    (plain,) = sqlglot.transpile(text, read=read, write=write, comments=False)
    return sqlglot.parse_one(plain, dialect=write)


@pytest.mark.parametrize("dialect", schema.DIALECTS)
@pytest.mark.parametrize("write", [sql, files_sql, times_sql])
def test_a_text_is_one_statement_in_which_every_step_is_named_once(dialect, write):
    written = write(TYPICAL, VOCABULARY, dialect)
    (statement,) = sqlglot.parse(written, dialect=dialect)
    tables = [table.name for table in statement.find_all(sqlglot.exp.Table)]
    assert len(tables) == len(set(tables))
    asked = {"logged", "covered", "held", "present", "ephemeris"}
    assert (asked if write is times_sql else {*asked, "file"}) <= set(tables)


@pytest.mark.parametrize("write", [sql, files_sql, times_sql])
def test_every_window_is_of_a_day_and_every_scan_of_a_satellite(write):
    statement = sqlglot.parse_one(write(TYPICAL, VOCABULARY, "duckdb"), dialect="duckdb")
    for window in statement.find_all(sqlglot.exp.Window):
        assert window.args["partition_by"], window.sql()
    for scan in statement.find_all(sqlglot.exp.Table):
        if scan.name in TABLES:
            assert "satellite IN ('cassiope')" in scan.parent_select.args["where"].sql()


def test_the_scan_is_limited_to_the_months_of_the_dates():
    written = sql(Query((), (date(MIDNIGHT - 5, MIDNIGHT + 5), ranged("altitude", None, 500))), VOCABULARY, "duckdb")
    statement = sqlglot.parse_one(written, dialect="duckdb")
    scans = [table for table in statement.find_all(sqlglot.exp.Table) if table.name in TABLES]
    assert {table.name for table in scans} == {"file", "present", "ephemeris"}
    for scan in scans:
        where = scan.parent_select.args["where"].sql()
        # A file reaches into the month after its own.
        assert f"month >= {201903 if scan.name == 'file' else 201904}" in where
        assert "month <= 201905" in where
        assert str(MIDNIGHT - 5) in where
    # A date that need not hold limits nothing.
    query = Query((), (date(MIDNIGHT - 5, MIDNIGHT + 5), ranged("altitude", None, 500)), Logic((1, 2, OR)))
    assert "month" not in sql(query, VOCABULARY, "duckdb")


def test_there_are_the_dialects_that_the_command_names():
    assert tuple(schema.DIALECTS) == DIALECTS
    with pytest.raises(ValueError, match=r"^unknown dialect oracle; the dialects are duckdb, postgres, spark$"):
        sql(TYPICAL, VOCABULARY, "oracle")


def _texts(count: int) -> list[str]:
    chance = random.Random(7)
    pieces = [
        "'",
        '"',
        "\\",
        "\n",
        "\r",
        "${",
        "$",
        "{",
        "}",
        "--",
        "/*",
        "*/",
        ";",
        "%s",
        ":a",
        "?",
        "\u2028",
        "\x85",
        "é",
        "a",
    ]
    return ["".join(chance.choices(pieces, k=chance.randrange(1, 9))) for _ in range(count)]


def test_any_text_is_a_literal_of_itself():
    with duckdb.connect() as connection:
        for value in [*ODD_TAGS, *_texts(300)]:
            literal = sqlglot.transpile(f"SELECT {conditions.text(value)}", read="postgres", write="duckdb")[0]
            assert connection.execute(literal).fetchall() == [(value,)]


def test_a_text_that_no_table_holds_equals_nothing():
    assert conditions.text("a\0") == conditions.text("\udc80") == "CAST(NULL AS TEXT)"


@pytest.mark.parametrize("dialect", schema.DIALECTS)
def test_no_text_gets_out_of_its_place(dialect):
    harmless = sqlglot.parse_one(sql(Query(("p",), (tag("t"),)), VOCABULARY, dialect), dialect=dialect)
    for value in [*ODD_TAGS, *_texts(40)]:
        written = sql(Query((value,), (tag(value),)), VOCABULARY, dialect, value)
        (statement,) = sqlglot.parse(written, dialect=dialect)
        assert "${" not in written
        assert _shape(statement) == _shape(harmless)


def _shape(statement):
    """A query but for its texts."""
    copy = statement.copy()
    for node in copy.find_all(sqlglot.exp.Paren, sqlglot.exp.DPipe):
        texts = list(node.find_all(sqlglot.exp.Literal))
        if texts and all(text.is_string for text in texts):
            node.replace(sqlglot.exp.Literal.string(""))
    for node in copy.find_all(sqlglot.exp.Literal):
        if node.is_string:
            node.set("this", "")
    return copy


def test_a_title_stays_in_its_comment():
    for title in [
        *ODD_TAGS,
        *_texts(200),
        "ends in \\",
        "a\\\nSELECT 1",
        "\x00\x1b[31m",
        "long " * 200,
        "line\n" * 100,
    ]:
        for line in header(title, "spark", "name").split("\n")[:-1]:
            assert line.startswith("-- ")
            assert line.isprintable()
            assert not line.endswith("\\")
            assert "${" not in line
            assert len(line) < 200
        assert len(header(title, "spark", "name").split("\n")) < 40


@pytest.mark.parametrize("field", ["kp", "altitude", "latitude", "mlt", "gei-x", "some-field-of-a-user"])
def test_a_bound_is_the_very_number_that_is_exported(field, duck):
    size = quanta(field)
    counts = range(10 * size) if size < 100 else random.Random(1).sample(range(-32000, 32000), 400)
    stored = quantized(field, np.array(counts) / size)
    exact = unit_values(field, stored).tolist()
    listed = ", ".join(f"CAST({conditions.number(int(count), size)} AS DOUBLE)" for count in stored)
    assert duck(f"SELECT UNNEST([{listed}])") == [(value,) for value in exact]


def test_what_is_too_large_for_a_text_is_told():
    many = tuple(ranged("altitude", number, number + 0.5) for number in range(predicates.MOST_CONDITIONS + 1))
    with pytest.raises(SqlError, match="201 constraints other than dates, and SQL takes at most 200"):
        sql(Query((), many), VOCABULARY, "duckdb")
    alternating = [1]
    for number in range(predicates.DEEPEST + 1):
        alternating += [1 + number % 2, OR if number % 2 else AND]
    with pytest.raises(SqlError, match="nested brackets"):
        sql(Query((), (word("fai", "nir"), word("rri", "dipole")), Logic(tuple(alternating))), VOCABULARY, "duckdb")
    pairs = [date(MIDNIGHT + number, MIDNIGHT + number + 1) for number in range(predicates.MOST_SAMPLED + 1)]
    heights = [ranged("altitude", number, None) for number in range(predicates.MOST_SAMPLED + 1)]
    code: list[int] = []
    for number in range(1, len(pairs) + 1):
        code += [number, number + len(pairs), AND, *([OR] if number > 1 else [])]
    with pytest.raises(SqlError, match="31 separate conditions on the spacecraft"):
        sql(Query((), (*pairs, *heights), Logic(tuple(code))), VOCABULARY, "duckdb")
    apart = tuple(
        date(MIDNIGHT + 2 * number, MIDNIGHT + 2 * number + 1) for number in range(predicates.MOST_PERIODS + 1)
    )
    with pytest.raises(SqlError, match="100,001 periods"):
        sql(Query((), apart), VOCABULARY, "duckdb")


def test_many_periods_that_touch_are_one():
    touching = tuple(date(MIDNIGHT + number, MIDNIGHT + number + 1) for number in range(150_000))
    one = Query((), (date(MIDNIGHT, MIDNIGHT + 150_000),))
    assert sql(Query((), touching), VOCABULARY, "duckdb") == sql(one, VOCABULARY, "duckdb")


@pytest.mark.parametrize("count", [1, 60])
def test_whole_days_of_long_periods_are_answered(count, catalogue, duck):
    """They are compared with, up to a number of ranges of them; beyond that each day is a row."""
    months = [(MIDNIGHT - DAY * 40 * number, MIDNIGHT + DAY * (30 - 40 * number) + 60) for number in range(count)]
    code = [1, *(part for number in range(2, count + 2) for part in (number, OR))]
    query = Query((), (*(date(*month) for month in months), ranged("kp", 3, None)), Logic(tuple(code)))
    written = sql(query, VOCABULARY, "duckdb")
    assert written.count("midnight >= ") == min(count, 50)
    assert duck(written) == expected(query, catalogue)
    assert duck(times_sql(query, VOCABULARY, "duckdb")) == expected_times(query, catalogue)


def test_more_days_than_a_text_takes_are_reported():
    apart = tuple(date(MIDNIGHT + 60 * DAY * number, MIDNIGHT + (60 * number + 50) * DAY) for number in range(5000))
    with pytest.raises(SqlError, match="days of long periods"):
        sql(Query((), apart), VOCABULARY, "duckdb")


def test_ten_thousand_periods_and_the_deepest_brackets_are_answered(catalogue, duck):
    periods = tuple(date(MIDNIGHT - DAY + 9 * number, MIDNIGHT - DAY + 9 * number + 4) for number in range(10_000))
    query = Query((), periods)
    assert duck(sql(query, VOCABULARY, "duckdb")) == expected(query, catalogue)
    code = [1]
    for number in range(predicates.DEEPEST - 1):
        code += [1 + number % 3, AND if number % 2 else OR]
    query = Query((), (word("fai", "nir"), ranged("kp", 3, None), ranged("latitude", 0, None)), Logic(tuple(code)))
    assert duck(sql(query, VOCABULARY, "duckdb")) == expected(query, catalogue)
