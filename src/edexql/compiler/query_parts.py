"""What the parts of a query may be, looked at where a query comes from values and not from a text."""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.model.logic import AND, NOT, OR, Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Json, Query, Tag
from edexql.model.range import Range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class QueryValueError(EdexqlError, ValueError):
    """A value of which no query can be made; its text says which part of the query it is."""

    __module__ = "edexql"


def require(fine: bool, part: str, wanted: str) -> None:  # noqa: FBT001  # a condition, not a flag
    """Raise QueryValueError about a part of a query where it is not as wanted."""
    if not fine:
        raise QueryValueError(f"{part} has to be {wanted}")


def is_number(value: object) -> bool:
    """Whether a value is a finite number; truth values are none."""
    return type(value) is int or (type(value) is float and abs(value) < float("inf"))


def json_of(value: Any, part: str) -> Json:
    """A value of Python as the JSON of a part of a query. Raises QueryValueError for one that JSON does not have."""
    from edexql.compiler.values import compact

    try:
        return compact(value)
    except RecursionError:
        raise QueryValueError(f"{part}: it is nested too deeply for JSON") from None
    except (TypeError, ValueError) as error:
        raise QueryValueError(f"{part}: {error}") from error


def checked(query: Query) -> Query:
    """The same query. Raises TypeError for what is none, QueryValueError for the first part that is not of its type."""
    if not isinstance(query, Query):
        raise TypeError(f"a Query is needed, not {type(query).__name__}")
    require(isinstance(query.products, tuple), "products", "a tuple of texts")
    for product in query.products:
        require(isinstance(product, str), f"product {product!r}", "a text")
    require(isinstance(query.constraints, tuple), "constraints", "a tuple of Constraint")
    for number, constraint in enumerate(query.constraints, 1):
        _check_constraint(constraint, f"constraint {number}")
    if query.logic is not None:
        require(isinstance(query.logic, Logic), "logic", "a Logic or None")
        _check_code(query.logic.code, len(query.constraints))
    require(query.email is None or isinstance(query.email, str), "email", "a text or None")
    for extra in query.extras:
        fine = isinstance(extra, tuple) and len(extra) == 2 and isinstance(extra[0], str) and isinstance(extra[1], Json)
        require(fine, f"extra {extra!r}", "a key with its Json")
    require(len(dict(query.extras)) == len(query.extras), "each key of extras", "there once")
    return query


def _check_constraint(constraint: Constraint, here: str) -> None:
    require(isinstance(constraint, Constraint), here, "a Constraint")
    kind, value, label = constraint.kind, constraint.value, constraint.label
    require(isinstance(kind, str) and kind in _VALUES, f"the kind of {here}, {kind!r},", f"one of {', '.join(_VALUES)}")
    require(isinstance(constraint.key, str), f"the key of {here}", "a text")
    require(label is None or isinstance(label, str), f"the label of {here}", "a text or None")
    made, fine, wanted = _VALUES[kind]
    require(isinstance(value, made) and fine(value), f"the value of {here}, of kind {kind},", wanted)


# The kinds of constraints: of what class their value is, what it holds, and that in words.
_VALUES: dict[str, tuple[type[Any], Callable[[Any], bool], str]] = {
    "date": (
        Period,
        lambda period: all(bound is None or type(bound) is int for bound in (period.start, period.end)),
        "a Period of whole seconds or None",
    ),
    "range": (
        Range,
        lambda values: (
            all(bound is None or is_number(bound) for bound in (values.low, values.high))
            and type(values.without_low) is type(values.without_high) is bool
        ),
        "a Range of numbers or None",
    ),
    "word": (str, lambda _: True, "a text"),
    "experiment": (
        Tag,
        lambda tag: isinstance(tag.group, str) and isinstance(tag.name, str),
        "a Tag of a group and a name",
    ),
    "raw": (Json, lambda value: isinstance(value.text, str), "a Json"),
}


def _check_code(code: tuple[int, ...], count: int) -> None:
    """Raise QueryValueError for what is not the postfix form of an expression over constraints."""
    require(isinstance(code, tuple), "the code of the logic", "a tuple")
    depth = 0
    for part in code:
        require(
            type(part) is int and (part > 0 or part in (NOT, AND, OR)), f"{part!r} in the logic", "a number or operator"
        )
        if part > 0:
            require(part <= count, f"constraint {part} in the logic", f"one of the {count} there are")
            depth += 1
        elif part != NOT:
            depth -= 1
        require(depth > 0, "the code of the logic", "an expression in postfix order")
    require(depth == 1, "the code of the logic", "an expression in postfix order")
