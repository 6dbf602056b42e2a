"""Lists in a sentence: as many as there is room for, the rest counted; and text from outside, made fit for it."""

from __future__ import annotations

from edexql.base.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The most items of one list that are said.
MOST = 6


def fitting(texts: Iterable[str], room: int) -> list[str]:
    """The first texts that fit into some characters with what joins them; always one, if there is one."""
    found: list[str] = []
    for text in texts:
        room -= len(text) + 4
        if found and (room < 0 or len(found) == MOST):
            break
        found.append(text)
    return found


def more(count: int, what: str) -> list[str]:
    """The item that stands for those left out, none where there are none."""
    return [f"{count} more {what}{'s' * (count > 1)}"] if count else []


def listed(items: Sequence[str], word: str, *, comma: bool = False) -> str:
    """`a, b and c`; with `comma`, the last two are set apart too, because items have words like `and` themselves."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])}{',' * comma} {word} {items[-1]}"


def nots_last(texts: Iterable[str]) -> list[str]:
    """The texts, those with `not` before them last: `not a or b` is heard as if it said `not` of both."""
    return sorted(texts, key=lambda text: text.startswith("not "))


def outside(text: str, limit: int = 50) -> str:
    """Text that was not written here: printable, and not longer than `limit`."""
    return clipped(printable(text[: limit + 1]), limit)


def clipped(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
