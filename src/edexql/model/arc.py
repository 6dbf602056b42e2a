"""Ranges of periodic fields as parts of a circle."""

from __future__ import annotations

from fractions import Fraction

from edexql.base.record import record
from edexql.model.exact import exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.range import Number, Range
    from edexql.model.vocabulary import Field


@record(frozen=True, slots=True)
class Arc:
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
        return int(turned) if turned.denominator == 1 else float(turned)


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
    for start in (exact(low), Fraction(0), -turn / 2):
        if start <= place <= start + turn:
            return start
    return (place - exact(low)) // turn * turn + exact(low)
