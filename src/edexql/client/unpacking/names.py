"""Names that are one file in the folder, whichever program looks at them, and no two members with one place."""

from __future__ import annotations

import os
import re
import sys
import unicodedata

from edexql.base.text import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


LONGEST_PART = 255
LONGEST = 3000
# Unpacking has folders of its own under such names.
OURS = ".edexql-unpack-"
_OF_WINDOWS = os.name == "nt"
_FORBIDDEN = '<>:"|?*\\'
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)
# Nearly all names are so, and need not be looked at twice.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}(?<!\.)")


class Unsafe(Exception):
    """A name that no file is to have; the message says why."""


def parts_of(name: str, depth: int, *, portable: bool = _OF_WINDOWS) -> tuple[str, ...]:
    """The folders and the name of a member, whose slash at the end, if any, is left out. Raises Unsafe.

    () is the root of the archive itself. Characters and endings that Windows does not allow are replaced where the
    names are `portable`, and are as good as others elsewhere.
    """
    plain = name.removeprefix("./").removesuffix("/")
    if name and plain in ("", "."):
        return ()
    if plain.startswith(("/", "\\")):
        raise Unsafe("its name is absolute and leads out of the folder")
    if _DRIVE.match(plain):
        raise Unsafe("its name begins with a drive and leads out of the folder")
    parts = tuple(part for part in plain.split("/") if part not in ("", "."))
    if not parts:
        raise Unsafe("its name is empty")
    if ".." in parts or ".." in plain.replace("\\", "/").split("/"):
        raise Unsafe("its name leads out of the folder")
    if len(parts) - 1 > depth:
        raise Unsafe(
            f"it is in {len(parts) - 1} folders, one in the other, and {depth} are the limit: set unpacking.depth"
            " in the configuration (EDEXQL_UNPACKING_DEPTH)"
        )
    if len(plain.encode("utf-8", "surrogatepass")) > LONGEST:
        raise Unsafe(f"its name is longer than {LONGEST} bytes")
    if portable:
        parts = tuple(_portable(part) for part in parts)
    for part in parts:
        if not _PLAIN.fullmatch(part):
            _check(part)
    return parts


def is_plain(part: str) -> bool:
    """Whether a name is the same on every system."""
    return _portable(part) == part


def _portable(part: str) -> str:
    """The name that a file has on Windows: what is not allowed there is replaced, and a device is none."""
    found = "".join("_" if letter in _FORBIDDEN else letter for letter in part)
    if found[-1:] in (".", " "):
        found = found[:-1] + "_"
    return f"_{found}" if _RESERVED.fullmatch(found) else found


def _check(part: str) -> None:
    if not part.isprintable():
        raise Unsafe("its name has characters that cannot be shown")
    if part.casefold().startswith(OURS):
        raise Unsafe("its name is kept for unpacking itself")
    try:
        os.fsencode(part)
    except UnicodeEncodeError:
        raise Unsafe("its name has characters that this system cannot write") from None
    if len(part.encode()) > LONGEST_PART:
        raise Unsafe(f"its name is longer than {LONGEST_PART} bytes")


_MOST = 5


def notes_of_guesses(names: list[str], encoding: str) -> list[str]:
    """What to say of names that were read in an encoding that is a guess."""
    if not names:
        return []
    listed = ", ".join(shown(name, 120) for name in names[:_MOST])
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return [f"nothing says in which encoding names are, and they were read as {encoding}: {listed}{more}"]


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
