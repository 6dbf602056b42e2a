"""Immutable files of named arrays, mapped into memory when they are read, and checked as far as they are read.

A file is a line of JSON, padded to a multiple of 64 bytes, that gives type, shape, offset and checksum of each
array, and the arrays, each at a multiple of 64 bytes, in little-endian order. The digest of that line stands in
the manifest, which so covers everything in the file.

An array is checked as a whole, by its CRC-32, when a process first uses it. Long columns of samples are not: of
those a query reads some zones only, and each zone that is read is checked at every reading against its own sum
(`sum:<field>` beside `value:<field>`). Either check notices every change within four bytes that stand together,
and any other change but for one in four thousand million.
"""

from __future__ import annotations

import json
import mmap
import os
import zlib
from hashlib import blake2b
from math import prod

import numpy as np

from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

_ALIGNED = 64
_VALUE, _SUM = "value:", "sum:"
# Odd numbers have inverses modulo 2**32, so that a word that changes changes the sum. Those of a Weyl sequence.
_WEIGHTS = (np.arange(1, 1025, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)).astype(np.uint32) | 1
# What has been found to be sound: names of arrays, by the identity of their file.
_sound: dict[tuple[int, int, int, int], set[str]] = {}
_MOST_FILES = 10_000


class DamagedError(CatalogueError):
    """A file of arrays that is not as it was written."""


def write(path: str, arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write arrays and see them onto the disk; the digest of their table."""
    contents = [np.ascontiguousarray(array, array.dtype.newbyteorder("<")) for array in arrays.values()]
    table: dict[str, tuple[str, tuple[int, ...], int, int]] = {}
    offset = 0
    for name, content in zip(arrays, contents, strict=True):
        table[name] = (content.dtype.str, content.shape, offset, _crc(content))
        offset += _padded(content.nbytes)
    head = json.dumps(table).encode()
    head += b" " * (_padded(len(head) + 1) - len(head) - 1) + b"\n"
    with open(path, "xb") as file:
        file.write(head)
        for content in contents:
            file.write(content.data)
            file.write(b"\0" * (_padded(content.nbytes) - content.nbytes))
        file.flush()
        os.fsync(file.fileno())
    return digest(head)


def digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def zone_sums(zones: NDArray[Any]) -> NDArray[np.uint32]:
    """The checksum of each row of a table of samples."""
    words = zones.view(np.uint32)
    return np.asarray(np.einsum("ij,j->i", words, _WEIGHTS[: words.shape[1]]))


class Arrays:
    """The arrays of a file, by name; each is mapped, and must not be written to.

    Raises DamagedError for a file whose table has not the digest `expected` (none is asked for where that is
    None, as in catalogues of edexql 0.5, which have no checksums), or that is cut off.
    """

    __slots__ = ("_arrays", "_base", "_map", "_path", "_sound", "_table")

    def __init__(self, path: str, expected: str | None) -> None:
        self._path = path
        self._arrays: dict[str, NDArray[Any]] = {}
        try:
            with open(path, "rb") as file:
                status = os.fstat(file.fileno())
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._base = self._map.find(b"\n") + 1
            head = self._map[: self._base]
            if expected is not None and digest(head) != expected:
                raise DamagedError(f"{path} is damaged: it is not the file that the manifest names")
            self._table: dict[str, list[Any]] = json.loads(head)
            end = max((offset + _size(dtype, shape) for dtype, shape, offset, *_ in self._table.values()), default=0)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedError(f"{path} is damaged") from error
        if len(self._map) < self._base + end:
            raise DamagedError(f"{path} is damaged: it is cut off")
        if len(_sound) > _MOST_FILES:
            _sound.clear()
        self._sound = _sound.setdefault((status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns), set())

    def __contains__(self, name: str) -> bool:
        return name in self._table

    def names(self) -> list[str]:
        return list(self._table)

    def dtype(self, name: str) -> np.dtype[Any]:
        dtype: np.dtype[Any] = np.dtype(self._table[name][0])
        return dtype

    def __getitem__(self, name: str) -> NDArray[Any]:
        """An array. Raises DamagedError where it is not as it was written."""
        array = self._mapped(name)
        if name not in self._sound:
            expected = self._table[name][3:]
            if expected and _crc(array) != expected[0]:
                raise DamagedError(f"{self._path} is damaged: the checksum of {name} does not match")
            self._sound.add(name)
        return array

    def zones(self, field: str, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """Some zones of the values of a field, a row each. Raises DamagedError where one is not as it was written."""
        sums = self._mapped(_SUM + field)
        block: NDArray[Any] = self._mapped(_VALUE + field).reshape(len(sums), -1).take(numbers, axis=0)
        if not np.array_equal(zone_sums(block), sums[numbers]):
            raise DamagedError(f"{self._path} is damaged: the checksum of values of {field} does not match")
        return block

    def _mapped(self, name: str) -> NDArray[Any]:
        array = self._arrays.get(name)
        if array is None:
            dtype, shape, offset = self._table[name][:3]
            array = np.frombuffer(self._map, dtype, prod(shape), self._base + offset).reshape(shape)
            self._arrays[name] = array
        return array


def _crc(array: NDArray[Any]) -> int:
    return zlib.crc32(array.data)


def _size(dtype: str, shape: list[int]) -> int:
    return np.dtype(dtype).itemsize * prod(shape)


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
