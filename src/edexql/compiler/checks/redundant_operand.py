"""W617: an operand of the logic that makes no difference, though its constraints do elsewhere."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.analysis.examining import Examined
    from edexql.compiler.resolve import Resolved


def redundant_operand(resolved: Resolved, examined: Examined) -> Iterator[Diagnostic]:
    if not examined.redundant:
        return
    from edexql.compiler.analysis.places import written

    found = written(resolved)
    if found is None:
        return
    source = resolved.program.source
    for place in sorted(operand[-1] for operand in examined.redundant):
        yield Diagnostic(
            "W617",
            "this operand makes no difference: without it the query means the same",
            source,
            found.spans[place],
            help="take it away, as `edexql fmt --simplify` does",
        )
