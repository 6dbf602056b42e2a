"""The current query: its text, what it was before, and the file it belongs to."""

from __future__ import annotations

import os

from edexql.base.record import Record

# Changes that can be taken back.
MOST = 1000


class File(Record):
    """The file of a query: its absolute path, the text as it stands there, and the same laid out."""

    path: str
    text: str
    laid_out: str

    @property
    def name(self) -> str:
        """The path as it is shown, from the working folder where it lies below that."""
        short = os.path.relpath(self.path)
        return self.path if short.startswith(os.pardir) else short


class CurrentQuery(Record):
    """A query with its earlier texts, `before`, and those that undo took back, `after`, the nearest last.

    `file` is the one it was opened from or saved to, when there were `since` earlier texts: an older query is not
    that file's.
    """

    text: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    file: File | None = None
    since: int = 0

    @property
    def path(self) -> str | None:
        return None if self.file is None else self.file.path

    @property
    def unsaved(self) -> bool:
        return self.file is not None and self.text != self.file.laid_out


def edit(current: CurrentQuery, text: str) -> CurrentQuery:
    """The query with another text; what was taken back before is gone."""
    if text == current.text:
        return current
    before = (*current.before, current.text)
    forgotten = max(len(before) - MOST, 0)
    return CurrentQuery(text, before[forgotten:], (), current.file, max(current.since - forgotten, 0))


def undo(current: CurrentQuery) -> CurrentQuery:
    """The query as it was before its last change, the same where there was none."""
    if not current.before:
        return current
    file = current.file if len(current.before) > current.since else None
    return CurrentQuery(current.before[-1], current.before[:-1], (*current.after, current.text), file, current.since)


def redo(current: CurrentQuery) -> CurrentQuery:
    """The query with the last undo taken back, the same where there was none."""
    if not current.after:
        return current
    before = (*current.before, current.text)
    return CurrentQuery(current.after[-1], before, current.after[:-1], current.file, current.since)


def attach(current: CurrentQuery, path: str, text: str) -> CurrentQuery:
    """The query, which is now that of a file in which this text stands."""
    file = File(os.path.abspath(path), text, current.text)
    return CurrentQuery(current.text, current.before, current.after, file, len(current.before))


def detach(current: CurrentQuery) -> CurrentQuery:
    """The query, which is now that of no file."""
    return CurrentQuery(current.text, current.before, current.after)
