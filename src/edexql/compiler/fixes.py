"""Which fixes are certain: with each, the text reads, and nothing new is wrong in the statement that it changes."""

from __future__ import annotations

from collections import Counter

from edexql.language.diagnostics import Diagnostic
from edexql.language.lexer import END, tokenize
from edexql.language.recovery.surroundings import SEPARATORS
from edexql.language.source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edexql.language.diagnostics import Fix
    from edexql.model.query import Query

    # The query of a text as far as it can be read, and all diagnostics.
    Examine = Callable[[Source], tuple[Query, Sequence[Diagnostic]]]

# A fix is tried by reading the whole text with it: of a text up to the first length, as many as that allows, at most
# MOST_TRIED; of a longer one the first alone; of one beyond the second length none.
MOST_TRIED = 20
MOST_READ = 20_000
LONGEST_READ = 200_000
# About the service, or about what the text lacks: a fix of what is there changes neither.
_OF_NO_PLACE = frozenset({"W601", "W606", "W607"})
# What a fix renames together with all its uses means what it meant: warnings that follow were hidden by the error.
_RENAMES = "E305"


def only_certain(diagnostics: Sequence[Diagnostic], source: Source, examine: Examine) -> tuple[Diagnostic, ...]:
    """The diagnostics of a text, without the fixes that are not certain."""
    tried: dict[Fix, bool] = {}
    read = 0
    kept: list[Diagnostic] = []
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is not None and fix not in tried:
            read += len(source.text)
            affordable = (read <= MOST_READ and len(tried) < MOST_TRIED) or (not tried and read <= LONGEST_READ)
            tried[fix] = (
                affordable and diagnostic.source is source and is_certain(diagnostic, diagnostics, source, examine)
            )
        kept.append(diagnostic if fix is None or tried[fix] else _without_fix(diagnostic))
    return tuple(kept)


def is_certain(diagnostic: Diagnostic, diagnostics: Sequence[Diagnostic], source: Source, examine: Examine) -> bool:
    """Whether the text with the fix of a diagnostic says nothing new: no error, and no warning of that statement.

    A name that a statement begins with is certain only if the whole statement is right with it: any other name would
    make another statement of what follows.
    """
    fix = diagnostic.fix
    if fix is None or source.undecodable or source.text.startswith("$", fix.span.start):
        return False
    if _says_more(diagnostic, fix, diagnostics, source, examine):
        return False
    if diagnostic.code != "E301":
        return True
    begun = statement_at(source.text, fix.span.start, fix.span.end)
    there = [d for d in diagnostics if d.source is source and begun.start <= d.span.start <= begun.end and d.is_error]
    fixes = [d.fix for d in there if d.fix is not None]
    if len(there) == 1 or len(fixes) < len(there):
        return len(there) == 1
    _, left = examine(Source(with_fixes(source.text, fixes), source.name))
    return sum(d.is_error for d in left) <= sum(d.is_error for d in diagnostics) - len(fixes)


def with_fixes(text: str, fixes: Iterable[Fix]) -> str:
    """A text with fixes made; of two that overlap, the first."""
    pieces: list[str] = []
    end = 0
    for start, stop, replacement in sorted({(fix.span.start, fix.span.end, fix.text) for fix in fixes}):
        if start >= end:
            pieces += [text[end:start], replacement]
            end = stop
    return "".join([*pieces, text[end:]])


def _says_more(
    diagnostic: Diagnostic, fix: Fix, diagnostics: Sequence[Diagnostic], source: Source, examine: Examine
) -> bool:
    """Whether a text with a fix has errors that it had not before, or warnings of the statement that was changed."""
    text = with_fixes(source.text, [fix])
    if text == source.text:
        return True
    others = [d for d in diagnostics if d is not diagnostic and d.source is source]
    before = {(d.code, _moved(d.span, fix)) for d in others}
    # What was replaced may be as wrong as before in other ways, wherever in it that is now.
    inside = Counter(d.code for d in others if d.span.start < fix.span.end and d.span.end > fix.span.start)
    end = fix.span.start + len(fix.text)
    statement = statement_at(text, fix.span.start, end)
    for d in examine(Source(text, source.name))[1]:
        if d.code in _OF_NO_PLACE or (d.code, d.span) in before:
            continue
        if d.span.start < end and d.span.end > fix.span.start and inside[d.code]:
            inside[d.code] -= 1
        elif d.is_error or (
            diagnostic.code != _RENAMES and d.span.start <= statement.end and d.span.end >= statement.start
        ):
            return True
    return False


def statement_at(text: str, start: int, end: int) -> Span:
    """The statements of a text, without the spaces around them, that a stretch of it touches."""
    tokens = tokenize(text)
    first, last = 0, len(text)
    for index in range(tokens.count):
        if tokens.kinds[index] not in SEPARATORS:
            continue
        if tokens.ends[index] <= start and tokens.kinds[index] != END:
            first = tokens.ends[index]
        elif tokens.starts[index] >= end:
            last = tokens.starts[index]
            break
    inner = text[first:last]
    return Span(first + len(inner) - len(inner.lstrip()), last - len(inner) + len(inner.rstrip()))


def _without_fix(diagnostic: Diagnostic) -> Diagnostic:
    return Diagnostic(
        diagnostic.code,
        diagnostic.message,
        diagnostic.source,
        diagnostic.span,
        diagnostic.notes,
        diagnostic.help,
        counted=diagnostic.counted,
    )


def _moved(span: Span, fix: Fix) -> Span:
    """Where a span of the text stands in the text with the fix."""
    end = fix.span.start + len(fix.text)

    def place(offset: int) -> int:
        if offset <= fix.span.start:
            return offset
        return end if offset < fix.span.end else offset - fix.span.end + end

    return Span(place(span.start), place(span.end))
