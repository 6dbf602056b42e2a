"""Whether a logic has the same value at all moments, and the smallest part of it that makes it so."""

from __future__ import annotations

from itertools import combinations

from edexql.compiler.solver.circuit import Circuit
from edexql.compiler.solver.shape import at_each_place, operands
from edexql.compiler.solver.solver import gate_of
from edexql.model.logic import AND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.solver.shape import Operand
    from edexql.compiler.solver.solver import Solver
    from edexql.model.query import Constraint

# Operands of the outermost chain beyond which no pairs are tried.
_MOST_PAIRED = 64


class Outer:
    """Stretches of a logic, without those that lie in one before."""

    def __init__(self) -> None:
        self.ranges: list[range] = []
        self.covered: set[int] = set()

    def add(self, places: range) -> None:
        if places[-1] not in self.covered:
            self.ranges.append(places)
            self.covered.update(places)


def verdict(
    code: Sequence[int], texts: dict[int, tuple[str, str]], literals: Sequence[int], solver: Solver
) -> tuple[bool | None, tuple[int, ...]]:
    """False where nothing can meet a logic, True where everything does, and the places of a part that makes it so.

    None of the part can be missing; of those that are one or two operands of the outermost chain, it is the smallest.
    `texts` has what each constraint says, by number. Raises NotAnalysed.
    """
    whole = gate_of(solver, code, literals)
    for value in (False, True):
        if not solver.possible(-whole if value else whole):
            return value, _part(code, texts, literals, solver, value=value)
    return None, ()


def _part(
    code: Sequence[int], texts: dict[int, tuple[str, str]], literals: Sequence[int], solver: Solver, *, value: bool
) -> tuple[int, ...]:
    """The places of constraints that make a logic false, or true, whatever holds.

    To have a smaller part that is still false, only what restricts the logic may be taken from it, else the reverse.
    """
    found = operands(code)
    first = at_each_place(code, lambda number: texts[number], min)
    needless = {one.place for one in _needless(found, first, code, literals, solver, value=value)}
    found.sort(key=lambda one: (one.place not in needless, -len(one.leaves), first[one.place], one.place))
    circuit = Circuit(solver, code, literals, found)
    outer = Outer()

    def passed(operand: Operand) -> bool:
        return operand.weakens == value or circuit.is_last(operand)

    for operand in circuit.spare(found, passed):
        outer.add(operand.leaves)
    return tuple(place for place, part in enumerate(code) if part > 0 and place not in outer.covered)


def _needless(
    found: Sequence[Operand],
    first: Sequence[tuple[str, str]],
    code: Sequence[int],
    literals: Sequence[int],
    solver: Solver,
    *,
    value: bool,
) -> list[Operand]:
    """The operands of the outermost chain beside one or two that give the logic its value by themselves, if any do."""
    chain = [one for one in found if one.chain == found[0].chain and one.weakens != value]
    chain.sort(key=lambda one: (len(one.leaves), first[one.place], one.place))
    # What has to be so at once for the logic to have the other value.
    against = {}
    for one in chain:
        gate = gate_of(solver, code[one.leaves[0] : one.leaves[-1] + 1], literals)
        plain = (code[one.chain] == AND) == one.weakens
        against[one.place] = gate if plain != value else -gate
    pairs = combinations(chain, 2) if len(chain) <= _MOST_PAIRED else ()
    for needed in (*((one,) for one in chain), *pairs):
        if not solver.possible(*(against[one.place] for one in needed)):
            return [one for one in chain if one not in needed]
    return []


def spelled(constraint: Constraint) -> tuple[str, str]:
    """What constraints are put in order by, so that nothing depends on the order in which they were written."""
    return constraint.key, repr(constraint.value)
