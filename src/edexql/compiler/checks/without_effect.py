"""W616, W618, W619: constraints that make no difference, that are there twice, or that no value meets."""

from __future__ import annotations

from edexql.compiler.checks.telling import Told
from edexql.language.diagnostic import Diagnostic
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.analysis.examining import Examined
    from edexql.compiler.resolve import Resolved
    from edexql.model.query import Constraint


def without_effect(resolved: Resolved, examined: Examined) -> Iterator[Diagnostic]:
    """Without a constraint of W616 the query means the same."""
    told = Told(resolved)
    twice = _twice(resolved)
    for number in examined.idle:
        if number in twice or told.nothing(number) or (number in twice.values() and number not in examined.spare):
            continue
        reason, note = told.reason(number)
        help = reason or "what it says follows from the others as the logic joins them"
        if number not in examined.spare:
            others = [other for other in examined.idle[:5] if other != number]
            help += f"; take it away or {told.listed(others)}, not {'both' if len(others) == 1 else 'all of them'}"
        yield Diagnostic(
            "W616",
            f"{told.text(number)} makes no difference: without it the query means the same",
            resolved.program.source,
            told.span(number),
            notes=note,
            help=help,
        )


def duplicate(resolved: Resolved, examined: Examined) -> Iterator[Diagnostic]:
    told = Told(resolved)
    in_place = _in_place(resolved)
    for number, first in _twice(resolved).items():
        # In `where` there is no other way to name a constraint again, so that only one without effect is told.
        if number in examined.idle or number not in in_place:
            yield Diagnostic(
                "W618",
                f"{told.text(number)} is there already",
                resolved.program.source,
                told.span(number),
                notes=told.notes([first], "the same is said here"),
                help=f"take it away; where it is meant again, name {told.name(first)} once more",
            )


def outside_field(resolved: Resolved, examined: Examined) -> Iterator[Diagnostic]:
    told = Told(resolved)
    blamed = told.numbers_at(examined.part) if examined.value is False else []
    for number in resolved.numbers:
        if number not in blamed and told.nothing(number):
            yield Diagnostic(
                "W619",
                f"no {told.key(number)} is in this range: {told.text(number)} is never met",
                resolved.program.source,
                told.span(number),
                help=told.bounds(number),
            )


def _twice(resolved: Resolved) -> dict[int, int]:
    """Constraints that the logic names and that were there before, each with the first of its kind."""
    named = set(resolved.query.effective_code())
    first: dict[tuple[str, str, object], int] = {}
    found = {}
    for number, one in enumerate(resolved.query.constraints, 1):
        if number in named and first.setdefault(_said(one), number) != number:
            found[number] = first[_said(one)]
    return found


def _said(constraint: Constraint) -> tuple[str, str, object]:
    return constraint.kind, constraint.key, constraint.value


def _in_place(resolved: Resolved) -> set[int]:
    """The constraints that are written in a `where`."""
    places = [s.span for s in resolved.program.statements if isinstance(s, Logic)][:1]
    spans = ((number, origin.span.start) for number, origin in enumerate(resolved.origins, 1))
    return {number for number, start in spans for place in places if place.start <= start < place.end}
