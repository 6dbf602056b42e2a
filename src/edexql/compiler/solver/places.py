"""Where in a text the operands of its logic stand."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from edexql.base.record import Record
from edexql.language import syntax
from edexql.language.lexer import FIRST_READ, KIND
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edexql.compiler.resolve import Resolved
    from edexql.language.lexer import Tokens


class Unit(Record):
    """What stands for one or more constraints in an expression: a number, a label, or a constraint in place."""

    span: Span
    count: int


class WrittenLogic(Record):
    """An expression as it stands in a text.

    `code` is its postfix form over its units, from 1, without brackets. `spans` has, for each place of the logic's own
    postfix form, where the operand that ends there stands, NOTs and brackets included; `ends` are the places at which
    a unit of several constraints ends.
    """

    statement: syntax.Logic
    units: tuple[Unit, ...]
    code: tuple[int, ...]
    spans: tuple[Span, ...]
    ends: frozenset[int]


def written_logic(resolved: Resolved) -> WrittenLogic | None:
    """The expression of a query without errors; None where none was written."""
    statement = next((s for s in resolved.program.statements if isinstance(s, syntax.Logic)), None)
    if statement is None or resolved.logic is None:
        return None
    starts = [origin.span.start for origin in resolved.origins]
    labels = Counter(constraint.label for constraint in resolved.query.constraints)
    units: list[Unit] = []
    code: list[int] = []
    spans: list[Span] = []
    ends: set[int] = set()
    for part, (start, end) in zip(statement.expression.code, extents(statement.expression), strict=True):
        span = Span(start, end)
        if part == syntax.GROUP:
            spans[-1] = span
        elif isinstance(part, int) and part < 0:
            code.append(part)
            spans.append(span)
        else:
            units.append(Unit(span, _count(part, span, resolved.program.tokens, starts, labels)))
            code.append(len(units))
            spans += [span] * (2 * units[-1].count - 1)
            if units[-1].count > 1:
                ends.add(len(spans) - 1)
    assert len(spans) == len(resolved.logic.code)
    return WrittenLogic(statement, tuple(units), tuple(code), tuple(spans), frozenset(ends))


def extents(expression: syntax.Expression) -> Iterator[tuple[int, int]]:
    """For each part of an expression's postfix code, where the operand that ends there begins and ends, all of it."""
    tokens = expression.tokens
    starts, ends = tokens.starts, tokens.ends
    stack: list[tuple[int, int]] = []
    for part in expression.code:
        if not isinstance(part, int):
            span = part.span
            stack.append((span.start, span.end))
        elif part >= 0:
            stack.append((starts[part], ends[part]))
        elif part == syntax.GROUP:
            start, end = stack[-1]
            stack[-1] = _before(start, tokens), _after(end, tokens)
        elif part == syntax.NOT:
            start, end = stack[-1]
            stack[-1] = _before(start, tokens), end
        else:
            _, end = stack.pop()
            stack[-1] = stack[-1][0], end
        yield stack[-1]


def _count(
    part: int | syntax.Constraint, span: Span, tokens: Tokens, starts: Sequence[int], labels: Mapping[str | None, int]
) -> int:
    """How many constraints a part of an expression stands for, where those of the text begin at `starts`."""
    if not isinstance(part, int):
        return bisect_left(starts, span.end) - bisect_left(starts, span.start)
    return 1 if tokens.kinds[part] == KIND["NUMBER"] else labels[tokens.read(part).lower()]


def _before(offset: int, tokens: Tokens) -> int:
    """Where the token begins that is read before the one at an offset."""
    return tokens.starts[next(_read(tokens, bisect_left(tokens.starts, offset, hi=tokens.count) - 1, -1))]


def _after(offset: int, tokens: Tokens) -> int:
    """Where the token ends that is read after an offset."""
    return tokens.ends[next(_read(tokens, bisect_left(tokens.starts, offset, hi=tokens.count), 1))]


def _read(tokens: Tokens, index: int, step: int) -> Iterator[int]:
    while 0 <= index < tokens.count:
        if tokens.kinds[index] >= FIRST_READ:
            yield index
        index += step
