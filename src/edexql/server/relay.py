"""Sending mail by SMTP."""

from __future__ import annotations

import ssl
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import unquote, urlsplit

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from email.message import EmailMessage

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
