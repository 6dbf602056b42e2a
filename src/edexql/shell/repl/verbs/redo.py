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
    pass


def run(options: argparse.Namespace) -> int:
    from edexql.shell.repl import answer

    session = options.session
    if not session.hand.after:
        raise UsageError("nothing was taken back")
    session.change(redone(session.hand))
    return answer.give(session)
