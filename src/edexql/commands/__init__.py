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
    "compare": "two queries: equal, narrower, overlapping or disjoint, with a moment that shows it",
    "explain": "what becomes of each constraint, number by number",
    "decompile": "parameter dictionary, or the script it stands in, into a query",
    "vocabulary": "products, instruments, fields and experiments, and which spellings are confirmed",
    "fetch": "list the files of a query, from eDEx or from a catalogue on this machine",
    "select": "files of a listing kept in a small file: picked, compared, asked for again",
    "request": "have files sent by mail, as the Results tab does",
    "continue": "go on with a delivery when its link has come: download, verify, unpack",
    "download": "files from links, from the archive or of a selection, whole or not at all",
    "retry": "go on with downloads that were cut",
    "unpack": "look into an archive and unpack it safely",
    "browse": "the archive by day, instrument and product",
    "availability": "when the instruments were on, drawn",
    "influence": "what each constraint of a query contributes",
    "why": "why a file meets a query or does not",
    "timeline": "when files exist and when they match, drawn",
    "config": "every setting, its value and where that came from",
    "doctor": "what works and what does not: service, archive, disk, proxy, vocabulary",
    "catalogue": "make and look after a catalogue on this machine",
    "serve": "answer as eDEx does, from a catalogue on this machine",
    "completion": "completion of commands and options for bash, zsh or fish",
}
