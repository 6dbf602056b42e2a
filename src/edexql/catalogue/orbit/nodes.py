"""Fields of an orbit at nodes every ten seconds, with linear interpolation between them.

Longitudes and local times of curved magnetic coordinates have no bounds to search knots by. Over ten seconds
the spacecraft goes 80 km, and the error of a straight line is a hundredth of a degree of latitude and of
longitude but within a few degrees of a magnetic pole, where a longitude turns round faster than a line does.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.geometry import frames
from edexql.catalogue.orbit.interpolation import positions_at
from edexql.catalogue.quanta import quantized, stored_circle
from edexql.catalogue.scan import along_lines, on_lines
from edexql.catalogue.three_valued import Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.orbit.knots import Knots
    from edexql.catalogue.quanta import Piece

    Floats = NDArray[np.float64]

SPACING = 10
# Values that are worked out at once.
_AT_ONCE = 2**17


def when(knots: Knots, name: str, admitted: Sequence[Piece], window: Intervals) -> Truth:
    """When a field is in some pieces, within a window; unknown where it is not defined, or there is no position.

    Raises MissingExtra for a field whose library is not installed.
    """
    yes, covered = [], []
    for start, end in _blocks(window):
        here = window.within(start, end)
        nodes = _nodes(here)
        grid = np.full((end - start) // SPACING + 2, np.nan)
        grid[(nodes - start) // SPACING] = values_of(name, nodes, positions_at(knots, nodes))
        admitted_times, present = along_lines(start, SPACING, quantized(name, grid), stored_circle(name), admitted)
        yes.append(admitted_times & here)
        covered.append(present & here)
    matched = intervals.union(yes)
    return Truth(matched, matched | (window - intervals.union(covered)))


def _blocks(window: Intervals) -> list[tuple[int, int]]:
    """Stretches of whole steps that hold a window, those between left out where nothing is asked."""
    length = _AT_ONCE * SPACING
    if not len(window):
        return []
    first, last = int(window.starts[0]) // length, int(window.ends[-1] - 1) // length
    return [
        (number * length, (number + 1) * length)
        for number in range(first, last + 1)
        if len(window.within(number * length, (number + 1) * length))
    ]


def _nodes(window: Intervals) -> NDArray[np.int64]:
    """The times of the values that lines through a window need."""
    steps = intervals.of_spans(window.starts // SPACING, -(-window.ends // SPACING) + 1)
    return np.concatenate([np.arange(start, end) for start, end in steps]) * SPACING


def values_at(name: str, times: NDArray[np.int64], knots: Knots) -> NDArray[Any]:
    """A field's kept values at UTC seconds, in order: those on the lines between nodes. Errors as for `when`."""
    steps, rest = np.divmod(times, SPACING)
    numbers = np.unique(np.concatenate((steps, steps + 1)))
    values = quantized(name, values_of(name, numbers * SPACING, positions_at(knots, numbers * SPACING)))
    place = np.searchsorted(numbers, steps)
    return on_lines(values[place], values[place + 1], rest / SPACING, stored_circle(name))


def values_of(name: str, times: NDArray[np.int64], xyz: Floats) -> Floats:
    """A quasi-dipole or AACGM field's values at UTC seconds and Earth-fixed positions in metres, shape (n, 3).

    Raises MissingExtra for AACGM where its library is not installed.
    """
    x, y, z = (np.ascontiguousarray(xyz[:, axis]) for axis in range(3))
    place = frames.latitude(x, y, z), frames.longitude(x, y), frames.altitude(x, y, z)
    system, _, part = name.partition("-")
    if system == "qd":
        from edexql.catalogue.geometry.quasi_dipole import quasi_dipole as of_place
    else:
        from edexql.catalogue.geometry.aacgm import aacgm as of_place
    return of_place(times, *place)[("latitude", "longitude", "mlt").index(part)]
