"""How finely values of fields are kept, and which of the kept values a range admits.

A value is kept as a whole number of quanta, the nearest one; 0.01 degree, 0.1 km and 0.001 hour are finer
than what the sources state of their own accuracy. Comparisons are then exact: a bound is a decimal
number, and is compared as one.
"""

from __future__ import annotations

from math import ceil, floor

import numpy as np

from edexql.model.arc import arc_of
from edexql.model.exact import exact, settled
from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction
    from typing import Any

    from numpy.typing import NDArray

    from edexql.model.arc import Arc
    from edexql.model.range import Number, Range
    from edexql.model.vocabulary import Field

# Quanta in one unit of the field.
_DEGREE, _KILOMETRE, _HOUR, _POSITION = 100, 10, 1000, 2
QUANTA: dict[str, int] = {
    "kp": 3,
    "ap": 1,
    "dst": 1,
    "ae": 1,
    "f107": 10,
    "imf-by": 100,
    "imf-bz": 100,
    "solar-wind-speed": 10,
    "altitude": _KILOMETRE,
    "attitude-accuracy": 1,
    "eclipse": 1,
    "orbit": 1,
    **dict.fromkeys(("latitude", "longitude", "yaw", "pitch", "roll"), _DEGREE),
    **dict.fromkeys((f"{frame}-{axis}" for frame in ("gei", "gsm") for axis in "xyz"), _POSITION),
    **{
        f"{system}-{name}": _DEGREE
        for system in ("magnetic", "aacgm", "qd", "dipole")
        for name in ("latitude", "longitude")
    },
    **dict.fromkeys(("mlt", "aacgm-mlt", "qd-mlt", "dipole-mlt"), _HOUR),
}
# Fields that go round: the first value of the circle, and its length, in units of the field.
CIRCLES: dict[str, tuple[int, int]] = {
    **{name: (-180, 360) for name in QUANTA if name.endswith("longitude") or name in ("yaw", "pitch", "roll")},
    **{name: (0, 24) for name in QUANTA if name.endswith("mlt")},
}
OTHER_FIELDS = 1000
_WIDE = {"orbit"}


@record(frozen=True, slots=True)
class Piece:
    """Values from `low` to `high`, both included, in quanta; None is as far as values go."""

    low: int | None
    high: int | None


def quanta(name: str) -> int:
    """How many quanta make one unit of a field."""
    return QUANTA.get(name, OTHER_FIELDS)


def missing_value(dtype: Any) -> int:
    """What stands for "no value" among kept values."""
    return int(np.iinfo(dtype).min)


def kept(name: str, values: NDArray[np.float64]) -> NDArray[Any]:
    """Values of a field as whole quanta, int16 where they are of the fields known here; NaN is no value.

    Values that do not fit are no values either; round a circle, the values are those of its first turn.
    """
    dtype = np.int16 if name in QUANTA and name not in _WIDE else np.int32
    limit = np.iinfo(dtype).max
    scaled = np.rint(np.asarray(values, np.float64) * quanta(name))
    if name in CIRCLES:
        first, period = (bound * quanta(name) for bound in CIRCLES[name])
        scaled = (scaled - first) % period + first
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

    Round a circle, a value at the seam is kept as the lower bound of the field.
    """
    size = quanta(field.name)
    arc = arc_of(values, field)
    if arc is not None:
        return _round_a_circle(arc, size)
    low = None if values.low is None else _lowest(_bound(values.low, size), excluded=values.without_low)
    high = None if values.high is None else _highest(_bound(values.high, size), excluded=values.without_high)
    return () if low is not None and high is not None and low > high else (Piece(low, high),)


def overlaps(some: tuple[Piece, ...], others: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The values that are in both of two lists of pieces."""
    found = []
    for one in some:
        for other in others:
            lows = [piece.low for piece in (one, other) if piece.low is not None]
            highs = [piece.high for piece in (one, other) if piece.high is not None]
            both = Piece(max(lows, default=None), min(highs, default=None))
            if both.low is None or both.high is None or both.low <= both.high:
                found.append(both)
    return tuple(found)


def _round_a_circle(arc: Arc, size: int) -> tuple[Piece, ...]:
    if arc.whole:
        return (Piece(None, None),)
    start = _lowest(arc.start * size, excluded=arc.without_start)
    end = _highest(arc.end * size, excluded=arc.without_end)
    if start > end:
        return ()
    first, turn = round(arc.low * size), round(arc.turn * size)
    last = first + turn - 1
    if start > last:
        start, end = start - turn, end - turn
    if end <= last:
        return (Piece(start, end),)
    return (Piece(first, end - turn), Piece(start, last))


def _lowest(bound: Fraction, *, excluded: bool) -> int:
    return floor(bound) + 1 if excluded else ceil(bound)


def _highest(bound: Fraction, *, excluded: bool) -> int:
    return ceil(bound) - 1 if excluded else floor(bound)


def _bound(number: Number, size: int) -> Fraction:
    bound = exact(number) * size
    return settled(bound) if size == QUANTA["kp"] else bound
