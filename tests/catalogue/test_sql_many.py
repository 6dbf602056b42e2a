"""Several queries in one statement: each answered as alone, with what they have in common worked out once."""

from __future__ import annotations

import random

import pytest
import sqlglot

from edexql.catalogue.plan import plan
from edexql.catalogue.sql import text
from edexql.catalogue.sql.predicates import SqlError
from edexql.catalogue.sql.text import files_sql, files_sql_of_many, sql, times_sql, times_sql_of_many
from edexql.model.query import Query
from engine_catalogue import FAI, VOCABULARY
from engine_queries import QUERIES, TYPICAL, expected, expected_times, generated, ranged

pytestmark = pytest.mark.slow

TABLES = {"file", "logged", "covered", "held", "present", "ephemeris"}


def rows_by_number(rows, count):
    """The rows of each query, which are to come one after another."""
    numbers = [row[0] for row in rows]
    assert numbers == sorted(numbers)
    assert set(numbers) <= set(range(1, count + 1))
    return [[row[1:] for row in rows if row[0] == number] for number in range(1, count + 1)]


@pytest.mark.parametrize("seed", range(6))
def test_each_of_several_queries_is_answered_as_alone(seed, catalogue, duck):
    queries = [generated(number) for number in range(40 * seed, 40 * seed + 7)]
    queries.append(random.Random(seed).choice(list(QUERIES.values())))
    found = rows_by_number(duck(files_sql_of_many(queries, VOCABULARY, "duckdb", columns=("name",))), len(queries))
    assert found == [expected(query, catalogue) for query in queries]
    products = tuple({product for query in queries for product in query.products})
    alike = [Query(products, query.constraints, query.logic) for query in queries]
    found = rows_by_number(duck(times_sql_of_many(alike, VOCABULARY, "duckdb")), len(queries))
    assert found == [expected_times(query, catalogue) for query in alike]


def test_queries_without_constraints_and_that_never_hold_are_among_others(catalogue, duck):
    names = ("no constraint", "never", "a day", "nothing named", "no such product", "kp")
    queries = [QUERIES[name] for name in names]
    found = rows_by_number(duck(files_sql_of_many(queries, VOCABULARY, "duckdb", columns=("name",))), len(queries))
    assert found == [expected(query, catalogue) for query in queries]
    for same in (queries[:1] * 2, queries[1:2] * 2):
        found = rows_by_number(duck(files_sql_of_many(same, VOCABULARY, "duckdb", columns=("name",))), 2)
        assert found == [expected(query, catalogue) for query in same]
        found = rows_by_number(duck(times_sql_of_many(same, VOCABULARY, "duckdb")), 2)
        assert found == [expected_times(query, catalogue) for query in same]


def test_one_of_many_is_numbered_and_has_all_columns(duck):
    alone = duck(files_sql(TYPICAL, VOCABULARY, "duckdb"))
    assert duck(files_sql_of_many([TYPICAL], VOCABULARY, "duckdb")) == [(1, *row) for row in alone]


@pytest.mark.parametrize("write", [files_sql_of_many, times_sql_of_many])
def test_what_queries_share_is_read_once(write):
    """The variants of a query: without one of its constraints, and each alone."""
    whole = plan(TYPICAL)
    assert whole is not None
    variants = [Query((FAI,), (constraint,)) for constraint in TYPICAL.constraints]
    statement = sqlglot.parse_one(write([TYPICAL, *variants], VOCABULARY, "duckdb"), dialect="duckdb")
    tables = [table.name for table in statement.find_all(sqlglot.exp.Table) if table.name in TABLES]
    assert len(tables) == len(set(tables))
    for window in statement.find_all(sqlglot.exp.Window):
        assert window.args["partition_by"], window.sql()


def test_what_is_too_much_for_one_statement_is_reported():
    queries = [
        Query((), (ranged("dst", number - text.MOST_TOGETHER, None),)) for number in range(text.MOST_TOGETHER + 1)
    ]
    with pytest.raises(
        SqlError, match=f"different predicates in all queries, and SQL takes at most {text.MOST_TOGETHER}"
    ):
        files_sql_of_many(queries, VOCABULARY, "duckdb")
    with pytest.raises(ValueError, match="unknown dialect oracle"):
        sql(TYPICAL, VOCABULARY, "oracle")
    with pytest.raises(ValueError, match="unknown dialect oracle"):
        times_sql(TYPICAL, VOCABULARY, "oracle")
