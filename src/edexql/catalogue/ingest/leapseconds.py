"""Leap seconds since 1999, from IERS Bulletin C: how far GPS time is ahead of UTC."""

from __future__ import annotations

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# From which UTC second since 1970 GPS is ahead of UTC by how many seconds. TAI is 19 s ahead of GPS.
TABLE = (
    (915148800, 13),  # 1999-01-01
    (1136073600, 14),  # 2006-01-01
    (1230768000, 15),  # 2009-01-01
    (1341100800, 16),  # 2012-07-01
    (1435708800, 17),  # 2015-07-01
    (1483228800, 18),  # 2017-01-01
)
FIRST = TABLE[0][0]
# Bulletin C 72 of July 2026 announces none; from 2027-06-28 on there may be one that is not in the table.
EXPIRES = 1814140800
TAI_AHEAD_OF_GPS = 19

_STARTS = np.array([start + ahead for start, ahead in TABLE], np.float64)
_AHEAD = np.array([ahead for _, ahead in TABLE], np.float64)


def utc_of_gps(seconds: ArrayLike) -> NDArray[np.float64]:
    """UTC of times on GPS clocks, both as seconds since 1970-01-01 on their calendar, leap seconds not counted.

    A leap second gets the number of the second after it. Times before 1999 are taken as of 1999.
    """
    times = np.asarray(seconds, np.float64)
    place = np.searchsorted(_STARTS, times, side="right") - 1
    return np.asarray(times - _AHEAD[np.maximum(place, 0)])
