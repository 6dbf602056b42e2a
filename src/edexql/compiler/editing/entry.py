"""Statements as they are typed at a prompt: each put where it belongs in the query, and what is wrong with them."""

from __future__ import annotations

from bisect import bisect_right

from edexql.compiler.editing.document import Edited, EditError, Piece, labels_of, line_end, logic_of, read, spliced
from edexql.compiler.editing.placement import Page, chunks
from edexql.compiler.request import Compilation, Setting, compilation
from edexql.language.diagnostics import Diagnostic, Fix, Note, in_order
from edexql.language.formatter import layout
from edexql.language.lexer import BINARY, FIRST_READ, NEWLINE, tokenize
from edexql.language.parser import parse
from edexql.language.source import Source, Span
from edexql.language.syntax import Constraint, Email, Let, Logic, Product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.compiler.editing.document import Sheet
    from edexql.language.syntax import Program


def entered(text: str, typed: str) -> Edited:
    """The query `text` with one or several statements typed: added to it, or in place of what they replace.

    A constraint or product comes after the others and before a closing `logic` or `email`, so that no number
    changes; a statement whose label is given takes the place of the one that has it, `logic` (or `where`) and
    `email` and a `let` that of the one there is. Text that begins with AND or OR continues the logic.
    Several statements with a `product` among them are a whole query, which takes the place of everything but of
    comments that stand alone.

    The text of the result is None where the typed text has errors of syntax; whether it means anything is for
    `diagnosed` to say. Raises EditError where there is no logic to continue, where the current query
    cannot be read, or where numbers in a new logic would come to mean other constraints.
    """
    if _first_read(typed) in BINARY:
        return _continued(read(text), typed)
    source = Source(typed)
    program, diagnostics = parse(source)
    if len(program.statements) + len(program.lost) > 1 and any(isinstance(s, Product) for s in program.statements):
        return _whole(text, typed)
    sheet = read(text)
    if diagnostics:
        return unread(sheet, typed, program)
    page = Page(sheet)
    for chunk in chunks(program):
        page.put(program, chunk, len(typed) - len(source.text))
    return page.edited()


def whole(typed: str) -> Edited:
    """A text that takes the place of the current query, whatever that is. The text is None as for `entered`."""
    return _whole("", typed)


def unread(sheet: Sheet, typed: str, program: Program | None = None) -> Edited:
    """An edit by a text with errors of syntax: a draft on which they can be reported, and no new query.

    The typed text stands at the end, and what its statements would replace is removed, so that nothing
    is said to be given twice.
    """
    source = Source(typed)
    labels = labels_of(sheet.program)
    names = {s.name.text.lower(): i for i, s in enumerate(sheet.program.statements) if isinstance(s, Let)}
    email = next((i for i, s in enumerate(sheet.program.statements) if isinstance(s, Email)), None)
    replaced: set[int | None] = set()
    for statement in program.statements if program else ():
        if isinstance(statement, Logic):
            replaced.add(logic_of(sheet.program))
        elif isinstance(statement, Email):
            replaced.add(email)
        elif isinstance(statement, Let):
            replaced.add(names.get(statement.name.text.lower()))
        elif isinstance(statement, Constraint) and statement.label is not None:
            replaced.add(labels.get(statement.label.text.lower()))
    splices = []
    for index, statement in enumerate(sheet.program.statements):
        if index in replaced:
            splices.append((statement.span.start, line_end(sheet.text, statement.span.end), ""))
    before = spliced(sheet.text, splices) + "\n"
    piece = Piece(len(typed) - len(source.text), len(typed), len(before))
    return Edited(None, (piece,), before + source.text, sheet.text)


def _whole(text: str, typed: str) -> Edited:
    source = Source(typed)
    # Comments alone are no query that could be replaced: they were typed before the first, and about it.
    kept = f"{text.rstrip()}\n" if text.strip() and _first_read(text) is None else ""
    draft = kept + source.text
    program, diagnostics = parse(Source(draft))
    piece = Piece(len(typed) - len(source.text), len(typed), len(kept))
    return Edited(None if diagnostics else layout(program.tokens), (piece,), draft, text, whole=True)


def _first_read(typed: str) -> int | None:
    """The kind of the first token that is no comment and no line break."""
    kinds = tokenize(typed).kinds
    return next((kind for kind in kinds if kind >= FIRST_READ and kind != NEWLINE), None)


def _continued(sheet: Sheet, typed: str) -> Edited:
    """A text that begins with AND or OR continues the current logic; statements may follow."""
    index = logic_of(sheet.program)
    if index is None:
        raise EditError("there is no logic to continue", "start one, as in `logic 1 AND 2`")
    logic = sheet.program.statements[index]
    assert isinstance(logic, Logic)
    # Something for the operator to stand after.
    start = f"{logic.keyword} 1 "
    program, diagnostics = parse(Source(start + typed))
    if diagnostics:
        span = logic.span
        others = spliced(sheet.text, [(span.start, line_end(sheet.text, span.end), "")])
        before = f"{others}{sheet.text[span.start : span.end]} "
        return Edited(None, (Piece(0, len(typed), len(before)),), before + typed, sheet.text)
    page = Page(sheet)
    for place, chunk in enumerate(chunks(program)):
        if place == 0:
            page.go_on(program, chunk, -len(start))
        else:
            page.put(program, chunk, -len(start))
    return page.edited()


# What a query has to have in the end and need not have while it is being built.
_UNFINISHED = frozenset({"E210", "W606", "W607", "W609"})


def diagnosed(
    edited: Edited, typed: str, setting: Setting, name: str = "<line>", done: Compilation | None = None
) -> tuple[Diagnostic, ...]:
    """What there is to say of an edit by typed text, which `name` stands for.

    `done` is what compiling the draft gave, None where that is still to be done.
    What lies in the typed text is said of it alone, as its own source. Of the rest of the query only that is
    said which was not there before the edit; and nothing where the typed text could not be read, because
    what would follow from it is not known. An empty or unfinished query is no mistake as long as it is built,
    but is one where all of it was replaced.
    """
    done = done or compilation(Source(edited.draft), setting)
    own = Source(typed, name)
    mark = len(typed) - len(own.text)
    pieces = sorted(edited.pieces, key=lambda piece: piece.start)
    starts = [piece.start for piece in pieces]
    diagnostics: list[Diagnostic] = []
    others: list[Diagnostic] = []
    for diagnostic in done.diagnostics:
        if diagnostic.code in _UNFINISHED and not edited.whole:
            continue
        span = diagnostic.span
        piece = pieces[bisect_right(starts, span.start) - 1] if pieces else None
        if piece is None or diagnostic.source is not done.resolved.program.source or not _holds(piece, span):
            others.append(diagnostic)
        else:
            diagnostics.append(_of_typed(diagnostic, own, piece, mark))
    if done.resolved.program.damaged and not edited.whole:
        others = []
    elif others and not edited.whole:
        known = {(d.code, d.message) for d in compilation(Source(edited.before), setting).diagnostics}
        others = [diagnostic for diagnostic in others if (diagnostic.code, diagnostic.message) not in known]
    return in_order(diagnostics) + in_order(others)


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
