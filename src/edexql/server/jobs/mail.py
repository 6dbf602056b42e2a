"""E-mail: addresses, the mail about a job, and sending by SMTP."""

from __future__ import annotations

import re
import ssl
from datetime import datetime, timezone
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import unquote, urlsplit

from edexql.base.record import record
from edexql.base.text import printable, shown
from edexql.base.units import size
from edexql.server.errors import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.server.jobs.store import Job
    from edexql.server.settings import Settings


# Names that are written out; a mail of more is read by nobody.
MOST_NAMES = 500


def letter(job: Job, settings: Settings) -> EmailMessage:
    """The mail about a job. Raises ValueError where an address could be used to add to its headers.

    Its Message-ID is that of the job: a mail that is sent again after a crash can be known by it.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address("edexql", addr_spec=settings.sender)
    message["To"] = Address(addr_spec=job.email or "")
    message["Subject"] = "Your e-POP files" if job.size is not None else "Your e-POP files could not be delivered"
    message["Date"] = format_datetime(datetime.fromtimestamp(job.created, timezone.utc))
    message["Message-ID"] = f"<{job.id}@{settings.sender.rpartition('@')[2]}>"
    # RFC 3834: nobody is to be told that its reader is on holiday.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text(job, settings))
    return message


def text(job: Job, settings: Settings) -> str:
    """What the mail says."""
    delivered = [wanted.name for wanted in job.wanted if wanted.name not in set(job.missing)]
    parts = []
    if job.size is not None:
        until = datetime.fromtimestamp(job.expires, timezone.utc)
        parts += [
            f"The files you asked for are ready, in one zip of {size(job.size)}:",
            link(job, settings),
            f"The link works until {until:%Y-%m-%d %H:%M} UTC. Whoever has it can fetch the files.",
            f"In the zip ({len(delivered)}):\n{_listed(delivered)}",
        ]
    else:
        parts.append("None of the files you asked for can be delivered.")
        if job.reason is not None:
            parts.append(f"Reason: {job.reason}.")
    if job.missing:
        where = "the archive of this service" if settings.archive is not None else "this service: it has no archive"
        parts.append(f"Known to the catalogue, and not in {where} ({len(job.missing)}):\n{_listed(job.missing)}")
    parts.append("This mail was sent because the address was given in a request to an edexql service.")
    return "\n\n".join(parts) + "\n"


def link(job: Job, settings: Settings) -> str:
    """The address of a job's zip."""
    return f"{settings.base}/delivery/{job.token}/{job.zip_name}"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    shown = "\n".join(f"  {printable(name)}" for name in names[:MOST_NAMES])
    rest = len(names) - MOST_NAMES
    return f"{shown}\n  and {rest} more" if rest > 0 else shown


PORTS = {"smtp": 25, "smtps": 465}
# Seconds for each answer of the mail server.
TIMEOUT = 30.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Unsent(Exception):
    """A mail did not go out. `final` says that trying again is of no use."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


@record(frozen=True, slots=True)
class Relay:
    """A mail server. `secure` means TLS from the start; without it STARTTLS is used where it is offered."""

    host: str
    port: int
    secure: bool = False
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        # Never the password.
        return f"Relay({self.host}:{self.port})"


def relay_of(url: str) -> Relay:
    """The mail server of `smtp://user:password@host:port` or `smtps://…`. Raises ValueError, without the password."""
    form = "smtp://host:port or smtps://user:password@host:port"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"a mail server is given as {form}") from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"a mail server is given as {form}")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Relay(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)


def send(message: EmailMessage, relay: Relay, sender: str, recipient: str) -> None:
    """Hand a mail to a mail server. Raises Unsent.

    Certificates are checked against those that the system trusts, or the file that SSL_CERT_FILE names.
    """
    try:
        with _connected(relay) as server:
            encrypted = relay.secure
            if not encrypted and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
                encrypted = True
            if relay.user is not None:
                if not encrypted and relay.host not in _LOOPBACK:
                    raise Unsent(
                        "the mail server offers no encryption, and the password is not sent without", final=True
                    )
                server.login(relay.user, relay.password or "")
            server.send_message(message, sender, [recipient])
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise Unsent(f"the mail server refused the recipient ({codes[0]})", final=codes[0] >= 500) from None
    except SMTPResponseException as error:
        raise Unsent(f"the mail server answered {error.smtp_code}", final=error.smtp_code >= 500) from None
    except (SMTPException, OSError, ValueError) as error:
        raise Unsent(f"the mail server cannot be used: {type(error).__name__}") from None


def _connected(relay: Relay) -> SMTP:
    if relay.secure:
        server: SMTP = SMTP_SSL(relay.host, relay.port, timeout=TIMEOUT, context=ssl.create_default_context())
    else:
        server = SMTP(relay.host, relay.port, timeout=TIMEOUT)
    server.ehlo()
    return server


# Written so that it is also a regular expression of JSON Schema; there is nothing in it to inject a header with.
PATTERN = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
)
# RFC 5321, 4.5.3.1: 64 octets before the @ and 256 in a path, its two angle brackets among them.
LONGEST_ADDRESS = 254
LONGEST_NAME = 64
_WHOLE = re.compile(PATTERN[1:-1], re.ASCII)


def is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and text.find("@") <= LONGEST_NAME and _WHOLE.fullmatch(text) is not None


def mailbox(email: str) -> str:
    """The mailbox behind an address, for counting: case makes no difference, nor what follows a plus sign.

    The part before the @ may be told apart by case (RFC 5321, 2.4), but hardly any server does; `name+tag` is delivered
    to `name` where subaddresses are in use (RFC 5233).
    """
    name, _, host = email.lower().rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


def check_address(value: object) -> list[Finding]:
    """What is wrong with the `email` of a request."""
    help = "write it as name@institute.example"
    if value is None:
        return [Finding("E408", "there is no `email` to send the report to", "email", help)]
    if not isinstance(value, str):
        return [Finding("E413", "`email` is not a text", "email", help)]
    return [] if is_address(value) else [Finding("E408", f"{shown(value)} is not an e-mail address", "email", help)]
