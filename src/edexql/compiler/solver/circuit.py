"""A logic as gates, from which operands can be taken one by one."""

from __future__ import annotations

from edexql.compiler.solver.encoding import gate_of
from edexql.model.logic import AND, NOT, starts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import TypeVar

    from edexql.compiler.solver.encoding import Solver
    from edexql.compiler.solver.operands import Operand

    T = TypeVar("T")


class Circuit:
    """A logic with all its operands, and a gate for each.

    An operand that is taken leaves the others of its chain; NOTs go with what stands after them, and a chain goes
    with the last of its operands.
    """

    def __init__(
        self, solver: Solver, code: Sequence[int], literals: Sequence[int], operands: Iterable[Operand]
    ) -> None:
        self._solver = solver
        self._code = code
        self._root = self._top = len(code) - 1
        while code[self._top] == NOT:
            self._top -= 1
        # What each place is an operand of: a chain, or a NOT; and the operands of each chain, in order.
        self._above: dict[int, int] = {}
        self._chains: dict[int, list[int]] = {}
        for operand in operands:
            self._above[operand.place] = operand.chain
            self._chains.setdefault(operand.chain, []).append(operand.place)
        for place in [self._root, *self._above]:
            while code[place] == NOT:
                self._above[place - 1] = place
                place -= 1
        for chain in self._chains.values():
            chain.sort()
        self._places = sorted({self._root, *self._above})
        self._taken: set[int] = set()
        self._covered: set[int] = set()
        self._starts = starts = starts_of(code)
        self._known_outside: list[dict[int, None] | None] = [None] * self._root + [{}]
        self._gates: dict[int, int] = {}
        for place in self._places:
            if place in self._chains or code[place] == NOT:
                self._gates[place] = self._gate(place)
            else:
                self._gates[place] = gate_of(solver, code[starts[place] : place + 1], literals)

    def matters(self, place: int) -> bool:
        """Whether the logic means something else without an operand, or nothing is left of it. Raises NotAnalysed.

        That is so where all beside the operand, and beside what it is in, leaves the answer to it.
        """
        place = self._with_operand(place)
        if place == self._root:
            return True
        chain = self._above[place]
        sign = self._sign(chain)
        wanted = self._outside(chain) | dict.fromkeys((*self._beside(place, chain), -sign * self._gates[place]))
        return self._solver.possible(*wanted)

    def is_last(self, operand: Operand) -> bool:
        """Whether nothing would be left of its chain without an operand."""
        return all(other == operand.place or other in self._taken for other in self._chains[operand.chain])

    def spare(self, operands: Iterable[Operand], passed: Callable[[Operand], bool]) -> Iterator[Operand]:
        """Take the operands, one by one, without which the logic means the same; those `passed` over stay.

        Raises NotAnalysed.
        """
        for operand in operands:
            if operand.place not in self._covered and not passed(operand) and not self.matters(operand.place):
                self._take(operand)
                yield operand

    def same_without(self, numbers: Collection[int]) -> bool:
        """Whether the logic, of which nothing was taken, means the same without constraints. Raises NotAnalysed.

        False where nothing of it would be left.
        """
        solver = self._solver
        lost = {place for place in self._places if self._code[place] in numbers}
        if len(lost) == 1:
            return not self.matters(*lost)
        # What the answers so far show has not to be asked.
        shown = self._without(lost, solver.answers_with, lambda a: solver.answers & ~a, self._shown)
        if shown is None or shown != solver.answers_with(self._gates[self._root]):
            return False
        rest = self._without(lost, lambda gate: gate, lambda a: -a, self._joined)
        return rest is not None and not solver.possible(solver.differ(self._gates[self._root], rest))

    def _with_operand(self, place: int) -> int:
        """The place of all that goes with an operand: what it is the last of."""
        while place != self._root:
            above = self._above[place]
            if any(other != place and other not in self._taken for other in self._chains.get(above, ())):
                break
            place = above
        return place

    def _take(self, operand: Operand) -> None:
        self._covered.update(operand.leaves)
        place = self._with_operand(operand.place)
        self._taken.update((operand.place, place))
        # The gate of the whole is of no use from here on.
        while place != self._root and (place := self._above[place]) < self._top:
            before, self._gates[place] = self._gates[place], self._gate(place)
            if before == self._gates[place]:
                break
        start = self._starts[place]
        self._known_outside[start:place] = [None] * (place - start)

    def _outside(self, place: int) -> dict[int, None]:
        """The literals that hold where the answer is left to an operand, apart from its own chain."""
        path = []
        while (outside := self._known_outside[place]) is None:
            path.append(place)
            place = self._above[place]
        while path:
            place, above = path.pop(), place
            if above in self._chains:
                outside = outside | dict.fromkeys(self._beside(place, above))
            self._known_outside[place] = outside
        return outside

    def _beside(self, place: int, chain: int) -> Iterator[int]:
        """The literals that hold where the answer of a chain is left to one of its operands."""
        sign = self._sign(chain)
        return (sign * self._gates[one] for one in self._chains[chain] if one != place and one not in self._taken)

    def _sign(self, chain: int) -> int:
        return 1 if self._code[chain] == AND else -1

    def _gate(self, place: int) -> int:
        if self._code[place] == NOT:
            return -self._gates[place - 1]
        there = [None if one in self._taken else self._gates[one] for one in self._chains[place]]
        return self._joined(there, self._code[place])

    def _joined(self, gates: Sequence[int | None], operator: int) -> int:
        """The gate of a chain, without what is missing; most of it is shared with the one of all operands."""
        solver = self._solver
        join, neutral = (solver.both, solver.true) if operator == AND else (solver.either, -solver.true)
        row = [neutral if gate is None else gate for gate in gates]
        while len(row) > 1:
            odd = row[-1:] if len(row) % 2 else []
            row = [join(a, b) for a, b in zip(row[::2], row[1::2], strict=False)] + odd
        return row[0]

    def _shown(self, answers: Sequence[int | None], operator: int) -> int:
        """The answers in which a chain holds, without what is missing."""
        shown = self._solver.answers if operator == AND else 0
        for one in answers:
            if one is not None:
                shown = shown & one if operator == AND else shown | one
        return shown

    def _without(
        self,
        lost: Collection[int],
        leaf: Callable[[int], T],
        opposite: Callable[[T], T],
        joined: Callable[[Sequence[T | None], int], T],
    ) -> T | None:
        """What is made of the logic without the constraints at some places; None where nothing is left."""
        values: dict[int, T | None] = {}
        for place in self._places:
            if place in self._chains:
                inside = [values[one] for one in self._chains[place]]
                left = any(one is not None for one in inside)
                values[place] = joined(inside, self._code[place]) if left else None
            elif self._code[place] == NOT:
                before = values[place - 1]
                values[place] = None if before is None else opposite(before)
            else:
                values[place] = None if place in lost else leaf(self._gates[place])
        return values[self._root]
