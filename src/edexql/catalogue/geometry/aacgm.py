"""Altitude-adjusted corrected geomagnetic coordinates, AACGM-v2, by the package aacgmv2 (extra `magnetic`).

AACGM-v2 is that of Shepherd, J. Geophys. Res. 119, 7501 (2014), with the coefficients that the package carries,
good up to 2000 km. It is not defined near the magnetic equator, where there is no value. It is not what the
archive's own columns are: for those see `dipole`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from edexql.base.extras import extra

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

HIGHEST = 2000.0
_DAY = 86400
# Magnetic local time is asked of the package at one longitude so often, and runs straight between.
_CLOCK = 600


def aacgm(
    times: ArrayLike, latitude: ArrayLike, longitude: ArrayLike, altitude: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """AACGM-v2 latitude (degrees), longitude (degrees, [-180, 180)) and local time (hours, [0, 24)).

    `times` are UTC seconds since 1970, `latitude` and `longitude` geodetic degrees, `altitude` km, all of shape
    (n,). The coefficients are those of each day's noon: they change by 0.0001 degrees in half a day. The local
    time is within 0.0005 h of the package's own. NaN is where the system is not defined, above 2000 km, and where
    a position is NaN. Takes 2 to 3 microseconds a position. Raises MissingExtra without the package.
    """
    package = extra("aacgmv2", "magnetic")
    times = np.asarray(times, np.float64)
    place = [np.asarray(part, np.float64) for part in (latitude, longitude, altitude)]
    coordinates = np.full((3, len(times)), np.nan)
    known = np.flatnonzero(np.isfinite(times) & np.all(np.isfinite(place), axis=0) & (place[2] <= HIGHEST))
    days = np.floor_divide(times[known], _DAY)
    order = np.argsort(days, kind="stable")
    for some in np.split(known[order], np.flatnonzero(np.diff(days[order])) + 1):
        if len(some):
            day = int(times[some[0]] // _DAY) * _DAY
            coordinates[:2, some] = _of_a_day(package, day, *(part[some] for part in place))
            coordinates[2, some] = np.mod(_clock(package, times[some]) + coordinates[1, some] / 15.0, 24.0)
    return coordinates[0], coordinates[1], coordinates[2]


def _of_a_day(package: Any, day: int, latitude: Floats, longitude: Floats, altitude: Floats) -> tuple[Floats, Floats]:
    noon = _moment(day + _DAY // 2)
    magnetic, meridian, _ = package.convert_latlon_arr(latitude, longitude, altitude, noon, method_code="G2A")
    meridian = np.mod(np.where(np.isfinite(meridian), meridian, np.nan) + 180.0, 360.0) - 180.0
    return np.where(np.isfinite(magnetic), magnetic, np.nan), meridian


def _clock(package: Any, times: Floats) -> Floats:
    """The magnetic local time at AACGM longitude 0, hours, going on past 24."""
    first, last = (int(bound) // _CLOCK * _CLOCK for bound in (times.min(), times.max() + _CLOCK))
    nodes = np.arange(first, last + 1, _CLOCK)
    hours = package.convert_mlt(np.zeros(len(nodes)), [_moment(int(node)) for node in nodes])
    return np.asarray(np.interp(times, nodes, np.unwrap(hours, period=24.0)))


def _moment(time: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=time)
