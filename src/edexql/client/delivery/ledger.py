"""The requests for delivery that were made, kept on disk, so that one can go on when its mail comes an hour later.

It is one SQLite file that is for its owner alone to read; several processes may use it at once, and what was
written before a process is killed stays.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import contextmanager

from edexql.base.errors import EdexqlError
from edexql.base.record import Record
from edexql.base.text import printable
from edexql.client.credentials import public_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Literal

    State = Literal["asked", "link received", "downloaded", "verified", "unpacked"]
    # Whether the service has taken the request; "unknown" while it is being sent, and when the connection broke.
    Receipt = Literal["unknown", "accepted", "refused", "not sent"]

STATES: tuple[State, ...] = ("asked", "link received", "downloaded", "verified", "unpacked")
# Seconds to wait for another process.
PATIENCE = 30.0
_APPLICATION = 0x65645851
_VERSION = 1
_SCHEMA = """
CREATE TABLE request (
    number INTEGER PRIMARY KEY AUTOINCREMENT, query TEXT NOT NULL, wire TEXT NOT NULL, service TEXT NOT NULL,
    files TEXT NOT NULL, state TEXT NOT NULL, receipt TEXT NOT NULL, answer TEXT NOT NULL, link TEXT
);
CREATE TABLE step (
    request INTEGER NOT NULL REFERENCES request (number), state TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL
);
CREATE INDEX step_of_request ON step (request);
"""


class LedgerError(EdexqlError):
    """The ledger cannot be used, or does not have what is asked of it."""

    __module__ = "edexql"


class Step(Record):
    """A state, the time at which it was reached (UTC, `2019-05-01T15:05:34Z`), and what was said of it."""

    state: str
    at: str
    note: str


class Entry(Record):
    """A request: the text of its query, its form on the wire as JSON, the service, and the files asked for.

    `answer` is what the service said in plain text, `link` what came by mail; `steps` are in their order.
    """

    number: int
    query: str
    wire: str
    service: str
    files: tuple[str, ...]
    state: State
    receipt: Receipt
    answer: str
    link: str | None
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        """The request as JSON has it, without names and passwords in addresses."""
        return {
            "number": self.number,
            "state": self.state,
            "outcome": self.receipt,
            "service": public_url(self.service),
            "query": self.query,
            "files": list(self.files),
            "answer": self.answer,
            "link": self.link and public_url(self.link),
            "steps": [{"state": step.state, "at": step.at, "note": step.note} for step in self.steps],
        }


def add(path: str, query: str, wire: str, service: str, files: Sequence[str]) -> int:
    """Note a request before it is sent, and give it a number. Whether it was received is then unknown."""
    with _changing(path) as connection:
        row = (_text(query), wire, _text(service), json.dumps(list(files)), STATES[0], "unknown", "")
        done = connection.execute(
            "INSERT INTO request (query, wire, service, files, state, receipt, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        number = int(done.lastrowid or 0)
        _step(connection, number, STATES[0], "")
        return number


def set_receipt(path: str, number: int, receipt: Receipt, answer: str) -> Entry:
    """Note what came of sending a request. Raises LedgerError where there is no such request."""
    with _changing(path) as connection:
        _one(connection, number)
        connection.execute(
            "UPDATE request SET receipt = ?, answer = ? WHERE number = ?", (receipt, _text(answer), number)
        )
        return _one(connection, number)


def receive_link(path: str, number: int, link: str) -> Entry:
    """Note the link that came by mail, which also shows that the request was received; a later one replaces it.

    A name and password in it are not kept.

    Raises LedgerError where there is no such request or the link is none.
    """
    link = public_url(link.strip())
    if not link.startswith(("http://", "https://")) or not link.isprintable() or " " in link:
        raise LedgerError(f"a link begins with http:// or https://, not {printable(link[:60]) or 'with nothing'}")
    with _changing(path) as connection:
        entry = _one(connection, number)
        connection.execute("UPDATE request SET link = ?, receipt = 'accepted' WHERE number = ?", (link, number))
        if entry.link != link or entry.state == STATES[0]:
            _move(connection, number, STATES[1], "")
        return _one(connection, number)


def advance(path: str, number: int, state: State, note: str = "") -> Entry:
    """Note that a request has come further; that it is as far as that already changes nothing.

    Raises LedgerError where there is no such request, or it has come further than that: see `set_back`.
    """
    with _changing(path) as connection:
        entry = _one(connection, number)
        if STATES.index(state) < STATES.index(entry.state):
            raise LedgerError(f"request {number} is {entry.state} already, which comes after {state}")
        if state != entry.state:
            _move(connection, number, state, note)
        return _one(connection, number)


def set_back(path: str, number: int, state: State, note: str) -> Entry:
    """Note that a request is in an earlier state again, such as when a file was found damaged; `note` says why.

    Raises LedgerError where there is no such request, or the state is not an earlier one.
    """
    with _changing(path) as connection:
        entry = _one(connection, number)
        if STATES.index(state) >= STATES.index(entry.state):
            raise LedgerError(f"request {number} is {entry.state}, and {state} does not come before that")
        _move(connection, number, state, note)
        return _one(connection, number)


def entries(path: str) -> tuple[Entry, ...]:
    """All requests, the newest first; none where there is no ledger yet. Raises LedgerError."""
    with _reading(path) as connection:
        if connection is None:
            return ()
        numbers = [row[0] for row in connection.execute("SELECT number FROM request ORDER BY number DESC")]
        return tuple(_one(connection, number) for number in numbers)


def one(path: str, number: int) -> Entry:
    """A request by its number. Raises LedgerError where there is none."""
    with _reading(path) as connection:
        if connection is None:
            raise LedgerError(f"there is no request {number}: none was made yet")
        return _one(connection, number)


def awaited(path: str, wire: str, service: str) -> Entry | None:
    """The last request that was the same, if its mail may still come. Raises LedgerError."""
    for entry in entries(path):
        same = (entry.wire, public_url(entry.service)) == (wire, service)
        if same and entry.state == STATES[0] and entry.link is None and entry.receipt in ("accepted", "unknown"):
            return entry
    return None


@contextmanager
def _changing(path: str) -> Iterator[sqlite3.Connection]:
    """The ledger for one change, which is on the disk as a whole when the block ends, or not at all."""
    try:
        _private(path)
        connection = _opened(path)
        try:
            connection.execute("BEGIN IMMEDIATE")
            _prepare(connection, path)
            yield connection
            connection.execute("COMMIT")
        finally:
            # What is not committed by now is undone.
            connection.close()
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    except OSError as error:
        raise LedgerError(f"cannot use the ledger {path}: {error.strerror or type(error).__name__}") from error


@contextmanager
def _reading(path: str) -> Iterator[sqlite3.Connection | None]:
    if not os.path.exists(path):
        yield None
        return
    try:
        connection = _opened(path)
        try:
            connection.execute("BEGIN")
            yield connection if _is_ours(connection, path) else None
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _unusable(path, error) from error


def _private(path: str) -> None:
    folder = os.path.dirname(os.path.abspath(path))
    os.makedirs(folder, mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if hasattr(os, "fchmod") and os.fstat(handle).st_mode & 0o077:
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def _opened(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    # On the disk when it is said to be, after a loss of power too.
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _is_ours(connection: sqlite3.Connection, path: str) -> bool:
    """Whether there is a ledger in the file; not where the file is empty. Raises LedgerError."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not application and not version and not tables:
        return False
    if application != _APPLICATION:
        raise LedgerError(f"{path} is a database of another program")
    if version != _VERSION:
        raise LedgerError(f"the ledger {path} was made by another version of edexql: this one reads format {_VERSION}")
    return True


