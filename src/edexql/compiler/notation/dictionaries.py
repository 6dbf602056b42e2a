"""Queries that are dictionaries: the parameters of a request, filters of document databases, CQL2 as JSON."""

from __future__ import annotations

import json

from edexql.compiler.canonical import canonical
from edexql.compiler.lift import lift

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from edexql.model.vocabulary import Vocabulary

_SIGNS = {"$gte": ">=", "$gt": ">", "$lte": "<=", "$lt": "<", "$eq": "=", "$ne": "!=", "$in": "in", "$nin": "not in"}
_JOINS = {"$and": "and", "$or": "or"}


def dictionary(text: str) -> dict[str, Any] | None:
    """The dictionary that a text is, as JSON or as Python writes it."""
    text = text.strip().rstrip(";,")
    name, sign, rest = text.partition("=")
    if sign and name.strip().isidentifier():
        text = rest.strip()
    if not text.startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        import ast

        try:
            value = ast.literal_eval(text)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            return None
    return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else None


def as_request(parameters: dict[str, Any], vocabulary: Vocabulary, today: date) -> str | None:
    """The query of a request, in one line; None where it is of another form."""
    if not parameters.keys() & {"product", "date", "query-logic", "result_filenames"}:
        return None
    query, doubts = lift(parameters, vocabulary, today)
    # Without logic it is not known what eDEx does; the language joins the constraints by their kinds.
    known = {"W612"} if "query-logic" not in parameters and not parameters.get("result_filenames") else set()
    return None if {doubt.code for doubt in doubts} - known else "; ".join(canonical(query, vocabulary).splitlines())


def as_expression(parameters: dict[str, Any]) -> str | None:
    """The conditions of a filter, written as programs write them."""
    parts: list[Any] = [parameters]
    written: list[str] = []
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            written.append(part)
            continue
        try:
            pieces = _pieces(part) if isinstance(part, dict) else None
        except TypeError:
            # Python has values that JSON has not.
            pieces = None
        if pieces is None:
            return None
        parts += reversed(pieces)
    return "".join(written)


def _pieces(part: dict[str, Any]) -> list[Any] | None:
    """An expression as texts, and the expressions between them."""
    if "op" in part and isinstance(part.get("args"), list):
        return _of_cql(str(part["op"]).lower(), part["args"])
    pieces: list[Any] = []
    for key, value in part.items():
        if pieces:
            pieces.append(" and ")
        if key in _JOINS and isinstance(value, list):
            pieces += _joined(value, _JOINS[key])
        elif isinstance(value, dict):
            pieces.append(" and ".join(f"{key} {_SIGNS.get(sign, sign)} {json.dumps(n)}" for sign, n in value.items()))
        else:
            pieces.append(f"{key} = {json.dumps(value)}")
    return pieces or None


def _of_cql(sign: str, args: list[Any]) -> list[Any] | None:
    if sign in ("and", "or"):
        return _joined(args, sign)
    if sign == "not" and len(args) == 1:
        return ["not (", args[0], ")"]
    if len(args) < 2 or not isinstance(args[0], dict) or "property" not in args[0]:
        return None
    name, first, *more = args[0]["property"], *args[1:]
    if sign == "between":
        low, high = first if isinstance(first, list) and len(first) == 2 else (first, *more)
        return [f"{name} between {json.dumps(low)} and {json.dumps(high)}"]
    return [f"{name} {sign} {json.dumps(first)}"]


def _joined(values: list[Any], sign: str) -> list[Any]:
    pieces: list[Any] = ["("]
    for number, value in enumerate(values):
        pieces += [f" {sign} ", value] if number else [value]
    return [*pieces, ")"] if all(isinstance(value, dict) for value in values) else ["?"]
