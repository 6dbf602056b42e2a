"""Quasi-dipole coordinates, from a grid that was made with apexpy and IGRF-14 (tools/make_quasi_dipole_grid.py).

The system is that of Richmond, J. Geomagn. Geoelectr. 47, 191 (1995); apexpy (van der Meeren et al.) gives it by
expansions of Emmert et al., J. Geophys. Res. 115, A08322 (2010). The grid has one degree, and is read by linear
interpolation. Measured against apexpy at random places, 150 to 1900 km, 2013 to 2026, the direction is 0.001
degrees off in the median, 0.003 in 99 of 100 places and 0.0052 at the most; the local time, beyond 5 degrees from
the poles of the system, 0.007 h to 2025 and 0.02 h in 2026. It is not what the archive's own columns are: for
those see `dipole`.
"""

from __future__ import annotations

import os
from functools import lru_cache

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.geometry.dipole import sun_longitude

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

# Altitudes that the grid is made for, km.
LOWEST, HIGHEST = 100.0, 2000.0
_FILE = os.path.join(os.path.dirname(__file__), "quasi_dipole.npz")
_YEAR_2000 = 946_684_800
_YEAR = 365.25 * 86400
# The field changes by 0.15 degrees a year at the most: for so long one grid is the same to 0.002.
_SAME = 10 * 86400
_AT_ONCE = 2**14
# Latitude changes by at most 1.33 degrees a degree of geocentric angle (measured on the grid; 1.03 as a rule), and
# by less than this between one grid and the next.
STEEPEST = 1.4
JUMP = 0.005


class Grid(Record):
    """Chebyshev coefficients of unit vectors: float32 of shape (years, latitudes, longitudes, 12).

    The 12 are four terms of x, of y and of z. Latitudes run from -90 to 90, longitudes from -180 to 180, both
    included, by one degree; `years` are Gregorian years.
    """

    coefficients: NDArray[np.float32]
    years: Floats


def quasi_dipole(
    times: ArrayLike, latitude: ArrayLike, longitude: ArrayLike, altitude: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Quasi-dipole latitude (degrees), longitude (degrees, [-180, 180)) and magnetic local time (hours, [0, 24)).

    `times` are UTC seconds since 1970, `latitude` and `longitude` geodetic degrees, `altitude` km, all of shape
    (n,). NaN is where a position is NaN, or outside of 100 to 2000 km. The local time is from the dipole
    longitude of the Sun, as apexpy has it.
    """
    times = np.asarray(times, np.float64)
    magnetic, meridian = directions(times, *(np.asarray(part, np.float64) for part in (latitude, longitude, altitude)))
    return magnetic, meridian, np.mod((meridian - sun_longitude(times)) / 15.0 + 12.0, 24.0)


def directions(times: Floats, latitude: Floats, longitude: Floats, altitude: Floats) -> tuple[Floats, Floats]:
    """The first two of `quasi_dipole`."""
    with np.errstate(invalid="ignore"):
        inside = (altitude >= LOWEST) & (altitude <= HIGHEST) & np.isfinite(latitude + longitude + times)
    known = np.flatnonzero(inside)
    angles = np.full((2, len(times)), np.nan)
    periods = np.floor_divide(times[known], _SAME)
    order = np.argsort(periods, kind="stable")
    for some in np.split(known[order], np.flatnonzero(np.diff(periods[order])) + 1):
        if not len(some):
            continue
        table = _table(int(times[some[0]] // _SAME))
        for start in range(0, len(some), _AT_ONCE):
            part = some[start : start + _AT_ONCE]
            place = (altitude[part] - LOWEST) * 2 / (HIGHEST - LOWEST) - 1
            angles[:, part] = _looked_up(table, latitude[part], longitude[part], place)
    return angles[0], angles[1]


def _looked_up(table: NDArray[np.float32], latitude: Floats, longitude: Floats, place: Floats) -> tuple[Floats, Floats]:
    row = np.minimum((latitude + 90.0).astype(np.int64), 179)
    turn = np.mod(longitude + 180.0, 360.0)
    column = np.minimum(turn.astype(np.int64), 359)
    up = (latitude + 90.0 - row).astype(np.float32)[:, None]
    right = (turn - column).astype(np.float32)[:, None]
    corner = row * 361 + column
    low, high = table.take(corner, axis=0), table.take(corner + 361, axis=0)
    low += (table.take(corner + 1, axis=0) - low) * right
    high += (table.take(corner + 362, axis=0) - high) * right
    terms = (low + (high - low) * up).reshape(-1, 3, 4)
    square = place * place
    second, third = 2 * square - 1, place * (4 * square - 3)
    x, y, z = (
        terms[:, axis, 0] + terms[:, axis, 1] * place + terms[:, axis, 2] * second + terms[:, axis, 3] * third
        for axis in range(3)
    )
    degrees = np.degrees(np.arctan2(y, x))
    degrees[degrees == 180.0] = -180.0
    return np.degrees(np.arctan2(z, np.sqrt(x * x + y * y))), degrees


@lru_cache(maxsize=4)
def _table(period: int) -> NDArray[np.float32]:
    """The coefficients of ten days, shape (181 * 361, 12); beyond the years of the grid, of its ends."""
    grid = _grid()
    time = (period + 0.5) * _SAME
    year = min(max(2000 + (time - _YEAR_2000) / _YEAR, grid.years[0]), grid.years[-1])
    before = min(int(np.searchsorted(grid.years, year, side="right")) - 1, len(grid.years) - 2)
    later = np.float32((year - grid.years[before]) / (grid.years[before + 1] - grid.years[before]))
    table = grid.coefficients[before] * (1 - later) + grid.coefficients[before + 1] * later
    return np.asarray(table.reshape(-1, 12))


@lru_cache(maxsize=1)
def _grid() -> Grid:
    with np.load(_FILE, allow_pickle=False) as file:
        signed = file["low"].astype(np.uint16) | file["high"].astype(np.uint16) << np.uint16(8)
        whole = ((signed >> np.uint16(1)) ^ (np.uint16(0) - (signed & np.uint16(1)))).view(np.int16)
        years, scale = file["years"], np.float32(file["scale"])
    for axis in (4, 3, 0):
        whole = np.cumsum(whole, axis=axis, dtype=np.int16)
    # From (years, terms, xyz, latitudes, longitudes), and the first longitude again at the end.
    turned = np.moveaxis(whole, (1, 2), (4, 3))
    turned = np.concatenate((turned, turned[:, :, :1]), axis=2)
    coefficients = np.ascontiguousarray(turned).reshape(*turned.shape[:3], 12) / scale
    return Grid(coefficients.astype(np.float32), years.astype(np.float64))
