"""Checks of the ranges of a query, which are imported where it has one."""

from __future__ import annotations

from edexql.base.text import shown
from edexql.language.diagnostics import Diagnostic
from edexql.model.number import plain
from edexql.model.query import Constraint
from edexql.model.range import Range, arc_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.language.source import Span
    from edexql.model.field import Field
    from edexql.model.number import Number


def accidental_wrap(resolved: Resolved) -> Iterator[Diagnostic]:
    for value, field, span in _ranges(resolved):
        if value.low is None or value.high is None or value.low <= value.high:
            continue
        if field.period is None or field.low is None or field.high is None:
            continue
        arc = arc_of(value, field)
        if arc is not None and arc.length > arc.turn / 2:
            unit = f" {field.unit}" if field.unit else ""
            part = f"{plain(float(arc.length))} of {plain(float(arc.turn))}{unit}"
            way = "wraps around the end of the circle" if arc.through_seam else "goes around the circle"
            between = f"{plain(arc.shown(arc.end))}..{plain(arc.shown(arc.start, high=True))}"
            yield Diagnostic(
                "W620",
                f"this range {way} and covers {part}",
                resolved.program.source,
                span,
                help=f"if you mean the part between the two numbers, write `{field.name} {between}`",
            )


def between_steps(resolved: Resolved) -> Iterator[Diagnostic]:
    for value, field, span in _ranges(resolved):
        if field.step is None:
            continue
        for number in dict.fromkeys(bound for bound in (value.low, value.high) if bound is not None):
            near = _neighbours(number, field)
            if near:
                from edexql.compiler.canonical import constraint_text

                ways = " or ".join(
                    shown(constraint_text(Constraint("range", field.name, _moved(value, number, step))))
                    for step in near
                )
                yield Diagnostic(
                    "W626",
                    f"{field.name} has no value {plain(number)}; {_listed(near)}",
                    resolved.program.source,
                    span,
                    help=f"write {ways}",
                )


def _ranges(resolved: Resolved) -> Iterator[tuple[Range, Field, Span]]:
    """Each range of a query, with its field and where it stands."""
    for place, constraint in enumerate(resolved.query.constraints):
        if isinstance(constraint.value, Range):
            field = resolved.vocabulary.field(constraint.key)
            if field is not None:
                yield constraint.value, field, resolved.origins[place].span


def _neighbours(number: Number, field: Field) -> list[Number]:
    """The steps next to a number that is none, as they are written."""
    from edexql.model.steps import neighbours, step_at, written

    return [written(step, field) for step in neighbours(number, field)] if step_at(number, field) is None else []


def _listed(numbers: list[Number]) -> str:
    return f"the nearest {'values are' if len(numbers) > 1 else 'value is'} {' and '.join(map(plain, numbers))}"


def _moved(values: Range, number: Number, step: Number) -> Range:
    """A range with a step in place of a number."""
    low, high = (step if bound == number else bound for bound in (values.low, values.high))
    return Range(low, high, values.without_low, values.without_high)


CHECKS = (accidental_wrap, between_steps)
