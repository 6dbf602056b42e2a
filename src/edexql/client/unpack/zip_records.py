"""The records of a zip: its end, which says where its directory is, and the extra fields of its members.

There is one end, and nothing but zeros after it. Programs look for the end in different ways, so that a file with two
of them is two archives. Zeros come from programs that fill up the last block, as bsdtar does. Where something stands
before a zip, such as a program that unpacks it, the places in it count that or not; readers of zips take both. Forms:
PKWARE's APPNOTE 6.3.10, sections 4.3.14 to 4.3.16, 4.5 and 4.6, and Info-ZIP's list of extra fields.
"""

from __future__ import annotations

import calendar
import stat
import struct
import zlib

from edexql.base.record import Record
from edexql.client.unpack.model import UnpackError
from edexql.client.unpack.source import exactly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edexql.client.unpack.source import Section


_LONG, _TIMES, _UNIX, _NAME = 0x0001, 0x5455, 0x756E, 0x7075
UTF8 = 0x800


class Contradiction(Exception):
    """A member says two things of itself; the message says which."""


def fields(extra: bytes) -> dict[int, bytes]:
    """Extra fields by their numbers. Raises Contradiction."""
    by_number: dict[int, bytes] = {}
    place = 0
    # Some programs fill up with up to three bytes.
    while len(extra) - place >= 4:
        number, length = struct.unpack_from("<2H", extra, place)
        place += 4
        if place + length > len(extra):
            if number not in (_LONG, _NAME, _UNIX):
                # Programs that align data fill up with what is no field.
                break
            raise Contradiction("its extra fields are too long")
        if number in by_number and number in (_LONG, _NAME, _UNIX):
            raise Contradiction("it has an extra field twice")
        by_number[number] = extra[place : place + length]
        place += length
    return by_number


def widened(values: Sequence[int], extra: Mapping[int, bytes]) -> list[int]:
    """Sizes and offset, those that are too large for 32 bits taken from the zip64 field. Raises Contradiction."""
    wide = extra.get(_LONG, b"")
    result, place = [], 0
    for value in values:
        if value == 0xFFFFFFFF and _LONG in extra:
            if len(wide) < place + 8:
                raise Contradiction("its zip64 field is too short")
            result.append(int.from_bytes(wide[place : place + 8], "little"))
            place += 8
        else:
            result.append(value)
    return result


def name(raw: bytes, flags: int, extra: Mapping[int, bytes]) -> str:
    """The name of a member, of which there must be one only. Raises Contradiction."""
    unicode = extra.get(_NAME, b"")
    # Where its checksum is that of another name, the member was renamed later: the field is to be ignored (4.6.9).
    if unicode[:1] == b"\x01" and int.from_bytes(unicode[1:5], "little") == zlib.crc32(raw) and len(unicode) > 5:
        if (raw.isascii() or flags & UTF8) and unicode[5:] != raw:
            raise Contradiction("it has two names")
        return _text(unicode[5:])
    if flags & UTF8:
        return _text(raw)
    # The standard says CP437; programs of today write UTF-8 without saying so, and hardly any other text is UTF-8.
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp437")


def has_name(extra: Mapping[int, bytes]) -> bool:
    """Whether there is an extra field for the name."""
    return _NAME in extra


def is_guessed(raw: bytes, flags: int, extra: Mapping[int, bytes]) -> bool:
    """Whether nothing says in which encoding the name of a member is."""
    return not raw.isascii() and not flags & UTF8 and _NAME not in extra


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Contradiction("its name is marked as UTF-8, but is not") from error


def kind(attributes: int, extra: Mapping[int, bytes]) -> int:
    """What a member is by Unix's or Windows' account, as in `stat.S_IFMT`; 0 where nothing is said."""
    if attributes & 0x400:
        # A reparse point of Windows.
        return stat.S_IFLNK
    unix = extra.get(_UNIX, b"")
    mode = int.from_bytes(unix[4:6], "little") if len(unix) >= 6 else 0
    return stat.S_IFMT(attributes >> 16) or stat.S_IFMT(mode) or (stat.S_IFDIR if attributes & 0x10 else 0)


