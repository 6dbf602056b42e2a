"""Bytes at an offset of a file or a stream, and the content of a member, verified."""

from __future__ import annotations

from edexql.client.unpack.model import UnpackError, too_dense
from edexql.formats import fast_zlib
from edexql.formats.compression import PIECE, STORED, DamagedData, TruncatedData, UnsupportedData, decoder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from edexql.client.unpack.model import Limits, Member


_CUT_OFF = "the archive is cut off: download it again"


class Section:
    """A section of an open file."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file = file
        self._start = start
        self.size = size

    def within(self, offset: int, size: int) -> Section:
        return Section(self._file, self._start + offset, size)

    def read(self, offset: int, count: int) -> bytes:
        """Bytes from an offset on, fewer at the end. Raises UnpackError where they cannot be read."""
        if offset > self.size:
            raise UnpackError("cut-off", _CUT_OFF)
        wanted = min(count, self.size - offset)
        try:
            self._file.seek(self._start + offset)
            data = self._file.read(wanted)
        except OSError as error:
            raise UnpackError("unreadable", f"the archive cannot be read: {error.strerror}") from error
        if len(data) < wanted:
            raise UnpackError("changed", "the archive became shorter while it was read")
        return data


class Stream:
    """A stream of pieces, read from its beginning to its end; what has been read is gone."""

    size: None = None

    def __init__(self, stream: Iterator[bytes], packed: int, limits: Limits) -> None:
        self._stream = stream
        self._at = 0
        self._piece, self._from = b"", 0
        self._packed, self._limits = packed, limits
        self._most = min(limits.settings.size, max(limits.small, int(packed * limits.settings.ratio)))
        # Tars have blocks between their members.
        self._most += 1024 * limits.settings.members

    def read(self, offset: int, count: int) -> bytes:
        """Bytes from an offset on, fewer at the end. Raises UnpackError."""
        if offset < self._at:
            raise ValueError("a stream cannot be read backwards")
        while self._at < offset:
            if not self._left() and not self._next():
                raise UnpackError("cut-off", _CUT_OFF)
            self._step(offset - self._at)
        chunks: list[bytes] = []
        while count and (self._left() or self._next()):
            chunks.append(self._step(count))
            count -= len(chunks[-1])
        return b"".join(chunks)

    def _left(self) -> int:
        return len(self._piece) - self._from

    def _step(self, count: int) -> bytes:
        data = self._piece[self._from : self._from + count]
        self._from += len(data)
        self._at += len(data)
        return data

    def _next(self) -> bool:
        try:
            self._piece, self._from = next(self._stream, b""), 0
        except TruncatedData as short:
            raise UnpackError("cut-off", _CUT_OFF) from short
        except UnsupportedData as unreadable:
            raise UnpackError("unsupported", str(unreadable)) from unreadable
        except DamagedData as broken:
            raise UnpackError("damaged", "the compressed data are damaged: download the archive again") from broken
        if self._at + len(self._piece) > self._most:
            raise UnpackError("too-much", too_dense(self._at + len(self._piece), self._packed, self._limits))
        return bool(self._piece)


if TYPE_CHECKING:
    Source = Section | Stream


def exactly(source: Source, offset: int, count: int) -> bytes:
    """`count` bytes at an offset. Raises UnpackError, also where there are fewer."""
    data = source.read(offset, count)
    if len(data) < count:
        raise UnpackError("cut-off", _CUT_OFF)
    return data


def pieces(source: Source, offset: int, count: int) -> Iterator[bytes]:
    """`count` bytes from an offset on, in pieces. Raises UnpackError, also where there are fewer."""
    end = offset + count
    while offset < end:
        piece = exactly(source, offset, min(PIECE, end - offset))
        yield piece
        offset += len(piece)


_DAMAGED = "it is damaged, {}: download the archive again"


def content(source: Source, member: Member) -> Iterator[bytes]:
    """The content of a member in pieces. Raises UnpackError, at the latest after the last of them."""
    size, crc = 0, 0
    try:
        for piece in _plain(source, member):
            size += len(piece)
            if size > member.size:
                break
            crc = fast_zlib.crc32(piece, crc)
            yield piece
    except UnsupportedData as unreadable:
        raise UnpackError("unsupported", str(unreadable), member.name) from unreadable
    except DamagedData as broken:
        raise _damaged("its compressed data are not complete", member) from broken
    except UnpackError as error:
        if error.member is not None:
            raise
        raise UnpackError(error.code, error.reason, member.name) from error
    if size > member.size:
        raise UnpackError(
            "contradictory", f"it holds more than the {member.size:,} bytes that the archive says", member.name
        )
    if size < member.size:
        raise _damaged(f"it has {size:,} bytes, but the archive says {member.size:,}", member)
    if member.crc is not None and crc != member.crc:
        raise _damaged("its checksum is wrong", member)


def _plain(source: Source, member: Member) -> Iterator[bytes]:
    packed = pieces(source, member.offset, member.packed)
    if member.method == STORED:
        yield from packed
        return
    decoder = decoder_of(member.method, member.flags)
    for piece in packed:
        if decoder.ended:
            raise _left_over(member)
        yield from decoder.feed(piece)
    if decoder.leftover:
        raise _left_over(member)
    if not decoder.ended:
        raise DamagedData


def _damaged(how: str, member: Member) -> UnpackError:
    return UnpackError("damaged", _DAMAGED.format(how), member.name)


def _left_over(member: Member) -> UnpackError:
    return UnpackError("hidden", "bytes follow the end of its compressed data", member.name)
