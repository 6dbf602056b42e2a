"""Diagnostics on their way out: which rendering, which stream, whether in colour."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import TextIO

    from edexql.language.diagnostic import Diagnostic

# More than anyone reads; the JSON and SARIF renderings have all of them.
MOST_SHOWN = 200


def report(diagnostics: Sequence[Diagnostic], options: argparse.Namespace) -> None:
    """Write diagnostics to standard error, for people."""
    if getattr(options, "quiet", False):
        diagnostics = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    if diagnostics:
        sys.stdout.flush()
        sys.stderr.write(for_people(diagnostics, sys.stderr, options))


def for_people(diagnostics: Sequence[Diagnostic], stream: TextIO, options: argparse.Namespace) -> str:
    from edexql.language.render.terminal import terminal

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
