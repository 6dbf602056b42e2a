"""Where typed statements go in the query that is edited."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler.editing.document import (
    IN_TEXT,
    Edited,
    EditError,
    Piece,
    constraints_of,
    finished,
    line_end,
    ranges_of,
    within,
)
from edexql.compiler.editing.logic_edits import number_of, operands, renumbered
from edexql.language.lexer import COMMENT, END, JOINED, KIND, NEWLINE
from edexql.language.syntax import Constraint, Email, Let, Logic, Product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.editing.document import Sheet
    from edexql.language.syntax import Program, Statement

_NUMBER, _PARAMETER = KIND["NUMBER"], KIND["PARAMETER"]
# The order of lines that were typed: lets, and all others.
_FIRST, _LATEST = -1, 1 << 60


_SEMICOLON = KIND["_SEMICOLON"]
# Stages of a chunk: comments only so far, in its statement, after the semicolon.
_BEFORE, _WITHIN, _BEHIND = range(3)


class Chunk(Record):
    """A stretch of typed text: a statement and its comments, or comments alone.

    `commented` says whether a comment stands after the statement.
    """

    start: int
    end: int
    statement: Statement | None
    commented: bool


def chunks(program: Program) -> Iterator[Chunk]:
    """The chunks of a text without errors of syntax, in order."""
    tokens = program.tokens
    statements = iter(program.statements)
    start, end, stage, commented = -1, 0, _BEFORE, False
    for index in range(tokens.count):
        kind = tokens.kinds[index]
        if kind == JOINED:
            continue
        if kind == _SEMICOLON:
            stage = _BEHIND if stage == _WITHIN else stage
            continue
        over = kind in (NEWLINE, END) and stage != _BEFORE
        over = over or (stage == _BEHIND and kind not in (COMMENT, NEWLINE, END)) or (kind == END and start >= 0)
        if over:
            yield Chunk(start, end, next(statements) if stage != _BEFORE else None, commented)
            start, stage, commented = -1, _BEFORE, False
        if kind in (NEWLINE, END):
            continue
        start = tokens.starts[index] if start < 0 else start
        end = tokens.ends[index]
        commented = kind == COMMENT
        if kind != COMMENT:
            stage = _WITHIN


class _Line:
    """A statement with its comments, or what stands between statements.

    `order` is its place in the text and `index` that of its statement in the program, -1 where it was typed.
    `old` are the numbers that its elements have, or had before they were replaced, and `count` how many elements
    there are now. `piece` is the typed text in it: from, to, and its place in `text`. `closing` says that it
    stands after all constraints.
    """

    __slots__ = ("closing", "count", "index", "more", "old", "order", "piece", "text")

    def __init__(self, text: str, order: int, index: int = -1) -> None:
        self.text = text
        self.order = order
        self.index = index
        self.old: list[int] = []
        self.count = 0
        self.piece: tuple[int, int, int] | None = None
        self.closing = False
        # Typed text with which the logic goes on, and whether a comment ends it.
        self.more: tuple[str, bool] | None = None


class Page:
    """The current query while statements are put on it."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._lines: list[_Line] = []
        self._lets: list[_Line] = []
        self._body: list[_Line] = []
        self._logics: list[_Line] = []
        self._last: list[_Line] = []
        # Lines by what they give: a label, a parameter, logic or email.
        self._by_name: dict[str, _Line] = {}
        self._numbers_typed: set[int] = set()
        of_statement = self._read()
        for element in sheet.elements:
            of_statement[element.statement].old.append(element.number)
        for line in of_statement:
            line.count = len(line.old)
        self._let_at, self._body_at, self._logic_at = self._anchors(of_statement)

    # Putting

    def put(self, program: Program, chunk: Chunk, shift: int) -> None:
        """Put a typed statement where it belongs; `shift` carries offsets of its program to the typed text."""
        statement = chunk.statement
        line = _Line(f"{_text(program, chunk)}\n", _LATEST)
        line.piece = (chunk.start + shift, chunk.end + shift, 0)
        if statement is not None:
            line.count = _count(program, statement)
        name = None if statement is None else _name(statement)
        before = None if name is None else self._by_name.get(name)
        if isinstance(statement, Logic):
            self._put_logic(program, statement, chunk, line, before)
        elif before is not None:
            self._replace(before, line, chunk)
        else:
            home = self._place_of(program, statement)
            line.order = _FIRST if home is self._lets else _LATEST
            home.append(line)
            if name is not None:
                self._by_name[name] = line

    def go_on(self, program: Program, chunk: Chunk, shift: int) -> None:
        """Continue the logic with a typed text, the first of a program that begins with a logic of its own."""
        line, logic = self._by_name["logic"], chunk.statement
        assert isinstance(logic, Logic)
        start = max(chunk.start, -shift)
        line.more = (program.source.text[start : chunk.end], chunk.commented)
        line.piece = (start + shift, chunk.end + shift, 0)
        line.count += _count(program, logic)
        self._numbers_typed = set(_numbers(program, logic)[1:])

    def _put_logic(self, program: Program, logic: Logic, chunk: Chunk, line: _Line, before: _Line | None) -> None:
        self._numbers_typed = set(_numbers(program, logic))
        home = self._body if line.count else self._logics
        line.closing = not line.count
        if before is None:
            home.append(line)
            self._by_name["logic"] = line
            return
        labels = {program.tokens.read(first).lower() for first, _, _ in operands(logic, program.tokens)}
        given = [self._by_name[f"{label}:"] for label in labels if f"{label}:" in self._by_name]
        moves = bool(line.count) if before.closing else any(other.order > before.order for other in given)
        if not moves:
            self._replace(before, line, chunk)
            return
        self._take_over(before, line, chunk)
        before.text, before.old, before.count, before.piece, before.index, before.more = "", [], 0, None, -1, None
        home.append(line)
        self._by_name["logic"] = line

    def _place_of(self, program: Program, statement: Statement | None) -> list[_Line]:
        if isinstance(statement, Email):
            return self._last
        if not isinstance(statement, Let):
            return self._body
        first, last = within(program.tokens, statement.span)
        used = {program.tokens.read(i).lower() for i in range(first, last + 1) if program.tokens.kinds[i] == _PARAMETER}
        others = [self._by_name[name] for name in used if name in self._by_name]
        return self._body if any(other.order >= self._let_at for other in others) else self._lets

    def _replace(self, before: _Line, line: _Line, chunk: Chunk) -> None:
        self._take_over(before, line, chunk)
        before.text, before.piece, before.count, before.index, before.more = line.text, line.piece, line.count, -1, None

    def _take_over(self, before: _Line, line: _Line, chunk: Chunk) -> None:
        """Let a typed line keep the comments of the one whose place it takes, but not one that it has a new one for."""
        if before.index < 0 or line.piece is None:
            return
        inner, trailing = self._comments(before)
        head = "".join(f"{comment}\n" for comment in inner)
        start, end, place = line.piece
        line.piece = (start, end, place + len(head))
        tail = f"  {trailing}\n" if trailing and not chunk.commented else "\n"
        line.text = head + line.text[:-1] + tail

    def _comments(self, line: _Line) -> tuple[list[str], str]:
        """The comments inside the statement of a line, and the one after it."""
        tokens, span = self._sheet.tokens, self._sheet.program.statements[line.index].span
        first, last = within(tokens, span)
        inner = [tokens.read(i).rstrip() for i in range(first, last + 1) if tokens.kinds[i] == COMMENT]
        return inner, self._sheet.text[span.end : line_end(self._sheet.text, span.end)].strip()

    # The result

    def edited(self) -> Edited:
        """The edit. Raises EditError where numbers in a typed logic would come to mean other constraints."""
        lines = list(self._in_order())
        numbers = _renumbering(lines)
        now = {new: old for old, new in numbers.items()}
        for number in sorted(self._numbers_typed):
            moved = number if numbers.get(number, number) != number else now.get(number, number)
            if number != moved or numbers.get(number, number) != number:
                raise EditError(
                    f"constraint {moved} would get another number by this edit",
                    f"use labels in the logic instead of numbers, or {IN_TEXT}",
                )
        changed = any(numbers.get(element.number) != element.number for element in self._sheet.elements)
        pieces: list[Piece] = []
        texts: list[str] = []
        offset = 0
        for line in lines:
            if line.index >= 0 and (line.more or changed) and line is self._by_name.get("logic"):
                self._rewrite(line, numbers)
            if line.piece is not None:
                start, end, place = line.piece
                pieces.append(Piece(start, end, offset + place))
            texts.append(line.text)
            offset += len(line.text)
        draft = "".join(texts)
        return Edited(finished(draft), tuple(pieces), draft, self._sheet.text)

    def _rewrite(self, line: _Line, numbers: dict[int, int]) -> None:
        """The current logic with its new numbers, and its continuation."""
        sheet = self._sheet
        span = sheet.program.statements[line.index].span
        behind = sheet.text[span.end : line_end(sheet.text, span.end)].rstrip()
        text = sheet.text[span.start : span.end]
        if any(numbers.get(element.number) != element.number for element in sheet.elements):
            text = renumbered(sheet, line.index, numbers) or ""
        if text.endswith("\n") or not text:
            # A comment ends it, so that the one after it has a line of its own.
            text, behind = text + behind.strip(), ""
        if line.more is None:
            line.text = f"{text}{behind}\n"
            return
        if not text:
            raise EditError("nothing would be left of the logic to continue")
        more, commented = line.more
        start, end, _ = line.piece or (0, 0, 0)
        head = f"{text} " if behind and not commented else f"{text}{behind}\n"
        line.piece = (start, end, len(head))
        line.text = f"{head}{more}{behind}\n" if behind and not commented else f"{head}{more}\n"

    def _in_order(self) -> Iterator[_Line]:
        for place, line in enumerate([*self._lines, None]):
            for at, added in ((self._let_at, self._lets), (self._body_at, self._body), (self._logic_at, self._logics)):
                if place == at:
                    yield from added
            if line is not None:
                yield line
        yield from self._last

    # Reading

    def _read(self) -> list[_Line]:
        """The lines of the current query; those of its statements are returned."""
        sheet, place = self._sheet, 0
        lines: list[_Line] = []
        for index, statement in enumerate(sheet.program.statements):
            start, end = statement.span.start, line_end(sheet.text, statement.span.end)
            for part in _gap(sheet.text[place:start]):
                self._lines.append(_Line(part, len(self._lines)))
            line = _Line(sheet.text[start:end], len(self._lines), index)
            self._lines.append(line)
            lines.append(line)
            name = _name(statement)
            if name is not None:
                self._by_name.setdefault(name, line)
            place = end
        self._lines.append(_Line(sheet.text[place:], len(self._lines)))
        return lines

    def _anchors(self, of_statement: list[_Line]) -> tuple[int, int, int]:
        """Before which line new lets, constraints and logic go."""
        statements = self._sheet.program.statements
        lets = 0
        while lets < len(statements) and isinstance(statements[lets], Let):
            lets += 1
        let_at = len(self._lines)
        if lets:
            let_at = of_statement[lets - 1].order + 1
        elif statements:
            # Above the comment that stands directly above the first statement.
            let_at = of_statement[0].order - 1
        logics = len(statements)
        while logics and isinstance(statements[logics - 1], Email):
            logics -= 1
        body = logics
        while body and isinstance(statements[body - 1], (Email, Logic)) and not of_statement[body - 1].count:
            body -= 1
        for line in of_statement[body:]:
            line.closing = True
        # Above the comments and the blank line over what closes the text.
        ends = [of_statement[i].order - 2 if i < len(statements) else len(self._lines) for i in (body, logics)]
        body_at = max(ends[0], let_at)
        return let_at, body_at, max(ends[1], body_at)


