"""Moments spread over the times at which a catalogue has values of a field."""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.field import Field

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
