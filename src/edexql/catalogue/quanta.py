"""How finely values of fields are kept, and which of the kept values a range admits.

A value is kept as a whole number of quanta, the nearest one; 0.01 degree, 0.1 km and 0.001 hour are finer
than what the sources state of their own accuracy. Comparisons are then exact: a bound is a decimal
number, and is compared as one.
"""

from __future__ import annotations

from functools import cache
from math import ceil, floor

import numpy as np

from edexql.base.record import Record
from edexql.model.field import OTHER_QUANTA
from edexql.model.range import arc_of
from edexql.model.steps import greatest, least
from edexql.model.vocabulary import snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction
    from typing import Any

    from numpy.typing import NDArray

    from edexql.model.field import Field
    from edexql.model.number import Number
    from edexql.model.range import Arc, Range

    Marks = NDArray[np.bool_]


class Piece(Record):
    """Values from `low` to `high`, both included, in quanta; None is as far as values go."""

    low: int | None
    high: int | None


class Circle(Record):
    """The values of a field that goes round: `turn` of them from `first` on, in quanta."""

    first: int
    turn: int

    def turned(self, values: NDArray[Any]) -> NDArray[Any]:
        """Kept values as those of the first turn; a missing value stays one."""
        missing = missing_value(values.dtype)
        within = (values.astype(np.int64) - self.first) % self.turn + self.first
        return np.where(values == missing, missing, within).astype(values.dtype)


def quanta(name: str) -> int:
    """How many quanta make one unit of a field."""
    field = snapshot().field(name)
    return OTHER_QUANTA if field is None else field.quanta


@cache
def stored_circle(name: str) -> Circle | None:
    """The circle on which a catalogue keeps the values of a field; None where it keeps them as they come."""
    field = snapshot().field(name)
    return None if field is None else _own_circle(field)


def circle_of(field: Field) -> Circle | None:
    """The circle of a field, from the value on from which a catalogue keeps it, if it does keep it on that circle."""
    kept, own = stored_circle(field.name), _own_circle(field)
    return kept if kept is not None and own is not None and kept.turn == own.turn else own


def _own_circle(field: Field) -> Circle | None:
    if field.period is None or field.low is None:
        return None
    size = quanta(field.name)
    return Circle(round(field.low * size), max(1, round(field.period * size)))


@cache
def missing_value(dtype: Any) -> int:
    """What stands for "no value" among kept values."""
    return int(np.iinfo(dtype).min)


def quantized(name: str, values: NDArray[np.float64]) -> NDArray[Any]:
    """Values of a field as whole quanta, int16 where the package knows the field; NaN is no value.

    Values that do not fit are no values either; round a circle that the package knows, the values are those of its
    first turn.
    """
    field = snapshot().field(name)
    dtype = np.int32 if field is None or field.wide else np.int16
    limit = np.iinfo(dtype).max
    scaled = np.rint(np.asarray(values, np.float64) * quanta(name))
    circle = stored_circle(name)
    if circle is not None:
        scaled = (scaled - circle.first) % circle.turn + circle.first
    with np.errstate(invalid="ignore"):
        fine = np.abs(scaled) <= limit
    if fine.all():
        return scaled.astype(dtype)
    return np.where(fine, scaled, -limit - 1).astype(dtype)


def unit_values(name: str, stored: NDArray[Any]) -> NDArray[np.float64]:
    """Kept values in the field's unit, NaN where there is none."""
    values = stored / np.float64(quanta(name))
    values[stored == missing_value(stored.dtype)] = np.nan
    return np.asarray(values)


def pieces(values: Range, field: Field) -> tuple[Piece, ...]:
    """The kept values that a range admits: none, one or two pieces, two where it runs through a seam.

    Round a circle, a value at the seam is kept as the lower of its two numbers.
    """
    arc, circle = arc_of(values, field), circle_of(field)
    if arc is not None and circle is not None:
        return _round_a_circle(arc, circle, quanta(field.name))
    low = None if values.low is None else _first(values.low, field, excluded=values.without_low)
    high = None if values.high is None else _last(values.high, field, excluded=values.without_high)
    return () if low is not None and high is not None and low > high else (Piece(low, high),)


def overlaps(some: tuple[Piece, ...], others: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The values that are in both of two lists of pieces."""
    common = []
    for one in some:
        for other in others:
            lows = [piece.low for piece in (one, other) if piece.low is not None]
            highs = [piece.high for piece in (one, other) if piece.high is not None]
            both = Piece(max(lows, default=None), min(highs, default=None))
            if both.low is None or both.high is None or both.low <= both.high:
                common.append(both)
    return tuple(common)


def _round_a_circle(arc: Arc, circle: Circle, size: int) -> tuple[Piece, ...]:
    if arc.whole:
        return (Piece(None, None),)
    start = _lowest(arc.start * size, excluded=arc.without_start)
    end = _highest(arc.end * size, excluded=arc.without_end)
    if start > end:
        return ()
    first, turn = circle.first, circle.turn
    last = first + turn - 1
    shift = (start - first) // turn * turn
    start, end = start - shift, end - shift
    if end <= last:
        return (Piece(start, end),)
    return (Piece(first, end - turn), Piece(start, last))


def _first(number: Number, field: Field, *, excluded: bool) -> int:
    """The first kept value from a bound on, or behind it."""
    return _lowest((greatest if excluded else least)(number, field) * field.quanta, excluded=excluded)


def _last(number: Number, field: Field, *, excluded: bool) -> int:
    """The last kept value up to a bound, or before it."""
    return _highest((least if excluded else greatest)(number, field) * field.quanta, excluded=excluded)


def _lowest(bound: Fraction, *, excluded: bool) -> int:
    return floor(bound) + 1 if excluded else ceil(bound)


def _highest(bound: Fraction, *, excluded: bool) -> int:
    return ceil(bound) - 1 if excluded else floor(bound)


def bounds_of(pieces: Sequence[Piece], dtype: Any) -> list[tuple[Any, Any]]:
    """First and last admitted value of each piece that the type has values of; no last where that is its greatest."""
    least, greatest = missing_value(dtype) + 1, _greatest(dtype)
    bounds = []
    for piece in pieces:
        first = least if piece.low is None else max(piece.low, least)
        last = greatest if piece.high is None else min(piece.high, greatest)
        if first <= last:
            bounds.append((dtype.type(first), None if last == greatest else dtype.type(last)))
    return bounds


@cache
def _greatest(dtype: Any) -> int:
    return int(np.iinfo(dtype).max)


def admitted(low: Any, high: Any, bounds: Sequence[tuple[Any, Any]]) -> Marks:
    """Whether all values from `low` to `high` are in one piece; a missing value is in none."""
    result = _in_piece(low, high, *bounds[0])
    for first, last in bounds[1:]:
        result |= _in_piece(low, high, first, last)
    return result


def _in_piece(low: Any, high: Any, first: Any, last: Any) -> Marks:
    if last is None:
        return np.asarray(low >= first)
    result: Marks = low >= first
    result &= high <= last
    return result


def possible(low: Any, high: Any, bounds: Sequence[tuple[Any, Any]]) -> Marks:
    """Whether a value from `low` to `high` may be in a piece, which ends at `low` or later and begins by `high`."""
    return admitted(high, low, bounds)
