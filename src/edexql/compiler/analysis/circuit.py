"""A logic from which operands can be taken, as gates: one question then tells what it would be without them."""

from __future__ import annotations

from itertools import pairwise

from edexql.compiler.analysis.solver import gate_of
from edexql.model.logic import AND, NOT, OR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from edexql.compiler.analysis.shape import Operand
    from edexql.compiler.analysis.solver import Solver


class Circuit:
    """A logic and, beside it, the same without what is to be taken away.

    An operand that is taken leaves the others of its chain; NOTs go with what stands behind them, and a chain goes
    with the last of its operands. `rest` is the literal of what is left, `changed` says that it differs from the logic
    itself or that nothing is left.
    """

    def __init__(
        self, solver: Solver, code: Sequence[int], literals: Sequence[int], operands: Sequence[Operand]
    ) -> None:
        self._solver = solver
        self._operands = operands
        self._places = {operand.place: solver.variable() for operand in operands}
        # For each operand, whether it or a later one is taken: one literal then says that no later one is.
        self._onwards = [solver.variable() for _ in operands]
        for taken, onwards in zip(self._places.values(), self._onwards, strict=True):
            solver.implies(taken, onwards)
        for before, after in pairwise(self._onwards):
            solver.implies(after, before)
        self._numbers = {number: solver.variable() for number in code if number > 0}
        self.rest, gone = self._left(code, literals)
        self.changed = solver.either(gone, solver.differ(gate_of(solver, code, literals), self.rest))

    def same_without(self, numbers: Collection[int]) -> bool:
        """Whether the logic means the same without these constraints. Raises NotAnalysed.

        False where nothing of it would be left.
        """
        none_taken = [-one for one in self._onwards[:1]]
        taken = [literal if number in numbers else -literal for number, literal in self._numbers.items()]
        return not self._solver.possible(self.changed, *none_taken, *taken)

    def spare(self, unwanted: int, passed: Callable[[Operand], bool]) -> Iterator[Operand]:
        """Operands, in their order, without all of which something unwanted is impossible; those `passed` over stay.

        To be asked once, and last: what was decided stays so. Raises NotAnalysed.
        """
        solver = self._solver
        for number in self._numbers.values():
            solver.implies(number, -solver.true)
        for place, operand in enumerate(self._operands):
            taken = self._places[operand.place]
            none_later = [-one for one in self._onwards[place + 1 : place + 2]]
            if not passed(operand) and not solver.possible(unwanted, taken, *none_later):
                solver.implies(solver.true, taken)
                yield operand
            else:
                solver.implies(taken, -solver.true)

    def _left(self, code: Sequence[int], literals: Sequence[int]) -> tuple[int, int]:
        """The literals of what is left of the logic, and of nothing being left of it."""
        solver = self._solver
        both, either, none = solver.both, solver.either, -solver.true
        stack: list[tuple[int, int]] = []
        for place, part in enumerate(code):
            gone = self._places.get(place, none)
            if part == NOT:
                value, before = stack.pop()
                stack.append((-value, either(gone, before)))
            elif part in (AND, OR):
                right, right_gone = stack.pop()
                left, left_gone = stack.pop()
                if part == AND:
                    value = both(either(left_gone, left), either(right_gone, right))
                else:
                    value = either(both(-left_gone, left), both(-right_gone, right))
                stack.append((value, either(gone, both(left_gone, right_gone))))
            else:
                stack.append((literals[part - 1], either(gone, self._numbers[part])))
        ((value, gone),) = stack
        return value, gone
