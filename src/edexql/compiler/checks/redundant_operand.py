"""W617: an operand of the logic that makes no difference, though its constraints do elsewhere."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.analysis.examining import Examined
    from edexql.compiler.resolve import Resolved
    from edexql.language.lexer import Tokens
    from edexql.language.source import Span
    from edexql.language.syntax import Logic


def redundant_operand(resolved: Resolved, examined: Examined) -> Iterator[Diagnostic]:
    if not examined.redundant:
        return
    from edexql.compiler.analysis.places import written

    found = written(resolved)
    if found is None:
        return
    places = [found.spans[operand[-1]] for operand in examined.redundant]
    fix = _without(places, found.statement, resolved.program.tokens)
    for place in sorted(places, key=lambda span: span.start):
        yield Diagnostic(
            "W617",
            "this operand makes no difference: without it the query means the same",
            resolved.program.source,
            place,
            help="take it away, as `edexql fmt --simplify` does",
            fix=fix,
        )


def _without(places: list[Span], statement: Logic, tokens: Tokens) -> Fix | None:
    """The edit that takes operands away; None where constraints would go with them, and others get new numbers."""
    from edexql.compiler.editing.pruning import pruned
    from edexql.compiler.editing.rewriting import rewritten
    from edexql.compiler.editing.sheet import within

    if any(True for _ in statement.expression.constraints()):
        return None
    bounds = (within(tokens, place) for place in places)
    lost = {index for first, last in bounds for index in range(first, last + 1)}
    gone = pruned(statement, tokens, lost.__contains__)
    if gone is None:
        return None
    first, last = within(tokens, statement.span)
    return Fix(statement.span, rewritten(tokens, first, last, gone, {}).rstrip("\n"))
