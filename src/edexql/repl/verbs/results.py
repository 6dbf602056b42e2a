"""`results`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
The files of the query under hand as a table, to page, sort, filter and untick with keys (`?` in it tells which).
What is unticked stays so until the query changes. With --list, or without a terminal, it is printed.
--save keeps it with its ticks in a file, for `select` and `request`."""
EXAMPLE = "results --untick '*_1646*' --list"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", action="store_true", help="print the table, numbered")
    parser.add_argument("--tick", metavar="FILES", action="append", default=[], help="numbers (1-3,7) or a pattern")
    parser.add_argument("--untick", metavar="FILES", action="append", default=[], help="numbers (1-3,7) or a pattern")
    parser.add_argument("--names", action="store_true", help="print the names of the ticked files alone")
    parser.add_argument("--save", metavar="FILE", help="keep the files and their ticks as a selection")


def run(options: argparse.Namespace) -> int:
    from edexql.repl.choosing import choose

    return choose(options)
