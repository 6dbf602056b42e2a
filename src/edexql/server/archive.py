"""Files of the archive, found by the places that the catalogue gives, and never outside its root."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO


class NotHeld(Exception):
    """The archive has no such file; the message says why it is not taken."""


def opened(root: str | None, place: str) -> IO[bytes]:
    """A file of the archive, open for reading. Raises NotHeld.

    The place is followed through symbolic links as far as these stay below the root, and ends at a plain file.
    """
    if root is None:
        raise NotHeld("there is no archive here")
    try:
        path = _below(os.path.realpath(root), place)
        # The links were followed above: one that is put there since then is refused. Nor does a pipe hold us up.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise NotHeld("it is not in the archive") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotHeld("it is not a file")
    return os.fdopen(handle, "rb")


def _below(root: str, place: str) -> str:
    if "://" in place:
        raise NotHeld("it is kept elsewhere")
    if (
        os.path.isabs(place)
        or os.path.splitdrive(place)[0]
        or "\0" in place
        or ".." in place.replace("\\", "/").split("/")
    ):
        raise NotHeld("its place is not below the root of the archive")
    path = os.path.realpath(os.path.join(root, place))
    if not path.startswith(os.path.join(root, "")):
        raise NotHeld("its place is not below the root of the archive")
    return path


def plain(name: str) -> bool:
    """Whether a name can stand in a zip and be unpacked anywhere without leaving its folder."""
    return (
        name.isprintable() and name not in ("", ".", "..") and not set("/\\:") & set(name) and len(name.encode()) <= 255
    )
