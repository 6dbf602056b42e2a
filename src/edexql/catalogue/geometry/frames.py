"""Coordinates of a place: TEME, Earth-fixed, geodetic and GEI at J2000; and the direction of the Sun.

Positions are float64 arrays in metres. Arrays of positions have shape (n, 3); where x, y and z are asked for
apart, each has shape (n,), because that is the fast way through. Times are UTC seconds since 1970.

UT1 is taken to be UTC, and the pole to stand still. |UT1 - UTC| is kept under 0.9 s, in which the Earth turns
by 6.6e-5 rad: up to 510 m at the apogee of 2013, on the circle of latitude; in 2020 to 2026 it was under
0.3 s, 170 m. Polar motion is under 0.6 arc seconds, 20 m. Both matter only where a position was found in one
frame and is asked for in the other: an orbit from element sets errs so in longitude, one from SP3 files in GEI.

Geocentric equatorial inertial axes (GEI) at J2000 are those of the ephemeris product. Precession of IAU 1976
(Lieske et al., Astron. Astrophys. 58, 1, 1977), the nine terms of the nutation of IAU 1980 (Seidelmann, Celest.
Mech. 27, 79, 1982) above 0.05 arc seconds, and sidereal time, one matrix a day, of its noon: within 5 m at 7300 km
of the whole model (2.7 m measured), beside what UT1 = UTC costs when the position is known in Earth-fixed axes.

The direction of the Sun is by the low-precision formulae of the Astronomical Almanac (page C5): within 0.01 degrees
from 1950 to 2050.
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


_SECOND_OF_ARC = np.pi / 648000
# Multiples of the Moon's and the Sun's anomaly, the Moon's argument of latitude, its elongation and its node;
# then the amplitudes in longitude and in obliquity, in 0.0001 arc seconds.
_NUTATION = np.array(
    [
        [0, 0, 0, 0, 1, -171996, 92025],
        [0, 0, 2, -2, 2, -13187, 5736],
        [0, 0, 2, 0, 2, -2274, 977],
        [0, 0, 0, 0, 2, 2062, -895],
        [0, 1, 0, 0, 0, 1426, 54],
        [1, 0, 0, 0, 0, 712, -7],
        [0, 1, 2, -2, 2, -517, 224],
        [0, 0, 2, 0, 1, -386, 200],
        [1, 0, 2, 0, 2, -301, 129],
    ],
    dtype=np.float64,
)
# The five angles in degrees at J2000, and their change in a Julian century.
_ARGUMENTS = np.array(
    [
        [134.96298, 477198.867398],
        [357.52772, 35999.050340],
        [93.27191, 483202.017538],
        [297.85036, 445267.111480],
        [125.04452, -1934.136261],
    ]
)


def gei_of_earth_fixed(times: ArrayLike, xyz: Floats) -> Floats:
    """GEI J2000 positions, shape (n, 3), of Earth-fixed ones at UTC seconds since 1970."""
    teme = turned(xyz, -sidereal_angle(times))
    days = np.floor_divide(times, 86400)
    if not len(days):
        return teme
    which = (days - days.min()).astype(np.int64)
    matrices = _gei_of_teme(np.arange(days.min(), days.max() + 1) * 86400.0 + 43200.0)
    out = np.empty((3, len(teme)))
    for row in range(3):
        out[row] = sum(matrices[which, row, column] * teme[:, column] for column in range(3))
    return np.asarray(out.T)


def _gei_of_teme(times: Floats) -> Floats:
    """The matrices, shape (n, 3, 3), that take TEME positions to GEI J2000."""
    century = (times - J2000) / (86400.0 * 36525.0)
    arguments = np.radians(_ARGUMENTS[:, :1] + _ARGUMENTS[:, 1:] * century)
    phases = _NUTATION[:, :5] @ arguments
    longitude = _NUTATION[:, 5] @ np.sin(phases) * 1e-4 * _SECOND_OF_ARC
    obliquity = _NUTATION[:, 6] @ np.cos(phases) * 1e-4 * _SECOND_OF_ARC
    mean = (84381.448 - century * 46.8150) * _SECOND_OF_ARC
    zeta = century * (2306.2181 + century * (0.30188 + century * 0.017998)) * _SECOND_OF_ARC
    theta = century * (2004.3109 - century * (0.42665 + century * 0.041833)) * _SECOND_OF_ARC
    z = century * (2306.2181 + century * (1.09468 + century * 0.018203)) * _SECOND_OF_ARC
    precession = _about(2, -z) @ _about(1, theta) @ _about(2, -zeta)
    nutation = _about(0, -(mean + obliquity)) @ _about(2, -longitude) @ _about(0, mean)
    true_of_teme = _about(2, -longitude * np.cos(mean))
    return np.asarray(precession.transpose(0, 2, 1) @ nutation.transpose(0, 2, 1) @ true_of_teme)


def _about(axis: int, angles: Floats) -> Floats:
    """The matrices of axes turned by some angles about one of them."""
    out = np.zeros((len(angles), 3, 3))
    second, third = (axis + 1) % 3, (axis + 2) % 3
    cosine, sine = np.cos(angles), np.sin(angles)
    out[:, axis, axis] = 1.0
    out[:, second, second] = out[:, third, third] = cosine
    out[:, second, third] = sine
    out[:, third, second] = -sine
    return out


def sun_of_date(times: ArrayLike) -> Floats:
    """The direction of the Sun in equatorial axes of date: unit vectors, shape (n, 3), for UTC seconds since 1970."""
    days = (np.asarray(times, np.float64) - J2000) / 86400.0
    anomaly = np.radians(np.mod(357.528 + 0.9856003 * days, 360.0))
    mean = np.mod(280.460 + 0.9856474 * days, 360.0)
    longitude = np.radians(mean + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    obliquity = np.radians(23.439 - 0.0000004 * days)
    north = np.sin(longitude)
    return np.stack((np.cos(longitude), np.cos(obliquity) * north, np.sin(obliquity) * north), axis=-1)


def sun_earth_fixed(times: ArrayLike) -> Floats:
    """The same in Earth-fixed axes."""
    return turned(sun_of_date(times), sidereal_angle(times))
