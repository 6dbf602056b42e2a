"""One constraint in place of another, and a label given to a constraint or changed."""

from __future__ import annotations

import re

from edexql.base.text import shown
from edexql.compiler.editing.document import (
    IN_TEXT,
    Edited,
    EditError,
    Piece,
    finished,
    labels_of,
    logic_of,
    ranges_of,
    read,
    spliced,
    split,
    there_are,
)
from edexql.compiler.editing.entry import entered, unread
from edexql.compiler.editing.logic_edits import number_of, operands, splice_of
from edexql.language.lexer import COMMENT, NAME
from edexql.language.parser import parse
from edexql.language.source import Source, Span
from edexql.language.syntax import Constraint, Logic
from edexql.language.tables import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.editing.document import Element, Sheet
    from edexql.language.lexer import Tokens
    from edexql.language.syntax import Program


_LABEL = re.compile(r"[a-z][a-z0-9-]*")


def labelled(text: str, number: int, name: str) -> str:
    """A query in which a constraint has a label, laid out; the logic stays as it is.

    Where its statement has other values beside it, the statement is cut around it; where the statement has a label,
    that label is changed, in the logic as well. Raises EditError for a name that cannot be a label or is given
    already, and for a constraint that is not there or stands in `where`.
    """
    sheet = read(text)
    _check(name, sheet)
    if not 1 <= number <= len(sheet.elements):
        raise EditError(f"there is no constraint {number}", there_are(len(sheet.elements)))
    element = sheet.elements[number - 1]
    constraint = element.constraint
    if isinstance(sheet.program.statements[element.statement], Logic):
        raise EditError(
            f"constraint {number} is in the `where`, which has no labels",
            "write it as a separate statement to give it a label",
        )
    if constraint.label is not None:
        return finished(spliced(sheet.text, _renamed(sheet, constraint.label.text.lower(), name)))
    span = constraint.span
    ranges = ranges_of(constraint, sheet.tokens)
    if len(ranges) == 1:
        return finished(spliced(sheet.text, [(span.start, span.start, f"{name}: ")]))
    cut = split(sheet.tokens, element, ranges)
    return finished(spliced(sheet.text, [(span.start, span.end, f"{cut.before}{name}: {cut.alone}{cut.behind}")]))


def _check(name: str, sheet: Sheet) -> None:
    if _LABEL.fullmatch(name) is None:
        raise EditError(f"{shown(name)} cannot be a label", "a label has letters, digits and hyphens, as in `storm-2`")
    if name in WORDS:
        raise EditError(f"{shown(name)} is a keyword and cannot be a label")
    if name in labels_of(sheet.program):
        raise EditError(f"the label {shown(name)} is already in use", "choose another name")


def _renamed(sheet: Sheet, before: str, after: str) -> Iterator[tuple[int, int, str]]:
    """The splices that change a label where it is given and where the logic names it."""
    statement = sheet.program.statements[labels_of(sheet.program)[before]]
    yield statement.span.start, statement.span.start + len(before), after
    index = logic_of(sheet.program)
    logic = None if index is None else sheet.program.statements[index]
    if not isinstance(logic, Logic):
        return
    for first, _, constraint in operands(logic, sheet.tokens):
        token = sheet.tokens
        if constraint is None and token.kinds[first] == NAME and token.read(first).lower() == before:
            yield token.starts[first], token.ends[first], after


def replaced(text: str, reference: str, typed: str) -> Edited:
    """The query `text` with a typed constraint in place of the one that a number or a label refers to.

    What has a label keeps it, comments stay, and no other constraint gets another number: a number stands for one
    value, and so has what takes its place. Of a statement with several values only the one is replaced; where
    the new constraint is of another kind, the statement is cut in two around it.

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
            "enter the other values as a separate constraint",
        )
    return _put(sheet, sheet.elements[number - 1], program, constraint, ranges[0], len(typed) - len(source.text))


def _one_constraint(program: Program) -> Constraint:
    statement = program.statements[0] if len(program.statements) == 1 else None
    if not isinstance(statement, Constraint):
        raise EditError("only a single constraint can replace a constraint", "write one, as in `3: kp >= 6`")
    if statement.label is not None:
        raise EditError(
            f"the label {shown(statement.label.text)} cannot be set here",
            "use `label` to set the label of a constraint",
        )
    return statement


def _is_broken_list(constraint: Constraint) -> bool:
    """Whether the JSON of a constraint that has no elements begins as a list, and is not the empty one."""
    text = constraint.json.text if constraint.json is not None else ""
    return text.startswith("[") and text[1:].strip() != "]"


def _by_label(sheet: Sheet, text: str, label: str, typed: str) -> Edited:
    if label.lower() not in labels_of(sheet.program):
        raise EditError(f"unknown label {shown(label)}", "use `label` to set the label of a constraint")
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
    """The edit that puts a typed constraint, or the one element that it has, in place of an element."""
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
            raise EditError(f"constraint {element.number} is one value of {shown(line)} in the `where`", IN_TEXT)
        if old.label is not None:
            raise EditError(
                f"constraint {element.number} is one of several with the label {shown(old.label.text)}",
                f"write another value of {shown(old.head.text)}, or replace all of them with `{old.label.text}: …`",
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
