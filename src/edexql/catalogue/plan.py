"""The logic of a query as operators with any number of operands.

Operands that are dates are kept apart, because those of an OR are found together, a hundred thousand as
quickly as one. Operators stand in a list behind their operands, so that nothing here needs recursion.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.model.logic import AND, NOT, OR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edexql.model.query import Constraint, Query


class Node(Record):
    """An operator: NOT, AND or OR. `dates` are numbers of constraints that are dates.

    An operand is a constraint by its number from 1, or an earlier node by its position as ~position.
    """

    operator: int
    operands: tuple[int, ...]
    dates: tuple[int, ...] = ()

    def __iter__(self) -> Iterator[int]:
        yield from self.dates
        yield from self.operands


class Plan(Record):
    """Nodes, operands first, and the operand that is the whole."""

    nodes: tuple[Node, ...]
    root: int

    def node(self, operand: int) -> Node | None:
        """The node that an operand is, None for a constraint."""
        return self.nodes[~operand] if operand < 0 else None

    def numbers(self) -> dict[int, None]:
        """The constraints that are named, each once."""
        if self.root > 0:
            return {self.root: None}
        return dict.fromkeys(number for node in self.nodes for number in node if number > 0)

    def others(self) -> dict[int, None]:
        """The constraints that are named, those left out that are found together with other dates."""
        if self.root > 0:
            return {self.root: None}
        return dict.fromkeys(number for node in self.nodes for number in node.operands if number > 0)


def plan(query: Query) -> Plan | None:
    """The plan of a query's logic, written or default; None where nothing is constrained."""
    if query.logic is not None:
        return _of_code(query.logic.code, query.constraints)
    return _default(query.constraints)


def _default(constraints: Sequence[Constraint]) -> Plan | None:
    """Values of one kind are alternatives, different kinds must all hold."""
    if not constraints:
        return None
    kinds: dict[str, list[int]] = {}
    for number, constraint in enumerate(constraints, 1):
        key = constraint.key
        if key in kinds:
            kinds[key].append(number)
        else:
            kinds[key] = [number]
    nodes: list[Node] = []
    alternatives = []
    for numbers in kinds.values():
        if len(numbers) > 1 and constraints[numbers[0] - 1].kind == "date":
            nodes.append(Node(OR, (), tuple(numbers)))
            alternatives.append(~(len(nodes) - 1))
        else:
            alternatives.append(_settled(OR, numbers, nodes, constraints))
    root = _settled(AND, alternatives, nodes, constraints)
    return Plan(tuple(nodes), root)


def _of_code(code: Sequence[int], constraints: Sequence[Constraint]) -> Plan:
    """Chains of one operator are made one node."""
    nodes: list[Node] = []
    stack: list[int | tuple[int, list[int]]] = []
    for part in code:
        if part > 0:
            stack.append(part)
            continue
        right = stack.pop()
        if part == NOT:
            stack.append(_settled(NOT, [_operand(right, nodes, constraints)], nodes, constraints))
            continue
        left = stack[-1]
        if isinstance(left, tuple) and left[0] == part and isinstance(right, int):
            left[1].append(right)
            continue
        stack[-1] = part, _chained(part, left, right, nodes, constraints)
    root = _operand(stack[0], nodes, constraints)
    return Plan(tuple(nodes), root)


def _chained(
    operator: int,
    left: int | tuple[int, list[int]],
    right: int | tuple[int, list[int]],
    nodes: list[Node],
    constraints: Sequence[Constraint],
) -> list[int]:
    # The longer list grows, so that chains bracketed to either side cost the same.
    sides = [
        side[1] if isinstance(side, tuple) and side[0] == operator else [_operand(side, nodes, constraints)]
        for side in (left, right)
    ]
    sides.sort(key=len)
    sides[1].extend(sides[0])
    return sides[1]


def _operand(side: int | tuple[int, list[int]], nodes: list[Node], constraints: Sequence[Constraint]) -> int:
    return side if isinstance(side, int) else _settled(side[0], side[1], nodes, constraints)


def _settled(operator: int, operands: list[int], nodes: list[Node], constraints: Sequence[Constraint]) -> int:
    """The operand that a chain is, once it grows no more."""
    if len(operands) == 1 and operator != NOT:
        return operands[0]
    dates: list[int] = []
    if operator == OR:
        dates = [number for number in operands if number > 0 and constraints[number - 1].kind == "date"]
        if dates:
            operands = [one for one in operands if one < 0 or constraints[one - 1].kind != "date"]
    nodes.append(Node(operator, tuple(operands), tuple(dates)))
    return ~(len(nodes) - 1)


def without(whole: Plan, dropped: int) -> Plan | None:
    """The plan with an operand taken out, and what is left without operands by that; None where nothing remains."""
    if whole.root == dropped:
        return None
    place: dict[int, int | None] = {dropped: None}
    nodes: list[Node] = []
    for position, node in enumerate(whole.nodes):
        if ~position == dropped:
            continue
        left = [place.get(one, one) if one == dropped or one < 0 else one for one in node.operands]
        operands = tuple(one for one in left if one is not None)
        dates = tuple(one for one in node.dates if one != dropped)
        if node.operator != NOT and len(operands) + len(dates) == 1:
            place[~position] = (operands + dates)[0]
        elif not operands and not dates:
            place[~position] = None
        else:
            nodes.append(Node(node.operator, operands, dates))
            place[~position] = ~(len(nodes) - 1)
    root = place.get(whole.root, whole.root)
    return None if root is None else Plan(tuple(nodes), root)


def part(whole: Plan, operand: int) -> Plan:
    """An operand as a plan of its own."""
    return Plan(whole.nodes, operand)


def text(whole: Plan, operand: int) -> str:
    """An operand as logic: `1 AND (2 OR NOT 3)`."""
    pieces: list[str] = []
    work: list[int | str] = [operand]
    while work:
        item = work.pop()
        node = None if isinstance(item, str) else whole.node(item)
        if node is None:
            pieces.append(str(item))
            continue
        for place, one in enumerate(sorted(node, key=lambda one: (one < 0, abs(one)), reverse=True)):
            if place:
                work.append({AND: " AND ", OR: " OR "}[node.operator])
            inner = whole.node(one)
            work += [one] if inner is None or inner.operator == NOT else [")", one, "("]
        if node.operator == NOT:
            work.append("NOT ")
    return "".join(pieces)
