"""An orbit as knots: positions at whole minutes, in runs, cut into chunks of 2**22 seconds.

A run is knots that follow each other by one minute; between runs nobody knows where the spacecraft was. A time
that stands twice ends one run and begins the next: so two sources that disagree meet without a gap, and
without a curve being drawn through the step between them.
"""

from __future__ import annotations

import numpy as np

from edexql.base.record import record
from edexql.catalogue.intervals import of_spans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals

    Seconds = NDArray[np.int64]

SPACING = 60
CHUNK = 2**22
# What a position is interpolated from.
STENCIL = 6
# A chunk also has the knots this far outside of it, so that it alone gives what the whole orbit would.
MARGIN = STENCIL * SPACING


class KnotsError(ValueError):
    """Knots that are not ones, or bytes that do not hold any."""


@record(frozen=True, slots=True)
class Knots:
    """Positions at whole minutes.

    `times` is an int64 array of shape (n,), UTC seconds since 1970, multiples of 60 in order, each at most
    twice; `xyz` is a float64 array of shape (n, 3), metres, Earth-fixed, with contiguous columns for speed.
    """

    times: Seconds
    xyz: NDArray[np.float64]


@record(frozen=True, slots=True)
class Runs:
    """The index of the first knot of each run, and of its last."""

    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]


NO_KNOTS = Knots(np.empty(0, np.int64), np.empty((0, 3)))


def knots_of(times: Seconds, xyz: NDArray[np.float64]) -> Knots:
    """Knots of times and positions, looked over; raises KnotsError."""
    times = np.asarray(times, np.int64)
    xyz = np.asarray(xyz, np.float64)
    if xyz.shape != (len(times), 3):
        raise KnotsError(f"{len(times)} times need as many positions in three columns, not {xyz.shape}")
    if np.any(times % SPACING):
        raise KnotsError("a knot stands at a whole minute")
    if np.any(times[:-1] > times[1:]) or np.any(times[:-2] == times[2:]):
        raise KnotsError("knots stand in the order of their times, at most two at one time")
    if not np.all(np.isfinite(xyz)):
        raise KnotsError("the position of a knot is a number")
    return Knots(times, np.asfortranarray(xyz))


def runs_of(knots: Knots) -> Runs:
    """The runs of some knots, in order."""
    if not len(knots.times):
        return Runs(np.empty(0, np.int64), np.empty(0, np.int64))
    breaks = np.flatnonzero(np.diff(knots.times) != SPACING)
    return Runs(np.concatenate(([0], breaks + 1)), np.append(breaks, len(knots.times) - 1))


def telling_runs(knots: Knots) -> Runs:
    """The runs that are long enough to tell positions."""
    runs = runs_of(knots)
    long = runs.lasts - runs.firsts >= STENCIL - 1
    return runs if long.all() else Runs(runs.firsts[long], runs.lasts[long])


def informed(knots: Knots) -> Intervals:
    """The seconds of which some knots tell the position."""
    runs = telling_runs(knots)
    return of_spans(knots.times[runs.firsts], knots.times[runs.lasts] + 1)


def within(knots: Knots, start: int, end: int) -> Knots:
    """The knots of the times from `start`, before `end`."""
    first, last = np.searchsorted(knots.times, (start, end)).tolist()
    return Knots(knots.times[first:last], knots.xyz[first:last])


def chunks_of(knots: Knots) -> Iterator[tuple[int, Knots]]:
    """The chunks that knots have a say in: the time each starts at, and its knots with those of its margins.

    A chunk answers for `[start, start + CHUNK)`, as the whole orbit does.
    """
    if not len(knots.times):
        return
    first, last = int(knots.times[0]), int(knots.times[-1])
    for start in range(first // CHUNK * CHUNK, last + 1, CHUNK):
        part = within(knots, start - MARGIN, start + CHUNK + MARGIN)
        if len(within(part, start, start + CHUNK).times):
            yield start, part


def joined(orbits: Sequence[Knots]) -> Knots:
    """One orbit of several, a later one in place of an earlier one at the same times.

    Runs grow together where knots of two orbits are a minute apart, as those of a file a day are. Orbits of
    sources that may disagree are not to be joined, for a curve would be drawn through the step.
    """
    if not orbits:
        return NO_KNOTS
    times = np.concatenate([orbit.times for orbit in orbits])
    xyz = np.concatenate([orbit.xyz for orbit in orbits])
    if np.all(np.diff(times) > 0):
        return Knots(times, np.asfortranarray(xyz))
    rank = np.repeat(np.arange(len(orbits)), [len(orbit.times) for orbit in orbits])
    _, which = np.unique(times, return_inverse=True)
    latest = np.zeros(len(times), np.int64)
    np.maximum.at(latest, which, rank)
    kept = np.flatnonzero(rank == latest[which])
    kept = kept[np.argsort(times[kept], kind="stable")]
    return Knots(times[kept], np.asfortranarray(xyz[kept]))
