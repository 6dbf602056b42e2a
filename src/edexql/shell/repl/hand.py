"""The query under hand: its text, what it was before, and the file it belongs to."""

from __future__ import annotations

from edexql.record import record

# Changes that can be taken back.
MOST = 1000


@record(frozen=True, slots=True)
class Hand:
    """A query under hand. `before` and `after` are its earlier texts and those that were taken back, the nearest last.

    `path` is the file it was opened from or saved to, `kept` its text there.
    """

    text: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    path: str | None = None
    kept: str = ""

    @property
    def unsaved(self) -> bool:
        return self.path is not None and self.text != self.kept


def changed(hand: Hand, text: str) -> Hand:
    """The hand with another text; what was taken back before is gone."""
    if text == hand.text:
        return hand
    return Hand(text, (*hand.before, hand.text)[-MOST:], (), hand.path, hand.kept)


def undone(hand: Hand) -> Hand:
    """The hand as it was before its last change, the same where there was none."""
    if not hand.before:
        return hand
    return Hand(hand.before[-1], hand.before[:-1], (*hand.after, hand.text), hand.path, hand.kept)


def redone(hand: Hand) -> Hand:
    """The hand with the last undo taken back, the same where there was none."""
    if not hand.after:
        return hand
    return Hand(hand.after[-1], (*hand.before, hand.text), hand.after[:-1], hand.path, hand.kept)


def filed(hand: Hand, path: str) -> Hand:
    """The hand whose text is now that of a file."""
    return Hand(hand.text, hand.before, hand.after, path, hand.text)
