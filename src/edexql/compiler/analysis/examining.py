"""One query looked at: whether it can be met, whether it restricts anything, and what of it makes no difference."""

from __future__ import annotations

from collections import Counter

from edexql.compiler.analysis.plainness import is_plain
from edexql.compiler.analysis.shape import at_each_place, operands
from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.analysis.shape import Operand
    from edexql.compiler.analysis.solver import Solver
    from edexql.model.logic import Logic
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

# Operands and constraints, together, of what is looked at: each of them is a question about all of them.
MOST_PARTS = 700
# Seconds that one query may take.
BUDGET = 2.0


@record(frozen=True, slots=True)
class Examined:
    """What a logic cannot mean. Places are those in its postfix code.

    `value` is False where nothing can meet it, True where everything does, and None otherwise; `part` are then the
    places of the constraints that make it so, none of which can be missing. `idle` are the numbers of constraints
    without which it means the same, each taken alone, and `spare` those of them that can all go at once. `redundant`
    are operands of which the same is true. `done` is False where it was not analysed.
    """

    value: bool | None = None
    part: tuple[int, ...] = ()
    idle: tuple[int, ...] = ()
    spare: tuple[int, ...] = ()
    redundant: tuple[range, ...] = ()
    done: bool = True


NOTHING = Examined()
NOT_ANALYSED = Examined(done=False)


def examine(
    logic: Logic, constraints: Sequence[Constraint], vocabulary: Vocabulary, seconds: float = BUDGET
) -> Examined:
    """Look at a logic over constraints numbered from 1."""
    if is_plain(logic.code, constraints, vocabulary):
        return NOTHING
    if sum(part > 0 for part in logic.code) + len(logic.numbers()) > MOST_PARTS:
        return NOT_ANALYSED
    from edexql.compiler.analysis.solver import Atoms, NotAnalysed, Solver

    named = {number: constraints[number - 1] for number in logic.numbers()}
    with Solver(seconds) as solver:
        atoms = Atoms(solver, named.values(), vocabulary)
        literals = [atoms.literal(one) if number in named else 0 for number, one in enumerate(constraints, 1)]
        try:
            return _examined(logic.code, named, literals, solver)
        except NotAnalysed:
            return NOT_ANALYSED


def _examined(code: Sequence[int], named: dict[int, Constraint], literals: Sequence[int], solver: Solver) -> Examined:
    from edexql.compiler.analysis.circuit import Circuit
    from edexql.compiler.analysis.solver import gate_of

    whole = gate_of(solver, code, literals)
    texts = {number: spelled(constraint) for number, constraint in named.items()}
    for value in (False, True):
        if not solver.possible(-whole if value else whole):
            return Examined(value, _part(code, texts, literals, solver, value=value))
    circuit = Circuit(solver, code, literals, operands(code))
    order = sorted(texts, key=lambda number: (texts[number], number), reverse=True)
    idle = [number for number in order if circuit.same_without((number,))]
    spare: list[int] = []
    for number in idle:
        if circuit.same_without((*spare, number)):
            spare.append(number)
    outer = _Outer()
    for operand in circuit.spare(circuit.changed, _Passed(code, set(idle))):
        outer.add(operand.leaves)
    return Examined(None, (), tuple(sorted(idle)), tuple(sorted(spare)), tuple(outer.ranges))


class _Outer:
    """Stretches of a logic, without those that lie in one before."""

    def __init__(self) -> None:
        self.ranges: list[range] = []
        self.covered: set[int] = set()

    def add(self, places: range) -> None:
        if places[-1] not in self.covered:
            self.ranges.append(places)
            self.covered.update(places)


class _Passed:
    """Whether an operand says nothing of its own: all in it is idle, or stands nowhere else."""

    def __init__(self, code: Sequence[int], idle: set[int]) -> None:
        first = {part: place for place, part in reversed(list(enumerate(code))) if part > 0}
        last = {part: place for place, part in enumerate(code) if part > 0}
        self._idle = at_each_place(code, lambda number: number in idle, lambda a, b: a and b)
        self._first = at_each_place(code, lambda number: first[number], min)
        self._last = at_each_place(code, lambda number: last[number], max)

    def __call__(self, operand: Operand) -> bool:
        place = operand.place
        alone = self._first[place] >= operand.leaves[0] and self._last[place] <= place
        return alone or self._idle[place]


def _part(
    code: Sequence[int], texts: dict[int, tuple[str, str]], literals: Sequence[int], solver: Solver, *, value: bool
) -> tuple[int, ...]:
    """The places of constraints that make a logic false, or true, whatever holds: none of them can be missing.

    To have a smaller part that is still false, only what restricts the logic may be taken from it, else the reverse.
    """
    from edexql.compiler.analysis.circuit import Circuit

    found = operands(code)
    left = Counter(operand.chain for operand in found)
    first = at_each_place(code, lambda number: texts[number], min)
    found.sort(key=lambda operand: (-len(operand.leaves), first[operand.place], operand.place))
    circuit = Circuit(solver, code, literals, found)
    outer = _Outer()

    def passed(operand: Operand) -> bool:
        return operand.weakens == value or left[operand.chain] == 1 or operand.place in outer.covered

    for operand in circuit.spare(-circuit.rest if value else circuit.rest, passed):
        outer.add(operand.leaves)
        left[operand.chain] -= 1
    return tuple(place for place, part in enumerate(code) if part > 0 and place not in outer.covered)


def spelled(constraint: Constraint) -> tuple[str, str]:
    """What constraints are put in order by, so that nothing depends on the order in which they were written."""
    return constraint.key, repr(constraint.value)
