"""Whether a zip is whole: its end record, its directory, and the sum of every member that can be unpacked."""

from __future__ import annotations

import zipfile
import zlib

from edexql.base.record import record
from edexql.base.text import printable
from edexql.client.download.checking import SOUND, UNTOLD, WHOLE, Stopped, Verdict
from edexql.client.download.marks import RATIO, SPARE

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from typing import BinaryIO

_PIECE = 2**20
_END = b"PK\x05\x06"
_LOCATOR = b"PK\x06\x07"
_END64 = b"PK\x06\x06"
# What is read of a directory; one of a million members has about 100 MB.
_MOST_DIRECTORY = 16 * 2**20
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError, RuntimeError, NotImplementedError)


@record(frozen=True, slots=True)
class _End:
    """Where the directory is, its length, and where it must have ended."""

    start: int
    length: int
    bound: int


def check(file: BinaryIO, size: int, stop: threading.Event) -> Verdict:
    """Look through a zip, up to a limit on what is unpacked."""
    end = _end_of(file, size)
    if isinstance(end, str):
        return Verdict(whole=False, wrong=end)
    if end.start + end.length > end.bound:
        return Verdict(whole=False, wrong="its directory is not where its end record says")
    if end.length > _MOST_DIRECTORY:
        return UNTOLD
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
                        return UNTOLD
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
        return "it has more after its end record" if _END in tail else "its end record is missing"
    length, start = (int.from_bytes(tail[at + k : at + k + 4], "little") for k in (12, 16))
    if 0xFFFFFFFF not in (length, start) and tail[at + 10 : at + 12] != b"\xff\xff":
        return _End(start, length, first + at)
    return _end64(file, first + at, _End(start, length, first + at))


def _is_last(tail: bytes, at: int) -> bool:
    """Whether nothing comes after an end record and its comment but zeros, which fill up the last block of a tape."""
    after = at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little")
    return at + 22 <= len(tail) and after <= len(tail) and not tail[after:].strip(b"\0")


def _end64(file: BinaryIO, at: int, told: _End) -> _End | str:
    """What the end record of a large zip says; small ones may have full fields too, and mean them."""
    file.seek(max(0, at - 20))
    locator = file.read(20)
    if not locator.startswith(_LOCATOR):
        return told
    place = int.from_bytes(locator[8:16], "little")
    if place > at - 20 - 56:
        return "its end record is damaged"
    file.seek(place)
    record = file.read(56)
    if not record.startswith(_END64):
        return "its end record is damaged"
    length, start = (int.from_bytes(record[k : k + 8], "little") for k in (40, 48))
    return _End(start, length, place)
