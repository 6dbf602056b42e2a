"""Writing a file so that it is never half written."""

from __future__ import annotations

import os
from contextlib import suppress

from edexql.commands.exits import UsageError


def replace(path: str, data: bytes) -> None:
    """Make a file of this content, all at once; of one that is there links are followed and the mode stays.

    Raises UsageError.
    """
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        raise UsageError(f"cannot write {path}: it is no file")
    temporary = f"{target}.{os.getpid()}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            os.chmod(temporary, os.stat(target).st_mode & 0o7777)
        os.replace(temporary, target)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
