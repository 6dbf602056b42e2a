"""What the files of one download have in common: policy, listener, folder, hosts, and the end that comes to all."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager

from edexql.client.download.model import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.client.download.connection import Line
    from edexql.client.download.model import Code, Existing, Manners, Report, Wanted, Watch
    from edexql.formats.digests import Digest


_WHY: dict[Code, str] = {
    "stopped": "the download was stopped",
    "disk-full": "the download was stopped because there is no room left",
}


class Run:
    """One download of many files."""

    def __init__(self, folder: str, manners: Manners, watch: Watch, existing: Existing) -> None:
        self.folder = folder
        self.manners = manners
        self.existing = existing
        self.watch = Told(watch)
        self.halted = threading.Event()
        # Set when names in the folder have changed that are not on the disk yet.
        self.placed = threading.Event()
        self.hosts = Hosts(manners.per_host, manners.total, self.halted)
        # The digest in a file of checksums beside a file, None where there is none.
        self.digest_beside: Callable[[Wanted, str], Digest | None] = lambda *_: None
        self._why: Code = "stopped"
        self._lines: set[Line] = set()
        self._lock = threading.Lock()

    def halt(self, why: Code) -> None:
        """End all that is under way, and begin nothing more."""
        with self._lock:
            if not self.halted.is_set():
                self._why = why
            self.halted.set()
        self.hosts.wake()

    def fault(self) -> Fault:
        """What a file says that was ended so."""
        return Fault(self._why, _WHY[self._why])

    def check(self) -> None:
        """Raise Fault where the end has come."""
        if self.halted.is_set():
            raise self.fault()

    def wait(self, seconds: float) -> None:
        """Let some time pass. Raises Fault where the end comes first."""
        self.halted.wait(seconds)
        self.check()

    @contextmanager
    def on_line(self, line: Line) -> Iterator[None]:
        """Have a connection looked after."""
        with self._lock:
            self._lines.add(line)
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._lines.discard(line)

    def look(self) -> None:
        """Look at all connections, and cut those that are late or no longer wanted."""
        now = time.monotonic()
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            if self.halted.is_set():
                line.cut("stopped")
            else:
                line.look(now)


class Told:
    """A listener that is told one thing at a time."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._lock = threading.Lock()

    def begun(self, name: str, size: int | None, have: int) -> None:
        with self._lock:
            self._watch.begun(name, size, have)

    def moved(self, name: str, count: int) -> None:
        with self._lock:
            self._watch.moved(name, count)

    def waiting(self, name: str, seconds: float, reason: str) -> None:
        with self._lock:
            self._watch.waiting(name, seconds, reason)

    def checking(self, name: str) -> None:
        with self._lock:
            self._watch.checking(name)

    def ended(self, report: Report) -> None:
        with self._lock:
            self._watch.ended(report)


class Tally:
    """What a file has cost."""

    def __init__(self) -> None:
        self.moved = 0
        self.tries = 0

    def asked(self) -> None:
        """A request goes out."""
        self.tries += 1

    @contextmanager
    def moving(self, line: Line) -> Iterator[None]:
        """What comes over a line counts, whatever becomes of it."""
        try:
            yield
        finally:
            self.moved += line.total


# Files of a host that are being checked, or wait for their next try, beside those that are on the line.
SPARE = 2


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
