"""Members, checked, into the temporary folder, under numbers for names."""

from __future__ import annotations

import errno
import os
import time
import zlib
from contextlib import suppress

from edexql.service.unpacking.content import content
from edexql.service.unpacking.placing import Staged
from edexql.service.unpacking.problem import UnpackError, unwritable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from typing import BinaryIO

    from edexql.service.unpacking.entries import Entry
    from edexql.service.unpacking.folders import Folder
    from edexql.service.unpacking.plans import Member, Watch
    from edexql.service.unpacking.source import Source

# A zip knows no time before 1980, and no file comes from the future but for a clock that is a little ahead.
_FIRST, _AHEAD = 315_532_800, 86_400
# What the file system itself needs beside the files.
_SPARE = 2**20
_AT_ONCE = 4
_MOMENT = 0.05


class Staging:
    """Unpacks into the temporary folder, until it is stopped. Raises UnpackError."""

    def __init__(self, temporary: Folder, total: int, watch: Watch, stop: threading.Event) -> None:
        self._temporary = temporary
        self._watch = watch
        self._stop = stop
        self._done, self._total = 0, total
        self._count = 0
        self.staged: list[Staged] = []

    def expect(self, more: int) -> None:
        """Have so many bytes more to do."""
        self._total += more

    def member(self, source: Source, member: Member) -> None:
        """Unpack a file."""
        self._watch.file(member.path)
        name, crc = self._write(source, member.entry, member.name)
        self.staged.append(Staged(tuple(member.path.split("/")), member.name, name, member.size, crc))

    def scratch(self, source: Source, entry: Entry) -> str:
        """Unpack a member that is not to be placed; its name in the temporary folder."""
        return self._write(source, entry, entry.name)[0]

    def check(self, source: Source, entry: Entry) -> None:
        """Read a member for its checksum alone."""
        for piece in content(source, entry):
            self._counted(len(piece))

    def wait(self) -> None:
        """Let another process go on for a moment."""
        self._counted(0)
        self._stop.wait(_MOMENT)

    def settle(self) -> None:
        """Have on the disk what was unpacked."""
        from concurrent.futures import ThreadPoolExecutor

        # Side by side, for a disk makes one job of many that wait: five times as fast for thousands of files.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            try:
                for _ in pool.map(self._settled, self.staged):
                    self._counted(0)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _settled(self, staged: Staged) -> None:
        try:
            with self._temporary.read(staged.name) as file:
                os.fsync(file.fileno())
        except OSError as error:
            # Where the system cannot be asked (Windows, for a file open for reading), it is not.
            if error.errno not in (errno.EBADF, errno.EINVAL, errno.EACCES):
                raise

    def _write(self, source: Source, entry: Entry, member: str) -> tuple[str, int]:
        name = str(self._count)
        self._count += 1
        crc = 0
        pieces = content(source, entry)
        try:
            with self._temporary.create(name) as file:
                for piece in self._through(pieces):
                    crc = zlib.crc32(piece, crc)
                    file.write(piece)
                file.flush()
                _date(file, entry.modified, os.path.join(self._temporary.path, name))
        except OSError as error:
            problem = unwritable(error)
            raise UnpackError(problem.code, problem.reason, member) from error
        return name, crc

    def _through(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        self._counted(0)
        for piece in pieces:
            yield piece
            self._counted(len(piece))

    def _counted(self, size: int) -> None:
        if self._stop.is_set():
            raise UnpackError("interrupted", "stopped before the archive was unpacked; nothing of it was written")
        self._done += size
        self._watch.count(self._done, self._total)


def check_room(folder: str, needed: int) -> None:
    """Raises UnpackError where a folder has no room for so many bytes."""
    import shutil

    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < needed + _SPARE:
        raise UnpackError("no-room", f"{needed:,} bytes are needed, and the disk has room for {free:,}: make room")


def _date(file: BinaryIO, modified: float | None, path: str) -> None:
    """Give a file the time that the archive tells, where that can be one."""
    if modified is None or not _FIRST < modified < time.time() + _AHEAD:
        return
    with suppress(OSError, OverflowError, ValueError):
        os.utime(file.fileno() if os.utime in os.supports_fd else path, (modified, modified))
