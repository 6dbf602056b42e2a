"""The report: files of a listing that are to be put into a zip, and the address to which its link is sent."""

from __future__ import annotations

import secrets
import time
from functools import partial

from starlette.responses import PlainTextResponse

from edexql.base.text import shown
from edexql.base.units import name_and_size
from edexql.server import address
from edexql.server.body import json_of
from edexql.server.job import WAITING, ZIPPED, Job, Wanted
from edexql.server.listing import check_names
from edexql.server.refusal import Finding, Refusal, busy, refusal
from edexql.server.wire import read_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from edexql.server.listing import Endpoint
    from edexql.server.service import Service

_HOUR = 3600


def endpoint(service: Service) -> Endpoint:
    """The endpoint that takes reports on."""

    async def report(request: Request) -> Response:
        body = await json_of(request, service.settings.limits)
        await service.evaluations.run(partial(_asked, body, service))
        # The sentence is that of the Canadian Space Agency's tutorial, with the address of this service.
        sender = service.settings.sender
        return PlainTextResponse(f"Preparing report... You will receive an email from {sender} shortly.")

    return report


def _asked(body: bytes, service: Service) -> None:
    parameters = read_object(body)
    wrong = [*address.check(parameters.get("email")), *check_names(parameters)]
    if wrong:
        raise Refusal(422, *wrong)
    _check_patience(parameters["email"], service)
    take_on(parameters.get("result_filenames", []), parameters["email"], service)


def take_on(texts: list[str], email: str | None, service: Service) -> Job:
    """Take on a job for files named as in a listing. Raises Refusal."""
    settings = service.settings
    if len(service.shelf) >= settings.limits.kept:
        raise busy("too many reports are being kept", after=_HOUR)
    if sum(job.state in (WAITING, ZIPPED) for job in service.shelf.jobs()) >= settings.limits.reports:
        raise busy("too many reports are being prepared", after=_HOUR // 6)
    now = time.time()
    job = Job(
        id=secrets.token_hex(16),
        token=secrets.token_urlsafe(32),
        created=now,
        expires=now + settings.lifetime,
        due=now,
        state=WAITING,
        email=email,
        wanted=_wanted(texts, service),
    )
    try:
        service.workers.take_on(job)
    except OSError:
        raise busy("the report cannot be kept at present", after=_HOUR // 6) from None
    return job


def _wanted(texts: list[str], service: Service) -> tuple[Wanted, ...]:
    names = list(dict.fromkeys(name_and_size(text)[0] for text in texts))
    if not names:
        help = "send back the object that the listing answered with"
        raise Refusal(422, Finding("E413", "`result_filenames` names no file", "result_filenames", help))
    most = service.settings.limits.report_files
    if len(names) > most:
        message = f"{len(names)} files are named, and no more than {most} are put into a report"
        raise Refusal(413, Finding("S413", message, "result_filenames"))
    places = service.answering.places(names)
    unknown = [name for name in names if name not in places]
    if unknown:
        found = [
            Finding("S409", f"the catalogue has no file {shown(name, 80)}", "result_filenames") for name in unknown
        ]
        raise Refusal(409, *found[:20])
    return tuple(Wanted(name, places[name]) for name in names)


def _check_patience(email: str, service: Service) -> None:
    """Nobody's mailbox is filled from here."""
    since = time.time() - _HOUR
    box = address.mailbox(email)
    of_address = [job for job in service.shelf.jobs() if job.email and address.mailbox(job.email) == box]
    count = sum(job.created > since or job.state in (WAITING, ZIPPED) for job in of_address)
    if count >= service.settings.limits.reports_of_address:
        message = "too many reports were asked for with this address"
        raise refusal(429, message, headers={"Retry-After": str(_HOUR)})
