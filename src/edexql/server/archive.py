"""Files and folders of the archive, found by the places that the catalogue gives, and never outside its root.

A folder can be read as one tar, which is made while it is sent: nothing of it is kept.
"""

from __future__ import annotations

import os
import stat
import tarfile

from edexql.base.record import record
from edexql.server.errors import refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import IO

    from edexql.server.settings import Settings


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


@record(frozen=True, slots=True)
class Entry:
    """A file or folder: its name, its size in bytes (of files), and when it was changed, in seconds since 1970."""

    name: str
    folder: bool
    size: int
    modified: float


def is_shown(name: str) -> bool:
    """Whether there is a file or folder of this name for others: hidden ones there are not, nor odd ones."""
    return not name.startswith(".") and plain(name)


def entries(root: str | None, place: str, most: int) -> list[Entry]:
    """What is in a folder, folders first. Raises NotHeld, and Refusal for more than `most` entries.

    Links that lead out of the archive, and what is neither file nor folder, are not in it.
    """
    found: list[Entry] = []
    try:
        with os.scandir(path_of(root, place)) as items:
            for item in items:
                entry = _entry(root, place, item) if is_shown(item.name) else None
                if entry is not None:
                    found.append(entry)
                if len(found) > most:
                    raise refusal(409, f"there are more than {most} files here, and no more are listed")
    except OSError as error:
        raise NotHeld("it is no folder of the archive") from error
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
        path = path_of(root, here)
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
            path_of(root, _joined(place, item.name))
        state = item.stat()
    except (OSError, NotHeld):
        return None
    folder = stat.S_ISDIR(state.st_mode)
    if not folder and not stat.S_ISREG(state.st_mode):
        return None
    return Entry(item.name, folder, 0 if folder else state.st_size, state.st_mtime)


def _joined(*steps: str) -> str:
    return "/".join(step for step in steps if step)


PIECE = 2**18
_BLOCK = tarfile.BLOCKSIZE
_END = bytes(2 * _BLOCK)


@record(frozen=True, slots=True)
class Tar:
    """A tar to be: the root of the archive, the place of the folder, its files by their paths from there."""

    root: str | None
    place: str
    files: tuple[tuple[str, Entry], ...]

    def length(self) -> int:
        """How many bytes it has."""
        return len(_END) + sum(len(_head(*file)) + file[1].size + _missing(file[1].size) for file in self.files)

    def pieces(self) -> Generator[bytes]:
        """Its bytes. Raises OSError where a file is not as it was when it was listed."""
        for path, entry in self.files:
            yield _head(path, entry)
            yield from self._content(f"{self.place}/{path}", entry.size)
            yield bytes(_missing(entry.size))
        yield _END

    def _content(self, place: str, size: int) -> Iterator[bytes]:
        try:
            file = opened(self.root, place)
        except NotHeld as error:
            raise OSError("a file of the archive went while it was read") from error
        with file:
            while size > 0 and (piece := file.read(min(PIECE, size))):
                size -= len(piece)
                yield piece
        if size:
            raise OSError("a file of the archive became shorter while it was read")


def tar_of(place: str, settings: Settings) -> Tar:
    """The tar of a folder with all that is below it. Raises NotHeld, and Refusal for one that is too large."""
    files = files_below(settings.archive, place, settings.limits.files)
    total = sum(entry.size for _, entry in files)
    if total > settings.limits.report_bytes:
        most = settings.limits.report_bytes
        raise refusal(413, f"the files have {total} bytes, and no more than {most} are put into one tar")
    return Tar(settings.archive, place, tuple(files))


def _head(path: str, entry: Entry) -> bytes:
    """What stands before the content of a file."""
    info = tarfile.TarInfo(path)
    info.size, info.mtime = entry.size, int(entry.modified)
    return info.tobuf(tarfile.PAX_FORMAT)


def _missing(size: int) -> int:
    """How many bytes are missing to a whole block."""
    return -size % _BLOCK
