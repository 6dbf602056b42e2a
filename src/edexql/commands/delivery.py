"""The way of a delivery from its link to its files: downloaded, verified, unpacked, each step noted in the ledger."""

from __future__ import annotations

import os
import sys
import threading

from edexql.base.record import Record
from edexql.base.text import printable, shown
from edexql.client.delivery import ledger
from edexql.commands import environment
from edexql.commands.exits import FINE, INTERRUPTED, MISTAKES, SERVICE, say
from edexql.terminal.progress import Bar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Literal

    from edexql.client.delivery.ledger import Entry, State
    from edexql.client.download.model import RemoteFile, Report
    from edexql.client.settings.configuration import Configuration
    from edexql.client.unpack.model import Plan, Unpacked

    Whole = Literal["yes", "no", "unknown"]

ASKED, RECEIVED, DOWNLOADED, VERIFIED, UNPACKED = ledger.STATES
# Names that a message shows.
MOST_NAMES = 20
# Codes of faults of the service, not of the disk or the file.
_OF_THE_SERVICE = frozenset(
    (
        *("address", "redirect", "certificate", "unreachable", "silent", "slow", "cut", "garbled", "busy"),
        *("missing", "refused", "page", "encoded", "proxy"),
    )
)
# Codes of faults that another link may mend.
_OF_THE_LINK = frozenset(("missing", "refused", "page", "redirect", "address"))
# What a fresh download may help against.
_DAMAGED = frozenset(("cut-off", "damaged", "contradictory", "not-an-archive"))


class Delivered(Record):
    """How far a request has come: its entry, the zip, what is in it, what of it is missing, and what was unpacked."""

    entry: Entry
    path: str | None
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    unpacked: Unpacked | None = None


def name_of(entry: Entry) -> str:
    """The name of the zip of a request: of our own making, and another one for another link."""
    from hashlib import sha256

    return f"edexql-request-{entry.number}-{sha256((entry.link or '').encode()).hexdigest()[:8]}.zip"


def noted(entry: Entry) -> str | None:
    """Where the zip of a request was downloaded to, None where it was not."""
    places = [step.note for step in entry.steps if step.state == DOWNLOADED and step.note]
    # That of an earlier link is not the one of this.
    return places[-1] if places and os.path.basename(places[-1]) == name_of(entry) else None


def wrong_in(entry: Entry) -> str:
    """What was wrong with the files of a request when they were last looked for; empty where all was well."""
    return next((step.note for step in reversed(entry.steps) if step.state == VERIFIED), "")


def fetch_zip(
    entry: Entry, link: str, folder: str, options: argparse.Namespace, configuration: Configuration
) -> tuple[int, Entry]:
    """Have the zip of a request on the disk and whole. Returns an exit code, and the entry as it is then.

    `link` is that of the entry, and may have the name and password in it that are not kept.
    """
    from edexql.commands import downloads

    before = noted(entry)
    if before is not None and entry.state in (DOWNLOADED, VERIFIED, UNPACKED):
        whole, reason = _whole(_wanted(entry, link), before)
        if whole != "no":
            # What is unknown now is known when it is unpacked.
            return FINE, entry
        say(f"{before}: {reason}: it is downloaded again")
        entry = ledger.set_back(environment.ledger(), entry.number, RECEIVED, reason)
    path = os.path.join(os.path.abspath(folder), name_of(entry))
    # What is in the way was put there by an earlier run, and is damaged.
    existing: Literal["keep", "replace"] = "replace" if path == before else "keep"
    (report,) = downloads.transfer([_wanted(entry, link)], folder, options, configuration, existing)
    if report.state not in ("downloaded", "already there"):
        return _failed(report, entry), entry
    return FINE, _reached(entry, DOWNLOADED, path)


