"""Room on the disk, and errors of the disk in words."""

from __future__ import annotations

import errno
import os

from edexql.base.text import printable
from edexql.client.download.fault import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.client.download.wanted import Wanted

FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def free(folder: str) -> int | None:
    """The bytes that are free for the user in a folder; None where the system does not say."""
    try:
        if hasattr(os, "statvfs"):
            found = os.statvfs(folder)
            return found.f_bavail * found.f_frsize
        from shutil import disk_usage

        return disk_usage(folder).free
    except OSError:
        return None


def needed(wanted: Iterable[Wanted], folder: str) -> int:
    """The bytes that the files still take, as far as their sizes are known."""
    total = 0
    for one in wanted:
        path = os.path.join(folder, one.name)
        if one.size is not None and not os.path.lexists(path):
            total += max(0, one.size.most - _size(f"{path}.part"))
    return total


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def fault_of(error: OSError, path: str) -> Fault:
    """An error of the disk, for people."""
    where = printable(path)
    if error.errno in FULL:
        return Fault("disk-full", f"there is no room left for {where}")
    if error.errno == errno.EFBIG:
        return Fault("folder", f"{where} is larger than files can be there")
    return Fault("folder", f"cannot write {where}: {error.strerror or type(error).__name__}")
