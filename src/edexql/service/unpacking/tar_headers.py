"""One block of a tar, which announces a member, and the records of pax that say more of it.

Forms: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; for large numbers GNU tar's.
h5ai, which serves the archive's folders, writes tars of its own (`class-archive.php`): absolute names,
and for most of its versions no end mark. They are known by the fields that it leaves empty.
"""

from __future__ import annotations

import re

from edexql.record import record
from edexql.service.unpacking.problem import UnpackError

BLOCK = 512
ZEROS = bytes(BLOCK)
_OCTAL = re.compile(rb"[0-7]+")
_LENGTH = re.compile(rb"([1-9][0-9]{0,8}) ")


@record(frozen=True, slots=True)
class Header:
    """What a block says: times in seconds since 1970, None before it, whether h5ai wrote it, what a link leads to."""

    name: bytes
    size: int
    modified: float | None
    kind: bytes
    of_h5ai: bool
    link: bytes


def is_header(block: bytes) -> bool:
    """Whether a block announces a member, by its checksum."""
    if len(block) < BLOCK or block == ZEROS:
        return False
    try:
        told = _number(block[148:156])
    except ValueError:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    # Some old programs added the bytes with signs.
    return told in (sum(rest), sum(rest) - 256 * sum(byte > 127 for byte in rest))


def header(block: bytes) -> Header:
    """What a block says. Raises UnpackError where it announces nothing."""
    raw = block[:100].partition(b"\0")[0]
    shown = raw.decode("utf-8", "backslashreplace")
    if not is_header(block):
        raise UnpackError("damaged", "a header of the tar is damaged: fetch it again")
    try:
        size, modified = _number(block[124:136]), _moment(block[136:148])
    except ValueError as error:
        raise UnpackError("damaged", "its header is damaged: fetch the tar again", shown) from error
    of_h5ai = (
        block[100:124] == b"0000755\0" + b"0000000\0" * 2
        and not any(block[157:257])
        and block[257:265] == b"ustar\x0000"
        and not any(block[265:345])
        and not any(block[500:])
        and b"/" not in raw
    )
    if block[257:265] == b"ustar\x0000":
        prefix = block[345:500].partition(b"\0")[0]
        raw = prefix + b"/" + raw if prefix else raw
    return Header(raw, size, modified, block[156:157], of_h5ai, block[157:257].partition(b"\0")[0])


def records(data: bytes, member: str | None) -> dict[bytes, bytes]:
    """The records of a pax header. Raises UnpackError."""
    found: dict[bytes, bytes] = {}
    place = 0
    while place < len(data):
        length = _LENGTH.match(data, place)
        end = place + int(length[1]) if length else 0
        if length is None or not length.end() < end <= len(data) or data[end - 1 : end] != b"\n":
            raise UnpackError("damaged", "its extended header is damaged: fetch the tar again", member)
        key, equals, value = data[length.end() : end - 1].partition(b"=")
        if not equals or not key:
            raise UnpackError("damaged", "its extended header is damaged: fetch the tar again", member)
        if key in found:
            raise UnpackError("contradictory", "its extended header says one thing twice", member)
        found[key] = value
        place = end
    return found


def _moment(field: bytes) -> float | None:
    """A time of a header, None where it is before 1970, as GNU tar writes it. Raises ValueError."""
    return None if field[0] == 0xFF else float(_number(field))


def _number(field: bytes) -> int:
    """A number of a header. Raises ValueError."""
    if field[0] & 0x80:
        value = int.from_bytes(field[1:], "big") + ((field[0] & 0x7F) << 8 * (len(field) - 1))
        if value >= 2**63:
            raise ValueError("negative, or too large")
        return value
    digits = field.partition(b"\0")[0].strip(b" ")
    if not digits:
        return 0
    if not _OCTAL.fullmatch(digits):
        raise ValueError("not octal")
    return int(digits, 8)
