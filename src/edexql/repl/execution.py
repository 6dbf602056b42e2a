"""Doing what a line says: the one place where lines meet verbs, edits and answers."""

from __future__ import annotations

import re
import subprocess
import sys

from edexql.base.text import did_you_mean, nearest, shown
from edexql.commands.exits import FINE, INTERRUPTED, MISTAKES, UsageError, guarded, run_verb, say
from edexql.commands.parser import parser_of
from edexql.commands.registry import implementation
from edexql.compiler import editing
from edexql.compiler.request import compilation
from edexql.language.source import Source
from edexql.language.tables import WORDS
from edexql.model.vocabulary import load
from edexql.repl import answer
from edexql.repl.answer import warn
from edexql.repl.lines import VERBS, inputs, line, words_of
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.compiler.editing import Edited
    from edexql.compiler.request import Setting
    from edexql.model.answer import File
    from edexql.repl.lines import Line
    from edexql.repl.session import Session

# What comments begin with that hold what is switched off.
_OFF = "off:"

_FIRST_WORD = re.compile(r"\s*([a-z][a-z-]*)(?!\s*:)", re.IGNORECASE)


class _Current:
    """The current query as a verb sees it (`edexql.commands.prompt.CurrentQuery`)."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.source = session.query

    def setting(self) -> Setting:
        return self._session.setting()

    def ticked(self) -> tuple[File, ...]:
        from edexql.repl.results import ticked_files

        return ticked_files(self._session)

    def replace(self, text: str) -> None:
        self._session.change_text(editing.whole(text).text or text)
        answer.give(self._session)


def act(session: Session, text: str) -> int:
    """Do what a line says and return an exit code. What fails is reported, and the session continues."""
    several = inputs(text)
    text = several[0] if several else ""
    if len(several) > 1:
        return next((code for one in several if (code := act(session, one)) != FINE), FINE)
    typed = line(text)
    try:
        return guarded(lambda: _done(session, typed), session.given())
    except BrokenPipeError:
        raise
    except OSError as error:
        say(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
    except Exception as error:  # noqa: BLE001  # whatever it is, the current query is worth more
        say(f"this is a bug of edexql, not your mistake ({type(error).__name__}: {error}); the current query is kept")
    return MISTAKES


def _done(session: Session, typed: Line) -> int:
    if typed.kind == "nothing":
        return FINE
    if typed.kind == "shell":
        return _shell(session, typed.text)
    if typed.kind == "verb":
        verb = VERBS[typed.name]
        words = words_of(verb, typed.text)
        done = implementation(verb)
        options = session.given()
        options.session, options.current = session, _Current(session)
        code = run_verb(done, parser_of(done, verb.name), words, options)
        return FINE if code in done.answers else code
    if typed.kind == "parameters":
        return _offer(session, typed.text)
    if typed.kind == "numbered":
        return _take(session, editing.replaced(session.current.text, typed.name, typed.text), typed.text)
    return _take(session, editing.entered(session.current.text, typed.text), typed.text)


def _take(session: Session, edited: Edited, typed: str) -> int:
    """Make an edited query the current one, if it has no errors."""
    setting = session.setting()
    # The draft is the new query but for its layout, so that the answer needs no other compilation.
    done = compilation(Source(edited.draft), setting)
    diagnostics = editing.diagnosed(edited, typed, setting, done=done)
    if edited.text is None or any(diagnostic.is_error for diagnostic in diagnostics):
        meant = _verb_meant(typed, session)
        if meant:
            raise UsageError(meant)
        report(diagnostics, session.given())
        return MISTAKES
    warn(session, diagnostics)
    if _OFF in session.current.text and not edited.whole:
        from edexql.compiler.editing.switches import followed

        edited = edited.__replace__(text=followed(session.current.text, edited.text, in_place=False))
    session.change_text(edited.text or "")
    # A comment changes no answer.
    if not all(one.lstrip().startswith("#") for one in typed.splitlines() if one.strip()):
        answer.give(session, done)
    return FINE


def _verb_meant(typed: str, session: Session) -> str | None:
    """What to say where the first word of a line is rather a misspelt verb than a misspelt statement."""
    first = _FIRST_WORD.match(typed)
    if first is None:
        return None
    known = [*WORDS, *(session.setting().vocabulary or load()).constraint_names()]
    near = nearest(first[1], [*VERBS, *known])
    if first[1].lower() in known:
        return None
    if not near and typed.strip() == first[1]:
        return f"there is no verb, statement, instrument or field {shown(first[1])}; `help` lists what there is"
    if not set(near) & set(VERBS):
        return None
    return f"there is no verb, statement, instrument or field {shown(first[1])}: {did_you_mean(near)}"


def _offer(session: Session, text: str) -> int:
    """A parameter dictionary becomes a query: at a prompt for the user to look at first."""
    from edexql.repl.files import query_of_parameters

    query = query_of_parameters(session, text, "<line>")
    if not query.strip():
        raise UsageError("this dictionary has no query")
    if session.interactive:
        sys.stdout.write("this is the query of these parameters; Enter takes it, Ctrl-C discards it:\n")
        session.draft = query.rstrip("\n")
        return FINE
    return _take(session, editing.entered("", query), query)


def _shell(session: Session, command: str) -> int:
    if not session.shell:
        raise UsageError(
            "`!` runs commands of the shell at a prompt only; `edexql repl --shell` allows them in scripts"
        )
    if not command:
        raise UsageError("write a command of the shell behind the `!`")
    sys.stdout.flush()
    if "\0" in command:
        raise UsageError("a command cannot have a NUL in it")
    code = subprocess.run(command, shell=True, check=False).returncode  # noqa: S602  # it is what the user asks for
    if code in (-2, INTERRUPTED):
        raise KeyboardInterrupt
    if code:
        say(f"{shown(command)} ended with {code}")
    return MISTAKES if code else FINE
