"""W626: a number that is no value of an index that comes in steps, such as Kp in thirds."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic, shown
from edexql.model.query import Constraint
from edexql.model.range import Range, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.model.range import Number
    from edexql.model.vocabulary import Field


def between_steps(resolved: Resolved) -> Iterator[Diagnostic]:
    for constraint, origin in zip(resolved.query.constraints, resolved.origins, strict=True):
        value, field = constraint.value, resolved.vocabulary.field(constraint.key)
        if not isinstance(value, Range) or field is None or field.step is None:
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
                    f"no {field.name} is {plain(number)}; next to it {_listed(near)}",
                    resolved.program.source,
                    origin.span,
                    help=f"write {ways}",
                )


def _neighbours(number: Number, field: Field) -> list[Number]:
    """The steps next to a number that is none, as they are written."""
    from edexql.model.steps import neighbours, step_at, written

    return [written(step, field) for step in neighbours(number, field)] if step_at(number, field) is None else []


def _listed(numbers: list[Number]) -> str:
    return f"are {' and '.join(map(plain, numbers))}" if len(numbers) > 1 else f"is {plain(numbers[0])}"


def _moved(values: Range, number: Number, step: Number) -> Range:
    """A range with a step in the place of a number."""
    low, high = (step if bound == number else bound for bound in (values.low, values.high))
    return Range(low, high, values.without_low, values.without_high)
