"""The commands of the command line, one a file.

Each module has SUMMARY (one line), DESCRIPTION and EXAMPLE (for --help), `arguments(parser)` and
`run(options) -> exit code`. A module is imported when its command is used.
"""

from __future__ import annotations

COMMANDS = {
    "repl": "type queries and see at once what they give",
    "compile": "query into the parameter dictionary of eDEx, curl or Python",
    "check": "errors and warnings, and the fixes that are certain",
    "fmt": "one layout for all queries",
    "explain": "what becomes of each constraint, number by number",
    "decompile": "parameter dictionary, or the script it stands in, into a query",
    "vocabulary": "products, instruments, fields and experiments, and which spellings are confirmed",
    "fetch": "list the files of a query, from eDEx or from a catalogue on this machine",
    "influence": "what each constraint of a query contributes",
    "why": "why a file meets a query or does not",
    "timeline": "when files exist and when they match, drawn",
    "catalogue": "make and look after a catalogue on this machine",
    "serve": "answer as eDEx does, from a catalogue on this machine",
    "completion": "completion of commands and options for bash, zsh or fish",
}
