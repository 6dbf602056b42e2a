"""`clear`."""

from __future__ import annotations

import sys

from edexql.commands.exits import FINE
from edexql.repl.hand import Hand, changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = "Begin a new query. `undo` brings the old one back."
EXAMPLE = "clear"


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    session = options.session
    emptied = changed(session.hand, "")
    session.change(Hand(emptied.text, emptied.before, emptied.after))
    if session.interactive:
        sys.stdout.write("a new query; `undo` brings the old one back\n")
    return FINE
