"""A catalogue in the tables of a PostgreSQL that is really started: replaced as a whole, or left as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

import edexql
from commands import run
from edexql import engines
from edexql.base.extras import MissingExtra
from edexql.catalogue.export.export import export
from edexql.catalogue.export.postgres import load
from edexql.catalogue.ingest.batches import File
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.schema import CatalogueError
from edexql.catalogue.store.writer import Writer
from engine_catalogue import VOCABULARY
from engine_servers import PASSWORD
from same_answers import same

pytestmark = pytest.mark.engines

SIMPLE = edexql.query("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3")


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """A catalogue with fewer rows."""
    path = str(tmp_path_factory.mktemp("earlier") / "catalogue")
    with Writer(path, VOCABULARY) as writer:
        writer.begin_source("archive", "listing", "1", synthetic=False)
        writer.add(File("FAI_lv1_h5_20190501_000000_000100_6.0.0.zip", 7, None, "fai"))
        writer.commit()
    with open_catalogue(path) as opened:
        yield opened


@pytest.fixture
def connection(address):
    import psycopg

    with psycopg.connect(address, autocommit=True) as opened:
        yield opened


@pytest.fixture
def name(connection, request):
    """A schema of the test's own."""
    made = f"of {request.node.name[:40]}"
    yield made
    connection.execute(f'DROP SCHEMA IF EXISTS "{made}" CASCADE')


def rows(connection, name: str) -> dict[str, int]:
    found = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text"
                               " = quote_ident(%s) ORDER BY 1", (name,)).fetchall()  # fmt: skip
    return {one: connection.execute(f'SELECT count(*) FROM "{name}".{one}').fetchone()[0] for (one,) in found}


def schemas(connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'").fetchall()}


def test_the_rows_are_those_of_the_files(catalogue, exported, connection):
    import pyarrow.dataset as datasets

    there = rows(connection, "edexql")
    assert there.pop("manifest") > 0
    for table, count in there.items():
        whole = datasets.dataset(os.path.join(exported, table), partitioning="hive").to_table()
        assert whole.num_rows == count
        columns = whole.column_names
        listed = ", ".join(f'"{column}"' for column in columns)
        found = connection.execute(f"SELECT {listed} FROM edexql.{table}").fetchall()
        expected = zip(*(whole.column(column).to_pylist() for column in columns), strict=True)
        assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_the_command_fills_a_schema_and_shows_no_password(address, folder, connection, name, catalogue, tmp_path):
    done = run("catalogue", "export", "--catalogue", folder, "--to", "postgres", "--schema", name, address)
    assert (done.code, done.out) == (0, "")
    summary = done.err.splitlines()[-1]
    outcome = export(catalogue, VOCABULARY, str(tmp_path / "files"))
    assert summary.startswith(f"{outcome.months:,} months written; ")
    with_files = sum(count for table, count in rows(connection, name).items() if table != "manifest")
    assert f"; {with_files:,} rows, " in summary
    engine = engines.postgres(address, schema=name)
    same(edexql.fetch(SIMPLE, engine=engine), edexql.evaluate(SIMPLE, catalogue=folder))
    engine.close()
    assert "s3cr3t" not in done.err


def test_what_the_command_does_not_take(address, folder):
    begin = ("catalogue", "export", "--catalogue", folder)
    for more, said in (
        (("--to", "postgres", "--jobs", "2", address), "--again, --jobs and --dry-run are of Parquet"),
        (("--schema", "mine", "folder"), "--schema is of a database: write --to postgres"),
        (("--to", "postgres", "me:s3cr3t@host"), "this is no address of a PostgreSQL database"),
        (("--to", "postgres", "--schema", "public", address), "name one of its own, not public"),
        (("--to", "postgres", "--schema", "x" * 60, address), "a schema needs a name of at most 59 bytes"),
        (("--to", "postgres", "--satellite", "nobody", address), "unknown satellite nobody"),
        (("--to", "postgres", f"{address} dbname=nowhere"), 'database "nowhere" does not exist'),
    ):
        done = run(*begin, *more)
        assert done.code == 2
        assert said in done.err
        assert "s3cr3t" not in done.err


def test_without_the_package(catalogue, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"psycopg.*pip install 'edexql\[postgres\]'"):
        load(catalogue, VOCABULARY, "host=nowhere")


def test_readers_see_one_state_and_are_waited_for(address, catalogue, earlier, connection, name):
    import psycopg

    load(earlier, VOCABULARY, address, name=name)
    before = rows(connection, name)
    waits, said = threading.Event(), []

    def say(line: str) -> None:
        said.append(line)
        waits.set()

    with psycopg.connect(address, application_name="a reader") as reader, psycopg.connect(address) as early:
        early.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        early.execute("SELECT 1")
        files = reader.execute(f'SELECT count(*) FROM "{name}".file').fetchone()[0]
        assert files == before["file"]
        work = threading.Thread(target=load, args=(catalogue, VOCABULARY, address), kwargs={"name": name, "say": say})
        work.start()
        assert waits.wait(60)
        assert said[0].startswith("waiting until nobody reads the tables of before: a reader (process ")
        # Who reads goes on with the state that was begun with, and others read it too.
        assert rows(reader, name) == rows(connection, name) == before
        assert work.is_alive()
        reader.commit()
        work.join()
        after = rows(connection, name)
        assert after["file"] > before["file"]
        assert rows(reader, name) == after
        # A transaction that began before, and has read nothing: the new state, not tables without rows.
        for table, number in after.items():
            assert early.execute(f'SELECT count(*) FROM "{name}".{table}').fetchone()[0] == number
    assert f"{name}_new" not in schemas(connection)


def test_an_interrupt_leaves_the_state_of_before(address, catalogue, earlier, connection, name):
    load(earlier, VOCABULARY, address, name=name)
    before = rows(connection, name)

    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(catalogue, VOCABULARY, address, name=name, count=interrupt)
    assert rows(connection, name) == before
    assert f"{name}_new" not in schemas(connection)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_command(kind, address, folder, connection, name):
    code = (
        "import os, sys\n"
        "from edexql.catalogue.export import postgres\n"
        "from edexql.cli import main\n"
        "copy = postgres._finished\n"
        f"postgres._finished = lambda *all: (os.kill(os.getpid(), {int(kind)}), copy(*all))[1]\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    words = ("catalogue", "export", "--catalogue", folder, "--to", "postgres", "--schema", name, address)
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 128 + kind, done.stderr
    assert done.stderr.endswith("interrupted; the database is as it was before\n")
    assert not schemas(connection) & {name, f"{name}_new"}


def test_a_process_that_is_killed_leaves_nothing(address, folder, earlier, connection, name):
    code = (
        "import os, signal, sys\n"
        "from edexql.catalogue.export.postgres import load\n"
        "from edexql.catalogue.store.catalogue import open_catalogue\n"
        "from edexql.model.vocabulary import load as vocabulary\n"
        "def kill(done, total):\n"
        "    if done == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "load(open_catalogue(sys.argv[1]), vocabulary(), sys.argv[2], name=sys.argv[3], count=kill)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, folder, address, name], check=False)
    assert done.returncode == -signal.SIGKILL
    # The server may need a moment to see it: the lock says when.
    connection.execute("SELECT pg_advisory_lock(hashtextextended('edexql ' || %s, 0))", (name,))
    connection.execute("SELECT pg_advisory_unlock_all()")
    assert not schemas(connection) & {name, f"{name}_new"}
    load(earlier, VOCABULARY, address, name=name)
    assert rows(connection, name)["file"] == 1


def test_a_connection_that_is_lost_and_a_second_export(address, catalogue, earlier, connection, name):
    load(earlier, VOCABULARY, address, name=name)
    before = rows(connection, name)

    def cut(done: int, total: int) -> None:
        if done == 1:
            with pytest.raises(CatalogueError, match=r"^another export to the schema .* is running; wait for its end$"):
                load(catalogue, VOCABULARY, address, name=name)
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE state = 'idle in transaction' AND application_name = 'edexql'"
            )

    with pytest.raises(CatalogueError, match=r"the connection was lost: .* is as it was before$"):
        load(catalogue, VOCABULARY, address, name=name, count=cut)
    assert rows(connection, name) == before


