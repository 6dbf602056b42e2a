"""The loops of the REPL: lines read at a terminal, from the first to the last, and lines of a script."""

from __future__ import annotations

import gc
import os
import sys
import textwrap

from edexql.commands.exits import FINE, MISTAKES, UsageError, guarded, say
from edexql.repl.current_query import CurrentQuery, File
from edexql.terminal.diagnostics import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from edexql.repl.prompt.plain import PlainReader
    from edexql.repl.prompt.prompt import Prompt
    from edexql.repl.session import Session


def talk(session: Session, file: str | None, *, plain: bool, fresh: bool) -> int:
    """Read lines and do them until the user leaves."""
    from edexql.base.version import __version__

    _write_paragraph(f"edexql {__version__}, queries for {_subject(session)}; `help` shows how to begin")
    if not _take_up(session, fresh=fresh):
        _offer_left(session)
    trouble = _trouble(session, None)
    if file is not None:
        from edexql.repl.files import take_file

        guarded(lambda: take_file(session, file), session.given())
    reader = _reader(session, plain=plain)
    with reader:
        while not session.over:
            try:
                try:
                    text = reader.read()
                except EOFError:
                    break
                session.draft = ""
                _do(session, text)
                trouble = _trouble(session, trouble)
                sys.stdout.flush()
            except KeyboardInterrupt:
                # In a line, it goes; between two of them there is nothing to stop.
                session.draft = ""
    _leave(session)
    return FINE


def _subject(session: Session) -> str:
    """What the queries of a session are for."""
    from edexql.commands.inputs import vocabulary

    try:
        title = vocabulary(session.given()).mission.title
    except UsageError:
        # What is wrong with it is said at the first line that needs it.
        title = ""
    return f"the {title}" if title else "satellite data"


def _do(session: Session, text: str) -> None:
    # What it takes to do something is not needed for the first prompt, nor is what goes on for hours.
    from edexql.repl.execution import act

    gc.enable()
    # What there is by now stays: the collector need not look through it while a key is waited for.
    gc.freeze()
    act(session, text)
    session.state.draft("")


def _trouble(session: Session, previous: str | None) -> str | None:
    """Say what went wrong with what is kept, where that is news; what was said."""
    trouble = session.state.trouble
    if trouble is not None and trouble != previous:
        say(trouble)
    return trouble


def _write_paragraph(text: str) -> None:
    sys.stdout.write(f"{textwrap.fill(text, columns())}\n")


def _take_up(session: Session, *, fresh: bool) -> bool:
    """Continue the query of a run that was killed; whether there was one."""
    lost = session.state.begin() if not fresh else None
    if lost is None or not (lost.text.strip() or lost.draft.strip()):
        return False
    session.change(CurrentQuery(lost.text, tuple(lost.undo), tuple(lost.redo), _file(lost.path), len(lost.undo)))
    session.draft = lost.draft
    _write_paragraph("the last run did not end properly: its query is the current query again (`show` it, or `clear`)")
    if len(lost.use) == 2 and not session.service_given:
        from edexql.commands.engines import of_base
        from edexql.repl.verbs.settings import in_use

        session.service, session.catalogue = lost.use
        session.tables = of_base(session.service)
        _write_paragraph(in_use(session))
    return True


# The setting under which the query of a run stands that was left without being saved.
_LEFT = "left"


def _leave(session: Session) -> None:
    """End the session. A query that stands in no file is kept for the next one."""
    current = session.current
    if current.text.strip() and (current.file is None or current.unsaved):
        session.state.set(_LEFT, current.text)
    elif session.left is None or current.text.strip() or session.left not in current.before:
        session.state.set(_LEFT, "")
    session.state.end()
    session.close()


def _offer_left(session: Session) -> None:
    """Have `undo` bring back what the last run left without saving it."""
    left = session.state.setting(_LEFT)
    if left and left.strip():
        session.left = left
        session.current = CurrentQuery("", (left,))
        _write_paragraph("the last query was not saved: `undo` brings it back")


def _file(path: str | None) -> File | None:
    """The file of a query whose session crashed, as it is now."""
    from edexql.commands.inputs import read
    from edexql.language.formatter import layout
    from edexql.language.parser import parse

    if path is None or not os.path.isfile(path):
        return None
    try:
        source = read(path)
    except UsageError:
        return None
    program, mistakes = parse(source)
    return File(path, source.text, source.text if mistakes else layout(program.tokens))


def _reader(session: Session, *, plain: bool) -> PlainReader | Prompt:
    if plain:
        from edexql.repl.prompt.plain import PlainReader

        return PlainReader(session)
    from edexql.repl.prompt.prompt import Prompt

    return Prompt(session)


def run_script(session: Session, stream: BinaryIO, *, keep_going: bool) -> int:
    """Do what each line says, up to the first that fails unless told to keep going; 1 where any failed."""
    from edexql.repl.execution import act
    from edexql.repl.lines import joined

    gc.enable()
    failed = False
    number = 0

    def numbered() -> Iterator[str]:
        nonlocal number
        for number, text in enumerate(lines_of(stream), 1):  # noqa: B007  # the message names the last one
            yield text

    for text in joined(numbered()):
        if act(session, text) != FINE:
            failed = True
            say(f"line {number} failed" + ("" if keep_going else "; --keep-going continues after one that does"))
            if not keep_going:
                break
        sys.stdout.flush()
        if session.over:
            break
    return MISTAKES if failed else FINE


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream, as they come."""
    for data in stream:
        yield data.decode("utf-8", "replace").rstrip("\r\n").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
