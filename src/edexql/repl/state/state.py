"""What the REPL remembers on disk: the history, the settings, and the current query of each running session.

A state never fails: where something cannot be read or kept, `trouble` says so, and the REPL goes on without it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from functools import partial

from edexql.base.system import STATE, state_folder
from edexql.client.credentials import public_url
from edexql.repl.state import database, locks, rows
from edexql.repl.state.database import decoded, encoded
from edexql.repl.state.rows import NOTHING, Held

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import IO, TypeVar

    from edexql.repl.state.rows import Recovered

    T = TypeVar("T")

_INTEGRITY = "PRAGMA integrity_check(1)"
_SETTING = "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


def open_state(folder: str | None = None) -> State:
    """What is remembered in a folder; in that of the user, or the one that EDEXQL_STATE names, if none is given.

    Where nothing can be kept there, the state is in memory, and its `trouble` says why.
    """
    folder = os.path.abspath(folder or state_folder())
    try:
        connection, trouble = database.opened(folder)
    except database.Unusable as error:
        return State(database.in_memory(), None, _not_kept(folder, error))
    return State(connection, folder, trouble)


def in_memory() -> State:
    """A state of which nothing stays."""
    return State(database.in_memory(), None, None)


class State:
    """What is remembered, for use from any thread. `trouble` says what went wrong last, None if nothing did."""

    def __init__(self, connection: sqlite3.Connection, folder: str | None, trouble: str | None) -> None:
        self.trouble = trouble
        self._folder = folder
        self._connection: sqlite3.Connection | None = connection
        # One connection, used by one thread at a time, and never for long.
        self._lock = threading.RLock()
        self._name = os.urandom(8).hex()
        self._alive: IO[bytes] | None = None
        self._over = False
        self._held = NOTHING

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. A session that was not ended is found by the next one."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            if self._alive is not None:
                self._alive.close()
                self._alive = None

    # The history

    def remember(self, text: str) -> None:
        """Add what was entered, unless it is private: it begins with a blank, or has an `email` statement in it."""
        self.remember_all((text,))

    def remember_all(self, texts: Iterable[str]) -> None:
        """Add texts, the newest last."""
        self._try(partial(rows.enter, texts=texts, session=self._name), None)

    def newest(self, count: int) -> list[str]:
        """So many texts, the newest first, each once."""
        return self._try(partial(rows.newest, count=count), [])

    def search(self, words: Sequence[str], limit: int) -> list[str]:
        """So many texts in which all of the words stand, in any case of letters; the newest first."""
        wanted = [word.casefold() for word in words]
        matches: list[str] = []
        id = rows.MOST
        # Slice by slice, so that another thread need not wait for the whole history to be looked through.
        while len(matches) < limit:
            older: list[tuple[int, str]] = self._try(partial(rows.older, id=id), [])
            if not older:
                break
            id = older[-1][0]
            for _, text in older:
                folded = text.casefold()
                if all(word in folded for word in wanted):
                    matches.append(text)
        return matches[: max(0, limit)]

    def suggestion(self, prefix: str) -> str | None:
        """The newest text that begins with a prefix and is longer."""
        return self._try(partial(rows.suggestion, prefix=prefix), None)

    def clear(self) -> None:
        """Drop the whole history."""
        self._try(rows.clear, None)

    # The settings

    def setting(self, name: str) -> str | None:
        """The value of a setting, None where it was never set."""
        row = self._try(
            lambda connection: connection.execute(
                "SELECT value FROM setting WHERE name = ?", (encoded(name),)
            ).fetchone(),
            None,
        )
        return None if row is None else decoded(row[0])

    def set(self, name: str, value: str) -> None:
        """Give a setting a value."""
        self._try(lambda connection: connection.execute(_SETTING, (encoded(name), encoded(value))), None)

    # The session

    def begin(self) -> Recovered | None:
        """Begin a session, and take over the query of the newest one that ended without `end`, if there is one.

        It is this session's from now on, until `hold` says otherwise.
        """
        return self._try(self._begin, None)

    def hold(self, text: str, undo: Sequence[str], redo: Sequence[str], path: str | None) -> None:
        """Keep the current query, its earlier texts and those that were taken back, and the file it belongs to.

        When this returns, it is safe from the end of the process, whatever that is.
        """
        self._in_session(partial(self._hold, new=Held(text, path, tuple(undo), tuple(redo))))

    def draft(self, text: str) -> None:
        """Keep what is typed and not entered."""
        self._in_session(partial(rows.draft, name=self._name, text=text))

    def use(self, service: str, catalogue: str | None) -> None:
        """Keep what the session asks: a service, and the folder of a catalogue or None for the sample."""
        self._in_session(partial(rows.use, name=self._name, service=public_url(service), catalogue=catalogue or ""))

    def end(self) -> None:
        """End the session: there is nothing to recover."""
        with self._lock:
            if self._folder is not None and self._alive is not None:
                self._try(partial(rows.end, name=self._name), None)
                self._alive.close()
                self._alive = None
                locks.drop(self._folder, self._name)
            # What another thread still has to say is not kept.
            self._over = True

    def _begin(self, connection: sqlite3.Connection) -> Recovered | None:
        if self._folder is None or self._over:
            return None
        with locks.alone(self._folder):
            self._register(connection)
            taken = rows.recover(connection, self._folder, self._name)
        if taken is None:
            return None
        recovered, self._held = taken
        return recovered

    def _register(self, connection: sqlite3.Connection) -> None:
        assert self._folder is not None
        if self._alive is None:
            self._alive = locks.session_lock(self._folder, self._name)
            rows.register(connection, self._name)

    def _in_session(self, work: Callable[[sqlite3.Connection], object]) -> None:
        with self._lock:
            if self._folder is not None and not self._over:
                self._try(partial(self._registered, work), None)

    def _registered(self, work: Callable[[sqlite3.Connection], object], connection: sqlite3.Connection) -> None:
        assert self._folder is not None
        if self._alive is None:
            with locks.alone(self._folder):
                self._register(connection)
        work(connection)

    def _hold(self, connection: sqlite3.Connection, new: Held) -> None:
        self._held = rows.hold(connection, self._name, self._held, new)

    # What goes wrong

    def _try(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What comes of work, or something else where it fails; a file that turns out damaged is replaced once."""
        with self._lock:
            for attempt in range(2):
                if self._connection is None:
                    break
                try:
                    return work(self._connection)
                except (sqlite3.Error, OSError, ValueError) as error:
                    if attempt or not database.is_damage(error) or self._folder is None:
                        self.trouble = _not_kept(self._folder or "memory", error)
                        break
                    self._replace()
        return otherwise

    def _replace(self) -> None:
        """Continue with a new file, or in memory, and save the query of this session there."""
        assert self._connection is not None
        assert self._folder is not None
        self._connection.close()
        held, self._held = self._held, NOTHING
        try:
            self._connection, trouble = database.opened(self._folder, check=_INTEGRITY)
            self.trouble = trouble or self.trouble
            if held != NOTHING:
                self._hold(self._connection, held)
        except database.Unusable as error:
            self._connection, self.trouble = database.in_memory(), _not_kept(self._folder, error)
            self._folder = None
        except (sqlite3.Error, ValueError) as error:
            self.trouble = _not_kept(self._folder, error)


def _not_kept(folder: str, error: Exception) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or error
    return f"cannot keep history and unsaved work in {folder}: {reason}; {STATE} can name another folder"
