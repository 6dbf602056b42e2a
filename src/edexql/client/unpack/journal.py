"""What is written down before files are put into a folder that is there already, and what a later run makes of it.

As long as files are being put into their places, a file that anybody sees says so. A process that was killed leaves
it, and the next one that unpacks into the folder puts the rest into place, and says that.
"""

from __future__ import annotations

import json
import stat
from contextlib import suppress

from edexql.base.text import shown
from edexql.client.unpack.model import UnpackError
from edexql.client.unpack.placement import Placement, StagedTree
from edexql.client.unpack.staging import TREE, StagedFile
from edexql.client.unpack.target import Target, checksum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.base.files.folder import Folder
    from edexql.client.unpack.model import Existing, Plan
    from edexql.client.unpack.staging import Temporary

_NAME = "journal.json"
_MARK = "edexql-unpacking-not-finished-{}.txt"
_MOST_BYTES = 2**16


class Journal:
    """Written down while it is entered; gone when the placing ended, or was taken back."""

    def __init__(self, root: Folder, temporary: Temporary, plan: Plan, files: int) -> None:
        self._root = root
        self._temporary = temporary
        self._mark = _MARK.format(temporary.name[-8:])
        self._noted = {"archive": plan.archive, "existing": plan.existing, "files": files, "mark": self._mark}

    def __enter__(self) -> Journal:
        with self._root.create(self._mark) as file:
            file.write(_words(self._noted).encode("utf-8", "backslashreplace"))
        with self._temporary.folder.create(_NAME) as file:
            file.write(json.dumps(self._noted).encode())
        self._temporary.folder.settle()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._temporary.folder.remove(_NAME)
        with suppress(OSError):
            self._root.remove(self._mark)


def finish(root: Folder, left: Folder, notes: list[str]) -> bool:
    """Put into place what a process that was killed has left; whether its folder may go. `notes` says what was done."""
    if left.look(_NAME) is None:
        return True
    with left.read(_NAME) as file:
        noted = _read(file.read(_MOST_BYTES))
    if noted is None:
        return True
    with left.enter(TREE) as inside, Target(inside) as tree, Target(root) as target:
        placed, problem = _placed(left, tree, target, noted)
    archive = shown(str(noted["archive"]), 200)
    if problem is not None:
        notes.append(
            f"an earlier unpacking of {archive} was stopped while its files were put into this folder, and cannot be"
            f" finished: {problem}. Move that away and unpack again, or remove {shown(left.path, 200)} and"
            f" {noted['mark']}"
        )
        return False
    notes.append(
        f"an earlier unpacking of {archive} was stopped while its files were put into this folder: the other {placed}"
        f" of {noted['files']} are there now"
    )
    left.remove(_NAME)
    if root.look(str(noted["mark"])) is not None:
        root.remove(str(noted["mark"]))
    return True


def _placed(left: Folder, tree: Target, target: Target, noted: dict[str, object]) -> tuple[int, str | None]:
    """How many files were put into place, and what is in the way of others."""
    structure = _structure(tree, target)
    existing: Existing = "replace" if noted["existing"] == "replace" else "refuse"
    placing = Placement(left, tree, target, structure)
    try:
        for step in placing.steps(existing):
            placing.place(step, existing)
        placing.settle()
    except (UnpackError, OSError) as error:
        return 0, str(error)
    return len(placing.written) + len(placing.replaced), None


def _structure(tree: Target, target: Target) -> StagedTree:
    """What is in the temporary folder still, without what has its second name in its place."""
    files: list[StagedFile] = []
    folders: list[tuple[str, ...]] = []
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        folder, place = tree.folder(parts), target.folder(parts)
        for name in folder.names() if folder is not None else ():
            status, there = folder.look(name), place.look(name) if place is not None else None  # type: ignore[union-attr]
            if status is None:
                continue
            if stat.S_ISDIR(status.st_mode):
                waiting.append((*parts, name))
                folders.append((*parts, name))
            elif there is None or (there.st_dev, there.st_ino) != (status.st_dev, status.st_ino):
                crc = checksum(folder, name)  # type: ignore[arg-type]
                files.append(StagedFile((*parts, name), "/".join((*parts, name)), status.st_size, crc))
    return StagedTree(files, folders)


def _read(data: bytes) -> dict[str, object] | None:
    """What a journal says; None for one that was not written to its end, before which nothing was placed."""
    try:
        noted = json.loads(data)
    except ValueError:
        return None
    if not isinstance(noted, dict) or not isinstance(noted.get("mark"), str) or "/" in noted["mark"]:
        return None
    return noted if noted.keys() >= {"archive", "existing", "files"} else None


def _words(noted: dict[str, object]) -> str:
    return (
        f"edexql is moving {noted['files']} files of {noted['archive']} into this folder, and has not finished.\n"
        "If it does not run any more, it was stopped: unpack the archive again, and it moves the other files, too.\n"
    )
