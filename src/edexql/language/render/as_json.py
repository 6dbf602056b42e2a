"""An array of objects, for programs. The fields are described in docs/diagnostics.md and only ever added to."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from edexql.language.diagnostic import Diagnostic
    from edexql.language.source import Source, Span


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    return json.dumps([entry(diagnostic) for diagnostic in diagnostics], indent=2) + "\n"


def entry(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic as plain data; lines and columns count from 1, columns in code points, `end` is exclusive."""
    source, fix = diagnostic.source, diagnostic.fix
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "file": source.name,
        **_place(source, diagnostic.span),
        "notes": [{"message": note.message, **_place(source, note.span)} for note in diagnostic.notes],
        "help": diagnostic.help,
        "fix": None if fix is None else {**_place(source, fix.span), "text": fix.text},
    }


def _place(source: Source, span: Span) -> dict[str, Any]:
    return {"start": _position(source, span.start), "end": _position(source, span.end)}


def _position(source: Source, offset: int) -> dict[str, int]:
    line, column = source.position(offset)
    return {"line": line, "column": column}
