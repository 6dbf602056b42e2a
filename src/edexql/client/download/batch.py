"""Many files at once."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress

from edexql.base.files import atomic
from edexql.base.text import printable
from edexql.base.units import size
from edexql.client import credentials
from edexql.client.download import destination
from edexql.client.download.model import Report, host_of
from edexql.client.download.run import SPARE, Run
from edexql.client.download.transfer import fetched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from requests.adapters import BaseAdapter

    from edexql.client.download.model import Code, Existing, Manners, State, Wanted, Watch

    Carrier = Callable[[BaseAdapter], BaseAdapter]
    from collections.abc import Callable


# Seconds between two looks at the connections.
_LOOKS = 0.05
# Seconds that a thread which cannot be reached, as while a name is looked up, is waited for at the end.
_GRACE = 2.0
# Seconds after which the names of finished files are on the disk at the latest.
_SETTLE = 1.0


def download(
    wanted: Sequence[Wanted],
    folder: str,
    *,
    manners: Manners,
    watch: Watch,
    stop: threading.Event,
    existing: Existing = "keep",
    carrier: Carrier | None = None,
) -> tuple[Report, ...]:
    """Download files into a folder, which is made if it is not there.

    A file is under its final name only if it is whole and right as far as service, listing and format tell; what
    a later call can go on with is left in `NAME.part` and `NAME.part.json`. A file that is there already is looked
    at: the right one is taken, another is kept, or replaced where `existing` says so. All of it ends soon after
    `stop` is set. `carrier` is given the network of each session and returns what requests go through in its place,
    such as a Recording of it. Returns a report for each file, in their order.
    """
    reports: list[Report | None] = [None] * len(wanted)
    run = Run(folder, manners, watch, existing)

    def ended(place: int, report: Report) -> None:
        if reports[place] is None:
            reports[place] = report
            run.watch.ended(report)

    hosts = _usable(wanted, ended)
    left = [place for place, host in enumerate(hosts) if host is not None]
    code_and_reason = _made(folder) if left else None
    if code_and_reason is None:
        left = _fitting(wanted, left, folder, ended)
        code_and_reason = _crowded([wanted[place] for place in left], folder)
    if code_and_reason is not None:
        for place in left:
            ended(place, Report(wanted[place].name, "skipped", code=code_and_reason[0], reason=code_and_reason[1]))
        left = []
    for place in left:
        run.hosts.add(hosts[place] or "", place)
    if stop.is_set():
        run.halt("stopped")
    if left:
        _work(wanted, len(left), run, carrier, stop, ended)
    for place, one in enumerate(wanted):
        if reports[place] is None:
            fault = run.fault()
            state: State = "interrupted" if fault.code == "stopped" else "skipped"
            ended(place, Report(one.name, state, code=fault.code, reason=str(fault)))
    return tuple(report for report in reports if report is not None)


def _usable(wanted: Sequence[Wanted], ended: Callable[[int, Report], None]) -> list[str | None]:
    """The host of each file, None for one that cannot be asked for and is thereby reported."""
    hosts = []
    for place, (one, wrong) in enumerate(
        zip(wanted, destination.name_problems([one.name for one in wanted]), strict=True)
    ):
        host = host_of(one.url)
        if wrong is not None:
            ended(place, Report(one.name, "failed", code="name", reason=wrong))
        elif host is None:
            reason = f"{printable(credentials.without(one.url))[:200]} is no address of the web (http or https)"
            ended(place, Report(one.name, "failed", code="address", reason=reason))
        hosts.append(None if wrong is not None else host)
    return hosts


def _made(folder: str) -> tuple[Code, str] | None:
    """Make a folder; what is wrong where that cannot be."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        return "folder", f"cannot make the folder {printable(folder)}: {error.strerror or type(error).__name__}"
    return None


def _fitting(
    wanted: Sequence[Wanted], places: Sequence[int], folder: str, ended: Callable[[int, Report], None]
) -> list[int]:
    """Those of some files for each of which there is room; the others are thereby reported."""
    free = destination.free_space(folder)
    found = []
    for place in places:
        one = wanted[place]
        if free is not None and one.size is not None and destination.space_needed([one], folder) > free:
            room = f"the file has {size(one.size.most)}, and {size(free)} are free in"
            reason = f"{room} {printable(folder)}"
            ended(place, Report(one.name, "failed", code="disk-full", reason=reason))
        else:
            found.append(place)
    return found


def _crowded(wanted: Sequence[Wanted], folder: str) -> tuple[Code, str] | None:
    """That there is no room for all of some files, where that is so."""
    free, needed = destination.free_space(folder), destination.space_needed(wanted, folder)
    if free is not None and needed > free:
        room = f"the files need {size(needed)}, and {size(free)} are free in {printable(folder)}"
        return "disk-full", f"{room}: choose fewer files, or another folder"
    return None


def _work(
    wanted: Sequence[Wanted],
    count: int,
    run: Run,
    carrier: Carrier | None,
    stop: threading.Event,
    ended: Callable[[int, Report], None],
) -> None:
    """See to all files in threads, and look after their connections meanwhile."""
    from edexql.client.download.checksums import Neighbours
    from edexql.client.download.connection import Session

    run.digest_beside = Neighbours(run, lambda: Session(run.manners.user_agent, carrier)).digest_of
    errors: list[BaseException] = []

    def work() -> None:
        try:
            _see_to(wanted, run, carrier, ended)
        except BaseException as error:  # noqa: BLE001  # it is raised in the thread that waits for this one
            errors.append(error)
            run.halt("stopped")

    crew = Crew(work, min(count, run.manners.total + SPARE))
    try:
        _look_after(run, stop, crew)
    except BaseException:
        run.halt("stopped")
        _look_after(run, stop, crew)
        raise
    if errors:
        raise errors[0]


def _see_to(wanted: Sequence[Wanted], run: Run, carrier: Carrier | None, ended: Callable[[int, Report], None]) -> None:
    """See to files, one after the other, as long as there are any."""
    from edexql.client.download.connection import Session

    with Session(run.manners.user_agent, carrier) as session:
        while (found := run.hosts.next()) is not None:
            host, place = found
            try:
                ended(place, fetched(wanted[place], host, session, run))
            finally:
                run.hosts.done(host)


def _look_after(run: Run, stop: threading.Event, crew: Crew) -> None:
    """Cut connections that are late, until all is done, or for a while after the end has come."""
    grace, settled = _GRACE, time.monotonic()
    while grace > 0 and not crew.done.wait(_LOOKS):
        if stop.is_set() and not run.halted.is_set():
            run.halt("stopped")
        if run.halted.is_set():
            grace -= _LOOKS
        else:
            crew.grow()
        run.look()
        if run.placed.is_set() and time.monotonic() - settled > _SETTLE:
            _settle(run)
            settled = time.monotonic()
    _settle(run)


def _settle(run: Run) -> None:
    # Once for many files: it takes as long for one as for all.
    if run.placed.is_set():
        run.placed.clear()
        with suppress(OSError):
            atomic.sync_folder(run.folder)


# On a fast line more threads than these only take turns at the interpreter.
_FIRST = 3
_MORE = 2
# The part of a processor that the process may have used since the last look for more threads to help.
_IDLE = 0.7
# Seconds after which one more is tried all the same: what uses the processor may have nothing to do with it.
_PATIENCE = 1.0


class Crew:
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
