"""The endpoints for deliveries: files in a zip. A report (eDEx's word) has its link sent by mail; a download has none.

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
from edexql.server.body import json_object, read_body
from edexql.server.errors import Diagnostic, RequestError, http_error, json_response, unavailable
from edexql.server.jobs.mail import address_errors, mailbox, zip_link
from edexql.server.jobs.store import DONE, EXPIRED, FAILED, WAITING, ZIPPED, Job, JobFile
from edexql.server.listing import filename_errors, raise_errors
from edexql.server.service import get_or_post
from edexql.server.transfers import FileTransfer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from edexql.server.service import Endpoint, Service
    from edexql.server.settings import Settings

HOUR = 3600


def report_endpoint(service: Service) -> Endpoint:
    """The endpoint that accepts a report: files to be put into a zip, and the e-mail address for its link."""

    async def endpoint(request: Request) -> Response:
        body = await read_body(request, service.settings.limits)
        return PlainTextResponse(await service.queries.run(lambda: accept_report(json_object(body), service)))

    return endpoint


def accept_report(parameters: dict[str, Any], service: Service) -> str:
    """Accept a report, and give what its sender is answered. Raises RequestError."""
    raise_errors(422, [*address_errors(parameters.get("email")), *filename_errors(parameters)])
    email = parameters["email"]
    _check_mail_rate(email, service)
    _accept_job(parameters, email, service)
    # The sentence is that of the Canadian Space Agency's tutorial, with the address of this service.
    return f"Preparing report... You will receive an email from {service.settings.sender} shortly."


def _check_mail_rate(email: str, service: Service) -> None:
    """A limit of deliveries to one mailbox, so that nobody can fill it. Raises RequestError, 429."""
    since = time.time() - HOUR
    box = mailbox(email)
    same_mailbox = [job for job in service.jobs.jobs() if job.email and mailbox(job.email) == box]
    count = sum(job.created > since or job.state in (WAITING, ZIPPED) for job in same_mailbox)
    if count >= service.settings.limits.deliveries_of_address:
        raise http_error(
            429, "too many deliveries were requested for this e-mail address", headers={"Retry-After": str(HOUR)}
        )


def download_endpoint(service: Service) -> Endpoint:
    """The endpoint that starts a download (POST), and reports the progress of one (GET with `session_id`)."""
    rate_limit = RateLimit(service.settings.limits.downloads_of_client)

    def accept_download(body: bytes, client: str) -> Job:
        parameters = json_object(body)
        raise_errors(422, filename_errors(parameters))
        rate_limit.take(client)
        return _accept_job(parameters, None, service)

    async def start(request: Request) -> Response:
        body = await read_body(request, service.settings.limits)
        job = await service.queries.run(partial(accept_download, body, client_network(request)))
        return json_response({"session_id": job.token}, 202, {"Location": f"download/{job.token}"})

    return get_or_post(progress_endpoint(service), start)


def _accept_job(parameters: dict[str, Any], email: str | None, service: Service) -> Job:
    """Accept a job for the `result_filenames` of a request. Raises RequestError."""
    limits = service.settings.limits
    if len(service.jobs) >= limits.kept:
        raise unavailable("too many deliveries are stored", retry_after=HOUR)
    if sum(job.state in (WAITING, ZIPPED) for job in service.jobs.jobs()) >= limits.deliveries:
        raise unavailable("too many deliveries are being prepared", retry_after=HOUR // 6)
    now = time.time()
    job = Job(
        id=secrets.token_hex(16),
        token=secrets.token_urlsafe(32),
        created=now,
        expires=now + service.settings.lifetime,
        due=now,
        state=WAITING,
        email=email,
        files=_job_files(parameters.get("result_filenames", []), service),
    )
    try:
        service.workers.submit(job)
    except OSError:
        raise unavailable("the delivery cannot be stored at present", retry_after=HOUR // 6) from None
    return job


def _job_files(texts: list[str], service: Service) -> tuple[JobFile, ...]:
    """The files that are named as in a listing. Raises RequestError for too many, none, or unknown ones."""
    names = list(dict.fromkeys(name_and_size(text)[0] for text in texts))
    if not names:
        help = "send the object that the listing returned"
        raise RequestError(422, Diagnostic("E413", "`result_filenames` names no file", "result_filenames", help))
    limit = service.settings.limits.delivery_files
    if len(names) > limit:
        message = f"{len(names)} files are named; a delivery has at most {limit}"
        raise RequestError(413, Diagnostic("S413", message, "result_filenames"))
    places = service.catalogue.places(names)
    unknown = [name for name in names if name not in places]
    key = "result_filenames"
    raise_errors(409, (Diagnostic("S409", f"the catalogue has no file {shown(name, 80)}", key) for name in unknown))
    return tuple(JobFile(name, places[name]) for name in names)


def progress_endpoint(service: Service) -> Endpoint:
    """The endpoint that reports the progress of a download, of the session in its path or else in its `session_id`."""

    async def endpoint(request: Request) -> Response:
        session = request.path_params.get("session", request.query_params.get("session_id", ""))
        job = service.jobs.by_token(session)
        if job is None or job.email is not None:
            raise http_error(404, "there is no such download")
        if _is_expired(job):
            raise http_error(410, "the download has expired", help="start a new download")
        return json_response(_progress_of(job, service.workers.progress.get(job.id), service.settings))

    return endpoint


def _progress_of(job: Job, zip_progress: tuple[int, int] | None, settings: Settings) -> dict[str, Any]:
    """The progress of a download: bytes `done` of `total`, both null before its zip is started."""
    done, total = zip_progress or (job.size, job.size)
    state = job.state if job.state in (DONE, FAILED) else "zipping" if zip_progress else WAITING
    return {
        "state": state,
        "done": done,
        "total": total,
        "link": zip_link(job, settings) if job.state == DONE else None,
        "missing": list(job.missing),
        "reason": job.reason,
        "error": (job.reason or "none of the files is in the archive") if job.state == FAILED else None,
    }


def delivery_endpoint(service: Service) -> Endpoint:
    """The endpoint that sends a zip, whole or in ranges, by a link that cannot be guessed and works for some days."""

    async def endpoint(request: Request) -> Response:
        job = service.jobs.by_token(request.path_params["token"])
        if job is None or request.path_params["name"] != job.zip_name:
            raise http_error(404, "there is no such file")
        if _is_expired(job):
            raise http_error(410, "the link has expired", help="request the files again")
        if job.size is None:
            raise http_error(404, "the file is not ready")
        service.check_transfers()
        try:
            file = open(service.jobs.zip_path(job), "rb")  # noqa: SIM115  # the transfer closes it
        except OSError:
            raise http_error(410, "the file was removed", help="request the files again") from None
        return FileTransfer(file, job.zip_name, service)

    return endpoint


def _is_expired(job: Job) -> bool:
    """Whether the zip of a job was there and can no longer be fetched."""
    return job.state == EXPIRED or (job.size is not None and time.time() >= job.expires)


class RateLimit:
    """A number of starts in an hour for each client. Only those of the last hour are kept."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._starts: deque[tuple[float, str]] = deque()
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, client: str) -> None:
        """Count one more. Raises RequestError, 429, where it is one too many; that one is not counted."""
        with self._lock:
            now = self._clock()
            while self._starts and self._starts[0][0] <= now - HOUR:
                self._forget(self._starts.popleft()[1])
            if self._counts.get(client, 0) >= self._limit:
                oldest = next(start for start, starter in self._starts if starter == client)
                wait = str(int(oldest + HOUR - now) + 1)
                message = "too many downloads were started from this network address"
                raise http_error(429, message, help=f"try again in {wait} seconds", headers={"Retry-After": wait})
            self._starts.append((now, client))
            self._counts[client] = self._counts.get(client, 0) + 1

    def _forget(self, client: str) -> None:
        self._counts[client] -= 1
        if not self._counts[client]:
            del self._counts[client]


def client_network(request: Request) -> str:
    """The network that a request comes from: an IPv4 address, or the first 64 bits of an IPv6 address.

    A reverse proxy on this machine names the client last in X-Forwarded-For; the header of any other peer is ignored.
    """
    peer = _ip_address(request.client.host if request.client else "")
    if peer is not None and peer.is_loopback:
        forwarded = request.headers.getlist("x-forwarded-for")
        peer = _ip_address(forwarded[-1].rpartition(",")[2]) or peer if forwarded else peer
    if isinstance(peer, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((peer.ipv4_mapped or peer, 32 if peer.ipv4_mapped else 64), strict=False))
    return str(peer)


def _ip_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
