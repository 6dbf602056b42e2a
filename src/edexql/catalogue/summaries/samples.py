"""The values of a field at moments spread over the times at which a catalogue has any."""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.quanta import circle_of, unit_values
from edexql.catalogue.store.orbits import EXACT_FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.catalogue.store.orbits import Orbit
    from edexql.model.field import Field
    from edexql.model.vocabulary import Vocabulary

    Floats = NDArray[np.float64]
    Seconds = NDArray[np.int64]


def known_times(field: Field, catalogue: Catalogue) -> Intervals:
    """The times at which a catalogue may have values of a field, or of one that stands in for it."""
    spans = [
        intervals.of((segment.start, segment.end) for segment, _ in catalogue.segments[series])
        for name in (field.name, *field.substitutes)
        for series in catalogue.series_with(name)
    ]
    orbit = catalogue.orbit
    if orbit is not None and any(name in orbit.fields for name in (field.name, *field.substitutes)):
        spans.append(orbit.covered)
    return intervals.union(spans)


def spread(times: Intervals, most: int) -> Seconds:
    """At most so many moments, evenly spread over a set of times: shape (n,), in order."""
    count = min(most, times.seconds)
    if not count:
        return np.empty(0, np.int64)
    # The middle of each of so many equal parts, counted in seconds of the set.
    place = (np.arange(count) * 2 + 1) * times.seconds // (2 * count)
    lengths = times.ends - times.starts
    before = np.cumsum(lengths) - lengths
    interval = np.searchsorted(before, place, side="right") - 1
    return np.asarray(times.starts[interval] + place - before[interval])


def values_at(field: Field, moments: Seconds, catalogue: Catalogue, vocabulary: Vocabulary) -> Floats:
    """The values of a field at some moments, in its unit: shape (n,), NaN where there is none.

    As in queries, its own values come first, then those of fields that stand in for it. Raises MissingExtra for a field
    whose library is not installed.
    """
    values = np.full(len(moments), np.nan)
    for name in (field.name, *field.substitutes):
        source = vocabulary.field(name)
        for series in catalogue.series_with(name) if source is not None else ():
            for segment, arrays in catalogue.segments[series]:
                if f"value:{name}" not in arrays or source is None:
                    continue
                here = np.flatnonzero(np.isnan(values) & (moments >= segment.start) & (moments < segment.end))
                stored = arrays[f"value:{name}"][(moments[here] - segment.start) // segment.holds]
                circle = circle_of(source)
                values[here] = unit_values(name, circle.turned(stored) if circle else stored)
        if catalogue.orbit is not None and name in catalogue.orbit.fields:
            missing = np.flatnonzero(np.isnan(values))
            values[missing] = _of_orbit(name, moments[missing], catalogue.orbit)
    return values


def _of_orbit(name: str, moments: Seconds, orbit: Orbit) -> Floats:
    if name in EXACT_FIELDS:
        from edexql.catalogue.orbit.fields import values_of
    else:
        from edexql.catalogue.orbit.nodes import values_of
    from edexql.catalogue.orbit.interpolation import positions_at

    values = np.full(len(moments), np.nan)
    if not len(moments):
        return values
    for knots, part in orbit.positions(intervals.of_spans(moments, moments + 1)):
        here = np.flatnonzero(part.meets(moments, moments + 1))
        if len(here):
            values[here] = values_of(name, moments[here], positions_at(knots, moments[here]))
    return values
