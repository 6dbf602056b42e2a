"""What a service is configured with: its folders, its addresses, its mail server, and its limits."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.vocabulary import Vocabulary

SENDER = "edexql@localhost"
DAY = 86400.0
SMTP_PORTS = {"smtp": 25, "smtps": 465}


class Limits(Record):
    """How much the service accepts. Sizes are in bytes, times in seconds, the rest are counts.

    Of a request: `body`, `body_seconds` to send it, `head_seconds` to send its head, `elements` of its
    constraints and `logic`, the characters of its `query-logic`. Of the work on it: `evaluations` at once,
    `waiting` for one of these, `requests_of_client` under way for one network address where a page asks, `seconds` from
    the request to the response, `files` in a listing. Of deliveries:
    `delivery_files` and `delivery_bytes` in one, `deliveries` not yet ready, `deliveries_of_address` for one e-mail
    address in an hour, `downloads_of_client` started from one network address in an hour, `kept` in all, ready and
    expired ones included, and `spare`, the space to leave free on the disk.
    Of connections: all, and `transfers` of files among them.
    """

    body: int = 2**20
    body_seconds: float = 20.0
    head_seconds: float = 20.0
    elements: int = 1000
    logic: int = 2**16
    evaluations: int = 4
    waiting: int = 512
    requests_of_client: int = 32
    seconds: float = 30.0
    files: int = 100_000
    delivery_files: int = 10_000
    delivery_bytes: int = 50 * 10**9
    deliveries: int = 200
    deliveries_of_address: int = 20
    downloads_of_client: int = 60
    kept: int = 20_000
    spare: int = 10**9
    connections: int = 500
    transfers: int = 64


class MailServer(Record):
    """An SMTP server. `secure` means TLS from the start; without it STARTTLS is used where the server offers it."""

    host: str
    port: int
    secure: bool = False
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        # Never the password.
        return f"MailServer({self.host}:{self.port})"


class Settings(Record):
    """A service.

    `state` is the folder of its jobs, zips and unsent mail; `archive` the root of the files, None where there is no
    archive; `base` the address at which clients reach the service, without a slash at its end; `hosts` the host names
    that it accepts, empty for any. Mail comes from `sender` and goes through `mail_server`, or to a folder where that
    is None. A zip can be fetched for `lifetime` seconds; `workers` jobs are done at once; a step that fails is tried
    again after each of `delays` (seconds).
    """

    state: str
    vocabulary: Vocabulary
    archive: str | None = None
    base: str = "http://127.0.0.1"
    hosts: tuple[str, ...] = ()
    sender: str = SENDER
    mail_server: MailServer | None = None
    lifetime: float = 7 * DAY
    workers: int = 2
    delays: tuple[float, ...] = (10.0, 60.0, 600.0, 3600.0)
    limits: Limits = Limits()


def mail_server_of(url: str) -> MailServer:
    """The mail server of `smtp://user:password@host:port` or `smtps://…`. Raises ValueError, without the password."""
    form = "smtp://host:port or smtps://user:password@host:port"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"write a mail server as {form}") from None
    accepted = parts.scheme in SMTP_PORTS and parts.hostname and parts.path in ("", "/")
    if not accepted or parts.query or parts.fragment:
        raise ValueError(f"write a mail server as {form}")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return MailServer(parts.hostname or "", port or SMTP_PORTS[parts.scheme], parts.scheme == "smtps", user, password)
