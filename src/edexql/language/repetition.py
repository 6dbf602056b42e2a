"""Runs of the same shape in a long text: lists of periods and numbers, and operands joined by AND and OR, read at once.

A query of a hundred thousand periods is one list whose items look alike. The parser reads the first of them token by
token; when that leaves it where it was, but for one item more, so does every other item of the same look, and the rest
of the run is taken as it is. What is taken keeps the indices of its tokens alone, and becomes nodes of the syntax tree
when someone looks at it. Whatever else is in a text, and all that follows a mistake, is read token by token.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import islice
from typing import overload

from edexql.language.lexer import BINARY, COMMENT, COMPARISONS, FIRST_READ, JOINED, KIND, MARK
from edexql.language.source import Span
from edexql.language.syntax import AND, OR, Bound, Constraint, Item, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from edexql.language.driver import Driver
    from edexql.language.lexer import Tokens

_MOMENT, _NUMBER, _NAME = KIND["MOMENT"], KIND["NUMBER"], KIND["NAME"]
_DOTS, _COMMA = KIND["DOTS"], KIND["_COMMA"]
_ORS = frozenset({KIND["_OR"], KIND["_BAR"]})
_ANDS = BINARY - _ORS
# As many items as make a run, and as many as are matched at a time: a pattern keeps a note of each.
_FEWEST, _MOST = 16, 1024


def _any(kinds: Iterable[int]) -> bytes:
    return b"[" + b"".join(re.escape(bytes([kind])) for kind in sorted(kinds)) + b"]"


_VALUE, _THEN = _any((_MOMENT, _NUMBER)), _any((JOINED, COMMENT)) + b"*"
_NUMBERS, _NAMES, _RANGE = _any((_NUMBER,)), _any((_NAME,)), _any((_DOTS,))
_ITEMS = re.compile(
    b"(?:%b(?:%b%b)?%b%b){%d,%d}" % (_VALUE, _RANGE, _VALUE, _any((_COMMA,)), _THEN, _FEWEST, _MOST), re.DOTALL
)
_IN_PLACE = b"%b(?:%b|%b%b%b|%b%b)" % (_NAMES, _NAMES, _NUMBERS, _RANGE, _NUMBERS, _any(COMPARISONS), _NUMBERS)
_OPERANDS = re.compile(
    b"(?:(?:%b|%b)%b%b%b){%d,%d}" % (_IN_PLACE, _any((_NUMBER, _NAME)), _THEN, _any(BINARY), _THEN, _FEWEST, _MOST),
    re.DOTALL,
)
_OR_SIGN, _AND_SIGN = re.compile(_any(_ORS), re.DOTALL), re.compile(_any(_ANDS), re.DOTALL)
_WHERE = (_NAME, _NUMBER, _DOTS, _NUMBER, KIND["_OR"])


class Runs:
    """The runs of a text.

    `kinds` are those of the tokens, with marks at two places of each run that may be one: there the parser asks
    `read` where to go on.
    """

    def __init__(self, tokens: Tokens, driver: Driver) -> None:
        self._tokens = tokens
        self._driver = driver
        self.kinds = bytearray(tokens.kinds)
        # Where each run is left, by the index of its second mark.
        self._ends: dict[int, int] = {}
        self._before: tuple[Any, int, int] | None = None
        for pattern, units in ((_ITEMS, _units_of_list), (_OPERANDS, _units_of_logic)):
            for first, end in _joined(match.span() for match in pattern.finditer(tokens.kinds)):
                for start, second, last in units(tokens.kinds, first, end):
                    self.kinds[start] = self.kinds[second] = MARK
                    self._ends[second] = last

    def read(self, index: int) -> int:
        """The index of the token at which the parser goes on, from one that is marked."""
        kind = self.kinds[index] = self._tokens.kinds[index]
        end = self._ends.get(index)
        driver = self._driver
        top = driver.top
        if end is None:
            self._before = (top, _length(top), len(driver.output)) if top[2] else None
            return index
        if self._before is None:
            return index
        (state, _, below), length, emitted = self._before
        self._before = None
        under = top[2]
        # The same state on the same cells: the unit that was read has left nothing but itself.
        if (top[0], under[0], under[1], under[2]) != (state, below[0], below[1], below[2]) or under[2] is not below[2]:
            return index
        if isinstance(under[1], list) and under[1] is below[1]:
            if kind not in (_MOMENT, _NUMBER) or len(under[1]) != length + 1 or len(driver.output) != emitted:
                return index
            if not isinstance(under[1][-1], (Item, Bound)):
                return index
            under[1].append(_firsts(self._tokens.kinds, index, end))
        elif under[1] is None and len(driver.output) > emitted:
            code, in_place = _plain_operands(self._tokens, index, end)
            if in_place and driver.accepts(_WHERE) < len(_WHERE):
                return index
            driver.output += code
        else:
            return index
        return end


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches, those that touch made one."""
    first = end = -1
    for start, stop in spans:
        if start != end:
            if first >= 0:
                yield first, end
            first = start
        end = stop
    if first >= 0:
        yield first, end


