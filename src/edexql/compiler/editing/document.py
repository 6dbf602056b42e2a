"""The query that is edited: its statements, its numbered elements and their places; and what an edit of it gives."""

from __future__ import annotations

from bisect import bisect_left

from edexql.base.errors import EdexqlError
from edexql.base.record import Record
from edexql.base.text import shown
from edexql.compiler.values import raw_key, raw_value
from edexql.language import syntax
from edexql.language.diagnostics import Mistake
from edexql.language.formatter import layout
from edexql.language.lexer import CLOSING, COMMENT, FIRST_READ, KIND, OPENING
from edexql.language.parser import parse
from edexql.language.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edexql.language.lexer import Tokens
    from edexql.language.source import Span
    from edexql.language.syntax import Constraint, Program


IN_TEXT = "change it in the text of the query"


class EditError(EdexqlError):
    """An edit that is refused; the query stays as it was. `message` says why, `help` what to do, if there is one."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def __str__(self) -> str:
        return f"{self.message}; {self.help}" if self.help else self.message


class Piece(Record):
    """Typed text in a draft: `typed[typed_start:typed_end]` stands there from `start` on."""

    typed_start: int
    typed_end: int
    start: int


class Edited(Record):
    """A query before and after an edit.

    `text` is the new query, laid out, or None where what was typed has errors of syntax. `draft` is the new
    text before layout, with `pieces` of the typed text verbatim in it; diagnostics are computed on it. `before`
    is the query that was edited, and `whole` says that all of it was replaced.
    """

    text: str | None
    pieces: tuple[Piece, ...]
    draft: str
    before: str = ""
    whole: bool = False


_COMMA = KIND["_COMMA"]


class Element(Record):
    """What one constraint number stands for: a part of a constraint, from its `first` token to its `last`.

    `statement` is the index of its statement in the program, `place` its own among the elements of the constraint.
    """

    number: int
    statement: int
    constraint: syntax.Constraint
    place: int
    first: int
    last: int


class Sheet(Record):
    """A laid-out text, what was read from it, and its elements by number (the first has number 1)."""

    text: str
    program: Program
    elements: tuple[Element, ...]

    @property
    def tokens(self) -> Tokens:
        return self.program.tokens


def read(text: str) -> Sheet:
    """Read the current query. Raises EditError where it has errors of syntax."""
    program, diagnostics = parse(Source(text))
    if not diagnostics:
        laid_out = layout(program.tokens)
        if laid_out != program.source.text:
            program, diagnostics = parse(Source(laid_out))
    if diagnostics:
        raise EditError(f"the current query cannot be read: {diagnostics[0].message}", IN_TEXT)
    return Sheet(program.source.text, program, tuple(elements_of(program)))


def finished(draft: str) -> str:
    """A new query laid out. Raises EditError where it cannot be read: such an edit is refused."""
    program, diagnostics = parse(Source(draft))
    if diagnostics:
        raise EditError(f"this would break the query: {diagnostics[0].message}", IN_TEXT)
    return layout(program.tokens)


def spliced(text: str, splices: Iterable[tuple[int, int, str]]) -> str:
    """A text with other texts for stretches of it (start, end, text), none of which overlap."""
    pieces: list[str] = []
    place = 0
    for start, end, new in sorted(splices):
        pieces += (text[place:start], new)
        place = end
    return "".join([*pieces, text[place:]])


def line_end(text: str, offset: int) -> int:
    """Where the line that an offset stands in ends, its line break included."""
    return text.find("\n", offset) + 1 or len(text)


def constraints_of(statement: syntax.Statement) -> Sequence[syntax.Constraint]:
    """The constraints of a statement: itself, or those written in place in `where`."""
    if isinstance(statement, syntax.Constraint):
        return (statement,)
    return tuple(statement.expression.constraints()) if isinstance(statement, syntax.Logic) else ()


def labels_of(program: Program) -> dict[str, int]:
    """The labels given in a text, and the index of the statement of each."""
    return {
        statement.label.text.lower(): index
        for index, statement in enumerate(program.statements)
        if isinstance(statement, syntax.Constraint) and statement.label is not None
    }


def numbers_named(sheet: Sheet, references: Sequence[str]) -> set[int]:
    """The numbers of constraints given by number, by label, or as `all`. Raises EditError where there is none."""
    count, labels = len(sheet.elements), labels_of(sheet.program)
    numbers: set[int] = set()
    for reference in references:
        name = reference.strip().lower()
        if name in labels:
            numbers.update(n for n, e in enumerate(sheet.elements, 1) if e.statement == labels[name])
        elif name == "all" and count:
            numbers.update(range(1, count + 1))
        elif name.isascii() and name.isdigit() and len(name) < 12 and 1 <= int(name) <= count:
            numbers.add(int(name))
        else:
            raise EditError(f"there is no constraint {shown(reference)}", there_are(count))
    return numbers


def logic_of(program: Program) -> int | None:
    """The index of the `logic` or `where` of a text."""
    indices = (i for i, statement in enumerate(program.statements) if isinstance(statement, syntax.Logic))
    return next(indices, None)


def token_at(tokens: Tokens, offset: int) -> int:
    """The index of the token that begins at an offset."""
    return bisect_left(tokens.starts, offset, 0, tokens.count)


def within(tokens: Tokens, span: Span) -> tuple[int, int]:
    """The first and the last token of a span."""
    return token_at(tokens, span.start), token_at(tokens, span.end) - 1


def on_line(tokens: Tokens, first: int, last: int) -> str:
    """Some tokens on one line, without the comments between them."""
    pieces: list[str] = []
    before = -1
    for index in range(first, last + 1):
        if tokens.kinds[index] < FIRST_READ:
            continue
        if before >= 0:
            gap = tokens.text[tokens.ends[before] : tokens.starts[index]]
            pieces.append(gap if before == index - 1 and "\n" not in gap else " ")
        pieces.append(tokens.read(index))
        before = index
    return "".join(pieces)


def ranges_of(constraint: syntax.Constraint, tokens: Tokens) -> list[tuple[int, int]]:
    """The first and the last token of each numbered element of a constraint. JSON that is no list has none."""
    if constraint.kind != "raw":
        return [within(tokens, item.span) for item in constraint.items]
    if constraint.json is None or constraint.key is None:
        return []
    try:
        raw_key(constraint.key)
        value = raw_value(constraint.json)
    except Mistake:
        return []
    return _json_elements(constraint.json.span, tokens) if isinstance(value, list) else []


def there_are(count: int) -> str:
    """What to say to someone who named a constraint that is not there."""
    if count < 2:
        return "there is one constraint, number 1" if count else "there are no constraints yet"
    return f"there are {count} constraints, numbered 1 to {count}"


def elements_of(program: Program) -> Iterable[Element]:
    """What each constraint number of a text stands for, in order."""
    number = 0
    for index, statement in enumerate(program.statements):
        for constraint in constraints_of(statement):
            for place, (first, last) in enumerate(ranges_of(constraint, program.tokens)):
                number += 1
                yield Element(number, index, constraint, place, first, last)


def _json_elements(span: Span, tokens: Tokens) -> list[tuple[int, int]]:
    first, last = within(tokens, span)
    elements: list[tuple[int, int]] = []
    depth, start, before = 0, -1, -1
    for index in range(first, last + 1):
        kind = tokens.kinds[index]
        if kind < FIRST_READ:
            continue
        depth -= kind in CLOSING
        if (depth == 1 and kind == _COMMA) or not depth:
            if start >= 0:
                elements.append((start, before))
            start = -1
        elif start < 0:
            start = index
        depth += kind in OPENING
        before = index
    return elements


class Split(Record):
    """Statements: what stands before an element and after it, with comments between, and the element itself."""

    before: str
    alone: str
    behind: str


def split(tokens: Tokens, element: Element, ranges: Sequence[tuple[int, int]]) -> Split:
    """Cut the statement of an element, which has the elements `ranges` and no label."""
    begin, end = _frame(element.constraint)

    def listed(first: int, last: int) -> str:
        """The elements from one place to another as a statement."""
        start, stop = tokens.starts[ranges[first][0]], tokens.ends[ranges[last][1]]
        return f"{begin}{tokens.text[start:stop]}{end}"

    place, last = element.place, len(ranges) - 1
    before = behind = ""
    if place:
        before = listed(0, place - 1) + _comments(tokens, ranges[place - 1][1], element.first)
    if place < last:
        behind = _comments(tokens, element.last, ranges[place + 1][0]) + listed(place + 1, last)
    first = token_at(tokens, element.constraint.head.span.start)
    above = _comments(tokens, first, ranges[0][0]).lstrip()
    return Split(above + before, listed(place, place), behind)


def _frame(constraint: Constraint) -> tuple[str, str]:
    """What stands before and after the elements of a constraint."""
    if constraint.key is not None:
        return f"{constraint.head.text} {constraint.key.text} [", "]"
    return f"{constraint.head.text} ", ""


def _comments(tokens: Tokens, before: int, behind: int) -> str:
    """The comments between two tokens and the line break after them."""
    comments = [tokens.read(i).rstrip() for i in range(before + 1, behind) if tokens.kinds[i] == COMMENT]
    return "".join(f"  {comment}\n" for comment in comments) or "\n"
