"""SP3 orbits, versions a to d: Earth-fixed positions of satellites at epochs.

The form is the one that the International GNSS Service publishes, https://files.igs.org/pub/data/format/sp3d.pdf: a
header, whose first `%c` line names the time system; then per epoch a line `*` with its time, `P` lines with a
satellite and its position in km, `V` lines with a velocity (not taken); `EOF`. A position of zeros is a bad or absent
one. The satellites of the vocabulary are taken; a file without any of them is refused. CAS orbit files have GPS time,
which is what is taken where the header is silent. The frame is taken to be Earth-fixed (ITRF), as the format has it.
"""

from __future__ import annotations

import re

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault, Note, Positions
from edexql.catalogue.ingest.series import BEFORE_ALL, in_order
from edexql.catalogue.ingest.source import MOST_ROWS, lines, reader, shown
from edexql.catalogue.ingest.times import (
    FIRST_LEAP_SECOND,
    LEAP_SECONDS_EXPIRE,
    TAI_AHEAD_OF_GPS,
    of_calendar,
    utc_of_gps,
)
from edexql.catalogue.orbit.interpolation import MOST_APART, MOST_COARSE, resample, spacing_of
from edexql.catalogue.orbit.knots import usable_runs
from edexql.model.spacecraft import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source
    from edexql.model.vocabulary import Vocabulary

    Floats = NDArray[np.float64]

_SYSTEMS = {"GPS", "GAL", "QZS", "ccc", "UTC", "TAI"}
_EPOCH = re.compile(r"\*\s+(\d{4})\s+(\d\d?)\s+(\d\d?)\s+(\d\d?)\s+(\d\d?)\s+(\d\d?\.?\d*)\s*", re.ASCII)
# Kilometres from the centre of the Earth between which positions are believed.
_NEAREST, _FARTHEST = 6000.0, 1e6
# A letter for the system, which SP3-a leaves out, and a number.
_IDENTITY = re.compile(r"[A-Z]? ?\d{1,2}", re.ASCII)
_MOST_NAMES, _MOST_OTHERS = 5, 1000
_OTHERS = ("V", "E", "#", "+", "%", "/")


class _Position(Record):
    """A position as it stands in the file: its satellite and line, date and clock of its epoch, coordinates in km."""

    satellite: str
    line: int
    day: float
    clock: float
    second: float
    xyz: tuple[float, float, float]


@reader
def read(source: Source) -> Iterator[Batch]:
    """Positions of satellites of the vocabulary, up to 100,000 of one a batch."""
    system: list[str] = []
    others: dict[str, None] = {}
    waiting: dict[str, list[_Position]] = {}
    latest: dict[str, float] = {}
    ended = False
    for position in _positions(source, system, others):
        if position is None:
            ended = True
            continue
        if isinstance(position, Fault):
            yield position
            continue
        satellite = position.satellite
        waiting.setdefault(satellite, []).append(position)
        if len(waiting[satellite]) == MOST_ROWS:
            before = latest.get(satellite, float(BEFORE_ALL))
            latest[satellite] = yield from _batch(waiting.pop(satellite), system, before)
    for satellite, rest in waiting.items():
        before = latest.get(satellite, float(BEFORE_ALL))
        latest[satellite] = yield from _batch(rest, system, before, alone=satellite not in latest)
    if others:
        names = ", ".join(list(others)[:_MOST_NAMES]) + (
            f" and {more} more" if (more := len(others) - _MOST_NAMES) > 0 else ""
        )
        one = "satellite" if len(others) == 1 else "satellites"
        yield (
            Note(f"{one} {names} skipped")
            if latest
            else Fault(0, f"its positions are of {one} {names}; {_known(source.vocabulary)}; nothing is ingested")
        )
    if not ended and not source.damage:
        yield Fault(0, "the line EOF is missing; the file seems to be cut off")
    if max(latest.values(), default=BEFORE_ALL) >= LEAP_SECONDS_EXPIRE:
        yield Fault(0, "leap seconds are not known for its latest times; none are assumed after 2027-06-28")


