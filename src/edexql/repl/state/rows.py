"""The rows in the file of the REPL: the history, and the current query of each running session.

Of the history each text is there once, where it was entered last. The newest text that begins as the line does is
asked for at every key, among texts of which half may begin so. Entries are therefore indexed by era, a thousand ids,
and text: the newest era that has one is found by a search of the index in each, and no more than the thousand of that
era are looked at. Sessions are there so that the query of one that was killed is found again.
"""

from __future__ import annotations

import time

from edexql.base.record import Record
from edexql.repl.state import locks
from edexql.repl.state.database import decoded, encoded, transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


# Ids in an era, as a power of two.
_ERA = 10
MOST = 2**31
SLICE = 1000

_ENTER = f"""
INSERT INTO entry (id, era, text, at, session)
SELECT new, new >> {_ERA}, ?, ?, ? FROM (SELECT coalesce((SELECT max(id) FROM entry), 0) + 1 AS new) WHERE true
ON CONFLICT (text) DO UPDATE SET id = excluded.id, era = excluded.era, at = excluded.at, session = excluded.session
"""  # noqa: S608
SUGGESTION = """
WITH RECURSIVE eras (n) AS (
    SELECT max(era) FROM entry
    UNION ALL
    SELECT (SELECT max(era) FROM entry WHERE era < n) FROM eras WHERE n IS NOT NULL
), newest (id) AS (
    SELECT (SELECT max(id) FROM entry WHERE era = n AND text > ?1 AND text < ?2) FROM eras
)
SELECT text FROM entry WHERE id = (SELECT id FROM newest WHERE id IS NOT NULL LIMIT 1)
"""


def is_private(text: str) -> bool:
    """Whether a text is kept out: it begins with a blank, or has an `email` statement or an address with a password."""
    if not text or text[0].isspace():
        return True
    if "://" in text and "@" in text:
        from edexql.client.credentials import redact

        if redact(text) != text:
            return True
    if "email" not in text.lower():
        # Most texts have no such word at all, and need no tokens.
        return False
    from edexql.language.lexer import KIND, tokenize

    return KIND["_EMAIL"] in tokenize(text).kinds


def enter(connection: sqlite3.Connection, texts: Iterable[str], session: str) -> None:
    """Add texts, the newest last. Raises sqlite3.Error, and then none is added."""
    now = time.time()
    with transaction(connection):
        connection.executemany(_ENTER, ((encoded(text), now, session) for text in texts if not is_private(text)))


def newest(connection: sqlite3.Connection, count: int) -> list[str]:
    """So many texts, the newest first. Raises sqlite3.Error."""
    rows = connection.execute("SELECT text FROM entry ORDER BY id DESC LIMIT ?", (max(0, min(count, MOST)),))
    return [decoded(text) for (text,) in rows]


def older(connection: sqlite3.Connection, id: int) -> list[tuple[int, str]]:
    """A slice of the texts older than that of an id, with their ids, the newest first. Raises sqlite3.Error."""
    rows = connection.execute("SELECT id, text FROM entry WHERE id < ? ORDER BY id DESC LIMIT ?", (id, SLICE))
    return [(id, decoded(text)) for id, text in rows]


def suggestion(connection: sqlite3.Connection, prefix: str) -> str | None:
    """The newest text that begins with a prefix and is longer. Raises sqlite3.Error."""
    begin = encoded(prefix)
    # No text has a byte of 255 in it: this is the end of all that begin so.
    row = connection.execute(SUGGESTION, (begin, begin + b"\xff")).fetchone()
    return None if row is None else decoded(row[0])


def clear(connection: sqlite3.Connection) -> None:
    """Drop all texts. Raises sqlite3.Error."""
    connection.execute("DELETE FROM entry")
    _settle(connection)


