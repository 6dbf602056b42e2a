"""`save`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Write the query under hand to a file, whole or not at all. Without FILE it is the one it came from. A file that
is something else is left alone unless --force is given."""
EXAMPLE = "save storms.edq"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?")
    parser.add_argument("--force", action="store_true", help="even over another file")


def run(options: argparse.Namespace) -> int:
    from edexql.repl.filing import write_file

    return write_file(options.session, options.file, over_others=options.force)
