"""The file in which the REPL remembers: its tables, how it is opened, and what is done where it is damaged.

SQLite reads a write-ahead log up to its first frame whose sum is wrong and says nothing of the rest, since a loss of
power may leave such an end. The layout is that of <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>: a head
of 32 bytes, then frames of a head of 24 bytes and a page each; sums go on from frame to frame.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import struct
from contextlib import contextmanager, suppress
from itertools import pairwise

from edexql.base.files import regular
from edexql.repl.state.locks import alive, alone, names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


FILE = "state.sqlite"
FORMAT = 1
# By which the file is known as ours: "edxq".
_APPLICATION = 0x65647871
# Seconds for which another process that writes is waited for.
_PATIENCE = 5.0
# SQLite begins a log again at about 4 MB; what is beyond this, in bytes, is not looked at.
_LONGEST_LOG = 2**26

# All texts are kept as bytes, because what is typed need not be valid Unicode (see `encoded`). An entry is moved to
# a new id when its text is entered again; `era` is its id in thousands (see `rows`).
_TABLES = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, era INTEGER NOT NULL, text BLOB NOT NULL UNIQUE, at REAL NOT NULL, session TEXT NOT NULL
);
CREATE INDEX entry_by_era ON entry (era, text);
CREATE TABLE setting (name BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE session (name TEXT PRIMARY KEY, text BLOB, path BLOB, draft BLOB, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE step (
    session TEXT NOT NULL, stack TEXT NOT NULL, place INTEGER NOT NULL, text BLOB NOT NULL,
    PRIMARY KEY (session, stack, place)
) WITHOUT ROWID;
"""
_NAMES = {"entry", "entry_by_era", "setting", "session", "step"}


class Unusable(Exception):
    """A file or folder in which nothing can be kept; the message says why."""


def opened(folder: str, check: str | None = None) -> tuple[sqlite3.Connection, str | None]:
    """A connection to the file in a folder, both made where they are missing, and a sentence if it was damaged.

    A damaged file is set aside and a new one begun; of a damaged log a copy is set aside. `check` is a pragma that
    answers `ok` where a file is sound. Raises Unusable.
    """
    path = os.path.join(folder, FILE)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with alone(folder):
            trouble = _lost(folder, path)
            try:
                return _connected(path, check), trouble
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if not is_damage(error):
                    raise
            aside = _set_aside(path)
            return _connected(path, None), f"{path} is damaged: it is now {aside}, and a new one was begun"
    except OSError as error:
        raise Unusable(error.strerror or str(error)) from error
    except (sqlite3.Error, ValueError) as error:
        raise Unusable(str(error)) from error


def in_memory() -> sqlite3.Connection:
    """A connection to tables that go with it."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.executescript(_TABLES)
    return connection


def is_damage(error: Exception) -> bool:
    """Whether an error says that the file is no database, or not any more; other errors are of classes below that.

    A name in it that cannot be decoded comes up when a message is made of it.
    """
    return type(error) is sqlite3.DatabaseError or isinstance(error, UnicodeDecodeError)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of what follows or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def encoded(text: str) -> bytes:
    """A text as it is kept: UTF-8 in which single surrogates, which terminals and files may give, stand as well."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: object) -> str:
    """The text of what was kept; of anything else, such as others may have put there, what can be read."""
    if not isinstance(data, bytes):
        return str(data)
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _connected(path: str, check: str | None) -> sqlite3.Connection:
    _make_private(path)
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    # Of a damaged file all can be read, so that it is known for one.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        _prepare(connection)
        if check is not None and connection.execute(check).fetchone() != ("ok",):
            raise sqlite3.DatabaseError("its integrity check failed")  # noqa: TRY301  # closed below as in other cases
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(path: str) -> None:
    # Not opened where it is there: closing it would end the locks that this process has on it elsewhere.
    with suppress(FileExistsError):
        open(path, "xb", opener=regular.private).close()
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        raise Unusable(f"{FILE} is not a file")
    if mode & 0o077:
        with suppress(OSError):
            os.chmod(path, 0o600)


