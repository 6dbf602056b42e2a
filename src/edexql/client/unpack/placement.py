"""Complete files, from the temporary folder to their places: all of them, or none.

A folder that the target does not have is moved there whole, in one step that nothing can interrupt. Where more steps
are needed, they are written down before the first, so that a run after a process that was killed continues them.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from edexql.base.files import disk
from edexql.base.record import Record
from edexql.client.unpack.model import UnpackError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edexql.base.files.folder import Folder
    from edexql.client.unpack.model import Existing
    from edexql.client.unpack.staging import StagedFile
    from edexql.client.unpack.target import Target

    Parts = tuple[str, ...]

# What a folder is not moved over: a folder with something in it, or what is none.
_THERE = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EACCES}


class StagedTree:
    """Folders and files in the temporary folder, each folder with what is straight in it."""

    def __init__(self, files: Iterable[StagedFile], folders: Iterable[Parts]) -> None:
        self.files: dict[Parts, list[StagedFile]] = {(): []}
        self.folders: dict[Parts, list[str]] = {(): []}
        for parts in folders:
            self._add(parts)
        for staged in files:
            self._add(staged.parts[:-1])
            self.files[staged.parts[:-1]].append(staged)

    def _add(self, parts: Parts) -> None:
        while parts not in self.files:
            self.files[parts] = []
            self.folders.setdefault(parts, [])
            above = parts[:-1]
            self.folders.setdefault(above, []).append(parts[-1])
            parts = above

    def below(self, parts: Parts) -> Iterator[Parts]:
        """A folder, and all that are in it, each after the one that it is in."""
        waiting = [parts]
        while waiting:
            folder = waiting.pop()
            yield folder
            waiting += [(*folder, name) for name in self.folders[folder]]


class Step(Record):
    """A file or folder that is moved to its place; `replaces` says that a file gives way to it."""

    parts: Parts
    staged: StagedFile | None
    replaces: bool


class Placement:
    """Moves files to their places, and undoes that unless all goes well. Raises UnpackError and OSError."""

    def __init__(self, temporary: Folder, tree: Target, target: Target, structure: StagedTree) -> None:
        self._temporary = temporary
        self._tree = tree
        self._target = target
        self._structure = structure
        self._begun: list[tuple[Step, str, os.stat_result]] = []
        self.present: list[StagedFile] = []
        self.replaced: list[StagedFile] = []
        self.written: list[StagedFile] = []

    def __enter__(self) -> Placement:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._take_back()

    def steps(self, existing: Existing) -> list[Step]:
        """What has to be moved; nothing is changed. Folders that the target has are gone into."""
        steps: list[Step] = []
        waiting: list[Parts] = [()]
        while waiting:
            for step in self._within(waiting.pop(), existing):
                if step.staged is None and self._target.folder(step.parts) is not None:
                    waiting.append(step.parts)
                else:
                    steps.append(step)
        return steps

    def place(self, step: Step, existing: Existing) -> None:
        """Do a step. Where a folder came into the place of one meanwhile, its files are placed one by one."""
        waiting = [step]
        while waiting:
            one = waiting.pop()
            if one.staged is not None:
                self._file(one, one.staged)
            elif not self._whole(one):
                waiting += self._within(one.parts, existing)

    def check_present(self, parts: Parts) -> None:
        """Make sure that a file, which was there before, is there still; another process may have taken it back."""
        folder = self._target.folder(parts[:-1])
        if folder is None or folder.look(parts[-1]) is None:
            raise UnpackError(
                "in-the-way", "it was in the target and is gone: unpack the archive again", "/".join(parts)
            )

    def settle(self) -> None:
        """Have the names of what was placed on the disk, and make sure that it is where it was put."""
        self._target.close()
        for step, _, ours in self._begun:
            folder = self._target.folder(step.parts[:-1])
            status = folder.look(step.parts[-1]) if folder is not None else None
            if status is None or not _is(status, ours):
                member = "/".join(step.parts) + "/" if step.staged is None else step.staged.member
                raise UnpackError("in-the-way", "another process moved it away: unpack the archive again", member)
        for parts in dict.fromkeys(step.parts[:-1] for step, *_ in self._begun):
            folder = self._target.folder(parts)
            if folder is not None:
                folder.settle()

    def _within(self, parts: Parts, existing: Existing) -> Iterator[Step]:
        for staged in self._structure.files[parts]:
            state = self._state(staged, existing)
            if state == "already there":
                self.present.append(staged)
            else:
                yield Step(staged.parts, staged, state == "replaces")
        for name in self._structure.folders[parts]:
            yield Step((*parts, name), None, replaces=False)

    def _state(self, staged: StagedFile, existing: Existing) -> str:
        try:
            return self._target.state(staged.parts, staged.size, staged.crc, existing)
        except UnpackError as error:
            raise UnpackError(error.code, error.reason, staged.member) from error

    def _whole(self, step: Step) -> bool:
        """Move a folder to its place; False where there is one already."""
        name = step.parts[-1]
        above, folder = self._tree.folder(step.parts[:-1]), self._target.folder(step.parts[:-1])
        ours = above.look(name) if above is not None else None
        if above is None or folder is None or ours is None:
            raise _missing_error("/".join(step.parts) + "/")
        status = folder.look(name)
        if status is not None and stat.S_ISDIR(status.st_mode):
            return False
        self._begun.append((step, "", ours))
        try:
            if status is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
            above.move(name, folder, name)
        except OSError as error:
            self._begun.pop()
            status = folder.look(name)
            if error.errno not in _THERE or status is None:
                raise
            if not stat.S_ISDIR(status.st_mode):
                raise UnpackError(
                    "in-the-way",
                    "meanwhile another process put something in place of its folder: unpack the archive again",
                    "/".join(step.parts) + "/",
                ) from error
            return False
        for below in self._structure.below(step.parts):
            self.written += self._structure.files[below]
        return True

    def _file(self, step: Step, staged: StagedFile) -> None:
        """Put a file into its place."""
        above, folder = self._tree.folder(staged.parts[:-1]), self._target.folder(staged.parts[:-1])
        ours = above.look(staged.parts[-1]) if above is not None else None
        if above is None or folder is None or ours is None:
            raise _missing_error(staged.member)
        aside = f"aside{len(self._begun)}" if step.replaces else ""
        # Written down first: an interrupt comes whenever it likes.
        self._begun.append((step, aside, ours))
        if aside:
            with suppress(OSError):
                folder.link(staged.parts[-1], self._temporary, aside)
            above.move(staged.parts[-1], folder, staged.parts[-1])
            self.replaced.append(staged)
        else:
            self._put(staged, above, folder)
            self.written.append(staged)

    def _put(self, staged: StagedFile, above: Folder, folder: Folder) -> None:
        name = staged.parts[-1]
        try:
            above.link(name, folder, name)
        except FileExistsError as error:
            raise _came(staged) from error
        except OSError as error:
            if error.errno not in disk.NO_HARD_LINKS:
                raise
            if folder.look(name) is not None:
                raise _came(staged) from error
            above.move(name, folder, name)

    def _take_back(self) -> None:
        for step, aside, ours in reversed(self._begun):
            with suppress(OSError, UnpackError):
                self._take_back_one(step, aside, ours)

    def _take_back_one(self, step: Step, aside: str, ours: os.stat_result) -> None:
        folder = self._target.folder(step.parts[:-1])
        name = step.parts[-1]
        if folder is None:
            return
        if aside:
            if self._temporary.look(aside) is not None:
                self._temporary.move(aside, folder, name)
            return
        status = folder.look(name)
        above = self._tree.folder(step.parts[:-1])
        left = above.look(name) if above is not None else None
        if status is None:
            return
        if step.staged is None:
            if left is None and above is not None and os.path.samestat(status, ours):
                folder.move(name, above, name)
                self._clear(step.parts, above, folder)
            return
        # What is still in the temporary folder alone was not placed: another process may have placed the same.
        if os.path.samestat(status, left) if left is not None else _is(status, ours):
            folder.remove(name)

    def _clear(self, parts: Parts, above: Folder, folder: Folder) -> None:
        """Remove what is ours of a folder that was taken back; what somebody else put into it goes where it was."""
        for below in reversed(list(self._structure.below(parts))):
            inner = self._tree.folder(below)
            for staged in self._structure.files[below] if inner is not None else ():
                with suppress(OSError):
                    inner.remove(staged.parts[-1])  # type: ignore[union-attr]
            around = self._tree.folder(below[:-1])
            if around is not None:
                with suppress(OSError):
                    around.remove_folder(below[-1])
        above = self._tree.folder(parts[:-1]) or above
        if above.look(parts[-1]) is not None:
            above.move(parts[-1], folder, parts[-1])


def _is(status: os.stat_result, ours: os.stat_result) -> bool:
    """Whether a file is ours; some networks give a file a new number when it is moved."""
    return os.path.samestat(status, ours) or (
        (status.st_size, status.st_mtime_ns) == (ours.st_size, ours.st_mtime_ns) and status.st_nlink == 1
    )


def _missing_error(member: str) -> UnpackError:
    return UnpackError("cannot-write", "it is gone from the temporary folder: unpack the archive again", member)


def _came(staged: StagedFile) -> UnpackError:
    return UnpackError(
        "in-the-way",
        "meanwhile another process put a file of its name into the target: unpack the archive again",
        staged.member,
    )
