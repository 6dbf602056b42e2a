"""A change of a catalogue: everything that it brings is there at its end, or nothing is.

Rows go into one transaction. Arrays go into new files, which are on the disk before the manifest that names
them takes the place of the one before; files that no manifest names, of an interrupted change, are removed by
the next one.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import time
import uuid
from contextlib import suppress

from edexql.base.files import atomic
from edexql.catalogue.store import arrays, index, manifest, schema, upgrade
from edexql.catalogue.store.arrays import Arrays
from edexql.catalogue.store.manifest import MANIFEST, Manifest
from edexql.catalogue.store.schema import DATABASE, CatalogueError, Segment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    Own = TypeVar("Own", bound="Transaction")

_SEGMENTS = "segments"
# Seconds for which a replaced file stays, for readers that have read its name and not opened it yet.
_GRACE = 600
# What a disk says of itself, not of a file that is read.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
# The names that are given here; nothing else in the folder is touched.
_OURS = re.compile(r"[0-9a-f]{32}")
_PREPARED = re.compile(rf"{MANIFEST}\.[0-9]+")


class Transaction:
    """One change of a catalogue, made true by `finish`; left without it, nothing has happened.

    Raises CatalogueError where another process is changing the same catalogue, and where it is damaged.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.change = 0
        self._tables: Mapping[str, str] = {}
        self._written: list[str] = []
        # Whether it was made by an earlier edexql and is brought up to date by this change.
        self.upgraded = False
        try:
            if not any(os.path.exists(os.path.join(folder, name)) for name in (DATABASE, MANIFEST)):
                _create(folder)
            os.makedirs(os.path.join(folder, _SEGMENTS), exist_ok=True)
            self.connection = schema.opened(folder, mode="rw")
        except (sqlite3.Error, OSError) as error:
            raise _failure(folder, error) from error
        try:
            self._begin()
        except BaseException as error:
            self._undo()
            if isinstance(error, (sqlite3.Error, OSError)):
                raise _failure(folder, error) from error
            raise

    def _begin(self) -> None:
        execute = self.connection.execute
        execute("PRAGMA synchronous=FULL")
        execute("PRAGMA busy_timeout=2000")
        # Those of edexql 0.5 had a log beside the database, so that queries could read it meanwhile.
        with suppress(sqlite3.OperationalError):
            execute("PRAGMA journal_mode=DELETE")
        execute("BEGIN IMMEDIATE")
        self._check()
        version = schema.format_of(self.connection)
        if version == 1 and not os.path.exists(os.path.join(self.folder, MANIFEST)):
            upgrade.add_checksums(self)
            upgrade.name_satellites(self)
            self.upgraded = True
        elif version not in (schema.UNNAMED, schema.FORMAT):
            what = f"has format {version}; this version of edexql reads format {schema.FORMAT}"
            raise CatalogueError(f"the catalogue in {self.folder} {what}")
        else:
            self._check_sums()
            if version == schema.UNNAMED:
                upgrade.name_satellites(self)
                self.upgraded = True
        self._sweep()

    def _check_sums(self) -> None:
        """Complete a change that was cut off, and raise unless rows and arrays are as the manifest has them."""
        self.change = schema.change_of(self.connection)
        self._tables = manifest.publish(self.folder, self.change).tables
        if schema.digests(self.connection) != self._tables:
            raise CatalogueError(f"{self._database} is damaged: the checksums of its rows do not match")
        named = "SELECT path, digest FROM segment UNION SELECT path, digest FROM derived"
        for path, digest in self.connection.execute(named):
            Arrays(os.path.join(self.folder, path), digest)

    def _check(self) -> None:
        """Raise unless the pages of the database are as SQLite would have them, and its indices as its rows."""
        ((result, *_), *_) = self.connection.execute("PRAGMA integrity_check(1)").fetchall()
        if result != "ok":
            raise CatalogueError(f"{self._database} is damaged: {result}")

    @property
    def _database(self) -> str:
        return os.path.join(self.folder, DATABASE)

    def __enter__(self: Own) -> Own:
        return self

    def __exit__(self, _: object, error: BaseException | None, trace: object) -> None:
        self._undo()
        if isinstance(error, sqlite3.Error) or (isinstance(error, OSError) and self._is_ours(error)):
            raise _failure(self.folder, error) from error

    def _is_ours(self, error: OSError) -> bool:
        """Whether an error is about the disk of the catalogue, and not about anything that is read or printed."""
        return str(error.filename or "").startswith(self.folder) or error.errno in _NO_ROOM

    def _undo(self) -> None:
        """End the change; what has not been committed is gone."""
        with suppress(sqlite3.Error):
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
        self.connection.close()
        for path in self._written:
            with suppress(OSError):
                os.remove(os.path.join(self.folder, path))
        self._written.clear()

    def finish(self, *, changed: bool) -> None:
        """End the change; `changed` says that more than sources and faults did."""
        tables = schema.digests(self.connection)
        if tables == self._tables and not changed:
            self.connection.execute("COMMIT")
            return
        if changed:
            for satellite in index.satellites(self.connection):
                self.name(index.derived_name(index.INDEX, satellite), index.arrays(self.connection, satellite))
        self.name("origins", index.origins(self.connection))
        self.connection.execute("UPDATE change SET number = ?", (self.change + 1,))
        manifest.prepare(self.folder, self._manifest(tables | schema.digests(self.connection, ("derived",))))
        atomic.sync_folder(os.path.join(self.folder, _SEGMENTS))
        atomic.sync_folder(self.folder)
        self.connection.execute("COMMIT")
        self._written.clear()
        self.change += 1
        manifest.publish(self.folder, self.change)

    def _manifest(self, tables: Mapping[str, str]) -> Manifest:
        """What the catalogue is when this change is true."""
        execute = self.connection.execute
        segments = execute(
            """SELECT satellite, series, "start", holds, count, linear, path, digest
            FROM segment ORDER BY satellite, series, chunk"""
        ).fetchall()
        return Manifest(
            self.change + 1,
            tuple(Segment(*row) for row in segments),
            {name: (path, digest) for name, path, digest in execute("SELECT name, path, digest FROM derived")},
            tables,
            synthetic=execute("SELECT 1 FROM source WHERE synthetic LIMIT 1").fetchone() is not None,
        )

    def insert(self, statement: str, rows: list[Any]) -> bool:
        """Insert rows; whether any of them was new."""
        before = self.connection.total_changes
        self.connection.executemany(statement, rows)
        return self.connection.total_changes > before

    def write(self, named_arrays: dict[str, Any]) -> tuple[str, str]:
        """Write arrays into a new file, and return its name and its digest."""
        path = f"{_SEGMENTS}/{uuid.uuid4().hex}"
        self._written.append(path)
        return path, arrays.write(os.path.join(self.folder, path), named_arrays)

    def name(self, what: str, named_arrays: dict[str, Any]) -> None:
        """Write a derived file in place of the one before; of no arrays there is none."""
        for (path,) in self.connection.execute("SELECT path FROM derived WHERE name = ?", (what,)).fetchall():
            self.retire(path)
        self.connection.execute("DELETE FROM derived WHERE name = ?", (what,))
        if named_arrays:
            self.connection.execute("INSERT INTO derived VALUES (?, ?, ?)", (what, *self.write(named_arrays)))

    def retire(self, path: str) -> None:
        """Leave a replaced file to those who are reading it, for a while."""
        if path in self._written:
            self._written.remove(path)
            os.remove(os.path.join(self.folder, path))
        else:
            self.connection.execute("INSERT OR IGNORE INTO retired VALUES (?, ?)", (path, time.time()))

    def _sweep(self) -> None:
        """Remove files that no state names any more: of changes that were cut off, and replaced long ago."""
        self.connection.execute("DELETE FROM retired WHERE at < ?", (time.time() - _GRACE,))
        named = {
            path
            for table in ("segment", "derived", "retired")
            for (path,) in self.connection.execute(f"SELECT path FROM {table}")  # noqa: S608
        }
        entries = os.listdir(os.path.join(self.folder, _SEGMENTS))
        for name in entries:
            if _OURS.fullmatch(name) and f"{_SEGMENTS}/{name}" not in named:
                os.remove(os.path.join(self.folder, _SEGMENTS, name))
        for name in os.listdir(self.folder):
            if _PREPARED.fullmatch(name) and name != f"{MANIFEST}.{self.change}":
                os.remove(os.path.join(self.folder, name))


