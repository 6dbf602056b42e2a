"""The entries of a folder in JSON: nginx's (`name`, `type`, `mtime`, `size`) and h5ai's (`href`, `time`, `size`)."""

from __future__ import annotations

import json
import re

from edexql.base.json_text import too_deep
from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BEGIN = re.compile(r"\s*(?:\{\s*\"items\"\s*:\s*)?\[")
_NEXT = re.compile(r"[\s,]*(?=\{)")


class Items(Record):
    """The objects of a list, and whether they are all of them: the text may break off."""

    objects: tuple[dict[str, Any], ...]
    whole: bool


def items(text: str) -> Items | None:
    """The items of a text; None for what is not of their form."""
    if too_deep(text):
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        complete = _beginning(text)
        return Items(complete, whole=False) if complete else None
    if isinstance(data, dict):
        data = data.get("items")
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        return None
    return Items(tuple(data), whole=True)


def _beginning(text: str) -> tuple[dict[str, Any], ...]:
    """The objects that are whole at the beginning of a text that is not."""
    complete: list[dict[str, Any]] = []
    decoder = json.JSONDecoder()
    begin = _BEGIN.match(text)
    place = begin.end() if begin else len(text)
    while following := _NEXT.match(text, place):
        try:
            item, place = decoder.raw_decode(text, following.end())
        except (ValueError, RecursionError):
            break
        complete.append(item)
    return tuple(complete)
