"""One block of a tar, which announces a member, and the records of pax that say more of it.

Forms: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header".
h5ai, which serves the archive's folders, writes tars of its own (`class-archive.php`): absolute names,
and for most of its versions no end mark. They are known by the fields that it leaves empty.
"""

from __future__ import annotations

import re

from edexql.formats.tar_blocks import is_header, number
from edexql.record import record
from edexql.service.unpacking.problem import UnpackError

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


def header(block: bytes) -> Header:
    """What a block says. Raises UnpackError where it announces nothing."""
    raw = block[:100].partition(b"\0")[0]
    shown = raw.decode("utf-8", "backslashreplace")
    if not is_header(block):
        raise UnpackError("damaged", "a header of the tar is damaged: fetch it again")
    try:
        size, modified = number(block[124:136]), _moment(block[136:148])
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
    return None if field[0] == 0xFF else float(number(field))
