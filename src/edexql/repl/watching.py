"""Work on what is being typed, off the thread that draws: only the newest job counts, stale work is dropped."""

from __future__ import annotations

import threading

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Seconds in which nothing more is typed before the work begins.
CALM = 0.06


@record(frozen=True, slots=True)
class Job:
    """What is looked at: the text of the current query, and what is typed and not entered yet."""

    current: str
    typed: str


class Watcher:
    """A thread that works on the newest job.

    `work` is called in it, and then `done` with the job and what the work gave, unless a newer job has
    come meanwhile. The job that was done last is not done again.
    """

    def __init__(self, work: Callable[[Job], Any], done: Callable[[Job, Any], None], calm: float = CALM) -> None:
        self._work = work
        self._done = done
        self._calm = calm
        self._changed = threading.Condition()
        self._job: Job | None = None
        self._last: Job | None = None
        self._over = False
        self._thread: threading.Thread | None = None

    def look_at(self, job: Job) -> None:
        """Work on this, and on nothing that came before."""
        with self._changed:
            if job == (self._job or self._last):
                return
            self._job = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="edexql watcher", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """End the thread, after the job that it is at."""
        with self._changed:
            self._over = True
            self._changed.notify()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                result = self._work(job)
            except Exception:  # noqa: BLE001  # the same text is told of when it is entered
                result = None
            if self._job is None:
                self._done(job, result)

    def _next(self) -> Job | None:
        """The newest job, once no newer one has come for a moment; None at the end."""
        with self._changed:
            while not self._over:
                job = self._job
                if job is None:
                    self._changed.wait()
                elif not self._changed.wait_for(lambda: self._over or self._job is not job, self._calm):  # noqa: B023
                    self._job, self._last = None, job
                    return job
            return None
