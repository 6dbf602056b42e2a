"""The files of the current query, and which of them are ticked: on the screen, or as lines."""

from __future__ import annotations

import sys

from edexql.base.record import Record
from edexql.base.text import printable
from edexql.base.units import size
from edexql.commands import service
from edexql.commands.exits import FINE, UsageError
from edexql.commands.inputs import LOCAL
from edexql.repl.table import plain
from edexql.repl.table import table as tables
from edexql.repl.table.rows import of_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.model.answer import Answer, File
    from edexql.repl.session import Session
    from edexql.repl.table.table import Table


class Origin(Record):
    """What results depend on, `of`, and where they come from: the answer, the address of its service, and when."""

    of: tuple[str, str, str | None, str | None]
    answer: Answer
    base: str
    at: str


def choose(session: Session, options: argparse.Namespace) -> int:
    """Show the table of the results, or do with it what the options say. Raises UsageError."""
    origin, table = _answered(session)
    for words in options.tick:
        table = tables.ticked_by_name(table, plain.names(table, words))
    for words in options.untick:
        table = tables.unticked_by_name(table, plain.names(table, words))
    wordless = options.list or options.names or options.tick or options.untick or options.save
    if session.on_screen and not wordless:
        from edexql.repl.prompt.style import style
        from edexql.repl.table.screen import show

        table = show(table, style=style("none" if session.colourless else session.choice("theme")))
    elif options.names:
        sys.stdout.write("".join(f"{printable(row.name)}\n" for row in tables.ticked(table)))
    elif options.list or not options.save:
        sys.stdout.write("".join(plain.lines(table)))
    session.results = (origin, table)
    if not options.names:
        sys.stdout.write(_summary(table))
    if options.save:
        _save(options.save, session, origin, table)
    return FINE


def ticked_files(session: Session) -> tuple[File, ...]:
    """The ticked files of the current query, as they were left where the query is still the same. Raises UsageError."""
    origin, table = _answered(session)
    return tuple(file for file, tick in zip(origin.answer, table.ticks, strict=True) if tick)


def _answered(session: Session) -> tuple[Origin, Table]:
    """The files of the current query, as they were left where the query is still the same. Raises UsageError."""
    if not session.current.text.strip():
        raise UsageError("there is no current query yet: type one")
    if session.results is not None:
        before, table = session.results
        if isinstance(before, Origin) and before.of == _dependencies(session):
            return before, table
    from edexql.client.selection.file import now

    at = now()
    if session.service == LOCAL or session.tables is not None:
        from edexql.compiler.request import query_of
        from edexql.repl.answer import asked

        with asked(session) as one:
            answer = one.evidence.answer(query_of(session.query, session.setting())).with_unknown()
        return Origin(_dependencies(session), answer, one.base, at), tables.opened(of_answer(answer))
    from edexql.compiler.request import request

    options, setting = session.given(), session.setting()
    party = service.party(options)
    answer = service.listing_of(request(session.query, setting), party, options, setting.vocabulary)
    return Origin(_dependencies(session), answer, party.base, at), tables.opened(of_answer(answer))


def _save(path: str, session: Session, origin: Origin, table: Table) -> None:
    """Keep the files with their ticks. Raises UsageError, QueryError and SelectionError."""
    from edexql.client.selection.file import Choice, Selection
    from edexql.commands import selections
    from edexql.compiler.request import request

    setting = session.setting()
    files = tuple(Choice(file, bool(tick)) for file, tick in zip(origin.answer.files, table.ticks, strict=True))
    wire = request(session.query, setting).json()
    parameters = tuple((setting.parameters or {}).items())
    kept = Selection(session.current.text, wire, origin.base, origin.at, files, parameters)
    path = session.path(path)
    selections.save(path, kept)
    sys.stdout.write(f"saved to {printable(path)}\n")


def _dependencies(session: Session) -> tuple[str, str, str | None, str | None]:
    """What the results depend on."""
    return session.current.text, session.service, session.catalogue, session.today


def _summary(table: Table) -> str:
    whole, ticked = table.whole, table.ticked
    files = f"{whole.files} file{'s' * (whole.files != 1)}"
    chosen = f"{ticked.files} of {files} ticked" if ticked.files != whole.files else f"{files}, all ticked"
    return f"{chosen}, {size(ticked.bytes)}\n" if whole.files else "no files\n"
