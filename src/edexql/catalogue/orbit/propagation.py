"""Two-line element sets to knots, by SGP4, each knot from the set of the nearest epoch.

An element set is good to a kilometre or so at its epoch and loses much more with time, most of it along the
orbit. Measured half way between neighbouring sets of CASSIOPE, of 2014 to 2026, where both are equally old,
the two are apart by 0.5 km (median) at ages up to 1.5 days, 9 km to 3.5, 16 km to 7, 50 km to 15, 500 km to 30,
and 1100 km to 60 days. So the age of the set goes with every position, and beyond `MOST_AGE` there is none.
"""

from __future__ import annotations

import numpy as np

from edexql.base.extras import extra
from edexql.base.record import Record
from edexql.catalogue.geometry.frames import altitude, earth_fixed_of_teme
from edexql.catalogue.orbit.knots import NO_KNOTS, SPACING, STENCIL, Knots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    Seconds = NDArray[np.int64]

MOST_AGE = 60 * 86400
# Outside of these (km) an element set is junk: CASSIOPE has been between 290 and 1500 km.
LOWEST, HIGHEST = 150.0, 3000.0
# The air never drives a spacecraft on; a drag term (B*, per Earth radius) below this is no noise about zero. The
# set of 2013-09-30 has -0.0017, and an orbit smaller than that of a year later.
LEAST_DRAG = -0.001
# Sets closer than this stand for one epoch, so that each set covers a span long enough to interpolate in.
_NEAREST = 2 * STENCIL * SPACING
_LINE = 68  # columns, without the checksum
_EPOCH_1970 = 2440587.5  # as a Julian date


class Orbit(Record):
    """Knots from element sets, and the span that each set covers.

    In `[starts[i], ends[i])` the positions come from the set of epoch `epochs[i]`; these are int64 arrays of
    shape (m,), UTC seconds since 1970. `messages` says which sets were left out, and why.
    """

    knots: Knots
    starts: Seconds
    ends: Seconds
    epochs: Seconds
    messages: tuple[str, ...]


def propagate(
    pairs: Iterable[tuple[str, str]],
    start: int | None = None,
    end: int | None = None,
    *,
    satellite: int,
) -> Orbit:
    """The orbit of the element sets of the satellite of a catalogue number, from `start`, before `end`.

    None is as far as they reach. `pairs` are the two lines of each set, in any order; of sets within 12 minutes the
    later given counts. Raises MissingExtra where the package sgp4 is not installed.
    """
    api = extra("sgp4.api", "orbit")
    sets, messages = _read(api, pairs, satellite)
    while True:
        starts, ends = _stretches([epoch for epoch, _ in sets])
        faults = [_fault(body, begin, finish) for (_, body), begin, finish in zip(sets, starts, ends, strict=True)]
        if not any(faults):
            break
        messages += [f"{_named(epoch)}: {fault}" for (epoch, _), fault in zip(sets, faults, strict=True) if fault]
        # Its neighbours have to cover its span, and may fail in it.
        sets = [one for one, fault in zip(sets, faults, strict=True) if not fault]
    return _cut(sets, starts, ends, start, end, tuple(messages))


def _read(api: Any, pairs: Iterable[tuple[str, str]], satellite: int) -> tuple[list[tuple[int, Any]], list[str]]:
    """The element sets by epoch (UTC seconds), one each, and what is wrong with the others."""
    sets: list[tuple[int, Any]] = []
    messages = []
    for first, second in pairs:
        body = _body(api, first, second)
        if body is None:
            messages.append(f"element set {first.strip()[:32]!r} cannot be read")
            continue
        epoch = round((body.jdsatepoch - _EPOCH_1970 + body.jdsatepochF) * 86400)
        if body.satnum != satellite:
            messages.append(f"{_named(epoch)}: it is of satellite {body.satnum}, not {satellite}")
        elif body.error:
            messages.append(f"{_named(epoch)}: {api.SGP4_ERRORS.get(body.error, body.error)}")
        elif body.bstar < LEAST_DRAG:
            messages.append(f"{_named(epoch)}: its drag term {body.bstar:.4f} would speed it up")
        else:
            sets.append((epoch, body))
    sets.sort(key=lambda one: one[0])
    kept: list[tuple[int, Any]] = []
    for one in sets:
        if kept and one[0] - kept[-1][0] < _NEAREST:
            kept.pop()
        kept.append(one)
    return kept, messages


