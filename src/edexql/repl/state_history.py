"""The history in the REPL's file: each text once, where it was entered last.

"The newest text that begins so" is asked for at every key, among texts of which half may begin so. Entries are
therefore indexed by era, a thousand ids, and text: the newest era that has one is found by a search of the
index in each, and no more than the thousand of that era are looked at.
"""

from __future__ import annotations

import time

from edexql.repl.state_file import decoded, encoded, transaction

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
        from edexql.client.credentials import hidden

        if hidden(text) != text:
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
