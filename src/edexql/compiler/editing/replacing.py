"""One constraint in the place of another."""

from __future__ import annotations

from edexql.base.text import shown
from edexql.compiler.editing.edited import OPEN_EDITOR, Edited, EditError, Piece
from edexql.compiler.editing.entering import entered, unread
from edexql.compiler.editing.numbering import number_of
from edexql.compiler.editing.rewriting import splice_of
from edexql.compiler.editing.sheet import finished, labels_of, ranges_of, read, spliced, there_are
from edexql.compiler.editing.splitting import split
from edexql.language.lexer import COMMENT
from edexql.language.parser import parse
from edexql.language.source import Source, Span
from edexql.language.syntax import Constraint, Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.editing.sheet import Element, Sheet
    from edexql.language.lexer import Tokens
    from edexql.language.syntax import Program


def replaced(text: str, reference: str, typed: str) -> Edited:
    """The query `text` with a typed constraint in the place of the one that a number or a label refers to.

    What has a label keeps it, comments stay, and no other constraint gets another number: a number stands for one
    value, and so has what takes its place. Of a statement with several values only the one is replaced; where
    the new constraint is of another kind, the statement is cut in two round it.

    The text of the result is None where the typed text has errors of syntax. Raises EditError where there is no
    such constraint, or where the typed text cannot take its place.
    """
    sheet = read(text)
    source = Source(typed)
    program, diagnostics = parse(source)
    if diagnostics:
        return unread(sheet, typed)
    constraint = _one_constraint(program)
    ranges = ranges_of(constraint, program.tokens)
    if not ranges and constraint.kind == "raw" and _is_broken_list(constraint):
        return unread(sheet, typed)
    if not reference.strip().isdigit():
        return _by_label(sheet, text, reference.strip(), typed)
    number = number_of(reference.strip())
    if not 1 <= number <= len(sheet.elements):
        raise EditError(f"there is no constraint {shown(reference.strip())[1:-1]}", there_are(len(sheet.elements)))
    if len(ranges) != 1:
        many = f"{len(ranges)} values" if ranges else "no value with a number"
        raise EditError(
            f"constraint {number} is one value, and this has {many}",
            "enter the other values as a constraint of their own",
        )
    return _put(sheet, sheet.elements[number - 1], program, constraint, ranges[0], len(typed) - len(source.text))


def _one_constraint(program: Program) -> Constraint:
    statement = program.statements[0] if len(program.statements) == 1 else None
    if not isinstance(statement, Constraint):
        raise EditError("only a single constraint can take the place of one", "write one, as in `3: kp >= 6`")
    if statement.label is not None:
        raise EditError(
            f"the label {shown(statement.label.text)} cannot be given here", "`label` gives a label to a constraint"
        )
    return statement


def _is_broken_list(constraint: Constraint) -> bool:
    """Whether the JSON of a constraint that has no elements begins as a list, and is not the empty one."""
    text = constraint.json.text if constraint.json is not None else ""
    return text.startswith("[") and text[1:].strip() != "]"


def _by_label(sheet: Sheet, text: str, label: str, typed: str) -> Edited:
    if label.lower() not in labels_of(sheet.program):
        raise EditError(f"there is no label {shown(label)}", "`label` gives a label to a constraint")
    start = f"{label}: "
    source = Source(typed)
    edited = entered(text, start + source.text)
    (piece,) = edited.pieces
    mark = len(typed) - len(source.text)
    pieces = (Piece(mark, mark + piece.typed_end - len(start), piece.start + len(start)),)
    return Edited(edited.text, pieces, edited.draft, edited.before)


def _put(
    sheet: Sheet, element: Element, program: Program, constraint: Constraint, new: tuple[int, int], mark: int
) -> Edited:
    """The edit that puts a typed constraint, or the one element that it has, in the place of an element."""
    old, tokens = element.constraint, sheet.tokens
    ranges = ranges_of(old, tokens)
    core, place = constraint.span, Span(old.head.span.start, old.span.end)
    head = tail = ""
    # What goes wholly, but for the comments in it.
    inner = place if len(ranges) == 1 else Span(tokens.starts[element.first], tokens.ends[element.last])
    if len(ranges) > 1 and _same_head(old, constraint):
        core = Span(program.tokens.starts[new[0]], program.tokens.ends[new[1]])
        if element.place == 0 and old.kind != "raw":
            # A comment before the element may stand only where the element begins with dots.
            inner, head = Span(old.head.span.end, inner.end), " "
        place = inner
    elif len(ranges) > 1:
        statement = sheet.program.statements[element.statement]
        if isinstance(statement, Logic):
            line = sheet.text[old.span.start : old.span.end]
            raise EditError(f"constraint {element.number} is one value of {shown(line)} in the `where`", OPEN_EDITOR)
        if old.label is not None:
            raise EditError(
                f"constraint {element.number} is one of several that the label {shown(old.label.text)} stands for",
                f"give another value of {shown(old.head.text)}, or replace all of them with `{old.label.text}: …`",
            )
        cut = split(tokens, element, ranges)
        head, tail = cut.before, cut.behind
    behind = [*_comments(program.tokens, core, inside=False), *_comments(tokens, inner, inside=True)]
    comments = "".join(f"  {comment}\n" for comment in behind)
    typed = program.source.text[core.start : core.end]
    if comments and tail.startswith("\n"):
        tail = tail[1:]
    start, end, put = splice_of(sheet.text, place, f"{head}{typed}{comments}{tail}")
    draft = spliced(sheet.text, [(start, end, put)])
    piece = Piece(core.start + mark, core.end + mark, start + len(head))
    return Edited(finished(draft), (piece,), draft, sheet.text)


def _comments(tokens: Tokens, span: Span, *, inside: bool) -> Iterator[str]:
    """The comments inside a span, or those outside it."""
    for i in range(tokens.count):
        if tokens.kinds[i] == COMMENT and (span.start <= tokens.starts[i] < span.end) == inside:
            yield tokens.read(i).rstrip()


def _same_head(a: Constraint, b: Constraint) -> bool:
    if a.kind == "raw" == b.kind:
        return a.key is not None and b.key is not None and a.key.text == b.key.text
    return a.kind == b.kind and a.head.text.lower() == b.head.text.lower()
