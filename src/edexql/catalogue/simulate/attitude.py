"""The attitude of a simulated mission: the nadir for most of the time, slews, dropouts, and worse after 2021.

That the accuracy has codes 0 to 4 and 9, and that the third reaction wheel was lost on 2021-12-17, is published;
how often, how long and how far is invented.
"""

from __future__ import annotations

from datetime import datetime, timezone

import numpy as np

from edexql.catalogue.quanta import quanta, stored_circle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

    Quanta = NDArray[np.int16]
    Few = NDArray[np.float32]

MISSING = -(2**15)
WHEEL_LOST = int(datetime(2021, 12, 17, tzinfo=timezone.utc).timestamp())
DROPOUT, NO_DATA = 0, 9
_DAY = 86400
_AXES = ("yaw", "pitch", "roll")
# Where slews go: degrees of yaw, pitch and roll.
_TARGETS = np.array([(90, 0, 0), (-90, 0, 0), (180, 0, 0), (0, 90, 0), (0, -90, 0), (0, 45, 0), (0, 0, 30)])
_RAMP = 180  # seconds to turn


def attitude(seed: int, first: int, length: int) -> dict[str, Quanta]:
    """Yaw, pitch and roll in quanta and their accuracy, int16 at every second of `[first, first + length)`.

    -32768 is no value: the angles where the accuracy is 0 or 9. A stretch has its own chance, by its first second.
    """
    chance = np.random.default_rng([seed, 1, first])
    accuracy = _accuracy(chance, first, length)
    gone = (accuracy == DROPOUT) | (accuracy == NO_DATA)
    slews = _slews(chance, length)
    out = {}
    for axis, name in enumerate(_AXES):
        angle = _wander(chance, first, length)
        for begin, hold, target in slews:
            turn = _TARGETS[target][axis]
            if turn:
                _slew(angle, begin, hold, float(turn))
        whole = np.rint(angle * np.float32(quanta(name))).astype(np.int32)
        circle = stored_circle(name)
        assert circle is not None
        whole = circle.turned(whole)
        whole[gone] = MISSING
        out[name] = whole.astype(np.int16)
    out["attitude-accuracy"] = accuracy
    return out


def _accuracy(chance: np.random.Generator, first: int, length: int) -> Quanta:
    """Codes in stretches of an hour or so, dropouts of a minute, and now and then hours without data."""
    count = 3 * length // 3600 + 8
    lengths = np.maximum(chance.exponential(3600.0, count), 60).astype(np.int64)
    times = first + np.cumsum(lengths) - lengths
    good = chance.choice(np.array([1, 2, 3, 4], np.int16), count, p=(0.03, 0.07, 0.25, 0.65))
    poor = chance.choice(np.array([1, 2, 3, 4], np.int16), count, p=(0.35, 0.4, 0.2, 0.05))
    codes = np.repeat(np.where(times < WHEEL_LOST, good, poor), lengths)[:length]
    for code, rate, usual in ((DROPOUT, 6.0, 60.0), (NO_DATA, 0.1, 7200.0)):
        number = chance.poisson(rate * length / _DAY)
        begins = chance.integers(0, length, number)
        for begin, duration in zip(begins.tolist(), chance.exponential(usual, number).tolist(), strict=True):
            codes[begin : begin + 1 + int(duration)] = code
    return codes


def _wander(chance: np.random.Generator, first: int, length: int) -> Few:
    """A slow swing with the orbit and noise: tenths of a degree, and tens of degrees without the wheel."""
    nodes = np.arange(0, length + 600, 600)
    size = np.where(first + nodes < WHEEL_LOST, 0.25, 25.0)
    phase, period = chance.uniform(0, 2 * np.pi, 2), chance.uniform(5800, 6200)
    slow = size * (np.sin(2 * np.pi * nodes / period + phase[0]) + 0.5 * np.sin(2 * np.pi * nodes / 39000 + phase[1]))
    angle = np.interp(np.arange(length), nodes, slow).astype(np.float32)
    angle += chance.standard_normal(length, dtype=np.float32) * np.float32(0.03)
    return np.asarray(angle)


def _slews(chance: np.random.Generator, length: int) -> list[tuple[int, int, int]]:
    """Where slews begin, how long they stay, and to which target: about five a day, apart from each other."""
    number = chance.poisson(5.0 * length / _DAY)
    begins = np.sort(chance.integers(0, length, number))
    holds, targets = chance.integers(240, 1500, number), chance.integers(0, len(_TARGETS), number)
    slews: list[tuple[int, int, int]] = []
    free = 0
    for begin, hold, target in zip(begins.tolist(), holds.tolist(), targets.tolist(), strict=True):
        if begin >= free and begin + 2 * _RAMP + hold < length:
            slews.append((begin, hold, target))
            free = begin + 2 * _RAMP + hold
    return slews


def _slew(angle: Few, begin: int, hold: int, turn: float) -> None:
    """Turn away, stay, and turn back, softly at both ends."""
    there = (turn * (0.5 - 0.5 * np.cos(np.pi * np.arange(_RAMP) / _RAMP))).astype(np.float32)
    angle[begin : begin + _RAMP] += there
    angle[begin + _RAMP : begin + _RAMP + hold] += np.float32(turn)
    angle[begin + _RAMP + hold : begin + 2 * _RAMP + hold] += there[::-1]
