"""Centred-dipole coordinates: latitude, longitude and local time about the axis of the Earth's dipole.

The axis is that of the first three coefficients of the International Geomagnetic Reference Field, 13th
generation (Alken et al., Earth Planets Space 73, 49, 2021), which run straight between their epochs. The axes
are those of Laundal and Richmond, Space Sci. Rev. 206, 27 (2017), section 3.1: z to the northern pole, y along
the equator of both, so that longitude 0 is on the far side of the south pole. Positions are geocentric
directions. The formulae are exact; that the field is a centred dipole is not: quasi-dipole latitudes are 2.2
degrees (median) and up to 17 apart from these.

The magnetic latitude and local time of the one FAI file known are these, to 0.00002 degrees and 0.0001 h; the
14th generation is 0.0018 degrees off there, AACGM-v2 6.6 and quasi-dipole 4.5. So the archive's own columns
are probably this system (inferred from that one point).
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.geometry.frames import sun_earth_fixed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Triple = tuple[Floats, Floats, Floats]

# 2010, 2015 and 2020 at 0 h UTC, and five years of secular variation after the last.
_EPOCHS = np.array([1262304000.0, 1420070400.0, 1577836800.0, 1735689600.0])
_G10 = np.array([-29496.57, -29441.46, -29404.8, -29404.8 + 5 * 5.7])
_G11 = np.array([-1586.42, -1501.77, -1450.9, -1450.9 + 5 * 7.4])
_H11 = np.array([4944.26, 4795.99, 4652.5, 4652.5 - 5 * 25.9])


def axes(times: ArrayLike) -> Floats:
    """The dipole's axes x, y and z as Earth-fixed unit vectors: shape (n, 3, 3), rows, for UTC seconds since 1970.

    Before 2010 the axes of that year; after 2025 they go on as they did from 2020.
    """
    times = np.asarray(times, np.float64)
    beyond = np.maximum(times - _EPOCHS[-1], 0.0) / (_EPOCHS[-1] - _EPOCHS[-2])
    pole = np.stack(
        [-np.interp(times, _EPOCHS, part) - beyond * (part[-1] - part[-2]) for part in (_G11, _H11, _G10)], axis=-1
    )
    z = pole / np.linalg.norm(pole, axis=-1, keepdims=True)
    y = np.stack((-z[..., 1], z[..., 0], np.zeros(times.shape)), axis=-1)
    y /= np.linalg.norm(y, axis=-1, keepdims=True)
    return np.stack((np.cross(y, z), y, z), axis=-2)


def in_dipole_axes(times: ArrayLike, x: Floats, y: Floats, z: Floats) -> Triple:
    """Positions along the dipole's axes; the axes are those of each day's noon."""
    days = np.floor_divide(times, 86400)
    if not len(days):
        return x, y, z
    first, last = days.min(), days.max()
    turn = axes(np.arange(first, last + 1) * 86400.0 + 43200.0)
    which = (days - first).astype(np.int64)
    if first == last:
        rows = [[float(turn[0, row, column]) for column in range(3)] for row in range(3)]
        return _combined(rows, x, y, z)
    return _combined([[turn[:, row, column].take(which) for column in range(3)] for row in range(3)], x, y, z)


def _combined(rows: list[list[float]] | list[list[Floats]], x: Floats, y: Floats, z: Floats) -> Triple:
    first, second, third = (row[0] * x + row[1] * y + row[2] * z for row in rows)
    return first, second, third


def dipole(times: ArrayLike, xyz: Floats) -> Triple:
    """Centred-dipole latitude (degrees), longitude (degrees, [-180, 180)) and local time (hours, [0, 24)).

    `times` are UTC seconds since 1970, shape (n,); `xyz` are Earth-fixed positions in metres, shape (n, 3).
    """
    x, y, z = in_dipole_axes(times, xyz[:, 0], xyz[:, 1], xyz[:, 2])
    latitude = np.degrees(np.arctan2(z, np.sqrt(x * x + y * y)))
    longitude = np.degrees(np.arctan2(y, x))
    longitude[longitude == 180.0] = -180.0
    return latitude, longitude, local_time(times, longitude)


def local_time(times: ArrayLike, longitude: Floats) -> Floats:
    """Dipole local time in hours, [0, 24), of a dipole longitude: 12 h on the meridian under the Sun."""
    return np.asarray(np.mod((longitude - sun_longitude(times)) / 15.0 + 12.0, 24.0))


def sun_longitude(times: ArrayLike) -> Floats:
    """The dipole longitude of the Sun in degrees, (-180, 180]."""
    sun = sun_earth_fixed(times)
    x, y, _ = in_dipole_axes(times, sun[:, 0], sun[:, 1], sun[:, 2])
    return np.asarray(np.degrees(np.arctan2(y, x)))
