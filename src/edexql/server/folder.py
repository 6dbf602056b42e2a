"""Folders of the archive: what is in one that can be shown, and all the files below one."""

from __future__ import annotations

import os
import stat

from edexql.base.record import record
from edexql.server import archive
from edexql.server.refusal import refusal


@record(frozen=True, slots=True)
class Entry:
    """A file or folder: its name, its size in bytes (of files), and when it was changed, in seconds since 1970."""

    name: str
    folder: bool
    size: int
    modified: float


def is_shown(name: str) -> bool:
    """Whether there is a file or folder of this name for others: hidden ones there are not, nor odd ones."""
    return not name.startswith(".") and archive.plain(name)


def entries(root: str | None, place: str, most: int) -> list[Entry]:
    """What is in a folder, folders first. Raises archive.NotHeld, and Refusal for more than `most` entries.

    Links that lead out of the archive, and what is neither file nor folder, are not in it.
    """
    found: list[Entry] = []
    try:
        with os.scandir(archive.path_of(root, place)) as items:
            for item in items:
                entry = _entry(root, place, item) if is_shown(item.name) else None
                if entry is not None:
                    found.append(entry)
                if len(found) > most:
                    raise refusal(409, f"there are more than {most} files here, and no more are listed")
    except OSError as error:
        raise archive.NotHeld("it is no folder of the archive") from error
    return sorted(found, key=lambda entry: (not entry.folder, entry.name))


def files_below(root: str | None, place: str, most: int) -> list[tuple[str, Entry]]:
    """The files in a folder and in those below it, each with its path from there. Raises as `entries` does.

    A folder to which several links lead is gone through once.
    """
    found: list[tuple[str, Entry]] = []
    seen: set[str] = set()
    waiting = [""]
    while waiting:
        below = waiting.pop()
        here = _joined(place, below)
        path = archive.path_of(root, here)
        if path in seen:
            continue
        seen.add(path)
        for entry in reversed(entries(root, here, most)):
            if entry.folder:
                waiting.append(_joined(below, entry.name))
            else:
                found.append((_joined(below, entry.name), entry))
        if len(found) + len(seen) + len(waiting) > most:
            raise refusal(413, f"there are more than {most} files and folders here, and no more are put into one tar")
    return sorted(found, key=lambda pair: pair[0])


def _entry(root: str | None, place: str, item: os.DirEntry[str]) -> Entry | None:
    try:
        if item.is_symlink():
            archive.path_of(root, _joined(place, item.name))
        state = item.stat()
    except (OSError, archive.NotHeld):
        return None
    folder = stat.S_ISDIR(state.st_mode)
    if not folder and not stat.S_ISREG(state.st_mode):
        return None
    return Entry(item.name, folder, 0 if folder else state.st_size, state.st_mtime)


def _joined(*steps: str) -> str:
    return "/".join(step for step in steps if step)
