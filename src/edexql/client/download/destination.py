"""The place of a file: its name, what is there already, room on the disk, and the last step into it."""

from __future__ import annotations

import errno
import os
import stat
import zlib

from edexql.base import system
from edexql.base.files import atomic, regular
from edexql.base.files.names import FORBIDDEN, is_device
from edexql.base.record import record
from edexql.base.text import printable
from edexql.client.download.headers import moment
from edexql.client.download.model import Fault
from edexql.client.download.part import JOURNAL_SUFFIX, PART_SUFFIX
from edexql.formats.digests import strongest, sum_of
from edexql.formats.integrity import check
from edexql.formats.signatures import HEAD, begins, is_page, kind_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Sequence
    from typing import BinaryIO, Literal

    from edexql.client.download.model import Checked, Existing, Wanted
    from edexql.client.download.part import Part
    from edexql.formats.digests import Digest


# With `.part.json` behind it a name still fits into what file systems take.
MOST_BYTES = 200
_SPECIAL = FORBIDDEN | {"/", "\\"}


def name_problem(name: str) -> str | None:
    """Why a file cannot have a name; None where it can."""
    if not name.isprintable():
        return "it has characters that cannot be shown"
    if len(name.encode()) > MOST_BYTES:
        return f"it has more than {MOST_BYTES} bytes"
    if not name or name.isspace():
        return "it is empty"
    if found := sorted(set(name) & _SPECIAL):
        return f"it has {found[0]} in it"
    if name[0] in ".- ":
        return f"it begins with {'a blank' if name[0] == ' ' else name[0]}"
    if name[-1] in ". ":
        return f"it ends in {'a blank' if name[-1] == ' ' else 'a dot'}"
    if is_device(name):
        return "it is the name of a device on Windows"
    if name.casefold().endswith((PART_SUFFIX, JOURNAL_SUFFIX)):
        return f"it ends in {PART_SUFFIX}, as unfinished files do"
    return None


def name_problems(names: Sequence[str]) -> list[str | None]:
    """What is wrong with each of the names of one batch, those beside which others cannot be included."""
    from unicodedata import normalize

    first: dict[str, tuple[int, str]] = {}
    found = []
    for place, name in enumerate(names):
        wrong = name_problem(name)
        if wrong is None:
            # Some file systems take names for the same that differ in case, or in how an accent is written.
            key = normalize("NFC", normalize("NFC", name).casefold())
            other = first.setdefault(key, (place, name))
            if other[0] != place:
                same = other[1] == name
                wrong = "it is asked for twice" if same else f"it differs from {other[1]} in case only"
        found.append(None if wrong is None else f"the name {printable(name)[:MOST_BYTES]} cannot be used: {wrong}")
    return found


DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def free_space(folder: str) -> int | None:
    """The bytes that are free for the user in a folder; None where the system does not say."""
    try:
        if hasattr(os, "statvfs"):
            found = os.statvfs(folder)
            return found.f_bavail * found.f_frsize
        from shutil import disk_usage

        return disk_usage(folder).free
    except OSError:
        return None


def space_needed(wanted: Iterable[Wanted], folder: str) -> int:
    """The bytes that the files still take, as far as their sizes are known."""
    total = 0
    for one in wanted:
        path = os.path.join(folder, one.name)
        if one.size is not None and not os.path.lexists(path):
            total += max(0, one.size.most - _size(f"{path}.part"))
    return total


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def disk_fault(error: OSError, path: str) -> Fault:
    """An error of the disk, for people."""
    where = printable(path)
    if error.errno in DISK_FULL:
        return Fault("disk-full", f"there is no room left for {where}")
    if error.errno == errno.EFBIG:
        return Fault("folder", f"{where} is larger than files can be there")
    return Fault("folder", f"cannot write {where}: {error.strerror or type(error).__name__}")


_PIECE = 2**20


@record(frozen=True, slots=True)
class Found:
    """What a look brought: the file is `good`, is `wrong`, nobody can tell (`untold`), or there is none (`absent`)."""

    what: Literal["good", "wrong", "untold", "absent"]
    reason: str = ""
    size: int = 0


