"""Orbits to try things on: real element sets, and made-up knots."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from edexql.catalogue.orbit import propagation
from edexql.catalogue.orbit.knots import Knots, knots_of
from places import SHARED

# Two public element sets of CASSIOPE, of 2023-07-25 and 2023-08-01.
SETS = (
    (
        "1 39265U 13055A   23206.50216183  .00012985  00000+0  31358-3 0  9995",
        "2 39265  80.9589 195.6497 0565839 191.7993 166.9479 14.52757329510544",
    ),
    (
        "1 39265U 13055A   23213.73393427  .00015475  00000+0  37143-3 0  9990",
        "2 39265  80.9585 187.8102 0565417 169.9032 191.4123 14.52974314511577",
    ),
)
propagate = partial(propagation.propagate, satellite=39265)
EPOCHS = (1690286587, 1690911412)
# The knots between which the one set gives way to the other: the minute after the middle.
BETWEEN = -(-(EPOCHS[0] + EPOCHS[1]) // 2 // 60) * 60
FILE = SHARED / "data" / "tle_39265.txt"


def all_sets() -> list[tuple[str, str]]:
    """335 element sets of 2013 to 2026, where they are at hand."""
    if not FILE.exists():
        pytest.skip(f"the file of element sets {FILE.name} is not here")
    lines = [line for line in FILE.read_text("ascii").splitlines() if line[:2] in ("1 ", "2 ")]
    return list(zip(lines[::2], lines[1::2], strict=True))


def circle(start: int, count: int, inclination: float, *, radius: float = 7.0e6, retrograde: bool = False) -> Knots:
    """Knots of a circular orbit in axes that turn with the Earth, from above the equator at longitude 0."""
    times = start + 60 * np.arange(count)
    along = 1.1e-3 * 60 * np.arange(count)
    turned = (-1 if retrograde else 1) * 7.3e-5 * 60 * np.arange(count)
    x, y = np.cos(along), np.sin(along) * np.cos(np.radians(inclination))
    xyz = (
        x * np.cos(turned) + y * np.sin(turned),
        y * np.cos(turned) - x * np.sin(turned),
        np.sin(along) * np.sin(np.radians(inclination)),
    )
    return knots_of(times, np.rint(radius * np.stack(xyz).T))
