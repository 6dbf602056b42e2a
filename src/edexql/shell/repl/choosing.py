"""The files of the query under hand, and which of them are ticked: on the screen, or as lines."""

from __future__ import annotations

import sys

from edexql.language.diagnostic import printable
from edexql.shell.exits import FINE, UsageError
from edexql.shell.inputs import LOCAL
from edexql.shell.local import size
from edexql.shell.repl.table import table as tables
from edexql.shell.repl.table import written
from edexql.shell.repl.table.rows import of_evaluation, of_listing

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.shell.repl.session import Session
    from edexql.shell.repl.table.table import Table


def choose(options: argparse.Namespace) -> int:
    """Show the table of the results, or do with it what the options say. Raises UsageError."""
    session: Session = options.session
    table = results(session)
    for words in options.tick:
        table = tables.ticked_by_name(table, written.names(table, words))
    for words in options.untick:
        table = tables.unticked_by_name(table, written.names(table, words))
    asked = options.list or options.names or options.tick or options.untick
    if session.on_screen and not asked:
        from edexql.shell.repl.colours import style
        from edexql.shell.repl.table.screen import show

        table = show(table, style=style("none" if session.colourless else session.choice("theme")))
    elif options.names:
        sys.stdout.write("".join(f"{printable(row.name)}\n" for row in tables.ticked(table)))
    else:
        sys.stdout.write("".join(written.lines(table)))
    session.results = (_asked(session), table)
    if not options.names:
        sys.stdout.write(_told(table))
    return FINE


def results(session: Session) -> Table:
    """The table of the query under hand, as it was left where the query is still the same."""
    if not session.hand.text.strip():
        raise UsageError("there is no query under hand yet: type one")
    if session.results is not None and session.results[0] == _asked(session):
        return session.results[1]
    if session.service == LOCAL:
        from edexql.catalogue.evaluation import evaluate
        from edexql.compiler.request import query_of
        from edexql.shell.repl.answer import opened, vocabulary_of

        setting = session.setting()
        with opened(session) as catalogue:
            return tables.opened(
                of_evaluation(evaluate(query_of(session.source, setting), catalogue, vocabulary_of(setting)))
            )
    from edexql.compiler.request import request
    from edexql.service.listing import fetch

    return tables.opened(of_listing(fetch(request(session.source, session.setting()), session.service)))


def _asked(session: Session) -> tuple[str, str, str | None, str | None]:
    """What the results depend on."""
    return session.hand.text, session.service, session.catalogue, session.today


def _told(table: Table) -> str:
    whole, ticked = table.whole, table.ticked
    files = f"{whole.files} file{'s' * (whole.files != 1)}"
    chosen = f"{ticked.files} of {files} ticked" if ticked.files != whole.files else f"{files}, all ticked"
    return f"{chosen}, {size(ticked.bytes)}\n" if whole.files else "no files\n"
