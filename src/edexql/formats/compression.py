"""Decompression piece by piece: no more than one piece is in memory, whatever the data say."""

from __future__ import annotations

from edexql.formats import fast_zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Protocol
else:
    Protocol = object

PIECE = 2**20
# Methods of a zip as it numbers them.
STORED, DEFLATED, BZIPPED, LZMA, ZSTANDARD, XZ = 0, 8, 12, 14, 93, 95
# What a decoder may take for its window.
_MEMORY = 2**28


class DamagedData(Exception):
    """The compressed data are damaged."""


class UnsupportedData(DamagedData):
    """The compressed data cannot be decompressed here; the message says why."""


class TruncatedData(DamagedData):
    """The compressed data end in the middle."""


class Decoder(Protocol):
    """One compressed stream; `leftover` is what came after its end."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The plain pieces of some more compressed bytes. Raises DamagedData."""

    @property
    def ended(self) -> bool: ...

    @property
    def leftover(self) -> bytes: ...


class Deflate:
    """Deflate as zlib has it: `window` is -15 in a zip and 31 in a gzip file."""

    def __init__(self, window: int) -> None:
        self._stream = fast_zlib.decompressobj(window)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            try:
                piece = self._stream.decompress(data, PIECE)
            except fast_zlib.DAMAGED as error:
                raise DamagedData from error
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
    """bzip2, or another stream whose decompressor of the standard library works as that of bzip2."""

    def __init__(self, stream: Any = None, *wrong: type[Exception]) -> None:
        if stream is None:
            import bz2

            stream = bz2.BZ2Decompressor()
        self._stream = stream
        self._wrong: tuple[type[Exception], ...] = (OSError, ValueError, EOFError, *wrong)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self._stream.eof:
            try:
                piece = self._stream.decompress(data, PIECE)
            except self._wrong as error:
                if "Memory" in str(error):
                    raise UnsupportedData(_TOO_MUCH_MEMORY) from error
                raise DamagedData from error
            if piece:
                yield piece
            data = b""
            if self._stream.needs_input:
                return

    @property
    def ended(self) -> bool:
        return bool(self._stream.eof)

    @property
    def leftover(self) -> bytes:
        return bytes(self._stream.unused_data)


_TOO_MUCH_MEMORY = f"unpacking it takes more than {_MEMORY // 2**20} MiB of memory: unpack it with 7z"


class Lzma:
    """LZMA as a zip has it (APPNOTE 5.8): a version, properties, and data, with or without a mark of their end."""

    def __init__(self, *, marked: bool) -> None:
        self._marked = marked
        self._head = b""
        self._inner: Bzip | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._head += data
            if len(self._head) < 9:
                return
            data, self._inner = self._head[9:], self._decoder(self._head[:9])
        yield from self._inner.feed(data)

    @property
    def ended(self) -> bool:
        return self._inner is not None and (self._inner.ended or not self._marked)

    @property
    def leftover(self) -> bytes:
        return b"" if self._inner is None else self._inner.leftover

    def _decoder(self, head: bytes) -> Bzip:
        import lzma

        properties, window = head[4], int.from_bytes(head[5:9], "little")
        if int.from_bytes(head[2:4], "little") != 5 or properties >= 225:
            raise DamagedData
        if window > _MEMORY:
            raise UnsupportedData(_TOO_MUCH_MEMORY)
        form = {
            "id": lzma.FILTER_LZMA1,
            "lc": properties % 9,
            "lp": properties // 9 % 5,
            "pb": properties // 45,
            "dict_size": max(window, 4096),
        }
        try:
            return Bzip(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[form]), lzma.LZMAError)
        except (lzma.LZMAError, ValueError) as error:
            raise DamagedData from error


def xz() -> Bzip:
    """xz."""
    import lzma

    return Bzip(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY), lzma.LZMAError)


def zstandard() -> Bzip:
    """Zstandard, which Python has from 3.14 on. Raises UnsupportedData before."""
    from importlib import import_module

    try:
        module = import_module("compression.zstd")
    except ImportError as error:
        raise UnsupportedData("Zstandard is read with Python 3.14 or later: unpack it with zstd or 7z") from error
    return Bzip(module.ZstdDecompressor(), module.ZstdError)


def decoder_of(method: int, flags: int) -> Decoder:
    """The decoder for a member of a zip. Raises UnsupportedData."""
    if method == DEFLATED:
        return Deflate(-15)
    if method == LZMA:
        return Lzma(marked=bool(flags & 2))
    return {BZIPPED: Bzip, XZ: xz, ZSTANDARD: zstandard}[method]()


def is_read(method: int) -> bool:
    """Whether a compression method of zip is supported."""
    if method == ZSTANDARD:
        import sys

        return sys.version_info >= (3, 14)
    return method in (STORED, DEFLATED, BZIPPED, LZMA, XZ)


def decompressed_gzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain pieces of a gzip file, which may be several in a row, padded with NULs. Raises DamagedData."""
    return _streams(pieces, lambda: Deflate(31), b"\0")


def decompressed_bzip2(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain pieces of a bzip2 file, which may be several in a row, padded with NULs. Raises DamagedData."""
    return _streams(pieces, Bzip, b"\0")


def decompressed_xz(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain pieces of an xz file, which may be several in a row, padded with NULs. Raises DamagedData."""
    return _streams(pieces, xz, b"\0")


def decompressed_zstandard(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain pieces of a Zstandard file, which may be several in a row, padded with NULs. Raises DamagedData."""
    return _streams(pieces, zstandard, b"\0")


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
                    raise DamagedData
                break
            decoder = decoder or fresh()
            yield from decoder.feed(rest)
            rest = b""
            if decoder.ended:
                rest, decoder = decoder.leftover, None
    if decoder is not None:
        raise TruncatedData
