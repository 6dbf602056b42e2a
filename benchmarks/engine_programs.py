"""The engines that a catalogue is compared with, and what a process does that asks one of them once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edexql import engines

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from edexql.engines import TableEngine

# By name, what makes an engine of the folder of an export.
ENGINES: dict[str, Callable[[str], TableEngine]] = {
    "DuckDB": engines.duckdb,
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
    engine.close()
