"""The folder in the target that an archive is unpacked into first, so that one that fails leaves nothing.

It is locked as long as its process lives. A process that was killed leaves it, unlocked, and the next
one that unpacks into the same target removes it.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import suppress

from edexql.service.unpacking.folders import PRIVATE
from edexql.service.unpacking.locks import lock
from edexql.service.unpacking.names import OURS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from edexql.service.unpacking.folders import Folder

_NAME = re.compile(re.escape(OURS) + "[0-9a-f]{16}")
_LOCK = "lock"


class Temporary:
    """A folder of one's own in another one, gone at the end. Raises OSError."""

    def __init__(self, root: Folder) -> None:
        self._root = root
        while True:
            self._name = OURS + secrets.token_hex(8)
            root.make(self._name, PRIVATE)
            try:
                self.folder = root.enter(self._name)
                try:
                    self._lock = self.folder.create(_LOCK)
                except BaseException:
                    self.folder.close()
                    raise
                # Between the making and the locking it looked like one that was left.
                if lock(self._lock.fileno()) is not False and _is(self.folder, _LOCK, self._lock):
                    return
                self._lock.close()
                self.folder.close()
            except FileNotFoundError:
                continue
            except BaseException:
                with suppress(OSError):
                    root.remove_folder(self._name)
                raise

    def __enter__(self) -> Temporary:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            _empty(self.folder)
        finally:
            # Windows removes no file that is open.
            self._lock.close()
            with suppress(OSError):
                self.folder.remove(_LOCK)
            self.folder.close()
            with suppress(OSError):
                self._root.remove_folder(self._name)


def sweep(root: Folder) -> None:
    """Remove what processes that were killed have left in a folder. Raises OSError where it cannot be listed."""
    for name in root.names():
        if _NAME.fullmatch(name):
            # Whatever cannot be removed harms nobody but for its size.
            with suppress(OSError):
                _remove_dead(root, name)


def _remove_dead(root: Folder, name: str) -> None:
    with root.enter(name) as folder:
        found = folder.look(_LOCK)
        if found is not None and stat.S_ISREG(found.st_mode):
            if os.name == "nt":
                # Refused as long as its process has it open.
                folder.remove(_LOCK)
                _empty(folder)
            else:
                with folder.read(_LOCK) as file:
                    # Without locks nobody can tell who lives, and nothing is removed.
                    if not lock(file.fileno()):
                        return
                    _empty(folder)
                    folder.remove(_LOCK)
    # Not empty where it was none of ours; one that is being made begins anew.
    root.remove_folder(name)


def _empty(folder: Folder) -> None:
    for name in folder.names():
        if name != _LOCK:
            with suppress(OSError):
                folder.remove(name)


def _is(folder: Folder, name: str, file: BinaryIO) -> bool:
    """Whether an open file is still the one of a name."""
    found = folder.look(name)
    return found is not None and os.path.samestat(found, os.fstat(file.fileno()))
