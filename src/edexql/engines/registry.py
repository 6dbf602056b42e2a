"""The engines by name, as the command line and the prompt name them; those of installed packages too.

A package brings one with an entry point of the group `edexql.engines`: a name, and a function that gives the engine of
a place.
"""

from __future__ import annotations

import os
from importlib import import_module

from edexql.base.record import Record
from edexql.base.text import did_you_mean, nearest, printable
from edexql.engines.protocol import EngineError, TableEngine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GROUP = "edexql.engines"


class _Kind(Record):
    """An engine of this package: what a place of it is, and the distribution that it needs."""

    place: str
    distribution: str


DUCKDB, DATAFUSION = "duckdb", "datafusion"
# Over the tables of an export. Each is the function of `edexql.engines` of that name.
TABLES = {
    DUCKDB: _Kind("FOLDER or s3://BUCKET/FOLDER", "duckdb"),
    DATAFUSION: _Kind("FOLDER or s3://BUCKET/FOLDER", "datafusion"),
    "postgres": _Kind("postgresql://USER@HOST/DATABASE", "psycopg"),
    "spark": _Kind("sc://HOST:15002#s3a://BUCKET/FOLDER", "pyspark"),
}
LOCAL, EDEX, SPARK = "local", "edex", "spark"


def names() -> list[str]:
    """All names: first those of this package."""
    return [LOCAL, EDEX, *TABLES, *sorted(_installed())]


def named(name: str, place: str) -> TableEngine:
    """The engine of a name over the tables of a place.

    Raises EngineError for a name that there is not, for a place where no export is, and where an engine of another
    package cannot be made; MissingExtra without the package that it needs.
    """
    if name in TABLES:
        engine: TableEngine = getattr(import_module("edexql.engines"), name)(*_words(name, place))
        return engine
    installed = _installed()
    if name not in installed:
        help = did_you_mean(nearest(name, names())) or f"the engines are {', '.join(names())}"
        raise EngineError(f"there is no engine {printable(name)}; {help}")
    try:
        made = installed[name].load()(place)
    except EngineError:
        raise
    except Exception as error:
        raise EngineError(f"the engine {printable(name)} cannot be used: {type(error).__name__}: {error}") from error
    if not isinstance(made, TableEngine):
        raise EngineError(f"the engine {printable(name)} is not one: it lacks a part of edexql.engines.TableEngine")
    return made


def _words(name: str, place: str) -> tuple[str, ...]:
    """What a place says: of Spark a server, or that of the variable SPARK_REMOTE, and the export."""
    if name != SPARK:
        return (place,)
    server, _, export = place.partition("#") if place.startswith("sc://") else ("", "", place)
    server = server or os.environ.get("SPARK_REMOTE", "")
    if not server or not export:
        raise EngineError(
            f"Spark needs a server and an export: {TABLES[SPARK].place}; the variable SPARK_REMOTE can have the server"
        )
    return (server, export)


def _installed() -> dict[str, Any]:
    """The entry points of other packages, by name."""
    from importlib.metadata import entry_points

    return {one.name: one for one in entry_points(group=GROUP) if one.name not in (LOCAL, EDEX, *TABLES)}
