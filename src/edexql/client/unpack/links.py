"""Links in archives, unpacked as copies of what they lead to, which must be in the archive itself.

A copy is the same on every system, and leads nowhere. What a link leads to is looked up as the system would (POSIX.1,
4.16): names part by part, links in the way followed.
"""

from __future__ import annotations

from bisect import bisect_left

from edexql.base.text import shown
from edexql.client.unpack.model import Member, Refusal, is_folder, too_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.unpack.model import Limits

    Parts = tuple[str, ...]

# As Linux has it.
_MOST_HOPS = 40


class _LinkError(Exception):
    """A link that cannot be followed; the message says why."""


def resolved(members: list[Member], limits: Limits) -> tuple[list[Member], list[Refusal], list[str]]:
    """The members with copies in place of links, what is refused, and notes. Raises UnpackError."""
    links = {_parts(member.name): member for member in members if member.link}
    if not links:
        return members, [], []
    real = {_parts(member.name): member for member in members if not member.link}
    ordered = sorted(real)
    kept: list[Member] = []
    refused: list[Refusal] = []
    notes: list[str] = []
    for member in members:
        parts = _parts(member.name)
        way = next((parts[:count] for count in range(1, len(parts)) if parts[:count] in links), None)
        if way is not None:
            reason = f"its path goes through the link {shown('/'.join(way), 120)}"
            refused.append(Refusal("not-a-file", reason, member.name))
        elif not member.link:
            kept.append(member)
        else:
            try:
                copies = _copies(member, _followed(parts, links), real, ordered)
            except _LinkError as no_way:
                refused.append(Refusal("not-a-file", f"it is a link that {no_way}", member.name))
                continue
            if not copies:
                notes.append(
                    f"{shown(member.name, 120)} is a link to {shown(member.link, 120)}, which is not in the"
                    " archive: it is left out"
                )
            kept += copies
            if len(kept) > limits.settings.members:
                raise too_many(len(kept), limits)
    return kept, refused, notes


def _parts(name: str) -> Parts:
    return tuple(part for part in name.split("/") if part not in ("", "."))


def _followed(parts: Parts, links: dict[Parts, Member]) -> Parts:
    """Where a path leads. Raises _LinkError."""
    done: list[str] = []
    waiting = list(reversed(parts))
    hops = 0
    while waiting:
        part = waiting.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not done:
                raise _LinkError("leads out of the folder")
            done.pop()
            continue
        done.append(part)
        link = links.get(tuple(done))
        if link is None:
            continue
        hops += 1
        if hops > _MOST_HOPS:
            raise _LinkError("leads back to itself")
        if link.link.startswith(("/", "\\")) or link.link[1:2] == ":":
            raise _LinkError("leads out of the folder")
        # A second name of a file is relative to the root of the archive.
        done = [] if link.hard else done[:-1]
        waiting += reversed(link.link.split("/"))
    return tuple(done)


def _copies(link: Member, target: Parts, real: dict[Parts, Member], ordered: list[Parts]) -> list[Member]:
    """The members that a link stands for. Raises _LinkError."""
    place = _parts(link.name)
    member = real.get(target)
    if member is not None and not is_folder(member):
        return [_copy(member, "/".join(place))]
    if place[: len(target)] == target:
        raise _LinkError("leads to a folder that contains it")
    copies = [_copy(member, "/".join(place) + "/")] if member is not None else []
    at = bisect_left(ordered, target)
    while at < len(ordered) and ordered[at][: len(target)] == target:
        below = real[ordered[at]]
        if ordered[at] != target:
            name = "/".join((*place, *ordered[at][len(target) :])) + "/" * is_folder(below)
            copies.append(_copy(below, name))
        at += 1
    return copies


def _copy(member: Member, name: str) -> Member:
    return Member(
        name, member.size, member.packed, member.method, member.crc, member.offset, member.modified, flags=member.flags
    )