def _body(api: Any, first: str, second: str) -> Any:
    # The package reads anything as numbers of some kind.
    if not (first.startswith("1 ") and second.startswith("2 ") and min(len(first), len(second)) >= _LINE):
        return None
    try:
        return api.Satrec.twoline2rv(first, second)
    except (ValueError, IndexError):
        return None


def _stretches(epochs: Sequence[int]) -> tuple[list[int], list[int]]:
    """The first and the last knot that each of some sets gives; a knot between two sets belongs to both."""
    starts, ends = [], []
    for index, epoch in enumerate(epochs):
        before = (epochs[index - 1] + epoch) // 2 if index else epoch - MOST_AGE
        after = (epoch + epochs[index + 1]) // 2 if index + 1 < len(epochs) else epoch + MOST_AGE
        starts.append(-(-max(before, epoch - MOST_AGE) // SPACING) * SPACING)
        # Rounded up as the next one's start is, except where it ends alone.
        ends.append(-(-after // SPACING) * SPACING if after < epoch + MOST_AGE else _floor(epoch + MOST_AGE))
    return starts, ends


def _floor(time: int) -> int:
    return time // SPACING * SPACING


def _fault(body: Any, start: int, end: int) -> str | None:
    """What is wrong with the positions that a set gives in a stretch, seen every ten minutes and at its end."""
    times = np.append(np.arange(start, end, 10 * SPACING), end)
    errors, xyz = _positions(body, times)
    if np.any(errors):
        return f"SGP4 fails with code {errors[errors != 0][0]} at {_day(times[errors != 0][0])}"
    heights = altitude(xyz[:, 0], xyz[:, 1], xyz[:, 2])
    low, high = float(heights.min()), float(heights.max())
    if not (low >= LOWEST and high <= HIGHEST):
        return f"it gives altitudes of {low:.0f} to {high:.0f} km"
    return None


def _positions(body: Any, times: Seconds) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Error codes, and Earth-fixed positions in metres."""
    days = np.floor_divide(times, 86400)
    errors, teme, _ = body.sgp4_array(days + _EPOCH_1970, (times - days * 86400) / 86400.0)
    return errors, earth_fixed_of_teme(times, teme * 1000.0)


def _cut(
    sets: Sequence[tuple[int, Any]],
    starts: Sequence[int],
    ends: Sequence[int],
    start: int | None,
    end: int | None,
    messages: tuple[str, ...],
) -> Orbit:
    """The knots of sets in their stretches, as far as they are asked for."""
    first = starts[0] if start is None and starts else -(-(start or 0) // SPACING) * SPACING
    last = ends[-1] if end is None and ends else _floor((end or 0) - 1)
    parts: list[tuple[Seconds, NDArray[np.float64]]] = []
    spans: list[tuple[int, int, int]] = []
    for (epoch, body), begin, finish in zip(sets, starts, ends, strict=True):
        times = np.arange(max(begin, first), min(finish, last) + 1, SPACING)
        if len(times) < STENCIL:
            continue
        errors, xyz = _positions(body, times)
        if np.any(errors):
            messages += (f"{_named(epoch)}: SGP4 fails with code {errors[errors != 0][0]}",)
            continue
        if spans and spans[-1][1] > times[0]:
            spans[-1] = (spans[-1][0], int(times[0]), spans[-1][2])
        spans.append((int(times[0]), int(times[-1]) + 1, epoch))
        parts.append((times, xyz))
    if not parts:
        nothing = np.empty(0, np.int64)
        return Orbit(NO_KNOTS, nothing, nothing, nothing, messages)
    stretches = np.array(spans, dtype=np.int64)
    knots = Knots(
        np.concatenate([times for times, _ in parts]), np.asfortranarray(np.concatenate([xyz for _, xyz in parts]))
    )
    return Orbit(knots, stretches[:, 0], stretches[:, 1], stretches[:, 2], messages)


def _named(epoch: int) -> str:
    return f"element set of {_day(epoch)}"


def _day(time: int) -> str:
    return str(np.datetime64(int(time), "s")) + "Z"
