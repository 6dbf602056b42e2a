"""A moment at which a query holds or does not: a product, a time, a value of each field, and what else is so."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler.canonical import constraint_text
from edexql.compiler.solver.axes import TIME, admitted, axis_of
from edexql.model.number import exact
from edexql.model.period import Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction
    from typing import Any

    from edexql.compiler.solver.axes import Admitted, Axis
    from edexql.model.query import Constraint, Query
    from edexql.model.vocabulary import Vocabulary

_DIGITS = 6


class Moment(Record):
    """A moment. `product` is None where any will do, `time` (seconds since 1970, UTC) where any time will.

    `values` has a value of each field in its unit, `facts` has other constraints as text and whether they hold.
    """

    product: str | None
    time: int | None
    values: tuple[tuple[str, Fraction, str | None], ...]
    facts: tuple[tuple[Constraint, bool], ...]

    def admitted_by(self, query: Query, vocabulary: Vocabulary) -> bool:
        """Whether a query admits the time, the values and the facts; products are not looked at."""
        logic = query.effective_logic()
        values = {name: value for name, value, _ in self.values}
        facts = dict(self.facts)

        def holds(number: int) -> bool:
            one = query.constraints[number - 1]
            axis = axis_of(one, vocabulary)
            if axis is None:
                from edexql.compiler.solver.encoding import without_label

                return facts.get(without_label(one), False)
            if axis.name == TIME:
                return contains(admitted(one, axis), exact(self.time or 0))
            return contains(admitted(one, axis), values.get(axis.name, exact(0)))

        return logic is None or logic.holds(holds)

    def __str__(self) -> str:
        time = "at any time" if self.time is None else str(Period(self.time, self.time + 1)) + "Z"
        values = [f"{name} {decimal(value)}{f' {unit}' if unit else ''}" for name, value, unit in self.values]
        facts = [("" if holds else "no ") + constraint_text(one) for one, holds in self.facts]
        return ", ".join([*([self.product] if self.product else []), time, *values, *facts])

    def to_dict(self) -> dict[str, Any]:
        return {
            "product": self.product,
            "time": None if self.time is None else str(Period(self.time, self.time + 1)) + "Z",
            "values": {name: decimal(value) for name, value, _ in self.values},
            "facts": {constraint_text(one): holds for one, holds in self.facts},
        }


def moment(
    product: str | None, values: dict[Axis, Fraction], facts: dict[Constraint, bool], named: Iterable[Constraint]
) -> Moment:
    """A moment of what a solver found. What a query does not name is left out."""
    time = next((int(value) for axis, value in values.items() if axis.name == TIME), None)
    fields = tuple((a.name, v, a.field.unit if a.field else None) for a, v in values.items() if a.name != TIME)
    there = set(named)
    return Moment(product, time, fields, tuple((one, holds) for one, holds in facts.items() if one in there))


def contains(one: Admitted, value: Fraction) -> bool:
    """Whether a value of an axis is in a set."""
    return any(
        (low is None or low <= (value, 0)) and (high is None or (value, 1) <= high) for low, high in one.stretches
    )


def decimal(value: Fraction) -> str:
    """A value in decimals, to the last one, or cut where they do not end."""
    from decimal import Decimal, localcontext

    with localcontext() as context:
        context.prec = 60
        quotient = Decimal(value.numerator) / value.denominator
    # A decimal is equal to a fraction only where it is exactly that.
    text = f"{quotient:f}" if quotient.as_integer_ratio() == value.as_integer_ratio() else f"{quotient:.{_DIGITS}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
