"""One file, from what is there already to its final name, over as many attempts as its budget allows."""

from __future__ import annotations

import os
import random
import time
from contextlib import suppress

from edexql.base.text import printable
from edexql.client.credentials import without
from edexql.client.download import destination
from edexql.client.download.destination import Found, Same, Standing, crc32_at, look, place
from edexql.client.download.model import Fault, Report
from edexql.client.download.part import JOURNAL_SUFFIX, PART_SUFFIX, opened, read_journal
from edexql.client.download.run import Tally
from edexql.formats.digests import strongest, sum_of
from edexql.formats.integrity import Stopped, check
from edexql.formats.signatures import kind_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.download.attempt import Framed
    from edexql.client.download.connection import Session
    from edexql.client.download.model import Again, Checked, Manners, Wanted
    from edexql.client.download.part import Part
    from edexql.client.download.run import Run


# Bytes that are free again once the file that filled the disk is gone.
_ROOM = 2**20
# Seconds between two looks at a file that another process works on.
_LOOKS = 0.2
# What is here after these is of no use to a later run.
_USELESS = {"size", "damaged", "unverified", "garbled", "in-the-way"}


def fetched(wanted: Wanted, host: str, session: Session, run: Run) -> Report:
    """See to one file. Nothing that the network or the disk does is raised: it is in the report."""
    tally = Tally()
    path = os.path.join(run.folder, wanted.name)
    full = False
    try:
        return _fetched(wanted, path, host, session, run, tally)
    except Stopped:
        fault = run.fault()
    except Fault as error:
        fault = run.fault() if error.code == "stopped" else error
    except OSError as error:
        fault = destination.disk_fault(error, path)
        full = fault.code == "disk-full"
    if full and not run.halted.is_set():
        run.halt("disk-full")
        return Report(wanted.name, "failed", tally.moved, tally.tries, fault.code, str(fault))
    ended = run.halted.is_set() and str(fault) == str(run.fault())
    return Report(wanted.name, "interrupted" if ended else "failed", tally.moved, tally.tries, fault.code, str(fault))


def _fetched(wanted: Wanted, path: str, host: str, session: Session, run: Run, tally: Tally) -> Report:
    run.check()
    found = _looked(path, wanted, run)
    if found.what == "good":
        _tidy(path)
        return _there(wanted, path, found, tally, "sum")
    before = found.what
    part, claims = _held(wanted, path, run)
    try:
        found = _looked(path, wanted, run)
        # What another process has brought meanwhile from the same address was checked by that.
        brought = (before, found.what) == ("absent", "untold") and claims == {without(wanted.url)}
        if found.what == "good" or brought:
            part.drop()
            return _there(wanted, path, found, tally, None if brought else "sum")
        keep = run.existing == "keep"
        standing = Standing(path, found.size, keep) if found.what == "untold" else None
        checked = _bring(wanted, part, host, session, run, tally, standing)
        if standing is not None and keep:
            return _compared(wanted, path, part, tally)
        size, crc32 = part.have, part.crc32
        try:
            place(part, path, run.existing)
            run.placed.set()
        except FileExistsError:
            return _compared(wanted, path, part, tally)
        return Report(
            wanted.name, "downloaded", tally.moved, tally.tries, path=path, size=size, crc32=crc32, checked=checked
        )
    except Same as same:
        part.drop()
        return _there(wanted, path, found, tally, same.by)
    except (Fault, Stopped, OSError) as error:
        alone = not part.resumable and not (part.head and part.head.length is not None)
        _leave(part, useless=isinstance(error, Fault) and error.code in _USELESS)
        if alone and isinstance(error, OSError) and error.errno in destination.DISK_FULL and _has_room(path):
            # It was this file that filled the disk.
            raise Fault("disk-full", f"the file, of which nobody told the length, filled the disk: {path}") from error
        raise
    finally:
        part.release()


def _has_room(path: str) -> bool:
    free = destination.free_space(os.path.dirname(path))
    return free is None or free > _ROOM


