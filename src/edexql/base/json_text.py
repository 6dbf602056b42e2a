"""JSON from outside, strictly read, and how deep brackets are nested in it and in texts of Python."""

from __future__ import annotations

import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


DEEPEST = 100
_STRINGS = {quote: rf"{quote}[^{quote}\\]*(?:\\.[^{quote}\\]*)*(?:{quote}|\\?\Z)" for quote in "\"'"}
_BRACKETS = r"[\[\](){}]"


def too_deep(text: str) -> bool:
    """Whether JSON or Python text is nested deeper than is read, without reading it."""
    depth, place = 0, 0
    quotes = list(_STRINGS)
    while True:
        wanted = re.compile("|".join([*(_STRINGS[quote] for quote in quotes), _BRACKETS]), re.DOTALL)
        for match in wanted.finditer(text, place):
            sign = match[0]
            if sign in "[({":
                depth += 1
                if depth > DEEPEST:
                    return True
            elif sign in "])}":
                depth -= 1
            elif len(sign) == 1 or sign[-1] != sign[0] or _escaped(sign):
                # It never ends, and neither does a later one: a quote of this kind is then no more than a sign.
                quotes.remove(sign[0])
                place = match.start() + 1
                break
        else:
            return False


def _escaped(sign: str) -> bool:
    """Whether the last character has an odd number of backslashes before it."""
    body = sign[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def loads(body: bytes) -> Any:
    """The value that a text of JSON holds. Raises ValueError for what is none, or is nested too deep."""
    text = body.decode("utf-8-sig")
    if too_deep(text):
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")
