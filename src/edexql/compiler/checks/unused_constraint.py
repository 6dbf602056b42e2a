"""W602: a constraint that the logic never names, and that is therefore not sent."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


def unused_constraint(resolved: Resolved) -> Iterator[Diagnostic]:
    query = resolved.query
    if not resolved.complete or query.logic is None:
        return
    named = set(query.logic.code)
    if len(named.intersection(range(1, len(query.constraints) + 1))) == len(query.constraints):
        return
    from edexql.compiler.canonical import constraint_text

    for number, (constraint, origin) in enumerate(zip(query.constraints, resolved.origins, strict=True), 1):
        if number not in named:
            name = constraint.label or number
            yield Diagnostic(
                "W602",
                f"the logic never names constraint {number}, {shown(constraint_text(constraint))}, so it is not sent",
                resolved.program.source,
                origin.span,
                help=f"name it, as in `… AND {name}`, or take it away",
            )
