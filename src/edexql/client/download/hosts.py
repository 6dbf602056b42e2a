"""Hosts: which file comes next, how many of each are under way, and for how long a host is left alone."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from urllib.parse import urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# Files of a host that are being checked, or wait for their next try, beside those that are on the line.
SPARE = 2


def host_of(url: str) -> str | None:
    """The host of an address that can be downloaded from; None for any other."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return f"{parts.hostname}:{parts.port or parts.scheme}" if usable else None


class Hosts:
    """Files in wait, by their hosts, and places on the line. After `halted` nobody is kept waiting."""

    def __init__(self, per_host: int, total: int, halted: threading.Event) -> None:
        self._per_host = max(1, per_host)
        self._total = max(1, total)
        self._halted = halted
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[int]] = {}
        self._taken: dict[str, int] = {}
        self._busy: dict[str, int] = {}
        self._rest: dict[str, float] = {}

    def add(self, host: str, file: int) -> None:
        """Put a file in wait."""
        self._waiting.setdefault(host, deque()).append(file)

    def next(self) -> tuple[str, int] | None:
        """The next file of a host that has not enough of them; None once there are no more."""
        with self._changed:
            while self._waiting and not self._halted.is_set():
                for host, files in self._waiting.items():
                    if self._taken.get(host, 0) < self._per_host + SPARE:
                        self._taken[host] = self._taken.get(host, 0) + 1
                        file = files.popleft()
                        if not files:
                            del self._waiting[host]
                        return host, file
                self._changed.wait()
        return None

    def done(self, host: str) -> None:
        """A file has been seen to."""
        with self._changed:
            self._taken[host] -= 1
            self._changed.notify_all()

    @contextmanager
    def place(self, host: str) -> Iterator[None]:
        """A place on the line, as soon as there is one."""
        with self._changed:
            while not self._halted.is_set() and (wait := self._wait(host)) != 0:
                self._changed.wait(wait)
            self._busy[host] = self._busy.get(host, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._busy[host] -= 1
                self._changed.notify_all()

    def _wait(self, host: str) -> float | None:
        """Seconds until a place can be free; None where that depends on others, 0 where one is free."""
        if self._busy.get(host, 0) >= self._per_host or sum(self._busy.values()) >= self._total:
            return None
        return max(0.0, self._rest.get(host, 0.0) - time.monotonic())

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone that asked for it."""
        with self._changed:
            self._rest[host] = max(self._rest.get(host, 0.0), time.monotonic() + seconds)

    def wake(self) -> None:
        """Let all who wait see that the end has come."""
        with self._changed:
            self._changed.notify_all()
