"""Downloads of commands: recorded in the folder, with progress, stopped by Ctrl-C, reported at the end."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from shlex import quote

from edexql.base.files import disk
from edexql.base.table import table_lines
from edexql.base.text import printable
from edexql.base.units import size
from edexql.client import manifest
from edexql.client.credentials import public_url
from edexql.client.manifest import ManifestError
from edexql.commands import environment
from edexql.commands.exits import FINE, INTERRUPTED, MISTAKES, UsageError, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from requests.adapters import BaseAdapter

    from edexql.client.download.model import Existing, RemoteFile, Report
    from edexql.client.settings.configuration import Configuration

# Seconds after which what has come is noted, for a run that is killed.
_NOTES = 5.0
# What another try cannot help, since it was not asked for.
_NOT_NOTED = ("name", "address")


def done(
    wanted: Sequence[RemoteFile],
    folder: str,
    options: argparse.Namespace,
    configuration: Configuration,
    lost: Sequence[Report] = (),
) -> int:
    """Download files into a folder, or show what that would be, and report each. Returns the exit code.

    `lost` are files that are known to be unavailable.
    """
    known = known_in(folder)
    wanted = manifest.with_sums(wanted, known)
    if options.dry_run:
        sys.stdout.write(_expected(wanted, folder, options.output))
        for report in lost:
            say(f"{report.name}: {report.reason}")
        return MISTAKES if lost else FINE
    fetched = (
        transfer(wanted, folder, options, configuration, "replace" if options.replace else "keep") if wanted else ()
    )
    reports = (*map(_with_way_out, fetched, wanted), *lost)
    sys.stdout.write(_as_json(reports) if options.output == "json" else _table(reports))
    return _write_totals(reports, folder)


def transfer(
    wanted: Sequence[RemoteFile],
    folder: str,
    options: argparse.Namespace,
    configuration: Configuration,
    existing: Existing = "keep",
) -> tuple[Report, ...]:
    """Download files, with a note of each in the folder, bars on a terminal, and a first Ctrl-C that stops in order."""
    from edexql.client.download.batch import download
    from edexql.terminal import progress

    # A command does without; what runs for hours does not.
    gc.enable()
    stop = threading.Event()
    expected = sum(one.size.most for one in wanted if one.size)
    with (
        _noted(wanted, folder) as note,
        interruptible(stop),
        progress.downloads(expected, len(wanted), note) as watch,
    ):
        return download(
            wanted,
            folder,
            network=configuration.network,
            watch=watch,
            stop=stop,
            existing=existing,
            carrier=carrier_of(options),
        )


def carrier_of(options: argparse.Namespace) -> Callable[[BaseAdapter], BaseAdapter] | None:
    """What --record and --replay put in place of the network; None where that is asked itself."""
    if getattr(options, "replay", None):
        from requests.adapters import HTTPAdapter

        # One for all sessions, because each exchange is answered once.
        replaying = environment.carrier(options, HTTPAdapter())
        return lambda _: replaying
    if getattr(options, "record", None):
        return lambda network: environment.carrier(options, network)
    return None


def known_in(folder: str) -> tuple[manifest.Entry, ...]:
    """What was recorded in a folder before; what cannot be read is reported, and skipped."""
    try:
        return manifest.read(folder)
    except ManifestError as error:
        say(str(error))
        return ()


@contextmanager
def interruptible(stop: threading.Event) -> Iterator[None]:
    """Have the first Ctrl-C set `stop` and say so; the next one interrupts as it always does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        # Not by print: the handler may come while something is being printed.
        with suppress(OSError, ValueError, AttributeError):
            os.write(sys.stderr.fileno(), b"\nedexql: stopping; press Ctrl-C again to end at once\n")

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _noted(wanted: Sequence[RemoteFile], folder: str) -> Iterator[Callable[[Report], None]]:
    """A listener to reports that keeps the manifest of a folder. Where that cannot be kept it says so, once."""
    # A name that is asked for twice is reported twice; the note is of the file that is fetched.
    entries = {entry.name: entry for entry in reversed(manifest.entries_of(wanted))}
    new = dict(entries)
    kept, last = True, time.monotonic()

    def keep() -> None:
        nonlocal kept, last
        try:
            if kept and new:
                manifest.note(folder, new.values())
        except ManifestError as error:
            say(str(error))
            kept = False
        new.clear()
        last = time.monotonic()

    def note(report: Report) -> None:
        if report.name in entries and report.code not in _NOT_NOTED:
            entries[report.name] = new[report.name] = manifest.finished(entries[report.name], report)
        if time.monotonic() - last > _NOTES:
            keep()

    keep()
    try:
        yield note
    finally:
        keep()


