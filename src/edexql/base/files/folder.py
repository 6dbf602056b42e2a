"""Folders that are held open, so that a link put into their path meanwhile leads nowhere."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from edexql.base import system
from edexql.base.files import atomic, locks, regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


_PLAIN = system.NO_FOLLOW | system.BINARY
_ENTER = os.O_RDONLY | system.FOLDER_ONLY | _PLAIN
FILE_MODE, FOLDER_MODE, PRIVATE = 0o644, 0o755, 0o700


class Folder:
    """An open folder. Every method takes the name of something in it, follows no link, and raises OSError."""

    def __init__(self, path: str, handle: int | None) -> None:
        self.path = path
        self._handle = handle
        self._lock: BinaryIO | None = None

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None
            # Refused as long as another process has it open.
            with suppress(OSError):
                self.remove(locks.FOLDER_LOCK)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def enter(self, name: str) -> Folder:
        """A folder in this one."""
        if self._handle is not None:
            return Folder(os.path.join(self.path, name), os.open(name, _ENTER, dir_fd=self._handle))
        status = self.look(name)
        if status is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        if not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name)
        return Folder(os.path.join(self.path, name), None)

    def look(self, name: str) -> os.stat_result | None:
        """What a name is, None where there is nothing of it. A junction of Windows is taken for a link."""
        try:
            status = os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if getattr(status, "st_file_attributes", 0) & system.REPARSE_POINT:
            return os.stat_result((stat.S_IFLNK, *status[1:]))
        return status

    def make(self, name: str, mode: int = FOLDER_MODE) -> None:
        os.mkdir(self._at(name), mode, dir_fd=self._handle)

    def create(self, name: str) -> BinaryIO:
        """A new file, open for writing; one that is there already is an error."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN
        return os.fdopen(os.open(self._at(name), flags, FILE_MODE, dir_fd=self._handle), "wb")

    def read(self, name: str) -> BinaryIO:
        """A file, open for reading; what is none is an error."""
        # A pipe does not hold us up.
        flags = os.O_RDONLY | system.NO_WAIT | _PLAIN
        handle = os.open(self._at(name), flags, dir_fd=self._handle)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(errno.EINVAL, "not a file", name)
        return os.fdopen(handle, "rb")

    def link(self, name: str, folder: Folder, new: str) -> None:
        """Give a file a second name in a folder, which must not be taken there."""
        if self._handle is None or folder._handle is None:
            os.link(self._at(name), folder._at(new))
            return
        os.link(name, new, src_dir_fd=self._handle, dst_dir_fd=folder._handle, follow_symlinks=False)

    def move(self, name: str, folder: Folder, new: str) -> None:
        """Put a file into a folder, in place of one that is there."""
        if self._handle is None or folder._handle is None:
            atomic.replace(self._at(name), folder._at(new))
            return
        os.replace(name, new, src_dir_fd=self._handle, dst_dir_fd=folder._handle)

    def remove(self, name: str) -> None:
        os.unlink(self._at(name), dir_fd=self._handle)

    def remove_folder(self, name: str) -> None:
        os.rmdir(self._at(name), dir_fd=self._handle)

    def names(self) -> list[str]:
        if self._handle is not None:
            return os.listdir(self._handle)
        return [name for name in os.listdir(system.extended(self.path)) if name != locks.FOLDER_LOCK]

    def lock(self) -> bool:
        """Lock the folder as long as it is open; False where another process has it locked."""
        if self._handle is not None:
            return locks.lock(self._handle) is not False
        if self._lock is None:
            try:
                file = open(self._at(locks.FOLDER_LOCK), "ab", opener=regular.private)  # noqa: SIM115  # see `close`
            except OSError:
                # A folder that cannot be written to; Windows also says so of a lock that is just being given back.
                return True
            if locks.lock(file.fileno()) is False:
                file.close()
                return False
            self._lock = file
        return True

    def settle(self) -> None:
        """Have the names in the folder on the disk, where the system can be asked for that."""
        if self._handle is not None:
            with suppress(OSError):
                os.fsync(self._handle)

    def _at(self, name: str) -> str:
        return system.extended(os.path.join(self.path, name)) if self._handle is None else name


def open_folder(path: str) -> Folder:
    """A folder by its path, which is the user's own, so that links in it are followed. Raises OSError."""
    real = os.path.realpath(path)
    if not system.FOLDER_HANDLES:
        if not os.path.isdir(system.extended(real)):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        return Folder(real, None)
    return Folder(real, os.open(real, os.O_RDONLY | system.FOLDER_ONLY | system.BINARY))
