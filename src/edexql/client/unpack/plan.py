"""What an archive would become in a folder; nothing is written."""

from __future__ import annotations

import os

from edexql.base.files.folder import open_folder
from edexql.base.text import shown
from edexql.client.unpack import archive
from edexql.client.unpack.model import Limits, Nested, Plan, PlannedFile, Refusal, UnpackError, inside
from edexql.client.unpack.paths import PathAllocator, is_plain
from edexql.client.unpack.source import Section
from edexql.client.unpack.target import Target
from edexql.formats.compression import STORED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.unpack.model import Contents, Existing, Member, Nesting
    from edexql.client.unpack.paths import Arrangement
    from edexql.client.unpack.source import Source

_LIMITS = Limits()
_MOST_NAMES = 5


def plan(
    path: str,
    folder: str,
    *,
    limits: Limits = _LIMITS,
    existing: Existing = "refuse",
    nesting: Nesting = "leave",
) -> Plan:
    """What unpacking an archive (zip, tar, tar.gz, tar.bz2) into a folder would write. Writes nothing.

    `existing` says what becomes of another file in place of a member: "refuse" it or "replace" it. `nesting`
    says what becomes of zips in the archive: "leave" them as they are, or "unpack" each into a folder of its
    name; zips in those are left. Why members cannot be unpacked is in the plan's `refused`. Raises UnpackError
    where the archive as a whole cannot be read or trusted.
    """
    with archive.opened(path) as file:
        fingerprint = archive.fingerprint_of(file)
        kind, source = archive.source_of(file, fingerprint.size, limits)
        contents = archive.contents_of(source, kind, limits)
        arranging = PathAllocator(fingerprint.size, limits)
        arranged = arranging.arrange(contents, open_zips=nesting == "unpack")
        refused = list(arranged.refused)
        with _target(folder) as target:
            members = _members(arranged, target, existing, refused)
            nested = _nested(arranged, source, arranging, target, limits, existing, refused)
    return Plan(
        archive=path,
        kind=kind,
        folder=folder,
        members=members,
        folders=_paths(arranged),
        nested=nested,
        refused=tuple(refused),
        notes=(*contents.notes, *_notes(members, nested, contents)),
        limits=limits,
        existing=existing,
        fingerprint=fingerprint,
    )


def _notes(members: tuple[PlannedFile, ...], nested: tuple[Nested, ...], contents: Contents) -> list[str]:
    """Notes about the files of an archive."""
    if not (members or nested or contents.refused):
        return ["the archive holds no files"]
    odd = [member.path for member in members if not all(is_plain(part) for part in member.path.split("/"))]
    if not odd:
        return []
    listed = ", ".join(shown(path, 120) for path in odd[:_MOST_NAMES])
    more = f" and {len(odd) - _MOST_NAMES} more" if len(odd) > _MOST_NAMES else ""
    return [f"names that Windows does not allow: {listed}{more}"]


def examine_nested(
    nested: Nested, source: Section, arranging: PathAllocator, target: Target, limits: Limits, existing: Existing
) -> tuple[Nested, list[Refusal]]:
    """An archive in an archive with its members, and why some are refused. Raises UnpackError and OSError."""
    try:
        contents = archive.contents_of_nested(source, limits)
    except UnpackError as error:
        raise inside(nested.name, error) from error
    arranged = arranging.arrange(contents, tuple(nested.path.split("/")))
    refused = list(arranged.refused)
    members = _members(arranged, target, existing, refused)
    outer = [
        Refusal(one.code, one.reason, nested.name if one.member is None else f"{nested.name}/{one.member}")
        for one in refused
    ]
    return Nested(nested.name, nested.path, nested.member, members, _paths(arranged)), outer


def _nested(
    arranged: Arrangement,
    source: Source,
    arranging: PathAllocator,
    target: Target,
    limits: Limits,
    existing: Existing,
    refused: list[Refusal],
) -> tuple[Nested, ...]:
    archives = []
    for place, member in arranged.nested:
        one = Nested(member.name, "/".join(place), member, None, None)
        if isinstance(source, Section) and member.method == STORED and not refused:
            inner = source.within(member.offset, member.packed)
            try:
                one, more = examine_nested(one, inner, arranging, target, limits, existing)
                refused += more
            except UnpackError as error:
                refused.append(Refusal(error.code, error.reason, error.member))
            except OSError as error:
                refused.append(_unreadable(member, error))
        archives.append(one)
    return tuple(archives)


def _members(
    arranged: Arrangement, target: Target, existing: Existing, refused: list[Refusal]
) -> tuple[PlannedFile, ...]:
    files = []
    for parts in arranged.folders:
        try:
            target.folder(parts)
        except UnpackError as error:
            refused.append(Refusal(error.code, error.reason, "/".join(parts) + "/"))
        except OSError as error:
            refused.append(Refusal("cannot-write", f"the target cannot be read: {error.strerror}", "/".join(parts)))
    for parts, member in arranged.files:
        try:
            state = target.state(parts, member.size, member.crc, existing)
        except UnpackError as error:
            refused.append(Refusal(error.code, error.reason, member.name))
        except OSError as error:
            refused.append(_unreadable(member, error))
        else:
            path = "/".join(parts)
            files.append(PlannedFile(member.name, path, member.size, member.packed, member.modified, state, member))
    return tuple(files)


def _unreadable(member: Member, error: OSError) -> Refusal:
    return Refusal("cannot-write", f"its place in the target cannot be read: {error.strerror}", member.name)


def _paths(arranged: Arrangement) -> tuple[str, ...]:
    return tuple("/".join(parts) for parts in arranged.folders)


def _target(folder: str) -> Target:
    try:
        if not os.path.lexists(os.path.realpath(folder)):
            return Target(None)
        return Target(open_folder(folder))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnpackError("cannot-write", f"the target folder cannot be used: {reason}") from error
