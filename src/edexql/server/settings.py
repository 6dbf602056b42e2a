"""What a running service is told: where its things are, who it says it is, and how much it does at once."""

from __future__ import annotations

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.vocabulary import Vocabulary
    from edexql.server.jobs.mail import Relay

SENDER = "edexql@localhost"
DAY = 86400.0


@record(frozen=True, slots=True)
class Limits:
    """How much the service takes. Sizes are in bytes, times in seconds, the rest are counts.

    Of a request: `body`, `body_seconds` to send it, `head_seconds` to send its head, `elements` of its
    constraints and `logic`, the characters of its `query-logic`. Of the work on it: `evaluations` at once,
    `waiting` for one of these, `seconds` from the question to the answer, `files` in an answer. Of reports:
    `report_files` and `report_bytes` in one, `reports` not yet ready, `reports_of_address` for one e-mail
    address in an hour, `downloads_of_client` begun from one network address in an hour, `kept` in all, ready and
    expired ones too, and `spare`, the room to leave on the disk.
    Of connections: all, and `transfers` of files among them.
    """

    body: int = 2**20
    body_seconds: float = 20.0
    head_seconds: float = 20.0
    elements: int = 1000
    logic: int = 2**16
    evaluations: int = 4
    waiting: int = 512
    seconds: float = 30.0
    files: int = 100_000
    report_files: int = 10_000
    report_bytes: int = 50 * 10**9
    reports: int = 200
    reports_of_address: int = 20
    downloads_of_client: int = 60
    kept: int = 20_000
    spare: int = 10**9
    connections: int = 500
    transfers: int = 64


@record(frozen=True, slots=True)
class Settings:
    """A service.

    `state` is the folder of its jobs, reports and unsent mail; `archive` that under which the places of files
    lie, None where there is none; `base` the address at which clients reach it, without a slash at its end;
    `hosts` the names by which it may be called, empty for any. Mail comes from `sender` and goes through
    `relay`, or to a folder where that is None. A report can be fetched for `lifetime` seconds; `workers` are
    prepared at once; what fails is tried again after each of `delays` (seconds).
    """

    state: str
    vocabulary: Vocabulary
    archive: str | None = None
    base: str = "http://127.0.0.1"
    hosts: tuple[str, ...] = ()
    sender: str = SENDER
    relay: Relay | None = None
    lifetime: float = 7 * DAY
    workers: int = 2
    delays: tuple[float, ...] = (10.0, 60.0, 600.0, 3600.0)
    limits: Limits = Limits()
