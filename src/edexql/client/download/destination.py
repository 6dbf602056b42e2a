"""The place of a downloaded file: valid names, free space, what is there already, and the step into the final name."""

from __future__ import annotations

import errno
import os
import stat

from edexql.base import system
from edexql.base.files import atomic, disk, regular
from edexql.base.files.names import FORBIDDEN, folded, is_device
from edexql.base.record import Record
from edexql.base.text import printable
from edexql.client.download.headers import http_date
from edexql.client.download.model import Fault
from edexql.client.download.part import JOURNAL_SUFFIX, PART_SUFFIX
from edexql.formats.digests import crc32_of, strongest, sum_of
from edexql.formats.integrity import check
from edexql.formats.signatures import HEAD, begins, is_page

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Sequence
    from typing import BinaryIO, Literal

    from edexql.client.download.model import Checked, Existing, RemoteFile
    from edexql.client.download.part import Part
    from edexql.formats.digests import Digest


# With `.part.json` added, a name is still short enough for file systems.
MOST_BYTES = 200
_SPECIAL = FORBIDDEN | {"/", "\\"}


def name_problem(name: str) -> str | None:
    """What is wrong with a name for a file; None where nothing is.

    A good name is one file on every system, and means nothing else to programs.
    """
    if not name.isprintable():
        return "it has characters that cannot be shown"
    if len(name.encode()) > MOST_BYTES:
        return f"it has more than {MOST_BYTES} bytes"
    if not name or name.isspace():
        return "it is empty"
    if special := sorted(set(name) & _SPECIAL):
        return f"it contains {special[0]}"
    if name[0] in ".- ":
        return f"it begins with {'a space' if name[0] == ' ' else name[0]}"
    if name[-1] in ". ":
        return f"it ends with {'a space' if name[-1] == ' ' else 'a dot'}"
    if is_device(name):
        return "it is the name of a device on Windows"
    if name.casefold().endswith((PART_SUFFIX, JOURNAL_SUFFIX)):
        return f"it ends with {PART_SUFFIX}, as unfinished files do"
    return None


def name_problems(names: Sequence[str]) -> list[str | None]:
    """What is wrong with each name of one batch, included that two of them would be one file; None where nothing is."""
    first: dict[str, tuple[int, str]] = {}
    problems = []
    for index, name in enumerate(names):
        problem = name_problem(name)
        if problem is None:
            other_index, other = first.setdefault(folded(name), (index, name))
            if other_index != index:
                problem = "it is there twice" if other == name else f"to some file systems it is the same as {other}"
        text = None if problem is None else f"the name {printable(name)[:MOST_BYTES]} cannot be used: {problem}"
        problems.append(text)
    return problems


def space_needed(files: Iterable[RemoteFile], folder: str) -> int:
    """The bytes that files still need in a folder, as far as their sizes are known."""
    total = 0
    for file in files:
        path = system.extended(os.path.join(folder, file.name))
        if file.size is not None and not os.path.lexists(path):
            total += max(0, file.size.most - size_at(path + PART_SUFFIX))
    return total


def size_at(path: str) -> int:
    """The bytes of a file, 0 where there is none."""
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def disk_fault(error: OSError, path: str) -> Fault:
    """An error of the disk as a Fault."""
    where = printable(path)
    if error.errno in disk.DISK_FULL:
        return Fault("disk-full", f"there is no space left for {where}")
    if error.errno == errno.EFBIG:
        return Fault("folder", f"{where} is larger than the file system allows")
    return Fault("folder", f"cannot write {where}: {error.strerror or type(error).__name__}")


class ExistingFile(Record):
    """What is under a name: the `right` file, a `wrong` one, an `unknown` one, or none (`absent`).

    `reason` says what is wrong.
    """

    state: Literal["right", "wrong", "unknown", "absent"]
    reason: str = ""
    size: int = 0


def examine(path: str, file: RemoteFile, stop: threading.Event) -> ExistingFile:
    """Examine what is under a name. Raises OSError where it cannot be read, and integrity.Stopped."""
    try:
        handle = regular.opener(path, os.O_RDONLY)
    except FileNotFoundError:
        return ExistingFile("absent")
    except OSError:
        if not os.path.islink(path):
            raise
        return ExistingFile("wrong", "it is a link")
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        return ExistingFile("wrong", "it is not a regular file")
    with open(handle, "rb") as content:
        return _examined(content, status.st_size, file, stop)