def look(path: str, wanted: Wanted, stop: threading.Event) -> Found:
    """Look at what is under a name. Raises OSError where it cannot be read, and checking.Stopped."""
    try:
        handle = regular.opener(path, os.O_RDONLY)
    except FileNotFoundError:
        return Found("absent")
    except OSError:
        if not os.path.islink(path):
            raise
        return Found("wrong", "it is a link")
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        return Found("wrong", "it is no plain file")
    with open(handle, "rb") as file:
        return _judged(file, found.st_size, wanted, stop)


def _judged(file: BinaryIO, size: int, wanted: Wanted, stop: threading.Event) -> Found:
    if wanted.size is not None and not wanted.size.admits(size):
        return Found("wrong", f"it has {size} bytes, and {printable(wanted.size.text)} are listed", size)
    kind = kind_of_name(wanted.name, wanted.kind)
    head = file.read(HEAD)
    if not begins(kind, head) or (kind == "other" and is_page(head, "", wanted.name)):
        return Found("wrong", "it does not begin as such a file does", size)
    if wanted.crc32 is not None:
        same = crc32_of(file) == wanted.crc32
        return Found("good", "", size) if same else Found("wrong", "it has changed since it was downloaded", size)
    verdict = check(kind, file, size, stop)
    if verdict.wrong is not None:
        return Found("wrong", verdict.wrong, size)
    # A whole file of its kind and size may still be another one: without a sum, nothing ties it to what is wanted.
    return Found("untold", "", size)


class Same(Exception):
    """What stands under a name is what the service has; `by` says how that is known."""

    def __init__(self, by: Checked) -> None:
        super().__init__(by)
        self.by = by


@record(frozen=True, slots=True)
class Standing:
    """A plain file under the name of a wanted one, which nothing that is here ties to it; `keep` says that it stays."""

    path: str
    size: int
    keep: bool

    def compare(self, length: int | None, digests: Iterable[Digest], modified: str) -> None:
        """Hold it against what the head of an answer says. Raises Same, and Fault where it is another and stays.

        By length and time of modification files are told to be the same as rsync and wget do it.
        """
        if length is not None and length != self.size:
            self._differs(f"it has {self.size} bytes, and the service has {length}")
        elif (digest := strongest(digests)) is not None:
            if self._sum(digest.algorithm) == digest.value:
                raise Same("sum")
            self._differs(f"its {digest.algorithm} is not the one of {digest.source}")
        elif length is not None and moment(modified) == self._modified():
            raise Same("version")

    def _differs(self, why: str) -> None:
        if self.keep:
            name = printable(os.path.basename(self.path))
            raise Fault("in-the-way", f"there is a {name}, and not the one that the service has: {why}")

    def _sum(self, algorithm: str) -> str | None:
        try:
            with open(self.path, "rb", opener=regular.opener) as file:
                return sum_of(file, algorithm)
        except OSError:
            return None

    def _modified(self) -> float | None:
        try:
            return float(int(os.lstat(self.path).st_mtime))
        except OSError:
            return None


def crc32_of(file: BinaryIO) -> int:
    """The CRC-32 of a file."""
    file.seek(0)
    found = 0
    while data := file.read(_PIECE):
        found = zlib.crc32(data, found)
    return found


def crc32_at(path: str) -> int | None:
    """The CRC-32 of the plain file at a path; None where there is none."""
    try:
        with open(path, "rb", opener=regular.opener) as file:
            return crc32_of(file) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except OSError:
        return None


_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EINVAL}


def place(part: Part, path: str, existing: Existing) -> None:
    """Give a finished part its name. Raises FileExistsError where the name is taken and is to be kept, and OSError.

    The content is on the disk before that, the names after `atomic.sync_folder`; a loss of power before leaves either
    the part or the file.
    """
    os.fsync(part.handle)
    if existing == "keep" and not system.WINDOWS and _link(part, path):
        part.drop()
    else:
        _move(part, path, existing)


def _link(part: Part, path: str) -> bool:
    """Give it a second name, which fails where there is one; the first goes afterwards. False where links cannot be."""
    try:
        os.link(part.path, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError, AttributeError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LINKS:
            raise
        # A file system without links, as on memory cards.
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from None
        return False
    return True


def _move(part: Part, path: str, existing: Existing) -> None:
    if system.WINDOWS:
        # An open file cannot be moved there; and what is in the way keeps a file from being renamed.
        part.release()
    # The journal goes first: from the next line on both names are free for another process.
    part.drop_journal()
    if existing == "keep":
        os.rename(system.extended(part.path), system.extended(path))
    else:
        atomic.replace(part.path, path)
