"""Locks that end with the process that has them, however it ends: of a folder, and of each session in it."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

ENDING = ".session"
# Seconds for which a folder is waited for: another process has it for some milliseconds, unless it was stopped in them.
_PATIENCE = 5.0


@contextmanager
def alone(folder: str) -> Iterator[None]:
    """Be the only process that makes, replaces or hands over anything in a folder. Raises OSError."""
    end = time.monotonic() + _PATIENCE
    with open(os.path.join(folder, "lock"), "ab", opener=_private) as file:
        while not _locked(file):
            if time.monotonic() > end:
                raise TimeoutError(None, "another edexql holds it up")
            time.sleep(0.01)
        yield


def session_lock(folder: str, name: str) -> IO[bytes]:
    """An open file that says, as long as it is open, that a session is alive. Raises OSError."""
    file = open(_path(folder, name), "ab", opener=_private)  # noqa: SIM115  # it is open as long as the session lives
    if not _locked(file):
        file.close()
        raise BlockingIOError(None, "another session has the same name")
    return file


def alive(folder: str, name: str) -> bool:
    """Whether the process of a session is still there. Raises OSError."""
    try:
        with open(_path(folder, name), "r+b") as file:
            return not _locked(file)
    except FileNotFoundError:
        return False


def names(folder: str) -> list[str]:
    """The sessions of which there is a file. Raises OSError."""
    return [name.removesuffix(ENDING) for name in os.listdir(folder) if name.endswith(ENDING)]


def drop(folder: str, name: str) -> None:
    """Remove the file of a session."""
    with suppress(OSError):
        os.remove(_path(folder, name))


def _path(folder: str, name: str) -> str:
    # Names are read from a file that may be damaged: nothing else in the folder, or outside it, is meant.
    if not name.isalnum():
        raise FileNotFoundError(None, "there is no such session")
    return os.path.join(folder, f"{name}{ENDING}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


if sys.platform == "win32":
    import msvcrt

    def _locked(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(file: IO[bytes]) -> bool:
        """Lock a file, and return whether that worked; the lock ends when the file is closed."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