def _settle(connection: sqlite3.Connection) -> None:
    """Have what was dropped out of the log as well, unless another session is reading it at this moment."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


UNDO, REDO, USE = "undo", "redo", "use"
_HOLD = """
INSERT INTO session (name, text, path, at) VALUES (?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET text = excluded.text, path = excluded.path, at = excluded.at
"""
_DRAFT = """
INSERT INTO session (name, draft, at) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET draft = excluded.draft, at = excluded.at
"""


class Recovered(Record):
    """The query of a session that did not come to its end, at a time in seconds since 1970.

    `undo` and `redo` are its earlier texts and those that were taken back, in the order in which they were held;
    `draft` is what was typed and not entered, `use` the service and the folder of the catalogue that were asked,
    empty where that was never changed; the folder is empty for the sample.
    """

    text: str
    undo: tuple[str, ...]
    redo: tuple[str, ...]
    path: str | None
    draft: str
    use: tuple[str, ...]
    at: float


class Held(Record):
    """What the file has of a session. Texts of `undo` and `redo` have places there that count up from the first."""

    text: str = ""
    path: str | None = None
    undo: tuple[str, ...] = ()
    redo: tuple[str, ...] = ()
    first_undo: int = 0
    first_redo: int = 0


NOTHING = Held()


def register(connection: sqlite3.Connection, name: str) -> None:
    """Put down a session that has nothing yet. Raises sqlite3.Error."""
    connection.execute("INSERT OR IGNORE INTO session (name, at) VALUES (?, ?)", (name, time.time()))


def hold(connection: sqlite3.Connection, name: str, old: Held, new: Held) -> Held:
    """Put down the query of a session, where the file has `old` of it: only what changed is written.

    Returns what the file has then. Raises sqlite3.Error, and then it has the old.
    """
    path = None if new.path is None else encoded(new.path)
    with transaction(connection):
        connection.execute(_HOLD, (name, encoded(new.text), path, time.time()))
        first_undo = _put(connection, (name, UNDO), old.undo, old.first_undo, new.undo)
        first_redo = _put(connection, (name, REDO), old.redo, old.first_redo, new.redo)
    return Held(new.text, new.path, new.undo, new.redo, first_undo, first_redo)


def draft(connection: sqlite3.Connection, name: str, text: str) -> None:
    """Put down what is typed in a session and not entered. Raises sqlite3.Error."""
    connection.execute(_DRAFT, (name, encoded(text), time.time()))


def use(connection: sqlite3.Connection, name: str, service: str, catalogue: str) -> None:
    """Put down what a session asks. Raises sqlite3.Error."""
    register(connection, name)
    with transaction(connection):
        connection.executemany(
            "INSERT OR REPLACE INTO step (session, stack, place, text) VALUES (?, ?, ?, ?)",
            ((name, USE, place, encoded(text)) for place, text in enumerate((service, catalogue))),
        )


def end(connection: sqlite3.Connection, name: str) -> None:
    """Forget a session. Raises sqlite3.Error."""
    with transaction(connection):
        connection.execute("DELETE FROM step WHERE session = ?", (name,))
        connection.execute("DELETE FROM session WHERE name = ?", (name,))


def recover(connection: sqlite3.Connection, folder: str, name: str) -> tuple[Recovered, Held] | None:
    """The query of the newest session that did not come to its end; from now on the session of a name has it.

    Should that one be killed too, before it has put down anything else, nothing is lost. Sessions that had nothing
    are forgotten. To be called by one process at a time. Raises sqlite3.Error and OSError.
    """
    rows = connection.execute("SELECT name, text, path, draft, at FROM session ORDER BY at DESC").fetchall()
    others = {str(row[0]) for row in rows} | set(locks.names(folder))
    gone = {other for other in others if other != name and not locks.alive(folder, other)}
    recovered = None
    for other, text, path, typed, at in rows:
        if str(other) not in gone:
            continue
        lost = _text(text), _text(typed)
        if not any(part.strip() for part in lost):
            end(connection, other)
        elif recovered is None:
            path = None if path is None else decoded(path)
            recovered = _taken_over(connection, other, name, lost, path, at if isinstance(at, float) else 0.0)
    for other in gone:
        locks.drop(folder, other)
    return recovered


def _taken_over(
    connection: sqlite3.Connection, other: str, name: str, lost: tuple[str, str], path: str | None, at: float
) -> tuple[Recovered, Held]:
    with transaction(connection):
        connection.execute("DELETE FROM session WHERE name = ?", (name,))
        connection.execute("UPDATE session SET name = ? WHERE name = ?", (name, other))
        connection.execute("UPDATE step SET session = ? WHERE session = ?", (name, other))
    (undo, first_undo), (redo, first_redo) = _stack(connection, name, UNDO), _stack(connection, name, REDO)
    sources, _ = _stack(connection, name, USE)
    text, typed = lost
    return Recovered(text, undo, redo, path, typed, sources, at), Held(text, path, undo, redo, first_undo, first_redo)


def _stack(connection: sqlite3.Connection, name: str, stack: str) -> tuple[tuple[str, ...], int]:
    """The texts of a stack and the place of the first."""
    rows = connection.execute(
        "SELECT place, text FROM step WHERE session = ? AND stack = ? ORDER BY place", (name, stack)
    ).fetchall()
    first = rows[0][0] if rows else 0
    return tuple(decoded(text) for _, text in rows), first if isinstance(first, int) else 0


def _put(
    connection: sqlite3.Connection, stack: tuple[str, str], old: tuple[str, ...], first: int, new: tuple[str, ...]
) -> int:
    """Make a stack that holds `old`, from a place on, hold `new`, and return the place of its first text.

    Changes are at the end, and at the beginning where only so many texts are kept: what stays is not written again.
    """
    dropped = old.index(new[0]) if new and new[0] in old else len(old)
    common = 0
    for before, after in zip(old[dropped:], new, strict=False):
        if before != after:
            break
        common += 1
    start, same = first + dropped, first + dropped + common
    if dropped:
        connection.execute("DELETE FROM step WHERE session = ? AND stack = ? AND place < ?", (*stack, start))
    if dropped + common < len(old):
        connection.execute("DELETE FROM step WHERE session = ? AND stack = ? AND place >= ?", (*stack, same))
    connection.executemany(
        "INSERT OR REPLACE INTO step (session, stack, place, text) VALUES (?, ?, ?, ?)",
        ((*stack, same + i, encoded(text)) for i, text in enumerate(new[common:])),
    )
    return start


def _text(data: object) -> str:
    return "" if data is None else decoded(data)
