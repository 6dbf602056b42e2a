"""The verbs of the REPL, one a file, in the form of the commands of the command line.

Each module has DESCRIPTION and EXAMPLE (for --help), `arguments(parser)` and `run(options) -> exit code`;
`options.session` is the session. The commands of the command line are verbs too, over the query under hand.
"""

from __future__ import annotations

VERBS = {
    "show": "the query under hand, numbered",
    "drop": "take constraints, products, the logic or the address away",
    "label": "give a constraint a name",
    "undo": "the query as it was before",
    "redo": "take the last undo back",
    "clear": "begin a new query",
    "edit": "the query in $EDITOR",
    "open": "a query from a file",
    "save": "the query to a file",
    "diff": "what has changed, in the text and in the files",
    "results": "the files as a table: page, sort, filter, untick",
    "history": "what was typed before",
    "use": "which eDEx or catalogue is asked",
    "set": "how the REPL looks and answers",
    "help": "what can be typed",
    "quit": "leave",
}
OTHER_NAMES = {"exit": "quit", "list": "show", "files": "results", "remove": "drop", "?": "help"}
