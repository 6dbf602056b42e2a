"""Files that are whole, from the temporary folder into their places: all of them, or none."""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from edexql.record import record
from edexql.service.unpacking.problem import UnpackError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.service.unpacking.folders import Folder
    from edexql.service.unpacking.plans import Existing
    from edexql.service.unpacking.standing import Target

# A file system without second names for a file: FAT, and some networks'.
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.EMLINK, errno.EOPNOTSUPP, getattr(errno, "ENOTSUP", errno.EOPNOTSUPP)}


@record(frozen=True, slots=True)
class Staged:
    """A file in the temporary folder: where it belongs, the member that it is of, its name there, size and checksum."""

    parts: tuple[str, ...]
    member: str
    name: str
    size: int
    crc: int


class Placing:
    """Places files, and takes back what it did unless all went well. Raises UnpackError and OSError."""

    def __init__(self, temporary: Folder, target: Target, existing: Existing) -> None:
        self._temporary = temporary
        self._target = target
        self._existing = existing
        self._made: list[tuple[str, ...]] = []
        self._begun: list[tuple[Staged, str, os.stat_result]] = []
        self.replaced: list[str] = []
        self.present: list[str] = []
        self.written: list[str] = []
        self.size = 0

    def __enter__(self) -> Placing:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._take_back()

    def folder(self, parts: tuple[str, ...]) -> None:
        """Have a folder in the target."""
        self._target.folder(parts, self._made)

    def file(self, staged: Staged) -> None:
        """Put a file into its place; where one of the same content is there already, that stays."""
        try:
            self._file(staged)
        except UnpackError as error:
            raise UnpackError(error.code, error.reason, staged.member) from error

    def _file(self, staged: Staged) -> None:
        path = "/".join(staged.parts)
        folder = self._target.folder(staged.parts[:-1], self._made)
        assert folder is not None
        state = self._target.state(staged.parts, staged.size, staged.crc, self._existing)
        if state == "already there":
            self.present.append(path)
            return
        ours = self._temporary.look(staged.name)
        if ours is None:
            raise UnpackError("cannot-write", "it went from the temporary folder: unpack the archive again")
        aside = f"{staged.name}.aside" if state == "replaces" else ""
        # Written down first: an interrupt comes whenever it likes.
        self._begun.append((staged, aside, ours))
        if aside:
            with suppress(OSError):
                folder.link(staged.parts[-1], self._temporary, aside)
            self._temporary.move(staged.name, folder, staged.parts[-1])
            self.replaced.append(path)
        else:
            self._put(staged, folder)
            self.written.append(path)
        self.size += staged.size

    def found(self, parts: tuple[str, ...]) -> None:
        """Make sure that a file, which was there before, is there still; another process may have taken it back."""
        folder = self._target.folder(parts[:-1])
        if folder is None or folder.look(parts[-1]) is None:
            raise UnpackError("in-the-way", "it was in the target and went: unpack the archive again", "/".join(parts))

    def settle(self) -> None:
        """Have the names of what was placed on the disk, and make sure that it is where it was put."""
        self._target.close()
        for staged, _, ours in self._begun:
            folder = self._target.folder(staged.parts[:-1])
            found = folder.look(staged.parts[-1]) if folder is not None else None
            if found is None or not _is(found, ours):
                raise UnpackError("in-the-way", "it was moved away at once: unpack the archive again", staged.member)
        for parts in dict.fromkeys(staged.parts[:-1] for staged, *_ in self._begun):
            folder = self._target.folder(parts)
            if folder is not None:
                folder.settle()

    def _put(self, staged: Staged, folder: Folder) -> None:
        name = staged.parts[-1]
        try:
            self._temporary.link(staged.name, folder, name)
        except FileExistsError as error:
            raise _came(staged) from error
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if folder.look(name) is not None:
                raise _came(staged) from error
            self._temporary.move(staged.name, folder, name)

    def _take_back(self) -> None:
        for staged, aside, ours in reversed(self._begun):
            with suppress(OSError, UnpackError):
                self._take_back_one(staged, aside, ours)
        for parts in reversed(self._made):
            with suppress(OSError, UnpackError):
                folder = self._target.folder(parts[:-1])
                if folder is not None:
                    folder.remove_folder(parts[-1])

    def _take_back_one(self, staged: Staged, aside: str, ours: os.stat_result) -> None:
        folder = self._target.folder(staged.parts[:-1])
        name = staged.parts[-1]
        if folder is None:
            return
        if aside:
            if self._temporary.look(aside) is not None:
                self._temporary.move(aside, folder, name)
            return
        found = folder.look(name)
        left = self._temporary.look(staged.name)
        # What is still in the temporary folder alone was not placed: another process may have placed the same.
        if found is not None and (os.path.samestat(found, left) if left is not None else _is(found, ours)):
            folder.remove(name)


def _is(found: os.stat_result, ours: os.stat_result) -> bool:
    """Whether a file is ours; some networks number a file anew when it is moved."""
    return os.path.samestat(found, ours) or (
        (found.st_size, found.st_mtime_ns) == (ours.st_size, ours.st_mtime_ns) and found.st_nlink == 1
    )


def _came(staged: Staged) -> UnpackError:
    return UnpackError(
        "in-the-way", "a file of its name came into the target meanwhile: unpack the archive again", staged.member
    )
