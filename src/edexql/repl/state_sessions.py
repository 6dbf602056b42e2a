"""The current query of each running REPL in the file, so that one that was killed is found again."""

from __future__ import annotations

import time

from edexql.base.record import record
from edexql.repl import state_locks
from edexql.repl.state_file import decoded, encoded, transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3


UNDO, REDO, USE = "undo", "redo", "use"
_HOLD = """
INSERT INTO session (name, text, path, at) VALUES (?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET text = excluded.text, path = excluded.path, at = excluded.at
"""
_DRAFT = """
INSERT INTO session (name, draft, at) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET draft = excluded.draft, at = excluded.at
"""


@record(frozen=True, slots=True)
class Recovered:
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


@record(frozen=True, slots=True)
class Held:
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
    others = {str(row[0]) for row in rows} | set(state_locks.names(folder))
    gone = {other for other in others if other != name and not state_locks.alive(folder, other)}
    found = None
    for other, text, path, typed, at in rows:
        if str(other) not in gone:
            continue
        lost = _text(text), _text(typed)
        if not any(part.strip() for part in lost):
            end(connection, other)
        elif found is None:
            path = None if path is None else decoded(path)
            found = _taken_over(connection, other, name, lost, path, at if isinstance(at, float) else 0.0)
    for other in gone:
        state_locks.drop(folder, other)
    return found


def _taken_over(
    connection: sqlite3.Connection, other: str, name: str, lost: tuple[str, str], path: str | None, at: float
) -> tuple[Recovered, Held]:
    with transaction(connection):
        connection.execute("DELETE FROM session WHERE name = ?", (name,))
        connection.execute("UPDATE session SET name = ? WHERE name = ?", (name, other))
        connection.execute("UPDATE step SET session = ? WHERE session = ?", (name, other))
    (undo, first_undo), (redo, first_redo) = _stack(connection, name, UNDO), _stack(connection, name, REDO)
    asked, _ = _stack(connection, name, USE)
    text, typed = lost
    return Recovered(text, undo, redo, path, typed, asked, at), Held(text, path, undo, redo, first_undo, first_redo)


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
