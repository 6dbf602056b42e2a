"""What is in the target already, where a member is to be."""

from __future__ import annotations

import stat

from edexql.base.text import shown
from edexql.client.unpack.model import UnpackError
from edexql.formats.digests import crc32_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.base.files.folder import Folder
    from edexql.client.unpack.model import Existing, State


class Target:
    """The target folder, asked and changed path by path. The folder of the last path stays open for the next one."""

    def __init__(self, root: Folder | None) -> None:
        self._root = root
        self._parts: tuple[str, ...] = ()
        self._folder = root

    def close(self) -> None:
        if self._folder is not None and self._folder is not self._root:
            self._folder.close()
        self._parts, self._folder = (), self._root

    def __enter__(self) -> Target:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def folder(self, parts: Sequence[str], made: list[tuple[str, ...]] | None = None) -> Folder | None:
        """A folder below the target, None where there is none.

        With `made`, folders that are missing are made and told there. It is this object's, and closed by it.
        Raises UnpackError where a link or a file is in the way, and OSError.
        """
        parts = tuple(parts)
        if parts == self._parts or self._root is None:
            return self._folder
        self.close()
        for count, part in enumerate(parts, 1):
            before = self._folder
            assert before is not None
            try:
                entered = before.enter(part)
            except FileNotFoundError:
                if made is None:
                    self.close()
                    return None
                before.make(part)
                made.append(parts[:count])
                entered = before.enter(part)
            except OSError as error:
                status = before.look(part)
                if status is None or stat.S_ISDIR(status.st_mode):
                    raise
                what = "a link" if stat.S_ISLNK(status.st_mode) else "a file"
                path = "/".join(parts[:count])
                raise UnpackError(
                    "in-the-way", f"in the target {shown(path, 120)} is {what}, not a folder: move it away"
                ) from error
            if before is not self._root:
                before.close()
            self._folder, self._parts = entered, parts[:count]
        return self._folder

    def below(self, parts: Sequence[str]) -> Target:
        """The same for a folder in it, which belongs to this object, and may be none."""
        return Target(self.folder(parts))

    def state(self, parts: tuple[str, ...], size: int, crc: int | None, existing: Existing) -> State:
        """What would become of a file. Raises UnpackError where something else is in the way, and OSError."""
        folder = self.folder(parts[:-1])
        status = folder.look(parts[-1]) if folder is not None else None
        if folder is None or status is None:
            return "new"
        if not stat.S_ISREG(status.st_mode):
            what = (
                "a folder"
                if stat.S_ISDIR(status.st_mode)
                else "a link"
                if stat.S_ISLNK(status.st_mode)
                else "something else"
            )
            raise UnpackError("in-the-way", f"in the target there is {what} in its place: move it away")
        if status.st_size == size:
            if crc is None:
                return "same size"
            if checksum(folder, parts[-1]) == crc:
                return "already there"
        if existing == "replace":
            return "replaces"
        raise UnpackError("in-the-way", "in the target there is another file of its name: move it away, or replace it")


def checksum(folder: Folder, name: str) -> int:
    """The CRC-32 of a file. Raises OSError."""
    with folder.read(name) as file:
        return crc32_of(file)
