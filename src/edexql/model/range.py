"""Ranges of a field's values, on a line or round a circle."""

from __future__ import annotations

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction

    from edexql.model.arc import Arc
    from edexql.model.vocabulary import Field

Number = int | float


@record(frozen=True, slots=True)
class Range:
    """Values from `low` to `high`, both included unless said otherwise; None is as far as the field goes.

    In a periodic field `low` may be greater than `high`, the range then runs through the end of the
    circle, and both may lie up to a turn beyond the field. Values are in the field's own unit.
    """

    low: Number | None
    high: Number | None
    without_low: bool = False
    without_high: bool = False

    def __str__(self) -> str:
        low, high = self.low, self.high
        if low is not None and low == high:
            return f"= {plain(low)}"
        if high is None and low is not None:
            return f"{'>' if self.without_low else '>='} {plain(low)}"
        if low is None and high is not None:
            return f"{'<' if self.without_high else '<='} {plain(high)}"
        return f"{'' if low is None else plain(low)}..{'' if high is None else plain(high)}"


def plain(number: Number) -> str:
    """A number without an exponent or a needless fraction."""
    if isinstance(number, int) or number == int(number):
        return str(int(number))
    text = repr(number)
    if "e" not in text:
        return text
    from decimal import Decimal

    return f"{Decimal(text):f}"


def complement(values: Range, field: Field) -> tuple[Range, ...]:
    """The values of a field outside a range: none, one or two ranges.

    The circle without one point is taken as the whole circle.
    """
    arc = _arc(values, field)
    if arc is not None:
        if arc.whole:
            return ()
        if arc.length == 0:
            return (Range(field.low, field.high),)
        start, end = arc.shown(arc.end), arc.shown(arc.start, high=True)
        if arc.length == arc.turn:
            return (Range(start, start),)
        return (Range(start, end, not arc.without_end, not arc.without_start),)
    below = Range(None, values.low, without_high=not values.without_low)
    above = Range(values.high, None, without_low=not values.without_high)
    return tuple(
        part
        for part, limit, bound in ((below, field.low, values.low), (above, field.high, values.high))
        if bound is not None and (bound != limit or values.without_low or values.without_high)
    )


def intervals(values: Range, field: Field) -> tuple[tuple[Number, Number], ...]:
    """A range as closed intervals within the field's own bounds.

    Every value of the range lies in them, with whatever decimals it is written. Round a circle there are two where it
    runs through the seam or touches it, since the seam has two numbers. Bounds that the range leaves out are moved
    inwards where the field has whole numbers only, and are included otherwise.
    """
    arc = _arc(values, field)
    if arc is not None:
        return _round_a_circle(arc)
    low, high = values.low, values.high
    if field.step is not None:
        from edexql.model.steps import greatest, least

        low = None if low is None else _number(least(low, field))
        high = None if high is None else _number(greatest(high, field))
    low = field.low if low is None else low
    high = field.high if high is None else high
    if low is None or high is None:
        raise ValueError(f"{field.name} has no bounds to close a one-sided range with")
    if field.integer:
        low = int(low) + 1 if values.without_low and low == int(low) else low
        high = int(high) - 1 if values.without_high and high == int(high) else high
    return ((low, high),) if low <= high else ()


def _round_a_circle(arc: Arc) -> tuple[tuple[Number, Number], ...]:
    if arc.length >= arc.turn:
        return ((arc.low, arc.high),)
    start, end = arc.shown(arc.start), arc.shown(arc.end, high=arc.length > 0)
    if arc.through_seam:
        return (start, arc.high), (arc.low, end)
    if arc.end == arc.seam:
        return (start, end), (arc.low, arc.low)
    if start == arc.low:
        return (start, end), (arc.high, arc.high)
    return ((start, end),)


def _number(value: Fraction) -> Number:
    return int(value) if value.denominator == 1 else float(value)


def _arc(values: Range, field: Field) -> Arc | None:
    if field.period is None:
        return None
    from edexql.model.arc import arc_of

    return arc_of(values, field)
