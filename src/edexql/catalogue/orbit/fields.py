"""The fields that follow from a position, each by the name of the system it belongs to.

Values are in the units of the vocabulary: degrees, km, hours. `magnetic-latitude` and its kin are not here:
they are what the archive's own files say, whatever system that is (see `dipole`).
"""

from __future__ import annotations

import numpy as np

from edexql.base.record import record
from edexql.catalogue.orbit import bounds, frames, quasi_dipole
from edexql.catalogue.orbit.bounds import Steps
from edexql.catalogue.orbit.dipole import in_dipole_axes, sun_longitude
from edexql.catalogue.orbit.inertial import gei_of_earth_fixed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Seconds = NDArray[np.int64]
    Values = Callable[[Seconds, Floats, Floats, Floats], Floats]
    Range = tuple[Floats, Floats]

# The Sun moves in dipole longitude by 15 degrees an hour over the cosine of its dipole latitude, which is at most
# 35 degrees, and less than a tenth more for the dipole's own turning.
_SUN_DEGREES_A_SECOND = 0.0057
# The dipole's pole moves by a twentieth of a degree a year: 19 m a day at the height of CASSIOPE.
_DIPOLE_METRES_A_DAY = 50.0


@record(frozen=True, slots=True)
class OrbitField:
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
    return bounds.geocentric_range(_in_the_dipole(steps))


def _dipole_longitude_between(steps: Steps) -> Range:
    return bounds.longitude_range(_in_the_dipole(steps))


def _dipole_local_time_between(steps: Steps) -> Range:
    turned = _in_the_dipole(steps)
    degrees = Steps(
        turned.before, turned.after, steps.values_before * 15.0, steps.values_after * 15.0,
        steps.stray, steps.times, steps.seconds,
    )  # fmt: skip
    low, high = bounds.longitude_range(degrees)
    wide = _SUN_DEGREES_A_SECOND * steps.seconds
    return (low - wide) / 15.0, (high + wide) / 15.0


def _quasi_dipole_latitude(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:
    latitude, longitude, altitude = frames.geodetic(x, y, z)
    # An orbit that leaves the heights of the grid has the values of its edge, rather than none.
    altitude = np.clip(altitude, quasi_dipole.LOWEST, quasi_dipole.HIGHEST)
    return quasi_dipole.directions(times.astype(np.float64), latitude, longitude, altitude)[0]


def _quasi_dipole_latitude_between(steps: Steps) -> Range:
    low, high = bounds.geocentric_range(steps, quasi_dipole.STEEPEST)
    return low - quasi_dipole.JUMP, high + quasi_dipole.JUMP


def _gei(axis: int) -> Values:
    def values(times: Seconds, x: Floats, y: Floats, z: Floats) -> Floats:
        positions = np.stack((x, y, z)).T
        return np.asarray(gei_of_earth_fixed(times, positions)[:, axis] / 1000.0)

    return values


FIELDS: dict[str, OrbitField] = {
    "latitude": OrbitField(_latitude, bounds.latitude_range),
    "longitude": OrbitField(_longitude, bounds.longitude_range),
    "altitude": OrbitField(_altitude, bounds.altitude_range),
    "dipole-latitude": OrbitField(_dipole_latitude, _dipole_latitude_between),
    "dipole-longitude": OrbitField(_dipole_longitude, _dipole_longitude_between),
    "dipole-mlt": OrbitField(_dipole_local_time, _dipole_local_time_between),
    "qd-latitude": OrbitField(_quasi_dipole_latitude, _quasi_dipole_latitude_between),
    "gei-x": OrbitField(_gei(0), bounds.inertial_range),
    "gei-y": OrbitField(_gei(1), bounds.inertial_range),
    "gei-z": OrbitField(_gei(2), bounds.inertial_range),
}
