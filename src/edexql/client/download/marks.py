"""Formats that tell their own end: gzip by the sum of a stream, PNG by a chunk, HDF5 by an address, tar by headers."""

from __future__ import annotations

import re
import zlib

from edexql.base.text import printable
from edexql.client.download.checking import SOUND, SUMMED, UNTOLD, WHOLE, Stopped, Verdict
from edexql.formats.tar_blocks import BLOCK, is_header, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from typing import BinaryIO

_PIECE = 2**20
# What is unpacked of a file to check it: so many times its size, and this many bytes more.
RATIO = 200
SPARE = 64 * 2**20
_MOST_MEMBERS = 1_000_000
_EMPTY = {b"1", b"2", b"3", b"4", b"5", b"6"}
# By version of the superblock: where the sizes of addresses and the address of the end stand.
_HDF5 = {0: (13, 40), 1: (13, 44), 2: (9, 28), 3: (9, 28)}


def check_gzip(file: BinaryIO, size: int, stop: threading.Event) -> Verdict:
    """Unpack it, without keeping anything, up to a limit."""
    left = RATIO * size + SPARE
    file.seek(0)
    packed = file.read(_PIECE)
    unpacker = zlib.decompressobj(wbits=31)
    end = SOUND
    try:
        while packed:
            if stop.is_set():
                raise Stopped
            left -= len(unpacker.decompress(packed, _PIECE))
            if left < 0:
                return UNTOLD
            packed = unpacker.unconsumed_tail
            if unpacker.eof:
                packed = _next_member(unpacker.unused_data, file)
                if packed:
                    # Where one stream follows another, a third may have followed.
                    unpacker, end = zlib.decompressobj(wbits=31), SUMMED
            packed = packed or file.read(_PIECE)
    except zlib.error:
        return Verdict(whole=False, wrong="its content does not agree with its sum")
    return end if unpacker.eof else Verdict(whole=False, wrong="its end is missing")


def _next_member(rest: bytes, file: BinaryIO) -> bytes:
    """Where another member begins, after the nulls that fill up the last block of a tape."""
    while rest and not (rest := rest.lstrip(b"\0")):
        rest = file.read(_PIECE)
    return rest


def check_png(file: BinaryIO, size: int, stop: threading.Event) -> Verdict:  # noqa: ARG001
    """Go from chunk to chunk, each of which has a sum, to the last one (PNG, 3rd edition, 5.3)."""
    file.seek(8)
    if file.read(8) != b"\0\0\0\rIHDR":
        return UNTOLD
    file.seek(8)
    while len(head := file.read(8)) == 8:
        if stop.is_set():
            raise Stopped
        left, kind = int.from_bytes(head[:4], "big"), head[4:]
        crc32 = zlib.crc32(kind)
        while left and (data := file.read(min(left, _PIECE))):
            crc32 = zlib.crc32(data, crc32)
            left -= len(data)
        told = file.read(4)
        if left or len(told) < 4:
            break
        if told != crc32.to_bytes(4, "big"):
            return Verdict(whole=False, wrong=f"its chunk {printable(kind.decode('latin-1'))} is damaged")
        if kind == b"IEND":
            more = file.read(_PIECE).strip(b"\0\r\n")
            return Verdict(whole=False, wrong="it has more after its end") if more else SOUND
    return Verdict(whole=False, wrong="its end is missing")


def check_hdf5(file: BinaryIO, size: int, stop: threading.Event) -> Verdict:  # noqa: ARG001
    """Compare the address of the end that the superblock tells with the size."""
    file.seek(0)
    head = file.read(64)
    if len(head) < 64 or not head.startswith(b"\x89HDF") or head[8] not in _HDF5:
        return UNTOLD
    width, end = _HDF5[head[8]]
    if head[width] != 8:
        return UNTOLD
    told = int.from_bytes(head[end : end + 8], "little")
    if told < 64 or told >= 2**63:
        return UNTOLD
    if told > size:
        return Verdict(whole=False, wrong=f"it has {size} bytes, and {told} by its own account")
    return WHOLE


def check_tar(file: BinaryIO, size: int, stop: threading.Event) -> Verdict:
    """Go from header to header. The two empty blocks at the end are left out by some programs."""
    place = 0
    told: int | None = None
    for _ in range(_MOST_MEMBERS):
        if stop.is_set():
            raise Stopped
        if place == size:
            return UNTOLD
        file.seek(place)
        block = file.read(BLOCK)
        if len(block) == BLOCK and not block.strip(b"\0"):
            return WHOLE
        if not is_header(block):
            return Verdict(whole=False, wrong=f"it has no member at byte {place}, where one should be")
        type = block[156:157]
        try:
            length = number(block[124:136]) if told is None else told
        except ValueError:
            return UNTOLD
        # A header before it may tell the size of a large member.
        told = _size_in(file.read(min(length, _PIECE))) if type == b"x" else None
        # Links and folders have no content, whatever their headers say.
        place += BLOCK + (0 if type in _EMPTY else -(-length // BLOCK) * BLOCK)
        if place > size:
            return Verdict(whole=False, wrong="it ends in the middle of a member")
    return UNTOLD


def _size_in(extended: bytes) -> int | None:
    found = re.search(rb"(?:^|\n)[0-9]+ size=([0-9]{1,18})\n", extended)
    return int(found[1]) if found else None
