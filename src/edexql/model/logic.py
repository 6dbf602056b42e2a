"""Logical expressions over constraint numbers.

An expression is stored in postfix order, so that no depth and no length of it needs recursion, and two
expressions are equal when they were grouped the same way.
"""

from __future__ import annotations

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TypeVar

    T = TypeVar("T")

NOT, AND, OR = -1, -2, -3
# Stand-ins for operands of known value, while an expression is being simplified.
FALSE, TRUE = -4, -5
_SIGN = {AND: "AND", OR: "OR"}


class Logic(Record):
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


def walk(code: Sequence[int]) -> Iterator[tuple[int, int]]:
    """All parts of an expression with their depth, each operator before its operands, the outermost first.

    >>> from edexql.model import NOT, walk
    >>> list(walk((1, 2, NOT, -2)))
    [(0, -2), (1, 1), (1, -1), (2, 2)]
    """
    starts = starts_of(code)
    rest = [(len(code) - 1, 0)] if code else []
    while rest:
        place, depth = rest.pop()
        part = code[place]
        yield depth, part
        if part in (NOT, AND, OR):
            rest.append((place - 1, depth + 1))
        if part in (AND, OR):
            rest.append((starts[place - 1] - 1, depth + 1))


def any_of(numbers: Sequence[int]) -> list[int]:
    """The postfix form of numbers joined by OR."""
    count = len(numbers)
    if count < 2:
        return list(numbers)
    code = [OR] * (2 * count - 1)
    code[0] = numbers[0]
    code[1::2] = numbers[1:]
    return code


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
    if FALSE not in code and TRUE not in code:
        return list(code)
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
    """The tokens of an expression, with the brackets that keep its grouping and set AND and OR apart.

    The operands stand in the same order as in the postfix form: what stands before and behind each is found out.
    """
    # Of each operand the sign before it; brackets and NOTs between the two, from the inside out; brackets before both.
    signs: list[str] = []
    opened: list[str | list[str]] = []
    closed: list[int] = [0]
    leaves: list[int] = []
    # For each part that is not joined yet, the position of its first operand and what joins it (0: a number).
    firsts: list[int] = []
    joins: list[int] = []
    for part in code:
        if part > 0 or part < OR:
            firsts.append(len(leaves))
            joins.append(0)
            leaves.append(part)
            signs.append("")
            opened.append("")
            closed.append(0)
            continue
        last = joins[-1]
        if part == NOT:
            if last == AND or last == OR:
                _open(opened, firsts[-1], "(")
                closed[-1] += 1
            _open(opened, firsts[-1], "!")
            joins[-1] = NOT
            continue
        middle = firsts.pop()
        joins.pop()
        if last == AND or last == OR:
            _open(opened, middle, "(")
            closed[-1] += 1
        left = joins[-1]
        if left != part and (left == AND or left == OR):
            _open(opened, firsts[-1], "(")
            closed[middle] += 1
        signs[middle] = _SIGN[part]
        joins[-1] = part
    pieces = ["("] if outer else []
    for place, leaf in enumerate(leaves):
        if closed[place]:
            pieces += [")"] * closed[place]
        if place:
            pieces.append(signs[place])
        if opened[place]:
            pieces += ["NOT" if sign == "!" else sign for sign in reversed(opened[place])]
        pieces.append(str(leaf))
    pieces += [")"] * (closed[-1] + outer)
    return pieces


def _open(opened: list[str | list[str]], place: int, sign: str) -> None:
    """Put a sign before those of an operand, which are in a list where there are many."""
    there = opened[place]
    if isinstance(there, list):
        there.append(sign)
    else:
        opened[place] = [there, sign] if there else sign


def starts_of(code: Sequence[int]) -> list[int]:
    """For each position, where the operand that ends there begins."""
    starts: list[int] = []
    add = starts.append
    for position, part in enumerate(code):
        if part == AND or part == OR:
            add(starts[starts[-1] - 1])
        elif part == NOT:
            add(starts[-1])
        else:
            add(position)
    return starts


def _spaced(pieces: list[str]) -> Iterable[str]:
    previous = "("
    for piece in pieces:
        if previous != "(" and piece != ")":
            yield " "
        yield piece
        previous = piece
