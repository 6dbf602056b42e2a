"""The listing of a bucket in XML, as S3 and what speaks like it write it (ListObjects and ListObjectsV2 of its API).

It is read without a reader of XML, which would expand what a hostile page defines.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote, urlsplit

from edexql.base.record import Record
from edexql.formats.pages.text import without_long_references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN = re.compile(r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?<ListBucketResult\b", re.IGNORECASE)
_BEGIN_ENTRY = re.compile(r"<(Contents|CommonPrefixes)>")
_FIELD = re.compile(r"<(Key|Prefix|LastModified|Size)>([^<]*)</")
_PREFIX = re.compile(r"<Prefix>([^<]*)</Prefix>")
_CUT = re.compile(r"<IsTruncated>\s*true\s*</IsTruncated>", re.IGNORECASE)


class Bucket(Record):
    """What a listing has: the beginning of all keys, each key with its time and size, and whether there are more.

    Keys that end with a slash are those of folders.
    """

    prefix: str
    files: tuple[tuple[str, str, int | None], ...]
    cut: bool


def is_listing(text: str) -> bool:
    """Whether a text begins as the listing of a bucket."""
    return _BEGIN.match(text) is not None


def read(text: str) -> Bucket:
    """What a listing of a bucket has. One that breaks off has a part of the keys."""
    text = without_long_references(text)
    first = _BEGIN_ENTRY.search(text)
    head = text[: first.start()] if first else text
    prefix = _PREFIX.search(head)
    files = []
    for entry in _entries(text):
        fields = {match[1]: unescape(match[2]) for match in _FIELD.finditer(entry)}
        key = fields.get("Key") or fields.get("Prefix") or ""
        size = fields.get("Size", "")
        count = int(size) if size.isdecimal() and len(size) < 18 else None
        files.append((key, fields.get("LastModified", ""), count))
    whole = "</ListBucketResult" in text
    return Bucket(unescape(prefix[1]) if prefix else "", tuple(files), not whole or _CUT.search(text) is not None)


def _entries(text: str) -> Iterator[str]:
    """What stands in each entry; one that does not end is the last."""
    begin = _BEGIN_ENTRY.search(text)
    while begin:
        end = text.find(f"</{begin[1]}>", begin.end())
        if end < 0:
            return
        yield text[begin.end() : end]
        begin = _BEGIN_ENTRY.search(text, end)


def folder_of(url: str, prefix: str) -> str:
    """The address of the folder whose keys begin so, for a listing that came from an address."""
    parts = urlsplit(url)
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    below = quote(prefix.rpartition("/")[0] + "/" if "/" in prefix else "", safe="/")
    if not path.endswith(f"/{below}"):
        path += below
    return f"{parts.scheme}://{parts.netloc}{path}"
