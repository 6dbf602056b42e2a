"""The fields that follow from a position, and how far each can go between two positions.

Values are in the units of the vocabulary: degrees, km, hours. `magnetic-latitude` and its kin are not here:
they are what the archive's own files say, whatever system that is (see `dipole`).

Between the ends a and b of a step, the curve of the knots strays from the straight line by at most
|acceleration| * step**2 / 8 (the remainder of linear interpolation). Its acceleration is a combination of the four
second differences of the six knots it goes through, with weights that add up to at most 17/12 between the
middle two, 2.1 beside them and 40/3 at the ends, so its bound is exact whatever the knots are, and so are these,
which follow from the triangle inequality:

- latitude changes by at most 1 / (M + h) radian a metre, where M is the meridian's radius of curvature, so that
  on a line of length s it stays within s / (2 (M + h)) of the mean of its ends, poles or no poles;
- longitude runs from one end of the line to the other the short way, and what strays from the line by d at a
  distance p from the axis strays by asin(d / p);
- height above a convex body is convex along a line: it is nowhere above both ends, and below them by at most
  s**2 / (8 (M + h)).

Every function takes and gives arrays of shape (n,); positions are Earth-fixed metres.
"""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.geometry import frames, quasi_dipole
from edexql.catalogue.geometry.dipole import in_dipole_axes, sun_longitude
from edexql.catalogue.geometry.frames import gei_of_earth_fixed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.orbit.knots import Knots

    Floats = NDArray[np.float64]
    Range = tuple[Floats, Floats]
    from collections.abc import Callable

    Seconds = NDArray[np.int64]
    Values = Callable[[Seconds, Floats, Floats, Floats], Floats]


# By how many knots the stretch begins after the first of the six; of the sums of the weights, the greatest.
_ACCELERATIONS = np.array([40 / 3, 2.1, 17 / 12, 2.1, 40 / 3])
# M - r is least at the equator, where M is 6335439 m (WGS 84).
_CURVATURE = 42_700.0
_EARTH_RATE = 7.2921151467e-5  # rad/s, WGS 84


class Steps(Record):
    """Steps along an orbit: positions and values at both ends, metres that the curve may stray from the line.

    `before` and `after` hold x, y and z; `times` are when the steps begin, `seconds` is how long each is.
    """

    before: tuple[Floats, Floats, Floats]
    after: tuple[Floats, Floats, Floats]
    values_before: Floats
    values_after: Floats
    stray: Floats
    times: NDArray[np.int64]
    seconds: int


def deviations(knots: Knots, index: NDArray[np.int64], base: NDArray[np.int64]) -> Floats:
    """How far (m) the curve after each of some knots may stray from the line to the next one.

    `base` is the first knot of the stencil of each. A step of s seconds strays by (s / 60)**2 of it.
    """
    if not len(index):
        return np.empty(0)
    first = int(base.min())
    part = knots.xyz[first : int(base.max()) + 6]
    second = np.sum([np.square(np.diff(part[:, axis], n=2)) for axis in range(3)], axis=0)
    greatest = np.maximum(np.maximum(second[:-3], second[1:-2]), np.maximum(second[2:-1], second[3:]))
    return np.asarray(np.sqrt(greatest[base - first]) * _ACCELERATIONS[index - base] / 8)


def latitude_range(steps: Steps) -> Range:
    """The lowest and the highest geodetic latitude of each step, degrees."""
    length, _, curvature = _lengths(steps)
    return _about_the_mean(steps, length, curvature)


def geocentric_range(steps: Steps, steepest: float = 1.0) -> Range:
    """The lowest and the highest latitude of each step about any axis through the middle of the Earth, degrees.

    Or of whatever else changes by at most `steepest` degrees a degree of geocentric angle.
    """
    length, least, _ = _lengths(steps)
    return _about_the_mean(steps, length, least / steepest)


def longitude_range(steps: Steps) -> Range:
    """The lowest and the highest longitude of each step in degrees, from about the one before on, beyond 180 too.

    The axis is z of the positions, which may be in any axes that stand still.
    """
    (x0, y0, _), (x1, y1, _) = steps.before, steps.after
    ahead = np.mod(steps.values_after - steps.values_before + 180.0, 360.0) - 180.0
    across = np.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
    least = (np.sqrt(x0 * x0 + y0 * y0) + np.sqrt(x1 * x1 + y1 * y1) - across) / 2
    known = least > steps.stray
    ratio = np.where(known, steps.stray / np.where(known, least, 1.0), 1.0)
    wide = np.where(known, np.degrees(np.arcsin(ratio)), np.inf)
    return steps.values_before + np.minimum(ahead, 0.0) - wide, steps.values_before + np.maximum(ahead, 0.0) + wide


def altitude_range(steps: Steps) -> Range:
    """The lowest and the highest altitude of each step, km."""
    length, _, curvature = _lengths(steps)
    dip = np.where(curvature > 0, length * length / (8 * np.maximum(curvature, 1.0)), np.inf)
    stray = steps.stray / 1000
    low = np.minimum(steps.values_before, steps.values_after) - dip / 1000 - stray
    return low, np.maximum(steps.values_before, steps.values_after) + stray


def inertial_range(steps: Steps) -> Range:
    """The lowest and the highest of an inertial coordinate of each step, km."""
    length, _, _ = _lengths(steps)
    turn = _EARTH_RATE * steps.seconds
    radius = np.maximum(_norm(steps.before), _norm(steps.after)) + steps.stray
    # Coriolis' and the centrifugal acceleration beside that in the turning frame; 10 m for the daily matrices.
    stray = steps.stray + turn * (length + 4 * steps.stray) / 4 + turn * turn * radius / 8 + 10.0
    low = np.minimum(steps.values_before, steps.values_after) - stray / 1000
    return low, np.maximum(steps.values_before, steps.values_after) + stray / 1000


