"""Logical expressions over constraint numbers.

An expression is stored in postfix order, so that no depth and no length of it needs recursion, and two
expressions are equal when they were grouped the same way.
"""

from __future__ import annotations

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeVar

    T = TypeVar("T")

NOT, AND, OR = -1, -2, -3
# Stand-ins for operands of known value, while an expression is being simplified.
FALSE, TRUE = -4, -5
_SIGN = {AND: "AND", OR: "OR"}


@record(frozen=True, slots=True)
class Logic:
    """A logical expression. `code` is its postfix form: constraint numbers from 1, NOT, AND and OR."""

    code: tuple[int, ...]

    def numbers(self) -> tuple[int, ...]:
        """The constraint numbers it names, each once, in order of appearance."""
        return tuple(dict.fromkeys(part for part in self.code if part > 0))

    def renumbered(self, numbers: Mapping[int, int]) -> Logic:
        """The same expression over other numbers."""
        return Logic(tuple(numbers[part] if part > 0 else part for part in self.code))

    def holds(self, truth: Callable[[int], bool]) -> bool:
        """Its value when each constraint number has the value that `truth` gives it."""
        return fold(self.code, truth, lambda a: not a, lambda a, b: a and b, lambda a, b: a or b)

    def __str__(self) -> str:
        """As it is written in a query: `1 AND (2 OR NOT 3)`."""
        return "".join(_spaced(_infix(self.code)))


def fold(
    code: Sequence[int],
    leaf: Callable[[int], T],
    negate: Callable[[T], T],
    both: Callable[[T, T], T],
    either: Callable[[T, T], T],
) -> T:
    """Compute a value from an expression, from its operands upwards."""
    stack: list[T] = []
    for part in code:
        if part == NOT:
            stack[-1] = negate(stack[-1])
        elif part == AND:
            right = stack.pop()
            stack[-1] = both(stack[-1], right)
        elif part == OR:
            right = stack.pop()
            stack[-1] = either(stack[-1], right)
        else:
            stack.append(leaf(part))
    (value,) = stack
    return value


def any_of(numbers: Iterable[int]) -> list[int]:
    """The postfix form of numbers joined by OR."""
    return joined(([number] for number in numbers), OR)


def joined(operands: Iterable[Sequence[int]], operator: int) -> list[int]:
    """The postfix form of expressions joined, from the left, by one operator."""
    code: list[int] = []
    for index, operand in enumerate(operands):
        code += operand
        if index:
            code.append(operator)
    return code


def simplified(code: Sequence[int]) -> list[int]:
    """An expression without FALSE and TRUE among its operands; it may be [FALSE] or [TRUE] itself."""
    values = _known_values(code)
    starts = starts_of(code)
    backwards: list[int] = []
    work = [len(code) - 1]
    while work:
        position = work.pop()
        if values[position]:
            backwards.append(values[position])
            continue
        part = code[position]
        if part == NOT:
            backwards.append(NOT)
            work.append(position - 1)
        elif part in (AND, OR):
            operands = [p for p in (starts[position - 1] - 1, position - 1) if not values[p]]
            work += operands
            if len(operands) == 2:
                backwards.append(part)
        else:
            backwards.append(part)
    return backwards[::-1]


def _known_values(code: Sequence[int]) -> list[int]:
    """For each position, the value of the operand that ends there: FALSE, TRUE, or 0 where it is open."""
    values: list[int] = []
    stack: list[int] = []
    for part in code:
        if part == NOT:
            value = stack.pop()
            value = FALSE + TRUE - value if value else 0
        elif part in (AND, OR):
            right, left = stack.pop(), stack.pop()
            neutral, absorbing = (TRUE, FALSE) if part == AND else (FALSE, TRUE)
            if absorbing in (left, right):
                value = absorbing
            else:
                value = neutral if left == right == neutral else 0
        else:
            value = part if part in (FALSE, TRUE) else 0
        stack.append(value)
        values.append(value)
    return values


def wire_text(code: Sequence[int]) -> str:
    """An expression as eDEx takes it: fully bracketed, a blank round every token.

    The form `" ( 1 AND 2 ) "` is that of the Canadian Space Agency's tutorial. AND and OR never stand
    side by side without brackets, because eDEx documents no precedence.
    """
    if NOT in code:
        raise ValueError("eDEx is never sent NOT")
    return " " + " ".join(_infix(code, outer=True)) + " "


def _infix(code: Sequence[int], *, outer: bool = False) -> list[str]:
    """The tokens of an expression, with the brackets that keep its grouping and set AND and OR apart."""
    starts = starts_of(code)
    pieces: list[str] = []
    # What remains to be written: text, or the position of an operand's last part.
    work: list[int | str] = [len(code) - 1]
    if outer:
        work = [")", len(code) - 1, "("]
    while work:
        item = work.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        part = code[item]
        if part == NOT:
            work += _operand(code, item - 1, NOT, right=False)
            pieces.append("NOT")
        elif part in (AND, OR):
            middle = starts[item - 1]
            work += _operand(code, item - 1, part, right=True)
            work.append(_SIGN[part])
            work += _operand(code, middle - 1, part, right=False)
        else:
            pieces.append(str(part))
    return pieces


def _operand(code: Sequence[int], position: int, operator: int, *, right: bool) -> list[int | str]:
    inner = code[position]
    bare = inner not in (AND, OR) or (inner == operator and not right)
    return [position] if bare else [")", position, "("]


def starts_of(code: Sequence[int]) -> list[int]:
    """For each position, where the operand that ends there begins."""
    starts: list[int] = []
    for position, part in enumerate(code):
        if part == NOT:
            starts.append(starts[position - 1])
        elif part in (AND, OR):
            starts.append(starts[starts[position - 1] - 1])
        else:
            starts.append(position)
    return starts


def _spaced(pieces: list[str]) -> Iterable[str]:
    previous = "("
    for piece in pieces:
        if previous != "(" and piece != ")":
            yield " "
        yield piece
        previous = piece