def _prepare(connection: sqlite3.Connection, path: str) -> None:
    if _is_ours(connection, path):
        return
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def _move(connection: sqlite3.Connection, number: int, state: str, note: str) -> None:
    connection.execute("UPDATE request SET state = ? WHERE number = ?", (state, number))
    _step(connection, number, state, note)


def _step(connection: sqlite3.Connection, number: int, state: str, note: str) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    connection.execute("INSERT INTO step VALUES (?, ?, ?, ?)", (number, state, at, _text(note)))


def _one(connection: sqlite3.Connection, number: int) -> Entry:
    columns = "number, query, wire, service, files, state, receipt, answer, link"
    known = -(2**63) <= number < 2**63
    row: Any = None
    if known:
        row = connection.execute(f"SELECT {columns} FROM request WHERE number = ?", (number,)).fetchone()  # noqa: S608
    if row is None:
        last = connection.execute("SELECT max(number) FROM request").fetchone()[0]
        there = "none was made yet" if last is None else f"the last one is {last}"
        raise LedgerError(f"there is no request {number}: {there}")
    steps = connection.execute("SELECT state, at, note FROM step WHERE request = ? ORDER BY rowid", (number,))
    _, query, wire, service, files, state, receipt, answer, link = row
    done = tuple(Step(*step) for step in steps)
    return Entry(number, query, wire, service, tuple(json.loads(files)), state, receipt, answer, link, done)


def _unusable(path: str, error: sqlite3.Error) -> LedgerError:
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return LedgerError(f"another process is using the ledger {path}: try again when it has ended")
    return LedgerError(f"cannot use the ledger {path}: {error}")


def _text(text: str) -> str:
    """A text that can be stored: lone halves of characters, which arguments may have, cannot."""
    return text.encode("utf-8", "replace").decode()
