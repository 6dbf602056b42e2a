"""Engines that SQL is run on, each over the tables of an exported folder: DuckDB, PostgreSQL, Spark."""

from __future__ import annotations

import atexit
import glob
import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edexql.catalogue.sql import schema
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Rows = Callable[[str], list[tuple]]

TABLES = schema.tables(load())


@contextmanager
def duckdb(folder: str) -> Iterator[Rows]:
    """Views over the files, in a database in memory."""
    import duckdb as package

    with package.connect() as connection:
        for table in TABLES:
            files = os.path.join(folder, table.name, "**", "*.parquet")
            connection.execute(f"CREATE VIEW {table.name} AS FROM read_parquet('{files}', hive_partitioning = true)")
        yield lambda text: connection.execute(text).fetchall()


@contextmanager
def datafusion(folder: str) -> Iterator[Rows]:
    """Tables over the files, in this process."""
    import pyarrow
    from datafusion import SessionContext

    context = SessionContext()
    parted = [("satellite", pyarrow.string()), ("month", pyarrow.int64())]
    for table in TABLES:
        context.register_parquet(table.name, os.path.join(folder, table.name), table_partition_cols=parted)
    yield lambda text: [tuple(row.values()) for batch in context.sql(text).collect() for row in batch.to_pylist()]


@contextmanager
def postgres(folder: str) -> Iterator[Rows]:
    """A cluster of its own, which listens on nothing but a socket in a folder of its own."""
    import psycopg

    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    assert programs, "PostgreSQL is needed for this test: apt-get install postgresql"
    bin_folder = os.path.dirname(programs[-1])
    # Short, because the path of a socket may not be long.
    home = tempfile.mkdtemp(prefix="pg-", dir="/tmp")
    try:
        data = os.path.join(home, "data")
        if os.getuid() == 0:
            shutil.chown(home, "postgres")
        as_owner(
            os.path.join(bin_folder, "initdb"), "-D", data, "-U", "edexql", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        control = (os.path.join(bin_folder, "pg_ctl"), "-D", data, "-w")
        options = f"-k {home} -c listen_addresses='' -c fsync=off -c shared_buffers=64MB -c jit=off"
        as_owner(*control, "-l", os.path.join(home, "log"), "-o", options, "start")
        try:
            with psycopg.connect(host=home, user="edexql", dbname="postgres", autocommit=True) as connection:
                for table in TABLES:
                    copy(connection, folder, table)
                connection.execute("ANALYZE")
                yield lambda text: connection.execute(text.encode()).fetchall()
        finally:
            as_owner(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def as_owner(*words: str) -> None:
    """Run a program as who may run PostgreSQL, which root may not."""
    if os.getuid() == 0:
        words = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words)
    done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd="/", check=False)
    assert done.returncode == 0, f"{words} ended with {done.returncode}"


def copy(connection, folder: str, table: schema.Table) -> None:
    import pyarrow as pa
    import pyarrow.dataset
    from pyarrow import csv

    connection.execute(schema.definition(table, "postgres"))
    source = pyarrow.dataset.dataset(os.path.join(folder, table.name), partitioning="hive")
    names = [column.name for column in table.columns]
    listed = ", ".join(f'"{name}"' for name in names)
    # The default of a NULL in CSV is nothing at all, and an empty text stands in quotes.
    with connection.cursor().copy(f"COPY {table.name} ({listed}) FROM STDIN (FORMAT csv)") as copy:
        for batch in source.to_batches(columns=names):
            sink = pa.BufferOutputStream()
            csv.write_csv(pa.table(batch), sink, csv.WriteOptions(include_header=False))
            copy.write(sink.getvalue().to_pybytes())


def spark_session():
    """A session in this process, without its web pages, and the port at which it serves Connect; started once."""
    if not _STARTED:
        from pyspark.sql import SparkSession

        scratch, port = tempfile.mkdtemp(prefix="spark-"), free_port()
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.memory": "1g",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "2",
            "spark.default.parallelism": "2",
            "spark.local.dir": scratch,
            "spark.sql.warehouse.dir": os.path.join(scratch, "warehouse"),
            "spark.log.level": "ERROR",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.session.timeZone": "UTC",
            "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(port),
        }
        builder = SparkSession.builder.master("local[2]").appName("edexql")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        atexit.register(session.stop)
        _STARTED.append((session, port))
    return _STARTED[0]


_STARTED: list = []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def spark(folder: str) -> Iterator[Rows]:
    """A session of its own in this process, over views of the files."""
    session = spark_session()[0].newSession()
    for table in TABLES:
        session.read.parquet(os.path.join(folder, table.name)).createOrReplaceTempView(table.name)
    yield lambda text: [tuple(row) for row in session.sql(text).collect()]
