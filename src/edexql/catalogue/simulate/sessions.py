"""When each instrument of a simulated mission ran, in which modes, and for which experiments.

Known, and kept: the instruments and their modes, lengths of sessions like those of real file names, the days
without any in 2021, the end of routine work on 2021-12-17, and few of SEI after spring 2016 (e-POP data handbook;
availability files). How often and where is invented: longer and more often at high magnetic latitudes.
"""

from __future__ import annotations

from datetime import datetime, timezone

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.geometry.dipole import in_dipole_axes
from edexql.catalogue.geometry.frames import earth_fixed as place_of
from edexql.catalogue.ingest.batches import Covered, Spans
from edexql.catalogue.simulate import orbit as orbits
from edexql.catalogue.simulate.attitude import WHEEL_LOST
from edexql.catalogue.simulate.orbit import SATELLITE, START

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from edexql.catalogue.simulate.orbit import Mission

    Seconds = NDArray[np.int64]
    Runs = Mapping[str, "Sessions"]


def _day(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=timezone.utc).timestamp())


SILENCE = (_day(2021, 2, 28), _day(2021, 3, 10))
SPARSE_SEI = _day(2016, 6, 1)
# Of what was run before, as much after the third wheel was lost.
LATER = 0.3
_DAY = 86400
# Sessions a day, and the usual length in seconds.
_HABITS: dict[str, tuple[float, float]] = {
    "cer": (0.7, 600),
    "fai": (3.0, 460),
    "gap": (3.5, 1200),
    "irm": (2.0, 900),
    "mgf": (4.0, 1100),
    "nms": (0.8, 900),
    "rri": (2.2, 230),
    "sei": (1.0, 900),
}
# Groups of modes: of one group a session has one, or several where more than one can be chosen.
_MODES: dict[str, tuple[tuple[tuple[str, ...], tuple[float, ...], bool], ...]] = {
    "fai": (
        (("nir", "visible"), (0.95, 0.6), True),
        (("high-resolution", "medium-resolution", "low-resolution"), (0.6, 0.3, 0.1), False),
    ),
    "mgf": ((("rate-160hz", "rate-1hz"), (0.8, 0.2), False),),
    "rri": (
        (("dipole", "monopole"), (0.75, 0.25), False),
        (("gain-low", "gain-medium", "gain-high"), (0.2, 0.3, 0.5), False),
        (("bandwidth-30khz", "bandwidth-5khz"), (0.85, 0.15), False),
    ),
}
# Latitude and longitude in degrees, the time of it, and how near in km. The fire was fought from 2016-05-01 to
# 2016-07-05; the others are invented.
_EXPERIMENTS = {
    "Point of Interest > Fort McMurray Fire": (56.73, -111.38, _day(2016, 5, 1), _day(2016, 7, 6), 2500.0),
    "Synthetic > Resolute Bay": (74.73, -94.9, 0, _day(2100, 1, 1), 800.0),
    "Synthetic > Svalbard": (78.15, 16.05, 0, _day(2100, 1, 1), 600.0),
}


class Sessions(Record):
    """The sessions of an instrument, apart from each other and in order, and in which of them each mode was on.

    `starts` and `ends` are int64 arrays of shape (n,), `[start, end)`; `modes` maps modes to bool arrays of (n,).
    """

    starts: Seconds
    ends: Seconds
    modes: Mapping[str, NDArray[np.bool_]]


def sessions(mission: Mission, end: int, seed: int) -> Runs:
    """The sessions of every instrument from 2013-10-01, before `end`."""
    runs = {}
    for number, (instrument, (rate, usual)) in enumerate(_HABITS.items()):
        chance = np.random.default_rng([seed, 2, number])
        starts, ends = _spans(chance, mission, end, instrument, rate, usual)
        runs[instrument] = Sessions(starts, ends, _modes(chance, instrument, len(starts)))
    return runs


