"""Engines that answer queries: eDEx, a catalogue on this machine, and the tables of an export on other engines.

    import edexql
    from edexql import engines
    answer = edexql.fetch("kp >= 5; date 2019-05", engine=engines.duckdb("epop-export"))

protocol    what an engine is, and its errors
exports     where the tables of an export are, and whether they are those that a query is written for
statements  what is asked of the tables, as SQL
registry    the engines by name, those of installed packages too
evidence    what every verb is written over: files, times, what they rest on
sources     the evidence of an engine of any kind
tables      the evidence of the tables of an export
emptiness   the files of a query, and why there are none
influence   what each part of a query contributes
why         why a file matches a query or not
timeline    when files exist and match
kinds/      one file an engine
"""

from __future__ import annotations

from edexql.base.record import resolvable
from edexql.engines.protocol import EngineError, TableEngine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.client.endpoints import Endpoints
    from edexql.engines.kinds.duckdb import DuckDB
    from edexql.engines.kinds.edex import Edex
    from edexql.engines.kinds.local import Local

__all__ = ["EngineError", "TableEngine", "duckdb", "edex", "local"]


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


for _name in __all__:
    resolvable(globals()[_name])
