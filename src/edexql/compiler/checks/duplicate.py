"""W618: a constraint that is there already."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.checks.telling import Told
    from edexql.compiler.resolve import Resolved


def duplicate(told: Told) -> Iterator[Diagnostic]:
    in_place = _in_place(told.resolved)

    def said(number: int) -> tuple[str, str, object]:
        one = told.in_general[number - 1]
        return one.kind, one.key, one.value

    for number, first in told.twice().items():
        # In `where` there is no other way to name a constraint again, so that only one without effect is told.
        if number in told.examined.idle or number not in in_place:
            yield Diagnostic(
                "W618",
                f"{told.text(number)} is there already",
                told.resolved.program.source,
                told.span(number),
                notes=told.notes([first], "the same is said here"),
                help=f"take it away; where it is meant again, name {told.name(first)} once more"
                + ("" if said(number) == said(first) else told.for_now_of([number, first])),
            )


def _in_place(resolved: Resolved) -> set[int]:
    """The constraints that are written in a `where`."""
    places = [s.span for s in resolved.program.statements if isinstance(s, Logic)][:1]
    spans = ((number, origin.span.start) for number, origin in enumerate(resolved.origins, 1))
    return {number for number, start in spans for place in places if place.start <= start < place.end}
