"""The query: what is asked for, as it was meant, apart from any text."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.model.logic import AND, Logic, any_of, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.period import Period
    from edexql.model.range import Range


class Tag(Record):
    """A planned experiment: its group and its name in the group."""

    group: str
    name: str


class Json(Record):
    """A JSON value as compact text."""

    text: str


class Constraint(Record):
    """One numbered constraint: a set of times in which a file has to lie at least partly.

    `kind` is date (value: Period), range (Range of a field), word (a value of an instrument or field),
    experiment (Tag) or raw (Json). `key` is the name of the field or instrument in the vocabulary, or
    for raw the key on the wire. Constraints of one statement share its `label`.
    """

    kind: str
    key: str
    value: Period | Range | str | Tag | Json
    label: str | None = None

    def __str__(self) -> str:
        """As a query has it, without its label."""
        if isinstance(self.value, Tag):
            return f'experiment "{self.value.group}" > "{self.value.name}"'
        if isinstance(self.value, Json):
            return f'raw "{self.key}" {self.value.text}'
        return f"{self.key} {self.value}"


class Query(Record):
    """What is asked for.

    `constraints` are numbered from 1 in the order of the source. `logic` is None where none was
    written. `extras` are keys of the wire with values that take no number. Two queries are equal
    when what was written means the same: positions, comments and spelling are not part of it.
    """

    products: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    logic: Logic | None = None
    email: str | None = None
    extras: tuple[tuple[str, Json], ...] = ()

    def effective_logic(self) -> Logic | None:
        """The logic written, or the default; None where there are no constraints."""
        return self.logic or default_logic(self.constraints)

    def effective_code(self) -> tuple[int, ...]:
        """The postfix form of that, empty where there are no constraints."""
        logic = self.effective_logic()
        return logic.code if logic else ()

    def logic_numbers(self) -> tuple[int, ...]:
        """The numbers of the constraints that it names."""
        logic = self.effective_logic()
        return logic.numbers() if logic else ()


def default_logic(constraints: tuple[Constraint, ...]) -> Logic | None:
    """Values of one kind are alternatives, different kinds must all hold."""
    if not constraints:
        return None
    kinds: dict[str, list[int]] = {}
    last = None
    for number, constraint in enumerate(constraints, 1):
        key = constraint.key
        if key != last:
            numbers = kinds.setdefault(key, [])
            last = key
        numbers.append(number)
    return Logic(tuple(joined([any_of(numbers) for numbers in kinds.values()], AND)))
