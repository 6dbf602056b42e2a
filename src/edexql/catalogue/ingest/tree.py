"""A mirrored archive: the files below a folder, `YYYY/MM/DD/INSTR/...` or any other folders in folders."""

from __future__ import annotations

import os

from edexql.base.files.names import acceptable
from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault, File
from edexql.catalogue.ingest.source import MAPPING_SUFFIX, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXTS = {
    "", ".txt", ".sp3", ".csv", ".parquet", ".html", ".htm", ".tle", ".2le", ".3le", ".dat", ".lst", ".asc", ".wdc",
    ".min", ".hor", ".kvn", ".omm", ".xml", ".json", ".gz",
}  # fmt: skip


class Input(Record):
    """A file to ingest: where it is, and what is recorded of it as a file of the archive.

    `file` is None for a path that was named itself. `readable` says that its name is not that of an image,
    an archive or a binary product, so that its first bytes are worth a look.
    """

    path: str
    file: File | None
    readable: bool


def inputs(path: str) -> Iterator[Input | Fault]:
    """The files that a path stands for: itself, or all those below it in the order of their names.

    Symbolic links are not followed; hidden files, unfinished ones (`.part`) and mappings are skipped.
    """
    if not os.path.isdir(path):
        yield Input(path, None, readable=True)
        return
    stack: list[tuple[str, os.DirEntry[str] | None]] = [("", None)]
    while stack:
        place, entry = stack.pop()
        if entry is not None and not entry.is_dir(follow_symlinks=False):
            yield _input(place, entry)
            continue
        try:
            with os.scandir(os.path.join(path, place)) as entries:
                inside = sorted((item for item in entries if _wanted(item)), key=lambda item: item.name, reverse=True)
        except OSError as problem:
            yield Fault(0, f"{shown(place or path)} cannot be read: {problem.strerror or problem}")
            continue
        stack.extend((f"{place}/{item.name}" if place else item.name, item) for item in inside)


def _wanted(item: os.DirEntry[str]) -> bool:
    if item.name.startswith(".") or item.name.endswith((".part", MAPPING_SUFFIX)):
        return False
    try:
        return item.is_dir(follow_symlinks=False) or item.is_file(follow_symlinks=False)
    except OSError:
        return False


def _input(place: str, entry: os.DirEntry[str]) -> Input | Fault:
    if not acceptable(entry.name):
        return Fault(0, f"not a file name: {shown(place)}")
    try:
        size = entry.stat(follow_symlinks=False).st_size
    except OSError as problem:
        return Fault(0, f"{shown(place)} cannot be read: {problem.strerror or problem}")
    legible = readable(entry.path) and os.access(entry.path, os.R_OK)
    return Input(entry.path, File(entry.name, size, None, place), legible)


def readable(path: str) -> bool:
    """Whether a file's name lets it be a text or a table, or whether there is a mapping next to it."""
    return os.path.splitext(path)[1].lower() in _TEXTS or os.path.exists(path + MAPPING_SUFFIX)
