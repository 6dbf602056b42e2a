"""Text in messages: made safe for terminals, shortened, and which known word was meant by a misspelt one."""

from __future__ import annotations

from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import AnyStr

# Longer words are not compared, and with no more known words: a text may define very many.
LONGEST = 64
MOST_KNOWN = 1000


def shown(text: str, limit: int = 40) -> str:
    """A piece of a user's text as it may stand in a message: short, printable, in backticks."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return "`" + printable(text) + "`"


def printable(text: str) -> str:
    """Text from outside with everything escaped that a terminal would act on or not show."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def all_printable(texts: list[str]) -> list[str]:
    """Many texts as `printable` gives each: the same list where nothing in them has to be escaped."""
    return texts if "".join(texts).isprintable() else [printable(text) for text in texts]


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character, f"\\x{code:02x}")
    return f"\\u{{{code:x}}}"


def common_start(a: AnyStr, b: AnyStr, most: int | None = None) -> int:
    """How many characters, or bytes, two texts begin with alike, of the first `most`; found by halving."""
    low, high = 0, min(len(a), len(b)) if most is None else most
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def distance(a: str, b: str, limit: int) -> int:
    """Letters to insert, drop, change or swap to make one word of the other; more than `limit` is `limit + 1`."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known words nearest to a misspelt one, none if all are far; several if they are equally near."""
    if not 2 <= len(word) <= LONGEST:
        return ()
    word = word.lower()
    limit = 1 if len(word) <= 4 else 2 if len(word) <= 9 else 3
    best: list[str] = []
    for candidate in dict.fromkeys(islice(known, MOST_KNOWN)):
        if len(candidate) < 2 or abs(len(candidate) - len(word)) > limit:
            continue
        d = distance(word, candidate.lower(), limit)
        if d < limit or (d == limit and not best and d <= limit):
            limit, best = d, [candidate]
        elif d == limit:
            best.append(candidate)
    return tuple(best)


def certain(word: str, near: tuple[str, ...]) -> bool:
    """Whether a suggestion may be applied without asking: the only one, and one letter away."""
    return len(near) == 1 and len(word) >= 3 and distance(word.lower(), near[0].lower(), 1) == 1


def did_you_mean(near: tuple[str, ...]) -> str | None:
    if not near:
        return None
    return "did you mean " + " or ".join(f"`{word}`" for word in near[:3]) + "?"