def _looked(path: str, wanted: Wanted, run: Run) -> Found:
    """What is under the name already. Raises Fault where that is another file, which is to be kept."""
    found = look(path, wanted, run.halted)
    if found.what == "untold" and _placed(path, wanted.url):
        return Found("good", "", found.size)
    if found.what == "wrong" and (run.existing == "keep" or os.path.isdir(path)):
        name = printable(wanted.name)
        raise Fault("in-the-way", f"there is a {name}, and not the one that is wanted: {found.reason}")
    return found


def _placed(path: str, url: str) -> bool:
    """Whether the file was put there, from this address, by a run that was killed before it took the part away."""
    try:
        if not os.path.samestat(os.lstat(path), os.lstat(path + PART_SUFFIX)):
            return False
    except OSError:
        return False
    found = read_journal(path + JOURNAL_SUFFIX)
    return found is not None and found[0].url == without(url)


def _there(wanted: Wanted, path: str, found: Found, tally: Tally, checked: Checked | None) -> Report:
    return Report(wanted.name, "already there", tally.moved, tally.tries, path=path, size=found.size, checked=checked)


def _tidy(path: str) -> None:
    """Take away what a run left that was killed in its last step."""
    if os.path.lexists(path + PART_SUFFIX):
        with suppress(Fault, OSError):
            if part := opened(path + PART_SUFFIX):
                part.drop()
                part.release()


def _held(wanted: Wanted, path: str, run: Run) -> tuple[Part, set[str]]:
    """The unfinished file, as soon as no other process has it, and the addresses from which others downloaded it.

    Raises Fault where one has it, and does nothing.
    """
    waited, size = 0.0, -1
    claims: set[str] = set()
    while (part := opened(path + PART_SUFFIX)) is None:
        if size < 0:
            run.watch.waiting(wanted.name, 0.0, "another process downloads it")
        if (other := read_journal(path + JOURNAL_SUFFIX)) is not None:
            claims.add(other[0].url)
        now = _size(path + PART_SUFFIX)
        waited, size = (0.0, now) if now != size else (waited + _LOOKS, size)
        if waited > run.manners.seconds:
            raise Fault("in-use", "another process has begun to download the file, and does not get on with it")
        run.wait(_LOOKS)
    return part, claims


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _leave(part: Part, *, useless: bool) -> None:
    """Leave behind what a later run can go on with, and nothing else."""
    with suppress(OSError):
        if part.resumable and not useless:
            part.mark()
        else:
            part.drop()


def _compared(wanted: Wanted, path: str, part: Part, tally: Tally) -> Report:
    """What was brought, held against what is under its name. Raises Fault where the two differ."""
    if _size(path) != part.have or crc32_at(path) != part.crc32:
        raise Fault("in-the-way", f"there is a {printable(wanted.name)}, and not the one that the service has")
    part.drop()
    return Report(
        wanted.name,
        "already there",
        tally.moved,
        tally.tries,
        path=path,
        size=part.have,
        crc32=part.crc32,
        checked="sum",
    )


def _bring(
    wanted: Wanted, part: Part, host: str, session: Session, run: Run, tally: Tally, standing: Standing | None
) -> Checked:
    """Have the whole file in the part, checked. Raises Fault, and Same where what stands under the name is it."""
    from edexql.client.download.attempt import attempt

    part.take_up(wanted.url)
    budget = Budget(run.manners, part.have)
    while True:
        try:
            framed: Framed = "length" if part.head and part.have and part.have == part.head.length else "not"
            if framed == "not":
                with run.hosts.place(host):
                    run.check()
                    framed = attempt(wanted, part, session, run, tally, standing)
            return _check(wanted, part, host, run, framed)
        except Fault as fault:
            if fault.again == "no" or run.halted.is_set():
                raise
            _prepare(part, fault, wanted, host, run, budget, tally)


