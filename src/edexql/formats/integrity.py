"""Whether a file is whole, as far as its own format says.

A zip by its end record, its directory and the checksum of every member; gzip by the checksum of its stream; PNG by
its chunks; HDF5 by the end-of-file address of its superblock; tar by its headers.
"""

from __future__ import annotations

import re
import zipfile

from edexql.base.record import Record
from edexql.base.text import printable
from edexql.formats import fast_zlib
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
_END = b"PK\x05\x06"
_LOCATOR = b"PK\x06\x07"
_END64 = b"PK\x06\x06"
# What is read of a directory; one of a million members has about 100 MB.
_MOST_DIRECTORY = 16 * 2**20
_ENCRYPTED = 0x1
_DAMAGED: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    *fast_zlib.DAMAGED,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,
    NotImplementedError,
)


class Verdict(Record):
    """`wrong` is what is wrong with a file, None if nothing is; `whole` says that its end is where it should be.

    `content` says that all of the content was compared with checksums in the file itself.
    """

    whole: bool
    wrong: str | None = None
    content: bool = False


# The format does not tell, or it would take too long to find out.
UNKNOWN = Verdict(whole=False)
WHOLE = Verdict(whole=True)
SOUND = Verdict(whole=True, content=True)
# What is here has the right sums, and more may be missing.
SUMMED = Verdict(whole=False, content=True)


class Stopped(Exception):
    """The check was stopped before it came to a verdict."""


def check(kind: str, file: BinaryIO, size: int, stop: threading.Event) -> Verdict:
    """Read through a file of a kind. Raises Stopped, and OSError where the file cannot be read."""
    return _CHECKS[kind](file, size, stop) if kind in _CHECKS else UNKNOWN


def has_check(kind: str) -> bool:
    """Whether files of a kind show by their own format that they are whole."""
    return kind in _CHECKS


def check_gzip(file: BinaryIO, size: int, stop: threading.Event) -> Verdict:
    """Unpack it, without keeping anything, up to a limit."""
    left = RATIO * size + SPARE
    file.seek(0)
    packed = file.read(_PIECE)
    unpacker = fast_zlib.decompressobj(wbits=31)
    end = SOUND
    try:
        while packed:
            if stop.is_set():
                raise Stopped
            left -= len(unpacker.decompress(packed, _PIECE))
            if left < 0:
                return UNKNOWN
            packed = unpacker.unconsumed_tail
            if unpacker.eof:
                packed = _next_member(unpacker.unused_data, file)
                if packed:
                    # Where one stream follows another, a third may have followed.
                    unpacker, end = fast_zlib.decompressobj(wbits=31), SUMMED
            packed = packed or file.read(_PIECE)
    except fast_zlib.DAMAGED:
        return Verdict(whole=False, wrong="its content does not match its checksum")
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
        return UNKNOWN
    file.seek(8)
    while len(head := file.read(8)) == 8:
        if stop.is_set():
            raise Stopped
        left, kind = int.from_bytes(head[:4], "big"), head[4:]
        crc32 = fast_zlib.crc32(kind)
        while left and (data := file.read(min(left, _PIECE))):
            crc32 = fast_zlib.crc32(data, crc32)
            left -= len(data)
        checksum = file.read(4)
        if left or len(checksum) < 4:
            break
        if checksum != crc32.to_bytes(4, "big"):
            return Verdict(whole=False, wrong=f"its chunk {printable(kind.decode('latin-1'))} is damaged")
        if kind == b"IEND":
            more = file.read(_PIECE).strip(b"\0\r\n")
            return Verdict(whole=False, wrong="it has more bytes after its end") if more else SOUND
    return Verdict(whole=False, wrong="its end is missing")


def check_hdf5(file: BinaryIO, size: int, stop: threading.Event) -> Verdict:  # noqa: ARG001
    """Compare the size with the address of the end in the superblock."""
    file.seek(0)
    head = file.read(64)
    if len(head) < 64 or not head.startswith(b"\x89HDF") or head[8] not in _HDF5:
        return UNKNOWN
    width, end = _HDF5[head[8]]
    if head[width] != 8:
        return UNKNOWN
    length = int.from_bytes(head[end : end + 8], "little")
    if length < 64 or length >= 2**63:
        return UNKNOWN
    if length > size:
        return Verdict(whole=False, wrong=f"it has {size} bytes, but its header says {length}")
    return WHOLE


