"""Catalogues of earlier versions, brought up to date as part of a change: rows stay what they are.

Those of edexql 0.5 get checksums, which takes rewriting their files. Those of edexql 0.6 and before have facts of
CASSIOPE and of no satellite, and do not say which are which.
"""

from __future__ import annotations

import os

from edexql.catalogue.store import schema
from edexql.catalogue.store.arrays import Arrays, zone_sums
from edexql.catalogue.store.index import ORBIT, derived_name
from edexql.catalogue.store.segments import ZONE
from edexql.model.vocabulary import snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from typing import Any, Protocol

    from numpy.typing import NDArray

    class Change(Protocol):
        """What is needed of a change that is under way (see `transaction`)."""

        folder: str
        connection: sqlite3.Connection

        def write(self, named_arrays: dict[str, Any]) -> tuple[str, str]: ...
        def name(self, what: str, named_arrays: dict[str, Any]) -> None: ...
        def retire(self, path: str) -> None: ...


SATELLITE = "cassiope"
# What every version wrote the positions of files of a format into.
_POSITIONS = "positions of "
# What formats are called that were called otherwise.
_TITLES = {"CAS ephemeris text": "ephemeris text", "CAS availability text": "availability text"}
_REMADE = ("span", "covered", "elements", "stretch", "segment")


def add_checksums(change: Change) -> None:
    """Make format 2 of format 1."""
    execute = change.connection.execute
    for table in ("segment", "derived"):
        execute(f"ALTER TABLE {table} ADD COLUMN digest TEXT NOT NULL DEFAULT ''")
    execute("CREATE TABLE change (number INTEGER NOT NULL)")
    execute("INSERT INTO change VALUES (0)")
    for series, chunk, path in execute("SELECT series, chunk, path FROM segment").fetchall():
        written = change.write(_with_sums(Arrays(os.path.join(change.folder, path), None)))
        change.retire(path)
        execute("UPDATE segment SET path = ?, digest = ? WHERE series = ? AND chunk = ?", (*written, series, chunk))
    for (path,) in execute("SELECT path FROM derived WHERE name = ?", (ORBIT,)).fetchall():
        old = Arrays(os.path.join(change.folder, path), None)
        change.name(ORBIT, {name: old[name] for name in old.names()})
    execute(f"PRAGMA user_version={schema.UNNAMED}")


def _with_sums(old: Arrays) -> dict[str, NDArray[Any]]:
    named_arrays: dict[str, NDArray[Any]] = {}
    for name in old.names():
        named_arrays[name] = old[name]
        field = name.removeprefix("high:")
        if field != name:
            named_arrays[f"sum:{field}"] = zone_sums(old[f"value:{field}"].reshape(-1, ZONE))
    return named_arrays


def name_satellites(change: Change) -> None:
    """Make format 3 of format 2: files, logs, positions and what else differs by satellite are CASSIOPE's."""
    execute = change.connection.execute
    of_satellite = _series_of_satellite(change)
    # Columns that stand first in the new tables, from those of the old ones.
    series = f"CASE WHEN series IN ({', '.join('?' * len(of_satellite))}) THEN '{SATELLITE}' ELSE '' END"
    log = f"CASE key WHEN 'experiment' THEN '' ELSE '{SATELLITE}' END"
    columns = {"span": log, "covered": log, "elements": f"'{SATELLITE}'", "stretch": series, "segment": series}
    for table in _REMADE:
        execute(f"ALTER TABLE {table} RENAME TO old_{table}")
        # An index keeps its name when its table gets another one.
        execute("DROP INDEX IF EXISTS stretch_by_time")
        for statement in schema.definitions(table):
            execute(statement)
        values = of_satellite if columns[table] == series else []
        execute(f"INSERT INTO {table} SELECT {columns[table]}, * FROM old_{table}", values)  # noqa: S608
        execute(f"DROP TABLE old_{table}")
    execute("ALTER TABLE file ADD COLUMN satellite TEXT")
    execute("UPDATE file SET satellite = ?", (SATELLITE,))
    for before, today in _TITLES.items():
        execute("UPDATE source SET format = ? WHERE format = ?", (today, before))
        execute("UPDATE stretch SET series = ? WHERE series = ?", (_POSITIONS + today, _POSITIONS + before))
    execute("UPDATE derived SET name = ? WHERE name = ?", (derived_name(ORBIT, SATELLITE), ORBIT))
    execute(f"PRAGMA user_version={schema.FORMAT}")


def _series_of_satellite(change: Change) -> list[str]:
    """The series that have a field of position or attitude, and those of positions."""
    execute = change.connection.execute
    series = {name for (name,) in execute("SELECT series FROM stretch") if name.startswith(_POSITIONS)}
    for name, path, digest in execute("SELECT series, path, digest FROM segment"):
        arrays = Arrays(os.path.join(change.folder, path), digest)
        fields = [snapshot().field(array.removeprefix("value:")) for array in arrays.names()]
        if any(field is not None and field.tab == "spacecraft" for field in fields):
            series.add(name)
    return sorted(series)
