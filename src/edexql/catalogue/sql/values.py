"""The values of a field second by second: from the series of a catalogue, and from the positions of its orbit.

Of each second the first series that has a value counts, in the order in which a query looks: the
spacecraft's own, then others by name. For the table `held`, values are given with the spans in which they held.
"""

from __future__ import annotations

import numpy as np

from edexql.base.extras import MissingExtra
from edexql.base.record import Record
from edexql.catalogue import intervals, scan
from edexql.catalogue.intervals import BEGINNING, END, NEVER
from edexql.catalogue.quanta import circle_of, missing_value, quantized, stored_circle, unit_values

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
    from collections.abc import Sequence

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.orbit.knots import Knots

    Seconds = NDArray[np.int64]


def column(catalogue: Catalogue, field: Field, start: int, end: int) -> Floats | None:
    """The values of a field in the seconds of `[start, end)`, NaN where there is none; None if there is none at all."""
    values: Floats | None = None
    circle = circle_of(field)
    for series in catalogue.series_with(field.name):
        for segment, samples in samples_of(catalogue, series, field):
            first, last = max(start, segment.start), min(end, segment.end)
            if first < last:
                in_unit = np.full(end - start, np.nan)
                part = stored(segment, samples, circle, first, last)
                in_unit[first - start : last - start] = unit_values(field.name, part)
                values = filled(values, in_unit)
    return None if values is None or bool(np.isnan(values).all()) else values


def filled(values: Floats | None, more: Floats | None) -> Floats | None:
    """Values with others in place of those that are missing."""
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
        as_kept = circle is None or circle == stored_circle(field.name)
        yield segment, values if as_kept or circle is None else circle.turned(values)


def stored(segment: Segment, values: NDArray[Any], circle: Circle | None, first: int, last: int) -> NDArray[Any]:
    """The kept values of a segment in the seconds of `[first, last)`, which lie in it."""
    if segment.holds == 1:
        return values[first - segment.start : last - segment.start]
    position, phase = np.divmod(np.arange(first - segment.start, last - segment.start), segment.holds)
    return on_lines(values, position, phase / segment.holds, circle) if segment.linear else np.asarray(values[position])


def on_lines(values: NDArray[Any], position: NDArray[np.int64], part: Floats, circle: Circle | None) -> NDArray[Any]:
    """Kept values on the lines between samples, `part` of the way on from the one at `position`."""
    following = np.append(values[1:], np.array([missing_value(values.dtype)], values.dtype))
    return scan.on_lines(values[position], following[position], part, circle)


# Samples, or seconds of lines, that are looked at together.
_BLOCK = 2**20


class Stretches(Record):
    """Values of a series, in the field's unit, and the spans `[starts[i], ends[i])` in which they held."""

    series: str
    starts: Seconds
    ends: Seconds
    values: NDArray[np.float64]


def stretches(catalogue: Catalogue, field: Field, start: int = BEGINNING, end: int = END) -> Iterator[Stretches]:
    """The values of a field in `[start, end)`, without overlaps: of several series, the first that has a value counts.

    The spans of the samples that `start` and `end` are in are not cut there.
    """
    known = NEVER
    for series in catalogue.series_with(field.name):
        taken = [known]
        for segment, samples in samples_of(catalogue, series, field):
            for starts, ends, values in _runs(segment, samples, circle_of(field), start, end):
                taken.append(intervals.of_spans(starts, ends))
                starts, ends, origin = _outside(starts, ends, known)
                if len(starts):
                    yield Stretches(series, starts, ends, unit_values(field.name, values[origin]))
        known = intervals.union(taken)


