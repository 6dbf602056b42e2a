"""`raw "KEY" JSON`: what eDEx knows and the vocabulary does not, passed on as it stands."""

from __future__ import annotations

import json
import re

from edexql.compiler.mistake import Mistake
from edexql.compiler.words import string
from edexql.language.diagnostic import shown
from edexql.model.query import Json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.language.syntax import Bound, Word

DEEPEST = 100
_STRINGS = {quote: rf"{quote}[^{quote}\\]*(?:\\.[^{quote}\\]*)*(?:{quote}|\\?\Z)" for quote in "\"'"}
_BRACKETS = r"[\[\](){}]"
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


def too_deep(text: str) -> bool:
    """Whether JSON or Python text is nested deeper than is read, told without reading it."""
    depth, place = 0, 0
    quotes = list(_STRINGS)
    while True:
        wanted = re.compile("|".join([*(_STRINGS[quote] for quote in quotes), _BRACKETS]), re.DOTALL)
        for found in wanted.finditer(text, place):
            sign = found[0]
            if sign in "[({":
                depth += 1
                if depth > DEEPEST:
                    return True
            elif sign in "])}":
                depth -= 1
            elif len(sign) == 1 or sign[-1] != sign[0] or _escaped(sign):
                # It never ends, and neither does a later one: a quote of this kind is then no more than a sign.
                quotes.remove(sign[0])
                place = found.start() + 1
                break
        else:
            return False


def _escaped(sign: str) -> bool:
    """Whether the last character has an odd number of backslashes before it."""
    body = sign[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(f"{text[:20]} is beyond what a number can be")
    return number
