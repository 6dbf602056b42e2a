"""The query under hand: its text, what it was before, and the file it belongs to."""

from __future__ import annotations

import os

from edexql.base.record import record

# Changes that can be taken back.
MOST = 1000


@record(frozen=True, slots=True)
class File:
    """The file of a query: its absolute path, the text as it stands there, and the same laid out."""

    path: str
    text: str
    laid_out: str

    @property
    def name(self) -> str:
        """The path as it is shown, from the working folder where it lies below that."""
        short = os.path.relpath(self.path)
        return self.path if short.startswith(os.pardir) else short


@record(frozen=True, slots=True)
class Hand:
    """A query under hand. `before` and `after` are its earlier texts and those that were taken back, the nearest last.

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


def changed(hand: Hand, text: str) -> Hand:
    """The hand with another text; what was taken back before is gone."""
    if text == hand.text:
        return hand
    before = (*hand.before, hand.text)
    forgotten = max(len(before) - MOST, 0)
    return Hand(text, before[forgotten:], (), hand.file, max(hand.since - forgotten, 0))


def undone(hand: Hand) -> Hand:
    """The hand as it was before its last change, the same where there was none."""
    if not hand.before:
        return hand
    file = hand.file if len(hand.before) > hand.since else None
    return Hand(hand.before[-1], hand.before[:-1], (*hand.after, hand.text), file, hand.since)


def redone(hand: Hand) -> Hand:
    """The hand with the last undo taken back, the same where there was none."""
    if not hand.after:
        return hand
    return Hand(hand.after[-1], (*hand.before, hand.text), hand.after[:-1], hand.file, hand.since)


def filed(hand: Hand, path: str, text: str) -> Hand:
    """The hand whose query is now that of a file, in which this text stands."""
    return Hand(hand.text, hand.before, hand.after, File(os.path.abspath(path), text, hand.text), len(hand.before))


def unfiled(hand: Hand) -> Hand:
    """The hand whose query is that of no file."""
    return Hand(hand.text, hand.before, hand.after)
