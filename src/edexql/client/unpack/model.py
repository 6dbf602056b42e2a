"""The values of unpacking: what an archive holds, what of it would be written, the limits, and what can be wrong."""

from __future__ import annotations

import errno

from edexql.base.errors import EdexqlError
from edexql.base.files import disk
from edexql.base.record import Record
from edexql.base.text import shown
from edexql.base.units import size
from edexql.client.settings.declarations import Unpacking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, Protocol

    State = Literal["new", "already there", "same size", "replaces"]
    # What to do with another file in place of a member, and with archives in the archive.
    Existing = Literal["refuse", "replace"]
    Nesting = Literal["leave", "unpack"]

    # A code of CODES.
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
else:
    Protocol = object


class Limits(Record):
    """Bounds on one archive, with everything that is unpacked from archives in it.

    Of the settings, `members` counts files and folders, those that only the paths of others name included, `size` the
    bytes that they have unpacked, `ratio` is of these to the packed ones, for each member and for all; it is not looked
    at below `small` bytes, which are harmless: dark images and tables of zeros are a thousand times as large unpacked,
    and sound. `depth` counts the folders in each other.
    """

    settings: Unpacking = Unpacking()
    small: int = 2**28


def limit_setting(name: str) -> str:
    """The setting that allows more, as the end of a message."""
    return f"if you trust its origin, set unpacking.{name} in the configuration (EDEXQL_UNPACKING_{name.upper()})"


def too_many(count: int, limits: Limits) -> UnpackError:
    return UnpackError(
        "too-much",
        f"the archive has {count:,} members; the limit is {limits.settings.members:,}: {limit_setting('members')}",
    )


def too_large(count: int, limits: Limits) -> str:
    return f"it holds {size(count)}; the limit is {size(limits.settings.size)}: {limit_setting('size')}"


def too_dense(count: int, packed: int, limits: Limits) -> str:
    ratio = count / max(packed, 1)
    return (
        f"unpacked it is {ratio:,.0f} times as large, {size(count)}; the limit is {limits.settings.ratio:,.0f} times"
        f" beyond {size(limits.small)}: {limit_setting('ratio')}"
    )


class Member(Record):
    """A file or folder of an archive.

    `name` is as the archive has it, a folder's with a slash at its end. `offset` is where its data are, `packed` how
    many bytes of them, `method` how a zip numbers their compression, with its `flags`; `crc` is None where the
    archive tells none. `modified` is in seconds since 1970 (UTC), None where that is not told.
    `link` is what a link leads to, as it is written; a `hard` one is a second name of a file.
    """

    name: str
    size: int
    packed: int
    method: int
    crc: int | None
    offset: int
    modified: float | None
    flags: int = 0
    link: str = ""
    hard: bool = False


class Refusal(Record):
    """Why an archive is not unpacked: a code of CODES, the reason, and the member to blame, None where none is."""

    code: Code
    reason: str
    member: str | None


class Contents(Record):
    """The members of an archive, those that are refused, and notes about the archive."""

    members: tuple[Member, ...]
    refused: tuple[Refusal, ...]
    notes: tuple[str, ...]


def is_folder(member: Member) -> bool:
    return member.name.endswith("/")


class Watch(Protocol):
    """A listener to an unpacking."""

    def file(self, path: str) -> None:
        """A member is being unpacked."""

    def count(self, done: int, total: int) -> None:
        """So many bytes of so many are unpacked."""


class NoWatch:
    """A listener that does nothing."""

    def file(self, path: str) -> None:
        """A member is being unpacked."""

    def count(self, done: int, total: int) -> None:
        """So many bytes of so many are unpacked."""


class PlannedFile(Record):
    """A file to be written.

    `name` is that in the archive, `path` that below the folder, with slashes; `size` and `packed` are in bytes,
    `modified` in seconds since 1970 (UTC). `state` is "new"; "already there" where a file of the same size and
    checksum is; "same size" where the archive has no checksum, so that the two are compared while it is unpacked;
    "replaces" where another file gives way.
    """

    name: str
    path: str
    size: int
    packed: int
    modified: float | None
    state: State
    member: Member


class Nested(Record):
    """An archive in the archive, unpacked into a folder named after it and not written itself.

    `members` and `folders` are None where it is compressed, so that it is looked into only while it is unpacked.
    """

    name: str
    path: str
    member: Member
    members: tuple[PlannedFile, ...] | None
    folders: tuple[str, ...] | None


class Fingerprint(Record):
    """What distinguishes an archive from another file at its path."""

    size: int
    changed: int
    number: int


class Plan(Record):
    """What would be unpacked where. It is carried out only if `refused` is empty.

    `kind` is zip, tar, tar.gz or tar.bz2. `folders` are those to be made for their own sake. `notes` are
    what a user should know about an archive that is unpacked nevertheless.
    """

    archive: str
    kind: str
    folder: str
    members: tuple[PlannedFile, ...]
    folders: tuple[str, ...]
    nested: tuple[Nested, ...]
    refused: tuple[Refusal, ...]
    notes: tuple[str, ...]
    limits: Limits
    existing: Existing
    fingerprint: Fingerprint

    @property
    def files(self) -> Iterator[PlannedFile]:
        """All files to be written, as far as they are known."""
        yield from self.members
        for nested in self.nested:
            yield from nested.members or ()

    @property
    def size(self) -> int:
        """The bytes of all files; an archive whose members are not known counts with its own."""
        unknown = sum(nested.member.size for nested in self.nested if nested.members is None)
        return sum(file.size for file in self.files) + unknown

    @property
    def packed(self) -> int:
        """The bytes of the archive."""
        return self.fingerprint.size

    @property
    def ratio(self) -> float:
        return self.size / max(self.packed, 1)


class Unpacked(Record):
    """What was unpacked: paths below the folder, with slashes.

    `written` came new, `replaced` in place of another file, `present` had been there with the same content.
    `size` is in bytes, without what had been there; `notes` are what was done beside.
    """

    folder: str
    written: tuple[str, ...]
    replaced: tuple[str, ...]
    present: tuple[str, ...]
    size: int
    notes: tuple[str, ...] = ()


CODES = {
    "unreadable": "the archive cannot be opened or read",
    "not-an-archive": "the file is not an archive, but a page or something else",
    "cut-off": "the archive ends before it should",
    "damaged": "the bytes of the archive have changed",
    "contradictory": "the archive contradicts itself, and programs would read it differently",
    "hidden": "the archive has bytes that belong to no member",
    "overlapping": "members share bytes of the archive",
    "encrypted": "a member can only be read with a password",
    "unsupported": "the compression of a member or of the archive is not supported",
    "unsafe-name": "the name of a member leads out of the folder, or is not valid on every system",
    "not-a-file": "a member is neither a file nor a folder, but a link, a device or something else",
    "duplicate": "two members have the same path",
    "too-much": "the archive holds more than the limits allow",
    "in-the-way": "something else is at the path of a member",
    "no-room": "the disk is full, or would be",
    "cannot-write": "the folder cannot be written to",
    "changed": "the archive is not the one that the plan was made of",
    "interrupted": "the unpacking was stopped",
}

_FULL = {*disk.DISK_FULL, errno.EFBIG}


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
    """An error of the system while writing, as an UnpackError."""
    if error.errno in _FULL:
        return UnpackError("no-room", "the disk is full: make room and unpack it again")
    return UnpackError("cannot-write", f"the folder cannot be written to: {error.strerror or type(error).__name__}")