def _prepare(part: Part, fault: Fault, wanted: Wanted, host: str, run: Run, budget: Budget, tally: Tally) -> None:
    """Wait for the next try. Raises the fault of the last where there is none."""
    budget.reached(part.have, part.head.length if part.head else None)
    if fault.again == "afresh":
        part.forget()
    else:
        part.mark()
    pause = budget.pause(fault.after)
    if pause is None:
        asks = "" if fault.after is None else f"; it asks to be left alone for {fault.after:.0f} s"
        tries = "a request" if tally.tries == 1 else f"{tally.tries} requests"
        raise Fault(fault.code, f"{fault}{asks}; given up after {tries}")
    if fault.after:
        run.hosts.rest(host, fault.after)
    run.watch.waiting(wanted.name, pause, str(fault))
    run.wait(pause)


def _check(wanted: Wanted, part: Part, host: str, run: Run, framed: Framed) -> Checked:
    """See whether the part is the file, and say by what that is known. Raises Fault."""
    run.watch.checking(wanted.name)
    again: Again = "resume" if part.resumable else "afresh"
    if wanted.size is not None and not wanted.size.admits(part.have):
        what = f"the file has {part.have} bytes, and {printable(wanted.size.text)} are listed"
        raise Fault("size", what) if framed == "length" else Fault("cut", what, again)
    if not part.have and wanted.size is None:
        raise Fault("size", "the service sent an empty file")
    kind = kind_of_name(wanted.name, wanted.kind)
    with open(os.dup(part.handle), "rb") as file:
        verdict = check(kind, file, part.have, run.halted)
        if verdict.wrong is not None:
            if framed == "not":
                raise Fault("cut", f"the connection ended before the file did: {verdict.wrong}", again)
            # What was put together from several answers may be so for that reason.
            raise Fault("damaged", f"the file is damaged: {verdict.wrong}", "afresh" if part.joined else "no")
        digest = strongest(part.head.digests if part.head else ())
        if digest is None and not verdict.content:
            digest = run.digest_beside(wanted, host)
        if digest is not None:
            if sum_of(file, digest.algorithm, run.check) == digest.value:
                return "sum"
            what = f"its {digest.algorithm} is not the one of {printable(digest.source)}"
            if framed == "not":
                raise Fault("cut", f"the connection ended before the file did: {what}", again)
            raise Fault("damaged", f"the file is damaged: {what}", "afresh" if part.joined else "no")
    if kind == "tar" and framed != "length" and not verdict.whole:
        raise Fault("unverified", "it may lack files: neither an end mark in the tar nor a length tells where it ends")
    if framed == "not" and not verdict.whole and not (wanted.size and wanted.size.exact):
        raise Fault("unverified", "neither the service nor the file tells whether it is whole")
    return "content" if verdict.content else "length"


# What a try must bring for the budget to be renewed: bytes, or this part of the file.
_PROGRESS = 2**20
_PART = 100
_LONGEST_PAUSE = 60.0


class Budget:
    """What is left of the tries and the time of a file, of which `have` bytes are here at the beginning."""

    def __init__(self, manners: Manners, have: int) -> None:
        self._manners = manners
        self._furthest = have
        self._tries = 0
        self._since = time.monotonic()

    def reached(self, have: int, size: int | None) -> None:
        """A try ended with so many bytes in hand. What was reached before and dropped is no progress."""
        enough = _PROGRESS if size is None else min(_PROGRESS, max(1, size // _PART))
        if have - self._furthest >= enough:
            self._furthest = have
            self._tries = 0
            self._since = time.monotonic()
        self._tries += 1

    def pause(self, asked: float | None) -> float | None:
        """Seconds until the next try, `asked` at the least; None where the budget has none left."""
        manners = self._manners
        longest = min(_LONGEST_PAUSE, manners.pause * 2 ** min(self._tries - 1, 16))
        # Drawn from the whole length, so that clients which failed together do not come back together.
        pause = random.uniform(0, longest)  # noqa: S311
        if asked is not None:
            pause += asked
        left = self._since + manners.seconds - time.monotonic()
        return pause if self._tries < manners.tries and pause <= left else None
