"""Simulated geophysical indices: solar wind with storms, and what it drives, the one following from the other.

The solar wind and its field are noise that forgets in hours, with storms more often in years of many sunspots.
Dst follows by the balance of Burton et al., J. Geophys. Res. 80, 4204 (1975); Kp by the coupling function of
Newell et al., J. Geophys. Res. 112, A01206 (2007), and 113, A04218 (2008); ap by its table (Bartels; GFZ
Potsdam). F10.7 has the height of cycles 24 and 25 (maxima April 2014 and October 2024, minimum December 2019) and
the Sun's 27 days.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Samples
from edexql.catalogue.simulate.orbit import START, YEAR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_HOUR, _DAY = 3600, 86400
# ap for each third of Kp from 0o to 9o.
AP = np.array(
    [0, 2, 3, 4, 5, 6, 7, 9, 12, 15, 18, 22, 27, 32, 39, 48, 56, 67, 80, 94, 111, 132, 154, 179, 207, 236, 300, 400.0]
)
_FORGETTING = 60  # days of weather before the start that leave no trace of how it was begun


def batches(end: int, seed: int) -> Iterator[Samples]:
    """Kp and ap every three hours, F10.7 every day, Dst, the field and the wind every hour, from 2013-10-01."""
    chance = np.random.default_rng([seed, 4])
    days = np.arange(START, end, _DAY)
    activity = _activity(days)
    yield Samples("f107", days, _DAY, {"f107": _flux(chance, days, activity)})
    before = _FORGETTING * 24
    hours = START + _HOUR * np.arange(-before, -(-(end - START) // _HOUR))
    by, bz, speed = _wind(chance, hours)
    dst = _dst(bz, speed)
    kept = slice(before, None)
    columns = {
        "dst": np.rint(dst),
        "imf-by": np.round(by, 1),
        "imf-bz": np.round(bz, 1),
        "solar-wind-speed": np.rint(speed),
    }
    yield Samples("omni", hours[kept], _HOUR, {name: values[kept] for name, values in columns.items()})
    thirds = _kp_thirds(chance, by[kept], bz[kept], speed[kept])
    times = START + 3 * _HOUR * np.arange(len(thirds))
    yield Samples("kp", times, 3 * _HOUR, {"kp": thirds / 3.0, "ap": AP[thirds]})


def _activity(times: NDArray[np.int64]) -> Floats:
    """Where in the cycle of sunspots it is: 0 to 1."""
    year = 2013.75 + (times - START) / YEAR
    cycles = ((2014.3, 3.0, 0.6), (2024.8, 2.6, 1.0), (2035.5, 3.0, 0.8))
    return np.asarray(sum(height * np.exp(-(((year - top) / width) ** 2)) for top, width, height in cycles))


def _flux(chance: np.random.Generator, days: NDArray[np.int64], activity: Floats) -> Floats:
    turn = 1 + 0.5 * _remembering(chance, len(days), 60.0) * np.sin(2 * np.pi * np.arange(len(days)) / 27.0)
    flux = 67 + 110 * activity * np.clip(turn, 0.3, 2.0) + 6 * np.sqrt(activity) * _remembering(chance, len(days), 6.0)
    return np.asarray(np.round(np.maximum(flux, 64.0), 1))


def _wind(chance: np.random.Generator, hours: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    count = len(hours)
    activity = _activity(hours)
    by, bz = 3.5 * _remembering(chance, count, 8.0), 2.4 * _remembering(chance, count, 3.0)
    speed = 410 + 55 * _remembering(chance, count, 40.0) + 45 * np.sin(2 * np.pi * np.arange(count) / (27 * 24)) ** 3
    for begin in np.flatnonzero(chance.uniform(size=count) < (0.04 + 0.1 * activity) / 24):
        strength, length = min(chance.gamma(2.0, 3.2), 24.0), int(chance.uniform(10, 30))
        after = np.arange(min(length, count - begin))
        turn = chance.uniform(0, 2 * np.pi) + np.pi * after / length
        cloud = slice(begin, begin + len(after))
        by[cloud] += 0.7 * strength * np.cos(turn)
        bz[cloud] += strength * np.sin(turn)
        fading = np.arange(min(4 * length, count - begin))
        speed[begin : begin + len(fading)] += 12 * strength * np.exp(-fading / (1.5 * length))
    return by, bz, np.maximum(speed, 250.0)


def _dst(bz: Floats, speed: Floats) -> Floats:
    """Burton's balance in steps of an hour: injection beyond 0.5 mV/m, decay in 7.7 hours, quiet currents."""
    field = np.maximum(-bz, 0) * speed * 1e-3  # mV/m
    injected = np.where(field > 0.5, -5.4 * (field - 0.5), 0.0).tolist()  # -0.0015 nT/s per mV/m, over an hour
    currents, ring = [], 0.0
    for step in injected:
        ring += step - ring / 7.7
        currents.append(ring)
    pressure = 16 * np.sqrt(5 * 1.67e-6 * speed**2)  # five protons in a cubic cm, nPa; 15.8 nT per root nPa
    return np.asarray(np.array(currents) + pressure - 27)


def _kp_thirds(chance: np.random.Generator, by: Floats, bz: Floats, speed: Floats) -> NDArray[np.int64]:
    across = np.hypot(by, bz)
    angle = np.abs(np.arctan2(by, bz))
    coupling = speed ** (4 / 3) * across ** (2 / 3) * np.sin(angle / 2) ** (8 / 3)
    whole = len(coupling) // 3 * 3
    mean = coupling[:whole].reshape(-1, 3).mean(axis=1)
    # Newell's fit of Kp, with five protons in a cubic cm.
    kp = 0.05 + 2.244e-4 * mean + 2.844e-6 * np.sqrt(5.0) * speed[:whole:3] ** 2
    kp += 0.6 * _remembering(chance, len(mean), 3.0)
    return np.asarray(np.clip(np.rint(3 * kp), 0, 27).astype(np.int64))


def _remembering(chance: np.random.Generator, count: int, hours: float) -> Floats:
    """Noise of size 1 that forgets in some steps (an autoregression of the first order)."""
    keep = float(np.exp(-1 / hours))
    news = (chance.standard_normal(count) * np.sqrt(1 - keep * keep)).tolist()
    values, value = [], 0.0
    for new in news:
        value = keep * value + new
        values.append(value)
    return np.array(values)
