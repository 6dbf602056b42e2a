"""The end of a zip, which says where its directory is: one end, and nothing after it.

Programs look for the end in different ways, so that a file with two of them is two archives. Form: PKWARE's
APPNOTE 6.3.10, sections 4.3.14 to 4.3.16.
"""

from __future__ import annotations

import struct

from edexql.record import record
from edexql.service.unpacking.problem import UnpackError
from edexql.service.unpacking.source import exactly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.service.unpacking.source import Stretch

MARK = b"PK\x05\x06"
_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_LONG_END = struct.Struct("<4sQ2H2L4Q")
_LONGEST_COMMENT = 0xFFFF


@record(frozen=True, slots=True)
class Directory:
    """Where the directory of a zip begins and ends, and how many members it has."""

    start: int
    end: int
    count: int


def directory(source: Stretch) -> Directory:
    """Where the directory is. Raises UnpackError."""
    place, values = _end(source)
    disk, first_disk, here, count, length, start = values
    end = place
    long = _long_end(source, place)
    if long is not None:
        end, wide = long
        for narrow, full, most in zip(values, wide, (0xFFFF,) * 4 + (0xFFFFFFFF,) * 2, strict=True):
            if narrow not in (most, full):
                raise _contradictory()
        disk, first_disk, here, count, length, start = wide
    if disk or first_disk or here != count:
        raise UnpackError("unsupported", "the archive is one of several parts: join them first")
    if start + length != end:
        raise UnpackError("damaged", "the directory of the archive is not where its end says: fetch it again")
    return Directory(start, end, count)


def has_end(source: Stretch) -> bool:
    """Whether a file may be a zip, by its end."""
    return MARK in _tail(source)[1]


def _tail(source: Stretch) -> tuple[int, bytes]:
    start = max(0, source.size - _END.size - _LONGEST_COMMENT)
    return start, source.read(start, source.size - start)


def _end(source: Stretch) -> tuple[int, tuple[int, ...]]:
    start, tail = _tail(source)
    whole: list[tuple[int, tuple[int, ...]]] = []
    broken: list[tuple[int, tuple[int, ...]]] = []
    place = tail.find(MARK)
    while place >= 0:
        if place + _END.size <= len(tail):
            _, *values, comment = _END.unpack_from(tail, place)
            fits = place + _END.size + comment == len(tail)
            (whole if fits else broken).append((start + place, tuple(values)))
        place = tail.find(MARK, place + 1)
    if len(whole) > 1 or (whole and broken and broken[-1][0] > whole[0][0]):
        raise UnpackError("contradictory", "the archive has several ends, and programs would read different ones")
    if whole:
        return whole[0]
    # Ends of archives in the archive are here too: ours is the one that fits the whole file.
    for place, (*_, length, first) in broken:
        if first + length == place:
            raise UnpackError("hidden", "the archive has an end, and more bytes after it or fewer than it says")
    raise UnpackError("cut-off", "the archive is cut off, its end is missing: fetch it again")


def _long_end(source: Stretch, place: int) -> tuple[int, tuple[int, ...]] | None:
    """The end that has room for large numbers (zip64), where there is one, and its place."""
    if place < _LOCATOR.size:
        return None
    mark, disk, offset, disks = _LOCATOR.unpack(exactly(source, place - _LOCATOR.size, _LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    end = place - _LOCATOR.size
    if disk or disks > 1 or offset + _LONG_END.size > end:
        raise _contradictory()
    mark, length, _, _, *values = _LONG_END.unpack(exactly(source, offset, _LONG_END.size))
    if mark != b"PK\x06\x06" or offset + 12 + length != end:
        raise _contradictory()
    return offset, tuple(values)


def _contradictory() -> UnpackError:
    return UnpackError("contradictory", "the two ends of the archive (zip and zip64) do not agree")