def _length(top: Any) -> int:
    below = top[2][1]
    return len(below) if isinstance(below, list) else 0


# Each of these gives where the unit of a run begins that is to be read first, where the one after it does, and where
# what is behind the run.


def _units_of_list(kinds: bytearray, first: int, end: int) -> Iterator[tuple[int, int, int]]:
    # The list of what follows the first item is there behind the second comma.
    start = _behind(kinds, kinds.index(_COMMA, _behind(kinds, kinds.index(_COMMA, first))))
    yield start, _behind(kinds, kinds.index(_COMMA, start)), end


def _units_of_logic(kinds: bytearray, first: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Operands of OR, which may be joined by AND; of AND where there are few of these."""
    ors = [match.start() for match in islice(_OR_SIGN.finditer(kinds, first, end), _FEWEST)]
    if len(ors) == _FEWEST:
        yield (
            _behind(kinds, ors[0]),
            _behind(kinds, ors[1]),
            _behind(kinds, max(kinds.rfind(o, first, end) for o in _ORS)),
        )
        return
    for begin, stop in zip((first, *ors), (*ors, end), strict=True):
        ands = [match.start() for match in islice(_AND_SIGN.finditer(kinds, begin, stop), _FEWEST)]
        if len(ands) == _FEWEST:
            last = max(kinds.rfind(a, begin, stop) for a in _ANDS)
            yield _behind(kinds, ands[0]), _behind(kinds, ands[1]), _behind(kinds, last)


def _behind(kinds: bytearray, index: int) -> int:
    """The index of the token that is read after one."""
    index += 1
    while 0 < kinds[index] < FIRST_READ:
        index += 1
    return index


def _firsts(kinds: bytearray, index: int, end: int) -> array[int]:
    """The index of the first token of each item of a run."""
    firsts = array("q")
    add, find = firsts.append, kinds.index
    while index < end:
        add(index)
        index = find(_COMMA, index) + 1
        while index < end and kinds[index] < FIRST_READ:
            index += 1
    return firsts


def _plain_operands(tokens: Tokens, index: int, end: int) -> tuple[list[Any], bool]:
    """What operands joined by AND and OR emit, from behind an operator to behind the last of the same kind.

    The second value says whether a constraint is among them.
    """
    kinds = tokens.kinds
    code: list[Any] = []
    add = code.append
    loosest = OR if _OR_SIGN.search(kinds, index, end) else AND
    in_place = chained = False
    while index < end:
        operand = index
        index += 1
        kind = kinds[index]
        while kind not in BINARY:
            index += 1
            kind = kinds[index]
        last = index - 1
        while kinds[last] < FIRST_READ:
            last -= 1
        if last == operand:
            add(operand)
        else:
            add(PlainConstraint(tokens, operand, last))
            in_place = True
        if chained:
            add(AND)
        chained = loosest == OR and kind not in _ORS
        if not chained:
            add(loosest)
        index += 1
        while index < end and kinds[index] < FIRST_READ:
            index += 1
    return code, in_place


class Items(Sequence[Item]):
    """The items of a long list. Those of a run are made each time they are looked at.

    `firsts` has the index of the first token of each item of a run, and ~place in `others` of each other item.
    """

    __slots__ = ("firsts", "others", "tokens")

    def __init__(self, tokens: Tokens, parts: Iterable[Item | array[int]]) -> None:
        self.tokens = tokens
        self.firsts = array("q")
        self.others: list[Item] = []
        for part in parts:
            if isinstance(part, Item):
                self.firsts.append(~len(self.others))
                self.others.append(part)
            else:
                self.firsts += part

    def __len__(self) -> int:
        return len(self.firsts)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, place: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(place, slice):
            return tuple(map(self._item, self.firsts[place]))
        return self._item(self.firsts[place])

    def __iter__(self) -> Iterator[Item]:
        return map(self._item, self.firsts)

    def _item(self, first: int) -> Item:
        if first < 0:
            return self.others[~first]
        if self.tokens.kinds[first + 1] == _DOTS:
            return _item(self.tokens, first, first + 2)
        return _item(self.tokens, first, first)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (tuple, Items)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def _item(tokens: Tokens, first: int, last: int) -> Item:
    """An item of values without units, from its first and its last token."""
    end = _bound(tokens, last)
    if first == last:
        return Item("single", end, None, end.span)
    if last == first + 1:
        return Item(tokens.read(first), None, end, Span(tokens.starts[first], end.span.end))
    return Item("between", _bound(tokens, first), end, Span(tokens.starts[first], end.span.end))


_NOWHERE = Span(0, 0)
_FIELD = "field"
_BOUND_KINDS = {_MOMENT: "moment", _NUMBER: "number", _NAME: "name"}


def _bound(tokens: Tokens, index: int) -> Bound:
    return Bound(_BOUND_KINDS[tokens.kinds[index]], tokens.read(index), tokens.span(index))


class PlainConstraint(Constraint):
    """A field or instrument and one value or range without a unit, written in place: as a node, made when looked at."""

    # A type checker takes the subclass of a record for a record with more fields, which this is not.
    __slots__ = ("first", "last", "tokens")
    first: int  # type: ignore[misc]
    last: int  # type: ignore[misc]
    tokens: Tokens  # type: ignore[misc]

    def __init__(self, tokens: Tokens, first: int, last: int) -> None:
        _set_tokens(self, tokens)
        _set_first(self, first)
        _set_last(self, last)

    kind = _FIELD
    label = key = json = None

    @property  # type: ignore[misc]
    def head(self) -> Word:
        return Word(self.tokens.read(self.first), self.tokens.span(self.first))

    @property  # type: ignore[misc]
    def items(self) -> tuple[Item, ...]:
        return (_item(self.tokens, self.first + 1, self.last),)

    @property  # type: ignore[misc]
    def span(self) -> Span:
        return Span(self.tokens.starts[self.first], self.tokens.ends[self.last])

    @property
    def name(self) -> str:
        return self.tokens.read(self.first)

    def unplaced_item(self) -> Item:
        """Its item, without the places of its parts."""
        tokens, first, last = self.tokens, self.first + 1, self.last
        read = tokens.read
        end = Bound(_BOUND_KINDS[tokens.kinds[last]], read(last), _NOWHERE)
        if first == last:
            return Item("single", end, None, _NOWHERE)
        if last == first + 1:
            return Item(read(first), None, end, _NOWHERE)
        return Item("between", Bound(_BOUND_KINDS[tokens.kinds[first]], read(first), _NOWHERE), end, _NOWHERE)

    def node(self) -> Constraint:
        return Constraint(_FIELD, self.head, self.items, self.span)

    @property  # type: ignore[misc]
    def __class__(self) -> type[Constraint]:  # type: ignore[override]
        """The class of what it stands for, of which `dataclasses.replace` makes another."""
        return Constraint

    def __replace__(self, /, **changes: Any) -> Constraint:
        return self.node().__replace__(**changes)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PlainConstraint):
            other = other.node()
        return self.node() == other

    def __hash__(self) -> int:
        return hash(self.node())

    def __repr__(self) -> str:
        return repr(self.node())

    def __reduce__(self) -> Any:
        return self.node().__reduce__()


_set_tokens, _set_first, _set_last = (PlainConstraint.__dict__[name].__set__ for name in ("tokens", "first", "last"))
