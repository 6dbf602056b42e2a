"""Signals of the terminal, where the system has them: Windows has no hang-up and no timer."""

from __future__ import annotations

import signal
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def outlive_terminal() -> None:
    """Go on when the terminal that this process was started at is closed."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


@contextmanager
def repeated(work: Callable[..., None], seconds: float) -> Iterator[None]:
    """Do some work again and again in this thread while it waits for the keyboard; never where there is no timer."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, work)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
