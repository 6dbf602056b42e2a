"""`edexql download`."""

from __future__ import annotations

import re
import sys
import threading

from edexql.base.text import printable
from edexql.commands import client, downloads
from edexql.commands.exits import INTERRUPTED, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from typing import Any

    from edexql.client.download.model import RemoteFile, Report
    from edexql.client.selection.file import Selection
    from edexql.client.settings.configuration import Configuration
    from edexql.model.answer import File

DESCRIPTION = """\
Download files: from links, from the archive's dated tree, where their names tell the place, or those ticked in
a selection. A file is under its name when it is whole and checked, and not before; what is cut or interrupted
is gone on with by `edexql retry`. In the REPL, without anything named, the ticked files of the current query."""
EXAMPLE = "edexql download --dry-run FAI_lv1_h5_20190501_150534_151306_6.0.0.zip"

_NOTHING = "nothing to download: name links, files or a selection (.edqs), or - for names on standard input"
_IN_TREE = re.compile(r"/*\d{4}/\d\d/\d\d/.+", re.ASCII)
_DIRECT_NAME = "edex-download.zip"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", metavar="WHAT", nargs="*", help="a link, a file's name, a selection (.edqs), or - for standard input"
    )
    parser.add_argument("--to", metavar="FOLDER", help="where the files go (default: paths.folder)")
    parser.add_argument(
        "--from",
        dest="origin",
        choices=("archive", "direct", "link"),
        help="the archive's tree, eDEx's own download, or links alone (default: links, and names in the archive)",
    )
    parser.add_argument(
        "--folder-tar",
        metavar="PATH",
        action="append",
        default=[],
        help="a whole folder of the archive as one tar, such as 2019/05/01/FAI",
    )
    parser.add_argument("--name", metavar="NAME", help="the name that the file of a single link gets")
    downloads.add_downloading(parser)
    client.add_network(parser)


def run(options: argparse.Namespace) -> int:
    configuration = client.configured(options, network__total=options.parallel)
    folder = downloads.checked_folder(options.to or configuration.paths.folder)
    if options.origin == "direct":
        return _directly(options, configuration, folder)
    wanted, lost = _wanted(options, configuration)
    if not wanted and not lost:
        raise UsageError(_NOTHING if not options.what else "there are no files to download: nothing is ticked or named")
    return downloads.done(wanted, folder, options, configuration, lost)


def _wanted(options: argparse.Namespace, configuration: Configuration) -> tuple[list[RemoteFile], list[Report]]:
    """The files that are named, in their order, and those of which it cannot be told where they are."""
    from edexql.client.archive.downloads import tar_of
    from edexql.client.archive.locations import path_of

    base = configuration.archive.address
    found = [tar_of(path_of(path, base), base).wanted() for path in options.folder_tar]
    lost: list[Report] = []
    named = _named(options)
    links = [text for text in named if isinstance(text, str) and _is_link(text)]
    if options.name is not None and (len(links) != 1 or len(named) != 1 or found):
        raise UsageError("--name goes with a single link")
    for one in named:
        if isinstance(one, str) and _is_link(one):
            if options.origin == "archive":
                raise UsageError(f"{one} is a link: leave --from archive out")
            found.append(_of_link(one, options.name))
        elif options.origin == "link":
            raise UsageError(f"{one if isinstance(one, str) else one.name} is no link: leave --from link out")
        else:
            _locate(one, base, found, lost)
    return found, lost


def _named(options: argparse.Namespace) -> list[str | File]:
    """What the words stand for: links, paths and files of listings."""
    if not options.what and options.prompt is not None and not options.folder_tar:
        return list(options.prompt.ticked())
    found: list[str | File] = []
    for word in options.what:
        if word == "-":
            found += map(_as_named, _lines())
        elif word.lower().endswith(".edqs") and not _is_link(word):
            found += _selection(word).ticked
        elif word.lower().endswith(".edq"):
            raise UsageError(
                f"{word} is a query: `edexql select` makes a selection of its files, and that can be downloaded"
            )
        else:
            found.append(_as_named(word))
    return found