def batches(runs: Runs, mission: Mission, end: int) -> Iterator[Spans | Covered]:
    """The sessions, modes and experiments as facts, and that nothing was left out of them."""
    for instrument, sessions in runs.items():
        yield Spans(instrument, "has-data", sessions.starts, sessions.ends, SATELLITE)
        for mode, on in sessions.modes.items():
            yield Spans(instrument, mode, sessions.starts[on], sessions.ends[on], SATELLITE)
        yield Covered(instrument, None, START, end, SATELLITE)
    starts = np.concatenate([sessions.starts for sessions in runs.values()])
    ends = np.concatenate([sessions.ends for sessions in runs.values()])
    for tag, (latitude, longitude, first, last, near) in _EXPERIMENTS.items():
        within = (starts >= first) & (starts < last)
        within[within] = _near(mission, (starts[within] + ends[within]) / 2, latitude, longitude, near)
        order = np.lexsort((ends[within], starts[within]))
        yield Spans("experiment", tag, starts[within][order], ends[within][order])
        yield Covered("experiment", tag, START, end)


def _spans(
    chance: np.random.Generator, mission: Mission, end: int, instrument: str, rate: float, usual: float
) -> tuple[Seconds, Seconds]:
    days = np.arange(START, end, _DAY)
    rates = rate * np.where(days < WHEEL_LOST, 1.0, LATER)
    if instrument == "sei":
        rates = np.where(days < SPARSE_SEI, rates, rates * 0.05)
    counts = chance.poisson(rates)
    # Of three times in the day, that which suits best.
    choice = np.repeat(days, counts)[:, None] + chance.integers(0, _DAY, (int(counts.sum()), 3))
    high = _magnetic(mission, choice.ravel().astype(np.float64)).reshape(choice.shape) > 55
    best = np.argmax(high + chance.uniform(0, 0.9, choice.shape), axis=1)[:, None]
    starts = np.take_along_axis(choice, best, axis=1)[:, 0]
    polar = np.take_along_axis(high, best, axis=1)[:, 0]
    lengths = usual * np.exp(chance.normal(0, 0.35, len(starts))) * np.where(polar, 1.2, 0.8)
    ends = starts + np.clip(lengths, 120, 1800).astype(np.int64)
    order = np.argsort(starts, kind="stable")
    return _apart(starts[order], ends[order], end)


def _apart(starts: Seconds, ends: Seconds, end: int) -> tuple[Seconds, Seconds]:
    """Those that do not run into one another, into the silence or beyond the end."""
    allowed = ((ends <= SILENCE[0]) | (starts >= SILENCE[1])) & (ends <= end)
    kept = []
    free = 0
    for index in np.flatnonzero(allowed).tolist():
        if starts[index] >= free:
            kept.append(index)
            free = int(ends[index]) + 60
    return starts[kept], ends[kept]


def _modes(chance: np.random.Generator, instrument: str, count: int) -> Mapping[str, NDArray[np.bool_]]:
    modes: dict[str, NDArray[np.bool_]] = {}
    for words, shares, together in _MODES.get(instrument, ()):
        if together:
            on = chance.uniform(size=(count, len(words))) < shares
            on[~on.any(axis=1), 0] = True
        else:
            on = chance.choice(len(words), count, p=shares)[:, None] == np.arange(len(words))
        modes.update(zip(words, on.T, strict=True))
    return modes


def _magnetic(mission: Mission, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far from the magnetic equator the spacecraft is, degrees."""
    fixed = orbits.earth_fixed(mission, times)
    x, y, z = in_dipole_axes(times, *(np.ascontiguousarray(fixed[:, axis]) for axis in range(3)))
    return np.asarray(np.abs(np.degrees(np.arctan2(z, np.sqrt(x * x + y * y)))))


def _near(
    mission: Mission, times: NDArray[np.float64], latitude: float, longitude: float, most: float
) -> NDArray[np.bool_]:
    """Whether the ground below is within some km of a place."""
    fixed = orbits.earth_fixed(mission, times)
    place = place_of(latitude, longitude, 0.0)
    cosine = fixed @ place / (np.linalg.norm(fixed, axis=1) * np.linalg.norm(place))
    return np.asarray(np.arccos(np.clip(cosine, -1, 1)) * 6371.0 <= most)
