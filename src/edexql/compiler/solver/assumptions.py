"""Why a constraint makes no difference: what the logic around it lets one take for granted where it stands."""

from __future__ import annotations

from edexql.base.record import record
from edexql.model.logic import AND, NOT, OR, starts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@record(frozen=True, slots=True)
class Standing:
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
