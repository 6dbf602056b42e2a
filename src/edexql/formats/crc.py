"""Cyclic redundancy checks that neither zlib nor hashlib has: CRC-32C (RFC 3720, 12.1) and CRC-64/NVME (NVM Express,
NVM Command Set Specification), as Google and Amazon store them with files.

A CRC is linear: that of two stretches of bytes is that of the first, moved on over as many nulls as the second has
bytes, and that of the second. So many stretches are gone through at once, each a lane of an array, and put together.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, BinaryIO

    from numpy.typing import NDArray

    Array = NDArray[Any]

_LANES = 2**14
_PIECE = 16 * 2**20


class Crc(Record):
    """A reflected CRC with all bits set at the beginning and turned at the end: its polynomial and its bits."""

    polynomial: int
    bits: int


KINDS = {"crc-32c": Crc(0x82F63B78, 32), "crc-64nvme": Crc(0x9A6C9329AC4BC9B5, 64)}


def sum_of(file: BinaryIO, kind: str, look: Callable[[], None] = lambda: None) -> str:
    """The sum of a file from its beginning, in hexadecimal digits; `look` is called now and then, and may raise."""
    bits = KINDS[kind].bits
    ones = (1 << bits) - 1
    table = _table(kind)
    state = ones
    file.seek(0)
    while data := file.read(_PIECE):
        look()
        rows = len(data) // _LANES
        if rows:
            lanes = np.frombuffer(data, np.uint8, rows * _LANES).reshape(_LANES, rows)
            before = _applied(_over_nulls(kind, rows * _LANES), np.array([state], table.dtype))
            state = int(before[0]) ^ _of_lanes(kind, lanes)
        for byte in data[rows * _LANES :]:
            state = int(table[(state ^ byte) & 255]) ^ (state >> 8)
    return f"{state ^ ones:0{bits // 4}x}"


@cache
def _table(kind: str) -> Array:
    """What a byte becomes."""
    crc = KINDS[kind]
    number = np.uint32 if crc.bits == 32 else np.uint64
    remainders: Array = np.arange(256, dtype=number)
    for _ in range(8):
        remainders = np.where(
            remainders & number(1), (remainders >> number(1)) ^ number(crc.polynomial), remainders >> number(1)
        )
    return remainders


def _of_lanes(kind: str, lanes: NDArray[np.uint8]) -> int:
    """The remainder of lanes of bytes that stand one after the other; their number is a power of two."""
    table = _table(kind)
    state: Array = np.zeros(len(lanes), table.dtype)
    for column in np.ascontiguousarray(lanes.T):
        state = _one_byte_on(table, state ^ column)
    length = lanes.shape[1]
    while len(state) > 1:
        state = _applied(_over_nulls(kind, length), state[0::2]) ^ state[1::2]
        length *= 2
    return int(state[0])


@cache
def _over_nulls(kind: str, count: int) -> Array:
    """What each single bit of a remainder becomes over so many null bytes."""
    table = _table(kind)
    bits = np.arange(KINDS[kind].bits, dtype=table.dtype)
    images: Array = np.left_shift(table.dtype.type(1), bits)
    if count == 1:
        return _one_byte_on(table, images)
    half = _over_nulls(kind, count // 2)
    images = _applied(half, half)
    return _applied(_over_nulls(kind, 1), images) if count % 2 else images


def _one_byte_on(table: Array, state: Array) -> Array:
    after: Array = table[state.astype(np.uint8)] ^ (state >> table.dtype.type(8))
    return after


def _applied(matrix: Array, values: Array) -> Array:
    """What becomes of remainders, by what becomes of their bits."""
    one = values.dtype.type(1)
    remainders = np.zeros_like(values)
    for bit, image in enumerate(matrix):
        remainders ^= image * ((values >> values.dtype.type(bit)) & one)
    return remainders
