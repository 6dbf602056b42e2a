"""`undo`."""

from __future__ import annotations

from edexql.shell.exits import UsageError
from edexql.shell.repl.hand import undone

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = "Take the last change of the query under hand back. `redo` makes it again."
EXAMPLE = "undo"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("times", metavar="N", nargs="?", type=int, default=1, help="how often (default: once)")


def run(options: argparse.Namespace) -> int:
    from edexql.shell.repl import answer

    session = options.session
    if not session.hand.before:
        raise UsageError("there is nothing to undo")
    for _ in range(min(options.times, len(session.hand.before))):
        session.change(undone(session.hand))
    return answer.give(session)
