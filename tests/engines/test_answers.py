"""Every engine gives the answer that the catalogue gives: files, states, seconds, times, totals."""

from __future__ import annotations

import os
import signal
import threading

import pytest

import edexql
from edexql import engines
from edexql.catalogue import intervals
from edexql.catalogue.ingest.batches import Elements
from edexql.catalogue.notes import notes, notes_from
from edexql.catalogue.sql.rows import Facts, months
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.writer import Writer
from edexql.engines import sources
from edexql.engines.origins import origins
from engine_catalogue import VOCABULARY
from engine_queries import QUERIES, generated
from orbit_samples import EPOCHS, SETS
from same_answers import same, same_times

NAMED = ("no constraint", "as in the tutorial", "substitutes", "nobody knows, or a day")
ASKED = [
    *(pytest.param(QUERIES[name], id=name) for name in NAMED),
    *(pytest.param(generated(seed), id=str(seed)) for seed in range(2)),
    *(pytest.param(generated(seed), id=str(seed), marks=pytest.mark.slow) for seed in range(2, 12)),
]


@pytest.fixture(scope="module", params=["duckdb", "datafusion"])
def engine(request, exported):
    made = getattr(engines, request.param)(exported)
    yield made
    made.close()


@pytest.mark.parametrize("query", ASKED)
def test_an_answer_is_that_of_the_catalogue(query, engine, folder):
    same(edexql.fetch(query, engine=engine), edexql.evaluate(query, catalogue=folder))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in QUERIES if name not in NAMED])
def test_notes_are_those_of_the_catalogue(name, exported, folder):
    engine = engines.duckdb(exported)
    found, expected = (sources.evidence(one, VOCABULARY) for one in (engine, engines.local(folder)))
    query = QUERIES[name]
    assert found.answer(query).notes == expected.answer(query).notes
    assert found.holding(query).notes == expected.holding(query).notes
    engine.close()


@pytest.mark.parametrize("synthetic", [False, True])
def test_ages_of_element_sets_are_those_of_the_catalogue(synthetic, tmp_path):
    import pyarrow as pa

    with Writer(str(tmp_path), VOCABULARY) as writer:
        writer.begin_source("sets", "two-line elements", "1", synthetic=synthetic)
        writer.add(Elements(SETS, "cassiope"))
        writer.commit()
    asked = edexql.query("altitude < 500; qd-latitude > 60; kp > 5").constraints
    with open_catalogue(str(tmp_path)) as opened:
        catalogue = opened.of("cassiope")
        facts = Facts(catalogue, VOCABULARY)
        rows = pa.concat_tables([pa.table(facts.origins(month)) for month in months(facts.times())])
        found = origins(rows)
        for length in (3600, 86400, 10**7):
            window = intervals.of([(EPOCHS[0] - length, EPOCHS[0] + length)])
            expected = notes(asked, catalogue, VOCABULARY, window)
            assert notes_from(asked, found.sources, VOCABULARY, window) == expected
            assert "two-line element sets up to " in expected[0].text
            assert expected[0].text.startswith("synthetic values") == synthetic


@pytest.mark.parametrize("seed", range(2))
def test_times_whatever_files_there_are_are_those_of_the_catalogue(seed, engine, folder):
    query = generated(seed)
    times, expected = (
        sources.evidence(one, VOCABULARY).holding(query).times for one in (engine, engines.local(folder))
    )
    same_times(times, expected)


def test_a_connection_of_the_users_own_stays_as_it_is(exported, folder):
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE file AS SELECT 1 AS mine")
        engine = engines.duckdb(exported, connection=connection)
        same(edexql.fetch("kp >= 5", engine=engine), edexql.evaluate("kp >= 5", catalogue=folder))
        engine.close()
        assert connection.execute("SELECT table_name FROM information_schema.tables").fetchall() == [("file",)]
        assert connection.execute("SELECT mine FROM file").fetchall() == [(1,)]


@pytest.mark.parametrize("name", ["duckdb", "datafusion"])
def test_a_folder_may_have_any_name(name, exported, folder, tmp_path):
    odd = tmp_path / "it's [a] *?"
    odd.symlink_to(exported)
    answer = edexql.fetch("kp >= 5", engine=getattr(engines, name)(str(odd)))
    same(answer, edexql.evaluate("kp >= 5", catalogue=folder))


@pytest.mark.parametrize("name", ["duckdb", "datafusion"])
def test_an_interrupt_ends_a_statement(name, exported):
    engine = getattr(engines, name)(exported)
    many = "SELECT UNNEST(RANGE(0, 3000000)) AS x"
    threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        engine.run(f"SELECT SUM(CAST(a.x AS DOUBLE) * b.x) AS s FROM ({many}) AS a CROSS JOIN ({many}) AS b")
    assert engine.run("SELECT 1 AS one").to_pylist() == [{"one": 1}]
    engine.close()