def _with_way_out(report: Report, one: RemoteFile) -> Report:
    """A report that says, of a folder that was not packed, what to do about it."""
    from edexql.client.download.model import Report

    if one.form is None or report.code not in ("missing", "refused", "page", "redirect", "unverified"):
        return report
    way = "`edexql browse` lists its files, one by one"
    why = way if report.code == "unverified" else f"the archive may not pack this folder: {way}"
    reason = f"{report.reason}; {why}"
    return Report(report.name, report.state, report.moved, report.tries, report.code, reason)


def _expected(wanted: Sequence[RemoteFile], folder: str, output: str) -> str:
    """What would be asked for, and whether there is room for it."""
    from edexql.client.download import destination

    free, needed = disk.free_space(folder), destination.space_needed(wanted, folder)
    if output == "json":
        files = [
            {
                "name": one.name,
                "url": public_url(one.url),
                "most_bytes": one.size.most if one.size else None,
                "path": os.path.join(folder, one.name),
            }
            for one in wanted
        ]
        document = {"folder": os.path.abspath(folder), "free_bytes": free, "needed_bytes": needed, "files": files}
        return json.dumps(document, indent=2) + "\n"
    rows = [
        (printable(one.name), printable(one.size.text) if one.size else "?", printable(public_url(one.url)))
        for one in wanted
    ]
    unknown = sum(one.size is None for one in wanted)
    parts = [f"{_count(wanted)} into {printable(os.path.abspath(folder))}"]
    if unknown < len(wanted):
        parts.append(f"up to {size(needed)} to come")
    if unknown:
        parts.append(f"{unknown} of unknown size")
    if free is not None:
        parts.append(f"{size(free)} free" + (": NOT ENOUGH" if needed > free else ""))
    return _columns(rows) + "; ".join(parts) + "\n"


def _as_json(reports: Sequence[Report]) -> str:
    fields = ("name", "state", "moved", "tries", "code", "reason", "path", "size", "crc32", "checked")
    return json.dumps([{name: getattr(report, name) for name in fields} for report in reports], indent=2) + "\n"


def _table(reports: Sequence[Report]) -> str:
    rows = [
        (
            printable(report.name),
            report.state,
            size(report.moved if report.size is None else report.size),
            f"{report.tries} tr{'y' if report.tries == 1 else 'ies'}",
            report.reason,
        )
        for report in reports
    ]
    return _columns(rows)


def _columns(rows: Sequence[Sequence[Any]]) -> str:
    return "".join(f"{line}\n" for line in table_lines(rows))


def _write_totals(reports: Sequence[Report], folder: str) -> int:
    """The totals on standard error, with the way on where there is one. Returns the exit code."""
    there = [report for report in reports if report.state in manifest.THERE]
    left = len(reports) - len(there)
    moved = sum(report.moved for report in reports)
    sys.stdout.flush()
    sys.stderr.write(f"{len(there)} of {_count(reports)} complete; {size(moved)} downloaded\n")
    unsure = sum(report.checked == "length" for report in reports)
    if unsure:
        sys.stderr.write(f"{_count(reports[:unsure])} verified by length alone: no digest or checksum is known\n")
    if not left:
        return FINE
    other = sum(report.code == "in-the-way" for report in reports)
    if other:
        sys.stderr.write(
            f"{_count(reports[:other])} not written, because another file has the name: --replace replaces it\n"
        )
    if left > other:
        way = f"`edexql retry {printable(quote(folder))}`" if _is_noted(reports, folder) else "the same command"
        sys.stderr.write(f"{left - other} not complete: {way} resumes the rest\n")
    return INTERRUPTED if any(report.code == "stopped" for report in reports) else MISTAKES


def _is_noted(reports: Sequence[Report], folder: str) -> bool:
    """Whether the note of a folder, which a full disk may have kept from being written, has all that is not there."""
    try:
        noted = {entry.name for entry in manifest.read(folder)}
    except ManifestError:
        return False
    left = (report for report in reports if report.state not in manifest.THERE and report.code not in _NOT_NOTED)
    return all(report.name in noted for report in left)


def _count(files: Sequence[object]) -> str:
    return f"{len(files)} file{'s' * (len(files) != 1)}"


def checked_folder(folder: str) -> str:
    """A folder to download into, which need not be there. Raises UsageError where something else is."""
    path = os.path.expanduser(folder)
    if os.path.lexists(path) and not os.path.isdir(path):
        raise UsageError(f"{folder} is not a folder: give another with --to")
    return path
