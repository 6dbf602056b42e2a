"""The bytes of a member, which are either all there and right, or end in an error that names it."""

from __future__ import annotations

import zlib

from edexql.client.unpacking.decoders import STORED, Broken, Unreadable, decoder_of
from edexql.client.unpacking.problem import UnpackError
from edexql.client.unpacking.source import pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.client.unpacking.plans import Entry
    from edexql.client.unpacking.source import Source

_DAMAGED = "it is damaged, {}: fetch the archive again"


def content(source: Source, entry: Entry) -> Iterator[bytes]:
    """The content of a member in pieces. Raises UnpackError, at the latest after the last of them."""
    size, crc = 0, 0
    try:
        for piece in _plain(source, entry):
            size += len(piece)
            if size > entry.size:
                break
            crc = zlib.crc32(piece, crc)
            yield piece
    except Unreadable as unreadable:
        raise UnpackError("unsupported", str(unreadable), entry.name) from unreadable
    except Broken as broken:
        raise _damaged("its compressed data are not whole", entry) from broken
    except UnpackError as error:
        if error.member is not None:
            raise
        raise UnpackError(error.code, error.reason, entry.name) from error
    if size > entry.size:
        raise UnpackError("contradictory", f"it holds more than the {entry.size:,} bytes that it says", entry.name)
    if size < entry.size:
        raise _damaged(f"it has {size:,} bytes and says that it has {entry.size:,}", entry)
    if entry.crc is not None and crc != entry.crc:
        raise _damaged("its checksum is another", entry)


def _plain(source: Source, entry: Entry) -> Iterator[bytes]:
    packed = pieces(source, entry.offset, entry.packed)
    if entry.method == STORED:
        yield from packed
        return
    decoder = decoder_of(entry.method, entry.flags)
    for piece in packed:
        if decoder.ended:
            raise _left_over(entry)
        yield from decoder.feed(piece)
    if decoder.leftover:
        raise _left_over(entry)
    if not decoder.ended:
        raise Broken


def _damaged(how: str, entry: Entry) -> UnpackError:
    return UnpackError("damaged", _DAMAGED.format(how), entry.name)


def _left_over(entry: Entry) -> UnpackError:
    return UnpackError("hidden", "there are bytes after the end of its compressed data", entry.name)
