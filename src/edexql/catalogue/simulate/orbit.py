"""The orbit of CASSIOPE as it shrank, from a formula: Kepler's ellipse, turned by the Earth's flattening.

The shape is the spacecraft's: heights of perigee and apogee are those published for the launch, and those of
its public element sets from 2014 on; in between, mean motion and eccentricity run straight. The phases are
drawn by the seed, so that no position is the spacecraft's.
"""

from __future__ import annotations

from datetime import datetime, timezone

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.geometry.frames import earth_fixed_of_teme

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# 2013-10-01, the month in which science data begin.
START = int(datetime(2013, 10, 1, tzinfo=timezone.utc).timestamp())
# The name of the satellite in the vocabulary of the package.
SATELLITE = "cassiope"
YEAR = 365.25 * 86400
INCLINATION = np.radians(80.97)  # published
# Year, perigee and apogee in km: published for the launch, then of the element sets nearest to these years.
_SHRINKING = np.array(
    [
        (2013.75, 325, 1500),
        (2014.82, 324, 1421),
        (2015.32, 323, 1378),
        (2016.75, 322, 1325),
        (2018.70, 320, 1290),
        (2020.99, 319, 1258),
        (2022.55, 319, 1204),
        (2023.20, 317, 1149),
        (2024.01, 312, 1069),
        (2024.79, 309, 962),
        (2025.59, 300, 829),
        (2026.55, 290, 677),
    ]
)
# WGS 84 and EGM96: metres, m3/s2, and the flattening term of the field.
_RADIUS, _GRAVITY, _FLATTENING = 6_378_137.0, 3.986004418e14, 1.08262668e-3


class Mission(Record):
    """An orbit: values and rates at `times` (seconds since 1970), each of shape (n,), which run straight between.

    `angles` has shape (3, n), radians: mean anomaly, argument of perigee and right ascension of the node;
    `rates` is what they change by in a second.
    """

    times: Floats
    eccentricity: Floats
    rates: Floats
    angles: Floats


def mission(seed: int) -> Mission:
    """The orbit of a seed, from 2013-10-01 on."""
    times = START + (_SHRINKING[:, 0] - 2013.75) * YEAR
    perigee, apogee = _RADIUS + _SHRINKING[:, 1] * 1000, _RADIUS + _SHRINKING[:, 2] * 1000
    axis, eccentricity = (perigee + apogee) / 2, (apogee - perigee) / (apogee + perigee)
    motion = np.sqrt(_GRAVITY / axis**3)
    # The secular rates of the flattening: Kaula, Theory of Satellite Geodesy (1966), section 3.7.
    pull = 1.5 * _FLATTENING * (_RADIUS / (axis * (1 - eccentricity**2))) ** 2 * motion
    node = -pull * np.cos(INCLINATION)
    turn = pull * (2 - 2.5 * np.sin(INCLINATION) ** 2)
    rates = np.stack((motion, turn, node))
    gone = np.diff(times) * (rates[:, :-1] + rates[:, 1:]) / 2
    phases = np.random.default_rng([seed, 0]).uniform(0, 2 * np.pi, 3)
    angles = phases[:, None] + np.concatenate((np.zeros((3, 1)), np.cumsum(gone, axis=1)), axis=1)
    return Mission(times, eccentricity, rates, angles)


def inertial(orbit: Mission, times: Floats) -> Floats:
    """Positions in equatorial axes of date: metres, shape (n, 3), for seconds since 1970."""
    anomaly, perigee, node = _angles(orbit, times)
    eccentricity = np.interp(times, orbit.times, orbit.eccentricity)
    axis = (_GRAVITY / np.interp(times, orbit.times, orbit.rates[0]) ** 2) ** (1 / 3)
    anomaly = np.mod(anomaly, 2 * np.pi)
    eccentric = anomaly + eccentricity * np.sin(anomaly)
    for _ in range(3):  # e is under 0.09: the third step changes nothing any more
        fault = eccentric - eccentricity * np.sin(eccentric) - anomaly
        eccentric -= fault / (1 - eccentricity * np.cos(eccentric))
    along = axis * (np.cos(eccentric) - eccentricity)
    across = axis * np.sqrt(1 - eccentricity**2) * np.sin(eccentric)
    ahead = along * np.cos(perigee) - across * np.sin(perigee)
    aside = along * np.sin(perigee) + across * np.cos(perigee)
    level = aside * np.cos(INCLINATION)
    place = (
        ahead * np.cos(node) - level * np.sin(node),
        ahead * np.sin(node) + level * np.cos(node),
        aside * np.sin(INCLINATION),
    )
    return np.asarray(np.stack(place).T)


def earth_fixed(orbit: Mission, times: Floats) -> Floats:
    """Earth-fixed positions: metres, shape (n, 3)."""
    return earth_fixed_of_teme(times, inertial(orbit, times))


def _angles(orbit: Mission, times: Floats) -> Floats:
    index = np.clip(np.searchsorted(orbit.times, times, side="right") - 1, 0, len(orbit.times) - 2)
    since = times - orbit.times[index]
    length = orbit.times[index + 1] - orbit.times[index]
    change = (orbit.rates[:, index + 1] - orbit.rates[:, index]) / length
    return np.asarray(orbit.angles[:, index] + since * (orbit.rates[:, index] + since * change / 2))
