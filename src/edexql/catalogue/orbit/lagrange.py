"""Positions between knots, by the polynomial through six of them.

The six are those about the time, or the six nearest within the run near its ends. Of a smooth orbit the
polynomial strays by |sixth derivative| * 60**6 * 0.0049 m between the middle two knots, and by 0.0235 in place
of 0.0049 next to the end of a run: 12 mm and 42 mm at the most for CASSIOPE (measured against SGP4). Where knots
are rounded to whole metres, that adds up to half a metre an axis times 1.4, at the ends times 3.1, but 0.5 m
(r.m.s., three axes together) as a rule. Latitude itself is never interpolated: it has no derivative at a pole.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.orbit.knots import SPACING, STENCIL, telling_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from edexql.catalogue.orbit.knots import Knots, Runs

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]

# What fits in a processor's cache together with the six weights and the three sums.
_AT_ONCE = 2**15


def positions_at(knots: Knots, seconds: ArrayLike) -> Floats:
    """The positions at some times: float64 of shape (n, 3), metres, Earth-fixed, columns contiguous.

    `seconds` has shape (n,), whole or not. NaN is where nobody knows: outside of the runs, and in a run of
    fewer than six knots. Nothing is extrapolated.
    """
    seconds = np.asarray(seconds)
    runs = telling_runs(knots)
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
    """The first of the six knots that tell the position after each of some knots, by their indices in `runs`."""
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
