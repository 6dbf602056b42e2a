"""The extra fields of a zip's member, and the name, sizes and time that they tell.

Forms: PKWARE's APPNOTE 6.3.10, sections 4.5 and 4.6, and Info-ZIP's list of extra fields.
"""

from __future__ import annotations

import calendar
import stat
import struct
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONG, _TIMES, _UNIX, _NAME = 0x0001, 0x5455, 0x756E, 0x7075
UTF8 = 0x800


class Contradiction(Exception):
    """A member says two things of itself; the message says which."""


def fields(extra: bytes) -> dict[int, bytes]:
    """Extra fields by their numbers. Raises Contradiction."""
    found: dict[int, bytes] = {}
    place = 0
    # Some programs fill up with up to three bytes.
    while len(extra) - place >= 4:
        number, length = struct.unpack_from("<2H", extra, place)
        place += 4
        if place + length > len(extra):
            if number not in (_LONG, _NAME, _UNIX):
                # Programs that align data fill up with what is no field.
                break
            raise Contradiction("its extra fields are longer than the room for them")
        if number in found and number in (_LONG, _NAME, _UNIX):
            raise Contradiction("it has an extra field twice")
        found[number] = extra[place : place + length]
        place += length
    return found


def widened(values: Sequence[int], found: Mapping[int, bytes]) -> list[int]:
    """Sizes and offset, those that are too large for 32 bits taken from the zip64 field. Raises Contradiction."""
    wide = found.get(_LONG, b"")
    result, place = [], 0
    for value in values:
        if value == 0xFFFFFFFF and _LONG in found:
            if len(wide) < place + 8:
                raise Contradiction("its zip64 field is too short")
            result.append(int.from_bytes(wide[place : place + 8], "little"))
            place += 8
        else:
            result.append(value)
    return result


def name(raw: bytes, flags: int, found: Mapping[int, bytes]) -> str:
    """The name of a member, of which there must be one only. Raises Contradiction."""
    unicode = found.get(_NAME, b"")
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


def has_name(found: Mapping[int, bytes]) -> bool:
    """Whether there is an extra field for the name."""
    return _NAME in found


def is_guessed(raw: bytes, flags: int, found: Mapping[int, bytes]) -> bool:
    """Whether nothing says in which encoding the name of a member is."""
    return not raw.isascii() and not flags & UTF8 and _NAME not in found


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Contradiction("its name is said to be UTF-8 and is not") from error


def kind(attributes: int, found: Mapping[int, bytes]) -> int:
    """What a member is by Unix's or Windows' account, as in `stat.S_IFMT`; 0 where nothing is said."""
    if attributes & 0x400:
        # A reparse point of Windows.
        return stat.S_IFLNK
    unix = found.get(_UNIX, b"")
    mode = int.from_bytes(unix[4:6], "little") if len(unix) >= 6 else 0
    return stat.S_IFMT(attributes >> 16) or stat.S_IFMT(mode) or (stat.S_IFDIR if attributes & 0x10 else 0)


def modified(day: int, clock: int, found: Mapping[int, bytes]) -> float | None:
    """When a member was changed, in seconds since 1970.

    The extra field of Unix is UTC. The time of a zip has no zone; it is taken for UTC, as all times of the archive are.
    """
    unix = found.get(_TIMES, b"")
    if len(unix) >= 5 and unix[0] & 1:
        return float(struct.unpack_from("<l", unix, 1)[0])
    year, month, date = 1980 + (day >> 9), day >> 5 & 15, day & 31
    hour, minute, second = clock >> 11, clock >> 5 & 63, (clock & 31) * 2
    if not (1 <= month <= 12 and 1 <= date <= calendar.monthrange(year, month)[1] and hour < 24 and minute < 60):
        return None
    return float(calendar.timegm((year, month, date, hour, minute, min(second, 59))))
