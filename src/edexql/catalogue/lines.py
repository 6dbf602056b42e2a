"""Fields that run straight from one sample to the next, second by second."""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.admission import admitted, bounds_of
from edexql.catalogue.quanta import missing_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.quanta import Circle, Piece

# Seconds that are worked out at once, so that minutes between samples do not become gigabytes.
_AT_ONCE = 2**22


def along_lines(
    start: int, holds: int, values: NDArray[Any], circle: Circle | None, pieces: Sequence[Piece]
) -> tuple[Intervals, Intervals]:
    """When lines from sample to sample are in some pieces, and when there are lines.

    `values` are kept values, one every `holds` seconds from `start` on. Round a circle, where there is one, a line goes
    the short way. A second counts by the value at its beginning, rounded to whole quanta as samples are. The last
    sample of a run counts for its own second.
    """
    missing = missing_value(values.dtype)
    there = values != missing
    here = np.flatnonzero(there)
    follows = np.append(there[1:], False)[here]
    begins = start + here.astype(np.int64) * holds
    present = intervals.of_spans(begins, begins + np.where(follows, holds, 1))
    bounds = bounds_of(pieces, np.dtype(np.int32))
    if not bounds:
        return intervals.NEVER, present
    first = values[here].astype(np.float64)
    step = np.where(follows, np.append(values[1:], missing)[here] - first, 0)
    if circle is not None:
        step = (step + circle.turn / 2) % circle.turn - circle.turn / 2
    found = []
    for some in range(0, len(here), max(1, _AT_ONCE // holds)):
        part = slice(some, some + max(1, _AT_ONCE // holds))
        line = np.rint(first[part, None] + step[part, None] * (np.arange(holds) / holds))
        if circle is not None:
            line = (line - circle.first) % circle.turn + circle.first
        whole = line.astype(np.int32)
        row, column = np.nonzero(admitted(whole, whole, bounds))
        times = begins[part][row] + column
        found.append(intervals.of_spans(times, times + 1))
    return intervals.union(found) & present, present
