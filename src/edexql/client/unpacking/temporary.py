"""The folder beside its target that an archive is unpacked into first, so that one that fails leaves nothing.

It is locked as long as its process lives. A process that was killed leaves it, unlocked, and the next one that
unpacks into the same target removes it, or finishes it where it had begun to put files into their places.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import suppress

from edexql.client.unpacking.folders import PRIVATE, lock
from edexql.client.unpacking.names import OURS
from edexql.client.unpacking.target import Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from edexql.client.unpacking.folders import Folder

_NAME = re.compile(re.escape(OURS) + "[0-9a-f]{16}")
_LOCK = "lock"
# In it, what is unpacked has the paths that it has in the target.
TREE = "tree"


class Temporary:
    """A folder of one's own in another one, gone at the end. Raises OSError."""

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
        found = folder.look(_LOCK)
        if found is not None and stat.S_ISREG(found.st_mode):
            if os.name == "nt":
                # Refused as long as its process has it open.
                folder.remove(_LOCK)
                if finish(folder):
                    empty(folder)
            else:
                with folder.read(_LOCK) as file:
                    # Without locks nobody can tell who lives, and nothing is removed.
                    if not lock(file.fileno()) or not finish(folder):
                        return
                    empty(folder)
                    folder.remove(_LOCK)
    # Not empty where it was none of ours; one that is being made begins anew.
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
        found = folder.look(name)
        if found is not None and stat.S_ISDIR(found.st_mode):
            folders.append(name)
        else:
            folder.remove(name)
    return folders


def _is(folder: Folder, name: str, file: BinaryIO) -> bool:
    """Whether an open file is still the one of a name."""
    found = folder.look(name)
    return found is not None and os.path.samestat(found, os.fstat(file.fileno()))
