"""The value of a field at some seconds, as a query sees it: from the same sources, in the same order."""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.quanta import circle_of, missing_value, quantized, stored_circle, unit_values
from edexql.catalogue.scan import on_lines
from edexql.catalogue.store.orbits import EXACT_FIELDS
from edexql.catalogue.store.segments import ZONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.quanta import Circle
    from edexql.catalogue.store.arrays import Arrays
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.catalogue.store.orbits import Orbit
    from edexql.catalogue.store.schema import Segment
    from edexql.model.vocabulary import Vocabulary

    Floats = NDArray[np.float64]
    Seconds = NDArray[np.int64]


def values_at(name: str, times: Seconds, catalogue: Catalogue, vocabulary: Vocabulary) -> Floats:
    """The values of a field at UTC seconds since 1970, in order, shape (n,), in its unit; NaN where there is none.

    They are those of the catalogue's satellite, rounded to whole quanta. Raises MissingExtra for a field whose library
    is not installed.
    """
    field = vocabulary.field(name)
    out = np.full(len(times), np.nan)
    for source in () if field is None else (field.name, *field.substitutes):
        known = vocabulary.field(source)
        circle = circle_of(known) if known else None
        for series in catalogue.series_with(source):
            left = np.flatnonzero(np.isnan(out))
            out[left] = _of_series(catalogue.segments[series], source, circle, times[left])
        orbit = catalogue.orbit
        if orbit is not None and source in orbit.fields:
            left = np.flatnonzero(np.isnan(out))
            out[left] = _of_orbit(orbit, source, times[left])
    return out


def _of_series(segments: Sequence[tuple[Segment, Arrays]], name: str, circle: Circle | None, times: Seconds) -> Floats:
    out = np.full(len(times), np.nan)
    there = [(segment, arrays) for segment, arrays in segments if f"value:{name}" in arrays]
    turning = None if circle == stored_circle(name) else circle
    for place, (segment, arrays) in enumerate(there):
        first, last = np.searchsorted(times, (segment.start, segment.end)).tolist()
        if first == last:
            continue
        index, rest = np.divmod(times[first:last] - segment.start, segment.holds)
        stored = _stored(arrays, name, index, turning)
        if not segment.linear:
            out[first:last] = unit_values(name, stored)
            continue
        following = _stored(arrays, name, np.minimum(index + 1, segment.count - 1), turning)
        at_end = index + 1 == segment.count
        following[at_end] = _first_of_next(there[place : place + 2], name, turning, following.dtype)
        out[first:last] = unit_values(name, on_lines(stored, following, rest / segment.holds, circle))
    return out


def _stored(arrays: Arrays, name: str, index: Seconds, turning: Circle | None) -> NDArray[Any]:
    """Kept values at some places of a segment; of a long column, the zones of them alone are read."""
    if f"sum:{name}" in arrays:
        zones, row = np.unique(index // ZONE, return_inverse=True)
        values = arrays.zones(name, zones)[row, index % ZONE]
    else:
        values = arrays[f"value:{name}"][index]
    return turning.turned(values) if turning else values


def _first_of_next(pair: Sequence[tuple[Segment, Arrays]], name: str, turning: Circle | None, dtype: Any) -> Any:
    """The first value of the segment that follows at once; a missing one where none does."""
    if len(pair) < 2 or pair[0][0].end != pair[1][0].start:
        return missing_value(dtype)
    return _stored(pair[1][1], name, np.zeros(1, np.int64), turning)[0]


def _of_orbit(orbit: Orbit, name: str, times: Seconds) -> Floats:
    out = np.full(len(times), np.nan)
    for knots, window in orbit.positions(intervals.of_spans(times, times + 1)):
        from edexql.catalogue.orbit import fields, nodes
        from edexql.catalogue.orbit.interpolation import positions_at

        here = np.flatnonzero(window.meets(times, times + 1))
        if name in EXACT_FIELDS:
            values = quantized(name, fields.values_of(name, times[here], positions_at(knots, times[here])))
        else:
            values = nodes.values_at(name, times[here], knots)
        out[here] = unit_values(name, values)
    return out
