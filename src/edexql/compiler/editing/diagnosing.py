"""What is wrong with an edit: diagnostics of the new query, in terms of what was typed."""

from __future__ import annotations

from bisect import bisect_right

from edexql.compiler.request import Setting, compilation
from edexql.language.diagnostics.value import Diagnostic, Fix, Note, in_order
from edexql.language.source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.compiler.editing.edited import Edited, Piece

# What a query has to have in the end and need not have while it is being built.
_UNFINISHED = frozenset({"E210", "W606", "W607", "W609"})


def diagnosed(edited: Edited, typed: str, setting: Setting, name: str = "<line>") -> tuple[Diagnostic, ...]:
    """What there is to say of an edit by typed text, which `name` stands for.

    What lies in the typed text is said of it alone, as its own source. Of the rest of the query only that is
    said which was not there before the edit; and nothing where the typed text could not be read, because
    what would follow from it is not known. An empty or unfinished query is no mistake as long as it is built,
    but is one where all of it was replaced.
    """
    done = compilation(Source(edited.draft), setting)
    own = Source(typed, name)
    mark = len(typed) - len(own.text)
    pieces = sorted(edited.pieces, key=lambda piece: piece.start)
    starts = [piece.start for piece in pieces]
    found: list[Diagnostic] = []
    others: list[Diagnostic] = []
    for diagnostic in done.diagnostics:
        if diagnostic.code in _UNFINISHED and not edited.whole:
            continue
        span = diagnostic.span
        piece = pieces[bisect_right(starts, span.start) - 1] if pieces else None
        if piece is None or diagnostic.source is not done.resolved.program.source or not _holds(piece, span):
            others.append(diagnostic)
        else:
            found.append(_of_typed(diagnostic, own, piece, mark))
    if done.resolved.program.damaged and not edited.whole:
        others = []
    elif others and not edited.whole:
        known = {(d.code, d.message) for d in compilation(Source(edited.before), setting).diagnostics}
        others = [diagnostic for diagnostic in others if (diagnostic.code, diagnostic.message) not in known]
    return in_order(found) + in_order(others)


def _holds(piece: Piece, span: Span) -> bool:
    """Whether a span of the draft lies in a piece of typed text."""
    return piece.start <= span.start and span.end <= piece.start + piece.typed_end - piece.typed_start


def _of_typed(diagnostic: Diagnostic, own: Source, piece: Piece, mark: int) -> Diagnostic:
    """A diagnostic of the draft as one of the typed text; `mark` is the length of a byte order mark before it."""
    shift = piece.typed_start - mark - piece.start

    def moved(span: Span) -> Span:
        return Span(span.start + shift, span.end + shift)

    notes = tuple(Note(moved(note.span), note.message) for note in diagnostic.notes if _holds(piece, note.span))
    fix = diagnostic.fix
    if fix is not None:
        fix = Fix(moved(fix.span), fix.text) if _holds(piece, fix.span) else None
    span = moved(diagnostic.span)
    return Diagnostic(diagnostic.code, diagnostic.message, own, span, notes, diagnostic.help, fix, diagnostic.counted)
