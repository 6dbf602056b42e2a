"""Asking again what only reads, where that helps: a few times, with pauses, and not against the service's wish."""

from __future__ import annotations

import random
import time

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from edexql.client.errors import ServiceError

    Answer = TypeVar("Answer")
    # Who hears that it is asked again, in so many seconds, and what was wrong.
    Waiting = Callable[[float, str], None]


@record(frozen=True, slots=True)
class Retries:
    """How often, and for how many seconds in all, it is tried; `pause` is what the first wait is drawn from."""

    tries: int = 3
    seconds: float = 60.0
    pause: float = 0.5


class Later(Exception):
    """A try that failed in a way in which another may not. `after` is the pause that the service asks for, in s."""

    def __init__(self, error: ServiceError, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after


def retried(
    once: Callable[[], Answer],
    retries: Retries,
    waiting: Waiting | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """What a try gives, or one of those after it. Raises ServiceError, the last one, when all of them fail."""
    end = time.monotonic() + retries.seconds
    for count in range(1, retries.tries + 1):
        try:
            return once()
        except Later as later:
            pause = random.uniform(0, retries.pause * 2 ** (count - 1))  # noqa: S311
            pause += later.after or 0.0
            if count == retries.tries or time.monotonic() + pause > end:
                raise _given_up(later, retries) from later.__cause__
            if waiting is not None:
                waiting(pause, str(later.error))
        sleep(pause)
    raise AssertionError("there is at least one try")


def _given_up(later: Later, retries: Retries) -> ServiceError:
    if later.after is None or later.after <= retries.seconds:
        return later.error
    later.error.args = (f"{later.error}; it wants to be left alone for {later.after:.0f} s",)
    return later.error
