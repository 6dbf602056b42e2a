"""What constraints are about: axes of time and of the values of fields, and the stretches of them that are admitted.

Values are taken as exact decimals, as the catalogue does. An axis has more values than a field may really take: kp has
all of 0 to 9, and both ends of a circle are values of their own. What holds for all of them holds for the field.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil, floor

from edexql.base.record import Record
from edexql.model.number import exact
from edexql.model.period import DAY, Period, midnight
from edexql.model.range import Range, arc_of
from edexql.model.steps import settled, step_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.model.field import Field
    from edexql.model.number import Number
    from edexql.model.query import Constraint
    from edexql.model.range import Arc
    from edexql.model.vocabulary import Vocabulary

    # A place between values: (v, 0) lies just below v, (v, 1) just above it. Times are whole numbers.
    Cut = tuple[Fraction | int, int]
    # From one cut to another; None is as far as the axis goes.
    Stretch = tuple[Cut | None, Cut | None]

TIME = "date"
# The times that can be written.
_FIRST, _LAST = (midnight(date.min), 0), (midnight(date.max) + DAY, 0)


class Axis(Record):
    """Something that has one value at every moment: time in seconds since 1970, or a field in its unit.

    `field` is None for time. `low` and `high` are the cuts between which all values lie.
    """

    name: str
    field: Field | None
    low: Cut | None
    high: Cut | None


class Admitted(Record):
    """The part of an axis that a constraint admits: disjoint stretches, within the axis, none of them empty."""

    axis: str
    stretches: tuple[Stretch, ...]

    @property
    def nothing(self) -> bool:
        return not self.stretches

    @property
    def everything(self) -> bool:
        return self.stretches == ((None, None),)


def axis_of(constraint: Constraint, vocabulary: Vocabulary) -> Axis | None:
    """The axis that a constraint is about; None where it is opaque: it holds or does not."""
    if isinstance(constraint.value, Period):
        return Axis(TIME, None, _FIRST, _LAST)
    field = vocabulary.field(constraint.key)
    if not isinstance(constraint.value, Range) or field is None:
        return None
    if field.period is not None and (field.low is None or field.high is None):
        return None
    low = None if field.low is None else _from(field.low, field, open=False)
    high = None if field.high is None else _to(field.high, field, open=False)
    return Axis(field.name, field, low, high)


def admitted(constraint: Constraint, axis: Axis) -> Admitted:
    """What a constraint admits of its axis."""
    value = constraint.value
    if isinstance(value, Period):
        pieces: list[Stretch] = [
            (
                None if value.start is None else (value.start, 0),
                None if value.end is None else (value.end, 0),
            )
        ]
    else:
        assert isinstance(value, Range)
        assert axis.field is not None
        pieces = _ranges(value, axis.field)
    inside = (_within(stretch, axis) for stretch in pieces)
    return Admitted(axis.name, tuple(stretch for stretch in inside if stretch is not None))


def cuts_of(sets: Iterable[Admitted]) -> list[Cut]:
    """The places, in ascending order, at which any of some sets begins or ends."""
    return sorted({cut for one in sets for stretch in one.stretches for cut in stretch if cut is not None})


def overlap(one: Admitted, other: Admitted) -> bool:
    """Whether two sets of an axis have a value in common."""
    return any(_meet(a, b) for a in one.stretches for b in other.stretches)


def includes(larger: Admitted, smaller: Admitted) -> bool:
    """Whether one set of an axis has all values of another."""
    return all(
        any(
            (low is None or (start is not None and low <= start))
            and (high is None or (end is not None and end <= high))
            for low, high in larger.stretches
        )
        for start, end in smaller.stretches
    )


def value_between(axis: Axis, low: Cut | None, high: Cut | None) -> Fraction:
    """A value between two neighbouring cuts: a round one where there is one."""
    if axis.field is None and low is None:
        return Fraction(high[0] - 1 if high else 0)
    low, high = low or axis.low, high or axis.high
    if low is not None and low[1] == 0 and (high is None or low < high):
        return Fraction(low[0])
    if low is None:
        if high is None:
            return Fraction(0)
        return Fraction(high[0] if high[1] else high[0] - 1)
    if high is None:
        return Fraction(floor(low[0]) + 1)
    step = axis.field.step if axis.field is not None else None
    if step is not None:
        value = Fraction(floor(low[0] / step) + 1) * step
        if (value, 1) <= high:
            return value
    for parts in (1, 2, 5, 10, 100, 1000):
        value = Fraction(floor(low[0] * parts) + 1, parts)
        # What is written so near to a step is read as that step.
        if (value, 1) <= high and (axis.field is None or step_at(float(value), axis.field) in (None, value)):
            return value
    return Fraction(low[0] + high[0]) / 2


def _meet(one: Stretch, other: Stretch) -> bool:
    return all(low is None or high is None or low < high for low, high in ((one[0], other[1]), (other[0], one[1])))


def _within(stretch: Stretch, axis: Axis) -> Stretch | None:
    """A stretch without what lies beyond its axis; None where nothing is left."""
    low, high = stretch
    if low is not None and axis.low is not None and low <= axis.low:
        low = None
    if high is not None and axis.high is not None and high >= axis.high:
        high = None
    first, last = low or axis.low, high or axis.high
    return None if first is not None and last is not None and first >= last else (low, high)


def _ranges(values: Range, field: Field) -> list[Stretch]:
    arc = arc_of(values, field)
    if arc is not None:
        return _round_a_circle(arc)
    start = None if values.low is None else _from(values.low, field, open=values.without_low)
    end = None if values.high is None else _to(values.high, field, open=values.without_high)
    return [(start, end)]


def _round_a_circle(arc: Arc) -> list[Stretch]:
    if arc.whole:
        return [(None, None)]
    start, end = (arc.start, int(arc.without_start)), (arc.end, int(not arc.without_end))
    if start >= end:
        return []
    first, seam = exact(arc.low), arc.seam
    pieces: list[Stretch] = [(start, min(end, (seam, 0)))]
    if end > (seam, 0):
        # The first and the last value of a circle are the same.
        pieces += [((first, 0), (end[0] - arc.turn, end[1])), ((seam, 0), (seam, 1))]
    elif start == (first, 0):
        pieces.append(((seam, 0), (seam, 1)))
    return _joined(pieces)


def _joined(pieces: list[Stretch]) -> list[Stretch]:
    """Stretches in ascending order, those that touch made one."""
    joined: list[Stretch] = []
    for low, high in sorted(pieces, key=lambda piece: (piece[0] is not None, piece[0] or (Fraction(0), 0))):
        before = joined[-1][1] if joined else None
        if joined and (before is None or low is None or low <= before):
            last = None if before is None or high is None else max(before, high)
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((low, high))
    return joined


def _from(bound: Number, field: Field, *, open: bool) -> Cut:
    value = settled(bound, field)
    if field.integer:
        return (Fraction(floor(value) + 1 if open else ceil(value)), 0)
    return value, int(open)


def _to(bound: Number, field: Field, *, open: bool) -> Cut:
    value = settled(bound, field)
    if field.integer:
        return (Fraction(ceil(value) if open else floor(value) + 1), 0)
    return value, int(not open)
