"""Which parts of one sequence are parts of another: the longest common subsequence, as long as little differs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence


# With more insertions and removals than this, sequences count as different; the work is this times their length.
MOST = 100


def matches(a: Sequence[Hashable], b: Sequence[Hashable], most: int = MOST) -> list[tuple[int, int]] | None:
    """The places of equal parts, in order; None where more than `most` parts are in one of the two alone.

    E. W. Myers, An O(ND) difference algorithm and its variations, Algorithmica 1 (1986) 251-266.
    """
    begin, stop = 0, min(len(a), len(b))
    while begin < stop and a[begin] == b[begin]:
        begin += 1
    end, stop = 0, stop - begin
    while end < stop and a[-1 - end] == b[-1 - end]:
        end += 1
    n, m = len(a) - end, len(b) - end
    path = _path(a, b, begin, n, m, most)
    if path is None:
        return None
    pairs = [(place, place) for place in range(begin)]
    pairs += path
    pairs += [(n + place, m + place) for place in range(end)]
    return pairs


def _path(
    a: Sequence[Hashable], b: Sequence[Hashable], begin: int, n: int, m: int, most: int
) -> list[tuple[int, int]] | None:
    """The places of equal parts from `begin` on, before `n` in one and `m` in the other."""
    furthest = {1: begin}
    trace: list[dict[int, int]] = []
    for count in range(most + 1):
        trace.append(dict(furthest))
        for diagonal in range(-count, count + 1, 2):
            down = diagonal == -count or (
                diagonal != count and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
            )
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            y = x - diagonal
            while x < n and y < m and a[x] == b[y]:
                x += 1
                y += 1
            furthest[diagonal] = x
            if x >= n and y >= m:
                return _backwards(trace, x, y, begin)
    return None


def _backwards(trace: Sequence[dict[int, int]], x: int, y: int, begin: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for count in range(len(trace) - 1, -1, -1):
        furthest, diagonal = trace[count], x - y
        down = diagonal == -count or (
            diagonal != count and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
        )
        before = diagonal + 1 if down else diagonal - 1
        from_x = furthest[before] if count else begin
        from_y = from_x - before if count else begin
        while x > from_x and y > from_y and x > begin and y > begin:
            x -= 1
            y -= 1
            pairs.append((x, y))
        x, y = from_x, from_y
    return pairs[::-1]


def stretches(pairs: Sequence[tuple[int, int]], n: int, m: int) -> Iterator[tuple[int, int, int, int]]:
    """What stands between equal parts: from and to in one sequence of `n` parts, and in the other of `m`."""
    x = y = 0
    for i, j in (*pairs, (n, m)):
        if i > x or j > y:
            yield x, i, y, j
        x, y = i + 1, j + 1