def _examined(content: BinaryIO, size: int, file: RemoteFile, stop: threading.Event) -> ExistingFile:
    if file.size is not None and not file.size.admits(size):
        return ExistingFile("wrong", f"it has {size} bytes, but the listing says {printable(file.size.text)}", size)
    kind = file.expected_kind
    head = content.read(HEAD)
    if not begins(kind, head) or (kind == "other" and is_page(head, "", file.name)):
        return ExistingFile("wrong", "it does not begin as such a file does", size)
    if file.crc32 is not None:
        if crc32_of(content) == file.crc32:
            return ExistingFile("right", "", size)
        return ExistingFile("wrong", "it has changed since it was downloaded", size)
    verdict = check(kind, content, size, stop)
    if verdict.wrong is not None:
        return ExistingFile("wrong", verdict.wrong, size)
    # A complete file of this kind and size may still be another one: no digest shows that it is the right one.
    return ExistingFile("unknown", "", size)


class AlreadyThere(Exception):
    """The file under a name is the one that the service has; `by` says how that is known."""

    def __init__(self, by: Checked) -> None:
        super().__init__(by)
        self.by = by


class UnverifiedFile(Record):
    """A regular file under the name of the one to be downloaded, perhaps another one; `keep` says that it stays."""

    path: str
    size: int
    keep: bool

    def compare(self, length: int | None, digests: Iterable[Digest], modified: str) -> None:
        """Compare it with the head of a response. Raises AlreadyThere, and Fault where it is another one and stays.

        Files of the same length and modification time are taken for the same, as rsync and wget do.
        """
        if length is not None and length != self.size:
            self._refuse(f"it has {self.size} bytes, but the service has {length}")
        elif (digest := strongest(digests)) is not None:
            if self._digest(digest.algorithm) == digest.value:
                raise AlreadyThere("sum")
            self._refuse(f"its {digest.algorithm} is not the one in {digest.source}")
        elif length is not None and http_date(modified) == self._modified():
            raise AlreadyThere("version")

    def _refuse(self, reason: str) -> None:
        if self.keep:
            name = printable(os.path.basename(self.path))
            raise Fault("in-the-way", f"another file is at {name}: {reason}")

    def _digest(self, algorithm: str) -> str | None:
        try:
            with open(self.path, "rb", opener=regular.opener) as content:
                return sum_of(content, algorithm)
        except OSError:
            return None

    def _modified(self) -> float | None:
        try:
            return float(int(os.lstat(self.path).st_mtime))
        except OSError:
            return None


def crc32_at(path: str) -> int | None:
    """The CRC-32 of the regular file at a path; None where there is none."""
    try:
        with open(path, "rb", opener=regular.opener) as content:
            return crc32_of(content) if stat.S_ISREG(os.fstat(content.fileno()).st_mode) else None
    except OSError:
        return None


def finish(part: Part, path: str, existing: Existing) -> None:
    """Give a complete part its name. Raises FileExistsError where the name is taken and the file stays, and OSError.

    The content is on the disk before that, the name after `atomic.sync_folder`; a loss of power in between leaves
    either the part or the file.
    """
    os.fsync(part.handle)
    if existing == "keep" and not system.WINDOWS and _link(part, path):
        part.remove()
    else:
        _move(part, path, existing)


def _link(part: Part, path: str) -> bool:
    """Give it a second name, which fails where the name is taken. False where the file system has no hard links."""
    try:
        os.link(part.path, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError, AttributeError) as error:
        if isinstance(error, OSError) and error.errno not in disk.NO_HARD_LINKS:
            raise
        # As on memory cards.
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from None
        return False
    return True


def _move(part: Part, path: str, existing: Existing) -> None:
    if system.WINDOWS:
        # Windows does not move an open file, and does not rename a file to a name that is taken.
        part.close()
    # The journal goes first: from the next line on both names are free for another process.
    part.remove_journal()
    if existing == "keep":
        os.rename(part.path, path)
    else:
        atomic.replace(part.path, path)
