"""Reading regular files within a limit, and opening regular files and nothing else."""

from __future__ import annotations

import os
import stat

from edexql.base import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


def opener(path: str, flags: int) -> int:
    """An opener for `open`: no link is followed, where the system allows it, and no pipe waited for.

    Raises OSError, for a link too.
    """
    return os.open(system.extended(path), flags | system.NO_FOLLOW | system.NO_WAIT | system.BINARY, 0o666)


def private(path: str, flags: int) -> int:
    """An opener for `open`, of files that nobody but their user is to read. Raises OSError."""
    return os.open(system.extended(path), flags, 0o600)


def read(path: str, most: int) -> bytes:
    """The bytes of a file that its user has named, of at most so many; links are followed, and pipes read.

    Raises OSError, and ValueError where there are more.
    """
    with open(path, "rb") as file:
        return _bytes(file, most)


def read_regular(path: str, most: int) -> bytes:
    """The same of a file that edexql looks for by itself: no link is followed, and no pipe waited for.

    Raises OSError, and ValueError where there are more bytes, or no plain file.
    """
    path = system.extended(path)
    if os.path.islink(path):
        raise ValueError("it is a link, and links are not followed here")
    with open(path, "rb", opener=opener) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is not a regular file")
        return _bytes(file, most)


def _bytes(file: BinaryIO, most: int) -> bytes:
    data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"it is larger than {most // 2**20} MiB")
    return data
