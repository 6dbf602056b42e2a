"""`undo`."""

from __future__ import annotations

from edexql.commands.exits import UsageError
from edexql.repl.hand import undone

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from edexql.repl.hand import Hand

DESCRIPTION = "Take the last change of the query under hand back. `redo` makes it again."
EXAMPLE = "undo"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("times", metavar="N", nargs="?", type=int, default=1, help="how often (default: once)")


def run(options: argparse.Namespace) -> int:
    return step(options, undone, len(options.session.hand.before), "there is nothing to undo")


def step(options: argparse.Namespace, move: Callable[[Hand], Hand], most: int, otherwise: str) -> int:
    """Move the query under hand through its changes, as often as is asked. Raises UsageError where there are none."""
    from edexql.repl import answer

    if not most:
        raise UsageError(otherwise)
    for _ in range(min(options.times, most)):
        options.session.change(move(options.session.hand))
    return answer.give(options.session)
