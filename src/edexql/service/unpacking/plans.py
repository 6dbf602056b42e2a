"""What is to be unpacked where, and what came of it."""

from __future__ import annotations

from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, Protocol

    from edexql.service.unpacking.entries import Entry, Refusal
    from edexql.service.unpacking.limits import Limits

    State = Literal["new", "already there", "same size", "replaces"]
    # What to do with another file in the place of a member, and with archives in the archive.
    Existing = Literal["refuse", "replace"]
    Nesting = Literal["leave", "unpack"]
else:
    Protocol = object


class Watch(Protocol):
    """Whoever wants to hear how it goes."""

    def file(self, path: str) -> None:
        """A member is being unpacked."""

    def count(self, done: int, total: int) -> None:
        """So many bytes of so many are unpacked."""


@record(frozen=True, slots=True)
class Member:
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
    entry: Entry


@record(frozen=True, slots=True)
class Nested:
    """An archive in the archive, unpacked into a folder named after it and not written itself.

    `members` and `folders` are None where it is compressed, so that it is looked into only while it is unpacked.
    """

    name: str
    path: str
    entry: Entry
    members: tuple[Member, ...] | None
    folders: tuple[str, ...] | None


@record(frozen=True, slots=True)
class Stamp:
    """What tells an archive from one that came into its place."""

    size: int
    changed: int
    number: int


@record(frozen=True, slots=True)
class Plan:
    """What would be unpacked where. It is as good as `refused` is empty; nothing is written otherwise.

    `kind` is zip, tar, tar.gz or tar.bz2. `folders` are those to be made for their own sake. `notes` are
    what a user should know about an archive that is unpacked nevertheless.
    """

    archive: str
    kind: str
    folder: str
    members: tuple[Member, ...]
    folders: tuple[str, ...]
    nested: tuple[Nested, ...]
    refused: tuple[Refusal, ...]
    notes: tuple[str, ...]
    limits: Limits
    existing: Existing
    stamp: Stamp

    @property
    def files(self) -> Iterator[Member]:
        """All files to be written, as far as they are known."""
        yield from self.members
        for nested in self.nested:
            yield from nested.members or ()

    @property
    def size(self) -> int:
        """The bytes of all files; an archive that was not looked into counts with its own."""
        unknown = sum(nested.entry.size for nested in self.nested if nested.members is None)
        return sum(member.size for member in self.files) + unknown

    @property
    def packed(self) -> int:
        """The bytes of the archive."""
        return self.stamp.size

    @property
    def ratio(self) -> float:
        return self.size / max(self.packed, 1)


@record(frozen=True, slots=True)
class Unpacked:
    """What was unpacked: paths below the folder, with slashes.

    `written` came new, `replaced` in the place of another file, `present` had been there with the same content.
    `size` is in bytes, without what had been there; `notes` are what was done beside.
    """

    folder: str
    written: tuple[str, ...]
    replaced: tuple[str, ...]
    present: tuple[str, ...]
    size: int
    notes: tuple[str, ...] = ()
