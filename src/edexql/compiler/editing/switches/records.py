"""Logic that comments of what is switched off record, as it was read: its operands, and what its numbers count."""

from __future__ import annotations

import re

from edexql.base.record import Record
from edexql.compiler.editing.document import Element, constraints_of, ranges_of, spliced
from edexql.compiler.editing.logic_edits import number_of, operands
from edexql.compiler.editing.switches.lists import value_text
from edexql.language.formatter import single_line
from edexql.language.lexer import KIND, tokenize
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.compiler.editing.document import Sheet
    from edexql.language.lexer import Tokens

_NUMBER = KIND["NUMBER"]
# What in a `logic` is a number, and no part of a label.
_DIGITS = re.compile(r"(?<![\w-])[0-9]+(?![\w-])")
LISTED, IN_PLACE, BEYOND = "listed", "in place", "beyond"
Name = tuple[str, int]


class Operand(Record):
    """An operand of a logic: its first and last token, and its number, its label, or which elements in place it has."""

    first: int
    last: int
    number: int = -1
    label: str = ""
    in_place: range = range(0)
    head: str = ""


class Recorded(Record):
    """A logic on one line, with its operands and the texts of the elements that are written in it, in order."""

    text: str
    logic: Logic
    tokens: Tokens
    operands: tuple[Operand, ...]
    in_place: tuple[str, ...]


class Space(Record):
    """What numbers count: `count` constraints in lists, and `size` elements in a logic, behind `before` of these."""

    before: int
    count: int
    size: int = 0

    def name(self, number: int) -> Name:
        """What a number stands for: a constraint in lists, an element in the logic, both from 1 on, or one beyond."""
        if number <= self.before:
            return LISTED, number
        if number <= self.before + self.size:
            return IN_PLACE, number - self.before
        if number <= self.count + self.size:
            return LISTED, number - self.size
        return BEYOND, number - self.count - self.size

    def number(self, name: Name) -> int:
        """The number of what a name stands for."""
        kind, place = name
        if kind == LISTED:
            return place if place <= self.before else place + self.size
        return place + (self.before if kind == IN_PLACE else self.count + self.size)


def recorded(text: str) -> Recorded | None:
    """A logic on one line, read; None where the text is not one logic alone."""
    program, diagnostics = parse(Source(text))
    logic = program.statements[0] if len(program.statements) == 1 and not diagnostics else None
    if not isinstance(logic, Logic):
        return None
    tokens = program.tokens
    found: list[Operand] = []
    in_place: list[str] = []
    for first, last, constraint in operands(logic, tokens):
        if constraint is not None:
            begin = len(in_place)
            for place, (start, end) in enumerate(ranges_of(constraint, tokens)):
                in_place.append(value_text(tokens, Element(0, 0, constraint, place, start, end)))
            here = range(begin, len(in_place))
            found.append(Operand(first, last, in_place=here, head=constraint.head.text.lower()))
        elif tokens.kinds[first] == _NUMBER:
            found.append(Operand(first, last, number=number_of(tokens.read(first))))
        else:
            found.append(Operand(first, last, label=tokens.read(first).lower()))
    return Recorded(text, logic, tokens, tuple(found), tuple(in_place))


def size_of(logic: str) -> int:
    """How many elements are written in place in a logic on one line."""
    if logic[:5].lower() != "where":
        return 0
    program, _ = parse(Source(logic))
    return sum(len(ranges_of(one, program.tokens)) for s in program.statements for one in constraints_of(s))


def with_names(logic: str, numbers: Callable[[int], int], labels: Callable[[str], str] | None = None) -> str:
    """A logic on one line with other numbers and labels."""
    if labels is None and logic[:6].lower() == "logic ":
        return _DIGITS.sub(lambda found: str(numbers(number_of(found[0]))), logic)
    read = recorded(logic)
    if read is None:
        return logic
    splices: list[tuple[int, int, str]] = []
    for operand in read.operands:
        start, end = read.tokens.starts[operand.first], read.tokens.ends[operand.last]
        if operand.number >= 0:
            splices.append((start, end, str(numbers(operand.number))))
        elif operand.label and labels is not None:
            splices.append((start, end, labels(operand.label)))
    return spliced(logic, splices)


def logic_line(sheet: Sheet, index: int) -> str:
    """The statement of the logic on one line, without comments."""
    span = sheet.program.statements[index].span
    return single_line(tokenize(sheet.text[span.start : span.end]))
