"""What can go wrong with a file, as codes that do not change their meaning."""

from __future__ import annotations

from edexql.client.credentials import hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Code = Literal[
        "name", "address", "redirect", "certificate", "unreachable", "silent", "slow", "cut", "garbled", "busy",
        "missing", "refused", "proxy", "page", "encoded", "size", "damaged", "unverified", "in-the-way", "in-use",
        "disk-full", "folder", "stopped", "exchange",
    ]  # fmt: skip
    # What the next try does with the bytes that are here; "no" is for what another try cannot help.
    Again = Literal["no", "resume", "afresh"]

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
