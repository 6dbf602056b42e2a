"""Writing a file that the user has named."""

from __future__ import annotations

import os

from edexql.base.files import atomic
from edexql.commands.exits import UsageError


def replace(path: str, data: bytes) -> None:
    """Make a file of this content, all at once; of one that is there links are followed and the mode stays.

    Raises UsageError.
    """
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        raise UsageError(f"cannot write {path}: it is no file")
    try:
        atomic.overwrite(path, data)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
