"""One query analysed: whether anything meets it, whether it restricts anything, what in it makes no difference."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from edexql.base.record import Record
from edexql.compiler.solver.circuit import Circuit
from edexql.compiler.solver.encoding import BUDGET, Atoms, NotAnalysed, Solver, gate_of
from edexql.compiler.solver.operands import at_each_place, operands
from edexql.model.logic import AND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from edexql.compiler.solver.operands import Operand
    from edexql.model.logic import Logic
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary


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
    """False where nothing can match a logic, True where everything does, and the places of a part that makes it so.

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
    parts = operands(code)
    first = at_each_place(code, lambda number: texts[number], min)
    needless = {one.place for one in _needless(parts, first, code, literals, solver, value=value)}
    parts.sort(key=lambda one: (one.place not in needless, -len(one.leaves), first[one.place], one.place))
    circuit = Circuit(solver, code, literals, parts)
    outer = Outer()

    def passed(operand: Operand) -> bool:
        return operand.weakens == value or circuit.is_last(operand)

    for operand in circuit.spare(parts, passed):
        outer.add(operand.leaves)
    return tuple(place for place, part in enumerate(code) if part > 0 and place not in outer.covered)


def _needless(
    parts: Sequence[Operand],
    first: Sequence[tuple[str, str]],
    code: Sequence[int],
    literals: Sequence[int],
    solver: Solver,
    *,
    value: bool,
) -> list[Operand]:
    """The operands of the outermost chain beside one or two that give the logic its value by themselves, if any do."""
    chain = [one for one in parts if one.chain == parts[0].chain and one.weakens != value]
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


# Operands and constraints, together, of what is looked at: each of them is a question about all of them.
MOST_PARTS = 700


class Redundant(Record):
    """An operand that makes no difference: its places in the postfix code, and `value` and `part` as of a logic."""

    places: range
    value: bool | None
    part: tuple[int, ...]


class Examined(Record):
    """What a logic cannot mean. Places are those in its postfix code.

    `value` is False where nothing can match it, True where everything does, and None otherwise; `part` are then the
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


def is_too_large(logic: Logic) -> bool:
    """Whether a logic has more parts than are looked at."""
    return sum([part > 0 for part in logic.code]) + len(logic.numbers()) > MOST_PARTS


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
    if is_too_large(logic):
        return NOT_ANALYSED

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

    redundant = []
    for places in _redundant(code, operands(code, ends), set(idle), literals, solver):
        value, part = verdict(code[places[0] : places[-1] + 1], texts, literals, solver)
        redundant.append(Redundant(places, value, tuple(places[0] + place for place in part)))
    return tuple(redundant)


def _redundant(
    code: Sequence[int], parts: Sequence[Operand], idle: set[int], literals: Sequence[int], solver: Solver
) -> list[range]:
    """Where operands stand that make no difference, each alone and any of them together.

    Those that restrict the logic are taken apart from those that widen it: what all of one kind leave as it is, some of
    them do too, and some of both kinds lie between. No chain is taken with the last of its operands, which would be of
    the other kind.
    """
    passed = _Passed(code, idle)
    taken: list[Operand] = []
    for weakens in (True, False):
        circuit = Circuit(solver, code, literals, parts)
        candidates = [one for one in parts if one.weakens == weakens and not passed(one)]
        taken += circuit.spare(candidates, circuit.is_last)
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