def _about_the_mean(steps: Steps, length: Floats, radius: Floats) -> Range:
    mean = (steps.values_before + steps.values_after) / 2
    wide = np.where(radius > 0, np.degrees((length / 2 + steps.stray) / np.maximum(radius, 1.0)), np.inf)
    return mean - wide, mean + wide


def _lengths(steps: Steps) -> tuple[Floats, Floats, Floats]:
    """The length of each line, how near the curve comes to the middle of the Earth, and the least M + h on it."""
    length = _norm(tuple(after - before for before, after in zip(steps.before, steps.after, strict=True)))
    nearer = np.minimum(_norm(steps.before), _norm(steps.after))
    least = np.sqrt(np.maximum(nearer * nearer - length * length / 4, 0.0)) - steps.stray
    return length, least, least - _CURVATURE


def _norm(vectors: Sequence[Floats]) -> Floats:
    x, y, z = vectors
    return np.asarray(np.sqrt(x * x + y * y + z * z))


# The Sun moves in dipole longitude by 15 degrees an hour over the cosine of its dipole latitude, which is at most
# 35 degrees, and less than a tenth more for the dipole's own turning.
_SUN_DEGREES_A_SECOND = 0.0057
# The dipole's pole moves by a twentieth of a degree a year: 19 m a day at the height of CASSIOPE.
_DIPOLE_METRES_A_DAY = 50.0


class OrbitField(Record):
    """How a field follows from times and positions, and how to bound it between two positions."""

    values: Values
    between: Callable[[Steps], Range]


def values_of(name: str, times: Seconds, xyz: Floats) -> Floats:
    """A field's values at some positions, in its unit; NaN where the position is.

    `times` are UTC seconds since 1970, shape (n,), `xyz` Earth-fixed positions in metres, shape (n, 3). Raises
    KeyError for a name that is not among FIELDS.
    """
    x, y, z = (np.ascontiguousarray(xyz[:, axis]) for axis in range(3))
    return FIELDS[name].values(times, x, y, z)


def _latitude(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:  # noqa: ARG001
    return frames.latitude(x, y, z)


def _longitude(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:  # noqa: ARG001
    return frames.longitude(x, y)


def _altitude(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:  # noqa: ARG001
    return frames.altitude(x, y, z)


def _dipole_latitude(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:
    x, y, z = in_dipole_axes(times, x, y, z)
    return np.asarray(np.degrees(np.arctan2(z, np.sqrt(x * x + y * y))))


def _dipole_longitude(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:
    x, y, z = in_dipole_axes(times, x, y, z)
    return frames.longitude(x, y)


def _dipole_local_time(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:
    longitude = _dipole_longitude(times, x, y, z)
    return np.asarray(np.mod((longitude - sun_longitude(times)) / 15.0 + 12.0, 24.0))


def _in_the_dipole(steps: Steps) -> Steps:
    """The same steps along the dipole's axes, which are taken to stand still for the step."""
    before = in_dipole_axes(steps.times, *steps.before)
    after = in_dipole_axes(steps.times, *steps.after)
    stray = steps.stray + _DIPOLE_METRES_A_DAY
    return Steps(before, after, steps.values_before, steps.values_after, stray, steps.times, steps.seconds)


def _dipole_latitude_between(steps: Steps) -> Range:
    return geocentric_range(_in_the_dipole(steps))


def _dipole_longitude_between(steps: Steps) -> Range:
    return longitude_range(_in_the_dipole(steps))


def _dipole_local_time_between(steps: Steps) -> Range:
    turned = _in_the_dipole(steps)
    degrees = Steps(
        turned.before, turned.after, steps.values_before * 15.0, steps.values_after * 15.0,
        steps.stray, steps.times, steps.seconds,
    )  # fmt: skip
    low, high = longitude_range(degrees)
    wide = _SUN_DEGREES_A_SECOND * steps.seconds
    return (low - wide) / 15.0, (high + wide) / 15.0


def _quasi_dipole_latitude(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:
    latitude, longitude, altitude = frames.geodetic(x, y, z)
    # An orbit that leaves the heights of the grid has the values of its edge, rather than none.
    altitude = np.clip(altitude, quasi_dipole.LOWEST, quasi_dipole.HIGHEST)
    return quasi_dipole.directions(times.astype(np.float64), latitude, longitude, altitude)[0]


def _quasi_dipole_latitude_between(steps: Steps) -> Range:
    low, high = geocentric_range(steps, quasi_dipole.STEEPEST)
    return low - quasi_dipole.JUMP, high + quasi_dipole.JUMP


def _gei(axis: int) -> Values:
    def values(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:
        positions = np.stack((x, y, z)).T
        return np.asarray(gei_of_earth_fixed(times, positions)[:, axis] / 1000.0)

    return values


FIELDS: dict[str, OrbitField] = {
    "latitude": OrbitField(_latitude, latitude_range),
    "longitude": OrbitField(_longitude, longitude_range),
    "altitude": OrbitField(_altitude, altitude_range),
    "dipole-latitude": OrbitField(_dipole_latitude, _dipole_latitude_between),
    "dipole-longitude": OrbitField(_dipole_longitude, _dipole_longitude_between),
    "dipole-mlt": OrbitField(_dipole_local_time, _dipole_local_time_between),
    "qd-latitude": OrbitField(_quasi_dipole_latitude, _quasi_dipole_latitude_between),
    "gei-x": OrbitField(_gei(0), inertial_range),
    "gei-y": OrbitField(_gei(1), inertial_range),
    "gei-z": OrbitField(_gei(2), inertial_range),
}
