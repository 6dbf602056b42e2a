"""Logic and statements without some of their parts: which tokens go with them, and the new numbers of what stays."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler.editing.document import ranges_of, within
from edexql.language.lexer import CLOSING, COMMENT, FIRST_READ, JOINED, JOINS_NEXT, JOINS_PREVIOUS, KIND, OPENING
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence

    from edexql.compiler.editing.document import Sheet
    from edexql.language.lexer import Tokens
    from edexql.language.source import Span
    from edexql.language.syntax import Constraint


_COMMA = KIND["_COMMA"]


def rewritten(tokens: Tokens, first: int, last: int, gone: Container[int], instead: Mapping[int, str]) -> str:
    """The text of a statement, from its first token to its last, without `gone` and with `instead` for some tokens.

    All comments stay. One after which a line break would now end the statement comes before it, on a line of
    its own; the text ends with a line break where a comment ends it.
    """
    kinds = tokens.kinds
    kept = [i for i in range(first, last + 1) if kinds[i] != JOINED and (i not in gone or kinds[i] == COMMENT)]
    moved: list[str] = []
    pieces: list[str] = []
    depth, before = 0, -1
    for index, following in zip(kept, _following(kinds, kept), strict=True):
        kind = kinds[index]
        if kind == COMMENT:
            joined = depth or following < 0 or kinds[before] in JOINS_NEXT or kinds[following] in JOINS_PREVIOUS
            if before < 0 or not joined:
                moved.append(f"{tokens.read(index)}\n")
            else:
                pieces.append(f"  {tokens.read(index)}\n")
            continue
        if before == index - 1:
            glued = before >= 0 and tokens.ends[before] == tokens.starts[index]
        else:
            glued = kinds[before] in OPENING or kind in CLOSING
        pieces += ("" if glued or before < 0 else " ", instead.get(index) or tokens.read(index))
        depth += (kind in OPENING) - (kind in CLOSING)
        before = index
    return "".join(moved + pieces)


def splice_of(text: str, span: Span, new: str) -> tuple[int, int, str]:
    """The splice that puts a new text in place of a statement, in a text that is laid out."""
    ends_line = new.endswith("\n") and text[span.end : span.end + 1] in ("\n", "")
    return span.start, span.end, new[:-1] if ends_line else new


def without_elements(tokens: Tokens, ranges: Sequence[tuple[int, int]], lost: Container[int]) -> set[int]:
    """The tokens that go with elements of a list, which `lost` holds by their place in it, and the commas between."""
    gone: set[int] = set()
    last_kept = max((place for place in range(len(ranges)) if place not in lost), default=-1)
    for place, (first, last) in enumerate(ranges):
        if place in lost:
            gone.update(i for i in range(first, last + 1) if tokens.kinds[i] >= FIRST_READ)
        if place + 1 < len(ranges) and (place in lost or place >= last_kept):
            gone.update(i for i in range(last + 1, ranges[place + 1][0]) if tokens.kinds[i] == _COMMA)
    return gone


def _following(kinds: Sequence[int], kept: Sequence[int]) -> list[int]:
    """For each token kept, the next that is read, -1 after the last."""
    result: list[int] = []
    following = -1
    for index in reversed(kept):
        result.append(following)
        if kinds[index] != COMMENT:
            following = index
    return result[::-1]


NOT_SIGNS = frozenset({KIND["_NOT"], KIND["_BANG"]})
AND_SIGNS = frozenset({KIND["_AND"], KIND["_AMPERSAND"]})
OR_SIGNS = frozenset({KIND["_OR"], KIND["_BAR"]})
OPEN, CLOSE = KIND["_OPEN"], KIND["_CLOSE"]


def operands(logic: Logic, tokens: Tokens) -> Iterator[tuple[int, int, Constraint | None]]:
    """The first and last token of every operand, in order, and the constraint where it is written in place."""
    for first, last, constraint, kind in parts(logic, tokens):
        if constraint is not None or kind not in _SIGNS:
            yield first, last, constraint


def pruned(logic: Logic, tokens: Tokens, lost: Callable[[int], bool]) -> set[int] | None:
    """The tokens that go with the operands for which `lost` is true of the first token; None where no operand is left.

    With an operand go the NOTs before it and one operator beside it: AND before OR, so that the others stay
    grouped as they were. Brackets go that have come to hold one operand.
    """
    gone: set[int] = set()
    outer: list[_Level] = []
    level = _Level(-1, gone)
    for first, last, constraint, kind in parts(logic, tokens):
        if constraint is None and kind in NOT_SIGNS:
            level.nots.append(first)
        elif constraint is None and kind in AND_SIGNS:
            level.conjunction = first
        elif constraint is None and kind in OR_SIGNS:
            level.begin_alternative(first)
        elif constraint is None and kind == OPEN:
            outer.append(level)
            level = _Level(first, gone)
        elif constraint is None and kind == CLOSE:
            inner, level = level, outer.pop()
            inner.finish()
            _close(inner, level, first)
        elif lost(first):
            gone.update(range(first, last + 1))
            level.lose()
        else:
            level.keep(None)
    level.finish()
    if not level.count:
        return None
    if level.changed and level.count == 1 and level.brackets is not None:
        gone.update(level.brackets)
    return gone


class _Level:
    """What stands between two brackets, or outside all, as far as it was read."""

    __slots__ = (
        "alternative", "brackets", "changed", "conjunction", "count", "gone", "kept", "nots", "opened",
    )  # fmt: skip

    def __init__(self, opened: int, gone: set[int]) -> None:
        self.opened = opened
        self.gone = gone
        # The NOTs and the AND before the next operand, the OR before the alternative that it is in.
        self.nots: list[int] = []
        self.conjunction = -1
        self.alternative = -1
        # How many operands were kept, whether any of this alternative, and the brackets of the last, if it has any.
        self.count = 0
        self.kept = False
        self.brackets: tuple[int, int] | None = None
        self.changed = False

    def keep(self, brackets: tuple[int, int] | None) -> None:
        if not self.kept:
            self._drop(self.conjunction)
            if not self.count:
                self._drop(self.alternative)
        self.brackets = None if self.nots else brackets
        self.nots.clear()
        self.conjunction = -1
        self.kept = True
        self.count += 1

    def lose(self) -> None:
        self.gone.update(self.nots)
        self.nots.clear()
        self._drop(self.conjunction)
        self.conjunction = -1
        self.changed = True

    def begin_alternative(self, operator: int) -> None:
        self.finish()
        self.alternative = operator
        self.kept = False

    def finish(self) -> None:
        """The alternative is at its end: where nothing is left of it, its OR goes."""
        if not self.kept:
            self._drop(self.alternative)

    def _drop(self, token: int) -> None:
        if token >= 0:
            self.gone.add(token)


def _close(inner: _Level, level: _Level, closing: int) -> None:
    """Make brackets an operand of the level that they stand in."""
    brackets = (inner.opened, closing)
    if not inner.count:
        level.gone.update(brackets)
        level.lose()
    elif inner.changed and inner.count == 1:
        level.gone.update(brackets)
        level.changed = True
        level.keep(inner.brackets)
    else:
        level.keep(brackets)


_SIGNS = NOT_SIGNS | AND_SIGNS | OR_SIGNS | {OPEN, CLOSE}


def parts(logic: Logic, tokens: Tokens) -> Iterator[tuple[int, int, Constraint | None, int]]:
    """Operands, operators and brackets in the order of the text: first and last token, constraint, first kind."""
    in_place = {}
    for constraint in logic.expression.constraints():
        first, last = within(tokens, constraint.span)
        in_place[first] = (last, constraint)
    index, end = within(tokens, logic.span)
    while index < end:
        index += 1
        kind = tokens.kinds[index]
        if kind < FIRST_READ:
            continue
        last, operand = in_place.get(index, (index, None))
        yield index, last, operand, kind
        index = last


_NUMBER = KIND["NUMBER"]


def renumbered(
    sheet: Sheet,
    index: int,
    numbers: Mapping[int, int],
    gone_labels: Container[str] = (),
    lost: Container[int] = (),
) -> str | None:
    """The text of the logic that is statement `index`, without what is gone; None where nothing is left of it.

    `numbers` has the new number of every constraint that stays, elements of constraints in place among them;
    `gone_labels` are labels that no statement has any more. Operands whose first tokens are `lost` are gone, too.
    """
    logic, count = sheet.program.statements[index], len(sheet.elements)
    assert isinstance(logic, Logic)
    in_place = [element.number for element in sheet.elements if element.statement == index]
    gone = {place for place, number in enumerate(in_place) if number not in numbers}

    def renamed(number: int) -> int | None:
        return numbers.get(number) if 1 <= number <= count else number

    return reduced(logic, sheet.tokens, renamed, Lost(gone, gone_labels, lost))


class Lost(Record):
    """What is gone from a logic: elements in place, by their order, labels, and operands, by their first tokens."""

    in_place: Container[int] = ()
    labels: Container[str] = ()
    operands: Container[int] = ()


def reduced(logic: Logic, tokens: Tokens, renamed: Callable[[int], int | None], lost: Lost) -> str | None:
    """The text of a logic without what is lost; None where nothing is left of it.

    `renamed` gives the new number for each number, None for that of a constraint that is gone.
    """
    instead: dict[int, str] = {}
    without: set[int] = set()
    gone: set[int] = set()
    place = 0
    for first, _, constraint in operands(logic, tokens):
        if constraint is not None:
            ranges = ranges_of(constraint, tokens)
            places = {at for at in range(len(ranges)) if place + at in lost.in_place}
            place += len(ranges)
            if (ranges and len(places) == len(ranges)) or first in lost.operands:
                without.add(first)
            elif places:
                gone |= without_elements(tokens, ranges, places)
        elif first in lost.operands:
            without.add(first)
        elif tokens.kinds[first] == _NUMBER:
            number = number_of(tokens.read(first))
            new = renamed(number)
            if new is None:
                without.add(first)
            elif new != number:
                instead[first] = str(new)
        elif tokens.read(first).lower() in lost.labels:
            without.add(first)
    pruned_tokens = pruned(logic, tokens, without.__contains__) if without else set()
    if pruned_tokens is None:
        return None
    return rewritten(tokens, *within(tokens, logic.span), gone | pruned_tokens, instead)


def number_of(text: str) -> int:
    """The constraint number that a text is, 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
