"""The temporary folder that an archive is unpacked into first, so that one that fails leaves nothing.

It stands beside its target, and is locked as long as its process lives. A process that was killed leaves it, unlocked,
and the next one that unpacks into the same target removes it, or finishes it where it had begun to put files into
their places. Members are checked while they are written into it.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import time
from contextlib import suppress

from edexql.base import system
from edexql.base.files import disk
from edexql.base.files.folder import PRIVATE
from edexql.base.files.locks import lock
from edexql.base.record import Record
from edexql.client.unpack.model import Member, UnpackError, unwritable
from edexql.client.unpack.paths import OURS
from edexql.client.unpack.source import Section, content
from edexql.client.unpack.target import Target
from edexql.formats import fast_zlib
from edexql.formats.compression import STORED

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from edexql.base.files.folder import Folder
    from edexql.client.unpack.model import PlannedFile, Watch
    from edexql.client.unpack.source import Source


_NAME = re.compile(re.escape(OURS) + "[0-9a-f]{16}")
_LOCK = "lock"
# In it, what is unpacked has the paths that it has in the target.
TREE = "tree"


class Temporary:
    """A folder of this process in another one, removed at the end. Raises OSError."""

    def __init__(self, root: Folder) -> None:
        self._root = root
        while True:
            self.name = OURS + secrets.token_hex(8)
            root.make(self.name, PRIVATE)
            try:
                self.folder = root.enter(self.name)
                try:
                    self._lock = self.folder.create(_LOCK)
                except BaseException:
                    self.folder.close()
                    raise
                # Between the making and the locking it looked like one that was left.
                if lock(self._lock.fileno()) is not False and _is(self.folder, _LOCK, self._lock):
                    self._open_tree()
                    return
                self._lock.close()
                self.folder.close()
            except FileNotFoundError:
                continue
            except BaseException:
                with suppress(OSError):
                    root.remove_folder(self.name)
                raise

    def _open_tree(self) -> None:
        try:
            self.folder.make(TREE)
            self._inside = self.folder.enter(TREE)
            self.tree = Target(self._inside)
        except BaseException:
            self._lock.close()
            with suppress(OSError):
                empty(self.folder)
                self.folder.remove(_LOCK)
            self.folder.close()
            raise

    def __enter__(self) -> Temporary:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.tree.close()
            self._inside.close()
            empty(self.folder)
        finally:
            # Windows removes no file that is open.
            self._lock.close()
            with suppress(OSError):
                self.folder.remove(_LOCK)
            self.folder.close()
            with suppress(OSError):
                self._root.remove_folder(self.name)


def sweep(root: Folder, finish: Callable[[Folder], bool]) -> None:
    """Remove what processes that were killed have left in a folder. Raises OSError where it cannot be listed.

    `finish` is given each such folder first, and says whether it may go.
    """
    for name in root.names():
        if _NAME.fullmatch(name):
            # Whatever cannot be removed harms nobody but for its size.
            with suppress(OSError):
                _remove_dead(root, name, finish)


def _remove_dead(root: Folder, name: str, finish: Callable[[Folder], bool]) -> None:
    with root.enter(name) as folder:
        status = folder.look(_LOCK)
        if status is not None and stat.S_ISREG(status.st_mode):
            with folder.read(_LOCK) as file:
                # Without locks nobody can tell who lives, and nothing is removed.
                if not lock(file.fileno()) or not finish(folder):
                    return
                empty(folder)
            # Windows removes no file that is open.
            folder.remove(_LOCK)
    # Not empty where it was none of ours; one that is being made starts again.
    root.remove_folder(name)


def empty(folder: Folder) -> None:
    """Remove what is in a folder but for its lock, as far as that can be."""
    for name in folder.names():
        if name != _LOCK:
            with suppress(OSError):
                folder.remove(name)
                continue
            with suppress(OSError):
                _remove_folder(folder, name)


def _remove_folder(folder: Folder, name: str) -> None:
    """Remove a folder with all that is in it."""
    inner = folder.enter(name)
    way = [(inner, name, _emptied(inner))]
    try:
        while way:
            inner, inner_name, folders = way[-1]
            if folders:
                deeper = inner.enter(folders[-1])
                way.append((deeper, folders.pop(), _emptied(deeper)))
                continue
            way.pop()
            inner.close()
            (way[-1][0] if way else folder).remove_folder(inner_name)
    finally:
        for inner, *_ in way:
            inner.close()


def _emptied(folder: Folder) -> list[str]:
    """Remove the files of a folder; the folders in it."""
    folders = []
    for name in folder.names():
        status = folder.look(name)
        if status is not None and stat.S_ISDIR(status.st_mode):
            folders.append(name)
        else:
            folder.remove(name)
    return folders


def _is(folder: Folder, name: str, file: BinaryIO) -> bool:
    """Whether an open file is still the one of a name."""
    status = folder.look(name)
    return status is not None and os.path.samestat(status, os.fstat(file.fileno()))


# A zip knows no time before 1980, and no file comes from the future but for a clock that is a little ahead.
_FIRST, _AHEAD = 315_532_800, 86_400
# What the file system itself needs beside the files.
_SPARE = 2**20
# So many files and no more are had on the disk one by one.
_MANY = 64
_MOMENT = 0.05


class StagedFile(Record):
    """A file in the temporary folder, where it has the path of its place: that, its member, size and checksum."""

    parts: tuple[str, ...]
    member: str
    size: int
    crc: int


class StagingArea:
    """Unpacks into the temporary folder, until it is stopped. Raises UnpackError."""

    def __init__(self, temporary: Temporary, total: int, watch: Watch, stop: threading.Event) -> None:
        self._temporary = temporary.folder
        self._tree = temporary.tree
        self._watch = watch
        self._stop = stop
        self._done, self._total = 0, total
        self._count = 0
        self.staged: list[StagedFile] = []
        self.folders: list[tuple[str, ...]] = []

    def expect(self, more: int) -> None:
        """Expect so many bytes more."""
        self._total += more

    def file(
        self, source: Source, planned: PlannedFile, place: tuple[str, ...], before: StagedFile | None = None
    ) -> None:
        """Unpack a file, which is to have its place there; of what was unpacked `before`, if it is the same."""
        self._watch.file(planned.path)
        if before is not None and planned.size:
            with self._folder(before.parts[:-1]).read(before.parts[-1]) as file:
                stat = os.fstat(file.fileno())
                member = Member(
                    planned.name, stat.st_size, stat.st_size, STORED, before.crc, 0, planned.member.modified
                )
                self._write(Section(file, 0, stat.st_size), member, self._folder(place[:-1]), place[-1])
            self.staged.append(StagedFile(place, planned.name, planned.size, before.crc))
            return
        crc = self._write(source, planned.member, self._folder(place[:-1]), place[-1])
        self.staged.append(StagedFile(place, planned.name, planned.size, crc))

    def folder(self, place: tuple[str, ...]) -> None:
        """Have a folder, which is to have its place there."""
        self._folder(place)

    def scratch(self, source: Source, member: Member) -> str:
        """Unpack a member that is not to be placed; its name in the temporary folder."""
        name = str(self._count)
        self._count += 1
        self._write(source, member, self._temporary, name)
        return name

    def check(self, source: Source, member: Member) -> None:
        """Read a member for its checksum alone."""
        for piece in content(source, member):
            self._counted(len(piece))

    def wait(self) -> None:
        """Wait a moment for another process."""
        self._counted(0)
        self._stop.wait(_MOMENT)

    def settle(self) -> None:
        """Sync what was unpacked to the disk."""
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

    def _write(self, source: Source, member: Member, folder: Folder, name: str) -> int:
        crc = 0
        pieces = content(source, member)
        try:
            with folder.create(name) as file:
                for piece in self._through(pieces):
                    # The archive's own, where it has one, was checked.
                    crc = fast_zlib.crc32(piece, crc) if member.crc is None else member.crc
                    file.write(piece)
                file.flush()
                _date(file, member.modified, system.extended(os.path.join(folder.path, name)))
        except FileExistsError as error:
            reason = "it would have the same path as another member: the file system ignores upper and lower case"
            raise UnpackError("duplicate", reason, member.name) from error
        except OSError as error:
            problem = unwritable(error)
            raise UnpackError(problem.code, problem.reason, member.name) from error
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
    free = disk.free_space(folder)
    if free is not None and free < needed + _SPARE:
        raise UnpackError("no-room", f"{needed:,} bytes are needed, but only {free:,} are free: make room")


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
