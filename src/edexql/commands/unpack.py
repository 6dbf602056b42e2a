"""`edexql unpack`."""

from __future__ import annotations

import json
import os
import sys
import threading

from edexql.base.text import printable
from edexql.base.units import size
from edexql.commands import downloads, environment
from edexql.commands.exits import FINE, INTERRUPTED, MISTAKES
from edexql.commands.options import add_config, add_folder, add_nested, add_output, add_replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any

    from edexql.client.settings.configuration import Configuration
    from edexql.client.unpack.model import Plan, PlannedFile, Unpacked, UnpackError

DESCRIPTION = """\
Unpack archives (zip, tar, tar.gz, tar.bz2, tar.xz). The plan is made and shown first. An archive is unpacked
completely or not at all, and replaces no file unless --replace is given. An archive that is damaged, or that would
write outside the folder, is refused, and the member at fault is named."""
EXAMPLE = 'cd "$(mktemp -d)" && echo 1 >a.txt && python -m zipfile -c a.zip a.txt && edexql unpack --plan a.zip'

# Members and refusals that are shown; the JSON has all of them.
_MOST_SHOWN = 40


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archives", metavar="ARCHIVE", nargs="+", help="a zip or tar, as it was delivered")
    add_folder(parser)
    parser.add_argument("--plan", action="store_true", help="show what would be written, and write nothing")
    add_replace(parser)
    add_nested(parser)
    add_output(parser)
    add_config(parser, "configuration, for paths.folder and the limits of unpacking")


def run(options: argparse.Namespace) -> int:
    configuration = environment.configured(options)
    folder = os.path.expanduser(options.to or configuration.paths.folder)
    stop = threading.Event()
    documents: list[dict[str, Any]] = []
    code = FINE
    with downloads.interruptible(stop):
        for path in options.archives:
            code = max(code, _one(path, folder, options, configuration, stop, documents))
            if stop.is_set():
                break
    if options.output == "json":
        sys.stdout.write(json.dumps(documents, indent=2) + "\n")
    if stop.is_set():
        return INTERRUPTED
    return code


def _one(
    path: str,
    folder: str,
    options: argparse.Namespace,
    configuration: Configuration,
    stop: threading.Event,
    documents: list[dict[str, Any]],
) -> int:
    """Look into one archive, show what would come, and unpack it. Returns the exit code."""
    from edexql.client.unpack.execution import unpack
    from edexql.client.unpack.model import Limits, UnpackError
    from edexql.client.unpack.plan import plan
    from edexql.client.unpack.verification import damaged
    from edexql.terminal import progress

    document: dict[str, Any] = {"archive": path}
    documents.append(document)
    show = _shown if options.output == "text" else _quiet
    try:
        unpack_plan = plan(
            path,
            folder,
            limits=Limits(configuration.unpacking),
            existing="replace" if options.replace else "refuse",
            nesting="unpack" if options.nested else "leave",
        )
        document |= _document(unpack_plan)
        show(_planned(unpack_plan))
        if unpack_plan.refused:
            show(_refused(unpack_plan))
            return MISTAKES
        if options.plan:
            return FINE
        with progress.unpacking(unpack_plan.size) as watch:
            done = unpack(unpack_plan, watch=watch, stop=stop)
            unsound = list(damaged(done, watch=watch, stop=stop, limits=unpack_plan.limits))
    except UnpackError as error:
        document["error"] = {"code": error.code, "reason": error.reason, "member": error.member}
        _report_error(path, error)
        return MISTAKES
    document["notes"] = [*document["notes"], *done.notes]
    document |= {"written": done.written, "replaced": done.replaced, "present": done.present}
    document["damaged"] = [{"path": place, "reason": reason} for place, reason in unsound]
    show(_unpacked(done))
    for place, reason in unsound[:_MOST_SHOWN]:
        _say(f"{place} is damaged, as it was packed: {reason}")
    return MISTAKES if unsound else FINE


def _shown(text: str) -> None:
    sys.stdout.write(text)
    # What is shown is the plan: it comes before its progress.
    sys.stdout.flush()


def _quiet(text: str) -> None:
    """Nothing is shown: the JSON at the end has it."""


def _report_error(path: str, error: UnpackError) -> None:
    _say(f"{path}: {error}; nothing of it was unpacked")


def _say(text: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(f"edexql: {printable(text)}\n")


def _planned(unpack_plan: Plan) -> str:
    files = list(unpack_plan.files)
    where = printable(os.path.abspath(unpack_plan.folder))
    what = f"{unpack_plan.kind}, {_count(len(files), 'file')}, {size(unpack_plan.size)} from {size(unpack_plan.packed)}"
    lines = [f"{printable(unpack_plan.archive)}: {what}, into {where}"]
    lines += [_member(member) for member in files[:_MOST_SHOWN]]
    if len(files) > _MOST_SHOWN:
        lines.append(f"  and {len(files) - _MOST_SHOWN} more")
    lines += [f"  {printable(one.name)}: read while it is unpacked" for one in unpack_plan.nested if not one.members]
    lines += [f"note: {printable(note)}" for note in unpack_plan.notes]
    return "\n".join(lines) + "\n"


def _member(member: PlannedFile) -> str:
    state = "" if member.state == "new" else f"  ({member.state})"
    return f"  {size(member.size):>10}  {printable(member.path)}{state}"


def _refused(unpack_plan: Plan) -> str:
    lines = [f"refused, nothing is unpacked: {_count(len(unpack_plan.refused), 'reason')}"]
    for one in unpack_plan.refused[:_MOST_SHOWN]:
        member = "" if one.member is None else f"{printable(one.member)[:120]}: "
        lines.append(f"  {member}{printable(one.reason)} [{one.code}]")
    if len(unpack_plan.refused) > _MOST_SHOWN:
        lines.append(f"  and {len(unpack_plan.refused) - _MOST_SHOWN} more")
    return "\n".join(lines) + "\n"


def _unpacked(done: Unpacked) -> str:
    parts = [f"{_count(len(done.written), 'file')} unpacked, {size(done.size)}"]
    parts += [
        f"{len(paths)} {what}" for paths, what in ((done.replaced, "replaced"), (done.present, "there before")) if paths
    ]
    return "".join(f"note: {printable(note)}\n" for note in done.notes) + "; ".join(parts) + "\n"


def _document(unpack_plan: Plan) -> dict[str, Any]:
    return {
        "kind": unpack_plan.kind,
        "folder": os.path.abspath(unpack_plan.folder),
        "bytes": unpack_plan.size,
        "packed_bytes": unpack_plan.packed,
        "files": _members(list(unpack_plan.files)),
        "folders": unpack_plan.folders,
        "nested": [one.name for one in unpack_plan.nested],
        "refused": [{"code": one.code, "reason": one.reason, "member": one.member} for one in unpack_plan.refused],
        "notes": unpack_plan.notes,
    }


def _members(files: Sequence[PlannedFile]) -> list[dict[str, Any]]:
    return [{"name": one.name, "path": one.path, "bytes": one.size, "state": one.state} for one in files]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