def verified(
    entry: Entry, path: str, options: argparse.Namespace, configuration: Configuration
) -> tuple[int, Delivered]:
    """Look into the zip of a request for the files that were asked for. Raises UnpackError."""
    from edexql.model.answer import listed

    plan = planned(path, os.path.dirname(path), options, configuration)
    names = [member.name for member in plan.members] + [nested.name for nested in plan.nested]
    names += [refusal.member for refusal in plan.refused if refusal.member is not None]
    inside = {name.rpartition("/")[2] for name in names}
    requested = [listed(text).name for text in entry.files]
    missing = tuple(name for name in requested if name not in inside)
    other_size = _other_sizes(plan, entry)
    extra = tuple(sorted(inside.difference(requested)))
    if requested and len(missing) == len(requested):
        say(
            f"none of the {len(requested)} files of request {entry.number} are in {path}, and nothing was unpacked:"
            " is it the link of another request?"
        )
        if entry.state != ASKED:
            entry = ledger.set_back(
                environment.ledger(), entry.number, ASKED, "none of the files were in the zip of its link"
            )
        return MISTAKES, Delivered(entry, path, missing, extra)
    if missing:
        say(f"{len(missing)} of the {len(requested)} requested files are missing from the zip: {_names(missing)}")
    if extra:
        say(f"the zip has {_count(extra)} more than requested: {_names(extra)}")
    if other_size:
        say(f"the zip has {_count(other_size)} of another size than listed: {_names(other_size)}")
    counts = ((missing, "missing"), (other_size, "of another size"), (extra, "more"))
    note = ", ".join(f"{len(names)} {what}" for names, what in counts if names)
    entry = _reached(entry, VERIFIED, note)
    return MISTAKES if missing or other_size else FINE, Delivered(entry, path, missing, extra)


def _other_sizes(plan: Plan, entry: Entry) -> tuple[str, ...]:
    """The files in a zip that do not have the size that was listed, each with both."""
    from edexql.base.units import read_size
    from edexql.model.answer import listed

    sizes: dict[str, list[int]] = {}
    for name, count in [(one.name, one.size) for one in plan.members] + [(n.name, n.member.size) for n in plan.nested]:
        sizes.setdefault(name.rpartition("/")[2], []).append(count)
    differences = []
    for file in map(listed, entry.files):
        listed_size = read_size(file.size_text) if file.size_text else None
        there = sizes.get(file.name)
        if listed_size is not None and there and not any(map(listed_size.admits, there)):
            differences.append(f"{file.name} ({listed_size.text} listed, {there[0]} bytes in the zip)")
    return tuple(differences)


def unpacked(
    delivered: Delivered, folder: str, options: argparse.Namespace, configuration: Configuration
) -> tuple[int, Delivered]:
    """Unpack the zip of a request into a folder, all of it or nothing. Raises UnpackError."""
    from edexql.client.unpack import verification
    from edexql.client.unpack.execution import unpack
    from edexql.commands.downloads import interruptible

    assert delivered.path is not None
    plan = planned(delivered.path, folder, options, configuration)
    for refusal in plan.refused[:MOST_NAMES]:
        say(f"{shown(refusal.member, 120)}: {refusal.reason}" if refusal.member is not None else refusal.reason)
    if plan.refused:
        say(f"nothing was unpacked; the zip is at {delivered.path}")
        return MISTAKES, delivered
    stop = threading.Event()
    with interruptible(stop), Bar("bytes", quiet=options.quiet) as bar:
        done = unpack(plan, watch=_Quiet(bar), stop=stop)
        damaged = _damaged(done, stop)
        zips = verification.damaged(done, watch=_Quiet(bar), stop=stop, limits=plan.limits)
        damaged += [(place, reason) for place, reason in zips if place not in dict(damaged)]
    for note in (*plan.notes, *done.notes):
        say(note)
    for path, reason in damaged[:MOST_NAMES]:
        say(f"{path} is damaged, as the service packed it: {reason}")
    if damaged:
        # It stays where it is, so that the next call does not say that all is well.
        say(f"{len(damaged)} of the files are damaged: request them again, or download them from the archive")
        return MISTAKES, Delivered(delivered.entry, delivered.path, delivered.missing, delivered.extra, done)
    entry = _reached(delivered.entry, UNPACKED, os.path.abspath(folder))
    return FINE, Delivered(entry, delivered.path, delivered.missing, delivered.extra, done)


