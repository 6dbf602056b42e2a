"""Diagnostics as the page takes them: offsets in UTF-16, fixes as edits."""

from __future__ import annotations

import re
from itertools import accumulate

from edexql.language.diagnostics import Fix
from edexql.language.diagnostics.codes import OWN
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from edexql.language.diagnostics import Diagnostic
    from edexql.language.source import Source
    from edexql.web.workbench import Offsets


def forms(diagnostics: Iterable[Diagnostic], source: Source, offsets: Offsets) -> list[dict[str, Any]]:
    """Diagnostics of a source, which may have been read behind a keyword; one of another text is at the beginning."""
    return [_form(one, offsets, _shift(one.source, source)) for one in diagnostics]


def _shift(read: Source, source: Source) -> int | None:
    """How many characters stand before a source in the text that was read, None where that is another one."""
    if read is source:
        return 0
    return len(read.text) - len(source.text) if read.text.endswith(source.text) else None


def _form(diagnostic: Diagnostic, offsets: Offsets, shift: int | None) -> dict[str, Any]:
    def places(span: Span) -> dict[str, int]:
        if shift is None:
            return {"from": 0, "to": 0}
        return {"from": offsets.outside(max(span.start - shift, 0)), "to": offsets.outside(max(span.end - shift, 0))}

    def edits(fix: Fix) -> dict[str, Any]:
        title = diagnostic.help or (f"write `{fix.text}`" if fix.text else "remove it")
        return {
            "title": title,
            "edits": [{**places(part.span), "insert": part.text} for part in _parts(fix, diagnostic.source)],
        }

    fix = None if shift is None else diagnostic.fix
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


def _parts(fix: Fix, source: Source) -> list[Fix]:
    """A fix as the least edits: only the words of a longer stretch that change."""
    old, new = (re.split(r"(\s+)", text) for text in (source.text[fix.span.start : fix.span.end], fix.text))
    if len(old) < 3 or len(old) != len(new):
        return [fix]
    places = accumulate((len(word) for word in old), initial=fix.span.start)
    return [
        Fix(Span(place, place + len(word)), other)
        for place, word, other in zip(places, old, new, strict=False)
        if word != other
    ]
