"""Query into text: one statement a line, every value in its plainest form."""

from __future__ import annotations

from edexql.language.diagnostics import quoted
from edexql.language.tables import WORDS
from edexql.model.query import Json, Query, Tag
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_OF_NAMES = frozenset(_LETTERS + "0123456789-")
_ADDRESS = r"(?i)[a-z0-9._%+'-]{1,64}@[a-z0-9.-]{1,255}"


def canonical(query: Query, vocabulary: Vocabulary | None = None) -> str:
    """The text of a query. Read again with the same vocabulary, the package's where None, it gives an equal query."""
    return "".join(f"{line}\n" for line in _lines(query, vocabulary or load()))


def constraint_text(constraint: Constraint) -> str:
    """A constraint as it could stand in a query, without its label."""
    return f"{constraint.key} {_value(constraint, load())}" if constraint.kind != "raw" else _raw([constraint])


def _lines(query: Query, vocabulary: Vocabulary) -> Iterator[str]:
    if query.products:
        yield "product " + ", ".join(_word(name, vocabulary.products) for name in query.products)
    for statement in _statements(query):
        first = statement[0]
        label = f"{first.label}: " if first.label else ""
        if first.kind == "raw":
            yield label + _raw(statement)
        else:
            yield f"{label}{first.key} {', '.join(_value(constraint, vocabulary) for constraint in statement)}"
    for key, value in query.extras:
        yield f"raw {quoted(key)} {value.text}"
    if query.logic is not None:
        yield f"logic {query.logic}"
    if query.email is not None:
        import re

        yield "email " + (query.email if re.fullmatch(_ADDRESS, query.email) else quoted(query.email))


def _statements(query: Query) -> Iterator[list[Constraint]]:
    """The constraints, neighbours of one key and label together."""
    together: list[Constraint] = []
    for constraint in query.constraints:
        if together and _one_statement(together[0], constraint):
            together.append(constraint)
            continue
        if together:
            yield together
        together = [constraint]
    if together:
        yield together


def _one_statement(a: Constraint, b: Constraint) -> bool:
    return (a.kind, a.key, a.label) == (b.kind, b.key, b.label)


def _value(constraint: Constraint, vocabulary: Vocabulary) -> str:
    value = constraint.value
    if isinstance(value, Tag):
        return f"{quoted(value.group)} > {quoted(value.name)}"
    return _word(value, vocabulary.values(constraint.key)) if isinstance(value, str) else str(value)


def _raw(constraints: list[Constraint]) -> str:
    elements = ", ".join(c.value.text for c in constraints if isinstance(c.value, Json))
    return f"raw {quoted(constraints[0].key)} [{elements}]"


def _word(word: str, known: Container[str]) -> str:
    """A word of the vocabulary, or a text that is sent as it stands."""
    is_name = word[:1] in _LETTERS and _OF_NAMES.issuperset(word)
    return word if word in known and word and is_name and word not in WORDS else quoted(word)
