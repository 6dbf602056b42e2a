"""The threads that do what is due for jobs."""

from __future__ import annotations

import threading
import time

from edexql.server import zipping
from edexql.server.job import changed
from edexql.server.journal import LOG, told_of
from edexql.server.steps import step
from edexql.server.waiting import Waiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.server.job import Job
    from edexql.server.settings import Settings
    from edexql.server.shelf import Shelf

# Seconds before a job is tried again that was stopped by what should not happen, a full disk under its own file say.
_LATER = 60.0
# Seconds that a stopping service waits for a worker; a mail server that does not answer can hold one up.
_PATIENCE = 10.0


class Workers:
    """Threads that take up jobs as they become due, those left over from the last run first of all."""

    def __init__(self, shelf: Shelf, settings: Settings) -> None:
        self._shelf = shelf
        self._settings = settings
        self._waiting = Waiting()
        self._threads: list[threading.Thread] = []
        # Bytes done and bytes in all, by the id of the job.
        self.progress: dict[str, tuple[int, int]] = {}

    def start(self) -> None:
        for job in sorted(self._shelf.jobs(), key=lambda job: job.created):
            self._waiting.put(job.id, job.due)
        for number in range(self._settings.workers):
            thread = threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def take_on(self, job: Job) -> None:
        """Keep a new job and do it. Raises OSError where it cannot be kept."""
        self._shelf.put(job)
        self._waiting.put(job.id, job.due)

    def stop(self) -> None:
        self._waiting.close()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _work(self) -> None:
        while (id := self._waiting.take()) is not None:
            job = self._shelf.get(id)
            if job is not None:
                self._do(job)

    def _do(self, job: Job) -> None:
        def told(done: int, total: int) -> None:
            self.progress[job.id] = done, total

        try:
            after = step(job, self._shelf, self._settings, told, lambda: self._waiting.closed)
            if after is None:
                self._shelf.drop(job)
            else:
                self._shelf.put(after)
        except zipping.Stopped:
            return
        except Exception as error:  # noqa: BLE001  # whatever a job does, the thread is needed for the others
            LOG.error("job %s: %s", job.id[:8], told_of(error))
            after = changed(job, due=time.time() + _LATER)
        if after is not None:
            self._waiting.put(after.id, after.due)
        if after is None or after.state != job.state:
            self.progress.pop(job.id, None)
