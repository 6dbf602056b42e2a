"""The values of a field second by second, from the series of a catalogue.

Of each second the first series that has a value counts, in the order in which a query looks: the
spacecraft's own, then others by name.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.quanta import circle_of, kept_circle, missing_value, unit_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.quanta import Circle
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.catalogue.store.schema import Segment
    from edexql.model.field import Field

    Floats = NDArray[np.float64]


def column(catalogue: Catalogue, field: Field, start: int, end: int) -> Floats | None:
    """The values of a field in the seconds of `[start, end)`, NaN where there is none; None if there is none at all."""
    values: Floats | None = None
    circle = circle_of(field)
    for series in catalogue.series_with(field.name):
        for segment, samples in samples_of(catalogue, series, field):
            first, last = max(start, segment.start), min(end, segment.end)
            if first < last:
                found = np.full(end - start, np.nan)
                part = stored(segment, samples, circle, first, last)
                found[first - start : last - start] = unit_values(field.name, part)
                values = filled(values, found)
    return None if values is None or bool(np.isnan(values).all()) else values


def filled(values: Floats | None, more: Floats | None) -> Floats | None:
    """Values with others in the place of those that are missing."""
    if values is None or more is None:
        return more if values is None else values
    return np.where(np.isnan(values), more, values)


def samples_of(catalogue: Catalogue, series: str, field: Field) -> Iterator[tuple[Segment, NDArray[Any]]]:
    """The segments of a series with their kept values of a field; of lines also the value that the last one runs to."""
    name, circle = f"value:{field.name}", circle_of(field)
    segments = [part for part in catalogue.segments[series] if name in part[1]]
    for place, (segment, arrays) in enumerate(segments):
        values = arrays[name]
        if segment.linear and place + 1 < len(segments) and segments[place + 1][0].start == segment.end:
            values = np.append(values, segments[place + 1][1][name][:1])
        as_kept = circle is None or circle == kept_circle(field.name)
        yield segment, values if as_kept or circle is None else circle.turned(values)


def stored(segment: Segment, values: NDArray[Any], circle: Circle | None, first: int, last: int) -> NDArray[Any]:
    """The kept values of a segment in the seconds of `[first, last)`, which lie in it."""
    if segment.holds == 1:
        return values[first - segment.start : last - segment.start]
    position, phase = np.divmod(np.arange(first - segment.start, last - segment.start), segment.holds)
    return on_lines(values, position, phase / segment.holds, circle) if segment.linear else np.asarray(values[position])


def on_lines(values: NDArray[Any], position: NDArray[np.int64], part: Floats, circle: Circle | None) -> NDArray[Any]:
    """Kept values on the lines between samples, `part` of the way on from the one at `position`.

    The last of a run has its own second only.
    """
    missing = missing_value(values.dtype)
    before = values[position]
    after = np.append(values[1:], np.array([missing], values.dtype))[position]
    step = np.where(after == missing, 0.0, after.astype(np.float64) - before)
    if circle is not None:
        step = (step + circle.turn / 2) % circle.turn - circle.turn / 2
    line = np.rint(before + step * part)
    if circle is not None:
        line = (line - circle.first) % circle.turn + circle.first
    there = (before != missing) & ((after != missing) | (part == 0))
    return np.where(there, line, missing).astype(values.dtype)
