"""The text of a query that was made of values, so that it can be compiled, checked and explained as others are."""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.compiler.canonical import canonical
from edexql.compiler.request import Setting, query_of
from edexql.language.source import Source
from edexql.model.logic import NOT, Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Json, Query, Tag
from edexql.model.range import Range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.vocabulary import Vocabulary

# The kinds of constraints, each with the class of its values.
_VALUES = {"date": Period, "range": Range, "word": str, "experiment": Tag, "raw": Json}


class QueryValueError(EdexqlError, ValueError):
    """A value of which no query can be made; its text says which part of the query it is."""

    __module__ = "edexql"


def source_of_query(query: Query, name: str, vocabulary: Vocabulary | None) -> Source:
    """The text that stands for a query in diagnostics, as a source. Raises TypeError for what is no Query."""
    if not isinstance(query, Query):
        raise TypeError(f"a query is a text, bytes or a Query, not {type(query).__name__}")
    return Source(to_text(query, vocabulary=vocabulary), name)


def to_text(query: Query, *, vocabulary: Vocabulary | None = None) -> str:
    """The canonical text of a query: read again with the same vocabulary, it gives an equal query.

    Raises QueryValueError where a part of the query is not of its type, or would be read as something else, and
    QueryError where the text has errors, such as names that the vocabulary does not have.

    >>> import edexql
    >>> print(edexql.to_text(edexql.query("FAI has-data; date 2019-05-01..2019-05-31; logic 1 & !2")), end="")
    fai has-data
    date 2019-05
    logic 1 AND NOT 2
    """
    _check(query)
    text = canonical(query, vocabulary)
    again = query_of(Source(text, "<query>"), Setting(vocabulary))
    if again != query:
        raise QueryValueError(f"{_difference(query, again)} would be read as something else")
    return text


def _check(query: Query) -> None:
    """Raise QueryValueError for the first part of a query that is not of its type."""
    _require(isinstance(query.products, tuple), "products", "a tuple of texts")
    for product in query.products:
        _require(isinstance(product, str), f"product {product!r}", "a text")
    _require(isinstance(query.constraints, tuple), "constraints", "a tuple of Constraint")
    for number, constraint in enumerate(query.constraints, 1):
        _check_constraint(constraint, f"constraint {number}")
    if query.logic is not None:
        _require(isinstance(query.logic, Logic), "logic", "a Logic or None")
        _check_code(query.logic.code, len(query.constraints))
    _require(query.email is None or isinstance(query.email, str), "email", "a text or None")
    for extra in query.extras:
        fine = isinstance(extra, tuple) and len(extra) == 2 and isinstance(extra[0], str) and isinstance(extra[1], Json)
        _require(fine, f"extra {extra!r}", "a key with its Json")


def _check_constraint(constraint: Constraint, here: str) -> None:
    _require(isinstance(constraint, Constraint), here, "a Constraint")
    kind, value, label = constraint.kind, constraint.value, constraint.label
    _require(kind in _VALUES, f"the kind of {here}, {kind!r},", f"one of {', '.join(_VALUES)}")
    _require(isinstance(constraint.key, str), f"the key of {here}", "a text")
    _require(label is None or isinstance(label, str), f"the label of {here}", "a text or None")
    _require(isinstance(value, _VALUES[kind]), f"the value of {here}, of kind {kind},", f"a {_VALUES[kind].__name__}")


def _check_code(code: tuple[int, ...], count: int) -> None:
    """Raise QueryValueError for what is not the postfix form of an expression over constraints."""
    depth = 0
    for part in code:
        if part > 0:
            _require(part <= count, f"constraint {part} in the logic", f"one of the {count} there are")
            depth += 1
        elif part != NOT:
            depth -= 1
        _require(depth > 0, "the code of the logic", "an expression in postfix order")
    _require(depth == 1, "the code of the logic", "an expression in postfix order")


def _require(fine: bool, part: str, wanted: str) -> None:  # noqa: FBT001  # a condition, not a flag
    if not fine:
        raise QueryValueError(f"{part} has to be {wanted}")


def _difference(query: Query, again: Query) -> str:
    """The first part of a query that is another one in `again`."""
    for number, (constraint, other) in enumerate(zip(query.constraints, again.constraints, strict=False), 1):
        if constraint != other:
            return f"constraint {number}, {constraint},"
    parts = ("products", "logic", "email", "extras")
    return next((part for part in parts if getattr(query, part) != getattr(again, part)), "the list of constraints")
