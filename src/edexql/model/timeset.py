"""Sets of times, as sorted, disjoint, half-open stretches of seconds."""

from __future__ import annotations

from itertools import chain, islice
from operator import ge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from edexql.model.period import Period

# The boundaries of a set in ascending order: start, end, start, end, ...
TimeSet = tuple[int, ...]

EMPTY: TimeSet = ()
BEGINNING, END = -(2**62), 2**62
ALWAYS: TimeSet = (BEGINNING, END)


def of_periods(periods: Collection[Period]) -> TimeSet:
    """The times in any of some periods."""
    starts = [BEGINNING if p.start is None else p.start for p in periods]
    ends = [END if p.end is None else p.end for p in periods]
    return of_bounds(starts, ends)


def of_bounds(starts: list[int], ends: list[int]) -> TimeSet:
    """The times in any of some stretches, of which some may be empty."""
    if any(map(ge, starts, ends)):
        pairs = [pair for pair in zip(starts, ends, strict=True) if pair[0] < pair[1]]
        starts, ends = [start for start, _ in pairs], [end for _, end in pairs]
    return _joined(sorted(starts), sorted(ends))


def union(sets: Iterable[TimeSet]) -> TimeSet:
    return _covered(list(sets), 1)


def intersection(sets: Sequence[TimeSet]) -> TimeSet:
    return _covered(sets, len(sets))


def complement(times: TimeSet) -> TimeSet:
    """All other times."""
    if not times:
        return ALWAYS
    head = () if times[0] == BEGINNING else (BEGINNING,)
    tail = () if times[-1] == END else (END,)
    return head + times[(not head) : len(times) - (not tail)] + tail


def difference(times: TimeSet, other: TimeSet) -> TimeSet:
    return intersection((times, complement(other)))


def meets(times: TimeSet, start: int, end: int) -> bool:
    """Whether a stretch `[start, end)` has a second in a set."""
    from bisect import bisect_right

    position = bisect_right(times, start)
    return position % 2 == 1 or (position < len(times) and times[position] < end)


def _covered(sets: Sequence[TimeSet], enough: int) -> TimeSet:
    """The times that lie in at least `enough` of the sets.

    After as many starts as have been met, the next end that leaves fewer than enough sets is the one of the same
    number, counted from the first set that was enough: starts and ends may be sorted by themselves.
    """
    if len(sets) == 1:
        return sets[0]
    starts = sorted(chain.from_iterable([times[::2] for times in sets]))
    ends = sorted(chain.from_iterable([times[1::2] for times in sets]))
    if enough > 1:
        stretches = [(start, end) for start, end in zip(starts[enough - 1 :], ends, strict=False) if start < end]
        starts, ends = [start for start, _ in stretches], [end for _, end in stretches]
    return _joined(starts, ends)


def _joined(starts: list[int], ends: list[int]) -> TimeSet:
    """Stretches that may touch and overlap, made one; starts and ends are each in order."""
    if not starts:
        return EMPTY
    boundaries = [starts[0]]
    for end, start in zip(ends, islice(starts, 1, None), strict=False):
        if end < start:
            boundaries += (end, start)
    boundaries.append(ends[-1])
    return tuple(boundaries)
