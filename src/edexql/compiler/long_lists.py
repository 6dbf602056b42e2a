"""Long lists of periods, and where the constraints of a long text stand, without an object for each part of each.

What is read here is read as `periods` reads it, whose functions say what each day is: it gives the same values for
items of plain days and seconds, and None for all others, and for all that is wrong.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import overload

from edexql.compiler.expressions import Origin
from edexql.compiler.periods import period
from edexql.language.diagnostics import AlreadyReported, Mistake
from edexql.language.lexer import COMPARISONS, KIND
from edexql.language.source import Span
from edexql.language.syntax import Bound, Item
from edexql.model.period import DAY, Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from edexql.language.lexer import Tokens
    from edexql.language.repetition import Items

_DOTS = KIND["DOTS"]
_WIDTH = len("2019-05-01")
_TO_MINUTE, _TO_SECOND = len("2019-05-01T15:00"), len("2019-05-01T15:00:00")
_TWO_DIGITS = {f"{number:02}": number for number in range(60)}


def periods(items: Items, today: date) -> Iterator[Period | None]:
    """The period of each item; None for one that is to be read by itself."""
    days = _Days(today)
    text, kinds = items.tokens.text, items.tokens.kinds
    starts, ends = items.tokens.starts, items.tokens.ends
    for first in items.firsts:
        if first < 0:
            yield None
            continue
        last = first + 2 if kinds[first + 1] == _DOTS else first
        start = _stretch(text[starts[first] : ends[first]], days)
        end = start if last == first else _stretch(text[starts[last] : ends[last]], days)
        yield Period(start[0], end[1]) if start and end and start[0] < end[1] else None


class _Days(dict[str, "tuple[int, int] | None"]):
    """The first second of each day that was named and that after its last, None for what is none."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today

    def __missing__(self, text: str) -> tuple[int, int] | None:
        span = Span(0, len(text))
        self[text] = None
        if len(text) == _WIDTH and text[4] == text[7] == "-":
            try:
                named = period(Item("single", Bound("moment", text, span), None, span), self._today)
            except (Mistake, AlreadyReported):
                return None
            if named.start is not None and named.end is not None:
                self[text] = named.start, named.end
        return self[text]


def _stretch(text: str, days: _Days) -> tuple[int, int] | None:
    """The stretch that a day or a time names; None where it is not written in full, or there is no such time."""
    length = len(text)
    if length == _WIDTH:
        return days[text]
    if text[-1] in "Zz":
        length -= 1
    if length == _TO_SECOND and text[16] == ":":
        second = _TWO_DIGITS.get(text[17:19])
    else:
        second = 0 if length == _TO_MINUTE else None
    if second is None or text[10] not in "Tt" or text[13] != ":":
        return None
    day = days[text[:_WIDTH]]
    hour, minute = _TWO_DIGITS.get(text[11:13], DAY), _TWO_DIGITS.get(text[14:16])
    if day is None or hour > 23 or minute is None:
        return None
    start = day[0] + hour * 3600 + minute * 60 + second
    return start, start + 1


class Origins(Sequence[Origin]):
    """Where each numbered constraint stands, made when it is looked at where it is an item of a run."""

    __slots__ = ("_entries", "_heads", "_numbers", "_others", "_tokens")

    def __init__(self, tokens: Tokens, before: Iterable[Origin]) -> None:
        self._tokens = tokens
        # The index of an item's first token, or ~place in `_others`.
        self._entries = array("q")
        self._others: list[Origin] = []
        # From which place on the word that a statement begins with is which; None where it is the token before.
        self._numbers: list[int] = []
        self._heads: list[Span | None] = []
        for origin in before:
            self.append(origin)

    def append(self, origin: Origin) -> None:
        self._entries.append(~len(self._others))
        self._others.append(origin)

    def begin(self, head: Span | None) -> None:
        """The items that follow are of a statement that begins with a word, or None: each with the token before it."""
        if not self._heads or self._heads[-1] is not head:
            self._numbers.append(len(self._entries))
            self._heads.append(head)

    def add_token(self, first: int) -> None:
        """An item, by its first token."""
        self._entries.append(first)

    def add_item(self, items: Items, place: int) -> None:
        first = items.firsts[place]
        if first >= 0:
            self._entries.append(first)
        else:
            head = self._heads[-1]
            assert head is not None
            self.append(Origin(items[place].span, head))

    def shorten(self, first: int) -> None:
        """The last one is kept as the item that begins with a token."""
        if self._entries[-1] < 0:
            self._others.pop()
        self._entries[-1] = first

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> Origin: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Origin, ...]: ...
    def __getitem__(self, place: int | slice) -> Origin | tuple[Origin, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        first = self._entries[place]
        if first < 0:
            return self._others[~first]
        place = place if place >= 0 else len(self) + place
        head = self._heads[bisect_right(self._numbers, place) - 1]
        tokens = self._tokens
        last = first + 2 if tokens.kinds[first + 1] == _DOTS else first
        last += tokens.kinds[first] in COMPARISONS
        return Origin(Span(tokens.starts[first], tokens.ends[last]), head or tokens.span(first - 1))
