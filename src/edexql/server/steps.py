"""What is done for a job when it is due: each step takes it from one state to the next, and bears being repeated."""

from __future__ import annotations

import errno
import time

from edexql.server import atomic, relay, zipping
from edexql.server.job import DONE, EXPIRED, FAILED, WAITING, ZIPPED, changed
from edexql.server.journal import LOG
from edexql.server.letter import letter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.server.job import Job
    from edexql.server.settings import Settings
    from edexql.server.shelf import Shelf

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
        made = zipping.make(job.wanted, shelf.zip_of(job), settings, told, stop)
    except zipping.TooLarge as error:
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
            relay.send(message, settings.relay, settings.sender, job.email)
        except relay.Unsent as error:
            LOG.error("job %s: %s", job.id[:8], error)
            if job.tries < len(settings.delays) and not error.final:
                return changed(job, tries=job.tries + 1, due=now + settings.delays[job.tries])
        else:
            return after
    atomic.write(shelf.letter_of(job), bytes(message))
    return after


def _expired(job: Job, shelf: Shelf, now: float) -> Job | None:
    if now < job.expires:
        return changed(job, due=job.expires)
    atomic.remove(shelf.zip_of(job))
    # Who asked is nobody's business any more.
    atomic.remove(shelf.letter_of(job))
    if job.state == FAILED:
        return None
    return changed(job, state=EXPIRED, email=None, due=now + REMEMBERED)
