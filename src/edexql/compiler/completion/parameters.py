"""Parameters: what `let` set above, and what is set from outside."""

from __future__ import annotations

from edexql.compiler.completion.matching import Offer
from edexql.language.lexer import KIND, NAME
from edexql.language.recovery.surroundings import SEPARATORS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edexql.language.cursor import Place
    from edexql.language.lexer import Tokens

_LET, _EQUAL = KIND["_LET"], KIND["EQUAL"]


def parameters(place: Place, outside: Mapping[str, str]) -> Iterator[Offer]:
    """The parameters that are set, each with its value."""
    values = dict(_set_above(place.tokens, place.first)) | {name.lower(): text for name, text in outside.items()}
    for name, value in values.items():
        yield Offer(f"${name}", "parameter", value)


def _set_above(tokens: Tokens, stop: int) -> Iterator[tuple[str, str]]:
    kinds = tokens.kinds
    index = kinds.find(_LET, 0, stop)
    while index >= 0:
        end = index + 1
        while end < stop and kinds[end] not in SEPARATORS:
            end += 1
        if end > index + 3 and kinds[index + 1] == NAME and kinds[index + 2] == _EQUAL:
            value = tokens.text[tokens.starts[index + 3] : tokens.ends[end - 1]]
            yield tokens.read(index + 1).lower(), value
        index = kinds.find(_LET, end, stop)
