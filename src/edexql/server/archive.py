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
    try:
        file = open(path_of(root, place), "rb", opener=_as_it_is)  # noqa: SIM115  # the caller closes it
    except (OSError, ValueError) as error:
        raise NotHeld("it is not in the archive") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotHeld("it is not a file")
    return file


def _as_it_is(path: str, flags: int) -> int:
    # The links were followed before: one that is put there since then is refused. Nor does a pipe hold us up.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def path_of(root: str | None, place: str) -> str:
    """Where a place of the archive is, or would be, with all symbolic links followed. Raises NotHeld."""
    if root is None:
        raise NotHeld("there is no archive here")
    if "://" in place:
        raise NotHeld("it is kept elsewhere")
    if (
        os.path.isabs(place)
        or os.path.splitdrive(place)[0]
        or "\0" in place
        or ".." in place.replace("\\", "/").split("/")
    ):
        raise NotHeld("its place is not below the root of the archive")
    try:
        top = os.path.realpath(root)
        path = os.path.realpath(os.path.join(top, place))
    except (OSError, ValueError) as error:
        raise NotHeld("it is not in the archive") from error
    if path != top and not path.startswith(os.path.join(top, "")):
        raise NotHeld("its place is not below the root of the archive")
    return path


def plain(name: str) -> bool:
    """Whether a name can stand in a zip and be unpacked anywhere without leaving its folder."""
    return (
        name.isprintable() and name not in ("", ".", "..") and not set("/\\:") & set(name) and len(name.encode()) <= 255
    )
