"""The ground of maps: the coast line that comes with the package, and where it is night."""

from __future__ import annotations

import os
import sys
from array import array
from functools import cache
from math import asin, atan2, cos, degrees, radians, sin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.pictures.model import Points

# Made by tools/make_coast.py from Natural Earth, which is in the public domain.
_FILE = os.path.join(os.path.dirname(__file__), "coast.bin")
_END = -32768
# Degrees from point to point of the terminator.
_STEP = 2


@cache
def coast() -> tuple[Points, ...]:
    """Closed rings of land: longitude and latitude in degrees. None crosses longitude 180."""
    numbers = array("h")
    with open(_FILE, "rb") as file:
        numbers.frombytes(file.read())
    if sys.byteorder == "big":
        numbers.byteswap()
    rings: list[list[tuple[float, float]]] = [[]]
    for longitude, latitude in zip(numbers[::2], numbers[1::2], strict=True):
        if longitude == _END:
            rings.append([])
        else:
            rings[-1].append((longitude / 100, latitude / 100))
    return tuple(tuple(ring) for ring in rings if ring)


def under_the_sun(second: int) -> tuple[float, float]:
    """The longitude and latitude, in degrees, above which the Sun stands at a second (UTC, since 1970)."""
    from edexql.catalogue.geometry.frames import sun_earth_fixed

    ((x, y, z),) = sun_earth_fixed([second]).tolist()
    return degrees(atan2(y, x)), degrees(asin(z))


def terminator(second: int) -> Points:
    """Where the Sun stands in the horizon, without refraction: longitudes from -180 to 180, and latitudes."""
    sun, height = under_the_sun(second)
    edges = {(sun + side + 180) % 360 - 180 + off for side in (-90, 90) for off in (-0.01, 0.01)}
    longitudes = sorted({*(float(one) for one in range(-180, 181, _STEP)), *(one for one in edges if abs(one) < 180)})
    return tuple((longitude, _latitude(longitude - sun, height)) for longitude in longitudes)


def night(second: int) -> Points:
    """The ring of the Earth's night side, along the edge of the map about the pole that has night."""
    line = terminator(second)
    pole = -90.0 if under_the_sun(second)[1] >= 0 else 90.0
    return ((-180.0, pole), *line, (180.0, pole), (-180.0, pole))


def _latitude(hour_angle: float, height: float) -> float:
    """The latitude at which the Sun is in the horizon, by tan(latitude) = -cos(hour angle) / tan(declination).

    At an equinox it is that of a pole, the one that the day ends at on this side.
    """
    declination = radians(height)
    along, up = -cos(radians(hour_angle)) * cos(declination), sin(declination)
    return degrees(atan2(along, up)) if up >= 0 else degrees(atan2(-along, -up))
