"""The tables of a catalogue's database, and how it is opened."""

from __future__ import annotations

import os
import sqlite3

from edexql.record import record

DATABASE = "catalogue.sqlite"
FORMAT = 1

_TABLES = """
CREATE TABLE source (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, digest TEXT UNIQUE, format TEXT NOT NULL,
    read_at TEXT NOT NULL, synthetic INTEGER NOT NULL, note TEXT
);
CREATE TABLE fault (source INTEGER NOT NULL REFERENCES source, line INTEGER NOT NULL, message TEXT NOT NULL);
CREATE TABLE file (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, product TEXT, instrument TEXT,
    "start" INTEGER, "end" INTEGER, size INTEGER, size_text TEXT, stem TEXT NOT NULL, version TEXT NOT NULL,
    place TEXT NOT NULL, source INTEGER NOT NULL REFERENCES source
);
CREATE INDEX file_by_stem ON file (stem);
CREATE TABLE span (
    key TEXT NOT NULL, word TEXT NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source, PRIMARY KEY (key, word, "start", "end")
) WITHOUT ROWID;
CREATE TABLE covered (
    key TEXT NOT NULL, word TEXT NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source, PRIMARY KEY (key, word, "start", "end")
) WITHOUT ROWID;
CREATE TABLE elements (
    line1 TEXT NOT NULL, line2 TEXT NOT NULL, source INTEGER NOT NULL REFERENCES source, PRIMARY KEY (line1, line2)
) WITHOUT ROWID;
CREATE TABLE stretch (
    series TEXT NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, rank TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES source
);
CREATE INDEX stretch_by_time ON stretch (series, "start");
CREATE TABLE segment (
    series TEXT NOT NULL, chunk INTEGER NOT NULL, "start" INTEGER NOT NULL, holds INTEGER NOT NULL,
    count INTEGER NOT NULL, linear INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY (series, chunk)
) WITHOUT ROWID;
CREATE TABLE derived (name TEXT PRIMARY KEY, path TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE retired (path TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
"""


class CatalogueError(Exception):
    """A catalogue that is not there, is damaged, is of another format, or is being changed by another process."""

    __module__ = "edexql"


@record(frozen=True, slots=True)
class Segment:
    """A row of the manifest: `count` samples of a series from `start` on, each holding over `holds` seconds."""

    series: str
    start: int
    holds: int
    count: int
    linear: bool
    path: str

    @property
    def end(self) -> int:
        return self.start + self.count * self.holds


def create(folder: str) -> None:
    """Make an empty catalogue in a folder, which may be there already."""
    os.makedirs(folder, exist_ok=True)
    # Under another name first: a catalogue that is there has all its tables.
    path = os.path.join(folder, DATABASE)
    unfinished = f"{path}.{os.getpid()}.new"
    if os.path.exists(unfinished):
        os.remove(unfinished)
    connection = sqlite3.connect(unfinished, isolation_level=None)
    connection.executescript(f"PRAGMA journal_mode=WAL; BEGIN; {_TABLES} PRAGMA user_version={FORMAT}; COMMIT;")
    connection.close()
    os.replace(unfinished, path)


def opened(folder: str, *, mode: str) -> sqlite3.Connection:
    """A connection to a catalogue's database; mode `ro` for reading, `rw` for writing. Raises CatalogueError."""
    from urllib.parse import quote

    path = os.path.join(folder, DATABASE)
    if not os.path.isfile(path):
        raise CatalogueError(f"there is no catalogue in {folder}")
    # Where nothing can be made beside it, a catalogue with nothing in its log is read without shared memory.
    unchanging = mode == "ro" and not os.access(folder, os.W_OK) and not os.path.exists(f"{path}-wal")
    fixed = "&immutable=1" if unchanging else ""
    try:
        connection = sqlite3.connect(
            f"file:{quote(os.path.abspath(path))}?mode={mode}{fixed}", uri=True, isolation_level=None
        )
        (found,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        raise CatalogueError(f"cannot read the catalogue in {folder}: {error}") from error
    if found != FORMAT:
        connection.close()
        raise CatalogueError(f"the catalogue in {folder} is of format {found}; this version of edexql reads {FORMAT}")
    return connection