def modified(day: int, clock: int, extra: Mapping[int, bytes]) -> float | None:
    """When a member was changed, in seconds since 1970.

    The extra field of Unix is UTC. The time of a zip has no zone; it is taken for UTC, as all times of the archive are.
    """
    unix = extra.get(_TIMES, b"")
    if len(unix) >= 5 and unix[0] & 1:
        return float(struct.unpack_from("<l", unix, 1)[0])
    year, month, date = 1980 + (day >> 9), day >> 5 & 15, day & 31
    hour, minute, second = clock >> 11, clock >> 5 & 63, (clock & 31) * 2
    if not (1 <= month <= 12 and 1 <= date <= calendar.monthrange(year, month)[1] and hour < 24 and minute < 60):
        return None
    return float(calendar.timegm((year, month, date, hour, minute, min(second, 59))))


MARK = b"PK\x05\x06"
_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_LONG_END = struct.Struct("<4sQ2H2L4Q")
_LONGEST_COMMENT = 0xFFFF
# Programs that fill up a block of a tape.
_MOST_ZEROS = 2**16


class Directory(Record):
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


def directory(source: Section) -> Directory:
    """Where the directory is. Raises UnpackError."""
    place, values, zeros = _end(source)
    disk, first_disk, here, count, length, start = values
    end = place
    long = _long_end(source, place)
    if long is not None:
        end, wide, stated = long
        for narrow, full, most in zip(values, wide, (0xFFFF,) * 4 + (0xFFFFFFFF,) * 2, strict=True):
            if narrow not in (most, full):
                raise _contradictory()
        disk, first_disk, here, count, length, start = wide
    if disk or first_disk or here != count:
        raise UnpackError("unsupported", "the archive is one part of a split archive: join the parts first")
    shift = end - start - length
    if long is not None and shift >= 0 and end - stated != shift:
        raise _contradictory()
    if shift < 0 or (length and exactly(source, start + shift, 4) != b"PK\x01\x02"):
        raise UnpackError("damaged", "the directory of the archive is not where its end record says: download it again")
    return Directory(start + shift, end, count, shift, zeros, long is None)


def has_end(source: Section) -> bool:
    """Whether a file may be a zip, by its end."""
    return MARK in _tail(source)[1]


def _tail(source: Section) -> tuple[int, bytes]:
    start = max(0, source.size - _END.size - _LONGEST_COMMENT - _MOST_ZEROS)
    return start, source.read(start, source.size - start)


def _end(source: Section) -> tuple[int, tuple[int, ...], int]:
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
        raise UnpackError(
            "contradictory", "the archive has several end records, and programs would read different ones"
        )
    if whole:
        return whole[0]
    # Ends of archives in the archive are here too: ours is the one that fits the whole file.
    for place, (*_, length, first) in broken:
        if first + length == place:
            raise UnpackError("hidden", "the end record of the archive is followed by more or fewer bytes than it says")
    raise UnpackError("cut-off", "the archive is cut off: its end record is missing: download it again")


def _long_end(source: Section, place: int) -> tuple[int, tuple[int, ...], int] | None:
    """The end that has room for large numbers (zip64), where there is one: its place, what it says, and where it is
    said to be."""
    if place < _LOCATOR.size:
        return None
    mark, disk, stated, disks = _LOCATOR.unpack(exactly(source, place - _LOCATOR.size, _LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    end = place - _LOCATOR.size
    if disk or disks > 1:
        raise _contradictory()
    # Behind a program it is not where it is said to be, and then it is one without fields of programs' own.
    for start in (stated, end - _LONG_END.size):
        if 0 <= start <= end - _LONG_END.size:
            mark, length, _, _, *values = _LONG_END.unpack(exactly(source, start, _LONG_END.size))
            if mark == b"PK\x06\x06" and start + 12 + length == end:
                return start, tuple(values), stated
    raise _contradictory()


def _contradictory() -> UnpackError:
    return UnpackError("contradictory", "the end records of the archive (zip and zip64) do not agree")
