"""The direct download: one file without any mail, and how far it is.

That eDEx has one, with progress by a `session_id`, is known (source: the University of Calgary's page about the
interface). Its addresses and its answers are not: those here are choices of this service.
"""

from __future__ import annotations

import time
from functools import partial

from edexql.server.allowance import Allowance, client_of
from edexql.server.answers import json_answer
from edexql.server.body import json_of
from edexql.server.delivery import expired
from edexql.server.job import DONE, FAILED, WAITING
from edexql.server.letter import link
from edexql.server.listing import check_names
from edexql.server.refusal import Refusal, refusal
from edexql.server.report import take_on
from edexql.server.wire import read_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from edexql.server.job import Job
    from edexql.server.listing import Endpoint
    from edexql.server.service import Service
    from edexql.server.settings import Settings


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
