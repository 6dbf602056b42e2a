"""Questions about logic for the SAT solver: gates, axes, what earlier answers show, and a budget.

An axis is put to it in order encoding: a variable for each cut, true where the value lies below the cut. A stretch is
then one gate, and the whole is as long as the query.
"""

from __future__ import annotations

from itertools import pairwise

from edexql.compiler.solver.axes import Axis, admitted, axis_of, cuts_of, value_between
from edexql.compiler.solver.sat import SatSolver
from edexql.language.source import WATCHES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from edexql.compiler.solver.axes import Admitted, Cut
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

# Steps of the SAT solver that the analysis of one query may take, whatever the machine: two seconds' worth on most.
BUDGET = 4_000_000


class NotAnalysed(Exception):
    """The budget was used up before there was an answer."""


class Solver:
    """Gates over variables. A literal is a number, its opposite the negative one."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._sat = SatSolver()
        self._gates: dict[tuple[int, int], int] = {}
        # Answers found so far, as bits: for each variable, those in which it holds, and all of them.
        self._holding = [0]
        self._answers = 0
        # Of the answer to the last question.
        self._answer = 0
        # How many questions were put, and how many clauses the solver was given.
        self.questions = 0
        self.clauses = 0
        self.true = self.variable()
        self._add(self.true)

    def variable(self) -> int:
        """A new variable."""
        # Nothing is known of it in the answers so far.
        self._forget_answers()
        self._holding.append(0)
        return self._sat.variable()

    def both(self, a: int, b: int) -> int:
        """The literal of `a and b`."""
        if a > b:
            a, b = b, a
        if a == b or -self.true in (a, b) or a == -b:
            return a if a == b else -self.true
        if self.true in (a, b):
            return b if a == self.true else a
        gate = self._gates.get((a, b))
        if gate is None:
            self._holding.append(self.answers_with(a) & self.answers_with(b))
            gate = self._gates[a, b] = self._sat.variable()
            self._add(-gate, a)
            self._add(-gate, b)
            self._add(gate, -a, -b)
        return gate

    def either(self, a: int, b: int) -> int:
        """The literal of `a or b`."""
        return -self.both(-a, -b)

    def differ(self, a: int, b: int) -> int:
        """The literal of `a and not b, or b and not a`."""
        return self.either(self.both(a, -b), self.both(-a, b))

    def implies(self, a: int, b: int) -> None:
        """Have it that `b` holds wherever `a` does."""
        self._forget_answers()
        self._add(-a, b)

    def possible(self, *literals: int) -> bool:
        """Whether all the literals can hold at once. Raises NotAnalysed."""
        if WATCHES:
            from edexql.language.limit import look

            look()
        self.questions += 1
        known = self._answers
        for literal in literals:
            known &= self.answers_with(literal)
            if not known:
                break
        else:
            if known:
                self._answer = known & -known
                return True
        answer = self._sat.solve(literals, self.left) if self.left > 0 else None
        if answer is None:
            raise NotAnalysed
        if answer:
            self._answer = self._answers + 1
            self._answers += self._answer
            for literal in self._sat.model():
                if literal > 0:
                    self._holding[literal] |= self._answer
        return answer

    @property
    def left(self) -> int:
        """How many steps of the budget are left."""
        return self._budget - self._sat.steps

    def holding(self) -> frozenset[int]:
        """The literals that hold in the answer to the last question, which was yes."""
        answers = enumerate(self._holding)
        next(answers)
        return frozenset(variable if held & self._answer else -variable for variable, held in answers)

    @property
    def answers(self) -> int:
        """The answers found so far, as bits."""
        return self._answers

    def answers_with(self, literal: int) -> int:
        """Those of the answers found so far in which a literal holds, as bits."""
        return self._holding[literal] if literal > 0 else self._answers & ~self._holding[-literal]

    def _forget_answers(self) -> None:
        if self._answers:
            self._answers = 0
            self._holding = [0] * len(self._holding)

    def _add(self, *clause: int) -> None:
        self.clauses += 1
        self._sat.add(clause)


class Atoms:
    """Constraints as literals of a solver; those that are about one axis, or say the same, know of each other."""

    def __init__(self, solver: Solver, constraints: Iterable[Constraint], vocabulary: Vocabulary) -> None:
        self._solver = solver
        self._axes: dict[str, Axis] = {}
        self._sets: dict[Constraint, Admitted] = {}
        self._opaque: dict[Constraint, int] = {}
        for constraint in map(without_label, constraints):
            axis = axis_of(constraint, vocabulary)
            if axis is None:
                if constraint not in self._opaque:
                    self._opaque[constraint] = solver.variable()
            elif constraint not in self._sets:
                self._axes[axis.name] = axis
                self._sets[constraint] = admitted(constraint, axis)
        self._cuts: dict[str, dict[Cut, int]] = {name: self._ordered(name) for name in self._axes}

    def literal(self, constraint: Constraint) -> int:
        """The literal of a constraint."""
        constraint = without_label(constraint)
        if constraint in self._opaque:
            return self._opaque[constraint]
        one = self._sets[constraint]
        cuts, true = self._cuts[one.axis], self._solver.true
        literal = -true
        for low, high in one.stretches:
            above = true if low is None else -cuts[low]
            below = true if high is None else cuts[high]
            literal = self._solver.either(literal, self._solver.both(above, below))
        return literal

    def moment(self, holding: frozenset[int]) -> tuple[dict[Axis, Fraction], dict[Constraint, bool]]:
        """A value of each axis, and whether each opaque constraint holds, where these literals hold."""
        values = {}
        for name, cuts in self._cuts.items():
            low = max((cut for cut, literal in cuts.items() if literal not in holding), default=None)
            high = min((cut for cut, literal in cuts.items() if literal in holding), default=None)
            values[self._axes[name]] = value_between(self._axes[name], low, high)
        return values, {constraint: literal in holding for constraint, literal in self._opaque.items()}

    def _ordered(self, name: str) -> dict[Cut, int]:
        cuts = cuts_of(one for one in self._sets.values() if one.axis == name)
        literal_of = {cut: self._solver.variable() for cut in cuts}
        literals = list(literal_of.values())
        for lower, higher in pairwise(literals):
            self._solver.implies(lower, higher)
        return literal_of


def without_label(constraint: Constraint) -> Constraint:
    """A constraint as what it says, apart from what it is called."""
    from edexql.model.query import Constraint

    return Constraint(constraint.kind, constraint.key, constraint.value) if constraint.label else constraint


def gate_of(solver: Solver, code: Sequence[int], literals: Sequence[int]) -> int:
    """The literal of a logic over constraint numbers from 1."""
    from edexql.model.logic import fold

    gate: int = fold(code, lambda number: literals[number - 1], lambda a: -a, solver.both, solver.either)
    return gate
