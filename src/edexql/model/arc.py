"""Ranges of periodic fields as parts of a circle."""

from __future__ import annotations

from edexql.model.exact import exact
from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction

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
    def through_seam(self) -> bool:
        """Whether it goes on behind the last number of its first turn."""
        return self.end > exact(self.low) + self.turn

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
    """The arc that a range is, None where it is not one: the field has no circle, or the range has no end.

    Raises ValueError where the field has a circle and not both bounds.
    """
    if field.period is None or values.low is None or values.high is None:
        return None
    if field.low is None or field.high is None:
        raise ValueError(f"{field.name} is periodic and has no bounds")
    low, length, turn = exact(values.low), exact(values.high) - exact(values.low), exact(field.period)
    if length < 0:
        length %= turn
    start = turned_to(low, field.low, turn)
    return Arc(start, length, turn, field.low, field.high, values.without_low, values.without_high)


def turned_to(place: Fraction, low: Number, turn: Fraction) -> Fraction:
    """A place on a circle within the turn that begins at `low`."""
    return (place - exact(low)) % turn + exact(low)
