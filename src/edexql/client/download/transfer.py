"""One file, from what is there already to its final name, over as many attempts as its budget allows."""

from __future__ import annotations

import os
import random
import time
from contextlib import suppress

from edexql.base import system
from edexql.base.files import disk
from edexql.base.text import printable
from edexql.client.credentials import public_url
from edexql.client.download import destination
from edexql.client.download.attempt import attempt
from edexql.client.download.destination import AlreadyThere, ExistingFile, UnverifiedFile, crc32_at, examine, finish
from edexql.client.download.model import Fault, Report
from edexql.client.download.part import JOURNAL_SUFFIX, PART_SUFFIX, open_part, read_journal
from edexql.client.download.run import Traffic
from edexql.formats.digests import strongest, sum_of
from edexql.formats.integrity import UNKNOWN, Stopped, check, has_check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.download.attempt import Framing
    from edexql.client.download.connection import Session
    from edexql.client.download.model import Checked, RemoteFile, Retry
    from edexql.client.download.part import Part
    from edexql.client.download.run import Run
    from edexql.client.settings.declarations import Network

# Bytes that are free again once the file that filled the disk is removed.
_ROOM = 2**20
# Seconds between two looks at a file that another process downloads.
_LOOKS = 0.2
# After these a later run cannot use the part.
_USELESS = {"size", "damaged", "unverified", "garbled", "in-the-way"}
# What an attempt must bring for the budget to be renewed: bytes, or this fraction of the file.
_PROGRESS = 2**20
_FRACTION = 100
_LONGEST_PAUSE = 60.0


def transfer(file: RemoteFile, host: str, session: Session, run: Run) -> Report:
    """Download one file. Errors of the network and the disk are not raised: they are in the report."""
    traffic = Traffic()
    path = system.extended(os.path.join(run.folder, file.name))
    full = False
    try:
        return _transferred(file, path, host, session, run, traffic)
    except Stopped:
        fault = run.fault()
    except Fault as error:
        fault = run.fault() if error.code == "stopped" else error
    except OSError as error:
        fault = destination.disk_fault(error, path)
        full = fault.code == "disk-full"
    if full and not run.halted.is_set():
        run.halt("disk-full")
        return Report(file.name, "failed", traffic.received, traffic.requests, fault.code, str(fault))
    state = "interrupted" if run.halted.is_set() and str(fault) == str(run.fault()) else "failed"
    return Report(file.name, state, traffic.received, traffic.requests, fault.code, str(fault))  # type: ignore[arg-type]


def _transferred(file: RemoteFile, path: str, host: str, session: Session, run: Run, traffic: Traffic) -> Report:
    run.check()
    there = _examined(path, file, run)
    if there.state == "right":
        _remove_leftovers(path)
        return _already_there(file, path, there, traffic, "sum")
    before = there.state
    part, other_urls = _locked_part(file, path, run)
    try:
        there = _examined(path, file, run)
        # What another process has downloaded meanwhile from the same address was checked by that process.
        is_brought = (before, there.state) == ("absent", "unknown") and other_urls == {public_url(file.url)}
        if there.state == "right" or is_brought:
            part.remove()
            return _already_there(file, path, there, traffic, None if is_brought else "sum")
        keep = run.existing == "keep"
        unverified = UnverifiedFile(path, there.size, keep) if there.state == "unknown" else None
        checked = _download(file, part, host, session, run, traffic, unverified)
        if unverified is not None and keep:
            return _compared(file, path, part, traffic)
        size, crc32 = part.length, part.crc32
        try:
            finish(part, path, run.existing)
            run.names_changed.set()
        except FileExistsError:
            return _compared(file, path, part, traffic)
        received, requests = traffic.received, traffic.requests
        return Report(file.name, "downloaded", received, requests, path=path, size=size, crc32=crc32, checked=checked)
    except AlreadyThere as same:
        part.remove()
        return _already_there(file, path, there, traffic, same.by)
    except (Fault, Stopped, OSError) as error:
        is_unbounded = not part.resumable and not (part.version and part.version.length is not None)
        _leave(part, useless=isinstance(error, Fault) and error.code in _USELESS)
        is_full = isinstance(error, OSError) and error.errno in disk.DISK_FULL
        if is_unbounded and is_full and _has_room(path):
            # It was this file that filled the disk.
            reason = f"the disk is full: the service did not send the length of {printable(path)}, and it did not fit"
            raise Fault("disk-full", reason) from error
        raise
    finally:
        part.close()


