"""`edexql retry`."""

from __future__ import annotations

import os
import sys

from edexql.base.text import printable
from edexql.client import manifest
from edexql.commands import downloads, environment
from edexql.commands.exits import FINE, UsageError
from edexql.commands.options import add_downloading, add_network

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser

DESCRIPTION = """\
Resume the downloads of a folder that are not complete. What has arrived is kept if the service can resume after
it. A download that failed for a permanent reason, such as a file that does not exist, is tried once more."""
EXAMPLE = "edexql retry --dry-run"


def arguments(parser: Parser) -> None:
    parser.add_argument("folder", metavar="FOLDER", nargs="?", help="folder of the downloads (default: paths.folder)")
    parser.add_argument(
        "--all", action="store_true", help="verify the complete files too, and download damaged ones again"
    )
    add_downloading(parser)
    add_network(parser)


def run(options: argparse.Namespace) -> int:
    configuration = environment.configured(options, network__total=options.parallel)
    folder = os.path.expanduser(options.folder or configuration.paths.folder)
    if not os.path.isdir(folder):
        raise UsageError(f"there is no folder {folder}")
    try:
        entries = manifest.read(folder)
    except manifest.ManifestError as error:
        raise UsageError(str(error)) from error
    if not entries and not options.dry_run:
        raise UsageError(f"no downloads were started in {folder}: name the folder that was given with --to")
    left = [manifest.wanted_of(entry) for entry in entries if options.all or entry.state not in manifest.THERE]
    if not left:
        if options.output == "json":
            sys.stdout.write("[]\n")
        else:
            what = "all files are complete" if entries else "no downloads were started there"
            sys.stdout.write(f"nothing is left to download in {printable(folder)}: {what}\n")
        return FINE
    return downloads.done(left, folder, options, configuration)
