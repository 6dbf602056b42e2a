"""`redo`."""

from __future__ import annotations

from edexql.repl.hand import redone
from edexql.repl.verbs.undo import arguments, step

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

__all__ = ["DESCRIPTION", "EXAMPLE", "arguments", "run"]

DESCRIPTION = "Make the change again that the last `undo` took back."
EXAMPLE = "redo"


def run(options: argparse.Namespace) -> int:
    return step(options, redone, len(options.session.hand.after), "there is nothing to redo")
