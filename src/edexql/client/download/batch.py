"""Many files at once."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress

from edexql.base import system
from edexql.base.files import atomic, disk
from edexql.base.text import printable
from edexql.base.units import size
from edexql.client import credentials
from edexql.client.download import destination
from edexql.client.download.connection import HostCache, Session
from edexql.client.download.digest_files import DigestFiles
from edexql.client.download.model import Report, host_of
from edexql.client.download.run import SPARE, Run
from edexql.client.download.transfer import transfer
from edexql.client.http.session import user_agent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from requests.adapters import BaseAdapter

    from edexql.client.download.model import Code, Existing, RemoteFile, State, Watch
    from edexql.client.settings.declarations import Network

    Carrier = Callable[[BaseAdapter], BaseAdapter]

# Seconds between two looks at the connections and what they brought.
_LOOKS = 0.05
# Seconds to wait at the end for a thread that cannot be stopped, as while a host name is resolved.
_GRACE = 2.0
# Seconds after which the names of finished files are synced to the disk at the latest.
_SYNC_INTERVAL = 1.0
# Threads at first, and more at a time. On a fast network more than the first only take turns at the interpreter.
_FIRST = 3
_MORE = 2
# The fraction of a processor that the process may have used since the last look for more threads to help.
_IDLE = 0.7
# Seconds after which one more is started nevertheless: other work may use the processor.
_PATIENCE = 1.0
# What the pause after the first attempt is drawn up to, in seconds.
_FIRST_PAUSE = 1.0


def download(
    files: Sequence[RemoteFile],
    folder: str,
    *,
    network: Network,
    watch: Watch,
    stop: threading.Event,
    existing: Existing = "keep",
    carrier: Carrier | None = None,
    first_pause: float = _FIRST_PAUSE,
) -> tuple[Report, ...]:
    """Download files into a folder, which is made if it is not there.

    A file is under its final name only if it is complete and right as far as service, listing and format show; what
    a later call can resume is left in `NAME.part` and `NAME.part.json`. A file that is there already is examined:
    the right one is taken; another is kept, or replaced where `existing` says so. All transfers end soon after `stop`
    is set. `carrier` is called with each network adapter of requests and returns the one to be used in its place, such
    as a recording. `network` is the settings: a file is given up after `tries` in a row, or `seconds`, that brought
    nothing new, and restarted where less than `lowest_speed` comes over a `window`; `connections` is files of a host
    at once. The first pause between two attempts is drawn from 0 to `first_pause`, in seconds. Returns a report for
    each file, in their order.
    """
    reports: list[Report | None] = [None] * len(files)
    run = Run(folder, network, watch, existing, first_pause)

    def ended(index: int, report: Report) -> None:
        if reports[index] is None:
            reports[index] = report
            run.watch.ended(report)

    hosts = _hosts(files, ended)
    indices = [index for index, host in enumerate(hosts) if host is not None]
    refusal = _folder_problem(folder) if indices else None
    if refusal is None:
        indices = _with_space(files, indices, folder, ended)
        refusal = _space_problem([files[index] for index in indices], folder)
    if refusal is not None:
        for index in indices:
            ended(index, Report(files[index].name, "skipped", code=refusal[0], reason=refusal[1]))
        indices = []
    for index in indices:
        run.hosts.add(hosts[index] or "", index)
    if stop.is_set():
        run.halt("stopped")
    if indices:
        _work(files, len(indices), run, carrier, stop, ended)
    for index, file in enumerate(files):
        if reports[index] is None:
            fault = run.fault()
            state: State = "interrupted" if fault.code == "stopped" else "skipped"
            ended(index, Report(file.name, state, code=fault.code, reason=str(fault)))
    return tuple(report for report in reports if report is not None)


def _hosts(files: Sequence[RemoteFile], ended: Callable[[int, Report], None]) -> list[str | None]:
    """The host of each file; None for a file that cannot be asked for, which is reported."""
    hosts = []
    problems = destination.name_problems([file.name for file in files])
    for index, (file, problem) in enumerate(zip(files, problems, strict=True)):
        host = host_of(file.url)
        if problem is not None:
            ended(index, Report(file.name, "failed", code="name", reason=problem))
        elif host is None:
            reason = f"{printable(credentials.public_url(file.url))[:200]} is not an http or https address"
            ended(index, Report(file.name, "failed", code="address", reason=reason))
        hosts.append(None if problem is not None else host)
    return hosts


def _folder_problem(folder: str) -> tuple[Code, str] | None:
    """Make a folder; a code and a reason where that is not possible."""
    try:
        os.makedirs(system.extended(folder), exist_ok=True)
    except OSError as error:
        return "folder", f"cannot make the folder {printable(folder)}: {error.strerror or type(error).__name__}"
    return None


def _with_space(
    files: Sequence[RemoteFile], indices: Sequence[int], folder: str, ended: Callable[[int, Report], None]
) -> list[int]:
    """The indices of the files for each of which there is room; the others are reported."""
    free = disk.free_space(folder)
    fitting = []
    for index in indices:
        file = files[index]
        if free is not None and file.size is not None and destination.space_needed([file], folder) > free:
            reason = f"the file has {size(file.size.most)}, but only {size(free)} are free in {printable(folder)}"
            ended(index, Report(file.name, "failed", code="disk-full", reason=reason))
        else:
            fitting.append(index)
    return fitting


def _space_problem(files: Sequence[RemoteFile], folder: str) -> tuple[Code, str] | None:
    """A code and a reason where there is no room for all files together; None where there is."""
    free, needed = disk.free_space(folder), destination.space_needed(files, folder)
    if free is not None and needed > free:
        room = f"the files need {size(needed)}, but only {size(free)} are free in {printable(folder)}"
        return "disk-full", f"{room}: choose fewer files, or another folder"
    return None


def _work(
    files: Sequence[RemoteFile],
    count: int,
    run: Run,
    carrier: Carrier | None,
    stop: threading.Event,
    ended: Callable[[int, Report], None],
) -> None:
    """Transfer all files in threads, and check their connections meanwhile."""
    cache = HostCache()

    def new_session() -> Session:
        return Session(user_agent(run.network), carrier, cache)

    run.digest_beside = DigestFiles(run, new_session).digest_of
    errors: list[BaseException] = []

    def work() -> None:
        try:
            _transfer_all(files, run, new_session, ended)
        except BaseException as error:  # noqa: BLE001  # it is raised in the thread that waits for this one
            errors.append(error)
            run.halt("stopped")

    pool = WorkerPool(work, min(count, run.network.total + SPARE))
    try:
        _supervise(run, stop, pool)
    except BaseException:
        run.halt("stopped")
        _supervise(run, stop, pool)
        raise
    if errors:
        raise errors[0]


def _transfer_all(
    files: Sequence[RemoteFile], run: Run, new_session: Callable[[], Session], ended: Callable[[int, Report], None]
) -> None:
    """Transfer files, one after the other, as long as there are any."""
    with new_session() as session:
        while (pair := run.hosts.next()) is not None:
            host, index = pair
            try:
                ended(index, transfer(files[index], host, session, run))
            finally:
                run.hosts.done(host)


def _supervise(run: Run, stop: threading.Event, pool: WorkerPool) -> None:
    """Mark what has come, and cut what is late, until all is done, or for a while after the run was halted."""
    grace, synced = _GRACE, time.monotonic()
    while grace > 0 and not pool.done.wait(_LOOKS):
        if stop.is_set() and not run.halted.is_set():
            run.halt("stopped")
        if run.halted.is_set():
            grace -= _LOOKS
        elif not run.hosts.saturated:
            pool.grow()
        run.look_after()
        if run.names_changed.is_set() and time.monotonic() - synced > _SYNC_INTERVAL:
            _sync(run)
            synced = time.monotonic()
    _sync(run)


def _sync(run: Run) -> None:
    # Once for many files: it takes as long for one as for all.
    if run.names_changed.is_set():
        run.names_changed.clear()
        with suppress(OSError):
            atomic.sync_folder(run.folder)


class WorkerPool:
    """Threads that do the same work until there is no more; `done` is set when the last has ended."""

    def __init__(self, work: Callable[[], None], most: int) -> None:
        self.done = threading.Event()
        self._work = work
        self._most = most
        self._started = 0
        self._busy = 0
        self._lock = threading.Lock()
        self._looked = self._grown = time.monotonic()
        self._used = time.process_time()
        self._start(_FIRST)

    def grow(self) -> None:
        """Start more threads where that may help. To be called now and then."""
        if self._started >= self._most:
            return
        now, used = time.monotonic(), time.process_time()
        if used - self._used < _IDLE * (now - self._looked):
            self._start(_MORE)
            self._grown = now
        elif now - self._grown > _PATIENCE:
            self._start(1)
            self._grown = now
        self._looked, self._used = now, used

    def _start(self, count: int) -> None:
        for _ in range(min(count, self._most - self._started)):
            with self._lock:
                if self.done.is_set():
                    return
                self._started += 1
                self._busy += 1
            # A thread that hangs in the system must not keep the program from ending.
            threading.Thread(target=self._run, name=f"download-{self._started}", daemon=True).start()

    def _run(self) -> None:
        try:
            self._work()
        finally:
            with self._lock:
                self._busy -= 1
                if not self._busy:
                    self.done.set()
