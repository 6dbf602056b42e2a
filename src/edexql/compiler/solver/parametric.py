"""What a query says whatever day it is and whatever its parameters are set to: what a rewritten text must keep."""

from __future__ import annotations

from bisect import bisect_left

from edexql.language.lexer import KIND
from edexql.model.query import Constraint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from edexql.compiler.expressions import Origin
    from edexql.compiler.resolve import Resolved

_NAME, _PARAMETER = KIND["NAME"], KIND["PARAMETER"]


def parametric_constraints(resolved: Resolved) -> dict[int, tuple[str, ...]]:
    """The constraints whose meaning changes with the day or a parameter, by number, and the words that do it."""
    text = resolved.program.source.text
    if "$" not in text and "today" not in text.lower():
        return {}
    parameters = {}
    for number, (one, origin) in enumerate(zip(resolved.query.constraints, resolved.origins, strict=True), 1):
        words = [
            word
            for kind, word in _tokens(resolved, origin)
            if kind == _PARAMETER or (kind == _NAME and one.kind == "date" and word == "today")
        ]
        if words:
            parameters[number] = tuple(dict.fromkeys(words))
    return parameters


def symbolic_constraints(resolved: Resolved, changes: Mapping[int, object]) -> tuple[Constraint, ...]:
    """The constraints of a query without errors; of those that change it is known no more than how they are written."""
    constraints = list(resolved.query.constraints)
    for number in changes:
        one = constraints[number - 1]
        written = " ".join(word for _, word in _tokens(resolved, resolved.origins[number - 1]))
        constraints[number - 1] = Constraint("changing", one.key, written, one.label)
    return tuple(constraints)


def _tokens(resolved: Resolved, origin: Origin) -> list[tuple[int, str]]:
    """The kinds of the tokens of a constraint and their texts, those of names, which have no case, in small letters."""
    tokens = resolved.program.tokens
    first = bisect_left(tokens.starts, origin.span.start, hi=tokens.count)
    last = bisect_left(tokens.starts, origin.span.end, hi=tokens.count)
    result = []
    for index in range(first, last):
        kind, text = tokens.kinds[index], tokens.read(index)
        result.append((kind, text.lower() if kind in (_NAME, _PARAMETER) else text))
    return result
