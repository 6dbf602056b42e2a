"""The grammar as Lark reads it: the reference that the parser of this package is held to.

Lark is imported by `lark_parser`, and not by who wants the text or the rule about line breaks.
"""

from __future__ import annotations

import os
from functools import cache

from edexql.language.lexer import JOINED, KIND, join_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark import Lark, Token

_HERE = os.path.dirname(os.path.dirname(__file__))
# Inside an installed package, and in a checkout.
_PLACES = (
    os.path.join(_HERE, "grammar", "edq.lark"),
    os.path.join(_HERE, "..", "..", "grammar", "edq.lark"),
)


class LineJoiner:
    """Drops the line breaks that end no statement, between Lark's lexer and its parser: give it to Lark as `postlex`.

    The lexer has to be the basic one, as the rule looks at the tokens before the parser does.
    """

    always_accept = ()

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        tokens = list(stream)
        kinds = bytearray(KIND[token.type] for token in tokens)
        kinds.append(KIND["$END"])
        join_lines(kinds)
        return (token for token, kind in zip(tokens, kinds, strict=False) if kind != JOINED)


def grammar() -> str:
    """The text of the grammar, for a Lark parser that you make with `lexer="basic"` and `postlex=LineJoiner()`."""
    path = next(path for path in _PLACES if os.path.exists(path))
    with open(path, encoding="utf-8") as file:
        return file.read()


@cache
def lark_parser() -> Lark:
    """A Lark parser of the language; see `edexql.lark_parser`."""
    from lark import Lark

    return Lark(
        grammar(),
        parser="lalr",
        lexer="basic",
        postlex=LineJoiner(),
        propagate_positions=True,
        maybe_placeholders=False,
    )
