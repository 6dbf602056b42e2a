"""`quit`."""

from __future__ import annotations

import sys

from edexql.base.text import printable
from edexql.commands.exits import FINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Leave the REPL, as Ctrl-D does. The history stays; a query that was saved to a file is in that file, and one that
was not can be had again with `undo` in the next session."""
EXAMPLE = "quit"


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    session = options.session
    if session.hand.unsaved and session.interactive and not session.warned:
        session.warned = True
        sys.stdout.write(
            f"{printable(session.hand.file.name)} is not saved: `save` does, a second `quit` leaves it as it was\n"
        )
        return FINE
    session.over = True
    return FINE
