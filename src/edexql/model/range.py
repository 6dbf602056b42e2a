"""Ranges of a field's values, on a line or round a circle."""

from __future__ import annotations

from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.vocabulary import Field

Number = int | float


@record(frozen=True, slots=True)
class Range:
    """Values from `low` to `high`, both included unless said otherwise; None is as far as the field goes.

    In a periodic field `low` may be greater than `high`: the range then runs through the end of the
    circle. Values are in the field's own unit.
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
    """The values of a field outside a range: none, one or two ranges."""
    if field.period is not None and values.low is not None and values.high is not None:
        if full_circle(values, field):
            return ()
        if (values.high - values.low) % field.period == 0:
            return (Range(field.low, field.high),)
        start, end = _turned(values.high, field, field.low), _turned(values.low, field, field.high)
        return (Range(start, end, not values.without_high, not values.without_low),)
    below = Range(None, values.low, without_high=not values.without_low)
    above = Range(values.high, None, without_low=not values.without_high)
    return tuple(
        part
        for part, limit, bound in ((below, field.low, values.low), (above, field.high, values.high))
        if bound is not None and (bound != limit or values.without_low or values.without_high)
    )


def full_circle(values: Range, field: Field) -> bool:
    """Whether a range of a periodic field goes all the way round."""
    if field.period is None or values.low is None or values.high is None:
        return False
    return values.high - values.low >= field.period


def intervals(values: Range, field: Field) -> tuple[tuple[Number, Number], ...]:
    """A range as closed intervals within the field's own bounds, two where it runs through the end.

    Every value of the range lies in them. Bounds that the range leaves out are moved inwards where
    the field has whole numbers only, and are included otherwise.
    """
    low, high = values.low, values.high
    if field.period is not None and low is not None and high is not None:
        if field.low is None or field.high is None:
            raise ValueError(f"{field.name} is periodic and has no bounds")
        if full_circle(values, field):
            return ((field.low, field.high),)
        point = (high - low) % field.period == 0
        low, high = _turned(low, field, field.low), _turned(high, field, field.low if point else field.high)
        if low > high:
            return tuple((a, b) for a, b in ((low, field.high), (field.low, high)) if a != b)
    low = field.low if low is None else low
    high = field.high if high is None else high
    if low is None or high is None:
        raise ValueError(f"{field.name} has no bounds to close a one-sided range with")
    if field.integer:
        low = int(low) + 1 if values.without_low and low == int(low) else low
        high = int(high) - 1 if values.without_high and high == int(high) else high
    return ((low, high),) if low <= high else ()


def _turned(value: Number, field: Field, edge: Number | None) -> Number:
    """A value of a periodic field as the same one between the field's bounds; at the seam, `edge`."""
    assert field.low is not None
    assert field.period is not None
    assert edge is not None
    turned = (value - field.low) % field.period + field.low
    if turned == field.low:
        return edge
    if value == turned:
        return value
    turned = round(turned, 9)
    return int(turned) if turned == int(turned) else turned
