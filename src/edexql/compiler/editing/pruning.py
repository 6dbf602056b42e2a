"""Logic without some of its operands: which tokens go with them."""

from __future__ import annotations

from edexql.compiler.editing.sheet import within
from edexql.language.lexer import FIRST_READ, KIND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.language.lexer import Tokens
    from edexql.language.syntax import Constraint, Logic

_NOT = frozenset({KIND["_NOT"], KIND["_BANG"]})
_AND = frozenset({KIND["_AND"], KIND["_AMPERSAND"]})
_OR = frozenset({KIND["_OR"], KIND["_BAR"]})
_OPEN, _CLOSE = KIND["_OPEN"], KIND["_CLOSE"]


def operands(logic: Logic, tokens: Tokens) -> Iterator[tuple[int, int, Constraint | None]]:
    """The first and last token of every operand, in order, and the constraint where it is written in place."""
    for first, last, constraint, kind in _parts(logic, tokens):
        if constraint is not None or kind not in _SIGNS:
            yield first, last, constraint


def pruned(logic: Logic, tokens: Tokens, lost: Callable[[int], bool]) -> set[int] | None:
    """The tokens that go with the operands that `lost` tells of by their first token; None where no operand is left.

    With an operand go the NOTs before it and one operator beside it: AND before OR, so that the others stay
    grouped as they were. Brackets go that have come to hold one operand.
    """
    gone: set[int] = set()
    outer: list[_Level] = []
    level = _Level(-1, gone)
    for first, last, constraint, kind in _parts(logic, tokens):
        if constraint is None and kind in _NOT:
            level.nots.append(first)
        elif constraint is None and kind in _AND:
            level.conjunction = first
        elif constraint is None and kind in _OR:
            level.begin_alternative(first)
        elif constraint is None and kind == _OPEN:
            outer.append(level)
            level = _Level(first, gone)
        elif constraint is None and kind == _CLOSE:
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


_SIGNS = _NOT | _AND | _OR | {_OPEN, _CLOSE}


def _parts(logic: Logic, tokens: Tokens) -> Iterator[tuple[int, int, Constraint | None, int]]:
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
        last, found = in_place.get(index, (index, None))
        yield index, last, found, kind
        index = last
