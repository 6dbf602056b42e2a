"""An archive, opened: what tells it from another, its bytes, and its members."""

from __future__ import annotations

import os
import stat

from edexql.service.unpacking import tar_members, zip_directory
from edexql.service.unpacking.kinds import COMPRESSED, kind_of
from edexql.service.unpacking.plans import Stamp
from edexql.service.unpacking.problem import UnpackError
from edexql.service.unpacking.source import Onwards, Stretch, pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

    from edexql.service.unpacking.entries import Contents
    from edexql.service.unpacking.limits import Limits
    from edexql.service.unpacking.source import Source


def opened(path: str) -> IO[bytes]:
    """An archive, open for reading. Raises UnpackError."""
    try:
        # A pipe does not hold us up.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise UnpackError("not-an-archive", "it is no file")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnpackError("unreadable", f"the archive cannot be opened: {reason}") from error
    return os.fdopen(handle, "rb")


def stamp_of(file: IO[bytes]) -> Stamp:
    found = os.fstat(file.fileno())
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)


def source_of(file: IO[bytes], size: int, limits: Limits) -> tuple[str, Source]:
    """The kind of an archive, and its bytes as they are without the compression of a whole tar. Raises UnpackError."""
    stretch = Stretch(file, 0, size)
    kind = kind_of(stretch)
    if kind in COMPRESSED:
        _, plain = COMPRESSED[kind]
        return kind, Onwards(plain(pieces(stretch, 0, size)), size, limits)
    return kind, stretch


def contents_of(source: Source, kind: str, limits: Limits) -> Contents:
    """The members of an archive. Raises UnpackError."""
    if kind == "zip" and isinstance(source, Stretch):
        return zip_directory.contents(source, limits)
    return tar_members.contents(source, limits)


def contents_of_nested(source: Stretch, limits: Limits) -> Contents:
    """The members of a zip in an archive. Raises UnpackError, where it is none too."""
    kind = kind_of(source)
    if kind != "zip":
        raise UnpackError("not-an-archive", f"it is a {kind}, and no zip")
    return zip_directory.contents(source, limits)
