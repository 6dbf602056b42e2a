"""The last step: a checked file gets its final name, all at once, and never in the place of another by accident."""

from __future__ import annotations

import errno
import os
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.download.part import Part
    from edexql.client.download.wanted import Existing

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EINVAL}


def place(part: Part, path: str, existing: Existing) -> None:
    """Give a finished part its name. Raises FileExistsError where the name is taken and is to be kept, and OSError.

    The content is on the disk before that. The names are after `settle`; a loss of power before leaves either the
    part or the file.
    """
    os.fsync(part.handle)
    if existing == "keep" and os.name == "posix" and _link(part, path):
        part.drop()
    else:
        _move(part, path, existing)


def _link(part: Part, path: str) -> bool:
    """Give it a second name, which fails where there is one; the first goes afterwards. False where links cannot be."""
    try:
        os.link(part.path, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError, AttributeError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LINKS:
            raise
        # A file system without links, as on memory cards.
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from None
        return False
    return True


def _move(part: Part, path: str, existing: Existing) -> None:
    if os.name == "nt":
        # An open file cannot be moved there; and what is in the way keeps a file from being renamed.
        part.release()
    # The journal goes first: from the next line on both names are free for another process.
    part.drop_journal()
    if existing == "keep":
        os.rename(part.path, path)
    else:
        os.replace(part.path, path)


def settle(folder: str) -> None:
    """Have the names in a folder on the disk, where the system can be asked for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
