"""Fetching a zip by its link: an address that cannot be guessed and works for some days."""

from __future__ import annotations

import os
import time

from starlette.responses import FileResponse

from edexql.server.job import EXPIRED
from edexql.server.refusal import busy, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from edexql.server.job import Job
    from edexql.server.listing import Endpoint
    from edexql.server.service import Service


def endpoint(service: Service, under_way: set[Response]) -> Endpoint:
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


def check_room(service: Service, under_way: set[Response]) -> None:
    """Raises Refusal where no more files can be sent at once."""
    if len(under_way) >= service.settings.limits.transfers:
        raise busy("too many files are being fetched", after=60)


def expired(job: Job, now: float) -> bool:
    """Whether a job's zip was there and is no more."""
    return job.state == EXPIRED or (job.size is not None and now >= job.expires)


class Transfer(FileResponse):
    """An open file on its way, counted among those `under_way`; it arrives whole though its link expires meanwhile.

    With a `name` it is an attachment of that name.
    """

    def __init__(
        self, file: IO[bytes], name: str | None, under_way: set[Response], media_type: str = "application/zip"
    ) -> None:
        state = os.fstat(file.fileno())
        super().__init__(_again(file), filename=name, media_type=media_type, stat_result=state)
        self._file = file
        self._under_way = under_way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._under_way.add(self)
        try:
            with self._file:
                await super().__call__(scope, receive, send)
        finally:
            self._under_way.discard(self)


def _again(file: IO[bytes]) -> str:
    """A path at which an open file can be opened, though it may have been removed since.

    The answer has begun by the time that the framework opens the file: what is gone then drops the connection.
    """
    handle = f"/dev/fd/{file.fileno()}"
    # Where there are no such paths, on Windows, a file that is open is not removed either.
    return handle if os.path.exists(handle) else file.name
