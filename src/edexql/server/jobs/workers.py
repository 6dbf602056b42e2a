"""The threads that do what is due for a job; each step takes a job from one state to the next and can be repeated."""

from __future__ import annotations

import errno
import heapq
import threading
import time

from edexql.server.errors import LOG, told_of
from edexql.server.jobs.mail import Unsent, letter, send
from edexql.server.jobs.store import DONE, EXPIRED, FAILED, WAITING, ZIPPED, changed, remove, write
from edexql.server.jobs.zip_file import Stopped, TooLarge, make

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.server.jobs.store import Job, Shelf
    from edexql.server.settings import Settings


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
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001  # whatever a job does, the thread is needed for the others
            LOG.error("job %s: %s", job.id[:8], told_of(error))
            after = changed(job, due=time.time() + _LATER)
        if after is not None:
            self._waiting.put(after.id, after.due)
        if after is None or after.state != job.state:
            self.progress.pop(job.id, None)


# Seconds for which the service still knows that an expired link was one of its own.
REMEMBERED = 30 * 86400.0


def step(
    job: Job, shelf: Shelf, settings: Settings, told: Callable[[int, int], None], stop: Callable[[], bool]
) -> Job | None:
    """Do what is due for a job, and return what has become of it; None where it can be forgotten.

    Raises OSError where the folder of the service cannot be written to, and Stopped.
    """
    now = time.time()
    if job.state == EXPIRED:
        return None
    if job.state in (DONE, FAILED):
        return _expired(job, shelf, now)
    if job.state == WAITING:
        return _zipped(job, shelf, settings, told, stop)
    return _mailed(job, shelf, settings, now)


def _zipped(
    job: Job, shelf: Shelf, settings: Settings, told: Callable[[int, int], None], stop: Callable[[], bool]
) -> Job:
    now = time.time()
    try:
        made = make(job.wanted, shelf.zip_of(job), settings, told, stop)
    except TooLarge as error:
        return _given_up(job, str(error), now, settings.lifetime)
    except OSError as error:
        room = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None))
        LOG.error(
            "job %s: %s",
            job.id[:8],
            "there is no room for its zip" if room else f"{type(error).__name__} {error.errno}",
        )
        if job.tries < len(settings.delays):
            return changed(job, tries=job.tries + 1, due=now + settings.delays[job.tries])
        reason = "the service has no room for them" if room else "the service could not read them"
        return _given_up(job, reason, now, settings.lifetime)
    expires = now + settings.lifetime
    return changed(job, state=ZIPPED, size=made.size, missing=made.missing, expires=expires, tries=0, due=now)


def _given_up(job: Job, reason: str, now: float, lifetime: float) -> Job:
    return changed(job, state=ZIPPED, size=None, reason=reason, expires=now + lifetime, tries=0, due=now)


def _mailed(job: Job, shelf: Shelf, settings: Settings, now: float) -> Job:
    after = changed(job, state=DONE if job.size is not None else FAILED, tries=0, due=job.expires)
    if job.email is None:
        return after
    message = letter(job, settings)
    if settings.relay is not None:
        try:
            send(message, settings.relay, settings.sender, job.email)
        except Unsent as error:
            LOG.error("job %s: %s", job.id[:8], error)
            if job.tries < len(settings.delays) and not error.final:
                return changed(job, tries=job.tries + 1, due=now + settings.delays[job.tries])
        else:
            return after
    write(shelf.letter_of(job), bytes(message))
    return after


def _expired(job: Job, shelf: Shelf, now: float) -> Job | None:
    if now < job.expires:
        return changed(job, due=job.expires)
    remove(shelf.zip_of(job))
    # Who asked is nobody's business any more.
    remove(shelf.letter_of(job))
    if job.state == FAILED:
        return None
    return changed(job, state=EXPIRED, email=None, due=now + REMEMBERED)


class Waiting:
    """A queue in which everything has a time (seconds since 1970) before which nobody gets it."""

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
                # A clock that is set, or a machine that slept, is noticed within a minute.
                self._changed.wait(min(self._heap[0][0] - now, 60.0) if self._heap else None)
        return None

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._changed.notify_all()
