"""Files that are either there whole or not at all, after a loss of power too, and that nobody else reads."""

from __future__ import annotations

import os
from contextlib import suppress


def write(path: str, data: bytes) -> None:
    """Put a file in its place all at once. Raises OSError."""
    unfinished = f"{path}.part"
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except OSError:
        remove(unfinished)
        raise
    settle(os.path.dirname(path))


def settle(folder: str) -> None:
    """Have the names in a folder on the disk, where the system can be asked for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.remove(path)
