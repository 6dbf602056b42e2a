"""Compressed pieces to plain ones, of which no more than one is in memory, whatever the data say."""

from __future__ import annotations

import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Protocol
else:
    Protocol = object

PIECE = 2**20


class Broken(Exception):
    """The compressed data are not what a compressor wrote."""


class Short(Broken):
    """The compressed data end in the middle."""


class Decoder(Protocol):
    """One compressed stream; `leftover` is what came after its end."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The plain pieces of some more compressed bytes. Raises Broken."""

    @property
    def ended(self) -> bool: ...

    @property
    def leftover(self) -> bytes: ...


class Deflate:
    """Deflate as zlib has it: `window` is -15 in a zip and 31 in a gzip file."""

    def __init__(self, window: int) -> None:
        self._stream = zlib.decompressobj(window)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            try:
                piece = self._stream.decompress(data, PIECE)
            except zlib.error as error:
                raise Broken from error
            if piece:
                yield piece
            data = self._stream.unconsumed_tail
            # A full piece may have left more behind, although no compressed byte is left.
            if self._stream.eof or (not data and len(piece) < PIECE):
                return

    @property
    def ended(self) -> bool:
        return self._stream.eof

    @property
    def leftover(self) -> bytes:
        return self._stream.unused_data


class Bzip:
    """bzip2."""

    def __init__(self) -> None:
        import bz2

        self._stream = bz2.BZ2Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self._stream.eof:
            try:
                piece = self._stream.decompress(data, PIECE)
            except (OSError, ValueError) as error:
                raise Broken from error
            if piece:
                yield piece
            data = b""
            if self._stream.needs_input:
                return

    @property
    def ended(self) -> bool:
        return self._stream.eof

    @property
    def leftover(self) -> bytes:
        return self._stream.unused_data


def gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain pieces of a gzip file, which may be several in a row, filled up with NULs. Raises Broken."""
    return _streams(pieces, lambda: Deflate(31), b"\0")


def bzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain pieces of a bzip2 file, which may be several in a row. Raises Broken."""
    return _streams(pieces, Bzip, b"")


def _streams(pieces: Iterable[bytes], fresh: Callable[[], Decoder], filling: bytes) -> Iterator[bytes]:
    decoder: Decoder | None = fresh()
    filled = False
    for piece in pieces:
        rest = piece
        while rest:
            filled = filled or (decoder is None and rest[:1] == filling)
            if filled:
                # Some programs read on in a stream behind the filling, and others do not.
                if rest.strip(filling):
                    raise Broken
                break
            decoder = decoder or fresh()
            yield from decoder.feed(rest)
            rest = b""
            if decoder.ended:
                rest, decoder = decoder.leftover, None
    if decoder is not None:
        raise Short
