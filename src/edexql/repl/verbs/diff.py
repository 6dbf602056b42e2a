"""`diff`."""

from __future__ import annotations

import difflib
import sys

from edexql.base.text import printable
from edexql.commands.exits import FINE, UsageError
from edexql.language.source import Source
from edexql.repl.filing import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from edexql.repl.session import Session

DESCRIPTION = """\
Compare the query under hand with that of FILE, else with what was opened or saved, else with what it was before
the last change: the lines of the text, and the files that come and go."""
EXAMPLE = "diff storms.edq"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?")


def run(options: argparse.Namespace) -> int:
    session = options.session
    name, text = _other(session, options.file)
    sys.stdout.write("".join(_lines(name, text, session.hand.text)))
    sys.stdout.write(_files(session, Source(text, name)))
    return FINE


def _other(session: Session, path: str | None) -> tuple[str, str]:
    """What the query is compared with: its name and its text. Raises UsageError."""
    hand = session.hand
    if path is not None:
        return read_file(session, path)
    if hand.file is not None and (hand.unsaved or not hand.before):
        return hand.file.name, hand.file.laid_out
    if hand.before:
        return "before", hand.before[-1]
    raise UsageError("there is nothing to compare with: name a FILE")


def _lines(name: str, old: str, new: str) -> Iterator[str]:
    for line in difflib.unified_diff(old.splitlines(), new.splitlines(), name, "now", lineterm="", n=1):
        yield f"{printable(line)}\n"


def _files(session: Session, old: Source) -> str:
    from edexql.language.diagnostics.query_error import QueryError

    try:
        before, now = _names(session, old), _names(session, session.source)
    except QueryError:
        return "one of the two has mistakes, so their files cannot be compared\n"
    return f"files: {len(before)} before, {len(now)} now; {len(now - before)} came, {len(before - now)} went\n"


def _names(session: Session, source: Source) -> set[str]:
    """The names of the files of a query; none of an empty one."""
    from edexql.catalogue.evaluation import evaluate
    from edexql.compiler.request import query_of
    from edexql.repl.answer import opened, vocabulary_of

    if not source.text.strip():
        return set()
    setting = session.setting()
    query = query_of(source, setting)
    with opened(session) as catalogue:
        return {file.name for file in evaluate(query, catalogue, vocabulary_of(setting)).files}
