"""Ranges of a field's values, on a line or round a circle."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.model.number import exact, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction

    from edexql.model.field import Field
    from edexql.model.number import Number


class Range(Record):
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


class Arc(Record):
    """The part of a circle from `start`, within its first turn, to `length` later, in the field's unit; ends may be
    left out. `turn` is the length of the circle; `low` and `high`, the field's bounds, are the same point of it.
    """

    start: Fraction
    length: Fraction
    turn: Fraction
    low: Number
    high: Number
    without_start: bool
    without_end: bool

    @property
    def end(self) -> Fraction:
        """Where it ends, which is beyond the first turn where it runs through the seam."""
        return self.start + self.length

    @property
    def seam(self) -> Fraction:
        """The end of the first turn, which is the same place as its beginning."""
        return exact(self.low) + self.turn

    @property
    def through_seam(self) -> bool:
        """Whether it goes on behind the last number of its first turn."""
        return self.end > self.seam

    @property
    def whole(self) -> bool:
        """Whether it is the whole circle."""
        return self.length > self.turn or (self.length == self.turn and not (self.without_start and self.without_end))

    def shown(self, place: Fraction, *, high: bool = False) -> Number:
        """A place on the circle as a number of its first turn; at the seam the lower one of two, or the `high` one."""
        turned = turned_to(place, self.low, self.turn)
        if turned == exact(self.low):
            return self.high if high else self.low
        return _number(turned)


def arc_of(values: Range, field: Field) -> Arc | None:
    """The arc that a range is, None where the field has no circle.

    A range without an end ends where the turn ends in which its bound is written (see `turn_of`). Raises ValueError
    where the field has a circle and not both bounds.
    """
    if field.period is None:
        return None
    if field.low is None or field.high is None:
        raise ValueError(f"{field.name} is periodic and has no bounds")
    turn = exact(field.period)
    low = None if values.low is None else exact(values.low)
    high = None if values.high is None else exact(values.high)
    if low is None:
        low = exact(field.low) if high is None else turn_of(high, field.low, turn)
    if high is None:
        high = (exact(field.low) if values.low is None else turn_of(low, field.low, turn)) + turn
    length = high - low
    if length < 0:
        length %= turn
    start = turned_to(low, field.low, turn)
    return Arc(start, length, turn, field.low, field.high, values.without_low, values.without_high)


def turned_to(place: Fraction, low: Number, turn: Fraction) -> Fraction:
    """A place on a circle within the turn that begins at `low`."""
    return (place - exact(low)) % turn + exact(low)


def turn_of(place: Fraction, low: Number, turn: Fraction) -> Fraction:
    """Where the turn begins in which a number is counted.

    It is the field's own turn, if that has the number; else the one from 0 on, as of longitudes from 0 to 360, or the
    one about 0, as of local times before midnight; else a later or earlier turn of the field's own.
    """
    for start in (exact(low), exact(0), -turn / 2):
        if start <= place <= start + turn:
            return start
    return (place - exact(low)) // turn * turn + exact(low)


def complement(values: Range, field: Field) -> tuple[Range, ...]:
    """The values of a field outside a range: none, one or two ranges.

    The circle without one point is taken as the whole circle.
    """
    arc = arc_of(values, field)
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
    arc = arc_of(values, field)
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
