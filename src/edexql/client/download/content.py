"""The content of an answer that came compressed though nobody had asked for that (RFC 9110, 8.4)."""

from __future__ import annotations

import zlib

from edexql.client.download.fault import Fault
from edexql.formats.signatures import HEAD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PIECE = 2**20
GZIP = b"\x1f\x8b\x08"
# `x-gzip` is another name of the same (RFC 9110, 8.4.1.3).
_NAMES = {"identity": "", "x-gzip": "gzip"}


class Counted:
    """Pieces on their way through, and how many bytes they had."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.count = 0
        self._pieces = iter(pieces)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        self.count += len(piece)
        return piece


def coding(headers: Mapping[str, str]) -> str:
    """How an answer is compressed; empty where it is not."""
    told = headers.get("Content-Encoding", "").strip().lower()
    return _NAMES.get(told, told)


def is_packed(headers: Mapping[str, str], first: bytes, kind: str) -> bool:
    """Whether an answer, which begins with `first`, is to be unpacked to be the file.

    Services mark the gzip files that they have as compressed, too: such a file is right as it comes.
    """
    if coding(headers) != "gzip":
        return False
    if kind != "gzip":
        return True
    return beginning(first).startswith(GZIP)


def beginning(first: bytes) -> bytes:
    """How the content of a gzip file begins, as far as the first bytes of it tell."""
    try:
        return zlib.decompressobj(wbits=31).decompress(first, HEAD)
    except zlib.error:
        return b""


def unpacked(pieces: Iterable[bytes], *, framed: bool) -> Iterator[bytes]:
    """The content, which has a sum of its own at the end. Raises Fault where that is wrong or missing.

    `framed` says that the answer tells where the pieces end. Elsewhere the end of one stream does, and that of a
    second does not: a third may have followed.
    """
    unpacker = zlib.decompressobj(wbits=31)
    begun = False
    for piece in pieces:
        rest = piece
        while rest:
            if unpacker.eof and not framed:
                raise Fault("unverified", "several gzip streams came in a row, and nothing tells whether more follow")
            if unpacker.eof:
                unpacker, begun = zlib.decompressobj(wbits=31), False
            try:
                plain = unpacker.decompress(rest, _PIECE)
            except zlib.error as error:
                raise Fault("damaged", f"what the service compressed on the way is damaged: {error}") from error
            begun = True
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            if plain:
                yield plain
    if begun and not unpacker.eof:
        raise Fault("cut", "the connection ended before the file did", "resume")
