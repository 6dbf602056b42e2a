"""`edexql download`."""

from __future__ import annotations

import sys
import threading

from edexql.base.text import printable
from edexql.client.download.destination import name_problem
from edexql.client.download.model import Report
from edexql.client.strategies.archive import is_path
from edexql.client.strategies.registry import STRATEGIES, remote_files
from edexql.client.strategies.strategy import Service, StrategyError, is_link
from edexql.commands import downloads, environment, inputs
from edexql.commands.exits import INTERRUPTED, UsageError
from edexql.commands.options import add_downloading, add_folder, add_network, add_vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from typing import Any

    from edexql.client.download.model import RemoteFile
    from edexql.client.selection.file import Selection
    from edexql.client.settings.configuration import Configuration
    from edexql.client.strategies.strategy import Item, Strategy
    from edexql.commands.parser import Parser

DESCRIPTION = """\
Download files: from links, from the dated tree of the archive (file names show their place in it), or the
ticked files of a selection. A file has its final name when it is complete and verified, and not before; `edexql retry`
resumes what was interrupted. At the prompt, without arguments: the ticked files of the current query."""
EXAMPLE = "edexql download --dry-run FAI_lv1_h5_20190501_150534_151306_6.0.0.zip"

_NOTHING = "nothing to download: name links, files or a selection (.edqs), or - for names on standard input"


def arguments(parser: Parser) -> None:
    parser.add_argument(
        "what", metavar="WHAT", nargs="*", help="a link, a file's name, a selection (.edqs), or - for standard input"
    )
    add_folder(parser)
    parser.add_argument(
        "--from",
        dest="origin",
        choices=sorted(STRATEGIES),
        help=f"{'; '.join(f'{one.name}: {one.summary}' for one in STRATEGIES.values())} (default: link or archive)",
    )
    parser.add_argument(
        "--folder-tar",
        metavar="PATH",
        action="append",
        default=[],
        help="a whole folder of the archive as one tar, such as 2019/05/01/FAI",
    )
    parser.add_argument("--name", metavar="NAME", help="the name that the file of a single link gets")
    add_downloading(parser)
    add_vocabulary(parser)
    add_network(parser)


def run(options: argparse.Namespace) -> int:
    configuration = environment.configured(options, network__total=options.parallel)
    folder = downloads.checked_folder(options.to or configuration.paths.folder)
    strategy = STRATEGIES.get(options.origin)
    try:
        if strategy is not None and (problem := strategy.unavailable(configuration)):
            raise UsageError(problem)
        if strategy is not None and strategy.asks:
            items = _items_of_strategy(options, configuration, strategy)
        else:
            items = _named(options, configuration)
    except StrategyError as error:
        raise UsageError(str(error)) from error
    if items is None:
        return INTERRUPTED
    if not items:
        raise UsageError(_NOTHING if not options.what else "there are no files to download: nothing is ticked or named")
    files = [file for file in items if not isinstance(file, Report)]
    failures = [report for report in items if isinstance(report, Report)]
    return downloads.done(files, folder, options, configuration, failures)


def _named(options: argparse.Namespace, configuration: Configuration) -> list[RemoteFile | Report]:
    """The files that are named, in their order."""
    tars = remote_files(options.folder_tar, configuration, name="folder-tar")
    items = _items(options)
    links = [item for item in items if is_link(item)]
    if options.name is not None and (len(links) != 1 or len(items) != 1 or tars):
        raise UsageError("--name needs a single link")
    files = remote_files(items, configuration, name=options.origin)
    return [*tars, *(_renamed(file, options.name) for file in files)]


def _items_of_strategy(
    options: argparse.Namespace, configuration: Configuration, strategy: Strategy
) -> list[RemoteFile | Report] | None:
    """The files that a service makes of those that are named; None after an interrupt."""
    if options.dry_run or options.folder_tar:
        raise UsageError(f"--dry-run and --folder-tar do not go with --from {strategy.name}")
    stop = threading.Event()
    parameters, items = _parameters(options), _items(options)
    if parameters is not None and not items:
        raise UsageError("there are no files to download: nothing is ticked")
    service = Service(parameters, lambda: environment.session(options, configuration), stop, _Telling())
    with downloads.interruptible(stop):
        files = remote_files(items, configuration, name=strategy.name, service=service)
    if stop.is_set() and not files:
        sys.stderr.write("the service was still packing the files: start the download again\n")
        return None
    return [_renamed(file, options.name) for file in files]


def _renamed(file: RemoteFile | Report, name: str | None) -> RemoteFile | Report:
    """A file to be downloaded under a name; None for its own. Raises UsageError where that is no name for a file."""
    if isinstance(file, Report):
        return file
    if name is None and name_problem(file.name):
        raise UsageError(f"{file.url} does not end in the name of a file: give one with --name")
    return file if name is None else file.renamed(name)


def _items(options: argparse.Namespace) -> list[Item]:
    """What the words stand for: links, paths and files of listings."""
    if not options.what and options.current is not None and not options.folder_tar:
        return list(options.current.ticked())
    items: list[Item] = []
    for word in options.what:
        if word == "-":
            items += map(_item, _lines())
        elif word.lower().endswith(".edqs") and not is_link(word):
            items += _selection(word, options).ticked
        elif word.lower().endswith(".edq"):
            raise UsageError(
                f"{word} is a query: `edexql select` makes a selection of its files, and that can be downloaded"
            )
        else:
            items.append(_item(word))
    return items


def _item(text: str) -> Item:
    """A link or a path in the archive as it is; another text is a file, perhaps with its size."""
    from edexql.model.answer import listed

    return text if is_link(text) or is_path(text) else listed(text)


def _lines() -> Iterable[str]:
    if sys.stdin is None:
        raise UsageError("cannot read standard input: it is closed")
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    return (line.strip() for line in text.split("\n") if line.strip())


def _selection(path: str, options: argparse.Namespace) -> Selection:
    from edexql.client.selection.file import load

    return load(path, inputs.vocabulary(options))


def _parameters(options: argparse.Namespace) -> dict[str, Any] | None:
    """The parameters of the one listing that the files are of; None where there is no such listing."""
    import json

    if not options.what and options.current is not None:
        from edexql.compiler.request import request

        return request(options.current.source, options.current.setting()).parameters
    if len(options.what) == 1 and options.what[0].lower().endswith(".edqs"):
        parameters: dict[str, Any] = json.loads(_selection(options.what[0], options).wire)
        return parameters
    return None


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
