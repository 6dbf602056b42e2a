"""A catalogue as Parquet files of the schema, `edexql compile --to sql`, and the page that tells of both."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date as day
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.dataset
import pyarrow.parquet
import pytest

import engines
from commands import environment, run
from edexql.catalogue import intervals
from edexql.catalogue.export.export import export
from edexql.catalogue.ingest.batches import File
from edexql.catalogue.sql import predicates, rows, schema
from edexql.catalogue.sql.counters import file_months
from edexql.catalogue.sql.text import sql, times_sql
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.writer import Writer
from edexql.model.query import Query
from engine_catalogue import DAY, MIDNIGHT, VOCABULARY
from engine_queries import QUERIES, TYPICAL, date, expected, ranged, word
from places import ROOT

PAGE = ROOT / "docs" / "schema.md"


# ---------------------------------------------------------------------------
# The export


def test_the_export_is_the_schema(exported):
    assert {path.name for path in exported.iterdir()} == {*(table.name for table in engines.TABLES), "manifest.json"}
    for table in engines.TABLES:
        (satellite,) = (exported / table.name).iterdir()
        months = sorted(path.name for path in satellite.iterdir())
        assert satellite.name == "satellite=cassiope"
        assert months == [*["month=0"] * (table.name == "file"), "month=201904", "month=201905"]
    for table in engines.TABLES:
        source = pyarrow.dataset.dataset(exported / table.name, partitioning="hive")
        assert source.schema.names == [column.name for column in table.columns]
        for path in source.files:
            found = pyarrow.parquet.read_schema(path)
            assert found.metadata[b"edexql.schema"] == str(schema.VERSION).encode()
        rows = source.to_table()
        assert rows.num_rows
        for column in table.columns:
            assert column.optional or rows[column.name].null_count == 0


def test_intervals_are_disjoint_and_each_lies_in_its_day_and_month(duck):
    keys = {"logged": "key, word", "covered": "key, word", "held": "field", "present": "1", "origin": "series, label"}
    for table, key in keys.items():
        wrong = f"""
            SELECT * FROM (SELECT start_second, end_second, day, month, LEAD(start_second) OVER (
                PARTITION BY {key} ORDER BY start_second) AS following FROM {table})
            WHERE start_second >= end_second OR following < end_second
                OR day <> start_second // 86400 OR day <> (end_second - 1) // 86400
                OR month <> CAST(strftime(make_timestamp(start_second * 1000000), '%Y%m') AS BIGINT)"""
        assert duck(wrong) == []
    seconds = (
        "SELECT COUNT(*), COUNT(DISTINCT second), (SELECT SUM(end_second - start_second) FROM present) FROM ephemeris"
    )
    (counts,) = duck(seconds)
    assert len(set(counts)) == 1


def test_rows_are_in_order_of_time(exported):
    for table in engines.TABLES:
        (time,) = {"second", "start_second"} & {column.name for column in table.columns}
        for path in pyarrow.dataset.dataset(exported / table.name, partitioning="hive").files:
            seconds = [second or 0 for second in pyarrow.parquet.read_table(path)[time].to_pylist()]
            assert seconds == sorted(seconds)


def test_what_is_cut_at_midnight_is_what_the_catalogue_has(duck, catalogue):
    for key, value in (("fai", "has-data"), ("fai", "nir"), ("eclipse", "umbra")):
        spans = duck(f"SELECT start_second, end_second FROM logged WHERE key = '{key}' AND word = '{value}'")
        assert intervals.of(spans) == catalogue.times(f"yes:{key}:{value}")
    spans = duck("SELECT start_second, end_second FROM covered WHERE key = 'eclipse' AND word = '*'")
    assert intervals.of(spans) == catalogue.times("covered:eclipse")


def test_the_month_of_a_file_says_where_it_can_reach(tmp_path):
    names = {
        "MGF_20190501_010000_020000_v2.1.0.lv2": 201905,
        "MGF_20190531_230000_010000_v2.1.0.lv2": 201905,
        "FAI_without_times.zip": 0,
    }
    with Writer(str(tmp_path / "catalogue"), VOCABULARY) as writer:
        writer.begin_source("a", "listing", "a", synthetic=False)
        for name in names:
            writer.add(File(name, 1, None, name, None))
        writer.commit()
    with open_catalogue(str(tmp_path / "catalogue")) as opened:
        export(opened, VOCABULARY, str(tmp_path / "export"))
    with engines.duckdb(str(tmp_path / "export")) as rows:
        assert dict(rows("SELECT name, month FROM file")) == names


def test_a_file_that_ends_later_than_in_the_next_month_is_of_no_month():
    start, ends = _second(2019, 5, 1), [_second(2019, 5, 1), _second(2019, 7, 1), _second(2019, 7, 1) + 1]
    months = rows._file_months(np.full(3, start), np.array(ends))
    assert months.tolist() == [201905, 201905, schema.NO_MONTH]
    # So that of a query of July the months from June on are enough.
    assert file_months((ends[1], intervals.END)) == "(month = 0 OR month >= 201906)"
    assert (
        file_months((_second(2020, 1, 1), _second(2020, 1, 2))) == "(month = 0 OR month >= 201912 AND month <= 202001)"
    )


def test_an_empty_catalogue_is_exported_as_empty_tables(tmp_path):
    with Writer(str(tmp_path / "catalogue"), VOCABULARY) as writer:
        writer.commit()
    with open_catalogue(str(tmp_path / "catalogue")) as opened:
        (tmp_path / "export").mkdir()
        export(opened, VOCABULARY, str(tmp_path / "export"))
    with engines.duckdb(str(tmp_path / "export")) as rows:
        assert [rows(f"SELECT COUNT(*) FROM {table.name}") for table in engines.TABLES] == [[(0,)]] * len(
            engines.TABLES
        )
        assert rows(sql(TYPICAL, VOCABULARY, "duckdb")) == []


def test_a_catalogue_that_changes_meanwhile_is_exported_as_it_was(tmp_path):
    def add(name: str) -> None:
        with Writer(str(tmp_path / "catalogue"), VOCABULARY) as writer:
            writer.begin_source(name, "listing", name, synthetic=False)
            writer.add(File(name, 1, None, name))
            writer.commit()

    add("MGF_20190501_010000_020000_v2.1.0.lv2")
    with open_catalogue(str(tmp_path / "catalogue")) as opened:
        add("MGF_20190501_000000_000100_v2.1.0.lv2")
        export(opened, VOCABULARY, str(tmp_path / "export"))
    with engines.duckdb(str(tmp_path / "export")) as rows:
        assert rows("SELECT name FROM file") == [("MGF_20190501_010000_020000_v2.1.0.lv2",)]


def test_without_a_package_its_fields_have_no_values(catalogue, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "aacgmv2", None)
    done = export(catalogue, VOCABULARY, str(tmp_path / "export"))
    assert done.empty == ("aacgm-latitude", "aacgm-longitude", "aacgm-mlt")
    with engines.duckdb(str(tmp_path / "export")) as rows:
        # What the ephemeris has of it is there.
        assert rows("SELECT COUNT(aacgm_latitude) > 0, COUNT(aacgm_longitude), COUNT(qd_mlt) > 0 FROM ephemeris") == [
            (True, 0, True)
        ]


# ---------------------------------------------------------------------------
# The command and the page


def test_the_command_writes_what_the_function_does(duck, catalogue):
    done = run("compile", "--to", "sql", "-e", "date 2019-05-01; fai nir; kp >= 3; email a@b.ca")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[2:5] == ["-- date 2019-05-01", "-- fai nir", "-- kp >= 3"]
    assert "a@b.ca" not in done.out
    query = Query((), (date(MIDNIGHT, MIDNIGHT + DAY), word("fai", "nir"), ranged("kp", 3, None)))
    assert duck(done.out) == expected(query, catalogue)
    other = run("compile", "--to", "sql", "--dialect", "spark", "-e", "fai nir").out
    assert other.startswith("-- A query of edexql for Spark SQL")


def test_a_query_that_edex_cannot_be_sent_has_a_text_all_the_same():
    text = "where NOT fai has-data AND date 2019-05-01"
    assert run("compile", "-e", text).code == 1
    done = run("compile", "--to", "sql", "-e", text)
    assert (done.code, done.err) == (0, "")


def test_wrong_usage_of_the_command():
    done = run("compile", "--dialect", "spark", "-e", "fai nir")
    assert (done.code, done.err) == (2, "edexql: --dialect needs --to sql\n")
    assert run("compile", "--to", "sql", "--dialect", "oracle", "-e", "fai nir").code == 2
    assert run("compile", "--to", "sql", "-e", "fai nirr and").code == 1
    text = "where " + " OR ".join(f"altitude {number}" for number in range(201))
    done = run("compile", "--to", "sql", "-e", text)
    assert (done.code, done.out) == (2, "")
    assert "201 constraints other than dates" in done.err


@pytest.mark.parametrize(
    ("module", "extra", "words"),
    [
        ("sqlglot", "sql", ["compile", "--to", "sql", "-e", "fai nir"]),
        ("pyarrow", "parquet", ["catalogue", "export", "FOLDER"]),
    ],
)
def test_a_package_that_is_missing_is_named(tmp_path, module, extra, words):
    words = [str(tmp_path / "export") if word == "FOLDER" else word for word in words]
    code = f"import sys; sys.modules[{module!r}] = None; from edexql.cli import main; sys.exit(main({words!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"pip install 'edexql[{extra}]'" in done.stderr


def test_the_page_lists_the_tables_as_they_are():
    assert schema.described(schema.tables(VOCABULARY)).strip() in PAGE.read_text("utf-8")
    assert f"Tables of version {schema.VERSION}" in PAGE.read_text("utf-8")


def test_the_page_states_the_limits():
    page = " ".join(PAGE.read_text("utf-8").split())
    for stated in (
        f"{predicates.MOST_PERIODS:,} periods",
        f"{predicates.MOST_CONDITIONS} constraints other than dates",
        f"{predicates.MOST_PREDICATES} parts",
        f"{predicates.MOST_SAMPLED} of them about the spacecraft",
        f"brackets {predicates.DEEPEST} deep",
    ):
        assert stated in page


def test_the_views_of_the_page_are_enough(exported, catalogue):
    (views,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    with duckdb.connect() as connection:
        connection.execute(views.replace("epop-export", str(exported)))
        assert connection.execute(sql(TYPICAL, VOCABULARY, "duckdb")).fetchall() == expected(TYPICAL, catalogue)


def test_the_command_writes_the_views_of_an_export(exported, catalogue):
    done = run("catalogue", "views", str(exported))
    assert (done.code, done.err) == (0, "")
    with duckdb.connect() as connection:
        connection.execute(done.out)
        assert connection.execute(sql(TYPICAL, VOCABULARY, "duckdb")).fetchall() == expected(TYPICAL, catalogue)
    other = run("catalogue", "views", str(exported), "--dialect", "spark").out
    assert other.count("CREATE OR REPLACE TEMPORARY VIEW") == len(engines.TABLES)
    done = run("catalogue", "views", str(exported / "file"))
    assert (done.code, done.out) == (2, "")
    assert "is not an export: it has no manifest.json" in done.err


def test_the_statements_of_the_page_make_tables(capsys):
    (program,) = (
        found for found in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL) if "schema" in found
    )
    exec(program, {})
    with duckdb.connect() as connection:
        connection.execute(capsys.readouterr().out)
        assert connection.execute("SELECT COUNT(*) FROM ephemeris").fetchall() == [(0,)]


def test_months_follow_each_other():
    assert rows.bounds(201912) == (_second(2019, 12, 1), _second(2020, 1, 1))
    assert rows.bounds(202002) == (_second(2020, 2, 1), _second(2020, 3, 1))
    times = intervals.of([(_second(2019, 11, 17), _second(2020, 1, 1)), (_second(2020, 3, 1) - 1, _second(2020, 3, 2))])
    assert rows.months(times) == [201911, 201912, 202002, 202003]
    assert rows.months(intervals.NEVER) == []


def _second(*parts: int) -> int:
    return (day(*parts).toordinal() - day(1970, 1, 1).toordinal()) * DAY


# ---------------------------------------------------------------------------
# Texts and tables of other schemas


def test_a_text_of_the_schema_before_is_no_answer_but_an_error(duck):
    text = Path(__file__).with_name("schema_1.sql").read_text("utf-8")
    assert "tables of schema 1" in text
    with pytest.raises(duckdb.BinderException, match="id"):
        duck(text)


def test_a_text_on_tables_of_the_schema_before_is_no_answer_but_an_error(exported):
    texts = [sql(query, VOCABULARY, "duckdb") for query in QUERIES.values()]
    with duckdb.connect() as connection:
        for table in engines.TABLES:
            newer = {"satellite", "day"} if table.name == "ephemeris" else {"satellite", "day", "month"}
            gone = [column.name for column in table.columns if column.name in newer]
            connection.execute(
                f"CREATE VIEW {table.name} AS SELECT * EXCLUDE ({', '.join(gone)}), 1 AS id"
                f" FROM read_parquet('{exported}/{table.name}/*/*/*.parquet', hive_partitioning = true)"
            )
        for text in (*texts, times_sql(TYPICAL, VOCABULARY, "duckdb")):
            with pytest.raises(duckdb.BinderException, match="satellite"):
                connection.execute(text)
