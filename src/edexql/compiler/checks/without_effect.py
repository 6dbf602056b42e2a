"""W616: a constraint that makes no difference: without it the query means the same."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.checks.telling import Told


def without_effect(told: Told) -> Iterator[Diagnostic]:
    """Without a constraint of W616 the query means the same."""
    twice = told.twice()
    for number in told.examined.idle:
        if number in twice or told.nothing(number) or (number in twice.values() and number not in told.examined.spare):
            continue
        reason, note = told.reason(number)
        help = reason or "what it says follows from the others as the logic joins them"
        if number not in told.examined.spare:
            others = [other for other in told.examined.idle[:5] if other != number]
            help += f"; take it away or {told.listed(others)}, not {'both' if len(others) == 1 else 'all of them'}"
        yield Diagnostic(
            "W616",
            f"{told.text(number)} makes no difference: without it the query means the same",
            told.resolved.program.source,
            told.span(number),
            notes=note,
            help=help + told.for_now([number], lasting=number in told.lasting.idle),
        )
