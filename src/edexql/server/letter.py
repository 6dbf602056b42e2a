"""The mail about a report: where its files are, and which are not among them."""

from __future__ import annotations

from datetime import datetime, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from edexql.base.text import printable
from edexql.base.units import size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.server.job import Job
    from edexql.server.settings import Settings

# Names that are written out; a mail of more is read by nobody.
MOST_NAMES = 500


def letter(job: Job, settings: Settings) -> EmailMessage:
    """The mail about a job. Raises ValueError where an address could be used to add to its headers.

    Its Message-ID is that of the job: a mail that is sent again after a crash can be known by it.
    """
    message = EmailMessage(policy=SMTP)
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
