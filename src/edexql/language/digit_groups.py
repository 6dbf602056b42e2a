"""Commas in numbers, as in `1,500` or `4,5`: the language reads two numbers there, and people mean one."""

from __future__ import annotations

import re

_FIRST, _NEXT = re.compile(r"[+-]?\d{1,3}"), re.compile(r"\d{3}(\.\d+)?")
_WHOLE, _DECIMALS = re.compile(r"[+-]?\d+"), re.compile(r"\d+")


def grouped(before: str, after: str) -> bool:
    """Whether two numbers with nothing but a comma between them look like one number with a thousands separator."""
    return _FIRST.fullmatch(before) is not None and _NEXT.fullmatch(after) is not None


def decimal(before: str, after: str) -> bool:
    """Whether they look like one number with a decimal comma, where a list is unlikely."""
    return _WHOLE.fullmatch(before) is not None and _DECIMALS.fullmatch(after) is not None