def _has_room(path: str) -> bool:
    free = disk.free_space(os.path.dirname(path))
    return free is None or free > _ROOM


def _examined(path: str, file: RemoteFile, run: Run) -> ExistingFile:
    """What is under the name already. Raises Fault where that is another file, which is to be kept."""
    there = examine(path, file, run.halted)
    if there.state == "unknown" and _is_renamed_part(path, file.url):
        return ExistingFile("right", "", there.size)
    if there.state == "wrong" and (run.existing == "keep" or os.path.isdir(path)):
        raise Fault("in-the-way", f"another file is at {printable(file.name)}: {there.reason}")
    return there


def _is_renamed_part(path: str, url: str) -> bool:
    """Whether the file was put there, from this address, by a run that was killed before it removed the part."""
    try:
        if not os.path.samestat(os.lstat(path), os.lstat(path + PART_SUFFIX)):
            return False
    except OSError:
        return False
    journal = read_journal(path + JOURNAL_SUFFIX)
    return journal is not None and journal[0].url == public_url(url)


def _already_there(
    file: RemoteFile, path: str, there: ExistingFile, traffic: Traffic, checked: Checked | None
) -> Report:
    received, requests = traffic.received, traffic.requests
    return Report(file.name, "already there", received, requests, path=path, size=there.size, checked=checked)


def _remove_leftovers(path: str) -> None:
    """Remove what a run left that was killed in its last step."""
    if os.path.lexists(path + PART_SUFFIX):
        with suppress(Fault, OSError):
            if part := open_part(path + PART_SUFFIX):
                part.remove()
                part.close()


def _locked_part(file: RemoteFile, path: str, run: Run) -> tuple[Part, set[str]]:
    """The unfinished file, once no other process has it, and the addresses from which others downloaded it.

    Raises Fault where another process has it and makes no progress.
    """
    waited, size = 0.0, -1
    urls: set[str] = set()
    while (part := open_part(path + PART_SUFFIX)) is None:
        if size < 0:
            run.watch.waiting(file.name, 0.0, "another process downloads it")
        if (journal := read_journal(path + JOURNAL_SUFFIX)) is not None:
            urls.add(journal[0].url)
        now = destination.size_at(path + PART_SUFFIX)
        waited, size = (0.0, now) if now != size else (waited + _LOOKS, size)
        if waited > run.network.seconds:
            raise Fault("in-use", "another process has begun to download the file, and makes no progress")
        run.wait(_LOOKS)
    return part, urls


def _leave(part: Part, *, useless: bool) -> None:
    """Leave behind what a later run can resume, and nothing else."""
    with suppress(OSError):
        if part.resumable and not useless:
            part.mark()
        else:
            part.remove()


def _compared(file: RemoteFile, path: str, part: Part, traffic: Traffic) -> Report:
    """What was downloaded, compared with what is under its name. Raises Fault where the two differ."""
    if destination.size_at(path) != part.length or crc32_at(path) != part.crc32:
        raise Fault("in-the-way", f"another file is at {printable(file.name)}: its content is not the service's")
    part.remove()
    return Report(
        file.name,
        "already there",
        traffic.received,
        traffic.requests,
        path=path,
        size=part.length,
        crc32=part.crc32,
        checked="sum",
    )


def _download(
    file: RemoteFile,
    part: Part,
    host: str,
    session: Session,
    run: Run,
    traffic: Traffic,
    unverified: UnverifiedFile | None,
) -> Checked:
    """Bring the complete file into the part, and check it.

    Raises Fault, and AlreadyThere where `unverified`, which is under the name, is the file.
    """
    part.resume(file.url)
    budget = Budget(run.network, part.length, run.first_pause)
    while True:
        try:
            is_complete = part.version and part.length and part.length == part.version.length
            framing: Framing = "length" if is_complete else "none"
            if not is_complete:
                with run.hosts.slot(host):
                    run.check()
                    framing = attempt(file, part, session, run, traffic, unverified)
            return _check(file, part, host, run, framing)
        except Fault as fault:
            if fault.retry == "no" or run.halted.is_set():
                raise
            _wait_for_retry(part, fault, file, host, run, budget, traffic)


