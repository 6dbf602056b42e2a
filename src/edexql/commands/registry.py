"""The registry of verbs: what can be typed on the command line and at the prompt, and where each is written.

To add a verb, write its module, in the form of the others here, and a line in `_LINES`. The names of modules are
texts, so that a verb is imported when it is used, and so that the faces, which are above, have verbs too.
"""

from __future__ import annotations

import sys

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection
    from typing import Any

    # What a verb has behind its name.
    Names = tuple[str, ...]
    Line = tuple[str, str] | tuple[str, str, Names] | tuple[str, str, Names, Names] | tuple[str, str, Names, Names, str]

COMMAND_LINE, PROMPT = "command line", "prompt"
BOTH = (COMMAND_LINE, PROMPT)
_THERE, _HERE = (COMMAND_LINE,), (PROMPT,)


class Verb(Record):
    """A verb as it is registered.

    `place` is the module below `edexql` that has its DESCRIPTION, EXAMPLE, `arguments` and `run`, or, behind a colon,
    the `Implementation` in a module of several verbs. `faces` tells where it can be typed. At the prompt, the choices
    of `bare_option` may stand without the option: `compile curl`.
    """

    name: str
    summary: str
    place: str
    faces: tuple[str, ...] = BOTH
    other_names: tuple[str, ...] = ()
    bare_option: str | None = None


class Implementation(Record):
    """What a verb does: its help, what it adds to its parser (`parser.Parser`), and `run(options) -> exit code`.

    `answers` are exit codes that tell what was found, and no failure.
    """

    description: str
    example: str
    arguments: Callable[[Any], None]
    run: Callable[[argparse.Namespace], int]
    answers: Collection[int] = ()


# A verb is made of its line when it is asked for: a command asks for one of them.
_LINES: dict[str, Line] = {
    "repl": ("the prompt: type queries and see the answer at once", "cli.repl", _THERE),
    "show": ("the current query, numbered", "repl.verbs.editing:SHOW", _HERE, ("list",)),
    "drop": ("remove constraints, products, the logic or the address", "repl.verbs.editing:DROP", _HERE, ("remove",)),
    "off": ("switch constraints off, as comments in their place", "repl.verbs.editing:OFF", _HERE),
    "on": ("switch on again what is off", "repl.verbs.editing:ON", _HERE),
    "operator": ("change AND to OR, or OR to AND, where constraints are joined", "repl.verbs.editing:OPERATOR", _HERE),
    "label": ("give a constraint a name", "repl.verbs.editing:LABEL", _HERE),
    "undo": ("the query as it was before", "repl.verbs.editing:UNDO", _HERE),
    "redo": ("undo the last undo", "repl.verbs.editing:REDO", _HERE),
    "clear": ("begin a new query", "repl.verbs.editing:CLEAR", _HERE),
    "edit": ("the query in $EDITOR", "repl.verbs.editing:EDIT", _HERE),
    "open": ("a query from a file", "repl.verbs.files:OPEN", _HERE),
    "save": ("the query to a file", "repl.verbs.files:SAVE", _HERE),
    "diff": ("what has changed, in the text and in the files", "repl.verbs.files:DIFF", _HERE),
    "results": ("the files as a table: page, sort, filter, untick", "repl.verbs.files:RESULTS", _HERE, ("files",)),
    "history": ("what was typed before", "repl.verbs.settings:HISTORY", _HERE),
    "use": ("which eDEx or catalogue is asked", "repl.verbs.settings:USE", _HERE),
    "set": ("how the prompt looks and answers", "repl.verbs.settings:SET", _HERE),
    "help": ("how to begin, and what each word and code means", "commands.help", BOTH, ("?",)),
    "quit": ("leave", "repl.verbs.settings:QUIT", _HERE, ("exit",)),
    "compile": ("query into the parameter dictionary of eDEx, curl or Python", "commands.compile", BOTH, (), "--to"),
    "check": ("errors and warnings, and the fixes that are certain", "commands.check"),
    "fmt": ("format queries in one layout", "commands.fmt"),
    "compare": (
        "two queries: equal, narrower, overlapping or disjoint, with a moment that shows it",
        "commands.compare",
    ),
    "explain": ("how a query is compiled, constraint by constraint", "commands.explain"),
    "decompile": ("parameter dictionary, or a script that has one, into a query", "commands.decompile"),
    "vocabulary": (
        "products, instruments, fields and experiments, and which spellings are confirmed",
        "commands.vocabulary",
    ),
    "fetch": ("list the files of a query, from eDEx or from a catalogue on this machine", "commands.fetch"),
    "select": ("a saved listing: choose files, compare it, ask again", "commands.select"),
    "request": ("request files by mail, as the Results tab does", "commands.request"),
    "continue": ("continue a delivery when its link has arrived: download, verify, unpack", "commands.continue_"),
    "download": ("download files from links, the archive or a selection, verified", "commands.download"),
    "retry": ("resume downloads that were interrupted", "commands.retry"),
    "unpack": ("inspect an archive and unpack it safely", "commands.unpack"),
    "browse": ("the archive by day, instrument and product", "commands.browse"),
    "availability": ("when the instruments were on, drawn", "commands.availability"),
    "influence": ("what each constraint of a query contributes", "commands.influence"),
    "why": ("why a file matches a query or not", "commands.why"),
    "timeline": ("when files exist and when they match, drawn", "commands.timeline"),
    "plot": ("a query drawn: ground track, magnetic dial, panels over time", "commands.plot"),
    "config": ("every setting, its value and where it comes from", "commands.config"),
    "doctor": ("what works and what does not: service, archive, disk, proxy, vocabulary", "commands.doctor"),
    "catalogue": ("create and maintain a catalogue on this machine", "commands.catalogue"),
    "serve": ("answer as eDEx does, from a catalogue on this machine", "cli.serve"),
    "workbench": ("the tabs of eDEx as a page in the browser, with the text of the query beside them", "cli.workbench"),
    "completion": ("completion of commands and options for bash, zsh or fish", "commands.completion", _THERE),
}


def verbs() -> dict[str, Verb]:
    """All verbs by name, in the order in which they are listed."""
    return {name: Verb(name, *line) for name, line in _LINES.items()}


def verbs_of(face: str) -> dict[str, Verb]:
    """The verbs that can be typed on a face, in the same order."""
    return {name: verb for name, verb in verbs().items() if face in verb.faces}


def verb_of(face: str, name: str) -> Verb | None:
    """The verb of this name that can be typed on a face."""
    if name not in _LINES:
        return None
    verb = Verb(name, *_LINES[name])
    return verb if face in verb.faces else None


def verb_named(word: str) -> Verb | None:
    """The verb that has this name, or this other name, in any case of letters."""
    word = word.lower()
    named = verbs()
    return named.get(word) or next((verb for verb in named.values() if word in verb.other_names), None)


def implementation(verb: Verb) -> Implementation:
    """What a verb does; its module is imported now."""
    place, _, name = verb.place.partition(":")
    # By the statement's own function: importlib costs start-up time.
    __import__(f"edexql.{place}")
    module = sys.modules[f"edexql.{place}"]
    if name:
        function: Implementation = getattr(module, name)
        return function
    answers = getattr(module, "ANSWERS", ())
    return Implementation(module.DESCRIPTION, module.EXAMPLE, module.arguments, module.run, answers)


def program(verb: Verb, face: str) -> str:
    """How a verb is called where it can be typed: `compile` at the prompt, `edexql compile` elsewhere."""
    return verb.name if PROMPT in verb.faces and (face == PROMPT or face not in verb.faces) else f"edexql {verb.name}"
