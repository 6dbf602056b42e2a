"""The unfinished file `NAME.part`, locked while it is written, and its journal `NAME.part.json`.

The journal says which version of which file it is, and how much of it is here, with a checksum: a line of JSON for
the version, then one for each mark `[[0, end]]` that the bytes on the disk had reached. Lines are only added, so that
a cut leaves at most the last of them unreadable. A mark counts only if the bytes before it still have its checksum,
so that it never claims what a loss of power has taken. The journal is begun with its first mark: a file that comes
at once needs none.

Marks are made by the thread that looks after all transfers, now and then, and not for each piece that comes: on a
fast line they would take as long as the bytes do.
"""

from __future__ import annotations

import json
import os
import re
import stat
import threading
import time
from contextlib import contextmanager, suppress

from edexql.base.files import atomic, disk, locks, regular
from edexql.base.record import Record
from edexql.base.text import printable
from edexql.client.credentials import public_url
from edexql.client.download.headers import Validator
from edexql.client.download.model import Fault
from edexql.formats import fast_zlib
from edexql.formats.digests import ALGORITHMS, Digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


PART_SUFFIX = ".part"
JOURNAL_SUFFIX = ".part.json"
_FORMAT = 1
_LARGEST_JOURNAL = 2**20
_PIECE = 2**20
# Bytes between two marks at the least: a two hundredth of a file.
_STEPS = 200
_LEAST_STEP = 16 * 1024
_UNKNOWN_STEP = 256 * 1024
# Seconds after which the written bytes are synced to the disk, against a loss of power.
_SYNC_INTERVAL = 10.0
# Bytes after which the system is asked to begin with writing them to the disk, so that the end waits for little.
_WRITE_BACK = 2**19
_sync = getattr(os, "fdatasync", os.fsync)
_VALUE = re.compile(r"[\x20-\x7e]{1,600}")


class FileVersion(Record):
    """A version of a file at an address; `validator` and `length` are None where the service did not send them.

    The address is kept without user name and password. `digests` are those that the service published.
    """

    url: str
    validator: Validator | None
    length: int | None
    digests: tuple[Digest, ...] = ()


def version_line(version: FileVersion) -> bytes:
    """The first line of a journal."""
    validator = {version.validator.header: version.validator.value} if version.validator else {}
    digests = [[digest.algorithm, digest.value, digest.source] for digest in version.digests]
    sums = {"sums": digests} if digests else {}
    return _line({"edexql": _FORMAT, "url": public_url(version.url), **validator, "length": version.length, **sums})


def mark_line(end: int, crc32: int) -> bytes:
    """The line that says that the bytes before `end` are here."""
    return _line({"done": [[0, end]], "crc32": crc32})


def read_journal(path: str) -> tuple[FileVersion, dict[int, int]] | None:
    """The version, and the marks with their checksums, of a journal; None where there is no valid one."""
    try:
        with open(path, "rb", opener=regular.opener) as file:
            lines = file.read(_LARGEST_JOURNAL).split(b"\n")
    except OSError:
        return None
    values = [value for value in map(_value, lines) if value is not None]
    version = _version(values[0]) if values else None
    if version is None:
        return None
    marks = {}
    for value in values[1:]:
        match value:
            case {"done": [[0, int(end)]], "crc32": int(crc32)} if 0 < end <= (version.length or 2**62):
                marks[end] = crc32
    return version, marks


def _version(value: dict[str, Any]) -> FileVersion | None:
    url, length = value.get("url"), value.get("length")
    if value.get("edexql") != _FORMAT or not isinstance(url, str) or not isinstance(length, int | None):
        return None
    digests = _digests(value.get("sums", []))
    for header in ("ETag", "Last-Modified"):
        text = value.get(header)
        if isinstance(text, str) and _VALUE.fullmatch(text):
            return FileVersion(url, Validator(header, text), length, digests)
    return FileVersion(url, None, length, digests)


def _digests(value: Any) -> tuple[Digest, ...]:
    digests = []
    for item in value if isinstance(value, list) else ():
        match item:
            case [str(algorithm), str(digest), str(source)] if algorithm in ALGORITHMS:
                digests.append(Digest(algorithm, digest, source))
    return tuple(digests)


def _line(value: dict[str, Any]) -> bytes:
    # The line break before it ends a line that was cut.
    return b"\n" + json.dumps(value).encode() + b"\n"


def _value(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line) if line else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


