"""What DuckDB means to do with the text: which files it opens, and what of them it reads."""

from __future__ import annotations

import json

import pytest

from edexql.catalogue.sql.text import files_sql, files_sql_of_many, times_sql
from edexql.model.query import Query
from engine_catalogue import DAY, FAI, MIDNIGHT, VOCABULARY
from engine_queries import date, ranged, word

pytestmark = pytest.mark.slow


def scans(duck, text):
    """What is said of each scan of the plan of a text, by the columns that it reads."""
    ((_, plan),) = duck(f"EXPLAIN (FORMAT json) {text}")
    todo, found = json.loads(plan), []
    while todo:
        node = todo.pop()
        todo += node["children"]
        if "PARQUET" in node["name"]:
            found.append(node["extra_info"])
    return found


def of_a_day(*constraints, shift=0):
    return Query((FAI,), (date(MIDNIGHT + shift + 3600, MIDNIGHT + shift + 7200), *constraints))


def test_one_month_of_each_table_is_opened_and_of_its_rows_those_of_the_dates(duck):
    query = of_a_day(word("fai", "nir"), ranged("kp", 3, None), ranged("altitude", None, 500))
    for write in (files_sql, times_sql):
        found = scans(duck, write(query, VOCABULARY, "duckdb"))
        facts = [scan for scan in found if "place" not in scan["Projections"]]
        assert len(facts) == 5
        for scan in facts:
            assert scan["Scanning Files"] == "1/2"
            assert str(MIDNIGHT + 7200) in str(scan["Filters"])
        (ephemeris,) = (scan for scan in facts if "second" in scan["Projections"])
        assert set(ephemeris["Projections"]) == {"second", "altitude", "satellite"}
    (held,) = (scan for scan in found if "value" in scan["Projections"])
    assert "(field = 'kp')" in held["Filters"]


def test_files_are_of_the_months_that_can_reach_the_dates_and_of_none(duck):
    for shift, opened in ((31 * DAY, "2/3"), (62 * DAY, "1/3"), (-40 * DAY, "1/3")):
        text = files_sql(of_a_day(ranged("altitude", None, 500), shift=shift), VOCABULARY, "duckdb")
        (scan,) = (scan for scan in scans(duck, text) if "name" in scan["Projections"])
        assert scan["Scanning Files"] == opened


def test_many_queries_open_what_their_dates_reach_together(duck):
    height = ranged("altitude", None, 500)
    queries = [of_a_day(height), of_a_day(height, shift=-DAY), of_a_day(ranged("latitude", 60, None), shift=3 * DAY)]
    found = scans(duck, files_sql_of_many(queries, VOCABULARY, "duckdb"))
    (ephemeris,) = (scan for scan in found if "second" in scan["Projections"])
    assert set(ephemeris["Projections"]) == {"second", "altitude", "latitude", "satellite"}
    assert str(MIDNIGHT - DAY + 3600) in str(ephemeris["Filters"])
    assert str(MIDNIGHT + 3 * DAY + 7200) in str(ephemeris["Filters"])
