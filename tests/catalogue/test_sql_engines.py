"""The same queries on PostgreSQL and on Spark: row by row what the catalogue itself answers."""

from __future__ import annotations

import random
import re

import pytest
import sqlglot

import engines
from edexql.catalogue.sql import predicates
from edexql.catalogue.sql.conditions import text
from edexql.catalogue.sql.text import files_sql, files_sql_of_many, sql, times_sql, times_sql_of_many
from edexql.model.logic import AND, NOT, OR, Logic
from edexql.model.query import Query
from engine_catalogue import DAY, MIDNIGHT, ODD_TAGS, VOCABULARY
from engine_queries import QUERIES, TYPICAL, date, expected, expected_times, generated, ranged, tag

pytestmark = pytest.mark.engines

ENGINES = {"postgres": engines.postgres, "spark": engines.spark}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, exported):
    with ENGINES[request.param](str(exported)) as rows:
        yield request.param, rows


@pytest.mark.parametrize("name", QUERIES)
def test_files_and_times_are_those_of_the_catalogue(name, engine, catalogue):
    dialect, rows = engine
    query = QUERIES[name]
    assert rows(sql(query, VOCABULARY, dialect, name)) == expected(query, catalogue)
    assert rows(times_sql(query, VOCABULARY, dialect, name)) == expected_times(query, catalogue)


@pytest.mark.parametrize("seed", range(1000, 1008))
def test_of_any_query_the_files_are_those_of_the_catalogue(seed, engine, catalogue):
    dialect, rows = engine
    query = generated(seed)
    assert rows(sql(query, VOCABULARY, dialect)) == expected(query, catalogue), query


def test_the_plan_of_spark_has_every_table_once_its_days_apart_and_no_loop(engine):
    """What funnels all rows through one task, or works something out twice, does not scale."""
    dialect, rows = engine
    if dialect != "spark":
        pytest.skip("about the plan of Spark")
    facts = {"logged", "covered", "held", "present", "ephemeris"}
    many = [TYPICAL, *(Query(TYPICAL.products, (TYPICAL.constraints[0], one)) for one in TYPICAL.constraints[1:])]
    plans = {
        files_sql(TYPICAL, VOCABULARY, dialect): ({*facts, "file"}, 5),
        times_sql(TYPICAL, VOCABULARY, dialect): (facts, 7),
        files_sql_of_many(many, VOCABULARY, dialect): ({*facts, "file"}, 5),
    }
    for written, (tables, exchanges) in plans.items():
        ((plan,),) = rows(f"EXPLAIN FORMATTED {written}")
        assert "SinglePartition" not in plan
        assert "NestedLoop" not in plan
        assert "Cartesian" not in plan
        assert sorted(re.findall(r"Location: InMemoryFileIndex \[.*/(\w+)\]", plan)) == sorted(tables)
        filters = re.findall(r"PartitionFilters: \[(.*)\]", plan)
        assert len(filters) == len(tables)
        for one in filters:
            assert "satellite" in one
            assert "month" in one
            assert "201905" in one
        # Minutes of the ephemeris, its runs, days, files, and the order of the rows.
        assert len(re.findall(r"Arguments: (?:hash|range)partitioning", plan)) <= exchanges


@pytest.mark.parametrize("seed", range(3))
def test_several_queries_are_answered_in_one_statement(seed, engine, catalogue):
    dialect, rows = engine
    queries = [generated(number) for number in range(2000 + 4 * seed, 2004 + 4 * seed)]
    found = rows(files_sql_of_many(queries, VOCABULARY, dialect, columns=("name",)))
    assert found == [(number, *row) for number, one in enumerate(queries, 1) for row in expected(one, catalogue)]
    products = tuple({product for query in queries for product in query.products})
    alike = [Query(products, one.constraints, one.logic) for one in queries]
    found = rows(times_sql_of_many(alike, VOCABULARY, dialect))
    assert found == [(number, *row) for number, one in enumerate(alike, 1) for row in expected_times(one, catalogue)]


def test_all_columns_are_those_of_duckdb(engine, duck):
    dialect, rows = engine
    assert rows(files_sql(TYPICAL, VOCABULARY, dialect)) == duck(files_sql(TYPICAL, VOCABULARY, "duckdb"))


def test_a_query_as_large_as_they_may_be(engine, catalogue):
    dialect, rows = engine
    heights = [ranged("altitude", 300 + 7 * number, 300 + 7 * number + 5) for number in range(predicates.MOST_SAMPLED)]
    dates = [date(MIDNIGHT + 600 * number, MIDNIGHT + 600 * number + 900) for number in range(len(heights))]
    tags = [tag(ODD_TAGS[number % len(ODD_TAGS)]) for number in range(len(heights))]
    code: list[int] = []
    for number in range(1, len(heights) + 1):
        code += [number, number + len(heights), AND, number + 2 * len(heights), NOT, AND, *([OR] if number > 1 else [])]
    query = Query((), (*heights, *dates, *tags), Logic(tuple(code)))
    assert rows(sql(query, VOCABULARY, dialect)) == expected(query, catalogue)


def test_very_many_periods(engine, catalogue):
    dialect, rows = engine
    query = Query(
        (), tuple(date(MIDNIGHT - DAY + 9 * number, MIDNIGHT - DAY + 9 * number + 4) for number in range(20_000))
    )
    assert rows(sql(query, VOCABULARY, dialect)) == expected(query, catalogue)


def test_any_text_is_a_literal_of_itself(engine):
    dialect, rows = engine
    chance = random.Random(11)
    pieces = [
        "'",
        '"',
        "\\",
        "\n",
        "\r",
        "\t",
        "${",
        "$",
        "{",
        "--",
        "/*",
        ";",
        "%s",
        "%",
        "_",
        ":a",
        "\u2028",
        "é",
        "n",
        "u0041",
    ]
    texts = ["".join(chance.choices(pieces, k=chance.randrange(1, 9))) for _ in range(60)]
    listed = ", ".join(f"{text(value)} AS t{number}" for number, value in enumerate(texts))
    (row,) = rows(sqlglot.transpile(f"SELECT {listed}", read="postgres", write=dialect)[0])
    assert list(row) == texts
