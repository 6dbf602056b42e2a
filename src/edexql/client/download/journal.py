"""What is known of an unfinished file: which version of what it is, and how much of it is here, with a sum.

A line of JSON for the version, then one for each mark `[[0, end]]` that the bytes on the disk had reached. Lines
are only added, so that a cut leaves at most the last of them unreadable; and a mark counts only if the bytes
before it still have its sum, so that it never claims what a loss of power has taken.
"""

from __future__ import annotations

import json
import re

from edexql.base.record import record
from edexql.client.credentials import without
from edexql.client.download.headers import Version
from edexql.client.download.plain import safely
from edexql.formats.digests import ALGORITHMS, Digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FORMAT = 1
_MOST = 2**20
_VALUE = re.compile(r"[\x20-\x7e]{1,600}")


@record(frozen=True, slots=True)
class Head:
    """A version of a file at an address: `version` None where nothing tells it, `length` None where it is not known.

    The address is kept without name and password; `digests` are the sums that the service told of the file.
    """

    url: str
    version: Version | None
    length: int | None
    digests: tuple[Digest, ...] = ()


def head_line(head: Head) -> bytes:
    """The first line of a journal."""
    named = {head.version.header: head.version.value} if head.version else {}
    sums = {"sums": [[one.algorithm, one.value, one.source] for one in head.digests]} if head.digests else {}
    return _line({"edexql": _FORMAT, "url": without(head.url), **named, "length": head.length, **sums})


def mark_line(end: int, crc32: int) -> bytes:
    """The line that says that the bytes before `end` are here."""
    return _line({"done": [[0, end]], "crc32": crc32})


def read(path: str) -> tuple[Head, dict[int, int]] | None:
    """The version and the marks, with the sums, of a journal; None where there is none that can be believed."""
    try:
        with open(path, "rb", opener=safely) as file:
            lines = file.read(_MOST).split(b"\n")
    except OSError:
        return None
    values = [value for value in map(_value, lines) if value is not None]
    head = _head(values[0]) if values else None
    if head is None:
        return None
    marks = {}
    for value in values[1:]:
        match value:
            case {"done": [[0, int(end)]], "crc32": int(crc32)} if 0 < end <= (head.length or 2**62):
                marks[end] = crc32
    return head, marks


def _head(value: dict[str, Any]) -> Head | None:
    url, length = value.get("url"), value.get("length")
    if value.get("edexql") != _FORMAT or not isinstance(url, str) or not isinstance(length, int | None):
        return None
    sums = _sums(value.get("sums", []))
    for header in ("ETag", "Last-Modified"):
        text = value.get(header)
        if isinstance(text, str) and _VALUE.fullmatch(text):
            return Head(url, Version(header, text), length, sums)
    return Head(url, None, length, sums)


def _sums(value: Any) -> tuple[Digest, ...]:
    found = []
    for one in value if isinstance(value, list) else ():
        match one:
            case [str(algorithm), str(sum_), str(source)] if algorithm in ALGORITHMS:
                found.append(Digest(algorithm, sum_, source))
    return tuple(found)


def _line(value: dict[str, Any]) -> bytes:
    # The break before it ends a line that was cut.
    return b"\n" + json.dumps(value).encode() + b"\n"


def _value(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line) if line else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
