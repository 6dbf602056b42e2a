"""The threads that do what is due for a job; each step takes a job from one state to the next and can be repeated."""

from __future__ import annotations

import errno
import heapq
import threading
import time

from edexql.server.errors import LOG, error_location
from edexql.server.jobs.mail import MailError, job_mail, send
from edexql.server.jobs.store import DONE, EXPIRED, FAILED, WAITING, ZIPPED, replaced
from edexql.server.jobs.zip_file import ServiceStopping, ZipTooLarge, write_zip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.server.jobs.store import Job, JobStore
    from edexql.server.settings import Settings

# Seconds until a job is tried again after an unexpected error, such as a full disk when the job itself is stored.
_RETRY_DELAY = 60.0
# Seconds that a stopping service waits for a worker; a mail server that does not answer can block one.
_JOIN_TIMEOUT = 10.0
# Seconds for which the service remembers that an expired link was one of its own.
EXPIRED_RETENTION = 30 * 86400.0


class Workers:
    """Threads that take jobs as they become due. Jobs that an earlier run left are taken first."""

    def __init__(self, store: JobStore, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._queue = DueQueue()
        self._threads: list[threading.Thread] = []
        # Bytes done and bytes in all, by the id of the job.
        self.progress: dict[str, tuple[int, int]] = {}

    def start(self) -> None:
        for job in sorted(self._store.jobs(), key=lambda job: job.created):
            self._queue.put(job.id, job.due)
        for number in range(self._settings.workers):
            thread = threading.Thread(target=self._run, name=f"worker-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def submit(self, job: Job) -> None:
        """Store a new job and queue it. Raises OSError where it cannot be stored."""
        self._store.put(job)
        self._queue.put(job.id, job.due)

    def stop(self) -> None:
        self._queue.close()
        for thread in self._threads:
            thread.join(_JOIN_TIMEOUT)

    def _run(self) -> None:
        while (id := self._queue.take()) is not None:
            job = self._store.get(id)
            if job is not None:
                self._do(job)

    def _do(self, job: Job) -> None:
        def report_progress(done: int, total: int) -> None:
            self.progress[job.id] = done, total

        try:
            after = step(job, self._store, self._settings, report_progress, lambda: self._queue.closed)
            if after is None:
                self._store.drop(job)
            else:
                self._store.put(after)
        except ServiceStopping:
            return
        except Exception as error:  # noqa: BLE001  # whatever happens to one job, the others need the thread
            LOG.error("job %s: %s", job.id[:8], error_location(error))
            after = replaced(job, due=time.time() + _RETRY_DELAY)
        if after is not None:
            self._queue.put(after.id, after.due)
        if after is None or after.state != job.state:
            self.progress.pop(job.id, None)


class DueQueue:
    """A queue of ids, each with a time (seconds since 1970) before which it is not taken."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, str]] = []
        self._changed = threading.Condition()
        self.closed = False

    def put(self, id: str, due: float) -> None:
        with self._changed:
            heapq.heappush(self._heap, (due, id))
            self._changed.notify()

    def take(self) -> str | None:
        """The next id, as soon as it is due; None when the queue is closed."""
        with self._changed:
            while not self.closed:
                now = time.time()
                if self._heap and self._heap[0][0] <= now:
                    return heapq.heappop(self._heap)[1]
                # A change of the clock, or a machine that slept, is noticed within a minute.
                self._changed.wait(min(self._heap[0][0] - now, 60.0) if self._heap else None)
        return None

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._changed.notify_all()


def step(
    job: Job,
    store: JobStore,
    settings: Settings,
    report_progress: Callable[[int, int], None],
    is_stopping: Callable[[], bool],
) -> Job | None:
    """Do the next step of a job, and return the job after it; None where it can be forgotten.

    Raises OSError where the folder of the service cannot be written to, and ServiceStopping.
    """
    now = time.time()
    if job.state == EXPIRED:
        return None
    if job.state in (DONE, FAILED):
        return _after_expiry(job, store, now)
    if job.state == WAITING:
        return _after_zip(job, store, settings, report_progress, is_stopping)
    return _after_mail(job, store, settings, now)


def _after_zip(
    job: Job,
    store: JobStore,
    settings: Settings,
    report_progress: Callable[[int, int], None],
    is_stopping: Callable[[], bool],
) -> Job:
    now = time.time()
    try:
        zipped = write_zip(job.files, store.zip_path(job), settings, report_progress, is_stopping)
    except ZipTooLarge as error:
        return _without_zip(job, str(error), now, settings.lifetime)
    except OSError as error:
        disk_full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None))
        cause = "no space for its zip" if disk_full else f"{type(error).__name__} {error.errno}"
        LOG.error("job %s: %s", job.id[:8], cause)
        if job.tries < len(settings.delays):
            return replaced(job, tries=job.tries + 1, due=now + settings.delays[job.tries])
        reason = "the service has no space for the zip" if disk_full else "the service could not read the files"
        return _without_zip(job, reason, now, settings.lifetime)
    expires = now + settings.lifetime
    return replaced(job, state=ZIPPED, size=zipped.size, missing=zipped.missing, expires=expires, tries=0, due=now)


def _without_zip(job: Job, reason: str, now: float, lifetime: float) -> Job:
    return replaced(job, state=ZIPPED, size=None, reason=reason, expires=now + lifetime, tries=0, due=now)


def _after_mail(job: Job, store: JobStore, settings: Settings, now: float) -> Job:
    after = replaced(job, state=DONE if job.size is not None else FAILED, tries=0, due=job.expires)
    if job.email is None:
        return after
    mail = job_mail(job, settings)
    if settings.mail_server is not None:
        try:
            send(mail, settings.mail_server, settings.sender, job.email)
        except MailError as error:
            LOG.error("job %s: %s", job.id[:8], error)
            if job.tries < len(settings.delays) and not error.permanent:
                return replaced(job, tries=job.tries + 1, due=now + settings.delays[job.tries])
        else:
            return after
    store.put_mail(job, bytes(mail))
    return after


def _after_expiry(job: Job, store: JobStore, now: float) -> Job | None:
    if now < job.expires:
        return replaced(job, due=job.expires)
    store.remove_delivery(job)
    if job.state == FAILED:
        return None
    # The e-mail address is forgotten with the zip.
    return replaced(job, state=EXPIRED, email=None, due=now + EXPIRED_RETENTION)
