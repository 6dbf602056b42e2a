"""What the files of one download have in common: manners, listener, folder, and the end that comes to all of them."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

from edexql.client.download.fault import Fault
from edexql.client.download.hosts import Hosts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.client.download.fault import Code
    from edexql.client.download.line import Line
    from edexql.client.download.neighbours import Neighbours
    from edexql.client.download.wanted import Existing, Manners, Report
    from edexql.client.download.watch import Watch

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
        # Sums that stand beside files; there are none before the first file is asked for.
        self.neighbours: Neighbours
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
