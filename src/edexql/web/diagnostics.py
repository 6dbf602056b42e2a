"""Diagnostics as the page takes them: offsets in UTF-16, fixes as edits, spellings of one pattern as one warning."""

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

# What only a command line has: an option, or a part of a sentence about one.
_WITH_OPTION = re.compile(r" with --[a-z-]+$")
_OPTION = re.compile(r"(?<!`)--[a-z]")


def forms(diagnostics: Iterable[Diagnostic], source: Source, offsets: Offsets) -> list[dict[str, Any]]:
    """Diagnostics of a source, which may have been read behind a keyword; one of another text is at the beginning."""
    return [_form(one, others, offsets, _shift(one.source, source)) for one, others in _alike(diagnostics)]


def _alike(diagnostics: Iterable[Diagnostic]) -> list[tuple[Diagnostic, list[str]]]:
    """Diagnostics, each with what is said of the same place, as of all the products of one pattern."""
    groups: list[tuple[Diagnostic, list[str]]] = []
    places: dict[object, list[str]] = {}
    for one in diagnostics:
        key = (one.code, one.span, one.help) if one.counted else None
        if key is not None and one.counted is not None and key in places:
            places[key].append(one.counted[0])
            continue
        groups.append((one, []))
        if key is not None:
            places[key] = groups[-1][1]
    return groups


def _shift(read: Source, source: Source) -> int | None:
    """How many characters stand before a source in the text that was read, None where that is another one."""
    if read is source:
        return 0
    return len(read.text) - len(source.text) if read.text.endswith(source.text) else None


def _help(diagnostic: Diagnostic) -> str | None:
    """What to do, without the options of commands."""
    parts = [_WITH_OPTION.sub("", part) for part in (diagnostic.help or "").split("; ")]
    return "; ".join(part for part in parts if not _OPTION.search(part)) or None


def _form(diagnostic: Diagnostic, others: list[str], offsets: Offsets, shift: int | None) -> dict[str, Any]:
    def places(span: Span) -> dict[str, int]:
        if shift is None:
            return {"from": 0, "to": 0}
        return {"from": offsets.outside(max(span.start - shift, 0)), "to": offsets.outside(max(span.end - shift, 0))}

    def edits(fix: Fix) -> dict[str, Any]:
        title = _help(diagnostic) or (f"write `{fix.text}`" if fix.text else "remove it")
        return {
            "title": title,
            "edits": [{**places(part.span), "insert": part.text} for part in _parts(fix, diagnostic.source)],
        }

    fix = None if shift is None else diagnostic.fix
    notes = [{"message": note.message, **places(note.span)} for note in diagnostic.notes]
    if others:
        listed = ", ".join(f"`{name}`" for name in others)
        notes.append({"message": f"the same of {len(others)} more: {listed}", **places(diagnostic.span)})
    own = OWN.get(diagnostic.code)
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "help": _help(diagnostic),
        **places(diagnostic.span),
        "notes": notes,
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