def _gap(text: str) -> tuple[str, str, str]:
    """What stands between two statements: comments, a blank line, and the comments that belong to the second."""
    if "\n\n" in text:
        blank = text.rindex("\n\n") + 1
    elif text.startswith("\n"):
        blank = 0
    else:
        return "", "", text
    return text[:blank], text[blank : blank + 1], text[blank + 1 :]


def _renumbering(lines: list[_Line]) -> dict[int, int]:
    """The new number of every old one that stays; an element replaced by one at its place hands its number on."""
    numbers: dict[int, int] = {}
    last = 0
    for line in lines:
        numbers.update(zip(line.old, range(last + 1, last + line.count + 1), strict=False))
        last += line.count
    return numbers


def _name(statement: Statement) -> str | None:
    """What a statement gives that there is one of: a label, a parameter, the logic or the e-mail address."""
    if isinstance(statement, Constraint):
        return None if statement.label is None else f"{statement.label.text.lower()}:"
    if isinstance(statement, Let):
        return f"${statement.name.text.lower()}"
    return None if isinstance(statement, Product) else "logic" if isinstance(statement, Logic) else "email"


def _count(program: Program, statement: Statement) -> int:
    return sum(len(ranges_of(constraint, program.tokens)) for constraint in constraints_of(statement))


def _numbers(program: Program, logic: Logic) -> list[int]:
    """The constraint numbers that a logic names, in order."""
    tokens = program.tokens
    named = [first for first, _, constraint in operands(logic, tokens) if constraint is None]
    return [number_of(tokens.read(first)) for first in named if tokens.kinds[first] == _NUMBER]


def _text(program: Program, chunk: Chunk) -> str:
    return program.source.text[chunk.start : chunk.end]
