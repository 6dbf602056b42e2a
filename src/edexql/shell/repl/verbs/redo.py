"""`redo`."""

from __future__ import annotations

from edexql.shell.exits import UsageError
from edexql.shell.repl.hand import redone

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = "Make the change again that the last `undo` took back."
EXAMPLE = "redo"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("times", metavar="N", nargs="?", type=int, default=1, help="how often (default: once)")


def run(options: argparse.Namespace) -> int:
    from edexql.shell.repl import answer

    session = options.session
    if not session.hand.after:
        raise UsageError("there is nothing to redo")
    for _ in range(min(options.times, len(session.hand.after))):
        session.change(redone(session.hand))
    return answer.give(session)
