"""The endpoints for zips: report (the link comes by mail), download and its progress (no mail), and delivery.

That eDEx has a direct download, with progress by a `session_id`, is known (source: the University of Calgary's page
about the interface). Its addresses and its responses are not: those here are choices of this service.
"""

from __future__ import annotations

import ipaddress
import secrets
import threading
import time
from collections import deque
from functools import partial

from starlette.responses import PlainTextResponse

from edexql.base.text import shown
from edexql.base.units import name_and_size
from edexql.server.body import json_of, read_object
from edexql.server.errors import Finding, Refusal, busy, json_answer, refusal
from edexql.server.jobs.mail import check_address, link, mailbox
from edexql.server.jobs.store import DONE, EXPIRED, FAILED, WAITING, ZIPPED, Job, Wanted
from edexql.server.listing import check_names
from edexql.server.transfers import Transfer, check_room

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from edexql.server.listing import Endpoint
    from edexql.server.service import Service
    from edexql.server.settings import Settings


def report_endpoint(service: Service) -> Endpoint:
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
    wrong = [*check_address(parameters.get("email")), *check_names(parameters)]
    if wrong:
        raise Refusal(422, *wrong)
    _check_patience(parameters["email"], service)
    take_on(parameters.get("result_filenames", []), parameters["email"], service)


def take_on(texts: list[str], email: str | None, service: Service) -> Job:
    """Take on a job for files named as in a listing. Raises Refusal."""
    settings = service.settings
    if len(service.shelf) >= settings.limits.kept:
        raise busy("too many reports are being kept", after=int(HOUR))
    if sum(job.state in (WAITING, ZIPPED) for job in service.shelf.jobs()) >= settings.limits.reports:
        raise busy("too many reports are being prepared", after=int(HOUR) // 6)
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
        raise busy("the report cannot be kept at present", after=int(HOUR) // 6) from None
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
    since = time.time() - HOUR
    box = mailbox(email)
    of_address = [job for job in service.shelf.jobs() if job.email and mailbox(job.email) == box]
    count = sum(job.created > since or job.state in (WAITING, ZIPPED) for job in of_address)
    if count >= service.settings.limits.reports_of_address:
        message = "too many reports were asked for with this address"
        raise refusal(429, message, headers={"Retry-After": str(int(HOUR))})


def start(service: Service) -> Endpoint:
    """The endpoint that begins a download."""

    allowance = Allowance(service.settings.limits.downloads_of_client)

    def taken(body: bytes, client: str) -> Job:
        parameters = read_object(body)
        wrong = list(check_names(parameters))
        if wrong:
            raise Refusal(422, *wrong)
        allowance.take(client)
        return take_on(parameters.get("result_filenames", []), None, service)

    async def download(request: Request) -> Response:
        body = await json_of(request, service.settings.limits)
        job = await service.evaluations.run(partial(taken, body, client_of(request)))
        return json_answer({"session_id": job.token}, 202, {"Location": f"download/{job.token}"})

    return download


def either(service: Service) -> Endpoint:
    """The endpoint that begins a download where something is posted, and tells how far one is where it is not."""
    begun, told = start(service), progress(service)

    async def download(request: Request) -> Response:
        return await (begun if request.method == "POST" else told)(request)

    return download


def progress(service: Service) -> Endpoint:
    """The endpoint that tells how far a download is, of the session in its path or else in its `session_id`."""

    async def told(request: Request) -> Response:
        session = request.path_params.get("session", request.query_params.get("session_id", ""))
        job = service.shelf.of_token(session)
        if job is None or job.email is not None:
            raise refusal(404, "there is no such download")
        if expired(job, time.time()):
            raise refusal(410, "the download has expired", help="start it again")
        return json_answer(state_of(job, service.workers.progress.get(job.id), service.settings))

    return told


def state_of(job: Job, so_far: tuple[int, int] | None, settings: Settings) -> dict[str, Any]:
    """How far a download is: bytes `done` of `total`, both null before its turn has come."""
    done, total = so_far or (job.size, job.size)
    state = job.state if job.state in (DONE, FAILED) else "zipping" if so_far else WAITING
    return {
        "state": state,
        "done": done,
        "total": total,
        "link": link(job, settings) if job.state == DONE else None,
        "missing": list(job.missing),
        "reason": job.reason,
        "error": (job.reason or "none of the files is in the archive") if job.state == FAILED else None,
    }


HOUR = 3600.0


class Allowance:
    """So many beginnings an hour for each client. Only those of the last hour are kept."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._begun: deque[tuple[float, str]] = deque()
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, client: str) -> None:
        """Count one more. Raises Refusal, 429, where it is one too many; that one is not counted."""
        with self._lock:
            now = self._clock()
            while self._begun and self._begun[0][0] <= now - HOUR:
                self._forget(self._begun.popleft()[1])
            if self._counts.get(client, 0) >= self._most:
                first = next(begun for begun, who in self._begun if who == client)
                wait = str(int(first + HOUR - now) + 1)
                message = "too many downloads were begun from this network address"
                raise refusal(429, message, help=f"try again in {wait} seconds", headers={"Retry-After": wait})
            self._begun.append((now, client))
            self._counts[client] = self._counts.get(client, 0) + 1

    def _forget(self, client: str) -> None:
        left = self._counts[client] - 1
        if left:
            self._counts[client] = left
        else:
            del self._counts[client]


def client_of(request: Request) -> str:
    """The network that a request comes from: an IPv4 address, or the first 64 bits of an IPv6 one.

    A web server on this machine that passes requests on names the client last in X-Forwarded-For; nobody else is
    believed.
    """
    peer = _address(request.client.host if request.client else "")
    if peer is not None and peer.is_loopback:
        passed_on = request.headers.getlist("x-forwarded-for")
        peer = _address(passed_on[-1].rpartition(",")[2]) or peer if passed_on else peer
    if isinstance(peer, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((peer.ipv4_mapped or peer, 32 if peer.ipv4_mapped else 64), strict=False))
    return str(peer)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None


def delivery_endpoint(service: Service, under_way: set[Response]) -> Endpoint:
    """The endpoint that hands out zips, whole or in ranges. `under_way` are all files that are being sent."""
    shelf = service.shelf

    async def delivery(request: Request) -> Response:
        job = shelf.of_token(request.path_params["token"])
        if job is None or request.path_params["name"] != job.zip_name:
            raise refusal(404, "there is no such file")
        if expired(job, time.time()):
            raise refusal(410, "the link has expired", help="ask for the report again")
        if job.size is None:
            raise refusal(404, "the file is not ready")
        check_room(service, under_way)
        try:
            file = open(shelf.zip_of(job), "rb")  # noqa: SIM115  # it is open as long as the transfer is
        except OSError:
            raise refusal(410, "the file is gone", help="ask for the report again") from None
        return Transfer(file, job.zip_name, under_way)

    return delivery


def expired(job: Job, now: float) -> bool:
    """Whether a job's zip was there and is no more."""
    return job.state == EXPIRED or (job.size is not None and now >= job.expires)
