"""The engines that a catalogue is compared with, and what a process does that asks one of them once."""

from __future__ import annotations

import glob
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from edexql import engines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from edexql.engines import TableEngine


def spark(place: str) -> TableEngine:
    """A session on this machine, with what a user sets for one machine: all its processors, and the time as UTC."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[*]").config("spark.driver.memory", "6g")
    builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    builder = builder.config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return engines.spark(session, place)


def ended(engine: TableEngine) -> None:
    """Close an engine, and end the Java machine of Spark, so that its time is counted."""
    engine.close()
    if engine.name == "spark":
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

        gateway = SparkContext._gateway
        session = SparkSession.getActiveSession()
        assert gateway is not None
        assert session is not None
        session.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()


@contextmanager
def postgres_server(folder: str) -> Iterator[str]:
    """A server of PostgreSQL with an empty database, a child of this process: its address, with a password.

    It is as installed but for what is usual on a machine with so much memory. As root, it is run as the user postgres.
    """
    (*_, initdb) = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    # Short, because the path of a socket may not be long.
    home, password = tempfile.mkdtemp(prefix="pg-"), secrets.token_hex(8)
    data = tempfile.mkdtemp(prefix="pg-", dir=folder)
    secret = f"{home}/secret"
    Path(secret).write_text(password)
    owner: tuple[str, ...] = ()
    if os.getuid() == 0:
        owner = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
        for path in (home, secret, data):
            shutil.chown(path, "postgres", "postgres")
    as_usual = ("-U", "edexql", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", f"--pwfile={secret}")
    subprocess.run([*owner, initdb, "-D", data, *as_usual], check=True, cwd="/", stdout=subprocess.DEVNULL)
    settings = (f"-k{home}", "-clisten_addresses=", "-cshared_buffers=2GB", "-cwork_mem=256MB", "-cmax_wal_size=8GB")
    server = subprocess.Popen(
        [*owner, f"{os.path.dirname(initdb)}/postgres", "-D", data, *settings], cwd="/", stderr=subprocess.DEVNULL
    )
    try:
        socket = Path(home) / ".s.PGSQL.5432"
        while not socket.exists() and server.poll() is None:
            time.sleep(0.1)
        yield f"postgresql://edexql:{password}@/postgres?host={home}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        shutil.rmtree(home)
        shutil.rmtree(data)


SPARK, POSTGRES = "Spark", "PostgreSQL"
# By name, what makes an engine of the folder of an export, or of the address of a database.
ENGINES: dict[str, Callable[[str], TableEngine]] = {
    "DuckDB": engines.duckdb,
    "DataFusion": engines.datafusion,
    SPARK: spark,
    POSTGRES: engines.postgres,
}
# Those of the text of `edexql compile --to sql`.
COLUMNS = ("name", "state", "seconds")


def rows_of(engine: TableEngine, sql: str) -> list[list[Any]]:
    """The rows of a statement as lists of Python, a list a column."""
    table = engine.run(sql)
    return [table.column(name).to_pylist() for name in COLUMNS]


def cold(name: str, place: str, path: str) -> None:
    """Ask an engine of a name for the statement in a file."""
    engine, sql = ENGINES[name](place), Path(path).read_text("utf-8")
    if name == SPARK:
        # Each session has views of its own.
        sql = re.sub(r"\bedexql_[0-9a-f]{32}(?=_)", engine.relation("file").removesuffix("_file"), sql)
    rows_of(engine, sql)
    ended(engine)
