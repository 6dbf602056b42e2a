"""Exactly when a field is in a range, to the second, looking at few of the seconds.

A step between two positions is settled whole where the bounds of `bounds` put all of it inside a piece, or all
of it outside of every one. What is left is cut into smaller steps, of 60, 12, 3 and 1 seconds; a step of a
second is its first second. The answer is what a look at every second would give.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from edexql.base.record import Record
from edexql.catalogue import intervals
from edexql.catalogue.intervals import NEVER, Intervals
from edexql.catalogue.orbit.fields import FIELDS, Steps, deviations
from edexql.catalogue.orbit.interpolation import at_lags, stencils
from edexql.catalogue.orbit.knots import SPACING, coverage, usable_runs
from edexql.catalogue.quanta import quanta, stored_circle
from edexql.catalogue.three_valued import Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.orbit.knots import Knots, Runs
    from edexql.catalogue.quanta import Piece

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Marks = NDArray[np.bool_]

_STEPS = (SPACING, 12, 3, 1)
# Steps of a minute looked at together: their arrays fit in a processor's cache.
_AT_ONCE = 2**13
# In quanta; more than the arithmetic errs.
_DOUBT = 1e-6


class Search(Record):
    """What is looked for: a field in pieces of values, and where.

    `lows` and `highs` are in quanta, half a quantum outside of the first and last one that each piece admits,
    in order, apart from each other.
    """

    name: str
    scale: int
    lows: Floats
    highs: Floats
    knots: Knots
    runs: Runs


def when(knots: Knots, name: str, admitted: Sequence[Piece], window: Intervals) -> Truth:
    """When a field, rounded to its quanta, is in one of some pieces: within a window, false outside of it.

    Seconds of the window at which the knots give no position are unknown. Raises KeyError for a
    field that does not follow from a position.
    """
    runs = usable_runs(knots)
    lows, highs = borders(name, admitted)
    search = Search(name, quanta(name), lows, highs, knots, runs)
    covered = coverage(knots)
    parts = [
        part
        for rows in _rows(knots, runs, window)
        for start in range(0, len(rows), _AT_ONCE)
        for part in _looked_through(search, rows[start : start + _AT_ONCE])
    ]
    parts.append(_last_seconds(search))
    yes = intervals.of_spans(*(np.concatenate(side) for side in zip(*parts, strict=True))) & window
    unknown = window - covered
    return Truth(yes, yes | unknown if len(unknown) else yes)


def borders(name: str, admitted: Sequence[Piece]) -> tuple[Floats, Floats]:
    """Where the values of some pieces begin and end, in quanta, with those of the turns before and after."""
    spans = [
        (-np.inf if piece.low is None else piece.low - 0.5, np.inf if piece.high is None else piece.high + 0.5)
        for piece in admitted
    ]
    circle = stored_circle(name)
    if circle is not None:
        spans = [(low + shift, high + shift) for low, high in spans for shift in (-circle.turn, 0, circle.turn)]
    joined: list[tuple[float, float]] = []
    for low, high in sorted(span for span in spans if span[0] < span[1]):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return np.array([low for low, _ in joined]), np.array([high for _, high in joined])


def _rows(knots: Knots, runs: Runs, window: Intervals) -> list[Indices]:
    """The knots of each run that begin a minute of which something is asked."""
    rows = []
    for first, last in zip(runs.firsts.tolist(), runs.lasts.tolist(), strict=True):
        start, end = int(knots.times[first]), int(knots.times[last])
        part = window.within(start, end)
        if not len(part):
            continue
        if part.seconds == end - start:
            rows.append(np.arange(first, last))
            continue
        low = first + (int(part.starts[0]) - start) // SPACING
        high = first + -(-(int(part.ends[-1]) - start) // SPACING)
        times = knots.times[low:high]
        rows.append(low + np.flatnonzero(part.meets(times, times + SPACING)))
    return rows


def _looked_through(search: Search, rows: Indices) -> list[tuple[Indices, Indices]]:
    """Starts and ends of what is found in some minutes, in no order: of whole ones, and within others."""
    knots = search.knots
    base = stencils(search.runs, rows)
    steps = _minutes(search, rows, base)
    inside, mixed = _settled(search, steps)
    times = knots.times[rows[inside]]
    spans = [(times, times + SPACING)]
    index = np.flatnonzero(mixed)
    if len(index):
        marks = _searched(search, rows[index], base[index], _taken(steps, index))
        edges = np.flatnonzero(np.diff(marks, axis=1, prepend=False, append=False))
        row, second = edges // (SPACING + 1), edges % (SPACING + 1)
        at = knots.times[rows[index[row]]] + second
        spans.append((at[::2], at[1::2]))
    return spans


def _minutes(search: Search, rows: Indices, base: Indices) -> Steps:
    """The steps from some knots to the next ones."""
    knots, field = search.knots, FIELDS[search.name]
    first, last = int(rows[0]), int(rows[-1]) + 1
    if last - first == len(rows):
        whole = slice(first, last + 1)
        x, y, z = (knots.xyz[whole, axis] for axis in range(3))
        values = field.values(knots.times[whole], x, y, z)
        before, after = (x[:-1], y[:-1], z[:-1]), (x[1:], y[1:], z[1:])
        values_before, values_after = values[:-1], values[1:]
    else:
        before, after = (tuple(knots.xyz[at, axis] for axis in range(3)) for at in (rows, rows + 1))
        values_before, values_after = (
            field.values(knots.times[at], *place) for at, place in ((rows, before), (rows + 1, after))
        )
    return Steps(before, after, values_before, values_after, deviations(knots, rows, base), knots.times[rows], SPACING)


def _searched(search: Search, rows: Indices, base: Indices, steps: Steps) -> Marks:
    """Which seconds of some minutes are in: shape (n, 60)."""
    marks = np.zeros((len(rows), SPACING), dtype=bool)
    lag = (rows - base) * SPACING
    place = np.arange(len(rows)) * SPACING  # of the first second of each step, in the flattened marks
    for longer, shorter in pairwise(_STEPS):
        steps = _cut(search, base, lag, steps, longer // shorter)
        count = longer // shorter
        place = (place[:, None] + shorter * np.arange(count)).ravel()
        base, lag = np.repeat(base, count), (lag[:, None] + shorter * np.arange(count)).ravel()
        if shorter == 1:
            marks.reshape(-1)[place] = _inside(search, steps.values_before)
            break
        inside, mixed = _settled(search, steps)
        marks.reshape(-1, shorter)[place[inside] // shorter] = True
        index = np.flatnonzero(mixed)
        place, base, lag, steps = place[index], base[index], lag[index], _taken(steps, index)
    return marks


def _cut(search: Search, base: Indices, lag: Indices, steps: Steps, count: int) -> Steps:
    """Steps cut into `count` shorter ones each."""
    shorter = steps.seconds // count
    within = shorter * np.arange(1, count)
    inner = at_lags(search.knots, np.repeat(base, count - 1), (lag[:, None] + within).ravel())
    times = (steps.times[:, None] + within).ravel()
    values = FIELDS[search.name].values(times, *inner)
    before, after = zip(
        *(
            _chained(start, between, end, count)
            for start, between, end in zip(
                (*steps.before, steps.values_before), (*inner, values), (*steps.after, steps.values_after), strict=True
            )
        ),
        strict=True,
    )
    stray = np.repeat(steps.stray / count**2, count)
    times = (steps.times[:, None] + shorter * np.arange(count)).ravel()
    return Steps(before[:3], after[:3], before[3], after[3], stray, times, shorter)


def _chained(start: Floats, between: Floats, end: Floats, count: int) -> tuple[Floats, Floats]:
    """What stands before and after each of the shorter steps."""
    inner = between.reshape(len(start), count - 1)
    chain = np.concatenate((start[:, None], inner, end[:, None]), axis=1)
    return chain[:, :-1].ravel(), chain[:, 1:].ravel()


def _taken(steps: Steps, index: Indices) -> Steps:
    before, after = (tuple(part[index] for part in side) for side in (steps.before, steps.after))
    return Steps(
        before, after, steps.values_before[index], steps.values_after[index],  # type: ignore[arg-type]
        steps.stray[index], steps.times[index], steps.seconds,
    )  # fmt: skip


def _settled(search: Search, steps: Steps) -> tuple[Marks, Marks]:
    """Which steps are wholly in a piece, and which are undecided."""
    low, high = FIELDS[search.name].between(steps)
    low, high = low * search.scale - _DOUBT, high * search.scale + _DOUBT
    lows, highs = np.append(search.lows, np.inf), np.append(search.highs, np.inf)
    # The first piece that does not end before the step does begin.
    piece = np.searchsorted(search.highs, low)
    inside = (lows.take(piece) < low) & (high < highs.take(piece)) & (piece < len(search.lows))
    return inside, ~inside & (lows.take(piece) <= high)


def _inside(search: Search, values: Floats) -> Marks:
    whole = np.rint(values * search.scale)
    piece = np.searchsorted(search.highs, whole)
    return np.append(search.lows, np.inf).take(piece) < whole


def _last_seconds(search: Search) -> tuple[Indices, Indices]:
    """The second at the end of each run, where no other run goes on."""
    runs, knots = search.runs, search.knots
    last = runs.lasts[~np.isin(knots.times[runs.lasts], knots.times[runs.firsts])]
    if not len(last):
        return NEVER.starts, NEVER.ends
    values = FIELDS[search.name].values(knots.times[last], *(knots.xyz[last, axis] for axis in range(3)))
    times = knots.times[last[_inside(search, values)]]
    return times, times + 1
