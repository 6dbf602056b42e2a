"""The values of a download: what is to be downloaded, what became of it, who hears of it, what can go wrong."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from edexql.base.record import Record
from edexql.client.credentials import host_part, redact
from edexql.formats.signatures import kind_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from edexql.base.units import Size

    State = Literal["downloaded", "already there", "failed", "interrupted", "skipped"]
    # What becomes of another file that is there under the name of the one to be downloaded.
    Existing = Literal["keep", "replace"]
    # What a file was verified against: a digest or checksum of the service or of an earlier download; the checksums
    # of its content that its own format has; version and length, as the service has them; its length alone.
    Checked = Literal["sum", "content", "version", "length"]
    Code = Literal[
        "name", "address", "redirect", "certificate", "unreachable", "silent", "slow", "cut", "garbled", "busy",
        "missing", "refused", "proxy", "page", "encoded", "size", "damaged", "unverified", "in-the-way", "in-use",
        "disk-full", "folder", "stopped", "exchange",
    ]  # fmt: skip
    # What the next attempt does with the bytes that are here; "no" where another attempt cannot help.
    Retry = Literal["no", "resume", "restart"]


class RemoteFile(Record):
    """A file to be downloaded. It is saved as `name`, whatever the service calls it.

    `size` is what a listing says, `kind` one of edexql.formats.signatures.KINDS, None for that of the name's ending.
    With `form` the file is asked for by a POST that sends these fields and changes nothing at the service. `crc32` is
    that of an earlier download where one is known, for a file that is there already. `service` is the address that
    the user gave, where it is not `url`: user names and passwords are sent to its origin alone.
    """

    url: str
    name: str
    size: Size | None = None
    kind: str | None = None
    form: tuple[tuple[str, str], ...] | None = None
    crc32: int | None = None
    service: str | None = None

    @property
    def expected_kind(self) -> str:
        """The kind that the file must have, one of KINDS."""
        return kind_of_name(self.name, self.kind)

    def renamed(self, name: str) -> RemoteFile:
        """The same file, saved under another name."""
        return RemoteFile(self.url, name, self.size, self.kind, self.form, self.crc32, self.service)


class Report(Record):
    """What became of a file: `moved` bytes came over the network in `tries` requests.

    `code` is None where all is well; `reason` says in words what is not. `path` is where the file is, None where it is
    not. `size` and `crc32` are those of the file at `path`, as far as they were computed, and `checked` is what its
    content was verified against: "length" alone does not show that a byte of it is another.
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

        Called again when an attempt starts again from the beginning; `have` is then less than has been moved.
        """

    def moved(self, name: str, count: int) -> None:
        """So many bytes more have come."""

    def waiting(self, name: str, seconds: float, reason: str) -> None:
        """The next attempt begins in so many seconds; `reason` says what was wrong with the last."""

    def checking(self, name: str) -> None:
        """All bytes are here, and are being verified."""

    def ended(self, report: Report) -> None:
        """Nothing more will be done about a file."""


CODES = {
    "name": "the file's name cannot be used",
    "address": "the file's address cannot be used",
    "redirect": "the service redirects, and not to the file",
    "certificate": "the certificate of the service is not valid",
    "unreachable": "there is no connection to the service",
    "silent": "the service did not answer in time",
    "slow": "the service sends too slowly",
    "cut": "the connection ended before the file did",
    "garbled": "the response contradicts itself or the request",
    "busy": "the service is too busy to answer now",
    "missing": "the service does not have the file",
    "refused": "the service refuses the request",
    "proxy": "the proxy does not let the request through",
    "page": "the service sent a page or message instead of the file",
    "encoded": "the file came in an encoding that was not requested",
    "size": "the file does not have the size that was listed or announced",
    "damaged": "the file arrived completely and is damaged",
    "unverified": "nothing shows whether the file is complete",
    "in-the-way": "something else is under the file's name",
    "in-use": "another process downloads the file",
    "disk-full": "there is no space for the file",
    "folder": "the folder cannot be written to",
    "stopped": "the download was stopped",
    "exchange": "a recording of exchanges cannot be written, or does not have the request",
}


class Fault(Exception):
    """Why an attempt ended without the file. `after` is how many seconds the service asks to wait."""

    def __init__(self, code: Code, message: str, retry: Retry = "no", after: float | None = None) -> None:
        super().__init__(redact(message))
        self.code: Code = code
        self.retry: Retry = retry
        self.after = after


def host_of(url: str) -> str | None:
    """The host and port of an http or https address; None for any other."""
    return _host_of(host_part(url) if "://" in url else url)


@lru_cache(maxsize=256)
def _host_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return f"{parts.hostname}:{parts.port or parts.scheme}" if usable else None
