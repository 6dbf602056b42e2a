"""The query file that a workbench was started with: read once, and written where nothing else has changed it."""

from __future__ import annotations

import hashlib
import os
import re
import threading

from edexql.base.errors import EdexqlError
from edexql.base.files import atomic, regular
from edexql.base.record import Record
from edexql.language.source import BOM, Source

# A query file of this size is none.
_MOST_BYTES = 2**20


class QueryFileError(EdexqlError):
    """The file cannot be read or written; `message` says why, `help` what to do, if there is something."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(f"{message}: {help}" if help else message)
        self.message = message
        self.help = help


class Content(Record):
    """The text of a file, and the digest of its bytes; an empty text and no digest where there is no file.

    `bom` says that a byte order mark stands before the text, which has none.
    """

    text: str
    digest: str
    bom: bool = False


class QueryFile:
    """A file by its path. One that is not there yet is made when it is saved. Raises QueryFileError."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        self.name = os.path.basename(self.path)
        self._lock = threading.Lock()
        self._last = self.read()

    def read(self) -> Content:
        """What is there now. Raises QueryFileError."""
        content = _content(self.path)
        self._last = content
        return content

    def save(self, text: str, digest: str | None = None) -> Content:
        """Write a text, all at once, and give what is there then.

        `digest` is that of the content which the text was made from, None for the one that was last read or written.
        Raises QueryFileError where the file has another content by now.
        """
        with self._lock:
            there = _content(self.path)
            if there.digest != (self._last.digest if digest is None else digest):
                what = "removed" if not there.digest else "changed"
                help = "download the query, or copy it, and reload the page to see what is in the file"
                raise QueryFileError(f"{self.name} was {what} by another program since it was read", help)
            data = _bytes(text, there)
            try:
                atomic.overwrite(self.path, data)
            except OSError as error:
                raise QueryFileError(f"cannot write {self.name}: {error.strerror or error}") from error
            self._last = Content(text, _digest(data), there.bom)
            return self._last


def _content(path: str) -> Content:
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            raise QueryFileError(f"{path} is not a regular file")
        data = regular.read(path, _MOST_BYTES)
    except FileNotFoundError:
        return Content("", "")
    except (OSError, ValueError) as error:
        raise QueryFileError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    source = Source.from_bytes(data, path)
    if source.undecodable:
        raise QueryFileError(f"{path} is not UTF-8: see byte {source.undecodable[0].byte_offset + 1}")
    return Content(source.text, _digest(data), source.bom)


def _bytes(text: str, before: Content) -> bytes:
    """A text as it is written: with the byte order mark and the ends of lines that were there before."""
    if "\r" in before.text and "\r" not in text:
        text = _ended(text.split("\n"), before.text)
    try:
        return ((BOM if before.bom else "") + text.removeprefix(BOM)).encode()
    except UnicodeEncodeError as error:
        raise QueryFileError(f"character {error.start + 1} of the text cannot be written as UTF-8") from None


def _ended(lines: list[str], before: str) -> str:
    """Lines with ends: those of the first and of the last lines that were there before keep their own.

    What was changed between them ends as the line above it does.
    """
    parts = re.split("(\r\n|\r|\n)", before)
    old, ends = parts[::2], parts[1::2]
    same = _alike(lines, old)
    last = min(_alike(lines[::-1], old[::-1]), len(lines) - same, len(old) - same)
    shift = len(old) - len(lines)
    end, written = ends[0], []
    for place, line in enumerate(lines[:-1]):
        if place < same:
            end = ends[place] if place < len(ends) else end
        elif place >= len(lines) - last:
            end = ends[place + shift]
        written += [line, end]
    return "".join([*written, lines[-1]])


def _alike(lines: list[str], others: list[str]) -> int:
    """How many of the first lines are the same."""
    pairs = enumerate(zip(lines, others, strict=False))
    return next((place for place, (line, other) in pairs if line != other), min(len(lines), len(others)))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
