"""`open`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Take the query of a file in hand; `undo` brings the one before back. A Python script with a parameter
dictionary, or a JSON file of one, is read as well."""
EXAMPLE = "open storms.edq"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")


def run(options: argparse.Namespace) -> int:
    from edexql.repl.filing import take_file

    return take_file(options.session, options.file)