def test_what_others_made_stays(address, catalogue, earlier, connection, name):
    connection.execute(f'CREATE SCHEMA "{name}" CREATE TABLE file (mine INTEGER)')
    refused = "is replaced as a whole, and other things are in it or need it: "
    with pytest.raises(CatalogueError, match=f"{refused}table .*file; drop them, or name another schema"):
        load(catalogue, VOCABULARY, address, name=name)
    connection.execute(f'DROP TABLE "{name}".file')
    load(earlier, VOCABULARY, address, name=name)
    before = rows(connection, name)
    connection.execute(f'CREATE VIEW public.storms AS SELECT * FROM "{name}".held WHERE value >= 5')
    with pytest.raises(CatalogueError, match=f"{refused}view storms; drop"):
        load(catalogue, VOCABULARY, address, name=name)
    assert rows(connection, name) == before
    connection.execute("DROP VIEW public.storms")


def test_who_could_read_can_read_on(address, earlier, connection, name):
    connection.execute("CREATE ROLE somebody")
    for again in (False, True):
        load(earlier, VOCABULARY, address, name=name)
        if not again:
            connection.execute(f'GRANT USAGE ON SCHEMA "{name}" TO somebody')
            connection.execute(f'GRANT SELECT ON "{name}".file TO somebody')
            connection.execute(f'GRANT SELECT ON "{name}".held TO PUBLIC')
    connection.execute("SET ROLE somebody")
    try:
        for table in ("file", "held"):
            assert connection.execute(f'SELECT count(*) FROM "{name}".{table}').fetchone()[0] == (table == "file")
        with pytest.raises(Exception, match="permission denied for table logged"):
            connection.execute(f'SELECT count(*) FROM "{name}".logged')
    finally:
        connection.execute("RESET ROLE")


def test_a_schema_that_does_not_say_what_it_is(address, catalogue, earlier, connection, name):
    load(earlier, VOCABULARY, address, name=name)
    connection.execute(f'DROP TABLE "{name}".manifest')
    with pytest.raises(
        edexql.EngineError, match=r"has no table manifest in .*: `edexql catalogue export --to postgres`"
    ):
        engines.postgres(address, schema=name)
    with pytest.raises(CatalogueError, match="other things are in it"):
        load(catalogue, VOCABULARY, address, name=name)


def test_a_search_path_in_the_address_names_the_schema(address, earlier):
    load(earlier, VOCABULARY, address, name="elsewhere")
    query = ("fetch", "-e", "product fai-lv1-hdf5-images", "--engine", "postgres", "--at")
    found = [run(*query, one) for one in (address, f"{address} options=-csearch_path=elsewhere")]
    assert [done.code for done in found] == [0, 0], found
    assert found[0].out != found[1].out
    assert found[1].out.count(".zip") == 1
    assert PASSWORD not in found[1].out + found[1].err