def _prepare(connection: sqlite3.Connection) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not (application or version or names):
        connection.execute("PRAGMA journal_mode=WAL")
        with transaction(connection):
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={_APPLICATION}")
            connection.execute(f"PRAGMA user_version={FORMAT}")
    elif application != _APPLICATION:
        raise Unusable(f"{FILE} is of another program")
    elif version > FORMAT:
        raise Unusable(f"{FILE} is of a newer edexql")
    elif not names >= _NAMES:
        raise sqlite3.DatabaseError("a table is missing")
    # What was written is safe from the end of the process as it is, from a loss of power but for the last seconds.
    connection.execute("PRAGMA synchronous=NORMAL")
    # What is forgotten is to be gone from the file.
    connection.execute("PRAGMA secure_delete=ON")
    with transaction(connection):
        # It can be written to.
        pass


def _lost(folder: str, path: str) -> str | None:
    """A sentence where the log beside a file was damaged since the last session ended; a copy of it stays."""
    log = f"{path}-wal"
    try:
        if any(alive(folder, name) for name in names(folder)):
            # It is being written to.
            return None
        with open(log, "rb") as file:
            data = file.read(_LONGEST_LOG)
    except OSError:
        return None
    place = damaged_from(data)
    if place is None:
        return None
    said = f"{log} is damaged: the last changes cannot be read"
    aside = _free(log)
    try:
        with open(aside, "xb", opener=regular.private) as copy:
            copy.write(data)
    except OSError:
        return said
    return f"{said}; a copy is {aside}"


def _free(path: str) -> str:
    """A name that is free for a damaged file."""
    number = 1
    while os.path.lexists(aside := f"{path}.damaged-{number}"):
        number += 1
    return aside


def _set_aside(path: str) -> str:
    """Give a damaged file another name, with what belongs to it, and return the name."""
    aside = _free(path)
    os.rename(path, aside)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.rename(path + ending, aside + ending)
    return aside


_HEAD, _FRAME_HEAD = 32, 24
# The sums are over words of the one or the other order of bytes.
_ORDERS = {0x377F0682: "<", 0x377F0683: ">"}
# A log that was begun again has frames behind its end of the runs before, whose first salts are lower.
_EARLIER = 10_000


def damaged_from(data: bytes) -> int | None:
    """The byte from which on a log is not read any more although something was written there; None for a sound log."""
    if len(data) < _HEAD or not any(data):
        return 0 if any(data) else None
    magic, page = struct.unpack_from(">I4xI", data)
    order = _ORDERS.get(magic)
    if order is None or not 512 <= page <= 65536 or page & (page - 1):
        return 0
    sums = _summed(data[:24], order, (0, 0))
    if sums != struct.unpack_from(">II", data, 24):
        return 0
    salts = struct.unpack_from(">II", data, 16)
    for start, end in pairwise(range(_HEAD, len(data) + 1, _FRAME_HEAD + page)):
        sums = _summed(data[start : start + 8] + data[start + _FRAME_HEAD : end], order, sums)
        if struct.unpack_from(">IIII", data, start + 8) != (*salts, *sums):
            return start if _are_of_now(data, range(start, len(data), _FRAME_HEAD + page), salts) else None
    return None


def _are_of_now(data: bytes, starts: range, salts: tuple[int, int]) -> bool:
    """Whether a frame that begins at one of these bytes is not one that an earlier run left."""
    for start in starts:
        if len(data) - start < 16:
            break
        first, second = struct.unpack_from(">II", data, start + 8)
        if (first, second) == salts or not 0 < (salts[0] - first) % 2**32 <= _EARLIER:
            return True
    return False


def _summed(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    one, two = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & 0xFFFFFFFF
        two = (two + odd + one) & 0xFFFFFFFF
    return one, two
