"""What a file is by its first bytes and by its name, and pages or messages that came in place of one.

`kind_of` recognises a kind by its mark; `kind_of_name` says which kind the ending of a name stands for, and
`begins` whether a file begins as its kind does.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from edexql.base.text import printable
from edexql.formats.tar_blocks import BLOCK, is_header

MARKS: dict[str, tuple[bytes, ...]] = {
    # An empty zip has its end record alone; one that might have become several parts has a mark before its first
    # member (APPNOTE 8.5.3 and 8.5.4).
    "zip": (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04"),
    "hdf5": (b"\x89HDF\r\n\x1a\n",),
    "netcdf": (b"CDF\x01", b"CDF\x02", b"CDF\x05"),
    "cdf": (b"\xcd\xf3\x00\x01", b"\xcd\xf2\x60\x02"),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpeg": (b"\xff\xd8\xff",),
    "pdf": (b"%PDF-",),
    "gzip": (b"\x1f\x8b\x08",),
    "compress": (b"\x1f\x9d",),
    "bzip2": (b"BZh",),
    "xz": (b"\xfd7zXZ\x00",),
    "zstandard": (b"\x28\xb5\x2f\xfd",),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "rar": (b"Rar!\x1a\x07",),
    "sqlite": (b"SQLite format 3\x00",),
}
NAMES = {
    "zip": "a zip archive",
    "hdf5": "an HDF5 file",
    "netcdf": "a NetCDF file",
    "cdf": "a CDF file",
    "png": "a PNG image",
    "jpeg": "a JPEG image",
    "pdf": "a PDF document",
    "gzip": "a gzip file",
    "compress": "a file packed by compress",
    "bzip2": "a bzip2 file",
    "xz": "an xz file",
    "zstandard": "a Zstandard file",
    "7z": "a 7z archive",
    "rar": "a RAR archive",
    "sqlite": "an SQLite database",
}
# Kinds that hold other files or texts.
PACKED = ("zip", "gzip", "compress", "bzip2", "xz", "zstandard", "7z", "rar")


def kind_of(head: bytes) -> str | None:
    """The kind of a file that begins with these bytes, None where its beginning has no mark."""
    return next((kind for kind, marks in MARKS.items() if head.startswith(marks)), None)


# Bytes of the beginning that tell every kind.
HEAD = 4096
_ENDINGS = {
    ".zip": "zip",
    ".h5": "hdf5",
    ".hdf5": "hdf5",
    ".nc": "netcdf",
    ".png": "png",
    ".gz": "gzip",
    ".tgz": "gzip",
    ".tar": "tar",
}
_BEGINNINGS = {
    # NetCDF 4 is HDF5.
    "netcdf": (*MARKS["hdf5"], *MARKS["netcdf"]),
    **{kind: MARKS[kind] for kind in ("zip", "hdf5", "png", "gzip")},
}
KINDS = (*_BEGINNINGS, "tar", "other")


def kind_of_name(name: str, kind: str | None = None) -> str:
    """The given kind, or the one of the name's ending; `other` is every kind without a mark of its own."""
    return _kind_of_name(name) if kind is None else kind


@lru_cache(maxsize=256)
def _kind_of_name(name: str) -> str:
    lower = name.lower()
    return next((known for ending, known in _ENDINGS.items() if lower.endswith(ending)), "other")


def begins(kind: str, head: bytes) -> bool:
    """Whether a file that begins with these bytes, HEAD of them or all, can be of a kind."""
    if kind == "tar":
        return is_header(head[:BLOCK])
    return kind not in _BEGINNINGS or head.startswith(_BEGINNINGS[kind])


# What is read of a page for its title, in bytes.
MOST_OF_PAGE = 64 * 1024
_LONGEST_TITLE = 200
_PAGE_BEGINNINGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<script", b"<!-- ")
_PAGE_ENDINGS = (".html", ".htm", ".xhtml")


def is_page(head: bytes, content_type: str, name: str) -> bool:
    """Whether what begins so is a page or message, judged for a file of a kind that has no mark of its own."""
    kind = content_type.partition(";")[0].strip().lower()
    lower = name.lower()
    text = head[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not lower.endswith(_PAGE_ENDINGS) and (kind in ("text/html", "application/xhtml+xml") or _begins_page(text)):
        return True
    if lower.endswith((".json", ".geojson")):
        return False
    return kind == "application/problem+json" or kind == "application/json" or _is_message(head)


def _begins_page(text: bytes) -> bool:
    return text.startswith(_PAGE_BEGINNINGS) or (text.startswith(b"<?xml") and b"<html" in text)


def _is_message(head: bytes) -> bool:
    """Whether it is a JSON object as services send them, and nothing else."""
    text = head.strip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        return False
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def title_of(body: bytes) -> str:
    """What a page or message says, in one line: its title, or how it begins."""
    # A number of thousands of digits is more than the reader of such marks takes.
    body = re.sub(rb"&#[0-9]{9,};?", b"?", body[:MOST_OF_PAGE])
    text = (_title(body) or body[:2000]).decode("utf-8", "replace")
    if "&" in text:
        from html import unescape

        text = unescape(text)
    words = " ".join(text.split())
    return printable(words[:_LONGEST_TITLE] + ("…" if len(words) > _LONGEST_TITLE else ""))


def excerpt(body: bytes) -> str:
    """How a file begins that is not what it should be, as far as that is text."""
    text = body[:200].decode("utf-8", "replace")
    end = next((at for at, c in enumerate(text) if not (c.isprintable() or c in "\t\r\n") or c == "\ufffd"), len(text))
    return " ".join(text[:end].split())


def _title(body: bytes) -> bytes:
    lower = body.lower()
    start = lower.find(b"<title")
    begin = lower.find(b">", start) if start >= 0 else -1
    end = lower.find(b"</title", begin) if begin >= 0 else -1
    return body[begin + 1 : end].strip() if end >= 0 else b""
