"""What stands around a token: the brackets open there, its neighbours, whether it begins a line."""

from __future__ import annotations

from edexql.language.lexer import (
    AHEAD,
    BINARY,
    CLOSING,
    COMMENT,
    END,
    JOINED,
    KIND,
    NAME,
    NEWLINE,
    OPENING,
    STATEMENT_ONLY,
)
from edexql.language.recovery.token_names import token_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.driver import Cell
    from edexql.language.lexer import Tokens

_COMMA = KIND["_COMMA"]
STATEMENT_HEADS = STATEMENT_ONLY | {KIND["_DATE"], KIND["_EXPERIMENT"], KIND["_RAW"]}
SEPARATORS = frozenset({NEWLINE, KIND["_SEMICOLON"], END})


class Surroundings:
    """Looks about in the tokens of one parse; changes nothing."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def open_brackets(self, top: Cell) -> list[int]:
        """The tokens of the brackets open under the top of a stack, the innermost first."""
        kinds = self._tokens.kinds
        opened: list[int] = []
        closed = 0
        cell = top
        while cell[2] is not None:
            value = cell[1]
            kind = kinds[value] if isinstance(value, int) else END
            if kind in CLOSING:
                closed += 1
            elif kind in OPENING and closed:
                closed -= 1
            elif kind in OPENING:
                opened.append(value)
            cell = cell[2]
        return opened

    def starts_anew(self, index: int) -> bool:
        """Whether a token in open brackets begins a line and the brackets are not closed later."""
        tokens = self._tokens
        kinds = tokens.kinds
        if kinds[index] in CLOSING or kinds[index] in BINARY or not self.begins_line(index):
            return False
        depth = 1
        for i in tokens.following(index, AHEAD):
            kind = kinds[i]
            if kind in SEPARATORS or kind in STATEMENT_ONLY:
                return True
            depth += (kind in OPENING) - (kind in CLOSING)
            if depth == 0:
                return False
        return True

    def line_after_comma(self, index: int) -> int | None:
        """The token, this or the one before it, that begins a line after a comma and looks like a statement."""
        kinds = self._tokens.kinds
        for place in (index, self.before(index)):
            if kinds[self.before(place)] == _COMMA and self.begins_line(place):
                heads = kinds[place] in STATEMENT_HEADS or (place < index and kinds[place] == NAME)
                return place if heads else None
        return None

    def begins_line(self, index: int) -> bool:
        tokens = self._tokens
        before = self.before(index)
        between = tokens.text[tokens.ends[before] : tokens.starts[index]]
        return "\n" in between or "\r" in between

    def before(self, index: int) -> int:
        kinds = self._tokens.kinds
        index -= 1
        while index > 0 and (kinds[index] == COMMENT or kinds[index] == JOINED):
            index -= 1
        return max(index, 0)

    def after(self, index: int) -> int:
        return next(self._tokens.following(index + 1))

    def kinds_after(self, index: int) -> list[int]:
        """The kinds of the next tokens, three at most."""
        kinds = self._tokens.kinds
        following: list[int] = []
        for i in self._tokens.following(index + 1):
            following.append(kinds[i])
            if len(following) == 3:
                break
        return following or [END]

    def between(self, before: int, index: int) -> str:
        tokens = self._tokens
        if tokens.kinds[index] in SEPARATORS:
            return f"after {token_name(tokens, before)}"
        return f"between {token_name(tokens, before)} and {token_name(tokens, index)}"
