"""The disk under a folder: what is free on it, when it is written to, and the errors that tell its limits."""

from __future__ import annotations

import errno
import os
from contextlib import suppress

# Errors of a system that has no room left for a file.
DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
# Errors of systems and file systems that cannot give a file a second name, such as FAT and some networks'.
NO_HARD_LINKS = {
    errno.EPERM,
    getattr(errno, "ENOTSUP", errno.EOPNOTSUPP),
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EACCES,
    errno.EINVAL,
}


def free_space(folder: str) -> int | None:
    """The bytes that are free for the user where a folder is or would be; None where the system does not say."""
    # Importing shutil costs start-up time.
    from shutil import disk_usage

    folder = os.path.abspath(folder)
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    try:
        return disk_usage(folder).free
    except OSError:
        return None


def begin_write_back(handle: int, start: int, count: int) -> None:
    """Have the system begin to write some bytes of a file to the disk, if it can, without waiting for it."""
    # On Linux this advice begins with it, and drops only what is on the disk already.
    if advise := getattr(os, "posix_fadvise", None):
        with suppress(OSError):
            advise(handle, start, count, os.POSIX_FADV_DONTNEED)
