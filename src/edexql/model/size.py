"""Sizes of files as eDEx writes them: `540.57MB`, where MB is taken to be 10^6 bytes (inferred)."""

from __future__ import annotations

import re

_UNITS = {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?B)", re.IGNORECASE)


def in_bytes(text: str) -> int | None:
    """The bytes of a size, as near as it is written; None for what is none."""
    found = _SIZE.fullmatch(text.strip())
    size = float(found[1]) * _UNITS[found[2].upper()] if found else float("inf")
    return round(size) if size < 1e18 else None
