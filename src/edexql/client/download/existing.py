"""What is there already under the name of a wanted file: looked at, not believed."""

from __future__ import annotations

import os
import stat
import zlib

from edexql.base.record import record
from edexql.base.text import printable
from edexql.client.download.fault import Fault
from edexql.client.download.headers import moment
from edexql.client.download.plain import safely
from edexql.formats.digests import strongest, sum_of
from edexql.formats.integrity import check
from edexql.formats.signatures import HEAD, begins, is_page, kind_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable
    from typing import BinaryIO, Literal

    from edexql.client.download.wanted import Checked, Wanted
    from edexql.formats.digests import Digest

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
        handle = safely(path, os.O_RDONLY)
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
            with open(self.path, "rb", opener=safely) as file:
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
        with open(path, "rb", opener=safely) as file:
            return crc32_of(file) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except OSError:
        return None
