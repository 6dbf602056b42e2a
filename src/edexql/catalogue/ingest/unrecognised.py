"""What to say of a file that is in no format that is read here: what it is instead, and what to do."""

from __future__ import annotations

import re

from edexql.catalogue.ingest.csv_table import delimiter_of, split
from edexql.catalogue.ingest.source import shown
from edexql.formats.signatures import NAMES, PACKED, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.catalogue.ingest.formats import Head

_TITLE = re.compile(rb"<title[^>]*>([^<]{0,300})", re.IGNORECASE)
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<title", b"<body")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_COLUMNS, _MOST_CHARACTERS = 8, 120


def reason(start: Head, first: bytes) -> str:
    """Why a file is not taken in, by what it begins with, unpacked and as it is."""
    data = start.data
    if not first:
        return "it is empty"
    if not data:
        return "its compressed data are damaged, or there are none"
    kind = kind_of(data)
    if kind is not None:
        return f"it is {NAMES[kind]}: {'unpack it first' if kind in PACKED else 'its content is not read'}"
    if data.startswith(_UTF_16) or _is_wide(data):
        return "it is text in UTF-16; save it as UTF-8, as by `iconv -f UTF-16 -t UTF-8`"
    if b"\0" in data:
        return "it is binary data of no kind that is known here"
    if data.lstrip().lower().startswith(_MARKUP):
        title = _TITLE.search(data)
        words = " ".join(title[1].decode("utf-8", "replace").split()) if title else ""
        named = f", {shown(words)}," if words else ""
        return f"it is a web page{named} and no listing or table that is known here; fetch the file itself again"
    columns = columns_of(data)
    if columns is None:
        return "it is in no format that is known here"
    names = ", ".join(columns[:_MOST_COLUMNS])[:_MOST_CHARACTERS]
    more = " ..." if len(columns) > _MOST_COLUMNS or len(", ".join(columns)) > _MOST_CHARACTERS else ""
    return (
        f"it seems to be a table with the columns {ascii(names)[1:-1]}{more}; say what they mean with --mapping FILE, "
        "of which --suggest-mapping writes a first one"
    )


def columns_of(data: bytes) -> list[str] | None:
    """The names of the columns of a text, None where its first line that is no comment does not have several."""
    text = data.decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return None
    delimiter = delimiter_of(lines[0])
    names = [name.strip() for name in split(lines[0].strip(), delimiter) or []]
    words = sum(any(map(str.isalpha, name)) for name in names)
    if len(names) < 2 or words * 2 < len(names) or not all(names):
        return None
    # A text may have commas, too; the rows of a table have as many as its header.
    if any(len(split(line, delimiter) or []) != len(names) for line in lines[1:3]):
        return None
    return names if all(name.isprintable() for name in names) else None


def _is_wide(data: bytes) -> bool:
    """Whether every other byte is zero, as in English UTF-16 without its mark."""
    some = data[:200]
    return len(some) > 10 and (not some[::2].strip(b"\0") or not some[1::2].strip(b"\0")) and bool(some.strip(b"\0"))
