"""The engines that a catalogue is compared with, and what a process does that asks one of them once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edexql import engines

if TYPE_CHECKING:
    from collections.abc import Callable
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


# By name, what makes an engine of the folder of an export.
ENGINES: dict[str, Callable[[str], TableEngine]] = {
    "DuckDB": engines.duckdb,
    "DataFusion": engines.datafusion,
    "Spark": spark,
}
# Those of the text of `edexql compile --to sql`.
COLUMNS = ("name", "state", "seconds")


def rows_of(engine: TableEngine, sql: str) -> list[list[Any]]:
    """The rows of a statement as lists of Python, a list a column."""
    table = engine.run(sql)
    return [table.column(name).to_pylist() for name in COLUMNS]


def cold(name: str, place: str, path: str) -> None:
    """Ask an engine of a name for the statement in a file."""
    engine = ENGINES[name](place)
    rows_of(engine, Path(path).read_text("utf-8"))
    ended(engine)
