"""The operands of an expression without NOT, from its root downwards, however deep it is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.model.query import Constraint


class Parts:
    """An expression over literals in postfix code. A part of it is the position at which its code ends."""

    def __init__(self, code: Sequence[int], constraints: Sequence[Constraint]) -> None:
        self._code = code
        self._constraints = constraints
        self._starts: list[int] = []
        for position, item in enumerate(code):
            self._starts.append(position if item > 0 else self._starts[self._starts[position - 1] - 1])
        self.root = len(code) - 1

    def operator(self, part: int) -> int:
        """AND or OR, 0 for a literal."""
        return min(self._code[part], 0)

    def constraint(self, part: int) -> Constraint:
        return self._constraints[self._code[part] // 2 - 1]

    def negated(self, part: int) -> bool:
        """Whether a literal is the opposite of its constraint."""
        return self._code[part] % 2 == 1

    def literals(self, part: int) -> int:
        """How many literals a part has."""
        return (part - self._starts[part] + 2) // 2

    def chain(self, part: int, operator: int) -> list[int]:
        """What an operator joins in a part, from left to right, each literal once; a part of another, alone."""
        found: list[int] = []
        seen: set[int] = set()
        work = [part]
        while work:
            position = work.pop()
            item = self._code[position]
            if item == operator:
                work += (position - 1, self._starts[position - 1] - 1)
            elif item < 0:
                found.append(position)
            elif item not in seen:
                seen.add(item)
                found.append(position)
        return found
