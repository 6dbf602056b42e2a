"""The values of a field as stretches in which they held: what the rows of `held` are made of."""

from __future__ import annotations

import numpy as np

from edexql.base.record import record
from edexql.catalogue import intervals
from edexql.catalogue.intervals import NEVER
from edexql.catalogue.quanta import circle_of, missing_value, unit_values
from edexql.catalogue.sql.columns import samples_of, stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals, Seconds
    from edexql.catalogue.quanta import Circle
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.catalogue.store.schema import Segment
    from edexql.model.field import Field

# Samples, or seconds of lines, that are looked at together.
_BLOCK = 2**20


@record(frozen=True, slots=True)
class Stretches:
    """Values of a series, in the field's unit, and the spans `[starts[i], ends[i])` in which they held."""

    series: str
    starts: Seconds
    ends: Seconds
    values: NDArray[np.float64]


def stretches(catalogue: Catalogue, field: Field) -> Iterator[Stretches]:
    """The values of a field, without overlaps: of several series, the first that has a value counts."""
    known = NEVER
    for series in catalogue.series_with(field.name):
        taken = [known]
        for segment, samples in samples_of(catalogue, series, field):
            for starts, ends, values in _runs(segment, samples, circle_of(field)):
                taken.append(intervals.of_spans(starts, ends))
                starts, ends, origin = _outside(starts, ends, known)
                if len(starts):
                    yield Stretches(series, starts, ends, unit_values(field.name, values[origin]))
        known = intervals.union(taken)


def _runs(
    segment: Segment, whole: NDArray[Any], circle: Circle | None
) -> Iterator[tuple[Seconds, Seconds, NDArray[Any]]]:
    """Runs of one value, blanks left out, a block at a time."""
    width = 1 if segment.linear else segment.holds
    step = max(1, _BLOCK // segment.holds) * segment.holds if segment.linear else _BLOCK * segment.holds
    for first in range(segment.start, segment.end, step):
        last = min(segment.end, first + step)
        if segment.linear:
            samples = stored(segment, whole, circle, first, last)
        else:
            position = (first - segment.start) // segment.holds
            samples = whole[position : position + (last - first) // segment.holds]
        edges = np.flatnonzero(np.concatenate(([True], samples[1:] != samples[:-1])))
        values = samples[edges]
        starts = first + edges * width
        ends = np.append(starts[1:], first + len(samples) * width)
        there = values != missing_value(values.dtype)
        if there.any():
            yield starts[there], ends[there], values[there]


def _outside(starts: Seconds, ends: Seconds, known: Intervals) -> tuple[Seconds, Seconds, NDArray[np.int64]]:
    """The parts of spans that lie outside a set, and the index of the span that each is of."""
    free = ~known.within(int(starts[0]), int(ends[-1]))
    cuts = np.unique(np.concatenate((starts, ends, free.starts, free.ends)))
    begin, end = cuts[:-1], cuts[1:]
    origin = np.searchsorted(starts, begin, side="right") - 1
    inside = (origin >= 0) & (begin < ends[origin]) & free.meets(begin, end)
    return begin[inside], end[inside], origin[inside]