def _failure(folder: str, error: BaseException) -> CatalogueError:
    """What has gone wrong with a catalogue, from what the system or SQLite says of it."""
    if isinstance(error, FileNotFoundError):
        return CatalogueError(f"the catalogue in {folder} is damaged: {error.filename} is missing")
    if isinstance(error, OSError):
        return CatalogueError(f"cannot write to the catalogue in {folder}: {error.strerror or error}")
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return CatalogueError(f"another process is changing the catalogue in {folder}")
    if isinstance(error, sqlite3.OperationalError):
        return CatalogueError(f"cannot write to the catalogue in {folder}: {error}")
    return CatalogueError(f"the catalogue in {folder} is damaged: {error}")


def _create(folder: str) -> None:
    """Make an empty catalogue in a folder, which may be there already. Raises OSError and sqlite3.Error."""
    os.makedirs(folder, exist_ok=True)
    # Under another name first: a database that is there has all its tables, and a manifest waiting for its place.
    path = os.path.join(folder, schema.DATABASE)
    unfinished = f"{path}.{os.getpid()}.new"
    _remove_unfinished(unfinished)
    try:
        connection = sqlite3.connect(unfinished, isolation_level=None)
        try:
            connection.executescript(f"BEGIN; {schema.CREATE} PRAGMA user_version={schema.FORMAT}; COMMIT;")
            tables = schema.digests(connection)
        finally:
            connection.close()
        manifest.prepare(folder, Manifest(0, (), {}, tables, synthetic=False))
        atomic.replace(unfinished, path)
    except BaseException:
        _remove_unfinished(unfinished)
        raise


def _remove_unfinished(unfinished: str) -> None:
    for path in (unfinished, f"{unfinished}-journal"):
        if os.path.exists(path):
            os.remove(path)
