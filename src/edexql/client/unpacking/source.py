"""Bytes at a place: of a file, of a stretch of it, or of a stream that can only be read onwards."""

from __future__ import annotations

from edexql.client.unpacking.decoders import PIECE, Broken, Short, Unreadable
from edexql.client.unpacking.plans import too_dense
from edexql.client.unpacking.problem import UnpackError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from edexql.client.unpacking.plans import Limits

_CUT_OFF = "the archive is cut off: fetch it again"


class Stretch:
    """A stretch of an open file."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file = file
        self._start = start
        self.size = size

    def within(self, offset: int, size: int) -> Stretch:
        return Stretch(self._file, self._start + offset, size)

    def read(self, offset: int, count: int) -> bytes:
        """Bytes from a place on, fewer at the end. Raises UnpackError where they cannot be read."""
        if offset > self.size:
            raise UnpackError("cut-off", _CUT_OFF)
        wanted = min(count, self.size - offset)
        try:
            self._file.seek(self._start + offset)
            found = self._file.read(wanted)
        except OSError as error:
            raise UnpackError("unreadable", f"the archive cannot be read: {error.strerror}") from error
        if len(found) < wanted:
            raise UnpackError("changed", "the archive became shorter while it was read")
        return found


class Onwards:
    """A stream of pieces, read from its beginning to its end; what has been read is gone."""

    size: None = None

    def __init__(self, stream: Iterator[bytes], packed: int, limits: Limits) -> None:
        self._stream = stream
        self._at = 0
        self._piece, self._from = b"", 0
        self._packed, self._limits = packed, limits
        self._most = min(limits.size, max(limits.small, int(packed * limits.ratio)))
        # Tars have blocks between their members.
        self._most += 1024 * limits.members

    def read(self, offset: int, count: int) -> bytes:
        """Bytes from a place on, fewer at the end. Raises UnpackError."""
        if offset < self._at:
            raise ValueError("a stream is read onwards")
        while self._at < offset:
            if not self._left() and not self._next():
                raise UnpackError("cut-off", _CUT_OFF)
            self._step(offset - self._at)
        found: list[bytes] = []
        while count and (self._left() or self._next()):
            found.append(self._step(count))
            count -= len(found[-1])
        return b"".join(found)

    def _left(self) -> int:
        return len(self._piece) - self._from

    def _step(self, count: int) -> bytes:
        found = self._piece[self._from : self._from + count]
        self._from += len(found)
        self._at += len(found)
        return found

    def _next(self) -> bool:
        try:
            self._piece, self._from = next(self._stream, b""), 0
        except Short as short:
            raise UnpackError("cut-off", _CUT_OFF) from short
        except Unreadable as unreadable:
            raise UnpackError("unsupported", str(unreadable)) from unreadable
        except Broken as broken:
            raise UnpackError("damaged", "the compressed data are damaged: fetch the archive again") from broken
        if self._at + len(self._piece) > self._most:
            raise UnpackError("too-much", too_dense(self._at + len(self._piece), self._packed, self._limits))
        return bool(self._piece)


if TYPE_CHECKING:
    Source = Stretch | Onwards


def exactly(source: Source, offset: int, count: int) -> bytes:
    """So many bytes at a place. Raises UnpackError, where there are fewer too."""
    found = source.read(offset, count)
    if len(found) < count:
        raise UnpackError("cut-off", _CUT_OFF)
    return found


def pieces(source: Source, offset: int, count: int) -> Iterator[bytes]:
    """So many bytes from a place on, in pieces. Raises UnpackError, where there are fewer too."""
    end = offset + count
    while offset < end:
        piece = exactly(source, offset, min(PIECE, end - offset))
        yield piece
        offset += len(piece)