def check_tar(file: BinaryIO, size: int, stop: threading.Event) -> Verdict:
    """Go from header to header. The two empty blocks at the end are left out by some programs."""
    place = 0
    extended_size: int | None = None
    for _ in range(_MOST_MEMBERS):
        if stop.is_set():
            raise Stopped
        if place == size:
            return UNKNOWN
        file.seek(place)
        block = file.read(BLOCK)
        if len(block) == BLOCK and not block.strip(b"\0"):
            return WHOLE
        if not is_header(block):
            return Verdict(whole=False, wrong=f"it has no member at byte {place}, where one should be")
        type = block[156:157]
        try:
            length = number(block[124:136]) if extended_size is None else extended_size
        except ValueError:
            return UNKNOWN
        # The header before a large member may give its size.
        extended_size = _size_in(file.read(min(length, _PIECE))) if type == b"x" else None
        # Links and folders have no content, whatever their headers say.
        place += BLOCK + (0 if type in _EMPTY else -(-length // BLOCK) * BLOCK)
        if place > size:
            return Verdict(whole=False, wrong="it ends in the middle of a member")
    return UNKNOWN


def _size_in(extended: bytes) -> int | None:
    match = re.search(rb"(?:^|\n)[0-9]+ size=([0-9]{1,18})\n", extended)
    return int(match[1]) if match else None


class _End(Record):
    """Where the directory is, its length, and where it must have ended."""

    start: int
    length: int
    bound: int


def check_zip(file: BinaryIO, size: int, stop: threading.Event) -> Verdict:
    """Look through a zip, up to a limit on what is unpacked."""
    end = _end_of(file, size)
    if isinstance(end, str):
        return Verdict(whole=False, wrong=end)
    if end.start + end.length > end.bound:
        return Verdict(whole=False, wrong="its directory is not where its end record says")
    if end.length > _MOST_DIRECTORY:
        return UNKNOWN
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return _members(archive, RATIO * size + SPARE, stop)
    except _DAMAGED as error:
        return Verdict(whole=False, wrong=f"its directory is damaged ({printable(str(error))[:100]})")


def _members(archive: zipfile.ZipFile, left: int, stop: threading.Event) -> Verdict:
    verdict = SOUND
    for member in archive.infolist():
        # The other methods are rare, slow, or may ask for more memory than there is.
        if member.flag_bits & _ENCRYPTED or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            verdict = WHOLE
            continue
        try:
            with archive.open(member) as content:
                while piece := content.read(_PIECE):
                    left -= len(piece)
                    if stop.is_set():
                        raise Stopped
                    if left < 0:
                        return UNKNOWN
        except _DAMAGED:
            return Verdict(whole=False, wrong=f"its member {printable(member.filename)[:200]} is damaged")
    return verdict


def _end_of(file: BinaryIO, size: int) -> _End | str:
    """What the end record says, or what is wrong with it."""
    first = max(0, size - 22 - 0xFFFF)
    file.seek(first)
    tail = file.read(22 + 0xFFFF)
    at = tail.rfind(_END)
    while at >= 0 and not _is_last(tail, at):
        at = tail.rfind(_END, 0, at)
    if at < 0:
        return "it has more bytes after its end record" if _END in tail else "its end record is missing"
    length, start = (int.from_bytes(tail[at + k : at + k + 4], "little") for k in (12, 16))
    if 0xFFFFFFFF not in (length, start) and tail[at + 10 : at + 12] != b"\xff\xff":
        return _End(start, length, first + at)
    return _end64(file, first + at, _End(start, length, first + at))


def _is_last(tail: bytes, at: int) -> bool:
    """Whether nothing comes after an end record and its comment but zeros, which fill up the last block of a tape."""
    after = at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little")
    return at + 22 <= len(tail) and after <= len(tail) and not tail[after:].strip(b"\0")


def _end64(file: BinaryIO, at: int, end: _End) -> _End | str:
    """What the end record of a large zip says; small ones may have full fields too, and mean them."""
    file.seek(max(0, at - 20))
    locator = file.read(20)
    if not locator.startswith(_LOCATOR):
        return end
    place = int.from_bytes(locator[8:16], "little")
    if place > at - 20 - 56:
        return "its end record is damaged"
    file.seek(place)
    record = file.read(56)
    if not record.startswith(_END64):
        return "its end record is damaged"
    length, start = (int.from_bytes(record[k : k + 8], "little") for k in (40, 48))
    return _End(start, length, place)


_CHECKS = {
    "zip": check_zip,
    "gzip": check_gzip,
    "png": check_png,
    "hdf5": check_hdf5,
    "netcdf": check_hdf5,
    "tar": check_tar,
}
