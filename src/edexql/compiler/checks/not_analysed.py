"""W624: a query that was too large, or too entangled, for the checks of its meaning."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.checks.telling import Told


def not_analysed(told: Told) -> Iterator[Diagnostic]:
    if not told.examined.done:
        yield Diagnostic(
            "W624",
            "what this query means was not analysed: it is too large or too entangled for that",
            told.resolved.program.source,
            Span(0, 0),
            help="whether it contradicts itself, or has parts without effect, is not known; ask in several queries",
        )
