"""Inertial axes: geocentric equatorial inertial (GEI) at J2000, which the ephemeris product gives, and back.

Precession of IAU 1976 (Lieske et al., Astron. Astrophys. 58, 1, 1977), the nine terms of the nutation of IAU
1980 (Seidelmann, Celest. Mech. 27, 79, 1982) above 0.05 arc seconds, and the sidereal time of `frames`, one
matrix a day, of its noon: within 5 m at 7300 km of the whole model (2.7 m measured), beside what UT1 = UTC
costs (see `frames`) when the position is known in Earth-fixed axes.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.orbit.frames import J2000, sidereal_angle, turned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

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
    return _with_matrices(times, turned(xyz, -sidereal_angle(times)), back=False)


def earth_fixed_of_gei(times: ArrayLike, xyz: Floats) -> Floats:
    """Earth-fixed positions, shape (n, 3), of GEI J2000 ones at UTC seconds since 1970."""
    return turned(_with_matrices(times, xyz, back=True), sidereal_angle(times))


def _with_matrices(times: ArrayLike, xyz: Floats, *, back: bool) -> Floats:
    days = np.floor_divide(times, 86400)
    if not len(days):
        return xyz
    which = (days - days.min()).astype(np.int64)
    matrices = _gei_of_teme(np.arange(days.min(), days.max() + 1) * 86400.0 + 43200.0)
    if back:
        matrices = matrices.transpose(0, 2, 1)
    out = np.empty((3, len(xyz)))
    for row in range(3):
        out[row] = sum(matrices[which, row, column] * xyz[:, column] for column in range(3))
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
