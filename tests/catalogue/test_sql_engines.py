"""The same queries on PostgreSQL and on Spark: row by row what the catalogue itself answers."""

from __future__ import annotations

import random

import pytest
import sqlglot

import engines
from edexql.catalogue.sql import predicates
from edexql.catalogue.sql.conditions import text
from edexql.catalogue.sql.text import sql, times_sql
from edexql.model.logic import AND, NOT, OR, Logic
from edexql.model.query import Query
from engine_catalogue import DAY, MIDNIGHT, ODD_TAGS, VOCABULARY
from engine_queries import QUERIES, date, expected, expected_times, generated, ranged, tag

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
