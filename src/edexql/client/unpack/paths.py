"""Members to paths: names that are one file on every system, no two in one place, all of them within the limits."""

from __future__ import annotations

import os
import re

from edexql.base import system
from edexql.base.files.names import FORBIDDEN, is_device, name_key
from edexql.base.record import Record
from edexql.base.text import shown
from edexql.client.unpack.model import Refusal, is_folder, limit_setting, too_dense, too_large, too_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.client.unpack.model import Contents, Limits, Member, Plan


LONGEST_PART = 255
LONGEST = 3000
# Unpacking has folders of its own under such names.
OURS = ".edexql-unpack-"
_FORBIDDEN = FORBIDDEN | {"\\"}
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
# Nearly all names are so, and need not be looked at twice.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}(?<!\.)")


class UnsafeName(Exception):
    """A name that no file may have; the message says why."""


def parts_of(name: str, depth: int, *, portable: bool = system.WINDOWS) -> tuple[str, ...]:
    """The folders and the name of a member, whose slash at the end, if any, is left out. Raises UnsafeName.

    () is the root of the archive itself. Characters and endings that Windows does not allow are replaced where the
    names are `portable`, and are as good as others elsewhere.
    """
    plain = name.removeprefix("./").removesuffix("/")
    if name and plain in ("", "."):
        return ()
    if plain.startswith(("/", "\\")):
        raise UnsafeName("its name is absolute and leads out of the folder")
    if _DRIVE.match(plain):
        raise UnsafeName("its name begins with a drive and leads out of the folder")
    parts = tuple(part for part in plain.split("/") if part not in ("", "."))
    if not parts:
        raise UnsafeName("its name is empty")
    if ".." in parts or ".." in plain.replace("\\", "/").split("/"):
        raise UnsafeName("its name leads out of the folder")
    if len(parts) - 1 > depth:
        raise UnsafeName(
            f"its path has {len(parts) - 1} folders; the limit is {depth}: set unpacking.depth"
            " in the configuration (EDEXQL_UNPACKING_DEPTH)"
        )
    if len(plain.encode("utf-8", "surrogatepass")) > LONGEST:
        raise UnsafeName(f"its name is longer than {LONGEST} bytes")
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
    """The name that a file has on Windows: forbidden characters are replaced, and the name of a device is changed."""
    name = "".join("_" if letter in _FORBIDDEN else letter for letter in part)
    if name[-1:] in (".", " "):
        name = name[:-1] + "_"
    return f"_{name}" if is_device(name) else name


def _check(part: str) -> None:
    if not part.isprintable():
        raise UnsafeName("its name has characters that cannot be shown")
    if part.casefold().startswith(OURS):
        raise UnsafeName("its name is reserved for unpacking")
    try:
        os.fsencode(part)
    except UnicodeEncodeError:
        raise UnsafeName("its name has characters that this system cannot write") from None
    if len(part.encode()) > LONGEST_PART:
        raise UnsafeName(f"its name is longer than {LONGEST_PART} bytes")


_MOST = 5


def notes_of_guesses(names: list[str], encoding: str) -> list[str]:
    """Notes about names whose encoding was guessed."""
    if not names:
        return []
    listed = ", ".join(shown(name, 120) for name in names[:_MOST])
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return [f"the encoding of names is not known; they were read as {encoding}: {listed}{more}"]


_FILE, _FOLDER = "file", "folder"


class PathTaken(Exception):
    """Another member has the path; the message says which."""


