"""Every engine gives the answer that the catalogue gives: files, states, seconds, times, totals."""

from __future__ import annotations

import pytest

import edexql
from edexql import engines
from edexql.engines import sources
from engine_catalogue import VOCABULARY
from engine_queries import QUERIES, generated

NAMED = ("no constraint", "as in the tutorial", "substitutes", "nobody knows, or a day")
ASKED = [
    *map(QUERIES.get, NAMED),
    *map(generated, range(2)),
    *(pytest.param(generated(seed), marks=pytest.mark.slow) for seed in range(2, 12)),
]


@pytest.fixture(scope="module")
def duck(exported):
    engine = engines.duckdb(exported)
    yield engine
    engine.close()


def same(answer, expected) -> None:
    """All that an answer has is that of another."""
    assert tuple(answer.files) == tuple(expected.files)
    assert tuple(answer.unknown) == tuple(expected.unknown)
    assert list(answer.times.yes) == list(expected.times.yes)
    assert list(answer.times.may) == list(expected.times.may)
    assert answer.total == expected.total


@pytest.mark.parametrize("query", ASKED, ids=str)
def test_an_answer_is_that_of_the_catalogue(query, duck, folder):
    same(edexql.fetch(query, engine=duck), edexql.evaluate(query, catalogue=folder))


@pytest.mark.parametrize("seed", range(2))
def test_times_whatever_files_there_are_are_those_of_the_catalogue(seed, duck, folder):
    query = generated(seed)
    times, expected = (sources.evidence(one, VOCABULARY).holding(query).times for one in (duck, engines.local(folder)))
    assert list(times.yes) == list(expected.yes)
    assert list(times.may) == list(expected.may)


def test_a_connection_of_the_users_own_stays_as_it_is(exported, folder):
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE file AS SELECT 1 AS mine")
        engine = engines.duckdb(exported, connection=connection)
        same(edexql.fetch("kp >= 5", engine=engine), edexql.evaluate("kp >= 5", catalogue=folder))
        engine.close()
        assert connection.execute("SELECT table_name FROM information_schema.tables").fetchall() == [("file",)]
        assert connection.execute("SELECT mine FROM file").fetchall() == [(1,)]


def test_a_folder_may_have_any_name(exported, folder, tmp_path):
    odd = tmp_path / "it's [a] *?"
    odd.symlink_to(exported)
    answer = edexql.fetch("kp >= 5", engine=engines.duckdb(str(odd)))
    same(answer, edexql.evaluate("kp >= 5", catalogue=folder))
