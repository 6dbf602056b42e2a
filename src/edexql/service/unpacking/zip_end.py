"""The end of a zip, which says where its directory is: one end, and nothing but zeros after it.

Programs look for the end in different ways, so that a file with two of them is two archives. Zeros come from
programs that fill up the last block, as bsdtar does. Where something stands before a zip, such as a program that
unpacks it, the places in it count that or not; readers of zips take both. Form: PKWARE's APPNOTE 6.3.10, sections
4.3.14 to 4.3.16.
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
# Programs that fill up a block of a tape.
_MOST_ZEROS = 2**16


@record(frozen=True, slots=True)
class Directory:
    """Where the directory of a zip begins and ends, and how many members it has.

    `shift` has to be added to every place that the zip tells. `zeros` is how many follow the end. With `wraps` the
    count is one modulo 65,536, as programs without zip64 write it for more members.
    """

    start: int
    end: int
    count: int
    shift: int
    zeros: int
    wraps: bool


def directory(source: Stretch) -> Directory:
    """Where the directory is. Raises UnpackError."""
    place, values, zeros = _end(source)
    disk, first_disk, here, count, length, start = values
    end = place
    long = _long_end(source, place)
    if long is not None:
        end, wide, told = long
        for narrow, full, most in zip(values, wide, (0xFFFF,) * 4 + (0xFFFFFFFF,) * 2, strict=True):
            if narrow not in (most, full):
                raise _contradictory()
        disk, first_disk, here, count, length, start = wide
    if disk or first_disk or here != count:
        raise UnpackError("unsupported", "the archive is one of several parts: join them first")
    shift = end - start - length
    if long is not None and shift >= 0 and end - told != shift:
        raise _contradictory()
    if shift < 0 or (length and exactly(source, start + shift, 4) != b"PK\x01\x02"):
        raise UnpackError("damaged", "the directory of the archive is not where its end says: fetch it again")
    return Directory(start + shift, end, count, shift, zeros, long is None)


def has_end(source: Stretch) -> bool:
    """Whether a file may be a zip, by its end."""
    return MARK in _tail(source)[1]


def _tail(source: Stretch) -> tuple[int, bytes]:
    start = max(0, source.size - _END.size - _LONGEST_COMMENT - _MOST_ZEROS)
    return start, source.read(start, source.size - start)


def _end(source: Stretch) -> tuple[int, tuple[int, ...], int]:
    """The place of the end, what it says, and how many zeros follow it."""
    start, tail = _tail(source)
    filled = len(tail.rstrip(b"\0"))
    whole: list[tuple[int, tuple[int, ...], int]] = []
    broken: list[tuple[int, tuple[int, ...]]] = []
    place = tail.find(MARK)
    while place >= 0:
        if place + _END.size <= len(tail):
            _, *values, comment = _END.unpack_from(tail, place)
            stop = place + _END.size + comment
            if filled <= stop <= len(tail):
                whole.append((start + place, tuple(values), len(tail) - stop))
            else:
                broken.append((start + place, tuple(values)))
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


def _long_end(source: Stretch, place: int) -> tuple[int, tuple[int, ...], int] | None:
    """The end that has room for large numbers (zip64), where there is one: its place, what it says, and where it is
    told to be."""
    if place < _LOCATOR.size:
        return None
    mark, disk, told, disks = _LOCATOR.unpack(exactly(source, place - _LOCATOR.size, _LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    end = place - _LOCATOR.size
    if disk or disks > 1:
        raise _contradictory()
    # Behind a program it is not where it is told to be, and then it is one without fields of programs' own.
    for start in (told, end - _LONG_END.size):
        if 0 <= start <= end - _LONG_END.size:
            mark, length, _, _, *values = _LONG_END.unpack(exactly(source, start, _LONG_END.size))
            if mark == b"PK\x06\x06" and start + 12 + length == end:
                return start, tuple(values), told
    raise _contradictory()


def _contradictory() -> UnpackError:
    return UnpackError("contradictory", "the two ends of the archive (zip and zip64) do not agree")