def _as_named(text: str) -> str | File:
    from edexql.model.answer import listed

    return text if _is_link(text) or _IN_TREE.fullmatch(text) else listed(text)


def _lines() -> Iterable[str]:
    if sys.stdin is None:
        raise UsageError("cannot read standard input: it is closed")
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    return (line.strip() for line in text.split("\n") if line.strip())


def _selection(path: str) -> Selection:
    from edexql.client.selection.file import load

    return load(path)


def _is_link(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _of_link(link: str, name: str | None) -> RemoteFile:
    from edexql.client.download.model import RemoteFile

    name = name or _name_in(link)
    if name is None:
        raise UsageError(f"{link} does not end in the name of a file: give one with --name")
    return RemoteFile(link, name)


def _name_in(link: str) -> str | None:
    """The name at the end of a link's path; None where there is none that a file can have."""
    from urllib.parse import unquote, urlsplit

    from edexql.client.download.destination import name_problem

    try:
        name = unquote(urlsplit(link).path.rpartition("/")[2])
    except ValueError:
        return None
    return None if name_problem(name) else name


def _locate(one: str | File, base: str, found: list[RemoteFile], lost: list[Report]) -> None:
    """Put a file of the archive to those found, or to those of which it cannot be told where they are."""
    from edexql.base.names import quoted
    from edexql.client.archive import locations
    from edexql.client.download.model import RemoteFile, Report

    if isinstance(one, str):
        path, _, name = one.rpartition("/")
        found.append(RemoteFile(locations.address(path, base) + quoted(name), name))
        return
    (place,) = locations.located([one.name], base)
    if isinstance(place, locations.Located):
        found.append(RemoteFile(place.url, place.name, one.size_range))
    else:
        reason = f"it cannot be told where in the archive it is: {place.reason}"
        lost.append(Report(place.name, "failed", code="name", reason=printable(reason)))


def _directly(options: argparse.Namespace, configuration: Configuration, folder: str) -> int:
    """Have the service pack the files of a selection into one, and download that."""
    from edexql.client.delivery import direct
    from edexql.client.download.model import RemoteFile

    where = direct.places(configuration)
    if where is None:
        raise UsageError(direct.UNKNOWN)
    if options.dry_run or options.folder_tar:
        raise UsageError("--dry-run and --folder-tar do not go with --from direct")
    parameters, files = _asked_for(options)
    stop = threading.Event()
    with downloads.interruptible(stop), client.session(options, configuration) as session:
        link = direct.packed(parameters, files, where, session, stop=stop, told=_Telling())
    if link is None:
        sys.stderr.write("the service was packing the files still: the download has to be started anew\n")
        return INTERRUPTED
    # The link is the service's word, and names no host to which passwords may go.
    found = RemoteFile(link, options.name or _name_in(link) or _DIRECT_NAME, service=where.start)
    return downloads.done([found], folder, options, configuration)


def _asked_for(options: argparse.Namespace) -> tuple[dict[str, Any], Sequence[str]]:
    """The parameters of a listing, and the strings of those of its files that are wanted."""
    import json

    if not options.what and options.prompt is not None:
        from edexql.compiler.request import request

        asked: dict[str, Any] = request(options.prompt.query, options.prompt.setting()).parameters
        files = [f"{file.name}   {file.size_text}".rstrip() for file in options.prompt.ticked()]
    elif len(options.what) == 1 and options.what[0].lower().endswith(".edqs"):
        selection = _selection(options.what[0])
        asked, files = json.loads(selection.wire), [file.text for file in selection.ticked]
    else:
        raise UsageError("--from direct takes one selection (.edqs), because the service is asked with its query")
    if not files:
        raise UsageError("there are no files to download: nothing is ticked")
    return asked, files


class _Telling:
    """Tells on a terminal how far the service is, when that has changed."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, progress: Any) -> None:
        percent = "" if progress.percent is None else f"{progress.percent:.0f} %"
        words = ", ".join(filter(None, (percent, progress.words))) or "the service packs the files"
        if words != self._last and sys.stderr.isatty():
            sys.stderr.write(f"session {printable(progress.session_id)}: {words}\n")
        self._last = words
