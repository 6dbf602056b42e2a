"""PostgreSQL, Spark (a session of the user's own, and a server of Connect) and object storage, really started."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

import edexql
import engine_servers
import engines as started
from commands import run
from edexql import engines
from edexql.catalogue.export.export import export
from edexql.catalogue.export.place import Place, place_of
from edexql.catalogue.export.postgres import load
from edexql.catalogue.sql import schema
from edexql.engines import sources
from edexql.engines.influence import influences
from edexql.engines.why import why
from engine_catalogue import VOCABULARY
from engine_queries import QUERIES, generated
from engine_servers import PASSWORD
from same_answers import same, same_times

pytestmark = pytest.mark.engines

SIMPLE = edexql.query("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3")


@pytest.fixture(scope="module")
def postgres(address):
    engine = engines.postgres(address)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def connect(exported):
    engine = engines.spark(f"sc://127.0.0.1:{started.spark_session()[1]}", exported)
    yield engine
    engine.close()


# PostgreSQL


@pytest.mark.parametrize("name", QUERIES)
def test_postgresql_gives_the_answer_of_the_catalogue(name, postgres, folder):
    same(edexql.fetch(QUERIES[name], engine=postgres), edexql.evaluate(QUERIES[name], catalogue=folder))


@pytest.mark.parametrize("seed", range(1000, 1006))
def test_postgresql_gives_the_answer_of_the_catalogue_to_any_query(seed, postgres, folder):
    query = generated(seed)
    same(edexql.fetch(query, engine=postgres), edexql.evaluate(query, catalogue=folder))


def test_postgresql_has_the_other_verbs_too(postgres, folder):
    query = QUERIES["storm in the dark"]
    found, expected = (sources.evidence(one, VOCABULARY) for one in (postgres, engines.local(folder)))
    same_times(found.holding(query).times, expected.holding(query).times)
    assert influences(query, found) == influences(query, expected)
    name = expected.answer(QUERIES["a day"]).files[0].name
    assert why(name, query, found) == why(name, query, expected)
    assert edexql.timeline(query, engine=postgres) == edexql.timeline(query, catalogue=folder)


def test_a_password_is_neither_shown_nor_stored(address, postgres, tmp_path):
    assert PASSWORD in address or PASSWORD.replace("%", "%25") in address
    for text in (postgres.place, postgres.title, repr(postgres)):
        assert "s3cr3t" not in text
    kept = tmp_path / "kept.edqs"
    done = run("fetch", "--engine", "postgres", "--at", address, "-e", "kp >= 5", "--save", str(kept))
    assert done.code == 0
    assert "s3cr3t" not in done.out + done.err + kept.read_text()
    assert "host=127.0.0.1" in kept.read_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wr0ng-one"}, "password authentication failed"),
        ({"dbname": "nowhere"}, 'database "nowhere" does not exist'),
        ({"port": "9"}, "onnection refused"),
    ],
)
def test_what_cannot_be_connected_to_is_said_without_secrets(change, said, address):
    import psycopg

    wrong = psycopg.conninfo.make_conninfo(address, **change)
    done = run("fetch", "--engine", "postgres", "--at", wrong, "-e", "kp >= 5")
    assert done.code == 2
    assert done.err.startswith("edexql: cannot connect to PostgreSQL at ")
    assert said in done.err
    assert "s3cr3t" not in done.err
    assert "wr0ng-one" not in done.err


def test_tables_that_are_missing_or_of_another_schema(address):
    import psycopg

    with pytest.raises(edexql.EngineError, match="has no table file in the schema elsewhere"):
        engines.postgres(address, schema="elsewhere")
    with pytest.raises(edexql.EngineError, match=r"^this is no address of a PostgreSQL database: write postgresql://"):
        engines.postgres("me:s3cr3t@host")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("UPDATE edexql.manifest SET value = '77' WHERE name = 'edexql.schema'")
        with pytest.raises(edexql.EngineError, match=r"has tables of schema 77, and this edexql reads schema"):
            edexql.fetch("kp >= 5", engine=engines.postgres(address))
        connection.execute(f"UPDATE edexql.manifest SET value = '{schema.VERSION}' WHERE name = 'edexql.schema'")


def _running(address: str) -> list[int]:
    """The servers' processes that run a long statement for us."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'edexql' AND state = 'active'"
            " AND query LIKE '%pg_sleep%'"
        )
        return [pid for (pid,) in rows]


def _when_it_runs(address: str, act) -> threading.Thread:
    def watch() -> None:
        while not (pids := _running(address)):
            time.sleep(0.05)
        act(pids)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def test_a_connection_that_is_cut_is_said_and_opened_again(address, folder):
    import psycopg

    engine = engines.postgres(address)

    def cut(pids):
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", (pids[0],))

    watch = _when_it_runs(address, cut)
    with pytest.raises(edexql.EngineError, match=r"^the connection to PostgreSQL at .*host=127\.0\.0\.1.* was lost: "):
        engine.run("SELECT pg_sleep(600)")
    watch.join()
    same(edexql.fetch(SIMPLE, engine=engine), edexql.evaluate(SIMPLE, catalogue=folder))
    engine.close()


