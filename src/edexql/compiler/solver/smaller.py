"""Smaller forms of a logic: candidates by shape, each to be proved before it is used."""

from __future__ import annotations

from edexql.compiler.solver.shape import operands
from edexql.model.logic import AND, NOT, OR, joined, starts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    Code = tuple[int, ...]


def without(code: Sequence[int], places: Collection[int]) -> Code:
    """A logic without the operands that end at some places; NOTs go with what stands behind them."""
    # Each operand as its code, None where nothing is left of it.
    stack: list[list[int] | None] = []
    for place, part in enumerate(code):
        if part == NOT:
            if stack[-1] is not None:
                stack[-1].append(NOT)
        elif part in (AND, OR):
            right = stack.pop()
            left = stack[-1]
            if left is None or right is None:
                stack[-1] = right if left is None else left
            else:
                left += right
                left.append(part)
        else:
            stack.append([part])
        if place in places:
            stack[-1] = None
    return tuple(stack[0] or ())


def without_double_not(code: Sequence[int]) -> Code:
    """A logic in which no NOT stands before a NOT."""
    found: list[int] = []
    for part in code:
        if part == NOT and found and found[-1] == NOT:
            found.pop()
        else:
            found.append(part)
    return tuple(found)


def flat(code: Sequence[int]) -> Code:
    """A logic whose chains are joined from the left, so that no brackets stand in them."""
    stack: list[tuple[int, list[Sequence[int]]]] = []
    for part in code:
        if part == NOT:
            stack[-1] = (NOT, [[*joined(stack[-1][1], stack[-1][0]), NOT]])
        elif part in (AND, OR):
            operator, right = stack.pop()
            parts = right if operator == part else [joined(right, operator)]
            operator, left = stack.pop()
            stack.append((part, [*(left if operator == part else [joined(left, operator)]), *parts]))
        else:
            stack.append((NOT, [[part]]))
    return tuple(joined(stack[0][1], stack[0][0]))


def factored(code: Sequence[int]) -> Code | None:
    """A logic with what several alternatives share put before them once, or the reverse; None where nothing is shared.

    `1 AND 2 OR 1 AND 3` becomes `1 AND (2 OR 3)`. One step: what comes out may have more to share.
    """
    chains: dict[int, list[range]] = {}
    for operand in sorted(operands(code), key=lambda operand: operand.place):
        chains.setdefault(operand.chain, []).append(operand.leaves)
    for chain, parts in sorted(chains.items()):
        dual = AND + OR - code[chain]
        factors = [
            [_cut(code, one) for one in chains[p[-1]]] if code[p[-1]] == dual else [_cut(code, p)] for p in parts
        ]
        count: dict[Code, int] = {}
        for listed in factors:
            for one in dict.fromkeys(listed):
                count[one] = count.get(one, 0) + 1
        shared = max(count, key=lambda one: (count[one], len(one)))
        if count[shared] > 1:
            new = _factored(shared, factors, code[chain], dual)
            start = starts_of(code)[chain]
            return (*code[:start], *new, *code[chain + 1 :])
    return None


def _factored(shared: Code, factors: Sequence[Sequence[Code]], operator: int, dual: int) -> list[int]:
    """A chain of operands, given as their factors, with one factor taken out of all that have it."""
    rests = [[one for one in listed if one != shared] for listed in factors if shared in listed]
    others = [joined(listed, dual) for listed in factors if shared not in listed]
    taken = list(shared)
    if all(rests):
        taken = joined([shared, joined([joined(rest, dual) for rest in rests], operator)], dual)
    first = next(place for place, listed in enumerate(factors) if shared in listed)
    before = sum(shared not in listed for listed in factors[:first])
    return joined([*others[:before], taken, *others[before:]], operator)


def _cut(code: Sequence[int], places: range) -> Code:
    return tuple(code[places[0] : places[-1] + 1])
