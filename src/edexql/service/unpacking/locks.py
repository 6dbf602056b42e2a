"""Locks that end with the process that has them."""

from __future__ import annotations

import errno

_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}


def lock(handle: int) -> bool | None:
    """Lock an open file or folder as long as it is open: False where another has it, None where there are no locks."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD else None
    return True
