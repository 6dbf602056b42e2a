"""JSON from outside: strictly read, and no deeper or larger than can be dealt with."""

from __future__ import annotations

import json

from edexql.base.nesting import DEEPEST, too_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def loads(body: bytes) -> Any:
    """The value that a text of JSON holds. Raises ValueError for what is none, or is nested too deep."""
    text = body.decode("utf-8-sig")
    if too_deep(text):
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")
