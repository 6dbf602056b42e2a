"""The unfinished file `NAME.part` and its journal: locked while it is worked on, and never more than the journal says.

The journal `NAME.part.json` says which version of what the file is, and how much of it is here, with a checksum: a
line of JSON for the version, then one for each mark `[[0, end]]` that the bytes on the disk had reached. Lines are
only added, so that a cut leaves at most the last of them unreadable; and a mark counts only if the bytes before it
still have its checksum, so that it never claims what a loss of power has taken.
"""

from __future__ import annotations

import json
import os
import re
import stat
import time
import zlib
from contextlib import suppress

from edexql.base.files import locks, regular
from edexql.base.record import record
from edexql.base.text import printable
from edexql.client.credentials import without
from edexql.client.download.headers import Version
from edexql.client.download.model import Fault
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


def read_journal(path: str) -> tuple[Head, dict[int, int]] | None:
    """The version and the marks, with the sums, of a journal; None where there is none that can be believed."""
    try:
        with open(path, "rb", opener=regular.opener) as file:
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


PART_SUFFIX = ".part"
JOURNAL_SUFFIX = ".part.json"
_PIECE = 2**20
# A mark is set at every two hundredth of a file, so that a cut costs no more than that; bytes.
_STEPS = 200
_LEAST_STEP = 16 * 1024
_UNKNOWN_STEP = 256 * 1024
# Seconds after which what is written is put on the disk itself, against a loss of power.
_SETTLE = 10.0
_sync = getattr(os, "fdatasync", os.fsync)


class Part:
    """An unfinished file, open and locked. `head` is the version that it is of, None before the first answer.

    Only one range is ever done: the bytes from the beginning to `have`. `crc32` is their sum.
    """

    def __init__(self, path: str, handle: int) -> None:
        self.path = path
        self.journal = path.removesuffix(PART_SUFFIX) + JOURNAL_SUFFIX
        self.handle = handle
        self.head: Head | None = None
        self.have = 0
        self.crc32 = 0
        # Whether it was put together from more than one answer.
        self.joined = False
        self._marks: int | None = None
        self._marked = 0
        self._settled = time.monotonic()

    @property
    def resumable(self) -> bool:
        """Whether another try can go on where this one ended."""
        return self.head is not None and self.head.version is not None and self.have > 0

    def take_up(self, url: str) -> None:
        """Go on with what an earlier run left, as far as it can be believed."""
        found = read_journal(self.journal)
        if found is None or found[0].url != without(url) or found[0].version is None:
            return
        head, marks = found
        have, crc32 = self._verified(marks)
        if have:
            self.head, self.have, self.crc32, self._marked = head, have, crc32, have
            self.joined = True
            os.ftruncate(self.handle, have)
            os.lseek(self.handle, have, os.SEEK_SET)
            self._marks = _opened(self.journal, os.O_WRONLY | os.O_APPEND)

    def restart(self, head: Head) -> None:
        """Begin anew, with another version or because what is here is of no use."""
        self._close_journal()
        self.head, self.have, self.crc32, self._marked, self.joined = None, 0, 0, 0, False
        # The journal goes first: while it is there, the bytes are.
        _remove(self.journal)
        os.ftruncate(self.handle, 0)
        os.lseek(self.handle, 0, os.SEEK_SET)
        self._marks = _opened(self.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL)
        _write(self._marks, head_line(head))
        self.head = head

    def add_digests(self, digests: tuple[Digest, ...]) -> None:
        """Know of sums that came later than the head."""
        head = self.head
        if head is not None and digests:
            self.head = Head(head.url, head.version, head.length, (*head.digests, *digests))

    def forget(self) -> None:
        """Let the next try begin anew."""
        self.head, self.have = None, 0

    def write(self, data: bytes) -> None:
        """Add bytes at the end. Raises OSError."""
        _write(self.handle, data)
        self.crc32 = zlib.crc32(data, self.crc32)
        self.have += len(data)
        length = self.head.length if self.head else None
        if self.have - self._marked >= (max(_LEAST_STEP, length // _STEPS) if length else _UNKNOWN_STEP):
            self.mark()

    def mark(self) -> None:
        """Say in the journal how far the bytes go. They are written before that."""
        if self._marks is None or not self.resumable or self.have == self._marked:
            return
        settle = time.monotonic() - self._settled > _SETTLE
        if settle:
            _sync(self.handle)
        _write(self._marks, mark_line(self.have, self.crc32))
        self._marked = self.have
        if settle:
            _sync(self._marks)
            self._settled = time.monotonic()

    def tail(self, count: int) -> bytes:
        """The last bytes that are here."""
        os.lseek(self.handle, self.have - count, os.SEEK_SET)
        found = os.read(self.handle, count)
        os.lseek(self.handle, self.have, os.SEEK_SET)
        return found

    def drop(self) -> None:
        """Remove the file and its journal."""
        self.drop_journal()
        _remove(self.path)

    def drop_journal(self) -> None:
        """Remove the journal alone."""
        self._close_journal()
        _remove(self.journal)

    def release(self) -> None:
        """Let go of the file, and of the lock."""
        self._close_journal()
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    def _close_journal(self) -> None:
        if self._marks is not None:
            os.close(self._marks)
            self._marks = None

    def _verified(self, marks: dict[int, int]) -> tuple[int, int]:
        """The last mark whose sum the bytes before it still have, and that sum."""
        size = os.fstat(self.handle).st_size
        os.lseek(self.handle, 0, os.SEEK_SET)
        place, crc32, best = 0, 0, (0, 0)
        for end in sorted(end for end in marks if end <= size):
            while place < end and (data := os.read(self.handle, min(_PIECE, end - place))):
                crc32 = zlib.crc32(data, crc32)
                place += len(data)
            if place != end:
                break
            if marks[end] == crc32:
                best = (end, crc32)
        return best


def opened(path: str) -> Part | None:
    """The unfinished file of a path, made if it is not there; None while another process works on it.

    Raises Fault where something else is in its place, and OSError.
    """
    while True:
        handle = _opened(path, os.O_RDWR | os.O_CREAT)
        try:
            if not _locked(handle):
                os.close(handle)
                return None
            if _is_ours(handle, path):
                return Part(path, handle)
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _is_ours(handle: int, path: str) -> bool:
    """Whether the locked file is still the one of this name, and of this name only."""
    found = os.fstat(handle)
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return False
    if stat.S_ISLNK(there.st_mode):
        # Where the system has no way to open a file without following links.
        raise _in_the_way(path)
    if (there.st_dev, there.st_ino) != (found.st_dev, found.st_ino):
        return False
    if found.st_nlink > 1:
        # A file that has another name too: the finished one of a run that was killed, or one that we do not know.
        _remove(path)
        return False
    return True


def _opened(path: str, flags: int) -> int:
    try:
        handle = regular.opener(path, flags)
    except OSError:
        if os.path.islink(path) or os.path.isdir(path):
            raise _in_the_way(path) from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _in_the_way(path)
    return handle


def _in_the_way(path: str) -> Fault:
    return Fault("in-the-way", f"{printable(path)} is there, and is not a plain file: remove it")


def _locked(handle: int) -> bool:
    # A file system without locks: better a download without than none.
    return locks.lock(handle) is not False


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.remove(path)
