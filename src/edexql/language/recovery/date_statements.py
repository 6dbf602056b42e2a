"""What a `date` statement that does not parse says in other notations, item by item."""

from __future__ import annotations

import re

from edexql.base.record import Record
from edexql.language.driver import Driver, reductions
from edexql.language.lexer import AHEAD, BINARY, CLOSING, END, KIND, NAME, OPENING, STATEMENT_ONLY
from edexql.language.recovery.period_notations import LONGEST, read
from edexql.language.recovery.surroundings import SEPARATORS
from edexql.language.source import Span
from edexql.language.tables import NODES, WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.language.lexer import Tokens
    from edexql.language.recovery.period_notations import Reading

_DATE, _COMMA, _LET, _EQUAL = KIND["_DATE"], KIND["_COMMA"], KIND["_LET"], KIND["EQUAL"]
_AROUND = BINARY | OPENING | CLOSING | SEPARATORS
_WORDS = frozenset(WORDS.values())
_BETWEEN = frozenset(("between", "entre", "zwischen"))
_MOST_ITEMS = 200
# A number alone on a line may be anything.
_DIGITS_ALONE = re.compile(r"[0-9.]*")


class DateItem(Record):
    """An item in another notation: its tokens, the text that they span, and what it means."""

    tokens: tuple[int, ...]
    text: str
    span: Span
    reading: Reading


def date_items(tokens: Tokens, index: int, first: int) -> tuple[DateItem, ...]:
    """The items of the dates around a token that does not fit, in the statement that began at `first`.

    There are none where no date is meant, and where one of the items means nothing.
    """
    head = _head(tokens, index, first)
    if head is None:
        return ()
    parts: list[list[int]] = [[]]
    for i in _region(tokens, head):
        if tokens.kinds[i] == _COMMA:
            parts.append([])
        else:
            parts[-1].append(i)
    if len(parts) > _MOST_ITEMS or not all(parts):
        return ()
    items: list[DateItem] = []
    at = 0
    while at < len(parts):
        item, taken = _item(tokens, parts[at]), 1
        own = item is None and _fits(tokens, parts[at])
        dated = own and tokens.kinds[parts[at][0]] != NAME
        if not dated and (item is None or item.reading.problem) and at + 1 < len(parts):
            # `May 1, 2019` and `Wed, 1 May 2019` have commas of their own.
            joined = _item(tokens, list(range(parts[at][0], parts[at + 1][-1] + 1)))
            item, taken = (joined, 2) if joined and joined.reading.texts else (item, 1)
        if item is not None:
            if item.reading.texts == (item.text.strip(),):
                # What is wrong with it are spaces of another kind.
                return ()
            items.append(item)
        elif not own:
            return ()
        at += taken
    return tuple(items)


def later_items(tokens: Tokens, index: int, first: int) -> Iterator[DateItem]:
    """The items of the other dates after a token of the statement, so that it is read again once for all of them."""
    for i in tokens.following(index):
        if tokens.kinds[i] in SEPARATORS:
            break
        if tokens.kinds[i] == _DATE:
            yield from date_items(tokens, i + 1, first)


def statement_in_other_notation(tokens: Tokens, first: int) -> DateItem | None:
    """A statement that is a period and nothing else, without the word `date` before it."""
    kinds = tokens.kinds
    region: list[int] = []
    for i in tokens.following(first, AHEAD):
        if kinds[i] in SEPARATORS:
            break
        if tokens.ends[i] - tokens.starts[first] > LONGEST:
            return None
        region.append(i)
    if not region or kinds[first] in _WORDS:
        return None
    item = _item(tokens, region, own=True)
    return item if item and item.reading.certain and _DIGITS_ALONE.fullmatch(item.text) is None else None


def _item(tokens: Tokens, part: list[int], *, own: bool = False) -> DateItem | None:
    """What an item means in another notation, or in that of the language too (`own`); None where it means nothing."""
    if part[0] in tokens.mistaken:
        return None
    span = Span(tokens.starts[part[0]], tokens.ends[part[-1]])
    text = tokens.text[span.start : min(span.end, span.start + LONGEST + 1)]
    reading = read(text)
    if reading is None or (not own and reading.texts == (text,) and _fits(tokens, part)):
        return None
    return DateItem(tuple(part), text, span, reading)


def _fits(tokens: Tokens, part: list[int]) -> bool:
    """Whether an item is one in the grammar of the language."""
    driver = Driver(_REDUCTIONS, [])
    return all(driver.step(kind, 0) for kind in (_DATE, *(tokens.kinds[i] for i in part), END))


def _head(tokens: Tokens, index: int, first: int) -> int | None:
    """The `date`, or the sign of a `let`, that the token stands after."""
    kinds = tokens.kinds
    if kinds[first] == _LET:
        return next((i for i in range(first, min(index, first + 8)) if kinds[i] == _EQUAL), None)
    for i in range(index - 1, max(first - 1, index - AHEAD), -1):
        if kinds[i] == _DATE:
            return i
        if kinds[i] in _AROUND:
            break
    return None


def _region(tokens: Tokens, head: int) -> list[int]:
    """The tokens after the head up to the end of the constraint; all of `between … and …` belongs to it."""
    kinds = tokens.kinds
    region: list[int] = []
    for i in tokens.following(head + 1, AHEAD):
        joins = kinds[i] in BINARY and region and tokens.read(region[0]).lower() in _BETWEEN
        if (kinds[i] in _AROUND and not joins) or kinds[i] in STATEMENT_ONLY:
            break
        region.append(i)
    return region


def _nothing(_: object, children: list[object]) -> None:
    pass


_REDUCTIONS = reductions([_nothing] * len(NODES))
