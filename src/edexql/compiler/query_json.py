"""A query as plain data that JSON can hold, and back: the form of `edexql/schemas/query.json`.

Times are seconds since 1970-01-01T00:00:00 UTC without leap seconds, `end` not included. Logic is in postfix order, so
that neither writing nor reading it needs recursion.
"""

from __future__ import annotations

import json

from edexql.compiler.query_parts import checked, json_of, require
from edexql.model.logic import AND, NOT, OR, Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Json, Query, Tag
from edexql.model.range import Range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from edexql.base.json_forms import ConstraintForm, QueryForm

_OPERATORS = {NOT: "NOT", AND: "AND", OR: "OR"}
_PARTS = {word: part for part, word in _OPERATORS.items()}
_CONSTRAINT = ("kind", "key", "value", "label")
_QUERY = ("products", "constraints", "logic", "email", "extras")


def to_dict(query: Query) -> QueryForm:
    """A query as plain data, which `from_dict` makes an equal query of. Raises QueryValueError for parts that are none.

    >>> import edexql
    >>> edexql.to_dict(edexql.query("fai has-data; kp >= 5; logic 1 AND NOT 2"))["logic"]
    [1, 2, 'NOT', 'AND']
    """
    checked(query)
    return {
        "products": list(query.products),
        "constraints": [_constraint_form(constraint) for constraint in query.constraints],
        "logic": None if query.logic is None else [_OPERATORS.get(part, part) for part in query.logic.code],
        "email": query.email,
        "extras": {key: json.loads(value.text) for key, value in query.extras},
    }


def from_dict(form: Mapping[str, Any]) -> Query:
    """The query of plain data. Keys may be left out where `to_dict` would give null or nothing.

    Whether the vocabulary has its names, and its fields such values, is looked at when it is compiled. Raises
    QueryValueError, which says which part it is, for data of another form.
    """
    _known(form, _QUERY, "the query")
    constraints = _list(form.get("constraints"), "constraints")
    extras = form.get("extras") or {}
    require(isinstance(extras, dict), "extras", "an object")
    logic = form.get("logic")
    query = Query(
        tuple(_list(form.get("products"), "products")),
        tuple([_constraint(one, f"constraint {number}") for number, one in enumerate(constraints, 1)]),
        None if logic is None else Logic(tuple([_part(part) for part in _list(logic, "logic")])),
        form.get("email"),
        tuple([(key, json_of(value, f"extra {key!r}")) for key, value in extras.items()]),
    )
    return checked(query)


def _constraint_form(constraint: Constraint) -> ConstraintForm:
    value: Any = constraint.value
    if isinstance(value, Json):
        value = json.loads(value.text)
    elif not isinstance(value, str):
        _, keys = _KEYS[constraint.kind]
        value = {key: getattr(value, key) for key in keys}
    return {"kind": constraint.kind, "key": constraint.key, "value": value, "label": constraint.label}


def _constraint(form: Any, here: str) -> Constraint:
    _known(form, _CONSTRAINT, here)
    kind, value = form.get("kind"), form.get("value")
    there = f"the value of {here}"
    if isinstance(kind, str) and kind in _KEYS:
        made, keys = _KEYS[kind]
        _known(value, keys, there)
        parts = [value.get(key, default) for key, default in keys.items()]
        value = made(*(map(_whole, parts) if made is Period else parts))
    elif kind == "raw":
        value = json_of(value, there)
    return Constraint(kind, form.get("key"), value, form.get("label"))


# The values that are objects: their class, and the keys in the order of its fields, with what is meant without them.
_KEYS: dict[Any, tuple[Callable[..., Any], dict[str, Any]]] = {
    "date": (Period, {"start": None, "end": None}),
    "range": (Range, {"low": None, "high": None, "without_low": False, "without_high": False}),
    "experiment": (Tag, {"group": None, "name": None}),
}


def _part(part: Any) -> int:
    part = _whole(part)
    fine = (type(part) is int and part > 0) or (isinstance(part, str) and part in _PARTS)
    require(fine, f"{part!r} in logic", 'a number, "AND", "OR" or "NOT"')
    number: int = _PARTS.get(part, part)
    return number


def _whole(value: Any) -> Any:
    """A number without a fraction as an integer: in JSON, 5.0 is one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _list(value: Any, here: str) -> list[Any]:
    require(value is None or isinstance(value, (list, tuple)), here, "an array")
    return list(value or ())


def _known(form: Any, keys: Iterable[str], here: str) -> None:
    require(isinstance(form, dict), here, "an object")
    for key in form:
        require(key in keys, f"the key {key!r} of {here}", f"one of {', '.join(keys)}")
