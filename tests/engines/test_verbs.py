"""Influence, reasons, lines of time and reasons for no files are those of the catalogue on every engine."""

from __future__ import annotations

import random

import pytest

import edexql
from edexql import engines
from edexql.engines import sources
from edexql.engines.why import UnknownFileError
from edexql.model.query import Query
from engine_catalogue import FAI, VOCABULARY
from engine_queries import QUERIES, generated, ranged

NAMED = ("no constraint", "nobody knows, or a day")
MORE = ("never", "storm in the dark", "substitutes", "two times, two regions")
ASKED = [
    *(pytest.param(QUERIES[name], id=name) for name in NAMED),
    *(pytest.param(QUERIES[name], id=name, marks=pytest.mark.slow) for name in MORE),
    *(pytest.param(generated(seed), id=str(seed), marks=pytest.mark.slow) for seed in range(20, 26)),
]


@pytest.fixture(scope="module")
def both(exported, folder):
    engine = engines.duckdb(exported)
    yield [sources.evidence(one, VOCABULARY) for one in (engine, engines.local(folder))]
    engine.close()


@pytest.fixture(scope="module")
def names(catalogue):
    from edexql.catalogue.files import every_file

    return every_file(catalogue).names


@pytest.mark.parametrize("query", ASKED)
def test_influence_is_that_of_the_catalogue(query, both):
    from edexql.engines.influence import influences

    found, expected = (influences(query, one) for one in both)
    assert found == expected


@pytest.mark.parametrize("query", ASKED)
def test_reasons_are_those_of_the_catalogue(query, both, names):
    from edexql.engines.why import why

    name = random.Random(str(query)).choice(names)
    found, expected = (why(name, query, one) for one in both)
    assert found == expected


@pytest.mark.parametrize("query", ASKED)
def test_a_timeline_is_that_of_the_catalogue(query, both):
    from edexql.engines.timeline import timeline

    found, expected = (timeline(query, one, 50) for one in both)
    assert found == expected


@pytest.mark.parametrize("query", [*ASKED, pytest.param(QUERIES["no such product"], id="no such product")])
def test_why_there_are_no_files_is_what_the_catalogue_says(query, both):
    from edexql.engines.sources import evaluate

    found, expected = (evaluate(query, one).emptiness for one in both)
    assert found == expected


def test_files_by_name_with_their_newest_versions(both, names):
    found, expected = ([one.file(name) for name in (*names[::7], "it's not there")] for one in both)
    assert found == expected
    assert any(name != newest for name, newest in ((file.name, newest) for file, newest in filter(None, expected)))
    begun = [[one.names_that_begin(letters, 5) for letters in ("fai_LV", "it's", "%", "")] for one in both]
    assert begun[0] == begun[1]
    assert len(begun[0][0]) == 5


def test_python_calls_the_same_on_any_engine(exported, folder):
    query = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3"
    engine = engines.duckdb(exported)
    assert edexql.influence(query, engine=engine) == edexql.influence(query, catalogue=folder)
    assert edexql.why(1, query, engine=engine) == edexql.why(1, query, catalogue=folder)
    assert edexql.timeline(query, engine=engine) == edexql.timeline(query, catalogue=folder)
    with pytest.raises(UnknownFileError, match=r"^the query gives 0 files: "):
        edexql.why(1, "date 2018; kp >= 3", engine=engine)
    with pytest.raises(ValueError, match="not both"):
        edexql.influence(query, engine=engine, catalogue=folder)
    with pytest.raises(edexql.EngineError, match="eDEx lists files alone"):
        edexql.influence(query, engine=engines.edex())


@pytest.mark.slow
def test_influence_of_more_constraints_than_one_statement_takes(both):
    from edexql.engines.influence import influences

    heights = tuple(ranged("altitude", 300 + 7 * number, 304 + 7 * number) for number in range(40))
    query = Query((FAI,), (*heights, ranged("kp", 3, None)))
    found, expected = (influences(query, one) for one in both)
    assert found == expected
