"""Sets of times as arrays: sorted, disjoint, half-open intervals of UTC seconds.

Starts and ends are sorted apart: where sets overlap, the k-th end in order closes what is open at that
depth, so every operation is two sorts of runs that are sorted already, and one comparison.
"""

from __future__ import annotations

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    Seconds = NDArray[np.int64]

BEGINNING, END = -(2**62), 2**62
# Intervals so few that looking each up in another set is quicker than going through that.
_FEW = 8


class Intervals:
    """A set of seconds since 1970-01-01T00:00:00 UTC, leap seconds not counted: `[starts[i], ends[i])`.

    `starts` and `ends` are int64 arrays of shape (n,), `ends[i - 1] < starts[i] < ends[i]`; they are not to
    be written to. `&`, `|`, `-` and `~` are intersection, union, difference and complement.
    """

    __slots__ = ("ends", "starts")

    def __init__(self, starts: Seconds, ends: Seconds) -> None:
        self.starts = starts
        self.ends = ends

    def __and__(self, other: Intervals) -> Intervals:
        return intersection((self, other))

    def __or__(self, other: Intervals) -> Intervals:
        return union((self, other))

    def __invert__(self) -> Intervals:
        if not len(self.starts):
            return ALWAYS
        starts = np.concatenate((_FIRST, self.ends))
        ends = np.concatenate((self.starts, _LAST))
        head, tail = int(self.starts[0] == BEGINNING), len(starts) - int(self.ends[-1] == END)
        return Intervals(starts[head:tail], ends[head:tail])

    def __sub__(self, other: Intervals) -> Intervals:
        return self & ~other

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.starts.tolist(), self.ends.tolist(), strict=True)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Intervals):
            return NotImplemented
        return np.array_equal(self.starts, other.starts) and np.array_equal(self.ends, other.ends)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        listed = ", ".join(f"[{start}, {end})" for start, end in self.first(4))
        return f"Intervals({listed}{', ...' if len(self) > 4 else ''})"

    def first(self, count: int) -> Iterator[tuple[int, int]]:
        return zip(self.starts[:count].tolist(), self.ends[:count].tolist(), strict=True)

    @property
    def seconds(self) -> int:
        """How many seconds it has."""
        return int(self.ends.sum()) - int(self.starts.sum())

    def covered(self, starts: Seconds, ends: Seconds) -> Seconds:
        """How many of its seconds lie in each of some spans `[starts[i], ends[i])`."""
        return self._before(ends) - self._before(starts)

    def meets(self, starts: Seconds, ends: Seconds) -> NDArray[np.bool_]:
        """Whether each of some spans `[starts[i], ends[i])` has a second of it."""
        if not len(self.starts):
            return np.zeros(len(starts), dtype=bool)
        # For each span, the first interval that ends after it begins.
        following = np.append(self.starts, END)
        if len(self.starts) < len(starts) and np.all(starts[:-1] <= starts[1:]):
            # Spans in order are looked up by the intervals, which are fewer.
            counts = np.diff(np.searchsorted(starts, self.ends), prepend=0, append=len(starts))
            next_starts = np.repeat(following, counts)
        else:
            next_starts = following[np.searchsorted(self.ends, starts, side="right")]
        return np.asarray((next_starts < ends) & (starts < ends))

    def within(self, start: int, end: int) -> Intervals:
        """Its part in `[start, end)`, found without looking at the rest."""
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left"))
        if first >= last:
            return NEVER
        starts, ends = self.starts[first:last], self.ends[first:last]
        if starts[0] < start:
            starts = np.concatenate((np.array([start]), starts[1:]))
        if ends[-1] > end:
            ends = np.concatenate((ends[:-1], np.array([end])))
        return Intervals(starts, ends)

    def _before(self, times: Seconds) -> Seconds:
        """How many of its seconds lie before each of some times."""
        lengths = np.concatenate((np.zeros(1, np.int64), np.cumsum(self.ends - self.starts)))
        position = np.searchsorted(self.starts, times, side="right")
        beyond = np.concatenate((np.zeros(1, np.int64), self.ends))[position] - times
        return np.asarray(lengths[position] - np.maximum(np.where(position > 0, beyond, 0), 0))


_FIRST = np.array([BEGINNING], dtype=np.int64)
_LAST = np.array([END], dtype=np.int64)
NEVER = Intervals(np.empty(0, np.int64), np.empty(0, np.int64))
ALWAYS = Intervals(_FIRST, _LAST)


def of(pairs: Iterable[tuple[int, int]]) -> Intervals:
    """The set of some spans `[start, end)`, in any order, overlapping or empty ones included."""
    listed = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return of_spans(listed[:, 0], listed[:, 1])


def of_spans(starts: Any, ends: Any) -> Intervals:
    """The set of the spans `[starts[i], ends[i])`, in any order, overlapping or empty ones included."""
    starts, ends = np.asarray(starts, np.int64), np.asarray(ends, np.int64)
    real = starts < ends
    if not real.all():
        starts, ends = starts[real], ends[real]
    return of_edges([starts], [ends])


def of_edges(starts: Sequence[Seconds], ends: Sequence[Seconds]) -> Intervals:
    """The set of the spans that begin and end at the times of some parts, in any order; quickest where each is in
    order."""
    return _joined(in_order(starts), in_order(ends))


def in_order(parts: Sequence[Seconds]) -> Seconds:
    """The times of some parts in order; the stable sort finds the runs that are sorted already."""
    times = np.concatenate(parts)
    times.sort(kind="stable")
    return times


def union(sets: Sequence[Intervals]) -> Intervals:
    """The times in any of some sets."""
    sets = [times for times in sets if len(times)]
    if len(sets) < 2:
        return sets[0] if sets else NEVER
    return _joined(*_sorted(sets))


def intersection(sets: Sequence[Intervals]) -> Intervals:
    """The times in all of some sets; of no sets, all times."""
    if len(sets) < 2:
        return sets[0] if sets else ALWAYS
    if not all(map(len, sets)):
        return NEVER
    sets = sorted(sets, key=len)
    small = sets[0]
    if len(sets) == 2 and len(small) <= _FEW:
        return _pieces(small, sets[1])
    start, end = int(small.starts[0]), int(small.ends[-1])
    sets = [times.within(start, end) for times in sets]
    if not all(map(len, sets)):
        return NEVER
    starts, ends = _sorted(sets)
    # All sets are open from the start that comes `depth` starts after the last end.
    depth = len(sets) - 1
    starts, ends = starts[depth:], ends[: len(ends) - depth]
    both = np.flatnonzero(starts < ends)
    return Intervals(starts[both], ends[both])


def _pieces(few: Intervals, many: Intervals) -> Intervals:
    """What a few intervals have of another set."""
    parts = [many.within(start, end) for start, end in few]
    if len(parts) == 1:
        return parts[0]
    return Intervals(np.concatenate([times.starts for times in parts]), np.concatenate([times.ends for times in parts]))


def _sorted(sets: Sequence[Intervals]) -> tuple[Seconds, Seconds]:
    return in_order([times.starts for times in sets]), in_order([times.ends for times in sets])


def _joined(starts: Seconds, ends: Seconds) -> Intervals:
    """The union of spans of which starts and ends are given in order; touching ones become one."""
    if len(starts) < 2:
        return Intervals(starts, ends)
    # Indices, because taking by a mask costs five times as much.
    gap = np.flatnonzero(ends[:-1] < starts[1:])
    return Intervals(
        np.concatenate((starts[:1], starts[1:][gap])),
        np.concatenate((ends[gap], ends[-1:])),
    )
