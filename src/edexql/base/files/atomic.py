"""Files that are either there whole or not at all, after a loss of power too."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from edexql.base import system

# Files that were not finished have a name that begins with a dot and ends so.
UNFINISHED = ".part"
# Seconds for which Windows is asked again: it does not replace a file that another program has open, if only to read.
_PATIENCE = 2.0


def write(path: str, data: bytes) -> None:
    """Write a file that nobody but its user can read, in place of the one before. Its folder is made if missing.

    Two processes that write the same file do not mix. Raises OSError.
    """
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    _write(path, data, 0o600)


def overwrite(path: str, data: bytes) -> None:
    """Write a file that its user has named: links are followed, and the mode of one that is there stays.

    Raises OSError.
    """
    target = os.path.realpath(path)
    try:
        mode = os.stat(target).st_mode & 0o7777
    except FileNotFoundError:
        _write(target, data, 0o666)
    else:
        _write(target, data, 0o600, mode)


def _write(path: str, data: bytes, created: int, mode: int | None = None) -> None:
    folder, name = os.path.split(os.path.abspath(path))
    unfinished = os.path.join(folder, f".{name[:100]}.{os.urandom(8).hex()}{UNFINISHED}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.BINARY
    try:
        with os.fdopen(os.open(system.extended(unfinished), flags, created), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(system.extended(unfinished), mode)
        replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.remove(system.extended(unfinished))
        raise
    with suppress(OSError):
        sync_folder(folder)


def replace(source: str, target: str) -> None:
    """Give a file another name, in place of the one that has it. Raises OSError."""
    source, target = system.extended(source), system.extended(target)
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            os.replace(source, target)
        except PermissionError:
            if not system.WINDOWS or time.monotonic() > end:
                raise
        else:
            return
        time.sleep(0.02)


def sync_folder(folder: str) -> None:
    """Have the names in a folder on the disk. Raises OSError. Windows cannot be asked for it, and nothing happens."""
    if system.WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: str) -> None:
    """Remove a file, which may be gone already. Raises OSError."""
    with suppress(FileNotFoundError):
        os.remove(path)
