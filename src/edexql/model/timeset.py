"""Sets of times, as sorted, disjoint, half-open stretches of seconds."""

from __future__ import annotations

from itertools import chain, pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edexql.model.period import Period

# The boundaries of a set in ascending order: start, end, start, end, ...
TimeSet = tuple[int, ...]

EMPTY: TimeSet = ()
BEGINNING, END = -(2**62), 2**62
ALWAYS: TimeSet = (BEGINNING, END)


def of_periods(periods: Iterable[Period]) -> TimeSet:
    """The times in any of some periods."""
    bounds = [(BEGINNING if p.start is None else p.start, END if p.end is None else p.end) for p in periods]
    return union([pair for pair in bounds if pair[0] < pair[1]])


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
    stretches = [(start, end) for start, end in zip(starts[enough - 1 :], ends, strict=False) if start < end]
    if not stretches:
        return EMPTY
    boundaries = [stretches[0][0]]
    for (_, end), (start, _) in pairwise(stretches):
        if end < start:
            boundaries += (end, start)
    boundaries.append(stretches[-1][1])
    return tuple(boundaries)
