"""Verbs about files: the current query from one and to one, what has changed, and the files that it gives."""

from __future__ import annotations

import difflib
import sys

from edexql.base.text import printable
from edexql.commands.exits import FINE, UsageError
from edexql.commands.registry import Implementation
from edexql.language.source import Source
from edexql.repl import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from edexql.repl.session import Session


def _open_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")


def _open(options: argparse.Namespace) -> int:
    return files.take_file(options.session, options.file)


OPEN = Implementation(
    """\
Make the query of a file the current query; `undo` brings back the one before. A Python script with a parameter
dictionary, or a JSON file of one, is read as well.""",
    "open storms.edq",
    _open_arguments,
    _open,
)


def _save_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?")
    parser.add_argument("--force", action="store_true", help="even over another file")


def _save(options: argparse.Namespace) -> int:
    return files.write_file(options.session, options.file, over_others=options.force)


SAVE = Implementation(
    """\
Write the current query to a file, completely or not at all. Without FILE it is the file that it came from. Another
file is not overwritten unless --force is given.""",
    "save storms.edq",
    _save_arguments,
    _save,
)


def _diff_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?")


def _diff(options: argparse.Namespace) -> int:
    session = options.session
    name, text = _earlier(session, options.file)
    sys.stdout.write("".join(_changed_lines(name, text, session.current.text)))
    sys.stdout.write(_changed_files(session, Source(text, name)))
    return FINE


def _earlier(session: Session, path: str | None) -> tuple[str, str]:
    """What the query is compared with: its name and its text. Raises UsageError."""
    current = session.current
    if path is not None:
        return files.read_file(session, path)
    if current.file is not None and (current.unsaved or not current.before):
        return current.file.name, current.file.laid_out
    if current.before:
        return "before", current.before[-1]
    raise UsageError("there is nothing to compare with: name a FILE")


def _changed_lines(name: str, old: str, new: str) -> Iterator[str]:
    for line in difflib.unified_diff(old.splitlines(), new.splitlines(), name, "now", lineterm="", n=1):
        yield f"{printable(line)}\n"


def _changed_files(session: Session, old: Source) -> str:
    from edexql.language.diagnostics.query_error import QueryError

    try:
        before, now = _names(session, old), _names(session, session.query)
    except QueryError:
        return "one of the two has mistakes, so their files cannot be compared\n"
    return f"files: {len(before)} before, {len(now)} now; {len(now - before)} added, {len(before - now)} removed\n"


def _names(session: Session, source: Source) -> set[str]:
    """The names of the files of a query; none of an empty one."""
    from edexql.compiler.request import query_of
    from edexql.repl.answer import asked

    if not source.text.strip():
        return set()
    query = query_of(source, session.setting())
    with asked(session) as one:
        return {file.name for file in one.evidence.answer(query).files}


DIFF = Implementation(
    """\
Compare the current query with that of FILE, else with what was opened or saved, else with the query before the
last change: the lines of the text, and the files that are added or removed.""",
    "diff storms.edq",
    _diff_arguments,
    _diff,
)


def _results_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", action="store_true", help="print the table, numbered")
    parser.add_argument("--tick", metavar="FILES", action="append", default=[], help="numbers (1-3,7) or a pattern")
    parser.add_argument("--untick", metavar="FILES", action="append", default=[], help="numbers (1-3,7) or a pattern")
    parser.add_argument("--names", action="store_true", help="print the names of the ticked files alone")
    parser.add_argument("--save", metavar="FILE", help="keep the files and their ticks as a selection")


def _results(options: argparse.Namespace) -> int:
    from edexql.repl.results import choose

    return choose(options.session, options)


RESULTS = Implementation(
    """\
The files of the current query as a table, to page, sort, filter and untick with keys (`?` in it tells which).
Ticks stay until the query changes. With --list, or without a terminal, the table is printed.
--save saves it with its ticks as a selection, for `select` and `request`.""",
    "results --untick '*_1646*' --list",
    _results_arguments,
    _results,
)
