"""The operands of a logic: what one operator joins, where each ends, and what may be assumed where it stands."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.model.logic import AND, NOT, OR, starts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import TypeVar

    T = TypeVar("T")
    from collections.abc import Iterator


class Operand(Record):
    """An operand of a chain of one operator, by the place in the postfix code at which it ends.

    `chain` is the place of the chain's last operator. `weakens` says whether the logic admits more without the operand,
    or else less. `leaves` are the places of the constraint numbers in it.
    """

    place: int
    chain: int
    weakens: bool
    leaves: range


def operands(code: Sequence[int], ends: Collection[int] = ()) -> list[Operand]:
    """The operands of all chains of a logic, outer ones before those inside them, and later ones first.

    What ends at one of the places `ends` is taken as one, whatever is in it.
    """
    starts = starts_of(code)
    result = []
    # Place, the chain that it continues (-1: none), and whether an even number of NOTs stands before it.
    work = [(len(code) - 1, -1, True)]
    while work:
        place, chain, plain = work.pop()
        part = code[place]
        if place in ends:
            continue
        if part == NOT:
            work.append((place - 1, -1, not plain))
            continue
        if part not in (AND, OR):
            continue
        chain = place if chain < 0 else chain
        left, right = starts[place - 1] - 1, place - 1
        for child in (left, right):
            if code[child] == part and child not in ends:
                work.append((child, chain, plain))
                continue
            leaves = range(starts[child], child + 1)
            result.append(Operand(child, chain, (part == AND) == plain, leaves))
            work.append((child, -1, plain))
    return sorted(result, key=lambda operand: (-len(operand.leaves), -operand.place))


def negated(code: Sequence[int]) -> list[bool]:
    """For each place of a postfix code, whether the operand that ends there stands after an odd number of NOTs."""
    starts = starts_of(code)
    is_negated = [False] * len(code)
    for place in range(len(code) - 1, -1, -1):
        if code[place] == NOT:
            is_negated[place - 1] = not is_negated[place]
        elif code[place] in (AND, OR):
            is_negated[place - 1] = is_negated[starts[place - 1] - 1] = is_negated[place]
    return is_negated


def at_each_place(code: Sequence[int], leaf: Callable[[int], T], joined: Callable[[T, T], T]) -> list[T]:
    """For each place of a postfix code, a value of the operand that ends there, made from those of its leaves."""
    results: list[T] = []
    stack: list[T] = []
    for part in code:
        if part in (AND, OR):
            right = stack.pop()
            stack[-1] = joined(stack[-1], right)
        elif part != NOT:
            stack.append(leaf(part))
        results.append(stack[-1])
    return results


class Standing(Record):
    """How a constraint stands in a logic: the value that would make it idle, and what others are where it matters.

    `idle_as` is the value with which it changes nothing for the operands beside it. It matters only where each of
    `others`, numbers of constraints, has the value given.
    """

    idle_as: bool
    others: tuple[tuple[int, bool], ...]


def standing(code: Sequence[int], number: int) -> Standing | None:
    """How a constraint stands that a logic names once; None where it names it more often, or nothing beside it."""
    places = [place for place, part in enumerate(code) if part == number]
    if len(places) != 1:
        return None
    starts = starts_of(code)
    others: list[tuple[int, bool]] = []
    negated, operator = False, 0
    place = len(code) - 1
    while place != places[0]:
        part = code[place]
        if part == NOT:
            negated, place = not negated, place - 1
            continue
        left, right = starts[place - 1] - 1, place - 1
        inside, beside = (left, right) if places[0] <= left else (right, left)
        # An operand of AND matters where the others hold, one of OR where they do not.
        others += _literals(code, starts, beside, part)
        negated, operator, place = False, part, inside
    return Standing((operator == AND) != negated, tuple(others)) if operator else None


def _literals(code: Sequence[int], starts: Sequence[int], place: int, operator: int) -> Iterator[tuple[int, bool]]:
    """The constraints that are operands of a chain, NOT before them or not, and their value where the rest matters."""
    work = [place]
    while work:
        place = work.pop()
        value = operator == AND
        if code[place] == operator:
            work += (starts[place - 1] - 1, place - 1)
            continue
        while code[place] == NOT:
            value, place = not value, place - 1
        if code[place] not in (AND, OR):
            yield code[place], value
