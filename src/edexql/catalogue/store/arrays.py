"""Immutable files of named arrays, mapped into memory when they are read.

A file is a line of JSON, padded to a multiple of 64 bytes, that gives type, shape and offset of each array,
and the arrays, each at a multiple of 64 bytes, in little-endian order.
"""

from __future__ import annotations

import json
import mmap
import os
from math import prod

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

_ALIGNED = 64


class DamagedError(ValueError):
    """A file of arrays that is not as it was written."""


def write(path: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays and see them onto the disk."""
    table: dict[str, tuple[str, tuple[int, ...], int]] = {}
    offset = 0
    for name, array in arrays.items():
        table[name] = (array.dtype.newbyteorder("<").str, array.shape, offset)
        offset += _padded(array.nbytes)
    head = json.dumps(table).encode()
    head += b" " * (_padded(len(head) + 1) - len(head) - 1) + b"\n"
    with open(path, "xb") as file:
        file.write(head)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data)
            file.write(b"\0" * (_padded(array.nbytes) - array.nbytes))
        file.flush()
        os.fsync(file.fileno())


class Arrays:
    """The arrays of a file, by name; each is mapped, and must not be written to.

    Raises DamagedError for a file that is not one of `write`, or is cut off.
    """

    __slots__ = ("_base", "_map", "_table")

    def __init__(self, path: str) -> None:
        try:
            with open(path, "rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._base = self._map.find(b"\n") + 1
            self._table: dict[str, tuple[str, list[int], int]] = json.loads(self._map[: self._base])
            end = max((offset + _size(dtype, shape) for dtype, shape, offset in self._table.values()), default=0)
        except (ValueError, TypeError, AttributeError) as error:
            raise DamagedError(f"{path} is damaged") from error
        if len(self._map) < self._base + end:
            raise DamagedError(f"{path} is cut off")

    def __contains__(self, name: str) -> bool:
        return name in self._table

    def names(self) -> list[str]:
        return list(self._table)

    def __getitem__(self, name: str) -> NDArray[Any]:
        dtype, shape, offset = self._table[name]
        return np.frombuffer(self._map, dtype, prod(shape), self._base + offset).reshape(shape)


def _size(dtype: str, shape: list[int]) -> int:
    return np.dtype(dtype).itemsize * prod(shape)


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
