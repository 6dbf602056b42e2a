"""The parts of a running service that its endpoints share, and the pool of threads that evaluates queries."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from edexql.base.record import Record
from edexql.server.errors import http_error, unavailable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future
    from typing import Any, TypeVar

    from starlette.requests import Request
    from starlette.responses import Response

    from edexql.server.catalogue import FileSource
    from edexql.server.jobs.store import JobStore
    from edexql.server.jobs.workers import Workers
    from edexql.server.settings import Limits, Settings

    T = TypeVar("T")
    Endpoint = Callable[[Request], Awaitable[Response]]


class Service(Record):
    """The catalogue, the threads for queries, the jobs and their threads, and the responses that send files.

    `texts` are threads for work that asks no catalogue and is soon done: it does not wait for that of `queries`.
    """

    catalogue: FileSource
    queries: QueryPool
    texts: QueryPool
    jobs: JobStore
    workers: Workers
    transfers: set[Response]
    settings: Settings

    def check_transfers(self) -> None:
        """Raises RequestError, 503, where no more files can be sent at once."""
        if len(self.transfers) >= self.settings.limits.transfers:
            raise unavailable("too many files are being sent", retry_after=60)


class QueryPool:
    """The threads in which queries are evaluated and folders are read.

    A thread cannot be stopped: work that took too long counts as under way until it ends, so that many slow queries
    never become more threads.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.evaluations, "evaluation")
        self._under_way: dict[Future[Any], str] = {}

    async def run(self, work: Callable[[], T], client: str = "") -> T:
        """The result of some work, for a client that may have only so much of it under way, where it is named.

        Raises RequestError: 503 where there is too much work or it takes too long, 429 where it is too much of one
        client.
        """
        if len(self._under_way) >= self._limits.evaluations + self._limits.waiting:
            raise unavailable("too many requests are waiting")
        if client and list(self._under_way.values()).count(client) >= self._limits.requests_of_client:
            raise http_error(429, "too many requests from this network address", headers={"Retry-After": "5"})
        future = self._threads.submit(work)
        self._under_way[future] = client
        future.add_done_callback(lambda done: self._under_way.pop(done, None))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._limits.seconds)
        except asyncio.TimeoutError:
            message = f"the request was not answered within {self._limits.seconds:g} seconds"
            raise unavailable(message, retry_after=60) from None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def get_or_post(get: Endpoint, post: Endpoint) -> Endpoint:
    """One endpoint for the two methods of an address: two routes would each name only their own in `Allow`."""

    async def endpoint(request: Request) -> Response:
        return await (post if request.method == "POST" else get)(request)

    return endpoint
