"""The values of a download: what is to be downloaded and how, what became of it, who hears of it, what can go wrong."""

from __future__ import annotations

from urllib.parse import urlsplit

from edexql.base.record import record
from edexql.client.credentials import hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from edexql.base.units import Size

    State = Literal["downloaded", "already there", "failed", "interrupted", "skipped"]
    # What becomes of a file that is there under the name of a wanted one, and is not that one.
    Existing = Literal["keep", "replace"]
    # What a file was held against: a sum that the service or an earlier download tells; the sums of its content
    # that its own format has; version and length, as the service has them; its length alone.
    Checked = Literal["sum", "content", "version", "length"]
    Code = Literal[
        "name", "address", "redirect", "certificate", "unreachable", "silent", "slow", "cut", "garbled", "busy",
        "missing", "refused", "proxy", "page", "encoded", "size", "damaged", "unverified", "in-the-way", "in-use",
        "disk-full", "folder", "stopped", "exchange",
    ]  # fmt: skip
    # What the next try does with the bytes that are here; "no" is for what another try cannot help.
    Again = Literal["no", "resume", "afresh"]


@record(frozen=True, slots=True)
class Wanted:
    """A file to be downloaded. The name that it gets is `name` and nothing that the service says.

    `size` is what a listing says, `kind` one of edexql.formats.signatures.KINDS, None that of the name's ending.
    With `form` the file is asked for by a POST that sends these fields and changes nothing at the service.
    `crc32` is that of an earlier download where one is known, for a file that is there already. `named` is the
    service that the user named, where that is not the one of `url`: names and passwords are for its origin alone.
    """

    url: str
    name: str
    size: Size | None = None
    kind: str | None = None
    form: tuple[tuple[str, str], ...] | None = None
    crc32: int | None = None
    named: str | None = None


@record(frozen=True, slots=True)
class Manners:
    """How a service is treated: all times in seconds.

    `connect` and `read` are the longest silences, `lowest_speed` in bytes a second is held against each `window`.
    A file is given up after `tries` in a row, or `seconds`, that brought nothing new; `pause` is what the first
    wait between two tries is drawn from. `per_host` and `total` are files at once.
    """

    user_agent: str
    connect: float = 10.0
    read: float = 30.0
    lowest_speed: float = 1024.0
    window: float = 20.0
    tries: int = 5
    seconds: float = 300.0
    pause: float = 1.0
    per_host: int = 6
    total: int = 8


@record(frozen=True, slots=True)
class Report:
    """What became of a file: `moved` bytes came over the line in `tries` requests.

    `code` is None where all is well, `reason` in words what is not; `path` is where the file is, None where it is
    not. `size` and `crc32` are those of the file at `path`, as far as they were looked at, and `checked` is what
    its content was held against: by its length alone nobody can see that a byte of it is another.
    """

    name: str
    state: State
    moved: int = 0
    tries: int = 0
    code: Code | None = None
    reason: str = ""
    path: str | None = None
    size: int | None = None
    crc32: int | None = None
    checked: Checked | None = None


class Watch:
    """A listener that does nothing. The calls come from several threads, one at a time."""

    def begun(self, name: str, size: int | None, have: int) -> None:
        """A file is on its way: it has `size` bytes, None if that is not known, `have` of them here already.

        Called again when a try begins anew; `have` is less then than has been moved, if bytes had to be dropped.
        """

    def moved(self, name: str, count: int) -> None:
        """So many bytes more have come."""

    def waiting(self, name: str, seconds: float, reason: str) -> None:
        """The next try begins in so many seconds; `reason` says what was wrong with the last."""

    def checking(self, name: str) -> None:
        """All bytes are here, and are being checked."""

    def ended(self, report: Report) -> None:
        """Nothing more will be done about a file."""


CODES = {
    "name": "the file's name cannot be used",
    "address": "the file's address cannot be used",
    "redirect": "the service leads elsewhere, and not to the file",
    "certificate": "the service cannot prove who it is",
    "unreachable": "there is no connection to the service",
    "silent": "the service did not answer in time",
    "slow": "the service sends too slowly",
    "cut": "the connection ended before the file did",
    "garbled": "the answer contradicts itself or the request",
    "busy": "the service has no time for the request now",
    "missing": "the service does not have the file",
    "refused": "the service refuses the request",
    "proxy": "the proxy does not let the request through",
    "page": "a page or message came in the place of data",
    "encoded": "the file came in an encoding that was not asked for",
    "size": "the file does not have the size that was listed or announced",
    "damaged": "the file came whole and is damaged",
    "unverified": "nothing says whether the file is whole",
    "in-the-way": "there is something else under the file's name",
    "in-use": "another process downloads the file",
    "disk-full": "there is no room for the file",
    "folder": "the folder cannot be written to",
    "stopped": "the download was stopped",
    "exchange": "a record of exchanges cannot be kept, or does not have what is asked",
}


class Fault(Exception):
    """Why a try ended without the file. `after` is how many seconds the service asks to be left alone."""

    def __init__(self, code: Code, message: str, again: Again = "no", after: float | None = None) -> None:
        super().__init__(hidden(message))
        self.code: Code = code
        self.again: Again = again
        self.after = after


def host_of(url: str) -> str | None:
    """The host of an address that can be downloaded from; None for any other."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return f"{parts.hostname}:{parts.port or parts.scheme}" if usable else None
