"""Coordinates of a place: true-equator-mean-equinox (TEME), Earth-fixed, and geodetic.

Positions are float64 arrays in metres. Arrays of positions have shape (n, 3); where x, y and z are asked for
apart, each has shape (n,), because that is the fast way through. Times are UTC seconds since 1970.

UT1 is taken to be UTC, and the pole to stand still. |UT1 - UTC| is kept under 0.9 s, in which the Earth turns
by 6.6e-5 rad: up to 510 m at the apogee of 2013, on the circle of latitude; in 2020 to 2026 it was under
0.3 s, 170 m. Polar motion is under 0.6 arc seconds, 20 m. Both matter only where a position was found in one
frame and is asked for in the other: an orbit from element sets errs so in longitude, one from SP3 files in GEI.
"""

from __future__ import annotations

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

# WGS 84 (NGA.STND.0036): half axis in metres and flattening; the others follow from them.
EQUATORIAL_RADIUS = 6_378_137.0
FLATTENING = 1 / 298.257223563
POLAR_RADIUS = EQUATORIAL_RADIUS * (1 - FLATTENING)
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)
_SECOND_ECCENTRICITY_SQUARED = ECCENTRICITY_SQUARED / (1 - ECCENTRICITY_SQUARED)
_DEGREE = np.pi / 180

J2000 = 946_728_000  # 2000-01-01T12:00:00


def sidereal_angle(times: ArrayLike) -> Floats:
    """Greenwich mean sidereal time of IAU 1982 in radians, 0 to 2 pi, the angle from TEME to Earth-fixed.

    The formula is that of Aoki et al., Astron. Astrophys. 105, 359 (1982), which SGP4 is made for (Vallado et
    al., AIAA 2006-6753).
    """
    times = np.asarray(times, np.float64)
    day = np.mod(times - J2000, 86400.0) / 86400.0  # whole days are whole turns of the first term
    century = (times - J2000) / (86400.0 * 36525.0)
    turns = (67310.54841 + century * (8640184.812866 + century * (0.093104 - 6.2e-6 * century))) / 86400.0
    return np.asarray(np.mod(day + turns, 1.0) * (2 * np.pi))


def turned(xyz: Floats, angles: Floats) -> Floats:
    """Positions seen from axes that are turned about z by some angles (radians): shape (n, 3), columns contiguous."""
    cosine, sine = np.cos(angles), np.sin(angles)
    out = np.empty((3, len(xyz)))
    x, y = xyz[:, 0], xyz[:, 1]
    out[0] = x * cosine + y * sine
    out[1] = y * cosine - x * sine
    out[2] = xyz[:, 2]
    return np.asarray(out.T)


def earth_fixed_of_teme(times: ArrayLike, xyz: Floats) -> Floats:
    """Earth-fixed positions of TEME ones."""
    return turned(xyz, sidereal_angle(times))


def teme_of_earth_fixed(times: ArrayLike, xyz: Floats) -> Floats:
    """TEME positions of Earth-fixed ones."""
    return turned(xyz, -sidereal_angle(times))


def longitude(x: Floats, y: Floats) -> Floats:
    """Longitude in degrees, in [-180, 180)."""
    degrees = np.arctan2(y, x)
    degrees /= _DEGREE
    degrees[degrees == 180.0] = -180.0
    return np.asarray(degrees)


def latitude(x: Floats, y: Floats, z: Floats) -> Floats:
    """Geodetic latitude in degrees."""
    _, rise, run = _normal(x, y, z)
    return np.asarray(np.arctan2(rise, run) / _DEGREE)


def altitude(x: Floats, y: Floats, z: Floats) -> Floats:
    """Height above the ellipsoid in km."""
    radius, rise, run = _normal(x, y, z)
    return _height(radius, z, rise, run)


def geodetic(x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    """Geodetic latitude and longitude in degrees, and height above the ellipsoid in km.

    One step of Bowring's method with his second choice of the start (Survey Review 28, 202, 1985): within
    2e-6 m anywhere from the ground to 3000 km (measured on the way back).
    """
    radius, rise, run = _normal(x, y, z)
    return np.asarray(np.arctan2(rise, run) / _DEGREE), longitude(x, y), _height(radius, z, rise, run)


def earth_fixed(latitude: ArrayLike, longitude: ArrayLike, altitude: ArrayLike) -> Floats:
    """Earth-fixed positions, shape (n, 3), of geodetic latitudes and longitudes (degrees) and altitudes (km)."""
    phi, lam = np.multiply(latitude, _DEGREE), np.multiply(longitude, _DEGREE)
    height = np.multiply(altitude, 1000.0)
    sine = np.sin(phi)
    normal = EQUATORIAL_RADIUS / np.sqrt(1 - ECCENTRICITY_SQUARED * sine * sine)
    level = (normal + height) * np.cos(phi)
    polar = (normal * (1 - ECCENTRICITY_SQUARED) + height) * sine
    return np.stack(np.broadcast_arrays(level * np.cos(lam), level * np.sin(lam), polar), axis=-1)


def _normal(x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    """The distance from the axis, and the direction of the ellipsoid's normal: up, and out, not of unit length."""
    squared = x * x + y * y
    radius = np.sqrt(squared)
    distance = np.sqrt(squared + z * z)
    # The parametric latitude as sine and cosine times a common length.
    up = (POLAR_RADIUS * z) * (distance + _SECOND_ECCENTRICITY_SQUARED * POLAR_RADIUS)
    out = EQUATORIAL_RADIUS * radius * distance
    length = np.sqrt(up * up + out * out)
    up /= length
    out /= length
    rise = z + (_SECOND_ECCENTRICITY_SQUARED * POLAR_RADIUS) * (up * up * up)
    run = radius - (ECCENTRICITY_SQUARED * EQUATORIAL_RADIUS) * (out * out * out)
    return radius, rise, run


def _height(radius: Floats, z: Floats, rise: Floats, run: Floats) -> Floats:
    length = np.sqrt(rise * rise + run * run)
    sine, cosine = rise / length, run / length
    ground = EQUATORIAL_RADIUS * np.sqrt(1 - ECCENTRICITY_SQUARED * sine * sine)
    return np.asarray((radius * cosine + z * sine - ground) * 0.001)
