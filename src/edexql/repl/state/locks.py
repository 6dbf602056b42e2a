"""Locks that end with the process that has them, however it ends: of a folder, and of each session in it."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

from edexql.base.files import locks, regular

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
    with locks.waited(os.path.join(folder, "lock"), _PATIENCE) as locked:
        if not locks.required(locked):
            raise TimeoutError(None, "another edexql has locked it")
        yield


def session_lock(folder: str, name: str) -> IO[bytes]:
    """An open file that says, as long as it is open, that a session is alive. Raises OSError."""
    file = open(_path(folder, name), "ab", opener=regular.private)  # noqa: SIM115  # it is open as long as the session lives
    try:
        if not locks.required(locks.lock(file.fileno())):
            raise BlockingIOError(None, "another session has the same name")
    except OSError:
        file.close()
        raise
    return file


def alive(folder: str, name: str) -> bool:
    """Whether the process of a session is still there. Raises OSError."""
    try:
        with open(_path(folder, name), "r+b") as file:
            return not locks.required(locks.lock(file.fileno()))
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
