"""Making a catalogue: an empty one, or one of edexql 0.5 brought to the present format."""

from __future__ import annotations

import os
import sqlite3

from edexql.catalogue.store import manifest, schema
from edexql.catalogue.store.arrays import Arrays, zone_sums
from edexql.catalogue.store.manifest import Manifest
from edexql.catalogue.store.samples import ZONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.store.transaction import Transaction


def create(folder: str) -> None:
    """Make an empty catalogue in a folder, which may be there already. Raises OSError and sqlite3.Error."""
    os.makedirs(folder, exist_ok=True)
    # Under another name first: a database that is there has all its tables, and a manifest waiting for its place.
    path = os.path.join(folder, schema.DATABASE)
    unfinished = f"{path}.{os.getpid()}.new"
    _remove(unfinished)
    try:
        connection = sqlite3.connect(unfinished, isolation_level=None)
        try:
            connection.executescript(f"BEGIN; {schema.CREATE} PRAGMA user_version={schema.FORMAT}; COMMIT;")
            tables = schema.digests(connection)
        finally:
            connection.close()
        manifest.prepare(folder, Manifest(0, (), {}, tables, synthetic=False))
        os.replace(unfinished, path)
    except BaseException:
        _remove(unfinished)
        raise


def upgrade(change: Transaction) -> None:
    """Give a catalogue of edexql 0.5 checksums, as part of a change: files are written anew, rows stay."""
    ask = change.connection.execute
    for table in ("segment", "derived"):
        ask(f"ALTER TABLE {table} ADD COLUMN digest TEXT NOT NULL DEFAULT ''")
    ask("CREATE TABLE change (number INTEGER NOT NULL)")
    ask("INSERT INTO change VALUES (0)")
    for series, chunk, path in ask("SELECT series, chunk, path FROM segment").fetchall():
        written = change.write(_with_sums(Arrays(os.path.join(change.folder, path), None)))
        change.retire(path)
        ask("UPDATE segment SET path = ?, digest = ? WHERE series = ? AND chunk = ?", (*written, series, chunk))
    for (path,) in ask("SELECT path FROM derived WHERE name = 'orbit'").fetchall():
        old = Arrays(os.path.join(change.folder, path), None)
        change.name("orbit", {name: old[name] for name in old.names()})
    ask(f"PRAGMA user_version={schema.FORMAT}")


def _with_sums(old: Arrays) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for name in old.names():
        found[name] = old[name]
        field = name.removeprefix("high:")
        if field != name:
            found[f"sum:{field}"] = zone_sums(old[f"value:{field}"].reshape(-1, ZONE))
    return found


def _remove(unfinished: str) -> None:
    for path in (unfinished, f"{unfinished}-journal"):
        if os.path.exists(path):
            os.remove(path)
