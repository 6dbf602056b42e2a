"""Interpolation by polynomials: positions between knots, and knots of positions at any times.

Between knots, the polynomial goes through six of them: those about the time, or the six nearest within the run near
its ends. Of a smooth orbit it strays by |sixth derivative| * 60**6 * 0.0049 m between the middle two knots, and by
0.0235 in place of 0.0049 next to the end of a run: 12 mm and 42 mm at the most for CASSIOPE (measured against SGP4).
Where knots are rounded to whole metres, that adds up to half a metre an axis times 1.4, at the ends times 3.1, but
0.5 m (r.m.s., three axes together) as a rule. Latitude itself is never interpolated: it has no derivative at a pole.

Of positions at any times, as in SP3 files, a knot is made where the positions about it are at most `MOST_APART`
seconds apart: a position of that very time is taken as it is, one between two is interpolated by the polynomial through
the six nearest. For an orbit like CASSIOPE's that errs by less than a millimetre where positions are up to 30 s apart,
by 5 mm at 60 s (30 mm next to a gap), and by 0.8 m at 120 s (2.5 m next to a gap; measured against SGP4). Noise of the
positions passes into the knots unchanged where the times are whole minutes, and grows by at most 1.4 (3.1 next to a
gap) between them.

Where positions are mostly further apart, up to `MOST_COARSE`, the polynomial is that through fourteen, and there are no
knots in the three intervals next to a gap. That errs by 0.5 m at 3 min, 0.8 m at 4 min and 2.4 m at 5 min, where a step
of 6 min would err by 15 m, and one of 15 min by 10 km.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.orbit.knots import NO_KNOTS, SPACING, STENCIL, Knots, usable_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from edexql.catalogue.orbit.knots import Runs

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]


# What fits in a processor's cache together with the six weights and the three sums.
_AT_ONCE = 2**15


def positions_at(knots: Knots, seconds: ArrayLike) -> Floats:
    """The positions at some times: float64 of shape (n, 3), metres, Earth-fixed, columns contiguous.

    `seconds` has shape (n,), whole or not. NaN is where the position is unknown: outside of the runs, and in a run of
    fewer than six knots. Nothing is extrapolated.
    """
    seconds = np.asarray(seconds)
    runs = usable_runs(knots)
    out = np.full((3, len(seconds)), np.nan)
    if not len(runs.firsts):
        return np.asarray(out.T)
    for start in range(0, len(seconds), _AT_ONCE):
        some = seconds[start : start + _AT_ONCE]
        run = np.searchsorted(knots.times[runs.firsts], some, side="right") - 1
        known = np.flatnonzero((run >= 0) & (some <= knots.times[runs.lasts].take(run)))
        some, run = some[known], run[known]
        first = runs.firsts[run]
        index = first + ((some - knots.times[first]) // SPACING).astype(np.int64)
        base = _stencils(runs, run, index)
        lag = some - knots.times[base]
        weights = _weights_at(lag) if some.dtype.kind in "iu" else _weights(lag / SPACING)
        for axis in range(3):
            out[axis, start + known] = _summed(knots.xyz[:, axis], base, weights)
    return np.asarray(out.T)


def stencils(runs: Runs, index: Indices) -> Indices:
    """The first of the six knots that give the position after each of some knots, by their indices in `runs`."""
    return _stencils(runs, np.searchsorted(runs.lasts, index), index)


def _stencils(runs: Runs, run: Indices, index: Indices) -> Indices:
    return np.asarray(np.minimum(np.maximum(index - 2, runs.firsts[run]), runs.lasts[run] - (STENCIL - 1)))


def at_lags(knots: Knots, base: Indices, lag: Indices) -> tuple[Floats, Floats, Floats]:
    """x, y and z at some whole seconds after the first knot of a stencil, each of shape (n,)."""
    x, y, z = (np.empty(len(base)) for _ in range(3))
    for start in range(0, len(base), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        weights = _weights_at(lag[some])
        for axis, out in enumerate((x, y, z)):
            out[some] = _summed(knots.xyz[:, axis], base[some], weights)
    return x, y, z


def _summed(values: Floats, base: Indices, weights: Floats) -> Floats:
    # Always in this order, so that a second has the same position however it is asked for.
    total = weights[0] * values.take(base)
    for step in range(1, STENCIL):
        total += weights[step] * values.take(base + step)
    return np.asarray(total)


def _weights_at(lags: Indices) -> Floats:
    """The weights of six knots, shape (6, n), for whole seconds after the first."""
    return np.stack([row.take(lags) for row in _TABLE])


def _weights(places: Floats) -> Floats:
    """The weights of six knots, shape (6, n), for places counted in knots from the first."""
    out = np.empty((STENCIL, len(places)))
    for own in range(STENCIL):
        out[own] = 1.0
        for other in range(STENCIL):
            if other != own:
                out[own] *= (places - other) / (own - other)
    return out


_TABLE = _weights(np.arange((STENCIL - 1) * SPACING + 1) / SPACING)


MOST_APART, MOST_COARSE = 120.0, 300.0
_COARSE_STENCIL, _COARSE_MARGIN = 14, 3
_SAME_TIME = 1e-6


def resample(times: ArrayLike, xyz: ArrayLike) -> Knots:
    """Knots of positions at some times.

    `times` are UTC seconds since 1970, shape (n,); `xyz` are Earth-fixed positions in metres, shape (n, 3). They
    may come in any order; of two of one time the later given counts, and what is not a number is left out.
    """
    times, xyz = np.asarray(times, np.float64), np.asarray(xyz, np.float64)
    if np.all(times % SPACING == 0) and np.all(np.diff(times) == SPACING) and np.all(np.isfinite(xyz)):
        # Knots already; of many years, the general way would take five times their room.
        return Knots(times.astype(np.int64), np.asfortranarray(xyz))
    times, xyz = _in_order(times, xyz)
    if not len(times):
        return NO_KNOTS
    coarse = spacing_of(times) > MOST_APART
    apart, stencil, margin = (MOST_COARSE, _COARSE_STENCIL, _COARSE_MARGIN) if coarse else (MOST_APART, STENCIL, 0)
    minutes = np.arange(np.ceil((times[0] - _SAME_TIME) / SPACING), np.floor((times[-1] + _SAME_TIME) / SPACING) + 1)
    knots = minutes.astype(np.int64) * SPACING
    after = np.minimum(np.searchsorted(times, knots - _SAME_TIME), len(times) - 1)
    same = np.abs(times[after] - knots) <= _SAME_TIME
    stretch = np.concatenate(([0], np.cumsum(np.diff(times) > apart)))
    firsts = np.searchsorted(stretch, stretch)
    counts = np.searchsorted(stretch, stretch, side="right") - firsts
    before = np.maximum(after - 1, 0)
    between = ~same & (stretch[before] == stretch[after]) & (counts[after] >= stencil)
    between &= (before - firsts[after] >= margin) & (firsts[after] + counts[after] - 1 - after >= margin)
    kept = same | between
    places = np.empty((3, len(knots)))
    places[:, same] = xyz[after[same]].T
    lowest, highest = firsts[after[between]], firsts[after[between]] + counts[after[between]] - stencil
    base = np.minimum(np.maximum(after[between] - stencil // 2, lowest), highest)
    places[:, between] = _interpolated(times, xyz, base, knots[between], stencil)
    return Knots(knots[kept], np.ascontiguousarray(places[:, kept]).T)


def spacing_of(times: Floats) -> float:
    """How far apart times in order are as a rule, in seconds; 0 for fewer than two."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.0


def _in_order(times: Floats, xyz: Floats) -> tuple[Floats, Floats]:
    real = np.isfinite(times) & np.all(np.isfinite(xyz), axis=1)
    times, xyz = times[real], xyz[real]
    order = np.argsort(times, kind="stable")
    times, xyz = times[order], xyz[order]
    last = np.append(np.diff(times) > _SAME_TIME, True)[: len(times)]
    return times[last], xyz[last]


def _interpolated(times: Floats, xyz: Floats, base: Indices, at: NDArray[np.int64], stencil: int) -> Floats:
    """The polynomials through some positions each, from `base` on, at one time each: shape (3, n)."""
    lags = [times[base + step] - at for step in range(stencil)]
    total = np.zeros((3, len(base)))
    for own in range(stencil):
        weight = np.ones(len(base))
        for other in range(stencil):
            if other != own:
                weight *= lags[other] / (lags[other] - lags[own])
        total += weight * xyz[base + own].T
    return total