def _runs(
    segment: Segment, whole: NDArray[Any], circle: Circle | None, start: int, end: int
) -> Iterator[tuple[Seconds, Seconds, NDArray[Any]]]:
    """Runs of one value, blanks left out, a block at a time, of the samples that `[start, end)` meets."""
    width = 1 if segment.linear else segment.holds
    step = max(1, _BLOCK // segment.holds) * segment.holds if segment.linear else _BLOCK * segment.holds
    begin = segment.start + max(0, start - segment.start) // segment.holds * segment.holds
    until = segment.end - max(0, segment.end - end) // segment.holds * segment.holds
    for first in range(begin, until, step):
        last = min(until, first + step)
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


_PARTS = ("latitude", "longitude", "mlt")


def computed(catalogue: Catalogue, fields: Sequence[str], start: int, end: int) -> dict[str, Floats]:
    """The computed values of fields in the seconds of `[start, end)`, NaN where there is none.

    A field that does not follow from positions is left out, as is one whose package is not installed.
    """
    from edexql.catalogue.store.orbits import EXACT_FIELDS, LINEAR_FIELDS

    if catalogue.orbit is None:
        return {}
    values_of: dict[str, Floats] = {}
    for knots, times in catalogue.orbit.positions(intervals.of([(start, end)])):
        seconds = _seconds(times)
        values = [
            *_at_once([field for field in fields if field in EXACT_FIELDS], knots, seconds),
            *_on_lines([field for field in fields if field in LINEAR_FIELDS], knots, seconds),
        ]
        for field, stored in values:
            values_of.setdefault(field, np.full(end - start, np.nan))[seconds - start] = unit_values(field, stored)
    return values_of


def not_computed(catalogue: Catalogue, fields: Sequence[str]) -> list[str]:
    """The fields that would follow from positions if their package were installed."""
    from edexql.catalogue.orbit.knots import NO_KNOTS
    from edexql.catalogue.store.orbits import LINEAR_FIELDS

    if catalogue.orbit is None:
        return []
    linear = [field for field in fields if field in LINEAR_FIELDS]
    nothing = np.empty(0, np.int64)
    done = {field for field, _ in _on_lines(linear, NO_KNOTS, nothing)}
    return [field for field in linear if field not in done]


def _seconds(times: Intervals) -> Seconds:
    return np.concatenate([np.arange(start, end) for start, end in times])


def _at_once(fields: Sequence[str], knots: Knots, seconds: Seconds) -> Iterator[tuple[str, NDArray[Any]]]:
    """Kept values of fields that are worked out for each second."""
    from edexql.catalogue.orbit.fields import values_of
    from edexql.catalogue.orbit.interpolation import positions_at

    places = positions_at(knots, seconds) if fields else np.empty((0, 3))
    for field in fields:
        yield field, quantized(field, values_of(field, seconds, places))


def _on_lines(fields: Sequence[str], knots: Knots, seconds: Seconds) -> Iterator[tuple[str, NDArray[Any]]]:
    """Kept values of fields that are worked out every few seconds; those of a package that is missing are not."""
    from edexql.catalogue.geometry import frames
    from edexql.catalogue.orbit.interpolation import positions_at
    from edexql.catalogue.orbit.nodes import SPACING

    steps, phases = np.divmod(seconds, SPACING)
    nodes = np.unique(np.concatenate((steps, steps + 1)))
    x, y, z = (np.ascontiguousarray(axis) for axis in positions_at(knots, nodes * SPACING).T)
    place = frames.latitude(x, y, z), frames.longitude(x, y), frames.altitude(x, y, z)
    for system in dict.fromkeys(field.partition("-")[0] for field in fields):
        try:
            values = _magnetic(system, nodes * SPACING, place)
        except MissingExtra:
            continue
        for part, of_nodes in zip(_PARTS, values, strict=True):
            field = f"{system}-{part}"
            if field in fields:
                samples = quantized(field, of_nodes)
                # Where a node is left out, nothing is asked of the line to it.
                yield field, on_lines(samples, np.searchsorted(nodes, steps), phases / SPACING, stored_circle(field))


def _magnetic(system: str, times: Seconds, place: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats, Floats]:
    if system == "qd":
        from edexql.catalogue.geometry.quasi_dipole import quasi_dipole

        return quasi_dipole(times, *place)
    from edexql.catalogue.geometry.aacgm import aacgm

    return aacgm(times, *place)
