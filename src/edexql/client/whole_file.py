"""Files that are either there whole or not at all, after a loss of power too, and that nobody else reads."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


def write(path: str, data: bytes) -> None:
    """Put a file in its place all at once; two processes that do so do not mix. Raises OSError."""
    import tempfile

    folder = os.path.dirname(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(prefix=f".{os.path.basename(path)[:100]}.", suffix=".part", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.remove(unfinished)
        raise
    settle(folder)


def settle(folder: str) -> None:
    """Have the names in a folder on the disk, where the system can be asked for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(path: str, most: int) -> bytes:
    """The bytes of a file that its user has named, of at most so many; links are followed, and pipes read.

    Raises OSError, and ValueError where there are more.
    """
    with open(path, "rb") as file:
        return _bytes(file, most)


def read_plain(path: str, most: int) -> bytes:
    """The same of a file that edexql looks for by itself: no link is followed, and no pipe waited for.

    Raises OSError, and ValueError where there are more bytes, or no plain file.
    """
    from edexql.client.download.plain import safely

    if os.path.islink(path):
        raise ValueError("it is a link, and links are not followed here")
    with open(path, "rb", opener=safely) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is no plain file")
        return _bytes(file, most)


def _bytes(file: BinaryIO, most: int) -> bytes:
    data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"it is larger than {most // 2**20} MiB")
    return data
