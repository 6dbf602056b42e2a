"""The logic of a query as forms show it: nodes in postfix order, with their places in the text."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler.editing.logic_edits import number_of
from edexql.compiler.editing.logic_tree import AND, OPERAND, OR, default_expression, default_kinds, tree
from edexql.language.formatter import single_line
from edexql.language.lexer import FIRST_READ, KIND, tokenize
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from edexql.compiler.editing.document import Element
    from edexql.language.lexer import Tokens
    from edexql.language.syntax import Program
    from edexql.model.vocabulary import Vocabulary

_NUMBER = KIND["NUMBER"]


class FormNode(Record):
    """An operator (`and`, `or`, `not`) with its `children`, which are before it, or a `constraint`.

    A constraint has its number or its label, as the text names it; one that is written in place has its number, if it
    is one. `numbers` are those of all constraints that it stands for, none where there is no such constraint. Nodes of
    the default logic stand nowhere in the text.
    """

    id: int
    operator: str
    children: tuple[int, ...] = ()
    number: int | None = None
    label: str | None = None
    numbers: tuple[int, ...] = ()
    start: int | None = None
    end: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "op": self.operator,
            "children": list(self.children),
            "number": self.number,
            "label": self.label,
            "numbers": list(self.numbers),
            "from": self.start,
            "to": self.end,
        }


class FormLogic(Record):
    """The logic of a query. `kind` is logic or where, default where none is written, none without constraints.

    `text` is the expression on one line, `start` and `end` those of the statement, and `root` the last of `nodes`.
    """

    kind: str
    text: str
    start: int | None
    end: int | None
    nodes: tuple[FormNode, ...]

    @property
    def root(self) -> int | None:
        return len(self.nodes) - 1 if self.nodes else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "text": self.text,
            "from": self.start,
            "to": self.end,
            "root": self.root,
            "nodes": [node.to_dict() for node in self.nodes],
        }


def logic_form(program: Program, index: int, elements: Sequence[Element], vocabulary: Vocabulary) -> FormLogic:
    """The logic that is statement `index` of a text, or the default where that is -1."""
    if index < 0:
        nodes = tuple(_default(elements, vocabulary))
        text = default_expression(elements, vocabulary)
        return FormLogic("default" if nodes else "none", text, None, None, nodes)
    statement, tokens = program.statements[index], program.tokens
    assert isinstance(statement, Logic)
    span = statement.span
    written = single_line(tokenize(tokens.text[span.start : span.end])).partition(" ")[2]
    return FormLogic(
        statement.keyword, written, span.start, span.end, tuple(_nodes(program, statement, index, elements))
    )


def _nodes(program: Program, logic: Logic, index: int, elements: Sequence[Element]) -> Iterator[FormNode]:
    tokens = program.tokens
    labels = labels_and_numbers(elements)
    in_place = _numbers_in_place(index, elements)
    for place, node in enumerate(tree(logic, tokens)):
        number: int | None = None
        label: str | None = None
        numbers: tuple[int, ...] = ()
        if node.operator == OPERAND:
            operand = _operand(tokens, node.first, node.last)
            if node.constraint is not None:
                numbers = in_place.get(node.constraint.span.start, ())
                number = numbers[0] if len(numbers) == 1 else None
            elif tokens.kinds[operand] == _NUMBER:
                number = number_of(tokens.read(operand)) or None
                numbers = (number,) if number is not None and number <= len(elements) else ()
            else:
                label = tokens.read(operand).lower()
                numbers = labels.get(label, ())
                number = numbers[0] if len(numbers) == 1 else None
        yield FormNode(
            place, node.operator, node.children, number, label, numbers,
            tokens.starts[node.first], tokens.ends[node.last],
        )  # fmt: skip


def _operand(tokens: Tokens, first: int, last: int) -> int:
    """The token of a number or a label that may stand in brackets."""
    return next(i for i in range(first, last + 1) if tokens.kinds[i] >= FIRST_READ and tokens.kinds[i] not in _BRACKETS)


_BRACKETS = frozenset({KIND["_OPEN"], KIND["_CLOSE"]})


def labels_and_numbers(elements: Iterable[Element]) -> dict[str, tuple[int, ...]]:
    """The numbers of the constraints of each label."""
    labels: dict[str, list[int]] = {}
    for element in elements:
        label = element.constraint.label
        if label is not None:
            labels.setdefault(label.text.lower(), []).append(element.number)
    return {label: tuple(numbers) for label, numbers in labels.items()}


def _numbers_in_place(index: int, elements: Iterable[Element]) -> Mapping[int, tuple[int, ...]]:
    """The numbers of each constraint that is written in a `where`, by where it begins."""
    numbers: dict[int, list[int]] = {}
    for element in elements:
        if element.statement == index:
            numbers.setdefault(element.constraint.span.start, []).append(element.number)
    return {start: tuple(some) for start, some in numbers.items()}


def _default(elements: Sequence[Element], vocabulary: Vocabulary) -> Iterator[FormNode]:
    """The default logic: the same as `default_logic`, also where some constraints cannot be resolved."""
    places: list[int] = []
    place = -1
    for alternatives in default_kinds(elements, vocabulary):
        for element in alternatives:
            place += 1
            label = element.constraint.label
            name = None if label is None else label.text.lower()
            yield FormNode(place, OPERAND, (), element.number, name, (element.number,))
        if len(alternatives) > 1:
            place += 1
            yield FormNode(place, OR, tuple(range(place - len(alternatives), place)))
        places.append(place)
    if len(places) > 1:
        yield FormNode(place + 1, AND, tuple(places))
