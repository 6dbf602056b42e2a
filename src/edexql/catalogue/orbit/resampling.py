"""Positions at any times, as in SP3 files, to knots at whole minutes.

A knot is made where the positions about it are at most `MOST_APART` seconds apart: a position of that very time
is taken as it is, one between two is interpolated by the polynomial through the six nearest. For an orbit like
CASSIOPE's that errs by less than a millimetre where positions are up to 30 s apart, by 5 mm at 60 s (30 mm next
to a gap), and by 0.8 m at 120 s (2.5 m next to a gap; measured against SGP4). Noise of the positions passes into
the knots unchanged where the times are whole minutes, and grows by at most 1.4 (3.1 next to a gap) between them.

Where positions are mostly further apart, up to `MOST_COARSE`, the polynomial is that through fourteen, and nothing is
told of the three intervals next to a gap. That errs by 0.5 m at 3 min, 0.8 m at 4 min and 2.4 m at 5 min, where a
step of 6 min would err by 15 m, and one of 15 min by 10 km.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.orbit.knots import NO_KNOTS, SPACING, STENCIL, Knots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]

MOST_APART, MOST_COARSE = 120.0, 300.0
_COARSE_STENCIL, _COARSE_MARGIN = 14, 3
_SAME_TIME = 1e-6


def resampled(times: ArrayLike, xyz: ArrayLike) -> Knots:
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
