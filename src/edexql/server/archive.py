"""Files and folders of the archive, found by the places that the catalogue gives, and never outside its root.

A folder can be read as one tar, which is made while it is sent: nothing of it is kept.
"""

from __future__ import annotations

import os
import stat
import tarfile

from edexql.base.files import regular
from edexql.base.record import Record
from edexql.server.errors import http_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import IO

    from edexql.server.settings import Settings

_PIECE = 2**18
_BLOCK = tarfile.BLOCKSIZE
_TAR_END = bytes(2 * _BLOCK)


class NotInArchive(Exception):
    """The archive has no such file or folder; the message says why."""


class Entry(Record):
    """A file or folder: its name, its size in bytes (of files), and when it was changed, in seconds since 1970."""

    name: str
    folder: bool
    size: int
    modified: float


def open_file(root: str | None, place: str) -> IO[bytes]:
    """A file of the archive, open for reading. Raises NotInArchive.

    Symbolic links in the place are followed as long as they stay below the root. The file must be a regular file.
    """
    try:
        # All links were resolved before: one that was made since then is refused. And a pipe does not block.
        file = open(real_path(root, place), "rb", opener=regular.opener)  # noqa: SIM115  # the caller closes it
    except (OSError, ValueError) as error:
        raise NotInArchive("it is not in the archive") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotInArchive("it is not a file")
    return file


def real_path(root: str | None, place: str) -> str:
    """The path of a place in the archive, with all symbolic links resolved; it may not exist. Raises NotInArchive."""
    if root is None:
        raise NotInArchive("there is no archive here")
    if "://" in place:
        raise NotInArchive("it is on another server")
    if (
        os.path.isabs(place)
        or os.path.splitdrive(place)[0]
        or "\0" in place
        or ".." in place.replace("\\", "/").split("/")
    ):
        raise NotInArchive("its place is not below the root of the archive")
    try:
        top = os.path.realpath(root)
        path = os.path.realpath(os.path.join(top, place))
    except (OSError, ValueError) as error:
        raise NotInArchive("it is not in the archive") from error
    if path != top and not path.startswith(os.path.join(top, "")):
        raise NotInArchive("its place is not below the root of the archive")
    return path


def is_plain_name(name: str) -> bool:
    """Whether a name can stand in a zip and be unpacked on any system without leaving its folder."""
    return (
        name.isprintable() and name not in ("", ".", "..") and not set("/\\:") & set(name) and len(name.encode()) <= 255
    )


def is_public_name(name: str) -> bool:
    """Whether a file or folder of this name is shown to clients: hidden ones and unusual names are not."""
    return not name.startswith(".") and is_plain_name(name)


def folder_entries(root: str | None, place: str, limit: int) -> list[Entry]:
    """What is in a folder, folders first. Raises NotInArchive, and RequestError for more than `limit` entries.

    Links that lead out of the archive, and what is neither file nor folder, are left out.
    """
    entries: list[Entry] = []
    try:
        with os.scandir(real_path(root, place)) as items:
            for item in items:
                entry = _entry_of(root, place, item) if is_public_name(item.name) else None
                if entry is not None:
                    entries.append(entry)
                if len(entries) > limit:
                    raise http_error(409, f"the folder has more than {limit} entries, too many to list")
    except OSError as error:
        raise NotInArchive("it is not a folder of the archive") from error
    return sorted(entries, key=lambda entry: (not entry.folder, entry.name))


def files_below(root: str | None, place: str, limit: int) -> list[tuple[str, Entry]]:
    """The files in a folder and its subfolders, each with its path from there. Raises as `folder_entries` does.

    A folder to which several links lead is read once.
    """
    files: list[tuple[str, Entry]] = []
    visited: set[str] = set()
    pending = [""]
    while pending:
        subfolder = pending.pop()
        folder = _joined(place, subfolder)
        path = real_path(root, folder)
        if path in visited:
            continue
        visited.add(path)
        for entry in reversed(folder_entries(root, folder, limit)):
            if entry.folder:
                pending.append(_joined(subfolder, entry.name))
            else:
                files.append((_joined(subfolder, entry.name), entry))
        if len(files) + len(visited) + len(pending) > limit:
            raise http_error(413, f"the folder has more than {limit} files and folders, too many for one tar")
    return sorted(files, key=lambda file: file[0])


def _entry_of(root: str | None, place: str, item: os.DirEntry[str]) -> Entry | None:
    try:
        if item.is_symlink():
            real_path(root, _joined(place, item.name))
        state = item.stat()
    except (OSError, NotInArchive):
        return None
    folder = stat.S_ISDIR(state.st_mode)
    if not folder and not stat.S_ISREG(state.st_mode):
        return None
    return Entry(item.name, folder, 0 if folder else state.st_size, state.st_mtime)


def _joined(*steps: str) -> str:
    return "/".join(step for step in steps if step)


class Tar(Record):
    """A tar to be made: the root of the archive, the place of the folder, its files by their paths from there."""

    root: str | None
    place: str
    files: tuple[tuple[str, Entry], ...]

    def length(self) -> int:
        """Its length in bytes."""
        return len(_TAR_END) + sum(
            len(_tar_header(path, entry)) + entry.size + _padding(entry.size) for path, entry in self.files
        )

    def pieces(self) -> Generator[bytes]:
        """Its bytes. Raises OSError where a file has changed since it was listed."""
        for path, entry in self.files:
            yield _tar_header(path, entry)
            yield from self._content(f"{self.place}/{path}", entry.size)
            yield bytes(_padding(entry.size))
        yield _TAR_END

    def _content(self, place: str, size: int) -> Iterator[bytes]:
        try:
            file = open_file(self.root, place)
        except NotInArchive as error:
            raise OSError("a file of the archive was removed while it was read") from error
        with file:
            while size > 0 and (piece := file.read(min(_PIECE, size))):
                size -= len(piece)
                yield piece
        if size:
            raise OSError("a file of the archive became shorter while it was read")


def tar_of(place: str, settings: Settings) -> Tar:
    """The tar of a folder with its subfolders. Raises NotInArchive, and RequestError for one that is too large."""
    files = files_below(settings.archive, place, settings.limits.files)
    total = sum(entry.size for _, entry in files)
    limit = settings.limits.delivery_bytes
    if total > limit:
        raise http_error(413, f"the files have {total} bytes; a tar has at most {limit}")
    return Tar(settings.archive, place, tuple(files))


def _tar_header(path: str, entry: Entry) -> bytes:
    info = tarfile.TarInfo(path)
    info.size, info.mtime = entry.size, int(entry.modified)
    return info.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> int:
    """The number of bytes that fill the last block."""
    return -size % _BLOCK
