"""An archive, opened: its kind, by its first bytes, and its members."""

from __future__ import annotations

import os
import re
import stat

from edexql.base import system
from edexql.base.text import shown
from edexql.client.unpack import tar, zip_directory, zip_records
from edexql.client.unpack.model import Fingerprint, UnpackError
from edexql.client.unpack.source import Section, Stream, pieces
from edexql.formats.compression import (
    DamagedData,
    TruncatedData,
    UnsupportedData,
    decompressed_bzip2,
    decompressed_gzip,
    decompressed_xz,
    decompressed_zstandard,
)
from edexql.formats.signatures import MARKS, NAMES
from edexql.formats.tar_blocks import BLOCK, ZEROS, is_header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from edexql.client.unpack.model import Contents, Limits
    from edexql.client.unpack.source import Source


HEAD = 2**16
_TITLE = re.compile(r"<title[^>]*>(.{0,1000}?)</title", re.IGNORECASE | re.DOTALL)
COMPRESSED = {
    "tar.gz": ((b"\x1f\x8b",), decompressed_gzip),
    "tar.bz2": (MARKS["bzip2"], decompressed_bzip2),
    "tar.xz": (MARKS["xz"], decompressed_xz),
    "tar.zst": (MARKS["zstandard"], decompressed_zstandard),
}
# Two blocks of zeros, and the twenty of a block of tape.
_EMPTY_TARS = (2 * BLOCK, 20 * BLOCK)
_PART = (b"PK\x07\x08",)
_PACKED = (
    (_PART, "one part of a split zip: join the parts first"),
    (MARKS["7z"], f"{NAMES['7z']}: unpack it with 7z"),
    (MARKS["rar"], f"{NAMES['rar']}: unpack it with unrar"),
)
_PLAIN = ("hdf5", "png", "netcdf", "cdf", "pdf", "sqlite")


def kind_of(source: Section) -> str:
    """zip, tar, tar.gz, tar.bz2, tar.xz or tar.zst. Raises UnpackError, which says what the file is instead."""
    if not source.size:
        raise UnpackError("not-an-archive", "the file is empty, it has 0 bytes: download it again")
    head = source.read(0, HEAD)
    for kind, (mark, plain) in COMPRESSED.items():
        if head.startswith(mark):
            first = _first(plain(pieces(source, 0, source.size)))
            if is_header(first) or first == ZEROS:
                return kind
            raise UnpackError("not-an-archive", "the file is compressed, but there is no tar in it")
    if is_header(head[:BLOCK]) or (source.size in _EMPTY_TARS and not head.strip(b"\0")):
        return "tar"
    if head.startswith((b"PK\x03\x04", zip_records.MARK)):
        return "zip"
    for mark, what in _PACKED:
        if head.startswith(mark) and not (mark == _PART and zip_records.has_end(source)):
            raise UnpackError("unsupported", f"the file is {what}")
    for kind in _PLAIN:
        if head.startswith(MARKS[kind]):
            raise UnpackError("not-an-archive", f"the file is {NAMES[kind]}, which needs no unpacking")
    if zip_records.has_end(source):
        return "zip"
    raise UnpackError("not-an-archive", _described(head))


def _first(stream: Iterator[bytes]) -> bytes:
    head = b""
    try:
        for piece in stream:
            head += piece[:BLOCK]
            if len(head) >= BLOCK:
                break
    except TruncatedData as short:
        raise UnpackError("cut-off", "the archive is cut off: download it again") from short
    except UnsupportedData as unreadable:
        raise UnpackError("unsupported", str(unreadable)) from unreadable
    except DamagedData as broken:
        raise UnpackError("damaged", "the compressed data are damaged: download the archive again") from broken
    return head[:BLOCK]


def _described(head: bytes) -> str:
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    lower = text[:2000].lower()
    if "<html" in lower or "<!doctype" in lower or "<title" in lower or "<?xml" in lower:
        title = _TITLE.search(text)
        words = " ".join(title[1].split())[:200] if title else ""
        return f"the file is a web page{f', {shown(words, 200)}' if words else ''}, not an archive: download it again"
    if text.startswith(("{", "[")):
        return f"the file is JSON, not an archive: {shown(' '.join(text.split()), 120)}"
    if "\ufffd" not in text[:200] and text[:200].isprintable():
        return f"the file is text, not an archive: {shown(' '.join(text.split()), 120)}"
    return "the file is neither a zip nor a tar: download it again"


def opened(path: str) -> IO[bytes]:
    """An archive, open for reading. Raises UnpackError."""
    try:
        # A pipe does not hold us up.
        handle = os.open(system.extended(path), os.O_RDONLY | system.NO_WAIT | system.BINARY)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise UnpackError("not-an-archive", "it is not a regular file")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnpackError("unreadable", f"the archive cannot be opened: {reason}") from error
    return os.fdopen(handle, "rb")


def fingerprint_of(file: IO[bytes]) -> Fingerprint:
    status = os.fstat(file.fileno())
    return Fingerprint(status.st_size, status.st_mtime_ns, status.st_ino)


def source_of(file: IO[bytes], size: int, limits: Limits) -> tuple[str, Source]:
    """The kind of an archive, and its bytes as they are without the compression of a whole tar. Raises UnpackError."""
    stretch = Section(file, 0, size)
    kind = kind_of(stretch)
    if kind in COMPRESSED:
        _, plain = COMPRESSED[kind]
        return kind, Stream(plain(pieces(stretch, 0, size)), size, limits)
    return kind, stretch


def contents_of(source: Source, kind: str, limits: Limits) -> Contents:
    """The members of an archive. Raises UnpackError."""
    if kind == "zip" and isinstance(source, Section):
        return zip_directory.contents(source, limits)
    return tar.contents(source, limits)


def contents_of_nested(source: Section, limits: Limits) -> Contents:
    """The members of a zip in an archive. Raises UnpackError, also where it is not a zip."""
    kind = kind_of(source)
    if kind != "zip":
        raise UnpackError("not-an-archive", f"it is a {kind}, not a zip")
    return zip_directory.contents(source, limits)
