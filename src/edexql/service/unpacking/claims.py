"""Places that members have taken, told apart as the file systems of this system do."""

from __future__ import annotations

import sys
import unicodedata

from edexql.base.text import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE, _FOLDER = "file", "folder"
_TELLS_APART = sys.platform not in ("win32", "darwin", "cygwin")


class Taken(Exception):
    """Something else is in the place; the message says what."""


class Claims:
    """Which places are taken, and by what."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[str, str]] = {}
        # Most members have their folder in common with the one before.
        self._keys: dict[str, str] = {"": ""}

    @property
    def count(self) -> int:
        """How many files and folders there are, with the folders that are only in the paths of others."""
        return len(self._taken)

    def file(self, parts: Sequence[str]) -> None:
        """Take a place for a file. Raises Taken."""
        key = f"{self._entered(parts[:-1])}/{_key(parts[-1])}"
        if key in self._taken:
            raise Taken(f"it would be in one place with {shown(self._taken[key][0], 120)}")
        self._taken[key] = ("/".join(parts), _FILE)

    def folder(self, parts: Sequence[str]) -> None:
        """Take a place for a folder, which may have been taken for it before. Raises Taken."""
        self._entered(parts)

    def _entered(self, parts: Sequence[str]) -> str:
        whole = "/".join(parts)
        if whole in self._keys:
            return self._keys[whole]
        path = key = ""
        for part in parts:
            path = f"{path}/{part}" if path else part
            key = f"{key}/{_key(part)}"
            other, kind = self._taken.setdefault(key, (path, _FOLDER))
            if kind == _FILE:
                raise Taken(f"its folder would be in one place with the file {shown(other, 120)}")
            if other != path:
                raise Taken(f"its folder would be in one place with {shown(other, 120)}")
        self._keys[whole] = key
        return key


def _key(part: str) -> str:
    """The same for names that this system takes for one: without regard to case, and to how Unicode composes them.

    Linux tells them apart; where a file system there does not, the second of two is noticed when it is placed.
    """
    if _TELLS_APART:
        return part
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", part).casefold())
    return unicodedata.normalize("NFKC", folded.casefold())
