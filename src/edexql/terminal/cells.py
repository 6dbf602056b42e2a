"""Text in the cells of a terminal: how many it takes, and how it is cut and filled to a number of them."""

from __future__ import annotations

# Fewer cells than this for what goes before and after say nothing.
_LEAST = 5


def width(text: str) -> int:
    """The cells that a printable text takes; wide characters take two, those that combine none."""
    if text.isascii():
        return len(text)
    from prompt_toolkit.utils import get_cwidth

    return get_cwidth(text)


def cut(text: str, room: int) -> str:
    """A text in no more than so many cells, its end cut off where it is longer."""
    return text if width(text) <= room else _head(text, room - 1) + "…"[:room]


def cut_in_the_middle(text: str, room: int) -> str:
    """A text in no more than so many cells, its middle cut out where it is longer: names differ at both ends."""
    if width(text) <= room:
        return text
    tail = max(room - 1, 0) // 2
    return _head(text, room - 1 - tail) + "…"[:room] + _tail(text, tail)


def cut_round(text: str, room: int, before: int, after: int) -> str:
    """A text in no more than so many cells, where it is longer without what others have as well.

    These are so many characters before its own part, and after it. Where there is no room for its own part, or
    it has none, its middle is cut out.
    """
    own = text[before : len(text) - after]
    left = room - width(own)
    if width(text) <= room or not own or left < 2 * _LEAST:
        return cut_in_the_middle(text, room)
    start, end = text[:before], text[len(text) - after :]
    for_end = min(max(left // 2, left - width(start)), width(end))
    if width(end) > for_end:
        end = "…" + _tail(end, for_end - 1)
    return cut(start, left - for_end) + own + end


def filled(text: str, room: int) -> str:
    """A text with blanks behind it to so many cells, its end cut off where it is longer."""
    text = cut(text, max(room, 0))
    return text + " " * (room - width(text))


def filled_left(text: str, room: int) -> str:
    """A text with blanks before it to so many cells, its end cut off where it is longer."""
    text = cut(text, max(room, 0))
    return " " * (room - width(text)) + text


def _head(text: str, room: int) -> str:
    """As much of a text as so many cells hold."""
    taken = 0
    for place, character in enumerate(text):
        taken += width(character)
        if taken > room:
            return text[:place]
    return text


def _tail(text: str, room: int) -> str:
    """As much of the end of a text as so many cells hold."""
    return _head(text[::-1], room)[::-1]
