"""What a query says whatever day it is and whatever its parameters are set to: what a rewritten text must keep."""

from __future__ import annotations

import re

from edexql.model.query import Constraint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from edexql.compiler.resolve import Resolved

_CHANGES = re.compile(r"\$[a-z][a-z0-9-]*|\btoday\b", re.IGNORECASE)


def changing(resolved: Resolved) -> dict[int, tuple[str, ...]]:
    """The constraints whose meaning changes with the day or a parameter, by number, and the words that do it."""
    text = resolved.program.source.text
    if not _CHANGES.search(text):
        return {}
    found = {}
    for number, origin in enumerate(resolved.origins, 1):
        words = _CHANGES.findall(text[origin.span.start : origin.span.end])
        if words:
            found[number] = tuple(dict.fromkeys(word.lower() for word in words))
    return found


def lasting(resolved: Resolved, changes: Collection[int]) -> tuple[Constraint, ...]:
    """The constraints of a query without errors; of those that change it is known no more than how they are written."""
    text = resolved.program.source.text
    constraints = list(resolved.query.constraints)
    for number in changes:
        one, span = constraints[number - 1], resolved.origins[number - 1].span
        constraints[number - 1] = Constraint(
            "changing", one.key, " ".join(text[span.start : span.end].split()), one.label
        )
    return tuple(constraints)
