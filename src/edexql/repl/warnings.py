"""Warnings in one line each: what they are about was typed or opened a moment ago, and `help` tells the rest."""

from __future__ import annotations

import sys

from edexql.base.text import printable
from edexql.terminal.diagnostics import coloured, report_counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.language.diagnostics.value import Diagnostic
    from edexql.repl.session import Session

MOST = 20


def warn(session: Session, diagnostics: Sequence[Diagnostic]) -> None:
    """Tell of warnings, each once and of one code and message once only; of those that are counted once a session."""
    if not session.all_warnings:
        options = session.given()
        options.counted = [one for one in diagnostics if one.counted]
        diagnostics = [one for one in diagnostics if not one.counted]
        report_counted(options)
    head, end = ("\x1b[1;33m", "\x1b[0m") if coloured(sys.stderr, session.colour) else ("", "")
    said = dict.fromkeys((one.code, printable(one.message)) for one in diagnostics)
    sys.stdout.flush()
    for code, message in [*said][:MOST]:
        sys.stderr.write(f"{head}warning[{code}]{end}: {message} (`help {code}`)\n")
