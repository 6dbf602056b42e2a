"""Engines that answer queries: eDEx, a catalogue on this machine, and the tables of an export on other engines.

    import edexql
    from edexql import engines
    answer = edexql.fetch("kp >= 5; date 2019-05", engine=engines.duckdb("epop-export"))

protocol    what an engine is, and its errors
exports     where the tables of an export are, and whether they are those that a query is written for
statements  what is asked of the tables, as SQL
registry    the engines by name, those of installed packages too
evidence    what every verb is written over: files, times, what they rest on
sources     the evidence of an engine of any kind, and the files of a query from it
tables      the evidence of the tables of an export
origins     what answers of the tables rest on
emptiness   why a query has no files
influence   what each part of a query contributes
why         why a file matches a query or not
timeline    when files exist and match
interruption  statements that an interrupt ends
kinds/      one file an engine
"""

from __future__ import annotations

from edexql.base.record import resolvable
from edexql.engines.protocol import EngineError, TableEngine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.client.endpoints import Endpoints
    from edexql.engines.kinds.datafusion import DataFusion
    from edexql.engines.kinds.duckdb import DuckDB
    from edexql.engines.kinds.edex import Edex
    from edexql.engines.kinds.local import Local
    from edexql.engines.kinds.postgres import Postgres
    from edexql.engines.kinds.spark import Spark

__all__ = ["EngineError", "TableEngine", "datafusion", "duckdb", "edex", "local", "postgres", "spark"]


def edex(service: str | Endpoints | None = None) -> Edex:
    """eDEx: at the base address `service`, None for the one that is configured."""
    from edexql.engines.kinds.edex import Edex

    return Edex(service)


def local(folder: str | None = None) -> Local:
    """A catalogue on this machine: in a folder, None for the sample. Raises `edexql.CatalogueError`."""
    from edexql.engines.kinds.local import Local

    return Local(folder)


def duckdb(place: str, *, connection: Any = None) -> DuckDB:
    """DuckDB over an export: `place` is the folder, or an address as `s3://bucket/folder`.

    `connection` is one of your own, which is not changed; None makes one in memory. Raises MissingExtra without
    the package duckdb, EngineError where there is no export.
    """
    from edexql.engines.kinds.duckdb import DuckDB

    return DuckDB(place, connection)


def datafusion(place: str) -> DataFusion:
    """DataFusion over an export: `place` is the folder, or an address as `s3://bucket/folder`.

    Raises MissingExtra without the package datafusion, EngineError where there is no export.
    """
    from edexql.engines.kinds.datafusion import DataFusion

    return DataFusion(place)


def postgres(dsn: str, *, schema: str | None = None) -> Postgres:
    """PostgreSQL with the tables of an export: `dsn` is an address as `postgresql://user@host/database`.

    `schema` is where the tables are: None for `edexql`, or what is on the search path where there is no such schema. A
    password in the address is never shown and never stored. Raises MissingExtra without the package psycopg,
    EngineError where it cannot be connected to, or has no such tables.
    """
    from edexql.engines.kinds.postgres import Postgres

    return Postgres(dsn, schema)


def spark(session: Any, place: str) -> Spark:
    """Spark over an export: `session` is a `SparkSession` of your own, classic or of Connect, or `sc://host:15002`.

    `place` is where Spark finds the export, such as `s3a://bucket/folder`. A session of your own is not changed and not
    stopped. Raises MissingExtra without the package pyspark, EngineError where a server cannot be reached.
    """
    from edexql.engines.kinds.spark import Spark

    return Spark(session, place)


for _name in __all__:
    resolvable(globals()[_name])
