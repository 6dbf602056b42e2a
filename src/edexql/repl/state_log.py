"""The write-ahead log beside a SQLite file: whether all that was written to it can still be read.

SQLite reads a log up to its first frame whose sum is wrong and says nothing of the rest, since a loss of power may
leave such an end. The layout is that of <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>: a head of 32
bytes, then frames of a head of 24 bytes and a page each; sums go on from frame to frame.
"""

from __future__ import annotations

import struct
from itertools import pairwise

_HEAD, _FRAME_HEAD = 32, 24
# The sums are over words of the one or the other order of bytes.
_ORDERS = {0x377F0682: "<", 0x377F0683: ">"}
# A log that was begun again has frames behind its end of the runs before, whose first salts are lower.
_EARLIER = 10_000


def damaged_from(data: bytes) -> int | None:
    """The byte from which on a log is not read any more although something was written there; None for a sound log."""
    if len(data) < _HEAD or not any(data):
        return 0 if any(data) else None
    magic, page = struct.unpack_from(">I4xI", data)
    order = _ORDERS.get(magic)
    if order is None or not 512 <= page <= 65536 or page & (page - 1):
        return 0
    sums = _summed(data[:24], order, (0, 0))
    if sums != struct.unpack_from(">II", data, 24):
        return 0
    salts = struct.unpack_from(">II", data, 16)
    for start, end in pairwise(range(_HEAD, len(data) + 1, _FRAME_HEAD + page)):
        sums = _summed(data[start : start + 8] + data[start + _FRAME_HEAD : end], order, sums)
        if struct.unpack_from(">IIII", data, start + 8) != (*salts, *sums):
            return start if _are_of_now(data, range(start, len(data), _FRAME_HEAD + page), salts) else None
    return None


def _are_of_now(data: bytes, starts: range, salts: tuple[int, int]) -> bool:
    """Whether a frame that begins at one of these bytes is not one that an earlier run left."""
    for start in starts:
        if len(data) - start < 16:
            break
        first, second = struct.unpack_from(">II", data, start + 8)
        if (first, second) == salts or not 0 < (salts[0] - first) % 2**32 <= _EARLIER:
            return True
    return False


def _summed(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    one, two = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & 0xFFFFFFFF
        two = (two + odd + one) & 0xFFFFFFFF
    return one, two
