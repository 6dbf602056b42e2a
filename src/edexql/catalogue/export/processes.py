"""Several processes that write the months of an export, each with the catalogue opened by itself.

Processes and not threads: the library of AACGM keeps one date for a whole process, so that months would mix their
dates, and a process ends at once. A process that is ended, or whose parent is, leaves at most a file without a name.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager

from edexql.base.errors import EdexqlError
from edexql.catalogue.export.jobs import write_job
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from typing import Any

    from edexql.catalogue.export.jobs import Job, Way
    from edexql.catalogue.export.manifest import Part

# Each takes up to 1 GB of memory.
_MOST = 4
# As many rows are written in some ten seconds; a process is ready after one or two.
_WORTH = 5_000_000
_ASKING = (signal.SIGINT, signal.SIGTERM)
_ENDED = (
    "a process of the export was ended, perhaps for lack of memory; export again to go on, --jobs 1 needs the least"
)


def usual(rows: int) -> int:
    """How many processes pay for so many rows on this machine."""
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return min(_MOST, processors, 1 + rows // _WORTH)


def written(way: Way, jobs: Iterable[Job], count: int) -> Generator[list[Part], None, None]:
    """Write jobs in `count` processes, and give the parts of each as it is done. Raises CatalogueError.

    The processes end with the iterator.
    """
    from multiprocessing import get_context
    from multiprocessing.connection import wait

    context, left = get_context("spawn"), iter(jobs)
    at_work: dict[Any, SpawnProcess] = {}
    try:
        for _, job in zip(range(count), left, strict=False):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, way), daemon=True)
            with _without_interrupts():
                process.start()
            at_work[ours] = process
            theirs.close()
            _send(ours, job)
        while at_work:
            for connection in wait(list(at_work)):
                yield _received(connection, at_work[connection])
                following = next(left, None)
                _send(connection, following)
                if following is None:
                    at_work.pop(connection).join()
    finally:
        for process in at_work.values():
            process.kill()
        for process in at_work.values():
            process.join()


def _send(connection: Any, job: Job | None) -> None:
    try:
        connection.send(job)
    except OSError as error:
        raise CatalogueError(_ENDED) from error


_ENDED = (
    "a process of the export was ended, perhaps for lack of memory; export again to go on, --jobs 1 needs the least"
)


def _received(connection: Any, process: SpawnProcess) -> list[Part]:
    try:
        answer = connection.recv()
    except (EOFError, OSError) as error:
        process.join()
        raise CatalogueError(_ENDED) from error
    if isinstance(answer, str):
        raise CatalogueError(answer)
    parts: list[Part] = answer
    return parts


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start a process that no Ctrl-C and no SIGTERM to all ends: who started it does that. None is lost meanwhile."""
    mask = getattr(signal, "pthread_sigmask", None)
    if mask is None:
        yield
        return
    before = mask(signal.SIG_BLOCK, _ASKING)
    try:
        yield
    finally:
        mask(signal.SIG_SETMASK, before)


def _work(connection: Connection[Any, Any], way: Way) -> None:
    """What each process does: jobs as they come, until there is none."""
    from threading import Thread

    for number in _ASKING:
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        source, place = way.opened()
        while (job := connection.recv()) is not None:
            connection.send(write_job(source, place, job))
    except EOFError:
        return
    except EdexqlError as error:
        connection.send(str(error))
    except Exception as error:  # noqa: BLE001  # who asked says it
        connection.send(f"a process of the export failed: {type(error).__name__}: {error}")


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
