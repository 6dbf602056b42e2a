"""Where the Sun is.

The low-precision formulae of the Astronomical Almanac (page C5): within 0.01 degrees from 1950 to 2050.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.orbit.frames import J2000, sidereal_angle, turned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


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
