"""The expression of `logic` or `where` bound to the numbers of the constraints."""

from __future__ import annotations

import edexql.base as base
from edexql.base.record import Record
from edexql.language import syntax
from edexql.language.diagnostics import MOST, Fix, Mistake, Note
from edexql.language.lexer import KIND, NAME, tokenize
from edexql.language.source import Span
from edexql.model.logic import AND, NOT, OR, Logic, any_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_OPERANDS = 2_000_000
# Of a longer stretch of a text no fix is made.
_LONGEST_FIX = 100_000
TOO_LONG = f"the logic would have more than {MOST_OPERANDS} operands"
SHORTER = "use labels with many constraints less often, or split the query"
_OPERATORS = {syntax.NOT: NOT, syntax.AND: AND, syntax.OR: OR}


class Origin(Record):
    """Where a numbered constraint stands: the element itself, and the word its statement begins with."""

    span: Span
    head: Span


class Operands(Record):
    """What an expression can name: numbers up to `count`, labels and where they are given, constraints in place.

    `in_place` has the number of the first constraint of each that is written in place, and the number behind the last.
    `lost_labels` are those of statements that could not be read: naming them is no further mistake.
    """

    count: int
    labels: dict[str, tuple[Span, list[int]]]
    in_place: Sequence[int]
    lost_labels: frozenset[str]


def bind(expression: syntax.Expression, operands: Operands, *, guess: bool) -> tuple[Logic | None, list[Mistake]]:
    """The expression over constraint numbers, and what is wrong with it.

    With `guess` False, statements before it were lost, so that a number too high may be right.
    """
    code: list[int] = []
    mistakes: list[Mistake] = []
    complete = True
    place = 0
    tokens = expression.tokens
    for part in expression.code:
        if len(mistakes) >= MOST:
            break
        if not isinstance(part, int):
            first, end = operands.in_place[place : place + 2]
            place += 1
            code += any_of(range(first, end))
            complete = complete and first < end
        elif part == syntax.GROUP:
            continue
        elif part < 0:
            code.append(_OPERATORS[part])
        elif tokens.supplied(part) or part in tokens.mistaken:
            complete = False
        else:
            span, text = tokens.span(part), tokens.read(part)
            try:
                if tokens.kinds[part] == KIND["NUMBER"]:
                    code.append(_number(text, span, operands, guess=guess))
                else:
                    numbers = _label(text, span, operands)
                    if len(code) + 2 * len(numbers) > 2 * MOST_OPERANDS:
                        mistakes.append(Mistake("E506", TOO_LONG, span, help=SHORTER))
                        return None, mistakes
                    code += any_of(numbers)
            except Mistake as mistake:
                complete = False
                if mistake.code:
                    mistakes.append(mistake)
    return (Logic(tuple(code)) if complete else None), mistakes


def _number(text: str, span: Span, operands: Operands, *, guess: bool) -> int:
    if not text.isdigit():
        raise Mistake(
            "E501", f"{base.text.shown(text)} is not the number of a constraint", span, help=_there_are(operands.count)
        )
    number = int(text) if len(text) < 12 else 10**12
    if 1 <= number <= operands.count:
        return number
    if number and not guess:
        raise Mistake("", "", span)
    raise Mistake(
        "E501", f"there is no constraint {base.text.shown(text)[1:-1]}", span, help=_there_are(operands.count)
    )


def _there_are(count: int) -> str:
    if count == 0:
        return "there are no constraints: write them as separate statements, or use `where`"
    return (
        "there is one constraint, number 1" if count == 1 else f"there are {count} constraints, numbered 1 to {count}"
    )


def _label(text: str, span: Span, operands: Operands) -> list[int]:
    name = text.lower()
    if name in operands.lost_labels:
        raise Mistake("", "", span)
    if name not in operands.labels:
        near = base.text.nearest(name, operands.labels)
        raise Mistake(
            "E304",
            f"unknown label {base.text.shown(text)}",
            span,
            help=base.text.did_you_mean(near) or f"define it on a constraint, as in `{name[:40]}: kp >= 5`",
            fix=Fix(span, near[0]) if base.text.certain(name, near) else None,
        )
    given, numbers = operands.labels[name]
    if given.start > span.start:
        raise Mistake(
            "E304",
            f"the label `{name}` is used before it is defined",
            span,
            notes=(Note(given, "defined here"),),
            help="move the logic below its constraints",
        )
    if not numbers:
        raise Mistake("", "", span)
    return numbers


class LabelWords:
    """Where the labels of a text stand: their definitions, and by name the places of its logic that name them."""

    def __init__(self, program: syntax.Program) -> None:
        self._text = program.source.text
        self._defined: list[str] = []
        self._uses: dict[str, list[Span]] = {}
        for statement in program.statements:
            if isinstance(statement, syntax.Logic):
                self._read(statement.expression)
            elif isinstance(statement, syntax.Constraint) and statement.label is not None:
                self._defined.append(spelled(statement.label.text))

    def _read(self, expression: syntax.Expression) -> None:
        tokens = expression.tokens
        for part in expression.code:
            if isinstance(part, int) and part >= 0 and tokens.kinds[part] == NAME and not tokens.supplied(part):
                self._uses.setdefault(tokens.read(part).lower(), []).append(tokens.span(part))

    def renamed(self, word: syntax.Word, name: str) -> Fix | None:
        """The label of a definition renamed together with its uses; None where `name` means something else already."""
        if self._defined.count(name) != 1 or name in self._uses or not _is_name(name):
            return None
        places = sorted({word.span, *self._uses.get(word.text.lower(), ())}, key=lambda span: span.start)
        start, end = places[0].start, places[-1].end
        if end - start > _LONGEST_FIX:
            return None
        pieces: list[str] = []
        for span in places:
            pieces += [self._text[start : span.start], name]
            start = span.end
        return Fix(Span(places[0].start, end), "".join(pieces))


def spelled(label: str) -> str:
    """A label without what no label has."""
    return label.lower().replace("_", "-").strip("-")


def _is_name(text: str) -> bool:
    tokens = tokenize(text)
    return len(text) > 0 and tokens.kinds[0] == NAME and tokens.ends[0] == len(text)
