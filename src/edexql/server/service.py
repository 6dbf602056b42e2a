"""The parts of a running service that its endpoints share, and the pool of threads that evaluates queries."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from edexql.base.record import record
from edexql.server.errors import busy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from typing import Any, TypeVar

    from edexql.server.catalogue import Answering
    from edexql.server.jobs.store import Shelf
    from edexql.server.jobs.workers import Workers
    from edexql.server.settings import Limits, Settings

    T = TypeVar("T")


@record(frozen=True, slots=True)
class Service:
    """Who knows the files, where questions are answered, where jobs are kept and who does them, and how."""

    answering: Answering
    evaluations: Evaluations
    shelf: Shelf
    workers: Workers
    settings: Settings


class Evaluations:
    """The threads in which queries are answered.

    What is given up for its time cannot be stopped, so it goes on to count as under way until it ends: a
    flood of slow questions never becomes more threads.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.evaluations, "evaluation")
        self._under_way: set[Future[Any]] = set()

    async def run(self, work: Callable[[], T]) -> T:
        """The result of some work. Raises Refusal, 503, where there is too much of it or it takes too long."""
        if len(self._under_way) >= self._limits.evaluations + self._limits.waiting:
            raise busy("too many questions are waiting to be answered")
        future = self._threads.submit(work)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._limits.seconds)
        except asyncio.TimeoutError:
            message = f"the question was not answered within {self._limits.seconds:g} seconds"
            raise busy(message, after=60) from None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
