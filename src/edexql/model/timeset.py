"""Sets of times, as sorted, disjoint, half-open stretches of seconds."""

from __future__ import annotations

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
    return union((BEGINNING if p.start is None else p.start, END if p.end is None else p.end) for p in periods)


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
    """The times that lie in at least `enough` of the sets."""
    if len(sets) == 1:
        return sets[0]
    events = sorted(event for times in sets for event in zip(times, (1, -1) * (len(times) // 2), strict=True))
    boundaries: list[int] = []
    depth = 0
    inside = False
    for position, (time, change) in enumerate(events):
        depth += change
        if position + 1 < len(events) and events[position + 1][0] == time:
            continue
        if (depth >= enough) != inside:
            inside = not inside
            boundaries.append(time)
    return tuple(boundaries)
