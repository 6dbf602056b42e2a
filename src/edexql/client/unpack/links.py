"""Links in archives, unpacked as copies of what they lead to, which must be in the archive itself.

A copy is the same on every system, and leads nowhere. What a link leads to is looked up as the system would (POSIX.1,
4.16): names part by part, links in the way followed.
"""

from __future__ import annotations

from bisect import bisect_left

from edexql.base.text import shown
from edexql.client.unpack.model import Entry, Refusal, is_folder, too_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.client.unpack.model import Limits

    Parts = tuple[str, ...]

# As Linux has it.
_MOST_HOPS = 40


class _LinkError(Exception):
    """A link that cannot be followed; the message says why."""


def resolved(entries: Iterable[Entry], limits: Limits) -> tuple[list[Entry], list[Refusal], list[str]]:
    """The members with copies in the place of links, what is refused, and notes. Raises UnpackError."""
    members = list(entries)
    links = {_parts(entry.name): entry for entry in members if entry.link}
    if not links:
        return members, [], []
    real = {_parts(entry.name): entry for entry in members if not entry.link}
    ordered = sorted(real)
    found: list[Entry] = []
    refused: list[Refusal] = []
    notes: list[str] = []
    for entry in members:
        parts = _parts(entry.name)
        way = next((parts[:count] for count in range(1, len(parts)) if parts[:count] in links), None)
        if way is not None:
            reason = f"its path goes through the link {shown('/'.join(way), 120)}"
            refused.append(Refusal("not-a-file", reason, entry.name))
        elif not entry.link:
            found.append(entry)
        else:
            try:
                copies = _copies(entry, _followed(parts, links), real, ordered)
            except _LinkError as no_way:
                refused.append(Refusal("not-a-file", f"it is a link that {no_way}", entry.name))
                continue
            if not copies:
                notes.append(
                    f"{shown(entry.name, 120)} is a link to {shown(entry.link, 120)}, which is not in the"
                    " archive: it is left out"
                )
            found += copies
            if len(found) > limits.settings.members:
                raise too_many(len(found), limits)
    return found, refused, notes


def _parts(name: str) -> Parts:
    return tuple(part for part in name.split("/") if part not in ("", "."))


def _followed(parts: Parts, links: dict[Parts, Entry]) -> Parts:
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
        # A second name of a file is told from the root of the archive on.
        done = [] if link.hard else done[:-1]
        waiting += reversed(link.link.split("/"))
    return tuple(done)


def _copies(link: Entry, target: Parts, real: dict[Parts, Entry], ordered: list[Parts]) -> list[Entry]:
    """The members that a link stands for. Raises _LinkError."""
    place = _parts(link.name)
    entry = real.get(target)
    if entry is not None and not is_folder(entry):
        return [_copy(entry, "/".join(place))]
    if place[: len(target)] == target:
        raise _LinkError("leads to a folder that contains it")
    copies = [_copy(entry, "/".join(place) + "/")] if entry is not None else []
    at = bisect_left(ordered, target)
    while at < len(ordered) and ordered[at][: len(target)] == target:
        below = real[ordered[at]]
        if ordered[at] != target:
            name = "/".join((*place, *ordered[at][len(target) :])) + "/" * is_folder(below)
            copies.append(_copy(below, name))
        at += 1
    return copies


def _copy(entry: Entry, name: str) -> Entry:
    return Entry(
        name, entry.size, entry.packed, entry.method, entry.crc, entry.offset, entry.modified, flags=entry.flags
    )
