"""The ephemeris of a simulated mission: whole quanta at every second, a chunk of time after the other.

Positions follow from the formula of `orbit`, magnetic coordinates are those of the centred dipole (see
catalogue/geometry/dipole.py), the eclipse is that of a spherical Earth, penumbra and umbra. Geometry is computed every
32nd second. Directions, which have no seam and no pole, are interpolated between by the cubic through four nodes: at 32
seconds apart, a coordinate of an orbit of 100 minutes errs by 5e-8 of its size.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.geometry.dipole import in_dipole_axes, sun_longitude
from edexql.catalogue.geometry.frames import geodetic, sun_of_date
from edexql.catalogue.quanta import quanta, stored_circle
from edexql.catalogue.simulate import orbit as orbits
from edexql.catalogue.simulate.attitude import attitude
from edexql.catalogue.simulate.orbit import START, YEAR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

    Few = NDArray[np.float32]
    from collections.abc import Iterator

    from edexql.catalogue.simulate.orbit import Mission

    Floats = NDArray[np.float64]
    Quanta = NDArray[np.int16]
    Columns = dict[str, Quanta]


NODE = 32
# Nodes before the first second and after the last that are needed beside those at every 32nd.
BEFORE, AFTER = 1, 2


def _weights() -> Few:
    place = np.arange(NODE) / NODE
    nodes = (-1, 0, 1, 2)
    rows = [np.prod([(place - other) / (own - other) for other in nodes if other != own], axis=0) for own in nodes]
    return np.array(rows, dtype=np.float32)


_WEIGHTS = _weights()


def _interpolated(nodes: NDArray[np.float64]) -> Few:
    """Values at every second, shape (32 * n,), of values at nodes, shape (n + 3,), one before and two after."""
    small = nodes.astype(np.float32)
    count = len(small) - BEFORE - AFTER
    four = np.stack([small[step : step + count] for step in range(4)], axis=1)
    return np.asarray((four @ _WEIGHTS).ravel())


def _interpolated_angle(nodes: NDArray[np.float64], turn: float) -> Few:
    """The same straight from node to node, the short way round a circle of `turn`: for slow angles."""
    first = nodes[BEFORE:-AFTER]
    ahead = np.mod(nodes[BEFORE + 1 : -AFTER + 1] - first + turn / 2, turn) - turn / 2
    place = np.arange(NODE, dtype=np.float32) / NODE
    return np.asarray((first.astype(np.float32)[:, None] + ahead.astype(np.float32)[:, None] * place).ravel())


CHUNK = 2**22
MISSING = -(2**15)
SUNLIT, PENUMBRA, UMBRA = range(3)
_EARTH, _SUN = 6_371_000.0, 0.004652  # mean radius, m; the Sun's radius at one astronomical unit, rad
# Nodes worked out together: their seconds fit in a processor's cache.
_AT_ONCE = 2048


def ephemeris_chunks(years: float, seed: int, since: int = START) -> Iterator[tuple[int, Columns]]:
    """The chunks of a mission of some years from 2013-10-01: the second each begins at, and its columns.

    Those before a second `since` are left out.

    A column is an int16 array of 2**22 values, one a second, beginning at a multiple of 2**22 seconds since 1970;
    -32768 is no value, as before the start and after the end. Quanta are those of the vocabulary; attitude-accuracy
    and eclipse (0 sunlit, 1 penumbra, 2 umbra) are codes.
    """
    start, end = START, START + round(years * YEAR)
    mission = orbits.mission(seed)
    for first in range(since // CHUNK * CHUNK, end, CHUNK):
        columns: Columns = {**_geometry(mission, first), **attitude(seed, first, CHUNK)}
        for column in columns.values():
            column[: max(0, start - first)] = MISSING
            column[max(0, end - first) :] = MISSING
        yield first, columns


def _geometry(mission: Mission, first: int) -> Columns:
    out: Columns = {
        name: np.empty(CHUNK, np.int16)
        for name in ("latitude", "longitude", "altitude", "magnetic-latitude", "magnetic-longitude", "mlt", "eclipse")
    }
    for start in range(0, CHUNK // NODE, _AT_ONCE):
        count = min(_AT_ONCE, CHUNK // NODE - start)
        times = first + NODE * np.arange(start - BEFORE, start + count + AFTER, dtype=np.float64)
        for name, values in _seconds(mission, times).items():
            out[name][start * NODE : (start + count) * NODE] = values
    return out


def _seconds(mission: Mission, times: Floats) -> dict[str, Quanta]:
    """The columns between some nodes."""
    inertial = orbits.inertial(mission, times)
    fixed = orbits.earth_fixed(mission, times)
    x, y, z = (np.ascontiguousarray(fixed[:, axis]) for axis in range(3))
    latitude, longitude, altitude = geodetic(x, y, z)
    phi, lam = np.radians(latitude), np.radians(longitude)
    level = np.cos(phi)
    geographic = [_interpolated(part) for part in (level * np.cos(lam), level * np.sin(lam), np.sin(phi))]
    distance = np.sqrt(x * x + y * y + z * z)
    magnetic = [_interpolated(part / distance) for part in in_dipole_axes(times, x, y, z)]
    meridian = _longitude(magnetic)
    clock = (meridian - _interpolated_angle(sun_longitude(times), 360.0)) / np.float32(15) + np.float32(12)
    return {
        "latitude": _whole(_latitude(geographic), "latitude"),
        "longitude": _round(_longitude(geographic), "longitude"),
        "altitude": _whole(_interpolated(altitude), "altitude"),
        "magnetic-latitude": _whole(_latitude(magnetic), "magnetic-latitude"),
        "magnetic-longitude": _round(meridian, "magnetic-longitude"),
        "mlt": _round(clock, "mlt"),
        "eclipse": _eclipse(_interpolated(_clearance(inertial, distance, times))),
    }


def _clearance(inertial: Floats, distance: Floats, times: Floats) -> Floats:
    """How far the middle of the Sun is from the limb of the Earth, radians, less than 0 behind it."""
    sun = sun_of_date(times)
    towards = -np.sum(inertial * sun, axis=1) / distance
    return np.asarray(np.arccos(np.clip(towards, -1.0, 1.0)) - np.arcsin(_EARTH / distance))


def _eclipse(clearance: Few) -> Quanta:
    return (clearance < _SUN).astype(np.int16) + (clearance < -_SUN)


def _latitude(direction: list[Few]) -> Few:
    x, y, z = direction
    return np.asarray(np.degrees(np.arctan2(z, np.sqrt(x * x + y * y))))


def _longitude(direction: list[Few]) -> Few:
    return np.asarray(np.degrees(np.arctan2(direction[1], direction[0])))


def _whole(values: Few, field: str) -> Quanta:
    return np.asarray(np.rint(values * np.float32(quanta(field))).astype(np.int16))


def _round(values: Few, field: str) -> Quanta:
    """Whole quanta on the circle of a field; the values are at most a turn off."""
    whole = np.rint(values * np.float32(quanta(field))).astype(np.int32)
    circle = stored_circle(field)
    assert circle is not None
    whole += circle.turn * (whole < circle.first)
    whole -= circle.turn * (whole >= circle.first + circle.turn)
    return np.asarray(whole.astype(np.int16))
