"""W616, W618, W619: constraints that make no difference, that are there twice, or that no value meets."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.checks.telling import Told
    from edexql.compiler.resolve import Resolved
    from edexql.model.query import Constraint


def without_effect(told: Told) -> Iterator[Diagnostic]:
    """Without a constraint of W616 the query means the same."""
    twice = _twice(told.resolved)
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


def duplicate(told: Told) -> Iterator[Diagnostic]:
    in_place = _in_place(told.resolved)

    def said(number: int) -> tuple[str, str, object]:
        return _said(told.in_general[number - 1])

    for number, first in _twice(told.resolved).items():
        # In `where` there is no other way to name a constraint again, so that only one without effect is told.
        if number in told.examined.idle or number not in in_place:
            yield Diagnostic(
                "W618",
                f"{told.text(number)} is there already",
                told.resolved.program.source,
                told.span(number),
                notes=told.notes([first], "the same is said here"),
                help=f"take it away; where it is meant again, name {told.name(first)} once more"
                + told.for_now(
                    [number, first], lasting=_said(told.in_general[number - 1]) == _said(told.in_general[first - 1])
                ),
            )


def outside_field(told: Told) -> Iterator[Diagnostic]:
    blamed = told.numbers_at(told.examined.part) if told.examined.value is False else []
    for number in told.resolved.numbers:
        if number not in blamed and told.nothing(number):
            yield Diagnostic(
                "W619",
                f"no {told.key(number)} is in this range: {told.text(number)} is never met",
                told.resolved.program.source,
                told.span(number),
                help=(told.bounds(number) or "change it, or take it away")
                + told.for_now([number], lasting=number not in told.changes),
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
