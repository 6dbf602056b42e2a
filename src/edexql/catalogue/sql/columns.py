"""The values of a field second by second, from the series of a catalogue.

Of each second the first series that has a value counts, in the order in which a query looks: the
spacecraft's own, then others by name.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.quanta import CIRCLES, missing_value, quanta, unit_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.store.reading import Catalogue
    from edexql.catalogue.store.schema import Segment

    Floats = NDArray[np.float64]


def column(catalogue: Catalogue, field: str, start: int, end: int) -> Floats | None:
    """The values of a field in the seconds of `[start, end)`, NaN where there is none; None if there is none at all."""
    values: Floats | None = None
    for series in catalogue.series_with(field):
        for segment, samples in samples_of(catalogue, series, field):
            first, last = max(start, segment.start), min(end, segment.end)
            if first < last:
                found = np.full(end - start, np.nan)
                found[first - start : last - start] = unit_values(field, stored(segment, samples, field, first, last))
                values = filled(values, found)
    return None if values is None or bool(np.isnan(values).all()) else values


def filled(values: Floats | None, more: Floats | None) -> Floats | None:
    """Values with others in the place of those that are missing."""
    if values is None or more is None:
        return more if values is None else values
    return np.where(np.isnan(values), more, values)


def samples_of(catalogue: Catalogue, series: str, field: str) -> Iterator[tuple[Segment, NDArray[Any]]]:
    """The segments of a series with their kept values of a field; of lines also the value that the last one runs to."""
    segments = [part for part in catalogue.segments[series] if f"value:{field}" in part[1]]
    for place, (segment, arrays) in enumerate(segments):
        values = arrays[f"value:{field}"]
        if segment.linear and place + 1 < len(segments) and segments[place + 1][0].start == segment.end:
            values = np.append(values, segments[place + 1][1][f"value:{field}"][:1])
        yield segment, values


def stored(segment: Segment, values: NDArray[Any], field: str, first: int, last: int) -> NDArray[Any]:
    """The kept values of a segment in the seconds of `[first, last)`, which lie in it."""
    if segment.holds == 1:
        return values[first - segment.start : last - segment.start]
    position, phase = np.divmod(np.arange(first - segment.start, last - segment.start), segment.holds)
    return on_lines(values, position, phase / segment.holds, field) if segment.linear else np.asarray(values[position])


def on_lines(values: NDArray[Any], position: NDArray[np.int64], part: Floats, field: str) -> NDArray[Any]:
    """Kept values on the lines between samples, `part` of the way on from the one at `position`.

    The last of a run has its own second only.
    """
    missing = missing_value(values.dtype)
    before = values[position]
    after = np.append(values[1:], np.array([missing], values.dtype))[position]
    step = np.where(after == missing, 0.0, after.astype(np.float64) - before)
    if field in CIRCLES:
        start, period = (bound * quanta(field) for bound in CIRCLES[field])
        step = (step + period / 2) % period - period / 2
    line = np.rint(before + step * part)
    if field in CIRCLES:
        line = (line - start) % period + start
    there = (before != missing) & ((after != missing) | (part == 0))
    return np.where(there, line, missing).astype(values.dtype)
