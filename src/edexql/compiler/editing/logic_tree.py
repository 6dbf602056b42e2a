"""The logic of a text as a flat tree: what each AND, OR and NOT joins, and the tokens that it stands on."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler.editing.logic_edits import AND_SIGNS, CLOSE, NOT_SIGNS, OPEN, OR_SIGNS, parts
from edexql.compiler.values import string
from edexql.language.diagnostics import Mistake

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edexql.compiler.editing.document import Element
    from edexql.language.lexer import Tokens
    from edexql.language.syntax import Constraint, Logic
    from edexql.model.vocabulary import Vocabulary

OPERAND, NOT, AND, OR = "constraint", "not", "and", "or"


class Node(Record):
    """An operand, or an operator with what it joins.

    `children` are the places of other nodes, all before it. A chain of one operator is one node; in brackets of its
    own it is a node apart. `first` and `last` are the indices of its tokens, `brackets` how many pairs of them stand
    around it and are among these. `constraint` is that of an operand that is written in place.
    """

    operator: str
    children: tuple[int, ...]
    first: int
    last: int
    brackets: int = 0
    constraint: Constraint | None = None


def tree(logic: Logic, tokens: Tokens) -> tuple[Node, ...]:
    """The nodes of a logic without errors of syntax, each after its children; the last is all of it."""
    nodes: list[Node] = []
    outer: list[_Level] = []
    level = _Level(nodes)
    for first, last, constraint, kind in parts(logic, tokens):
        if constraint is not None:
            level.complete(Node(OPERAND, (), first, last, 0, constraint))
        elif kind in NOT_SIGNS:
            level.nots.append(first)
        elif kind in AND_SIGNS:
            continue
        elif kind in OR_SIGNS:
            level.end_alternative()
        elif kind == OPEN:
            outer.append(level)
            level = _Level(nodes, first)
        elif kind == CLOSE:
            place = level.end()
            inner = nodes[place]
            nodes[place] = Node(
                inner.operator, inner.children, level.opened, last, inner.brackets + 1, inner.constraint
            )
            level = outer.pop()
            level.negate(place)
        else:
            level.complete(Node(OPERAND, (), first, last))
    level.end()
    return tuple(nodes)


class _Level:
    """What stands between two brackets, or outside all, as far as it was read."""

    __slots__ = ("alternatives", "conjunction", "nodes", "nots", "opened")

    def __init__(self, nodes: list[Node], opened: int = -1) -> None:
        self.nodes = nodes
        self.opened = opened
        self.nots: list[int] = []
        self.conjunction: list[int] = []
        self.alternatives: list[int] = []

    def complete(self, node: Node) -> None:
        self.nodes.append(node)
        self.negate(len(self.nodes) - 1)

    def negate(self, place: int) -> None:
        """Take in an operand, with the NOTs before it."""
        nodes = self.nodes
        while self.nots:
            nodes.append(Node(NOT, (place,), self.nots.pop(), nodes[place].last))
            place = len(nodes) - 1
        self.conjunction.append(place)

    def end_alternative(self) -> None:
        self.alternatives.append(self._joined(AND, self.conjunction))
        self.conjunction = []

    def end(self) -> int:
        self.end_alternative()
        return self._joined(OR, self.alternatives)

    def _joined(self, operator: str, places: Sequence[int]) -> int:
        nodes = self.nodes
        if len(places) > 1:
            nodes.append(Node(operator, tuple(places), nodes[places[0]].first, nodes[places[-1]].last))
            return len(nodes) - 1
        return places[0]


def default_kinds(elements: Iterable[Element], vocabulary: Vocabulary) -> list[list[Element]]:
    """The constraints of each kind: alternatives where no logic is written, while all kinds have to hold."""
    kinds: dict[str, list[Element]] = {}
    for element in elements:
        kinds.setdefault(_key(element.constraint, vocabulary), []).append(element)
    return list(kinds.values())


def default_expression(elements: Iterable[Element], vocabulary: Vocabulary) -> str:
    """The default logic as it could be written, empty where there are no constraints."""
    kinds = default_kinds(elements, vocabulary)
    texts = [" OR ".join(str(element.number) for element in alternatives) for alternatives in kinds]
    if len(kinds) > 1:
        texts = [f"({text})" if len(some) > 1 else text for text, some in zip(texts, kinds, strict=True)]
    return " AND ".join(texts)


def _key(constraint: Constraint, vocabulary: Vocabulary) -> str:
    if constraint.kind != "raw":
        return vocabulary.canonical(constraint.head.text)
    try:
        return "" if constraint.key is None else string(constraint.key)
    except Mistake:
        return ""
