"""Queries from files and to files, and texts that take the place of the current query."""

from __future__ import annotations

import os
import sys

from edexql.base.text import printable
from edexql.commands import inputs
from edexql.commands.exits import FINE, MISTAKES, UsageError, say
from edexql.compiler import editing
from edexql.compiler.request import compilation
from edexql.language.source import Source
from edexql.repl import answer
from edexql.repl.answer import warn
from edexql.repl.current_query import attach, detach
from edexql.repl.lines import line, verb_in
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.repl.session import Session


def read_file(session: Session, name: str) -> tuple[str, str]:
    """The path and the text of a file that the user names. Raises UsageError."""
    path = session.path(name)
    if os.path.exists(path) and not os.path.isfile(path):
        raise UsageError(f"{path} is not a file")
    return path, inputs.read(path).text


def take_file(session: Session, name: str) -> int:
    """Make the query of a file the current one. Raises UsageError and QueryError."""
    path, text = read_file(session, name)
    parameters = line(text).kind == "parameters"
    if parameters:
        text = query_of_parameters(session, text, path)
    code = take_text(session, text, path)
    verb = next((word for one in text.splitlines() if (word := verb_in(one))), None)
    if code != FINE and verb is not None:
        say(f"lines with verbs, such as `{verb}`, are executed by: edexql repl < {path}")
    if code == FINE:
        session.change(detach(session.current) if parameters else attach(session.current, path, text))
    return code


def query_of_parameters(session: Session, text: str, name: str) -> str:
    """The query that a parameter dictionary stands for, which may stand anywhere in a text. Raises QueryError."""
    from edexql.compiler.decompile import decompiled, read_parameters
    from edexql.language.diagnostics.query_error import QueryError

    source = Source(text, name)
    try:
        parameters = read_parameters(source)
    except QueryError:
        # A page that was copied has more than the script in it.
        source = Source(text[text.find("{") : text.rfind("}") + 1], name)
        if source.text in ("", text):
            raise
        parameters = read_parameters(source)
    done = decompiled(parameters, session.setting(), source)
    warn(session, done.diagnostics)
    return done.text


def take_text(session: Session, text: str, name: str) -> int:
    """Make a text the current query. One with errors is reported and, at a prompt, shown for correction."""
    edited = editing.whole(text)
    setting = session.setting()
    done = compilation(Source(edited.draft), setting)
    diagnostics = editing.diagnosed(edited, text, setting, name, done)
    if edited.text is None or any(diagnostic.is_error for diagnostic in diagnostics):
        report(diagnostics, session.given())
        session.draft = text.rstrip("\n") if session.interactive else ""
        return MISTAKES
    warn(session, diagnostics)
    session.change_text(edited.text)
    return answer.give(session, done)


def write_file(session: Session, name: str | None, *, over_others: bool) -> int:
    """Write the current query to a file. Raises UsageError."""
    text, own = session.current.text, session.current.file
    path = session.current.path if name is None else session.path(name)
    if path is None:
        raise UsageError("name a file: save FILE.edq")
    if not text.strip():
        raise UsageError("there is no query to save yet")
    if os.path.exists(path) and not over_others:
        _, there = read_file(session, path)
        if own is not None and os.path.realpath(path) == os.path.realpath(own.path):
            if there not in (own.text, text):
                raise UsageError(
                    f"{own.name} was changed by another program; `save --force` overwrites it, `diff` compares"
                )
        elif there != text:
            raise UsageError(f"{path} exists and is another file; `save --force {path}` overwrites it")
    inputs.replace(path, text.encode())
    session.change(attach(session.current, path, text))
    if session.interactive:
        sys.stdout.write(f"saved to {printable(path)}\n")
    return FINE
