"""Queries in which nothing can be found, known by their look: most of those that people write.

A logic that names each constraint once, where each says something and is about something else than all others, can
neither contradict itself nor have a part without effect. The same holds where constraints on one axis stand side by
side as alternatives, as several dates do, that do not overlap and leave something out.
"""

from __future__ import annotations

from itertools import islice, pairwise
from operator import le

from edexql.base.stdlib import date
from edexql.model.logic import NOT, OR
from edexql.model.period import Period, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.solver.axes import Admitted
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary


def is_plain(code: Sequence[int], constraints: Sequence[Constraint], vocabulary: Vocabulary) -> bool:
    """Whether it is seen at once that there is nothing to find."""
    numbers = [part for part in code if part > 0]
    if len(set(numbers)) != len(numbers):
        return False
    opaque: set[tuple[str, object]] = set()
    groups: dict[str, list[int]] = {}
    for number in numbers:
        one = constraints[number - 1]
        if one.kind in ("date", "range"):
            groups.setdefault(one.key, []).append(number)
        elif (one.key, one.value) in opaque:
            return False
        else:
            opaque.add((one.key, one.value))
    others = []
    for group in groups.values():
        apart = _are_apart([constraints[number - 1].value for number in group])
        if apart is False:
            return False
        if apart is None:
            others.append(group)
    several = [group for group in groups.values() if len(group) > 1]
    chains = _alternatives(code) if several else {}
    if any(len({chains.get(number, -number) for number in group}) > 1 for group in several):
        return False
    return all(_differ([constraints[number - 1] for number in group], vocabulary) for group in others)


def _differ(group: Sequence[Constraint], vocabulary: Vocabulary) -> bool:
    """Whether constraints on one axis do not overlap, and leave something out."""
    from edexql.compiler.solver.axes import admitted, axis_of

    # The same values twice overlap.
    if len({one.value for one in group}) < len(group):
        return False
    axis = axis_of(group[0], vocabulary)
    return axis is not None and _apart([admitted(one, axis) for one in group])


def _alternatives(code: Sequence[int]) -> dict[int, int]:
    """The chain that each constraint is an operand of, where that is one of alternatives."""
    chains: list[list[int]] = []
    # Of each operand its number, or its operator and the constraints that are operands of its chain.
    stack: list[int | tuple[int, list[int]]] = []
    for part in code:
        if part > 0:
            stack.append(part)
            continue
        operands = [stack.pop()] if part == NOT else [stack.pop(), stack.pop()]
        joined: list[int] = []
        for operand in operands:
            if isinstance(operand, int):
                joined.append(operand)
            elif operand[0] == part:
                # The shorter is put to the longer: to copy a long one each time would take ever longer.
                longer, shorter = (operand[1], joined) if len(operand[1]) > len(joined) else (joined, operand[1])
                longer += shorter
                joined = longer
            elif operand[0] == OR:
                chains.append(operand[1])
        stack.append((part, [] if part == NOT else joined))
    chains += [operand[1] for operand in stack if not isinstance(operand, int) and operand[0] == OR]
    return {number: place for place, numbers in enumerate(chains) for number in numbers}


def _are_apart(values: Sequence[object]) -> bool | None:
    """Whether values are closed periods that do not overlap; None where one of them is no period, open, empty, or up
    to the end of all times."""
    starts, ends = [], []
    for one in values:
        if not isinstance(one, Period) or one.start is None or one.end is None or one.start >= one.end:
            return None
        starts.append(one.start)
        ends.append(one.end)
    # Each for itself: where none overlap, both have the same order.
    starts.sort()
    ends.sort()
    if starts[0] <= midnight(date.min) or ends[-1] > midnight(date.max):
        return None
    return all(map(le, ends, islice(starts, 1, None)))


def _apart(sets: Sequence[Admitted]) -> bool:
    """Whether sets of one axis are not empty, do not overlap, and leave something of it out."""
    if any(one.nothing or one.everything for one in sets):
        return False
    stretches = [stretch for one in sets for stretch in one.stretches]
    if sum(low is None for low, _ in stretches) > 1 or sum(high is None for _, high in stretches) > 1:
        return False
    ordered = sorted(stretches, key=lambda stretch: (stretch[0] is not None, stretch[0] or (0, 0)))
    gap = ordered[0][0] is not None or ordered[-1][1] is not None
    for (_, before), (after, _) in pairwise(ordered):
        if before is None or after is None or before > after:
            return False
        gap = gap or before < after
    return gap
