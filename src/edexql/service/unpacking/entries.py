"""What a zip or a tar tells of its members, before anybody has judged it."""

from __future__ import annotations

from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.service.unpacking.problem import Code


@record(frozen=True, slots=True)
class Entry:
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


@record(frozen=True, slots=True)
class Refusal:
    """Why an archive is not unpacked: a code of CODES, the reason, and the member to blame, None where none is."""

    code: Code
    reason: str
    member: str | None


@record(frozen=True, slots=True)
class Contents:
    """The members of an archive, those refused already, and what there is to say about the archive."""

    entries: tuple[Entry, ...]
    refused: tuple[Refusal, ...]
    notes: tuple[str, ...]


def is_folder(entry: Entry) -> bool:
    return entry.name.endswith("/")
