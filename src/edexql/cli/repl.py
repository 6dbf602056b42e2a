"""`edexql repl`."""

from __future__ import annotations

import os
import sys

from edexql.commands import inputs
from edexql.commands.options import add_catalogue, add_colour, add_service, add_setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser
    from edexql.repl.session import Session

DESCRIPTION = """\
Type queries, one constraint at a time or complete, and see the answer at once. FILE is the query to begin with.
If standard input is not a terminal, its lines are executed one by one without prompt or colour, up to the first that
fails."""
EXAMPLE = "echo 'product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3' | edexql repl"


def arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", help="a query to begin with")
    parser.add_argument(
        "--keep-going", action="store_true", help="without a terminal: continue after a line that fails"
    )
    parser.add_argument("--plain", action="store_true", help="plain lines, for screen readers and simple terminals")
    parser.add_argument("--fresh", action="store_true", help="do not continue the query of a session that crashed")
    parser.add_argument("--shell", action="store_true", help="without a terminal: allow `!COMMAND` of the shell")
    add_catalogue(parser)
    add_service(parser, "the service that `fetch` asks (default: the catalogue)")
    add_setting(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    from edexql.repl.session import Session
    from edexql.repl.state import in_memory, open_state

    if options.today or options.vocabulary or options.values or options.allow:
        # Better said now than at each line.
        inputs.setting(options)
    terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    plain = options.plain or _dumb()
    state = open_state() if terminal else in_memory()
    session = Session(state, options, interactive=terminal, on_screen=terminal and not plain)
    with state:
        if terminal:
            from edexql.repl.loop import talk

            return talk(session, options.file, plain=plain, fresh=options.fresh)
        return _script(session, options)


def _script(session: Session, options: argparse.Namespace) -> int:
    from edexql.commands.exits import FINE, UsageError
    from edexql.repl.files import take_file
    from edexql.repl.loop import run_script

    if sys.stdin is None:
        raise UsageError("cannot read standard input: it is closed")
    code = FINE if options.file is None else take_file(session, options.file)
    if code != FINE and not options.keep_going:
        return code
    return run_script(session, sys.stdin.buffer, keep_going=options.keep_going) or code


def _dumb() -> bool:
    return os.environ.get("TERM", "dumb") == "dumb"
