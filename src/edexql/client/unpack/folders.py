"""Folders that are held open, so that a link put into their path meanwhile leads nowhere; what is in the target."""

from __future__ import annotations

import errno
import os
import stat
import zlib
from contextlib import suppress

from edexql.base.text import shown
from edexql.client.unpack.model import UnpackError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from edexql.client.unpack.model import Existing, State


_HELD_ELSEWHERE = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}


def lock(handle: int) -> bool | None:
    """Lock an open file or folder as long as it is open: False where another has it, None where there are no locks."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD_ELSEWHERE else None
    return True


_HELD = os.open in os.supports_dir_fd and os.link in os.supports_dir_fd and os.listdir in os.supports_fd
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_ENTER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _PLAIN
_REPARSE_POINT = 0x400
FILE_MODE, FOLDER_MODE, PRIVATE = 0o644, 0o755, 0o700


class Folder:
    """An open folder. Every method takes the name of something in it, follows no link, and raises OSError."""

    def __init__(self, path: str, handle: int | None) -> None:
        self.path = path
        self._handle = handle

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def enter(self, name: str) -> Folder:
        """A folder in this one."""
        if self._handle is not None:
            return Folder(os.path.join(self.path, name), os.open(name, _ENTER, dir_fd=self._handle))
        found = self.look(name)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name)
        return Folder(os.path.join(self.path, name), None)

    def look(self, name: str) -> os.stat_result | None:
        """What a name is, None where there is nothing of it. A junction of Windows is taken for a link."""
        try:
            found = os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if getattr(found, "st_file_attributes", 0) & _REPARSE_POINT:
            return os.stat_result((stat.S_IFLNK, *found[1:]))
        return found

    def make(self, name: str, mode: int = FOLDER_MODE) -> None:
        os.mkdir(self._at(name), mode, dir_fd=self._handle)

    def create(self, name: str) -> BinaryIO:
        """A new file, open for writing; one that is there already is an error."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN
        return os.fdopen(os.open(self._at(name), flags, FILE_MODE, dir_fd=self._handle), "wb")

    def read(self, name: str) -> BinaryIO:
        """A file, open for reading; what is none is an error."""
        # A pipe does not hold us up.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _PLAIN
        handle = os.open(self._at(name), flags, dir_fd=self._handle)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(errno.EINVAL, "not a file", name)
        return os.fdopen(handle, "rb")

    def link(self, name: str, folder: Folder, new: str) -> None:
        """Give a file a second name in a folder, which must not be taken there."""
        os.link(
            self._at(name),
            folder._at(new),
            src_dir_fd=self._handle,
            dst_dir_fd=folder._handle,
            follow_symlinks=False,
        )

    def move(self, name: str, folder: Folder, new: str) -> None:
        """Put a file into a folder, in the place of one that is there."""
        os.replace(self._at(name), folder._at(new), src_dir_fd=self._handle, dst_dir_fd=folder._handle)

    def remove(self, name: str) -> None:
        os.unlink(self._at(name), dir_fd=self._handle)

    def remove_folder(self, name: str) -> None:
        os.rmdir(self._at(name), dir_fd=self._handle)

    def names(self) -> list[str]:
        return os.listdir(self.path if self._handle is None else self._handle)

    def lock(self) -> bool:
        """Lock the folder as long as it is open; False where another process has it locked."""
        return self._handle is None or lock(self._handle) is not False

    def settle(self) -> None:
        """Have the names in the folder on the disk, where the system can be asked for that."""
        if self._handle is not None:
            with suppress(OSError):
                os.fsync(self._handle)

    def _at(self, name: str) -> str:
        return os.path.join(self.path, name) if self._handle is None else name


def opened(path: str) -> Folder:
    """A folder by its path, which is the user's own, so that links in it are followed. Raises OSError."""
    real = os.path.realpath(path)
    if not _HELD:
        if not os.path.isdir(real):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        return Folder(real, None)
    return Folder(real, os.open(real, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))


_PIECE = 2**20


class Target:
    """The target folder, asked and changed path by path. The folder of the last path stays open for the next one."""

    def __init__(self, root: Folder | None) -> None:
        self._root = root
        self._parts: tuple[str, ...] = ()
        self._folder = root

    def close(self) -> None:
        if self._folder is not None and self._folder is not self._root:
            self._folder.close()
        self._parts, self._folder = (), self._root

    def __enter__(self) -> Target:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def folder(self, parts: Sequence[str], made: list[tuple[str, ...]] | None = None) -> Folder | None:
        """A folder below the target, None where there is none.

        With `made`, folders that are missing are made and told there. It is this object's, and closed by it.
        Raises UnpackError where a link or a file is in the way, and OSError.
        """
        parts = tuple(parts)
        if parts == self._parts or self._root is None:
            return self._folder
        self.close()
        for count, part in enumerate(parts, 1):
            before = self._folder
            assert before is not None
            try:
                entered = before.enter(part)
            except FileNotFoundError:
                if made is None:
                    self.close()
                    return None
                before.make(part)
                made.append(parts[:count])
                entered = before.enter(part)
            except OSError as error:
                found = before.look(part)
                if found is None or stat.S_ISDIR(found.st_mode):
                    raise
                what = "a link" if stat.S_ISLNK(found.st_mode) else "a file"
                path = "/".join(parts[:count])
                raise UnpackError(
                    "in-the-way", f"in the target {shown(path, 120)} is {what}, and no folder: move it away"
                ) from error
            if before is not self._root:
                before.close()
            self._folder, self._parts = entered, parts[:count]
        return self._folder

    def below(self, parts: Sequence[str]) -> Target:
        """The same for a folder in it, which belongs to this object, and may be none."""
        return Target(self.folder(parts))

    def state(self, parts: tuple[str, ...], size: int, crc: int | None, existing: Existing) -> State:
        """What would become of a file. Raises UnpackError where something else is in the way, and OSError."""
        folder = self.folder(parts[:-1])
        found = folder.look(parts[-1]) if folder is not None else None
        if folder is None or found is None:
            return "new"
        if not stat.S_ISREG(found.st_mode):
            what = "a folder" if stat.S_ISDIR(found.st_mode) else "a link" if stat.S_ISLNK(found.st_mode) else "no file"
            raise UnpackError("in-the-way", f"in the target there is {what} in its place: move it away")
        if found.st_size == size:
            if crc is None:
                return "same size"
            if checksum(folder, parts[-1]) == crc:
                return "already there"
        if existing == "replace":
            return "replaces"
        raise UnpackError(
            "in-the-way", "in the target there is another file of its name: move it away, or have it replaced"
        )


def checksum(folder: Folder, name: str) -> int:
    """The CRC-32 of a file. Raises OSError."""
    crc = 0
    with folder.read(name) as file:
        while piece := file.read(_PIECE):
            crc = zlib.crc32(piece, crc)
    return crc