class Claims:
    """The paths that are taken, each with the name and kind of its member."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[str, str]] = {}
        # Most members have their folder in common with the one before.
        self._keys: dict[str, str] = {"": ""}

    @property
    def count(self) -> int:
        """How many files and folders there are, with the folders that are only in the paths of others."""
        return len(self._taken)

    def file(self, parts: Sequence[str]) -> None:
        """Take a path for a file. Raises PathTaken."""
        key = f"{self._entered(parts[:-1])}/{name_key(parts[-1])}"
        if key in self._taken:
            raise PathTaken(f"it would have the same path as {shown(self._taken[key][0], 120)}")
        self._taken[key] = ("/".join(parts), _FILE)

    def folder(self, parts: Sequence[str]) -> None:
        """Take a path for a folder, which may have been taken for it before. Raises PathTaken."""
        self._entered(parts)

    def _entered(self, parts: Sequence[str]) -> str:
        whole = "/".join(parts)
        if whole in self._keys:
            return self._keys[whole]
        path = key = ""
        for part in parts:
            path = f"{path}/{part}" if path else part
            key = f"{key}/{name_key(part)}"
            other, kind = self._taken.setdefault(key, (path, _FOLDER))
            if kind == _FILE:
                raise PathTaken(f"its folder would have the same path as the file {shown(other, 120)}")
            if other != path:
                raise PathTaken(f"its folder would have the same path as {shown(other, 120)}")
        self._keys[whole] = key
        return key


_ENDING = ".zip"


class Arrangement(Record):
    """Files and folders with the parts of their paths, archives to be unpacked with theirs, and what is refused."""

    files: tuple[tuple[tuple[str, ...], Member], ...]
    folders: tuple[tuple[str, ...], ...]
    nested: tuple[tuple[tuple[str, ...], Member], ...]
    refused: tuple[Refusal, ...]


class PathAllocator:
    """Gives paths to the members of an archive and of those in it, which share the limits and the paths."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._packed = packed
        self._limits = limits
        self._claims = Claims()
        self._members = 0
        self._size = 0

    def arrange(self, contents: Contents, root: tuple[str, ...] = (), *, open_zips: bool = False) -> Arrangement:
        """The paths of the members of an archive below a folder; `open_zips` makes folders of the zips among them."""
        files, folders, nested, refused = [], [], [], list(contents.refused)
        for member in contents.members:
            try:
                parts = parts_of(member.name, self._limits.settings.depth - len(root))
            except UnsafeName as unsafe:
                refused.append(Refusal("unsafe-name", str(unsafe), member.name))
                continue
            if not parts:
                continue
            opened = open_zips and not is_folder(member) and member.name.lower().endswith(_ENDING)
            place = (*root, *parts)
            if opened:
                place = (*place[:-1], place[-1][: -len(_ENDING)])
            refusal = self._refusal(member, place, opened=opened)
            if refusal is not None:
                refused.append(refusal)
            elif opened:
                nested.append((place, member))
            elif is_folder(member):
                folders.append(place)
            else:
                files.append((place, member))
            # Each member may bring as many folders as paths are deep, so that not all of them are looked at first.
            if self._claims.count > self._limits.settings.members:
                break
        refused += self._of_all(contents)
        return Arrangement(tuple(files), tuple(folders), tuple(nested), tuple(refused))

    def planned(self, plan: Plan) -> None:
        """Take the paths of a plan."""
        self._members, self._size = len(plan.folders) + len(plan.nested), sum(one.member.size for one in plan.nested)
        for nested in plan.nested:
            self._claims.folder(nested.path.split("/"))
            self._members += len(nested.folders or ())
        for folder in plan.folders:
            self._claims.folder(folder.split("/"))
        for file in plan.files:
            self._claims.file(file.path.split("/"))
            self._members += 1
            self._size += file.size

    def _refusal(self, member: Member, place: tuple[str, ...], *, opened: bool) -> Refusal | None:
        if opened:
            # The part before the ending may be none, or lead elsewhere: "..zip" would be the folder it is in.
            try:
                named = parts_of(place[-1], 0) == place[-1:]
            except UnsafeName:
                named = False
            if not named:
                return Refusal("unsafe-name", "no folder can have its name without .zip", member.name)
        take = self._claims.folder if opened or is_folder(member) else self._claims.file
        try:
            take(place)
        except PathTaken as taken:
            return Refusal("duplicate", str(taken), member.name)
        if member.size > self._limits.small and member.size > member.packed * self._limits.settings.ratio:
            return Refusal("too-much", too_dense(member.size, member.packed, self._limits), member.name)
        return None

    def _of_all(self, contents: Contents) -> list[Refusal]:
        """Limits that all members together exceed, those of archives before included."""
        limits = self._limits
        self._members += len(contents.members) + len(contents.refused)
        self._size += sum(member.size for member in contents.members)
        problems = []
        if self._members > limits.settings.members:
            problems.append(too_many(self._members, limits).reason)
        elif self._claims.count > limits.settings.members:
            problems.append(
                f"the archive makes more than {limits.settings.members:,} files and folders, the limit:"
                f" {limit_setting('members')}"
            )
        if self._size > limits.settings.size:
            problems.append(too_large(self._size, limits))
        elif self._size > max(limits.small, self._packed * limits.settings.ratio):
            problems.append(too_dense(self._size, self._packed, limits))
        return [Refusal("too-much", problem, None) for problem in problems]
