"""Kinds of token in the words of someone who writes queries."""

from __future__ import annotations

from edexql.base.text import shown
from edexql.language.lexer import END, KIND, NEWLINE
from edexql.language.tables import KINDS, WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.language.lexer import Tokens

_VALUE = ("MOMENT", "CLOCK", "NUMBER", "PATTERN", "ADDRESS", "STRING", "PARAMETER", "NAME")
_STATEMENT = ("_PRODUCT", "_DATE", "_EXPERIMENT", "_RAW", "_EMAIL", "_LET", "_LOGIC", "_WHERE")
_SIGNS = {
    "DOTS": "`..`",
    "SLASH": "`/`",
    "GREATER": "`>`",
    "EQUAL": "`=`",
    "_CLOSE": "`)`",
    "_CLOSE_LIST": "`]`",
    "_CLOSE_OBJECT": "`}`",
    "_COLON": "`:`",
    "_COMMA": "`,`",
    "_OPEN_LIST": "`[`",
    "_OPEN_OBJECT": "`{`",
    "UNIT": "a unit",
    "STRING": "a text in double quotes",
    "NAME": "a name",
    "NUMBER": "a number",
}


def _kinds(*names: str) -> frozenset[int]:
    return frozenset(KIND[name] for name in names)


# Sets of kinds that are one thing to the reader, the largest first.
_GROUPS = (
    (_kinds(*_STATEMENT, "NAME"), "a statement"),
    (_kinds("NUMBER", "NAME", "_OPEN", "_NOT", "_DATE"), "a constraint, its number or label, NOT or `(`"),
    (_kinds("NUMBER", "NAME", "_OPEN", "_NOT"), "the number or label of a constraint, NOT or `(`"),
    (_kinds("STRING", "NUMBER", "NAME", "_OPEN_LIST"), "a JSON value"),
    (_kinds(*_VALUE), "a value"),
    (_kinds("_AND", "_OR"), "AND, OR"),
    (_kinds("_NEWLINE", "_SEMICOLON"), "the end of the statement"),
)
# What is said by another word of its group.
_SILENT = _kinds(
    *_VALUE, *_STATEMENT, "_OPEN", "_NOT", "_BANG", "_AMPERSAND", "_BAR", "_AND", "_OR", "_NEWLINE", "_SEMICOLON"
) | {END}
_COMPARISONS = _kinds("GREATER", "LESS", "AT_LEAST", "AT_MOST", "EQUAL")


def expected_phrase(kinds: Iterable[int]) -> str:
    """What would have fitted, as one phrase: `AND, OR, `)` or the end of the statement`."""
    left = set(kinds)
    if KIND["UNIT"] in left:
        left.discard(KIND["NAME"])
    said: list[str] = []
    last: list[str] = []
    for group, phrase in _GROUPS:
        if group <= left:
            left -= group | ({KIND[name] for name in _VALUE + _STATEMENT} if len(group) > 2 else set())
            (last if phrase.startswith("the end") else said).append(phrase)
    if left >= _COMPARISONS:
        left -= _COMPARISONS
        said.append("a comparison")
    said += [_SIGNS[KINDS[k]] for k in sorted(left) if KINDS[k] in _SIGNS and k not in _SILENT]
    said += [_SIGNS[KINDS[k]] for k in sorted(left & _kinds("STRING", "NAME", "NUMBER"))]
    return _listed(said + last) or "the end of the text"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1] if words else ""


def token_name(tokens: Tokens, index: int) -> str:
    """A token as a message names it."""
    kind = tokens.kinds[index]
    if kind == END:
        return "the end of the text"
    if kind == NEWLINE:
        return "the end of the line"
    return shown(tokens.read(index))


KEYWORDS = tuple(WORDS)
