"""`history`."""

from __future__ import annotations

import sys

from edexql.base.text import printable
from edexql.commands.exits import FINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
List what was typed before, the newest last; with WORDS, what has all of them. What begins with a blank and what
has an `email` in it is never kept. Ctrl-R searches at the prompt."""
EXAMPLE = "history kp"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", metavar="WORDS", nargs="*")
    parser.add_argument("-n", metavar="N", dest="count", type=int, default=20, help="how many (default: 20)")
    parser.add_argument("--clear", action="store_true", help="forget all of it")


def run(options: argparse.Namespace) -> int:
    state = options.session.state
    if options.clear:
        state.clear()
        return FINE
    count = max(options.count, 1)
    found = state.search(options.words, count) if options.words else state.newest(count)
    sys.stdout.write("".join(f"{one_line(text)}\n" for text in reversed(found)))
    return FINE


def one_line(text: str) -> str:
    """A text of several lines on one."""
    return printable("; ".join(line.strip() for line in text.splitlines() if line.strip()))