def _damaged(done: Unpacked, stop: threading.Event) -> list[tuple[str, str]]:
    """The unpacked files that are not what their names promise, by their own format, and why."""
    from edexql.client.download.destination import examine
    from edexql.client.download.model import RemoteFile
    from edexql.client.unpack.model import UnpackError
    from edexql.formats.integrity import Stopped

    damage = []
    for name in (*done.written, *done.replaced, *done.present):
        path = os.path.join(done.folder, name)
        try:
            seen = examine(path, RemoteFile("", os.path.basename(name)), stop)
        except Stopped:
            raise UnpackError("interrupted", "stopped while the files were verified") from None
        except OSError as error:
            damage.append((path, error.strerror or type(error).__name__))
            continue
        if seen.state != "unknown":
            damage.append((path, seen.reason or "the file is missing"))
    return damage


def planned(path: str, folder: str, options: argparse.Namespace, configuration: Configuration) -> Plan:
    """What unpacking would do. Raises UnpackError."""
    from edexql.client.unpack.model import Limits
    from edexql.client.unpack.plan import plan

    return plan(
        path,
        folder,
        limits=Limits(configuration.unpacking),
        existing="replace" if options.replace else "refuse",
        nesting="unpack" if options.nested else "leave",
    )


def refused(error: Exception, entry: Entry) -> int:
    """Tell why a zip could not be looked into or unpacked; of a damaged one a link is all that is left."""
    from edexql.client.unpack.model import UnpackError

    assert isinstance(error, UnpackError)
    say(str(error))
    if error.code == "interrupted":
        return INTERRUPTED
    if error.code in _DAMAGED and ledger.STATES.index(entry.state) > ledger.STATES.index(RECEIVED):
        ledger.set_back(environment.ledger(), entry.number, RECEIVED, str(error))
        say(f"the zip is damaged: `edexql continue {entry.number}` downloads it again")
    return MISTAKES


class _Quiet:
    """Bytes alone: the bar has one unit."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar

    def file(self, path: str) -> None:
        """A member is being unpacked."""

    def count(self, done: int, total: int) -> None:
        """So many bytes of so many are unpacked."""
        self._bar.count(done, total)


def _wanted(entry: Entry, link: str) -> RemoteFile:
    from edexql.client.download.model import RemoteFile

    return RemoteFile(link, name_of(entry), kind="zip")


def _whole(wanted: RemoteFile, path: str) -> tuple[Whole, str]:
    """Whether the zip at a path is whole, by the sums in it, and what is wrong with it."""
    from edexql.client.download.destination import examine

    try:
        verdict = examine(path, wanted, threading.Event())
    except OSError as error:
        return "no", error.strerror or type(error).__name__
    if verdict.state == "absent":
        return "no", "the file is missing"
    if verdict.state == "wrong":
        return "no", verdict.reason
    return ("yes" if verdict.state == "right" else "unknown"), ""


def _failed(report: Report, entry: Entry) -> int:
    say(f"request {entry.number}: {report.reason}")
    if report.state == "interrupted":
        sys.stderr.write(f"`edexql continue {entry.number}` resumes where it stopped\n")
        return INTERRUPTED
    if report.code in _OF_THE_LINK:
        if entry.state == RECEIVED:
            ledger.set_back(environment.ledger(), entry.number, ASKED, report.reason)
        sys.stderr.write(
            f"the link may have expired, or belong to another request: `edexql continue {entry.number} LINK` takes the"
            " right one, and `edexql request` requests the files again\n"
        )
    return SERVICE if report.code in _OF_THE_SERVICE else MISTAKES


def _reached(entry: Entry, state: State, note: str) -> Entry:
    """Note that a request has come as far as that, if it had not."""
    if ledger.STATES.index(entry.state) >= ledger.STATES.index(state):
        return entry
    return ledger.advance(environment.ledger(), entry.number, state, note)


def _count(names: Sequence[object]) -> str:
    return f"{len(names)} file{'s' * (len(names) != 1)}"


def _names(names: tuple[str, ...]) -> str:
    rest = len(names) - MOST_NAMES
    return ", ".join(printable(name) for name in names[:MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")
