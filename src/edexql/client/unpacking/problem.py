"""What is wrong with an archive, or with the place that it is to be unpacked to."""

from __future__ import annotations

import errno

from edexql.base.errors import EdexqlError
from edexql.base.text import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Code = Literal[
        "unreadable",
        "not-an-archive",
        "cut-off",
        "damaged",
        "contradictory",
        "hidden",
        "overlapping",
        "encrypted",
        "unsupported",
        "unsafe-name",
        "not-a-file",
        "duplicate",
        "too-much",
        "in-the-way",
        "no-room",
        "cannot-write",
        "changed",
        "interrupted",
    ]

CODES = {
    "unreadable": "the archive cannot be opened or read",
    "not-an-archive": "the file is no archive, but a page or something else",
    "cut-off": "the archive ends before it should",
    "damaged": "bytes of the archive are not what they were",
    "contradictory": "the archive says two different things, and programs would read it differently",
    "hidden": "the archive has bytes that belong to no member",
    "overlapping": "members share bytes of the archive",
    "encrypted": "a member can be read with a password only",
    "unsupported": "a member or the archive is packed in a way that is not read",
    "unsafe-name": "the name of a member leads out of the folder, or cannot be a file's on every system",
    "not-a-file": "a member is a link, a device or another thing that is neither file nor folder",
    "duplicate": "two members would be in one place",
    "too-much": "the archive holds more than the limits allow",
    "in-the-way": "something else is where a member is to be",
    "no-room": "the disk is full, or would be",
    "cannot-write": "the folder cannot be written to",
    "changed": "the archive is not the one that the plan was made of",
    "interrupted": "the unpacking was stopped",
}

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}


class UnpackError(EdexqlError):
    """An archive cannot be unpacked, and nothing of it was.

    `code` is one of CODES, `member` the name, in the archive, of the member that is to blame, None where none
    is. The message names the member, and not the archive.
    """

    __module__ = "edexql"

    def __init__(self, code: Code, message: str, member: str | None = None) -> None:
        super().__init__(f"{named(member)}: {message}" if member is not None else message)
        self.code = code
        self.reason = message
        self.member = member


def named(member: str) -> str:
    """The name of a member as a message shows it."""
    return shown(member, 120)


def inside(nested: str, error: UnpackError) -> UnpackError:
    """The same about an archive in an archive."""
    member = nested if error.member is None else f"{nested}/{error.member}"
    return UnpackError(error.code, error.reason, member)


def unwritable(error: OSError) -> UnpackError:
    """What the system says when it does not write, in our words."""
    if error.errno in _FULL:
        return UnpackError("no-room", "the disk is full: make room and unpack it again")
    return UnpackError("cannot-write", f"the folder cannot be written to: {error.strerror or type(error).__name__}")
