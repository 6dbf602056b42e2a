"""`raw "KEY" JSON`: what eDEx knows and the vocabulary does not, passed on as it stands."""

from __future__ import annotations

import json

from edexql.base.text import shown
from edexql.compiler.mistake import Mistake
from edexql.compiler.words import string
from edexql.model.query import Json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.language.syntax import Bound, Word

RESERVED = {
    "product": "write `product`",
    "email": "write `email`",
    "query-logic": "write `logic`",
    "result_filenames": "it is filled by the client from the listing",
}


def key(bound: Bound) -> str:
    """The key, as the wire has it. Raises Mistake for those that have a statement of their own."""
    text = string(bound)
    if text in RESERVED:
        raise Mistake("E411", f"the key {shown(text)} cannot be given raw", bound.span, help=RESERVED[text])
    return text


def value(word: Word) -> list[Json] | Json:
    """The elements of a JSON list, or any other JSON value whole. Raises Mistake."""
    found = loads(word)
    if isinstance(found, list) and found:
        return [compact(element) for element in found]
    return compact(found)


def compact(found: Any) -> Json:
    return Json(json.dumps(found, separators=(",", ":")))


def loads(word: Word) -> Any:
    from edexql.base.nesting import DEEPEST, too_deep

    if too_deep(word.text):
        raise Mistake(
            "E412",
            f"this JSON is nested more than {DEEPEST} levels deep",
            word.span,
            help="write a plain list of values",
        )
    try:
        return json.loads(word.text, strict=False, parse_constant=_no_constant, parse_float=_finite)
    except ValueError as error:
        reason = str(error).partition(":")[0].lower()
        raise Mistake(
            "E409",
            f"this is not JSON: {reason}",
            word.span,
            help='write numbers, true, false, null, "texts", [lists] or {"key": value}',
        ) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(f"{text[:20]} is beyond what a number can be")
    return number
