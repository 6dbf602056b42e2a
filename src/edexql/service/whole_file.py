"""Files that are either there whole or not at all, after a loss of power too, and that nobody else reads."""

from __future__ import annotations

import os
from contextlib import suppress


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
    """The bytes of a file of at most so many. Raises OSError, and ValueError where there are more."""
    with open(path, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"it is larger than {most // 2**20} MiB")
    return data
