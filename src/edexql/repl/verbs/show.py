"""`show`."""

from __future__ import annotations

import sys

from edexql.base.text import printable
from edexql.commands.exits import FINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Show the query under hand: products, numbered constraints with their names and what each contributes, the
logic and how it is sent, and how many files that gives. With --text, its text."""
EXAMPLE = "show --text"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", action="store_true", help="the text of the query, as `save` writes it")


def run(options: argparse.Namespace) -> int:
    from edexql.repl import answer

    session = options.session
    if not session.hand.text.strip():
        sys.stdout.write("there is no query yet; `help` tells how to begin one\n")
    elif options.text:
        # To a terminal nothing goes that it would act upon.
        shown = "\n".join(map(printable, session.hand.text.split("\n")))
        sys.stdout.write(shown if sys.stdout.isatty() else session.hand.text)
    else:
        answer.show(session)
    return FINE