def test_a_server_that_is_stopped_is_said_and_asked_when_it_runs_again(catalogue, folder):
    with engine_servers.cluster() as server:
        load(catalogue, VOCABULARY, server.address)
        engine = engines.postgres(server.address)
        watch = _when_it_runs(server.address, lambda _: server.stop())
        with pytest.raises(edexql.EngineError, match=r"^the connection to PostgreSQL at .* was lost: ") as error:
            engine.run("SELECT pg_sleep(600)")
        watch.join()
        with pytest.raises(edexql.EngineError, match=r"^cannot connect to PostgreSQL at .*onnection refused") as down:
            edexql.fetch(SIMPLE, engine=engine)
        assert "s3cr3t" not in f"{error.value}{down.value}"
        server.start()
        same(edexql.fetch(SIMPLE, engine=engine), edexql.evaluate(SIMPLE, catalogue=folder))
        engine.close()


def test_an_interrupt_ends_the_statement(address, folder):
    engine = engines.postgres(address)
    watch = _when_it_runs(address, lambda _: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        engine.run("SELECT pg_sleep(600)")
    watch.join()
    while _running(address):
        time.sleep(0.05)
    same(edexql.fetch(SIMPLE, engine=engine), edexql.evaluate(SIMPLE, catalogue=folder))
    engine.close()


# Spark


def test_a_session_of_the_users_own_answers_and_stays_as_it_is(exported, folder):
    session, _ = started.spark_session()
    before = dict(session.conf.getAll)
    session.conf.set("spark.sql.parser.escapedStringLiterals", "true")
    try:
        engine = engines.spark(session, exported)
        same(edexql.fetch(QUERIES["odd tags"], engine=engine), edexql.evaluate(QUERIES["odd tags"], catalogue=folder))
        engine.close()
        assert session.conf.get("spark.sql.parser.escapedStringLiterals") == "true"
    finally:
        session.conf.unset("spark.sql.parser.escapedStringLiterals")
    assert dict(session.conf.getAll) == before
    assert [row.name for row in session.catalog.listTables() if row.name.startswith("edexql")] == []
    assert session.sql("SELECT 1 AS one").collect()[0].one == 1


def test_spark_connect_gives_the_answer_of_the_catalogue(connect, folder):
    same(edexql.fetch(SIMPLE, engine=connect), edexql.evaluate(SIMPLE, catalogue=folder))


def test_spark_connect_has_the_other_verbs_too(connect, folder):
    name = "FAI_without_times.zip"
    assert edexql.why(name, SIMPLE, engine=connect) == edexql.why(name, SIMPLE, catalogue=folder)
    assert edexql.timeline(SIMPLE, engine=connect) == edexql.timeline(SIMPLE, catalogue=folder)


def test_what_spark_does_not_find_or_reach(connect, exported, tmp_path):
    server = connect.place.partition("#")[0]
    with pytest.raises(edexql.EngineError, match=r"^Spark finds no export of this version at .*/nowhere: "):
        edexql.fetch(SIMPLE, engine=engines.spark(server, str(tmp_path / "nowhere")))
    with pytest.raises(edexql.EngineError, match=r"^Spark Connect has an address that begins with sc://, not http"):
        engines.spark("http://127.0.0.1", exported)
    with pytest.raises(edexql.EngineError, match=r"^cannot reach Spark at sc://127\.0\.0\.1:9: ") as error:
        engines.spark("sc://127.0.0.1:9/;token=s3cr3t", exported)
    assert "s3cr3t" not in str(error.value)


@pytest.mark.parametrize("kind", ["classic", "connect"])
def test_spark_reads_the_files_of_the_manifest_alone(kind, exported, folder, tmp_path):
    session, port = started.spark_session()
    copied = Path(shutil.copytree(exported, tmp_path / "export of mine"))
    path = min((copied / "file").rglob("*.parquet"))
    shutil.copy(path, path.with_name("part-of-another-state.parquet"))
    given = session if kind == "classic" else f"sc://127.0.0.1:{port}"
    engine = engines.spark(given, str(copied))
    same(edexql.fetch(SIMPLE, engine=engine), edexql.evaluate(SIMPLE, catalogue=folder))
    engine.close()
    assert not [row.name for row in session.catalog.listTables() if row.name.startswith("edexql")]

    def refusal() -> str:
        engine = engines.spark(given, str(copied))
        with pytest.raises(edexql.EngineError) as error:
            edexql.fetch(SIMPLE, engine=engine)
        engine.close()
        return str(error.value)

    data = path.read_bytes()
    path.write_bytes(data[:-100])
    assert f"{path.name} has {len(data) - 100:,} bytes where {len(data):,} were written" in refusal()
    path.unlink()
    assert f"{path.name} is missing; `edexql catalogue export` to the same place writes it again" in refusal()
    manifest = copied / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"schema": 2', '"schema": 77'), "utf-8")
    path.write_bytes(data)
    assert "has tables of schema 77, and this edexql reads schema 2" in refusal()
    manifest.write_text("[]")
    assert "cannot be read as an export: the manifest is damaged" in refusal()
    manifest.unlink()
    assert "finds no export of this version at" in refusal()


def test_an_engine_of_spark_goes_on_with_an_export_that_was_written_again(catalogue, exported, folder, tmp_path):
    copied = Path(shutil.copytree(exported, tmp_path / "export"))
    engine = engines.spark(started.spark_session()[0], str(copied))
    whole = edexql.evaluate(SIMPLE, catalogue=folder)
    same(edexql.fetch(SIMPLE, engine=engine), whole)
    shutil.rmtree(copied)
    with pytest.raises(edexql.EngineError):
        edexql.fetch(SIMPLE, engine=engine)
    export(catalogue, VOCABULARY, str(copied))
    same(edexql.fetch(SIMPLE, engine=engine), whole)
    engine.close()


def test_a_way_to_spark_that_is_cut(exported):
    wire = engine_servers.Wire(started.spark_session()[1])
    engine = engines.spark(f"sc://127.0.0.1:{wire.port}", exported)
    context = started.spark_session()[0].sparkContext

    def watch() -> None:
        while not context.statusTracker().getActiveJobsIds():
            time.sleep(0.05)
        wire.cut()

    threading.Thread(target=watch, daemon=True).start()
    with pytest.raises(edexql.EngineError, match=r"^the connection to Spark on .* was lost: "):
        engine.run("SELECT SUM(a.id * b.id) FROM range(1000000) AS a CROSS JOIN range(1000000) AS b")
    engine.close()
    context.cancelAllJobs()


def test_a_server_of_spark_that_is_killed_is_said_and_asked_when_it_runs_again(exported, folder):
    server = engine_servers.Spark()
    try:
        address = f"sc://127.0.0.1:{server.port}"
        engine = engines.spark(f"{address}/;session_note=s3cr3t", exported)
        assert engine.relation("file").endswith("_file")

        def watch() -> None:
            server.wait_for_a_statement()
            server.kill()

        threading.Thread(target=watch, daemon=True).start()
        with pytest.raises(edexql.EngineError, match=r"^the connection to Spark on .* was lost: .*; ask again") as lost:
            engine.run("SELECT SUM(a.id * b.id) FROM range(1000000) AS a CROSS JOIN range(1000000) AS b")
        with pytest.raises(edexql.EngineError, match=r"^cannot reach Spark at sc://127\.0\.0\.1:\d+: ") as down:
            edexql.fetch(SIMPLE, engine=engine)
        assert "s3cr3t" not in f"{lost.value}{down.value}"
        assert "Rendezvous" not in f"{lost.value}{down.value}"
        server.start()
        same(edexql.fetch(SIMPLE, engine=engine), edexql.evaluate(SIMPLE, catalogue=folder))
        engine.close()
    finally:
        server.kill()


# Object storage


@pytest.mark.parametrize("name", ["duckdb", "datafusion"])
def test_an_export_in_object_storage(name, exported, folder):
    with engine_servers.s3(exported) as place:
        engine = getattr(engines, name)(place)
        same(edexql.fetch(SIMPLE, engine=engine), edexql.evaluate(SIMPLE, catalogue=folder))
        assert (engine.place, PASSWORD in engine.title) == (place, False)
        with pytest.raises(edexql.EngineError, match=r"^there is nothing at s3a://epop/exprot: name the folder"):
            getattr(engines, name)("s3a://epop/exprot")
        engine.close()


def test_an_export_straight_to_object_storage(catalogue, exported, folder, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    with engine_servers.s3(str(tmp_path / "empty")):
        place = "s3://epop/mine"
        written = []
        write = Place.write

        def cut(where, path, data):
            if len(written) == 12:
                raise KeyboardInterrupt
            written.append(path)
            write(where, path, data)

        with monkeypatch.context() as patch:
            patch.setattr(Place, "write", cut)
            with pytest.raises(KeyboardInterrupt):
                export(catalogue, VOCABULARY, place)
        with pytest.raises(edexql.EngineError, match="its export was cut off, or is not done yet"):
            engines.duckdb(place)
        first = run("catalogue", "export", "--catalogue", folder, place)
        assert (first.code, "months written, " in first.err) == (0, True), first.err
        again = run("catalogue", "export", "--catalogue", folder, place)
        assert "0 months written, 3 did not change; " in again.err
        by_two = run("catalogue", "export", "--jobs", "2", "--catalogue", folder, "s3://epop/by-two")
        assert by_two.code == 0, by_two.err
        # The same files as in a folder of this machine.
        assert place_of(place).files() == place_of("s3://epop/by-two").files() == place_of(str(exported)).files()
        engine = engines.duckdb(place)
        same(edexql.fetch(SIMPLE, engine=engine), edexql.evaluate(SIMPLE, catalogue=folder))
        engine.close()
        assert PASSWORD not in first.err + again.err
