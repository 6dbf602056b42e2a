"""One query looked at: whether it can be met, whether it restricts anything, and what of it makes no difference."""

from __future__ import annotations

from collections import Counter

from edexql.base.record import record
from edexql.compiler.solver.shape import at_each_place, operands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from edexql.compiler.solver.shape import Operand
    from edexql.compiler.solver.solver import Solver
    from edexql.model.logic import Logic
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

# Operands and constraints, together, of what is looked at: each of them is a question about all of them.
MOST_PARTS = 700


@record(frozen=True, slots=True)
class Redundant:
    """An operand that makes no difference: its places in the postfix code, and `value` and `part` as of a logic."""

    places: range
    value: bool | None
    part: tuple[int, ...]


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
    redundant: tuple[Redundant, ...] = ()
    done: bool = True


NOT_ANALYSED = Examined(done=False)


def examine(
    logic: Logic,
    constraints: Sequence[Constraint],
    vocabulary: Vocabulary,
    ends: Collection[int] = (),
    budget: int | None = None,
) -> Examined:
    """Look at a logic over constraints numbered from 1.

    What ends at one of the places `ends` stands for several constraints and is one operand, which is redundant or not.
    """
    if sum(part > 0 for part in logic.code) + len(logic.numbers()) > MOST_PARTS:
        return NOT_ANALYSED
    from edexql.compiler.solver.solver import BUDGET, Atoms, NotAnalysed, Solver
    from edexql.compiler.solver.verdict import spelled, verdict

    code = logic.code
    named = {number: constraints[number - 1] for number in logic.numbers()}
    texts = {number: spelled(constraint) for number, constraint in named.items()}

    def prepared(budget: int) -> tuple[Solver, list[int]]:
        solver = Solver(budget)
        atoms = Atoms(solver, named.values(), vocabulary)
        return solver, [atoms.literal(one) if number in named else 0 for number, one in enumerate(constraints, 1)]

    try:
        solver, literals = prepared(BUDGET if budget is None else budget)
        value, part = verdict(code, texts, literals, solver)
        if value is not None:
            return Examined(value, part)
        order = sorted(texts, key=lambda number: (texts[number], number), reverse=True)
        idle, spare = _idle(code, order, literals, solver)
        # The gates of logic without constraints would be in the way of all other questions.
        solver, literals = prepared(solver.left)
        redundant = _redundants(code, ends, idle, texts, literals, solver)
    except NotAnalysed:
        return NOT_ANALYSED
    return Examined(None, (), tuple(sorted(idle)), tuple(sorted(spare)), redundant)


def _idle(
    code: Sequence[int], order: Sequence[int], literals: Sequence[int], solver: Solver
) -> tuple[list[int], list[int]]:
    """The constraints without which a logic means the same, each taken alone, and those that can all go at once."""
    from edexql.compiler.solver.circuit import Circuit

    circuit = Circuit(solver, code, literals, operands(code))
    idle = [number for number in order if circuit.same_without((number,))]
    spare: list[int] = []
    for number in idle:
        if circuit.same_without((*spare, number)):
            spare.append(number)
    return idle, spare


def _redundants(
    code: Sequence[int],
    ends: Collection[int],
    idle: Sequence[int],
    texts: dict[int, tuple[str, str]],
    literals: Sequence[int],
    solver: Solver,
) -> tuple[Redundant, ...]:
    from edexql.compiler.solver.verdict import verdict

    redundant = []
    for places in _redundant(code, operands(code, ends), set(idle), literals, solver):
        value, part = verdict(code[places[0] : places[-1] + 1], texts, literals, solver)
        redundant.append(Redundant(places, value, tuple(places[0] + place for place in part)))
    return tuple(redundant)


def _redundant(
    code: Sequence[int], found: Sequence[Operand], idle: set[int], literals: Sequence[int], solver: Solver
) -> list[range]:
    """Where operands stand that make no difference, each alone and any of them together.

    Those that restrict the logic are taken apart from those that widen it: what all of one kind leave as it is, some of
    them do too, and some of both kinds lie between. No chain is taken with the last of its operands, which would be of
    the other kind.
    """
    from edexql.compiler.solver.circuit import Circuit
    from edexql.compiler.solver.verdict import Outer

    passed = _Passed(code, idle)
    taken: list[Operand] = []
    for weakens in (True, False):
        circuit = Circuit(solver, code, literals, found)
        asked = [one for one in found if one.weakens == weakens and not passed(one)]
        taken += circuit.spare(asked, circuit.is_last)
    outer = Outer()
    for operand in sorted(taken, key=lambda one: (-len(one.leaves), -one.place)):
        outer.add(operand.leaves)
    return outer.ranges


class _Passed:
    """Whether an operand says nothing of its own: each constraint in it is known to be idle, or not to be."""

    def __init__(self, code: Sequence[int], idle: set[int]) -> None:
        count = Counter(code)
        self._idle = at_each_place(code, lambda number: number in idle, lambda a, b: a and b)
        self._one = at_each_place(code, lambda number: count[number] == 1, lambda *_: False)

    def __call__(self, operand: Operand) -> bool:
        return self._idle[operand.place] or self._one[operand.place]