class Part:
    """An unfinished file, open and locked. `version` is None before the first response.

    The bytes from the beginning to `length` are here. `crc32` is their checksum.
    """

    def __init__(self, path: str, handle: int) -> None:
        self.path = path
        self.journal_path = path.removesuffix(PART_SUFFIX) + JOURNAL_SUFFIX
        self.handle = handle
        self.version: FileVersion | None = None
        self.length = 0
        self.crc32 = 0
        # Whether it was put together from more than one response.
        self.joined = False
        self._journal: int | None = None
        # Whether there may be a journal, of this process or of one before.
        self._has_journal = True
        self._marked_length = 0
        self._written_back = 0
        self._synced = time.monotonic()
        # Held where what a mark says changes, and while one is written.
        self._lock = threading.Lock()
        # Whether another thread may mark.
        self._growing = False

    @property
    def resumable(self) -> bool:
        """Whether another attempt can resume where this one ended."""
        return self.version is not None and self.version.validator is not None and self.length > 0

    def resume(self, url: str) -> None:
        """Use what an earlier run left, as far as its checksum shows that it is right."""
        if not os.path.lexists(self.journal_path):
            self._has_journal = False
            return
        journal = read_journal(self.journal_path)
        if journal is None or journal[0].url != public_url(url) or journal[0].validator is None:
            return
        version, marks = journal
        length, crc32 = self._verified(marks)
        if length:
            self.version, self.length, self.crc32, self._marked_length = version, length, crc32, length
            self.joined = True
            os.ftruncate(self.handle, length)
            os.lseek(self.handle, length, os.SEEK_SET)
            self._journal = _opened(self.journal_path, os.O_WRONLY | os.O_APPEND)

    def restart(self, version: FileVersion) -> None:
        """Start again from the beginning, with another version or because what is here is of no use."""
        with self._lock:
            self.version, self.length, self.crc32, self._marked_length, self.joined = None, 0, 0, 0, False
            # The journal goes first: while it is there, the bytes are.
            self.remove_journal()
            if os.fstat(self.handle).st_size:
                # Only then: even where there is nothing to cut, the file system may wait for its journal.
                os.ftruncate(self.handle, 0)
            os.lseek(self.handle, 0, os.SEEK_SET)
            self.version = version

    def add_digests(self, digests: tuple[Digest, ...]) -> None:
        """Add digests that came later than the version."""
        version = self.version
        if version is not None and digests:
            self.version = FileVersion(version.url, version.validator, version.length, (*version.digests, *digests))

    def forget(self) -> None:
        """Let the next attempt start from the beginning."""
        self.version, self.length = None, 0

    def write(self, data: bytes) -> None:
        """Add bytes at the end. Raises OSError."""
        _write(self.handle, data)
        crc32 = fast_zlib.crc32(data, self.crc32)
        with self._lock:
            self.length, self.crc32 = self.length + len(data), crc32
        if not 0 <= self.length - self._written_back < _WRITE_BACK:
            begin = min(self._written_back, self.length)
            disk.begin_write_back(self.handle, begin, self.length - begin)
            self._written_back = self.length
        if time.monotonic() - self._synced > _SYNC_INTERVAL:
            self.mark()

    @contextmanager
    def growing(self) -> Iterator[None]:
        """Let another thread call `mark_progress` meanwhile."""
        with self._lock:
            self._growing = True
        try:
            yield
        finally:
            with self._lock:
                self._growing = False

    def mark_progress(self) -> None:
        """Mark what has come since the last mark, if that is worth one. For another thread, which never waits here."""
        if not self._lock.acquire(blocking=False):
            # It changes just now, or is synced.
            return
        try:
            length = self.version.length if self.version else None
            step = max(_LEAST_STEP, length // _STEPS) if length else _UNKNOWN_STEP
            # At the end it is verified and has its name.
            if self._growing and self.length - self._marked_length >= step and self.length != length:
                # A disk that is full is noticed by the thread that writes the file.
                with suppress(OSError):
                    self._mark()
        finally:
            self._lock.release()

    def mark(self) -> None:
        """Write into the journal how far the bytes go, if they can be resumed, and sync both where that is due."""
        with self._lock:
            is_due = time.monotonic() - self._synced > _SYNC_INTERVAL
            if is_due:
                # The bytes before the mark.
                _sync(self.handle)
            self._mark()
            if is_due and self._journal is not None:
                _sync(self._journal)
                self._synced = time.monotonic()

    def _mark(self) -> None:
        version = self.version
        if version is None or not self.length or self.length == self._marked_length:
            return
        lines = mark_line(self.length, self.crc32) if self.resumable else b""
        if self._journal is None:
            self._has_journal = True
            self._journal = _opened(self.journal_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL)
            lines = version_line(version) + lines
        if lines:
            _write(self._journal, lines)
        self._marked_length = self.length

    def tail(self, count: int) -> bytes:
        """The last bytes that are here."""
        os.lseek(self.handle, self.length - count, os.SEEK_SET)
        data = os.read(self.handle, count)
        os.lseek(self.handle, self.length, os.SEEK_SET)
        return data

    def remove(self) -> None:
        """Remove the file and its journal."""
        self.remove_journal()
        atomic.remove(self.path)

    def remove_journal(self) -> None:
        """Remove the journal alone."""
        self._close_journal()
        if self._has_journal:
            atomic.remove(self.journal_path)
            self._has_journal = False

    def close(self) -> None:
        """Close the file, which unlocks it."""
        self._close_journal()
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    def _close_journal(self) -> None:
        if self._journal is not None:
            os.close(self._journal)
            self._journal = None

    def _verified(self, marks: dict[int, int]) -> tuple[int, int]:
        """The last mark whose checksum the bytes before it still have, and that checksum."""
        size = os.fstat(self.handle).st_size
        os.lseek(self.handle, 0, os.SEEK_SET)
        place, crc32, best = 0, 0, (0, 0)
        for end in sorted(end for end in marks if end <= size):
            while place < end and (data := os.read(self.handle, min(_PIECE, end - place))):
                crc32 = fast_zlib.crc32(data, crc32)
                place += len(data)
            if place != end:
                break
            if marks[end] == crc32:
                best = (end, crc32)
        return best


def open_part(path: str) -> Part | None:
    """The unfinished file at a path, made where it is missing; None while another process has it.

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
    ours = os.fstat(handle)
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return False
    if stat.S_ISLNK(there.st_mode):
        # Where the system has no way to open a file without following links.
        raise _in_the_way(path)
    if (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
        return False
    if ours.st_nlink > 1:
        # A file that has another name, too: the finished one of a run that was killed, or an unknown one.
        atomic.remove(path)
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
    return Fault("in-the-way", f"{printable(path)} is not a regular file: remove it")


def _locked(handle: int) -> bool:
    # On a file system without locks a download is better than none.
    return locks.lock(handle) is not False


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
