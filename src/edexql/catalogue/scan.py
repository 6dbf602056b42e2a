"""When a field was in a range, by the samples of its series: by zones first, then by values, or along lines."""

from __future__ import annotations

from math import inf

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.intervals import ALWAYS, Intervals
from edexql.catalogue.quanta import admitted, bounds_of, missing_value, possible, stored_circle
from edexql.catalogue.store.segments import ZONE, runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.quanta import Circle, Piece
    from edexql.catalogue.store.arrays import Arrays
    from edexql.catalogue.store.schema import Segment

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]


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
    parts = []
    for some in range(0, len(here), max(1, _AT_ONCE // holds)):
        part = slice(some, some + max(1, _AT_ONCE // holds))
        line = np.rint(first[part, None] + step[part, None] * (np.arange(holds) / holds))
        if circle is not None:
            line = (line - circle.first) % circle.turn + circle.first
        whole = line.astype(np.int32)
        row, column = np.nonzero(admitted(whole, whole, bounds))
        times = begins[part][row] + column
        parts.append(intervals.of_spans(times, times + 1))
    return intervals.union(parts) & present, present


def on_lines(before: NDArray[Any], after: NDArray[Any], part: Floats, circle: Circle | None) -> NDArray[Any]:
    """Kept values on lines from sample to sample, `part` of the way, rounded as `along_lines` rounds them.

    The last sample of a run has its own second only.
    """
    missing = missing_value(before.dtype)
    step = np.where(after == missing, 0.0, after.astype(np.float64) - before)
    if circle is not None:
        step = (step + circle.turn / 2) % circle.turn - circle.turn / 2
    line = np.rint(before + step * part)
    if circle is not None:
        line = (line - circle.first) % circle.turn + circle.first
    there = (before != missing) & ((after != missing) | (part == 0))
    return np.where(there, line, missing).astype(before.dtype)


_ONE, _LAST = np.uint64(1), np.uint64(ZONE - 1)
# A window of fewer zones than this part of a segment's is gathered zone by zone.
_SELECTIVE = 4


def when(
    segments: Sequence[tuple[Segment, Arrays]],
    field: str,
    circle: Circle | None,
    pieces: Sequence[Piece],
    window: Intervals,
) -> tuple[Intervals, Intervals]:
    """When the values of a field, round its circle if it has one, are in any of some pieces, and when there is none.

    The answer is right in the window, and need not be outside.
    """
    if window is not ALWAYS:
        segments = _segments_in(segments, window)
    segments = [(segment, arrays) for segment, arrays in segments if f"value:{field}" in arrays]
    # Values that are kept as they came are read as those of one turn; their zones say nothing of that.
    turning = None if circle == stored_circle(field) else circle
    zoned = [part for part in segments if turning is None and f"low:{field}" in part[1]]
    zones = _zones(window, zoned)
    if zones is None:
        yes = _in_all_zones(zoned, field, pieces, window)
    else:
        yes = _in_zones(zoned, field, pieces, zones)
    gaps = []
    for place, (segment, arrays) in enumerate(segments):
        if segment.linear:
            values = _with_next(arrays[f"value:{field}"], field, segments[place : place + 2])
            values = turning.turned(values) if turning else values
            admitted_times, present = along_lines(segment.start, segment.holds, values, circle, pieces)
            yes.append(admitted_times)
            gaps.append((~present).within(segment.start, segment.end))
            continue
        missing = arrays[f"missing:{field}"]
        if missing.shape[1]:
            gaps.append(Intervals(missing[0], missing[1]))
        if turning is None and f"low:{field}" in arrays:
            continue
        values = turning.turned(arrays[f"value:{field}"]) if turning else arrays[f"value:{field}"]
        bounds = bounds_of(pieces, values.dtype)
        if bounds:
            yes.append(runs(admitted(values, values, bounds), segment.start, segment.holds))
    covered = intervals.of((segment.start, segment.end) for segment, _ in segments)
    return intervals.union(yes), intervals.union([~covered, *gaps])


def _segments_in(segments: Sequence[tuple[Segment, Arrays]], window: Intervals) -> Sequence[tuple[Segment, Arrays]]:
    # A line that begins before a segment runs to its first sample.
    starts = np.array([segment.start - segment.linear * segment.holds for segment, _ in segments])
    ends = np.array([segment.end for segment, _ in segments])
    return [segments[place] for place in np.flatnonzero(window.meets(starts, ends)).tolist()]


def _with_next(values: NDArray[Any], field: str, pair: Sequence[tuple[Segment, Arrays]]) -> NDArray[Any]:
    """The values of a segment, and the first of the next one where it follows at once."""
    if len(pair) < 2 or pair[0][0].end != pair[1][0].start:
        return values
    return np.concatenate((values, pair[1][1][f"value:{field}"][:1]))


def effort(segments: Sequence[tuple[Segment, Arrays]], field: str, pieces: Sequence[Piece]) -> float:
    """The zones that are read to find when a field is in some pieces, for each zone in which it cannot be.

    Constraints that must all hold are best looked at in this order. It is seen in the segment in the middle; without
    zones everything is read.
    """
    _, arrays = segments[len(segments) // 2]
    if f"low:{field}" not in arrays:
        return inf
    low, high = arrays[f"low:{field}"], arrays[f"high:{field}"]
    bounds = bounds_of(pieces, low.dtype)
    if not bounds:
        return 0.0
    some = np.count_nonzero(possible(low, high, bounds))
    read = some - np.count_nonzero(admitted(low, high, bounds))
    return float(read / (len(low) - some)) if some < len(low) else inf


def _in_all_zones(
    segments: Sequence[tuple[Segment, Arrays]], field: str, pieces: Sequence[Piece], window: Intervals
) -> list[Intervals]:
    # Edges of zones of which all is admitted, and the beginnings of those that have to be looked into.
    edges, mixed, looked_into = [], [], []
    for segment, arrays in segments:
        low, high = arrays[f"low:{field}"], arrays[f"high:{field}"]
        bounds = bounds_of(pieces, low.dtype)
        if not bounds:
            continue
        some, every = possible(low, high, bounds), np.zeros(len(low) + 2, bool)
        every[1:-1] = admitted(low, high, bounds)
        edges.append((every[1:] != every[:-1]).nonzero()[0] * ZONE + segment.start)
        mixed.append((some ^ every[1:-1]).nonzero()[0] * ZONE + segment.start)
        looked_into.append((segment, arrays, bounds))
    if not looked_into:
        return []
    if window is not ALWAYS:
        begins = np.concatenate(mixed)
        met = np.split(window.meets(begins, begins + ZONE), np.cumsum([len(one) for one in mixed])[:-1])
        mixed = [begins[meets] for begins, meets in zip(mixed, met, strict=True)]
    marks = [
        _marks(arrays.zones(field, (begins - segment.start) // ZONE), bounds)
        for begins, (segment, arrays, bounds) in zip(mixed, looked_into, strict=True)
    ]
    starts, ends = _edges_inside(np.concatenate(marks), np.concatenate(mixed))
    whole = np.concatenate(edges)
    return [intervals.of_edges([*starts, whole[::2]], [*ends, whole[1::2]])]


def _in_zones(
    segments: Sequence[tuple[Segment, Arrays]], field: str, pieces: Sequence[Piece], zones: NDArray[np.int64]
) -> list[Intervals]:
    """As in all zones, with only some looked at, those of all segments together."""
    # Where each segment's zones stand among the wanted ones.
    first = np.array([segment.start for segment, _ in segments], np.int64) // ZONE
    count = np.array([segment.count for segment, _ in segments], np.int64) // ZONE
    begin, end = np.searchsorted(zones, first), np.searchsorted(zones, first + count)
    parts = [
        (arrays, zones[a:b] - z)
        for (_, arrays), a, b, z in zip(segments, begin.tolist(), end.tolist(), first.tolist(), strict=True)
        if a < b
    ]
    if not parts:
        return []
    bounds = bounds_of(pieces, parts[0][0].dtype(f"value:{field}"))
    if not bounds:
        return []
    low = np.concatenate([arrays[f"low:{field}"][local] for arrays, local in parts])
    high = np.concatenate([arrays[f"high:{field}"][local] for arrays, local in parts])
    base = np.concatenate([zones[a:b] for a, b in zip(begin, end, strict=True) if a < b]) * ZONE
    whole = admitted(low, high, bounds)
    mixed = possible(low, high, bounds) > whole
    inside = base[np.flatnonzero(whole)]
    cuts = np.cumsum([len(local) for _, local in parts])[:-1]
    marks = [
        _marks(arrays.zones(field, local[np.flatnonzero(some)]), bounds)
        for (arrays, local), some in zip(parts, np.split(mixed, cuts), strict=True)
    ]
    starts, ends = _edges_inside(np.concatenate(marks), base[np.flatnonzero(mixed)])
    return [intervals.of_edges([*starts, inside], [*ends, inside + ZONE])]


def _zones(window: Intervals, segments: Sequence[tuple[Segment, Arrays]]) -> NDArray[np.int64] | None:
    """The zones that a window meets, None where it meets so many that all may as well be looked at."""
    if window is ALWAYS or not segments:
        return None
    window = window.within(segments[0][0].start, segments[-1][0].end)
    count = sum(segment.count for segment, _ in segments) // ZONE
    first, last = window.starts // ZONE, (window.ends - 1) // ZONE
    lengths = last - first + 1
    if int(lengths.sum()) * _SELECTIVE > count:
        return None
    # Two intervals may meet in a zone.
    first[1:] = np.maximum(first[1:], last[:-1] + 1)
    lengths = np.maximum(last - first + 1, 0)
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(ends[-1]) + np.repeat(first - ends + lengths, lengths)) if len(ends) else first


def _marks(block: NDArray[Any], bounds: Sequence[tuple[Any, Any]]) -> NDArray[np.uint64]:
    """Which samples of zones are admitted, a bit each; the values of the zones are the rows of `block`."""
    return np.packbits(admitted(block, block, bounds).reshape(-1), bitorder="little").view("<u8")


def _edges_inside(
    marks: NDArray[np.uint64], base: NDArray[np.int64]
) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
    """Starts and ends of the times of admitted samples in zones, which begin at `base`, in no order."""
    # A bit is set where a sample differs from the one before it; before the first there is none admitted.
    changes = marks ^ (marks << _ONE)
    unclosed = (marks >> _LAST).nonzero()[0]
    ends = [base[unclosed] + ZONE]
    starts: list[NDArray[np.int64]] = []
    opening = True
    while True:
        there = changes.nonzero()[0]
        if not len(there):
            break
        if len(there) < len(changes):
            changes, base = changes[there], base[there]
        lowest = changes & (~changes + _ONE)
        (starts if opening else ends).append(base + np.bitwise_count(lowest - _ONE))
        changes ^= lowest
        opening = not opening
    return starts, ends
