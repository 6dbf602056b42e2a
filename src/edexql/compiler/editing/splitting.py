"""A statement of several elements cut into several statements, so that one element stands alone."""

from __future__ import annotations

from edexql.base.record import record
from edexql.compiler.editing.sheet import token_at
from edexql.language.lexer import COMMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.editing.sheet import Element
    from edexql.language.lexer import Tokens
    from edexql.language.syntax import Constraint


@record(frozen=True, slots=True)
class Split:
    """Statements: what stands before an element and behind it, with comments between, and the element itself."""

    before: str
    alone: str
    behind: str


def split(tokens: Tokens, element: Element, ranges: Sequence[tuple[int, int]]) -> Split:
    """Cut the statement of an element, which has the elements `ranges` and no label."""
    begin, end = _frame(element.constraint)

    def listed(first: int, last: int) -> str:
        """The elements from one place to another as a statement."""
        start, stop = tokens.starts[ranges[first][0]], tokens.ends[ranges[last][1]]
        return f"{begin}{tokens.text[start:stop]}{end}"

    place, last = element.place, len(ranges) - 1
    before = behind = ""
    if place:
        before = listed(0, place - 1) + _comments(tokens, ranges[place - 1][1], element.first)
    if place < last:
        behind = _comments(tokens, element.last, ranges[place + 1][0]) + listed(place + 1, last)
    first = token_at(tokens, element.constraint.head.span.start)
    above = _comments(tokens, first, ranges[0][0]).lstrip()
    return Split(above + before, listed(place, place), behind)


def _frame(constraint: Constraint) -> tuple[str, str]:
    """What stands before and behind the elements of a constraint."""
    if constraint.key is not None:
        return f"{constraint.head.text} {constraint.key.text} [", "]"
    return f"{constraint.head.text} ", ""


def _comments(tokens: Tokens, before: int, behind: int) -> str:
    """The comments between two tokens and the line break behind them."""
    found = [tokens.read(i).rstrip() for i in range(before + 1, behind) if tokens.kinds[i] == COMMENT]
    return "".join(f"  {comment}\n" for comment in found) or "\n"