def _positions(source: Source, system: list[str], others: dict[str, None]) -> Iterator[_Position | Fault | None]:
    """The positions of satellites of the vocabulary, and None for the end that the format asks for.

    The identifiers of other satellites are added to `others`.
    """
    satellites = {one.sp3: one.name for one in source.vocabulary.satellites.values() if one.sp3}
    epoch: tuple[float, float, float] | None = None
    # Those that have a position of this epoch. Another one belongs to an epoch that was not understood.
    seen: set[str] = set()
    for number, line in lines(source):
        kind = line[:1]
        if kind == "P":
            identity = line[1:4].strip()
            if identity in satellites:
                yield from _position(satellites[identity], number, None if identity in seen else epoch, line)
                seen.add(identity)
            elif not _IDENTITY.fullmatch(identity):
                yield Fault(number, f"not a satellite: {shown(line)}")
            elif len(others) < _MOST_OTHERS:
                others.setdefault(identity)
        elif kind == "*":
            epoch = _epoch(line)
            seen.clear()
            if epoch is None:
                yield Fault(number, f"not a date and time: {shown(line)}")
        elif kind == "%" and not _understood(line, system):
            yield Fault(number, f"time system {shown(system[0])} cannot be converted to UTC")
            yield None
            return
        elif line.startswith("EOF"):
            yield None
            return
        elif kind not in _OTHERS and line.strip():
            epoch = None
            yield Fault(number, f"not a line of SP3: {shown(line)}")


def _understood(line: str, system: list[str]) -> bool:
    """Whether times can be converted; the time system is that of the first line that gives one."""
    if line.startswith("%c") and not system:
        system.append(line[9:12].strip() or "GPS")
    return not system or system[0] in _SYSTEMS


def _known(vocabulary: Vocabulary) -> str:
    """By what satellites are known in SP3 files."""
    known = listed({one.title: one.sp3 for one in vocabulary.satellites.values()}, "{} is {}")
    return known or "the vocabulary names no satellite as SP3 does"


def _position(
    satellite: str, number: int, epoch: tuple[float, float, float] | None, line: str
) -> Iterator[_Position | Fault]:
    xyz = _coordinates(line)
    if xyz is None:
        yield Fault(number, f"not a position of a spacecraft: {shown(line)}")
    elif epoch is None:
        yield Fault(number, "a position without an epoch")
    elif any(xyz):
        yield _Position(satellite, number, *epoch, xyz)


def _epoch(line: str) -> tuple[float, float, float] | None:
    match = _EPOCH.fullmatch(line)
    if match is None:
        return None
    year, month, day, hour, minute = map(int, match.groups()[:5])
    return year * 10000 + month * 100 + day, hour * 10000 + minute * 100, float(match[6])


def _coordinates(line: str) -> tuple[float, float, float] | None:
    try:
        x, y, z = float(line[4:18]), float(line[18:32]), float(line[32:46])
    except ValueError:
        return None
    square = x * x + y * y + z * z
    return (x, y, z) if square == 0 or _NEAREST**2 < square < _FARTHEST**2 else None


def _batch(
    waiting: list[_Position], system: list[str], before: float, *, alone: bool = False
) -> Generator[Batch, None, float]:
    """Positions of a satellite, and its latest time so far, which is returned; `alone` are all that the file has."""
    numbers = np.array([position.line for position in waiting], np.int64)
    seconds = np.array([position.second for position in waiting])
    whole, good = of_calendar(
        np.array([position.day for position in waiting], np.float64),
        np.array([position.clock for position in waiting], np.float64),
    )
    times, known = _utc(whole + seconds, system)
    good &= (seconds < 61) & known
    for row in np.flatnonzero(~good).tolist():
        yield Fault(int(numbers[row]), "its epoch does not exist, or is before 1999")
    xyz = np.array([position.xyz for position in waiting])[good] * 1000
    times, numbers = times[good], numbers[good]
    order, faults = in_order(times, numbers, before)
    yield from faults
    if order is not None:
        times, xyz = times[order], xyz[order]
    if not len(times):
        return before
    sparse = _sparse(times, xyz) if alone else None
    yield sparse or Positions(times, xyz, waiting[0].satellite)
    return max(before, float(times[-1]))


def _sparse(times: Floats, xyz: Floats) -> Fault | None:
    """What is wrong with positions that are too far apart to interpolate."""
    spacing = spacing_of(times)
    if spacing <= MOST_APART or len(usable_runs(resample(times, xyz)).firsts):
        return None
    what = f"{len(times):,} positions, {spacing / 60:.3g} min apart"
    if spacing > MOST_COARSE:
        return Fault(0, f"{what}: more than {MOST_COARSE / 60:g} min is too far to interpolate; nothing is ingested")
    return Fault(0, f"{what}: these are too few to interpolate; nothing is ingested")


def _utc(times: Floats, system: list[str]) -> tuple[Floats, NDArray[np.bool_]]:
    """The times in UTC, and for which of them it is known how."""
    name = system[0] if system else "GPS"
    if name == "UTC":
        return times, np.ones(len(times), bool)
    gps = times - TAI_AHEAD_OF_GPS if name == "TAI" else times
    return utc_of_gps(gps), gps >= FIRST_LEAP_SECOND
