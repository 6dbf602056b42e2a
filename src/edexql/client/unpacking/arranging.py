"""Members of archives to paths in the folder: what is too much, too dense or in one place with another is refused."""

from __future__ import annotations

from edexql.base.record import record
from edexql.client.unpacking.names import Claims, Taken, Unsafe, parts_of
from edexql.client.unpacking.plans import Refusal, is_folder, too_dense, too_large, too_many, way_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.unpacking.plans import Contents, Entry, Limits, Plan

_ENDING = ".zip"


@record(frozen=True, slots=True)
class Arranged:
    """Files with the parts of their paths, folders, archives to be unpacked with the parts of theirs, and the rest."""

    files: tuple[tuple[tuple[str, ...], Entry], ...]
    folders: tuple[tuple[str, ...], ...]
    nested: tuple[tuple[tuple[str, ...], Entry], ...]
    refused: tuple[Refusal, ...]


class Arranging:
    """Arranges an archive and those in it, which share the limits and the places."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._packed = packed
        self._limits = limits
        self._claims = Claims()
        self._members = 0
        self._size = 0

    def arrange(self, contents: Contents, root: tuple[str, ...] = (), *, open_zips: bool = False) -> Arranged:
        """Arrange the members of an archive below a folder, with zips among them to be opened or left as they are."""
        files, folders, nested, refused = [], [], [], list(contents.refused)
        for entry in contents.entries:
            try:
                parts = parts_of(entry.name, self._limits.depth - len(root))
            except Unsafe as unsafe:
                refused.append(Refusal("unsafe-name", str(unsafe), entry.name))
                continue
            if not parts:
                continue
            opened = open_zips and not is_folder(entry) and entry.name.lower().endswith(_ENDING)
            place = (*root, *parts)
            if opened:
                place = (*place[:-1], place[-1][: -len(_ENDING)])
            refusal = self._refusal(entry, place, opened=opened)
            if refusal is not None:
                refused.append(refusal)
            elif opened:
                nested.append((place, entry))
            elif is_folder(entry):
                folders.append(place)
            else:
                files.append((place, entry))
            # Each member may bring as many folders as paths are deep, so that not all of them are looked at first.
            if self._claims.count > self._limits.members:
                break
        refused += self._of_all(contents)
        return Arranged(tuple(files), tuple(folders), tuple(nested), tuple(refused))

    def planned(self, plan: Plan) -> None:
        """Take in what a plan has arranged before."""
        self._members, self._size = len(plan.folders) + len(plan.nested), sum(one.entry.size for one in plan.nested)
        for nested in plan.nested:
            self._claims.folder(nested.path.split("/"))
            self._members += len(nested.folders or ())
        for folder in plan.folders:
            self._claims.folder(folder.split("/"))
        for member in plan.files:
            self._claims.file(member.path.split("/"))
            self._members += 1
            self._size += member.size

    def _refusal(self, entry: Entry, place: tuple[str, ...], *, opened: bool) -> Refusal | None:
        if opened:
            # The part before the ending may be none, or lead elsewhere: "..zip" would be the folder it is in.
            try:
                named = parts_of(place[-1], 0) == place[-1:]
            except Unsafe:
                named = False
            if not named:
                return Refusal("unsafe-name", "no folder can be named after it", entry.name)
        take = self._claims.folder if opened or is_folder(entry) else self._claims.file
        try:
            take(place)
        except Taken as taken:
            return Refusal("duplicate", str(taken), entry.name)
        if entry.size > self._limits.small and entry.size > entry.packed * self._limits.ratio:
            return Refusal("too-much", too_dense(entry.size, entry.packed, self._limits), entry.name)
        return None

    def _of_all(self, contents: Contents) -> list[Refusal]:
        """What speaks against all members together, those of other archives before included."""
        limits = self._limits
        self._members += len(contents.entries) + len(contents.refused)
        self._size += sum(entry.size for entry in contents.entries)
        problems = []
        if self._members > limits.members:
            problems.append(too_many(self._members, limits).reason)
        elif self._claims.count > limits.members:
            problems.append(
                f"the archive makes more than {limits.members:,} files and folders, which are the limit:"
                f" {way_out('members')}"
            )
        if self._size > limits.size:
            problems.append(too_large(self._size, limits))
        elif self._size > max(limits.small, self._packed * limits.ratio):
            problems.append(too_dense(self._size, self._packed, limits))
        return [Refusal("too-much", problem, None) for problem in problems]
