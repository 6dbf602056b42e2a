"""Diagnostics as the page takes them: offsets in UTF-16, fixes as edits."""

from __future__ import annotations

from edexql.language.diagnostics.codes import OWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from edexql.language.diagnostics import Diagnostic, Fix
    from edexql.language.source import Source, Span
    from edexql.web.workbench import Offsets


def forms(diagnostics: Iterable[Diagnostic], source: Source, offsets: Offsets) -> list[dict[str, Any]]:
    """Diagnostics of a source; one that is about another text stands at the beginning."""
    return [_form(one, offsets, here=one.source is source or one.source.text == source.text) for one in diagnostics]


def _form(diagnostic: Diagnostic, offsets: Offsets, *, here: bool) -> dict[str, Any]:
    def places(span: Span) -> dict[str, int]:
        if not here:
            return {"from": 0, "to": 0}
        return {"from": offsets.outside(span.start), "to": offsets.outside(span.end)}

    def edits(fix: Fix) -> dict[str, Any]:
        title = diagnostic.help or (f"write `{fix.text}`" if fix.text else "remove it")
        return {"title": title, "edits": [{**places(fix.span), "insert": fix.text}]}

    fix = diagnostic.fix if here else None
    own = OWN.get(diagnostic.code)
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "help": diagnostic.help,
        **places(diagnostic.span),
        "notes": [{"message": note.message, **places(note.span)} for note in diagnostic.notes],
        "fixes": [] if fix is None else [edits(fix)],
        "url": None if own is None else own.documentation,
    }
