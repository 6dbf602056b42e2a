"""Queries from files and to files, and texts that take the place of the query under hand."""

from __future__ import annotations

import os
import sys

from edexql.compiler import editing
from edexql.language.diagnostic import printable
from edexql.language.source import Source
from edexql.shell import files, inputs
from edexql.shell.exits import FINE, MISTAKES, UsageError
from edexql.shell.repl import answer
from edexql.shell.repl.hand import filed
from edexql.shell.repl.lines import line
from edexql.shell.report import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.shell.repl.session import Session


def take_file(session: Session, name: str) -> int:
    """Take the query of a file in hand. Raises UsageError and EdexqlError."""
    path = session.path(name)
    text = inputs.read(path).text
    parameters = line(text).kind == "parameters"
    if parameters:
        from edexql.compiler.decompile import decompiled, read_parameters

        source = Source(text, path)
        done = decompiled(read_parameters(source), session.setting(), source)
        report(done.diagnostics, session.given())
        text = done.text
    code = take_text(session, text, path)
    if code == FINE and not parameters:
        session.change(filed(session.hand, path))
    return code


def take_text(session: Session, text: str, name: str) -> int:
    """Take a whole query in hand. One with mistakes is told of and, at a prompt, stands there to be put right."""
    edited = editing.whole(text)
    diagnostics = editing.diagnosed(edited, text, session.setting(), name)
    report(diagnostics, session.given())
    if edited.text is None or any(diagnostic.is_error for diagnostic in diagnostics):
        session.draft = text.rstrip("\n") if session.interactive else ""
        return MISTAKES
    session.change_text(edited.text)
    return answer.give(session)


def write_file(session: Session, name: str | None, *, over_others: bool) -> int:
    """Write the query under hand to a file. Raises UsageError."""
    path = session.hand.path if name is None else session.path(name)
    if path is None:
        raise UsageError("name a file: save FILE.edq")
    if not session.hand.text.strip():
        raise UsageError("there is no query to save yet")
    own = session.hand.path is not None and os.path.realpath(path) == os.path.realpath(session.hand.path)
    if os.path.exists(path) and not own and not over_others and inputs.read(path).text != session.hand.text:
        raise UsageError(f"{path} is there already and is something else; `save --force {path}` writes over it")
    files.replace(path, session.hand.text.encode())
    session.change(filed(session.hand, path))
    if session.interactive:
        sys.stdout.write(f"saved to {printable(path)}\n")
    return FINE
