"""Members, checked, into the temporary folder, under numbers for names."""

from __future__ import annotations

import errno
import os
import time
import zlib
from contextlib import suppress

from edexql.client.unpacking.content import content
from edexql.client.unpacking.decoders import STORED
from edexql.client.unpacking.placing import Staged
from edexql.client.unpacking.plans import Entry
from edexql.client.unpacking.problem import UnpackError, unwritable
from edexql.client.unpacking.source import Stretch

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from typing import BinaryIO

    from edexql.client.unpacking.folders import Folder
    from edexql.client.unpacking.plans import Member, Watch
    from edexql.client.unpacking.source import Source
    from edexql.client.unpacking.temporary import Temporary

# A zip knows no time before 1980, and no file comes from the future but for a clock that is a little ahead.
_FIRST, _AHEAD = 315_532_800, 86_400
# What the file system itself needs beside the files.
_SPARE = 2**20
# So many files and no more are had on the disk one by one.
_MANY = 64
_MOMENT = 0.05


class Staging:
    """Unpacks into the temporary folder, until it is stopped. Raises UnpackError."""

    def __init__(self, temporary: Temporary, total: int, watch: Watch, stop: threading.Event) -> None:
        self._temporary = temporary.folder
        self._tree = temporary.tree
        self._watch = watch
        self._stop = stop
        self._done, self._total = 0, total
        self._count = 0
        self.staged: list[Staged] = []
        self.folders: list[tuple[str, ...]] = []

    def expect(self, more: int) -> None:
        """Have so many bytes more to do."""
        self._total += more

    def member(self, source: Source, member: Member, place: tuple[str, ...], before: Staged | None = None) -> None:
        """Unpack a file, which is to have its place there; of what was unpacked `before`, if it is the same."""
        self._watch.file(member.path)
        if before is not None and member.size:
            with self._folder(before.parts[:-1]).read(before.parts[-1]) as file:
                stat = os.fstat(file.fileno())
                entry = Entry(member.name, stat.st_size, stat.st_size, STORED, before.crc, 0, member.entry.modified)
                self._write(Stretch(file, 0, stat.st_size), entry, self._folder(place[:-1]), place[-1])
            self.staged.append(Staged(place, member.name, member.size, before.crc))
            return
        crc = self._write(source, member.entry, self._folder(place[:-1]), place[-1])
        self.staged.append(Staged(place, member.name, member.size, crc))

    def folder(self, place: tuple[str, ...]) -> None:
        """Have a folder, which is to have its place there."""
        self._folder(place)

    def scratch(self, source: Source, entry: Entry) -> str:
        """Unpack a member that is not to be placed; its name in the temporary folder."""
        name = str(self._count)
        self._count += 1
        self._write(source, entry, self._temporary, name)
        return name

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
        if len(self.staged) > _MANY and hasattr(os, "sync"):
            # One by one takes longer than all that is waiting for the disk.
            os.sync()
            return
        for staged in self.staged:
            self._counted(0)
            with self._folder(staged.parts[:-1]).read(staged.parts[-1]) as file:
                _settled(file)
        for parts in ((), *self.folders):
            self._folder(parts).settle()

    def _folder(self, parts: tuple[str, ...]) -> Folder:
        folder = self._tree.folder(parts, self.folders)
        assert folder is not None
        return folder

    def _write(self, source: Source, entry: Entry, folder: Folder, name: str) -> int:
        crc = 0
        pieces = content(source, entry)
        try:
            with folder.create(name) as file:
                for piece in self._through(pieces):
                    # The archive's own, where it has one, was checked.
                    crc = zlib.crc32(piece, crc) if entry.crc is None else entry.crc
                    file.write(piece)
                file.flush()
                _date(file, entry.modified, os.path.join(folder.path, name))
        except FileExistsError as error:
            reason = "it would be in one place with another member: names are the same there but for case"
            raise UnpackError("duplicate", reason, entry.name) from error
        except OSError as error:
            problem = unwritable(error)
            raise UnpackError(problem.code, problem.reason, entry.name) from error
        return crc

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


def _settled(file: BinaryIO) -> None:
    try:
        os.fsync(file.fileno())
    except OSError as error:
        # Where the system cannot be asked (Windows, for a file open for reading), it is not.
        if error.errno not in (errno.EBADF, errno.EINVAL, errno.EACCES):
            raise


def _date(file: BinaryIO, modified: float | None, path: str) -> None:
    """Give a file the time that the archive tells, where that can be one."""
    if modified is None or not _FIRST < modified < time.time() + _AHEAD:
        return
    with suppress(OSError, OverflowError, ValueError):
        os.utime(file.fileno() if os.utime in os.supports_fd else path, (modified, modified))
