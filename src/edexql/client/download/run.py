"""What the files of one download share: settings, listener, folder, connections, queues of hosts, and the end."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager, nullcontext
from threading import Lock

from edexql.base.files import disk
from edexql.client.download.model import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.client.download.connection import Connection
    from edexql.client.download.model import Code, Existing, RemoteFile, Report, Watch
    from edexql.client.download.part import Part
    from edexql.client.settings.declarations import Network
    from edexql.formats.digests import Digest


# Seconds between two looks at how many bytes are free.
_SPACE_INTERVAL = 1.0
_REASONS: dict[Code, str] = {
    "stopped": "the download was stopped",
    "disk-full": "the download was stopped because there is no space left",
}


class Run:
    """One download of many files."""

    def __init__(self, folder: str, network: Network, watch: Watch, existing: Existing, first_pause: float) -> None:
        self.folder = folder
        self.network = network
        self.first_pause = first_pause
        self.existing = existing
        self.watch = LockedWatch(watch)
        self.halted = threading.Event()
        # Set when names in the folder have changed that are not synced to the disk yet.
        self.names_changed = threading.Event()
        self.hosts = Hosts(network.connections, network.total, self.halted)
        # The digest of a file and its host in a file of digests beside it, None where there is none.
        self.digest_beside: Callable[[RemoteFile, str], Digest | None] = lambda *_: None
        self._code: Code = "stopped"
        # What each brings, where that is a file.
        self._connections: dict[Connection, Part | None] = {}
        self._lock = threading.Lock()
        # When it was looked how many bytes are free, and how many of them were not promised to a file since.
        self._space: tuple[float, int | None] | None = None

    def free_space(self, wanted: int) -> int | None:
        """The bytes that are free for a file of so many, at most a second ago, less those promised since then.

        None where the system does not say.
        """
        now = time.monotonic()
        with self._lock:
            seen, free = self._space or (-_SPACE_INTERVAL, None)
            if now - seen >= _SPACE_INTERVAL or (free is not None and free < wanted):
                seen, free = now, disk.free_space(self.folder)
            self._space = seen, None if free is None else free - wanted
        return free

    def halt(self, code: Code) -> None:
        """End all transfers, and begin nothing more."""
        with self._lock:
            if not self.halted.is_set():
                self._code = code
            self.halted.set()
        self.hosts.wake()

    def fault(self) -> Fault:
        """The fault of files that were ended so."""
        return Fault(self._code, _REASONS[self._code])

    def check(self) -> None:
        """Raise Fault where the run is halted."""
        if self.halted.is_set():
            raise self.fault()

    def wait(self, seconds: float) -> None:
        """Wait so many seconds. Raises Fault where the run is halted meanwhile."""
        self.halted.wait(seconds)
        self.check()

    @contextmanager
    def supervising(self, connection: Connection, part: Part | None = None) -> Iterator[None]:
        """Have the deadlines of a connection checked meanwhile, and marked what it brings of a file.

        Raises Fault where the run is halted.
        """
        with self._lock:
            self._connections[connection] = part
        try:
            self.check()
            with nullcontext() if part is None else part.growing():
                yield
        finally:
            with self._lock:
                del self._connections[connection]

    def look_after(self) -> None:
        """Mark what has come, and cut the connections that are late, or all where the run is halted."""
        now = time.monotonic()
        with self._lock:
            connections = list(self._connections.items())
        for connection, part in connections:
            if self.halted.is_set():
                connection.cut("stopped")
            else:
                connection.check_deadlines(now)
                if part is not None:
                    part.mark_progress()


class LockedWatch:
    """A listener that is called by one thread at a time."""

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


class Traffic:
    """The bytes that were received for a file, and the requests that were sent."""

    def __init__(self) -> None:
        self.received = 0
        self.requests = 0

    def count_request(self) -> None:
        """Count a request."""
        self.requests += 1

    @contextmanager
    def counting(self, connection: Connection) -> Iterator[None]:
        """Count what a connection receives, whatever becomes of it."""
        try:
            yield
        finally:
            self.received += connection.received


# Files of a host that are verified, or wait for their next attempt, beside those that are transferred.
SPARE = 2


class Hosts:
    """Files that wait, by their hosts, and slots for transfers. Once `halted` is set, no thread waits.

    A thread waits for a file or for a slot, and is woken for that alone: waking all of them for each file costs more
    than a small file does.
    """

    def __init__(self, per_host: int, total: int, halted: threading.Event) -> None:
        self._per_host = max(1, per_host)
        self._total = max(1, total)
        self._halted = halted
        self._lock = Lock()
        self._file_free = threading.Condition(self._lock)
        self._slot_free = threading.Condition(self._lock)
        self._waiting = 0
        self._queues: dict[str, deque[int]] = {}
        self._started: dict[str, int] = {}
        self._used_slots: dict[str, int] = {}
        self._paused_until: dict[str, float] = {}

    def add(self, host: str, file: int) -> None:
        """Add a file, by its index, to the queue of its host."""
        self._queues.setdefault(host, deque()).append(file)

    def next(self) -> tuple[str, int] | None:
        """The host and index of the next file; waits while all hosts have enough. None once there are no more."""
        with self._lock:
            while self._queues and not self._halted.is_set():
                for host, files in self._queues.items():
                    if self._started.get(host, 0) < self._per_host + SPARE:
                        self._started[host] = self._started.get(host, 0) + 1
                        file = files.popleft()
                        if not files:
                            del self._queues[host]
                            if not self._queues:
                                self._file_free.notify_all()
                        return host, file
                self._waiting += 1
                try:
                    self._file_free.wait()
                finally:
                    self._waiting -= 1
        return None

    def done(self, host: str) -> None:
        """A file of a host is finished."""
        with self._lock:
            self._started[host] -= 1
            self._file_free.notify()

    @property
    def saturated(self) -> bool:
        """Whether a thread waits for a file already, so that one more would wait too."""
        return self._waiting > 0

    @contextmanager
    def slot(self, host: str) -> Iterator[None]:
        """Hold a slot for a transfer, as soon as there is one."""
        with self._lock:
            while not self._halted.is_set() and (wait := self._wait(host)) != 0:
                self._slot_free.wait(wait)
            self._used_slots[host] = self._used_slots.get(host, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                self._used_slots[host] -= 1
                # It may be of use to any of those that wait, or to none: each looks for itself, and they are few.
                self._slot_free.notify_all()

    def _wait(self, host: str) -> float | None:
        """Seconds until a slot can be free; None where that depends on others, 0 where one is free."""
        if self._used_slots.get(host, 0) >= self._per_host or sum(self._used_slots.values()) >= self._total:
            return None
        return max(0.0, self._paused_until.get(host, 0.0) - time.monotonic())

    def pause(self, host: str, seconds: float) -> None:
        """Send no request to a host for so many seconds, as it asked."""
        with self._lock:
            self._paused_until[host] = max(self._paused_until.get(host, 0.0), time.monotonic() + seconds)

    def wake(self) -> None:
        """Wake all threads that wait."""
        with self._lock:
            self._file_free.notify_all()
            self._slot_free.notify_all()
