"""An orbit as knots: positions at whole minutes, in runs, cut into chunks of 2**22 seconds; and as bytes.

A run is knots that follow each other by one minute; between runs the position is unknown. A time that stands twice
ends one run and begins the next: two sources that disagree meet without a gap, and without a curve through the step
between them.

As bytes, knots are whole metres: differences of the fifth order, their bytes apart, deflated. Measured on 12 years of
CASSIOPE: 1.9 bytes a knot, 12 MB; the fourth order takes 2.9, the sixth 1.9, the seventh 2.3. Decoding costs 25 ns a
knot. LZMA saves a twentieth and takes three times as long.

    bytes    what
    4        EDXK
    1, 1, 2  form (1), order of the differences, nothing
    4, 4     knots, runs
    then, each a length in four bytes and a deflated stream (nothing where all are zero):
             the first minute since 1970 of each run and its knots (int32, int32)
             four planes of the differences of x, then y, then z: lowest byte first

Numbers are little-endian. Differences wrap at 32 bits, run on over the ends of runs, and have their sign in
the lowest bit.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.intervals import of_spans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals

    Seconds = NDArray[np.int64]


SPACING = 60
CHUNK = 2**22
# What a position is interpolated from.
STENCIL = 6
# A chunk also has the knots this far outside of it, so that it alone gives what the whole orbit would.
MARGIN = STENCIL * SPACING


class KnotsError(ValueError):
    """Knots that are not ones, or bytes that do not hold any."""


class Knots(Record):
    """Positions at whole minutes.

    `times` is an int64 array of shape (n,), UTC seconds since 1970, multiples of 60 in order, each at most
    twice; `xyz` is a float64 array of shape (n, 3), metres, Earth-fixed, with contiguous columns for speed.
    """

    times: Seconds
    xyz: NDArray[np.float64]


class Runs(Record):
    """The index of the first knot of each run, and of its last."""

    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]


NO_KNOTS = Knots(np.empty(0, np.int64), np.empty((0, 3)))


def knots_of(times: Seconds, xyz: NDArray[np.float64]) -> Knots:
    """Knots of times and positions, looked over; raises KnotsError."""
    times = np.asarray(times, np.int64)
    xyz = np.asarray(xyz, np.float64)
    if xyz.shape != (len(times), 3):
        raise KnotsError(f"{len(times)} times need as many positions in three columns, not {xyz.shape}")
    if np.any(times % SPACING):
        raise KnotsError("the time of a knot must be a whole minute")
    if np.any(times[:-1] > times[1:]) or np.any(times[:-2] == times[2:]):
        raise KnotsError("knots must be sorted by time, with at most two at one time")
    if not np.all(np.isfinite(xyz)):
        raise KnotsError("the position of a knot must be a number")
    return Knots(times, np.asfortranarray(xyz))


def runs_of(knots: Knots) -> Runs:
    """The runs of some knots, in order."""
    if not len(knots.times):
        return Runs(np.empty(0, np.int64), np.empty(0, np.int64))
    breaks = np.flatnonzero(np.diff(knots.times) != SPACING)
    return Runs(np.concatenate(([0], breaks + 1)), np.append(breaks, len(knots.times) - 1))


def usable_runs(knots: Knots) -> Runs:
    """The runs that are long enough to give positions."""
    runs = runs_of(knots)
    long = runs.lasts - runs.firsts >= STENCIL - 1
    return runs if long.all() else Runs(runs.firsts[long], runs.lasts[long])


def coverage(knots: Knots) -> Intervals:
    """The seconds of which some knots give the position."""
    runs = usable_runs(knots)
    return of_spans(knots.times[runs.firsts], knots.times[runs.lasts] + 1)


def within(knots: Knots, start: int, end: int) -> Knots:
    """The knots of the times from `start`, before `end`."""
    first, last = np.searchsorted(knots.times, (start, end)).tolist()
    return Knots(knots.times[first:last], knots.xyz[first:last])


def chunks_of(knots: Knots) -> Iterator[tuple[int, Knots]]:
    """The chunks that knots have a say in: the time each starts at, and its knots with those of its margins.

    A chunk answers for `[start, start + CHUNK)`, as the whole orbit does.
    """
    if not len(knots.times):
        return
    first, last = int(knots.times[0]), int(knots.times[-1])
    for start in range(first // CHUNK * CHUNK, last + 1, CHUNK):
        part = within(knots, start - MARGIN, start + CHUNK + MARGIN)
        if len(within(part, start, start + CHUNK).times):
            yield start, part


def joined(orbits: Sequence[Knots]) -> Knots:
    """One orbit of several, a later one in place of an earlier one at the same times.

    Runs grow together where knots of two orbits are a minute apart, as those of a file a day are. Orbits of
    sources that may disagree are not to be joined, for a curve would be drawn through the step.
    """
    if not orbits:
        return NO_KNOTS
    times = np.concatenate([orbit.times for orbit in orbits])
    xyz = np.concatenate([orbit.xyz for orbit in orbits])
    if np.all(np.diff(times) > 0):
        return Knots(times, np.asfortranarray(xyz))
    rank = np.repeat(np.arange(len(orbits)), [len(orbit.times) for orbit in orbits])
    _, which = np.unique(times, return_inverse=True)
    latest = np.zeros(len(times), np.int64)
    np.maximum.at(latest, which, rank)
    kept = np.flatnonzero(rank == latest[which])
    kept = kept[np.argsort(times[kept], kind="stable")]
    return Knots(times[kept], np.asfortranarray(xyz[kept]))


_HEAD = struct.Struct("<4sBBHII")
_LENGTH = struct.Struct("<I")
_MAGIC = b"EDXK"
_FORM = 1
_ORDER = 5
# More than a chunk can have, so that damaged bytes cannot ask for all the memory.
_MOST_KNOTS = 2**24


def encode(knots: Knots) -> bytes:
    """The bytes of some knots, their positions rounded to whole metres; raises KnotsError.

    A position is at most 2**31 m from the middle of the Earth.
    """
    knots = knots_of(knots.times, knots.xyz)
    if len(knots.times) > _MOST_KNOTS:
        raise KnotsError(f"{len(knots.times)} knots are too many for one chunk")
    whole = np.rint(knots.xyz.T)
    if np.any(np.abs(whole) >= 2.0**31) or np.any(np.abs(knots.times) >= 2**31 * SPACING):
        raise KnotsError("a position or a time is out of range")
    runs = runs_of(knots)
    table = np.stack((knots.times[runs.firsts] // SPACING, runs.lasts - runs.firsts + 1))
    steps = whole.astype(np.int32)
    for _ in range(_ORDER):
        steps = np.diff(steps, axis=1, prepend=np.int32(0))
    signed = ((steps << 1) ^ (steps >> 31)).view(np.uint32)
    head = _HEAD.pack(_MAGIC, _FORM, _ORDER, 0, len(knots.times), len(runs.firsts))
    planes = [(signed >> np.uint32(8 * plane)).astype(np.uint8).tobytes() for plane in range(4)]
    return b"".join((head, _packed(table.astype("<i4").tobytes()), *map(_packed, planes)))


def decode(data: bytes) -> Knots:
    """The knots that some bytes hold, whole metres; raises KnotsError where they hold none."""
    if len(data) < _HEAD.size:
        raise KnotsError("these bytes are not knots: too few bytes")
    magic, form, order, _, count, runs = _HEAD.unpack_from(data)
    if magic != _MAGIC or form != _FORM:
        raise KnotsError("these bytes are not knots of a known format")
    if count > _MOST_KNOTS or runs > count or order > 16:
        raise KnotsError("these knots are damaged: they have impossible values")
    table, place = _unpacked(data, _HEAD.size, 8 * runs)
    steps = np.zeros((3, count), np.uint32)
    for plane in range(4):
        part, place = _unpacked(data, place, 3 * count)
        if part:
            steps |= np.frombuffer(part, np.uint8).reshape(3, count).astype(np.uint32) << np.uint32(8 * plane)
    if place != len(data):
        raise KnotsError("these knots are damaged: bytes follow their end")
    if not count:
        return NO_KNOTS
    whole = ((steps >> np.uint32(1)) ^ (np.uint32(0) - (steps & np.uint32(1)))).view(np.int32)
    for _ in range(order):
        np.cumsum(whole, axis=1, dtype=np.int32, out=whole)
    return Knots(_times(table, runs, count), whole.astype(np.float64).T)


def _times(table: bytes, runs: int, count: int) -> NDArray[np.int64]:
    starts, counts = np.frombuffer(table or bytes(8 * runs), "<i4").astype(np.int64).reshape(2, runs)
    if int(counts.sum()) != count or np.any(counts < 1):
        raise KnotsError("these knots are damaged: their runs do not add up")
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) * SPACING + np.arange(count) * SPACING


def _packed(plain: bytes) -> bytes:
    if not any(plain):
        return _LENGTH.pack(0)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_FILTERED)
    stream = squeeze.compress(plain) + squeeze.flush()
    return _LENGTH.pack(len(stream)) + stream


def _unpacked(data: bytes, place: int, size: int) -> tuple[bytes, int]:
    """What is at a place, empty where all of it is zero, and the place after it."""
    if place + _LENGTH.size > len(data):
        raise KnotsError("these knots are damaged: they end too soon")
    (length,) = _LENGTH.unpack_from(data, place)
    place += _LENGTH.size
    if not length:
        return b"", place
    if place + length > len(data):
        raise KnotsError("these knots are damaged: they end too soon")
    try:
        plain = zlib.decompress(data[place : place + length], bufsize=max(size, 1))
    except zlib.error as error:
        raise KnotsError(f"these knots are damaged: {error}") from error
    if len(plain) != size:
        raise KnotsError("these knots are damaged: a part has the wrong length")
    return plain, place + length