def _wait_for_retry(
    part: Part, fault: Fault, file: RemoteFile, host: str, run: Run, budget: Budget, traffic: Traffic
) -> None:
    """Wait for the next attempt. Raises the fault of the last one where the budget has none left."""
    budget.record(part.length, part.version.length if part.version else None)
    if fault.retry == "restart":
        part.forget()
    else:
        part.mark()
    pause = budget.pause(fault.after)
    if pause is None:
        asks = "" if fault.after is None else f"; it asks to wait {fault.after:.0f} s"
        requests = "1 request" if traffic.requests == 1 else f"{traffic.requests} requests"
        raise Fault(fault.code, f"{fault}{asks}; gave up after {requests}")
    if fault.after:
        run.hosts.pause(host, fault.after)
    run.watch.waiting(file.name, pause, str(fault))
    run.wait(pause)


def _check(file: RemoteFile, part: Part, host: str, run: Run, framing: Framing) -> Checked:
    """Verify that the part is the file; what it was verified against. Raises Fault."""
    run.watch.checking(file.name)
    retry: Retry = "resume" if part.resumable else "restart"
    # What was put together from several responses may be damaged for that reason.
    retry_damaged: Retry = "restart" if part.joined else "no"
    if file.size is not None and not file.size.admits(part.length):
        reason = f"the file has {part.length} bytes, but the listing says {printable(file.size.text)}"
        raise Fault("size", reason) if framing == "length" else Fault("cut", reason, retry)
    if not part.length and file.size is None:
        raise Fault("size", "the service sent an empty file")
    kind = file.expected_kind
    verdict = UNKNOWN
    if has_check(kind):
        with open(os.dup(part.handle), "rb") as content:
            verdict = check(kind, content, part.length, run.halted)
    if verdict.wrong is not None:
        raise _damaged(verdict.wrong, framing, retry, retry_damaged)
    digest = strongest(part.version.digests if part.version else ())
    if digest is None and not verdict.content:
        digest = run.digest_beside(file, host)
    if digest is not None:
        with open(os.dup(part.handle), "rb") as content:
            value = sum_of(content, digest.algorithm, run.check)
        if value == digest.value:
            return "sum"
        reason = f"its {digest.algorithm} is not the one in {printable(digest.source)}"
        raise _damaged(reason, framing, retry, retry_damaged)
    if kind == "tar" and framing != "length" and not verdict.whole:
        raise Fault("unverified", "files may be missing: the tar has no end mark, and the service sent no length")
    if framing == "none" and not verdict.whole and not (file.size and file.size.exact):
        raise Fault("unverified", "neither the service nor the file's format shows whether it is complete")
    return "content" if verdict.content else "length"


def _damaged(reason: str, framing: Framing, retry: Retry, retry_damaged: Retry) -> Fault:
    """A file that is not as it should be; without framing it may be cut off."""
    if framing == "none":
        return Fault("cut", f"the connection ended before the file did: {reason}", retry)
    return Fault("damaged", f"the file is damaged: {reason}", retry_damaged)


class Budget:
    """The attempts and the time that are left for a file; what brings it forward renews both.

    `length` is how many bytes of it are here at the beginning; the first pause is drawn from 0 to
    `first_pause`, in seconds.
    """

    def __init__(self, network: Network, length: int, first_pause: float) -> None:
        self._network = network
        self._first_pause = first_pause
        self._furthest = length
        self._tries = 0
        self._since = time.monotonic()

    def record(self, length: int, size: int | None) -> None:
        """An attempt ended with so many bytes here. What was reached before and dropped is no progress."""
        enough = _PROGRESS if size is None else min(_PROGRESS, max(1, size // _FRACTION))
        if length - self._furthest >= enough:
            self._furthest = length
            self._tries = 0
            self._since = time.monotonic()
        self._tries += 1

    def pause(self, retry_after: float | None) -> float | None:
        """Seconds until the next attempt, `retry_after` at the least; None where the budget has none left."""
        network = self._network
        longest = min(_LONGEST_PAUSE, self._first_pause * 2 ** min(self._tries - 1, 16))
        # Drawn from the whole length, so that clients which failed together do not come back together.
        pause = random.uniform(0, longest)  # noqa: S311
        if retry_after is not None:
            pause += retry_after
        left = self._since + network.seconds - time.monotonic()
        return pause if self._tries < network.tries and pause <= left else None
