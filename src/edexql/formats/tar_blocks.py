"""One block of a tar: whether it announces a member, and the numbers that stand in it.

Forms: POSIX.1-2017, pax, "ustar Interchange Format"; for large numbers GNU tar's.
"""

from __future__ import annotations

import re

BLOCK = 512
ZEROS = bytes(BLOCK)
_OCTAL = re.compile(rb"[0-7]+")


def is_header(block: bytes) -> bool:
    """Whether a block announces a member, by its checksum."""
    if len(block) < BLOCK or block == ZEROS:
        return False
    try:
        checksum = number(block[148:156])
    except ValueError:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    # Some old programs added the bytes with signs.
    return checksum in (sum(rest), sum(rest) - 256 * sum(byte > 127 for byte in rest))


def number(field: bytes) -> int:
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
