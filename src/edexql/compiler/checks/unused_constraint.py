"""W602: a constraint that the logic never names, and that is therefore not sent."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


# Mistakes after which it is not certain what the logic would name: in statements, labels, or the logic itself.
_LEAVES_LOGIC_OPEN = frozenset({"E301", "E304", "E305", "E310"})


def unused_constraint(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.program.damaged or resolved.logic is None:
        return
    if any(diagnostic.code in _LEAVES_LOGIC_OPEN for diagnostic in resolved.diagnostics):
        return
    named = set(resolved.logic.code)
    if named.issuperset(resolved.numbers):
        return
    from edexql.compiler.canonical import constraint_text

    constraints = resolved.query.constraints
    for number, constraint, origin in zip(resolved.numbers, constraints, resolved.origins, strict=True):
        if number not in named:
            name = constraint.label or number
            yield Diagnostic(
                "W602",
                f"the logic never names constraint {number}, {shown(constraint_text(constraint))}, so it is not sent",
                resolved.program.source,
                origin.span,
                help=f"name it, as in `… AND {name}`, or take it away",
            )
