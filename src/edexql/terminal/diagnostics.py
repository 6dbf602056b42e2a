"""Diagnostics on their way out: which rendering, which stream, whether in colour."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import TextIO

    from edexql.language.diagnostics import Diagnostic

# More than anyone reads; the JSON and SARIF renderings have all of them.
MOST_SHOWN = 200
MOST_NAMED = 8


def report(diagnostics: Sequence[Diagnostic], options: argparse.Namespace) -> None:
    """Write diagnostics to standard error, for people; those that are counted are kept for `report_counted`."""
    if getattr(options, "quiet", False):
        diagnostics = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    if not getattr(options, "all_warnings", False):
        counted = [diagnostic for diagnostic in diagnostics if diagnostic.counted]
        diagnostics = [diagnostic for diagnostic in diagnostics if not diagnostic.counted]
        options.counted = [*getattr(options, "counted", ()), *counted]
    if diagnostics:
        sys.stdout.flush()
        sys.stderr.write(for_people(diagnostics, sys.stderr, options))


def report_counted(options: argparse.Namespace) -> None:
    """Write in one line what was counted of the warnings of a command; once in a session of the prompt."""
    counted, prompt = getattr(options, "counted", ()), options.prompt
    options.counted = []
    if counted and (prompt is None or not prompt.counted_shown):
        if prompt is not None:
            prompt.counted_shown = True
        head, end = ("\x1b[1;33m", "\x1b[0m") if coloured(sys.stderr, getattr(options, "color", "auto")) else ("", "")
        sys.stdout.flush()
        sys.stderr.write(f"{head}warning[{counted[0].code}]{end}: {in_one_line(counted)}\n")


def in_one_line(counted: Sequence[Diagnostic]) -> str:
    """What unconfirmed spellings have in common: how many there are, and of how many of one query."""
    names = list(dict.fromkeys(diagnostic.counted[0] for diagnostic in counted if diagnostic.counted))
    total = counted[0].counted
    of = f" of {total[1]}" if total and len({diagnostic.source.text for diagnostic in counted}) == 1 else ""
    spellings = "spelling" if len(names) == 1 and not of else "spellings"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    listed = ", ".join(names[:MOST_NAMED]) + more
    are = "is" if len(names) == 1 else "are"
    return f"{len(names)}{of} {spellings} {are} unconfirmed: {listed} (`check` shows each)"


def for_people(diagnostics: Sequence[Diagnostic], stream: TextIO, options: argparse.Namespace) -> str:
    from edexql.language.diagnostics.terminal import terminal

    text = terminal(diagnostics[:MOST_SHOWN], colour=coloured(stream, getattr(options, "color", "auto")))
    rest = len(diagnostics) - MOST_SHOWN
    return text + (f"\nand {rest} more\n" if rest > 0 else "") + "\n"


def columns() -> int:
    """How wide the terminal is; 80 where it does not say."""
    try:
        width = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):
        width = 0
    return width if width > 0 else 80


def coloured(stream: TextIO, choice: str) -> bool:
    """Whether to write colour: as asked, else on a terminal that can and where NO_COLOR is not set."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()
