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

from edexql.base.text import printable, shown
from edexql.base.units import size
from edexql.server.errors import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.server.jobs.store import Job
    from edexql.server.settings import MailServer, Settings

# The addresses that the service accepts: plain ASCII, without quotes, comments or routes. The pattern is also a regular
# expression of JSON Schema; no address that it matches can add a header to a mail.
ADDRESS_PATTERN = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
)
# RFC 5321, 4.5.3.1: 64 octets before the @ and 256 in a path, its two angle brackets included.
LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
# Names in one list of a mail; nobody reads more.
NAMES_LIMIT = 500
# Seconds for each response of the mail server.
TIMEOUT = 30.0
_ADDRESS = re.compile(ADDRESS_PATTERN[1:-1], re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_address(text: str) -> bool:
    return (
        len(text) <= LONGEST_ADDRESS and text.find("@") <= LONGEST_LOCAL_PART and _ADDRESS.fullmatch(text) is not None
    )


def address_errors(value: object) -> list[Diagnostic]:
    """What is wrong with the `email` of a request."""
    help = "write it as name@institute.example"
    if value is None:
        return [Diagnostic("E408", "there is no `email` to send the link to", "email", help)]
    if not isinstance(value, str):
        return [Diagnostic("E413", "`email` is not a string", "email", help)]
    if not is_address(value):
        return [Diagnostic("E408", f"{shown(value)} is not an e-mail address", "email", help)]
    return []


def mailbox(email: str) -> str:
    """The mailbox of an address, for counting: case makes no difference, nor what follows a plus sign.

    The part before the @ may be case-sensitive (RFC 5321, 2.4), but hardly any server treats it so; `name+tag` is
    delivered to `name` where subaddresses are in use (RFC 5233).
    """
    name, _, host = email.lower().rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


def zip_link(job: Job, settings: Settings) -> str:
    """The URL of the zip of a job."""
    return f"{settings.base}/delivery/{job.token}/{job.zip_name}"


def job_mail(job: Job, settings: Settings) -> EmailMessage:
    """The mail about a job. Raises ValueError for an address that could add to its headers.

    Its Message-ID is that of the job: a mail that is sent again after a crash can be recognised by it.
    """
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address("edexql", addr_spec=settings.sender)
    mail["To"] = Address(addr_spec=job.email or "")
    files = f"Your {settings.vocabulary.mission.name} files".replace("  ", " ")
    mail["Subject"] = files if job.size is not None else f"{files} could not be delivered"
    mail["Date"] = format_datetime(datetime.fromtimestamp(job.created, timezone.utc))
    mail["Message-ID"] = f"<{job.id}@{settings.sender.rpartition('@')[2]}>"
    # RFC 3834: no automatic reply, such as an out-of-office message, is to be sent.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_mail_text(job, settings))
    return mail


def _mail_text(job: Job, settings: Settings) -> str:
    missing = set(job.missing)
    delivered = [file.name for file in job.files if file.name not in missing]
    parts = []
    if job.size is not None:
        expiry = datetime.fromtimestamp(job.expires, timezone.utc)
        parts += [
            f"The files you requested are ready, in one zip of {size(job.size)}:",
            zip_link(job, settings),
            f"The link works until {expiry:%Y-%m-%d %H:%M} UTC. Anyone who has the link can fetch the files.",
            f"In the zip ({len(delivered)}):\n{_name_list(delivered)}",
        ]
    else:
        parts.append("None of the files you requested can be delivered.")
        if job.reason is not None:
            parts.append(f"Reason: {job.reason}.")
    if job.missing:
        where = "the archive of this service" if settings.archive is not None else "this service: it has no archive"
        parts.append(f"In the catalogue, but not in {where} ({len(job.missing)}):\n{_name_list(job.missing)}")
    parts.append("This mail was sent because a request to an edexql service gave this address.")
    return "\n\n".join(parts) + "\n"


def _name_list(names: list[str] | tuple[str, ...]) -> str:
    lines = "\n".join(f"  {printable(name)}" for name in names[:NAMES_LIMIT])
    rest = len(names) - NAMES_LIMIT
    return f"{lines}\n  and {rest} more" if rest > 0 else lines


class MailError(Exception):
    """A mail was not sent. `permanent` says that another try would fail too."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


def send(mail: EmailMessage, server: MailServer, sender: str, recipient: str) -> None:
    """Send a mail through a mail server. Raises MailError.

    Certificates are checked against those that the system trusts, or the file that SSL_CERT_FILE names.
    """
    try:
        with _connection(server) as connection:
            encrypted = server.secure
            if not encrypted and connection.has_extn("starttls"):
                connection.starttls(context=ssl.create_default_context())
                connection.ehlo()
                encrypted = True
            if server.user is not None:
                if not encrypted and server.host not in _LOOPBACK:
                    message = "the mail server offers no encryption, and the password is not sent without it"
                    raise MailError(message, permanent=True)
                connection.login(server.user, server.password or "")
            connection.send_message(mail, sender, [recipient])
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise MailError(f"the mail server refused the recipient ({codes[0]})", permanent=codes[0] >= 500) from None
    except SMTPResponseException as error:
        raise MailError(f"the mail server answered {error.smtp_code}", permanent=error.smtp_code >= 500) from None
    except (SMTPException, OSError, ValueError) as error:
        raise MailError(f"cannot use the mail server: {type(error).__name__}") from None


def _connection(server: MailServer) -> SMTP:
    if server.secure:
        context = ssl.create_default_context()
        connection: SMTP = SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        connection = SMTP(server.host, server.port, timeout=TIMEOUT)
    connection.ehlo()
    return connection
