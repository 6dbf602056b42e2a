"""Locks of open files, which end with the process that has them, however it ends."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import contextmanager, suppress

from edexql.base import system
from edexql.base.files import regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# The file that is locked in place of a folder, where folders cannot be opened.
FOLDER_LOCK = ".edexql-lock"
_HELD_ELSEWHERE = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}
# Nobody can read on Windows what another has locked, so that a byte is locked that no file of ours has: the last one
# of which msvcrt knows.
_PLACE = 2**31 - 2


def lock(handle: int) -> bool | None:
    """Lock an open file as long as it is open: False where another has it, None where there are no locks."""
    try:
        _lock(handle)
    except OSError as error:
        return False if error.errno in _HELD_ELSEWHERE else None
    return True


def required(locked: bool | None) -> bool:  # noqa: FBT001  # what `lock` gave, no switch
    """What `lock` or `waited` gave, for work that is not safe without locks. Raises OSError where there are none."""
    if locked is None:
        raise OSError(errno.ENOLCK, "its file system has no locks")
    return locked


@contextmanager
def waited(path: str, seconds: float) -> Iterator[bool | None]:
    """Lock a file, made where it is missing, for as long as this is entered: True, or as in `lock` after so many
    seconds. Raises OSError."""
    with open(path, "ab", opener=regular.private) as file:
        yield _waited(file.fileno(), seconds)


@contextmanager
def waited_folder(folder: str, seconds: float) -> Iterator[bool | None]:
    """The same of a folder that is there. Raises OSError."""
    if system.FOLDER_HANDLES:
        handle = os.open(folder, os.O_RDONLY)
        try:
            yield _waited(handle, seconds)
        finally:
            os.close(handle)
        return
    path = system.extended(os.path.join(folder, FOLDER_LOCK))
    try:
        with waited(path, seconds) as locked:
            yield locked
    finally:
        # Refused as long as another has it open.
        with suppress(OSError):
            os.remove(path)


def _waited(handle: int, seconds: float) -> bool | None:
    end = time.monotonic() + seconds
    while (locked := lock(handle)) is False and time.monotonic() < end:
        time.sleep(0.01)
    return locked


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        before = os.lseek(handle, 0, os.SEEK_CUR)
        os.lseek(handle, _PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(handle, before, os.SEEK_SET)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
