"""The registry of verbs: what can be typed on the command line and at the prompt, and where each is written.

To add a verb, write its module, in the form of the others here, and a line in `VERBS`. The names of modules are
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

COMMAND_LINE, PROMPT = "command line", "prompt"
BOTH = (COMMAND_LINE, PROMPT)


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


_ALL = (
    Verb("repl", "the prompt: type queries and see the answer at once", "cli.repl", (COMMAND_LINE,)),
    Verb("show", "the current query, numbered", "repl.verbs.editing:SHOW", (PROMPT,), ("list",)),
    Verb(
        "drop",
        "remove constraints, products, the logic or the address",
        "repl.verbs.editing:DROP",
        (PROMPT,),
        ("remove",),
    ),
    Verb("label", "give a constraint a name", "repl.verbs.editing:LABEL", (PROMPT,)),
    Verb("undo", "the query as it was before", "repl.verbs.editing:UNDO", (PROMPT,)),
    Verb("redo", "undo the last undo", "repl.verbs.editing:REDO", (PROMPT,)),
    Verb("clear", "begin a new query", "repl.verbs.editing:CLEAR", (PROMPT,)),
    Verb("edit", "the query in $EDITOR", "repl.verbs.editing:EDIT", (PROMPT,)),
    Verb("open", "a query from a file", "repl.verbs.files:OPEN", (PROMPT,)),
    Verb("save", "the query to a file", "repl.verbs.files:SAVE", (PROMPT,)),
    Verb("diff", "what has changed, in the text and in the files", "repl.verbs.files:DIFF", (PROMPT,)),
    Verb(
        "results", "the files as a table: page, sort, filter, untick", "repl.verbs.files:RESULTS", (PROMPT,), ("files",)
    ),
    Verb("history", "what was typed before", "repl.verbs.settings:HISTORY", (PROMPT,)),
    Verb("use", "which eDEx or catalogue is asked", "repl.verbs.settings:USE", (PROMPT,)),
    Verb("set", "how the prompt looks and answers", "repl.verbs.settings:SET", (PROMPT,)),
    Verb("help", "how to begin, and what each word and code means", "commands.help", BOTH, ("?",)),
    Verb("quit", "leave", "repl.verbs.settings:QUIT", (PROMPT,), ("exit",)),
    Verb(
        "compile",
        "query into the parameter dictionary of eDEx, curl or Python",
        "commands.compile",
        bare_option="--to",
    ),
    Verb("check", "errors and warnings, and the fixes that are certain", "commands.check"),
    Verb("fmt", "format queries in one layout", "commands.fmt"),
    Verb(
        "compare",
        "two queries: equal, narrower, overlapping or disjoint, with a moment that shows it",
        "commands.compare",
    ),
    Verb("explain", "how a query is compiled, constraint by constraint", "commands.explain"),
    Verb("decompile", "parameter dictionary, or a script that has one, into a query", "commands.decompile"),
    Verb(
        "vocabulary",
        "products, instruments, fields and experiments, and which spellings are confirmed",
        "commands.vocabulary",
    ),
    Verb("fetch", "list the files of a query, from eDEx or from a catalogue on this machine", "commands.fetch"),
    Verb("select", "a saved listing: choose files, compare it, ask again", "commands.select"),
    Verb("request", "request files by mail, as the Results tab does", "commands.request"),
    Verb("continue", "continue a delivery when its link has arrived: download, verify, unpack", "commands.continue_"),
    Verb("download", "download files from links, the archive or a selection, verified", "commands.download"),
    Verb("retry", "resume downloads that were interrupted", "commands.retry"),
    Verb("unpack", "inspect an archive and unpack it safely", "commands.unpack"),
    Verb("browse", "the archive by day, instrument and product", "commands.browse"),
    Verb("availability", "when the instruments were on, drawn", "commands.availability"),
    Verb("influence", "what each constraint of a query contributes", "commands.influence"),
    Verb("why", "why a file matches a query or not", "commands.why"),
    Verb("timeline", "when files exist and when they match, drawn", "commands.timeline"),
    Verb("plot", "a query drawn: ground track, magnetic dial, panels over time", "commands.plot"),
    Verb("config", "every setting, its value and where it comes from", "commands.config"),
    Verb(
        "doctor",
        "what works and what does not: service, archive, disk, proxy, vocabulary",
        "commands.doctor",
    ),
    Verb("catalogue", "create and maintain a catalogue on this machine", "commands.catalogue"),
    Verb("serve", "answer as eDEx does, from a catalogue on this machine", "cli.serve"),
    Verb(
        "workbench",
        "the tabs of eDEx as a page in the browser, with the text of the query beside them",
        "cli.workbench",
    ),
    Verb(
        "completion",
        "completion of commands and options for bash, zsh or fish",
        "commands.completion",
        (COMMAND_LINE,),
    ),
)
VERBS = {verb.name: verb for verb in _ALL}


def verbs_of(face: str) -> dict[str, Verb]:
    """The verbs that can be typed on a face, by name, in the order in which they are listed."""
    return {name: verb for name, verb in VERBS.items() if face in verb.faces}


def verb_named(word: str) -> Verb | None:
    """The verb that has this name, or this other name, in any case of letters."""
    word = word.lower()
    return VERBS.get(word) or next((verb for verb in _ALL if word in verb.other_names), None)


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
