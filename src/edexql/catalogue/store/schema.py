"""The tables of a catalogue's database, how it is opened, and how it is held to its checksums.

Rows are read and written by changes alone; queries read what is derived from them (see `manifest`). SQLite keeps
no checksums of its pages. So the manifest has one of each table, of all its rows, to which every change holds the
database before it builds on it.

Every fact is of a satellite of the vocabulary; '' stands for facts of none, which count for all: indices, experiments.
A file of which it is not known which satellite it is of has NULL, and says nothing of the instruments of any.
"""

from __future__ import annotations

import os
import sqlite3
from hashlib import blake2b

from edexql.base.errors import EdexqlError
from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

DATABASE = "catalogue.sqlite"
# 1 is that of edexql 0.5 and before: no checksums, and the manifest among the rows. 2 is that of edexql 0.6: of one
# satellite, which is not named.
UNNAMED = 2
FORMAT = 3
# Tables that have a checksum. One of `retired` would protect nothing: the files that it names are not read.
TABLES = ("source", "fault", "file", "span", "covered", "elements", "stretch", "segment", "derived")
_ROWS_AT_ONCE = 10_000

CREATE = """
CREATE TABLE source (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, digest TEXT UNIQUE, format TEXT NOT NULL,
    read_at TEXT NOT NULL, synthetic INTEGER NOT NULL, note TEXT
);
CREATE TABLE fault (source INTEGER NOT NULL REFERENCES source, line INTEGER NOT NULL, message TEXT NOT NULL);
CREATE TABLE file (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, product TEXT, instrument TEXT,
    "start" INTEGER, "end" INTEGER, size INTEGER, size_text TEXT, stem TEXT NOT NULL, version TEXT NOT NULL,
    place TEXT NOT NULL, source INTEGER NOT NULL REFERENCES source, satellite TEXT
);
CREATE INDEX file_by_stem ON file (stem);
CREATE TABLE span (
    satellite TEXT NOT NULL, key TEXT NOT NULL, word TEXT NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source, PRIMARY KEY (satellite, key, word, "start", "end")
) WITHOUT ROWID;
CREATE TABLE covered (
    satellite TEXT NOT NULL, key TEXT NOT NULL, word TEXT NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source, PRIMARY KEY (satellite, key, word, "start", "end")
) WITHOUT ROWID;
CREATE TABLE elements (
    satellite TEXT NOT NULL, line1 TEXT NOT NULL, line2 TEXT NOT NULL, source INTEGER NOT NULL REFERENCES source,
    PRIMARY KEY (satellite, line1, line2)
) WITHOUT ROWID;
CREATE TABLE stretch (
    satellite TEXT NOT NULL, series TEXT NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
    rank TEXT NOT NULL, source INTEGER NOT NULL REFERENCES source
);
CREATE INDEX stretch_by_time ON stretch (satellite, series, "start");
CREATE TABLE segment (
    satellite TEXT NOT NULL, series TEXT NOT NULL, chunk INTEGER NOT NULL, "start" INTEGER NOT NULL,
    holds INTEGER NOT NULL, count INTEGER NOT NULL, linear INTEGER NOT NULL, path TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (satellite, series, chunk)
) WITHOUT ROWID;
CREATE TABLE derived (name TEXT PRIMARY KEY, path TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE retired (path TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE change (number INTEGER NOT NULL);
INSERT INTO change VALUES (0);
"""


class CatalogueError(EdexqlError):
    """A catalogue that is not there, is damaged, is of another format, or is being changed by another process."""

    __module__ = "edexql"


class Segment(Record):
    """A row of the manifest: `count` samples of a series from `start` on, each holding over `holds` seconds."""

    satellite: str
    series: str
    start: int
    holds: int
    count: int
    linear: bool
    path: str
    digest: str

    @property
    def end(self) -> int:
        return self.start + self.count * self.holds


def definitions(table: str) -> list[str]:
    """The statements that create a table and its indices."""
    statements = [statement.strip() for statement in CREATE.split(";")]
    return [one for one in statements if one.startswith(f"CREATE TABLE {table} (") or f" ON {table} (" in one]


def opened(folder: str, *, mode: str) -> sqlite3.Connection:
    """A connection to a catalogue's database; mode `ro` for reading, `rw` for writing. Raises CatalogueError."""
    from urllib.parse import quote

    path = os.path.join(folder, DATABASE)
    if not os.path.isfile(path):
        raise CatalogueError(f"there is no catalogue in {folder}")
    try:
        return sqlite3.connect(f"file:{quote(os.path.abspath(path))}?mode={mode}", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise CatalogueError(f"cannot read the catalogue in {folder}: {error}") from error


def format_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def change_of(connection: sqlite3.Connection) -> int:
    """The number of the change that made the rows what they are."""
    ((number,),) = connection.execute("SELECT number FROM change").fetchall()
    return int(number)


def digests(connection: sqlite3.Connection, tables: Iterable[str] = TABLES) -> dict[str, str]:
    """The checksums of some tables, and of how all of them are defined."""
    digest_of = {table: _digest(connection, f"SELECT * FROM {table}") for table in tables}  # noqa: S608
    digest_of["sqlite_master"] = _digest(
        connection, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
    )
    return digest_of


def _digest(connection: sqlite3.Connection, select: str) -> str:
    digest = blake2b(digest_size=16)
    rows = connection.execute(select)
    while block := rows.fetchmany(_ROWS_AT_ONCE):
        # Of types and values, and the same in all versions of Python.
        digest.update(ascii(block).encode())
    return digest.hexdigest()
