"""Syntax and characters of other notations: what a writer probably meant by something that does not fit here."""

from __future__ import annotations

import re
import unicodedata

from edexql.base.record import Record
from edexql.base.text import shown
from edexql.language.diagnostics import Fix
from edexql.language.lexer import AHEAD, BINARY, KIND, NAME, STRAY_QUOTE
from edexql.language.recovery.surroundings import SEPARATORS, Surroundings
from edexql.language.recovery.token_names import token_name
from edexql.language.source import Span
from edexql.language.tables import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.lexer import Tokens


_CLOCK, _MOMENT, _NUMBER, _STRING, _DOTS = (KIND[n] for n in ("CLOCK", "MOMENT", "NUMBER", "STRING", "DOTS"))
_COLON, _BANG, _NOT, _EXPERIMENT = (KIND[n] for n in ("_COLON", "_BANG", "_NOT", "_EXPERIMENT"))
_LOGIC = frozenset({KIND["_LOGIC"], KIND["_WHERE"]})
_OPERATORS = BINARY | {_NOT, _BANG}
_KEYWORDS = frozenset(WORDS.values())
_SIGNS = {"=>": ">=", "=<": "<=", "==": "=", "&&": "&", "||": "|"}
_UNEQUAL = ("!=", "<>")
_RANGE_WORDS = ("to", "until", "through")


class ForeignSyntax(Record):
    """What to say of it. `read_as` is the kind of token to take it for, where there is one."""

    message: str
    span: Span
    help: str | None
    fix: Fix | None = None
    code: str = "E201"
    read_as: int | None = None


class Place(Record):
    """The token at `index`, in the statement that began at `first`."""

    tokens: Tokens
    index: int
    first: int
    near: Surroundings


def foreign_syntax(tokens: Tokens, index: int, first: int) -> ForeignSyntax | None:
    """The foreign syntax that explains the token at `index`, in the statement that began at `first`."""
    place = Place(tokens, index, first, Surroundings(tokens))
    for recognise in (_doubled_sign, _unequal, _range_word, _date_and_time, _colon, _hyphen, _unclosed_quote, _place):
        foreign = recognise(place)
        if foreign is not None:
            return foreign
    return None


def _doubled_sign(place: Place) -> ForeignSyntax | None:
    tokens, index, near = place.tokens, place.index, place.near
    before = near.before(index)
    if before >= index or tokens.ends[before] != tokens.starts[index]:
        return None
    span = Span(tokens.starts[before], tokens.ends[index])
    pair = tokens.text[span.start : span.end]
    right = _SIGNS.get(pair)
    if right is None:
        return None
    return ForeignSyntax(f"unknown operator {shown(pair)}", span, f"write `{right}`", Fix(span, right))


def _unequal(place: Place) -> ForeignSyntax | None:
    tokens, index = place.tokens, place.index
    text = tokens.text
    for start in (tokens.starts[index], tokens.starts[index] - 1):
        if start >= 0 and text[start : start + 2] in _UNEQUAL:
            span = Span(start, start + 2)
            return ForeignSyntax(
                f"unknown operator {shown(text[start : start + 2])}",
                span,
                "write NOT in the logic, as in `where NOT kp = 5`",
            )
    return None


def _range_word(place: Place) -> ForeignSyntax | None:
    tokens, index, first, near = place.tokens, place.index, place.first, place.near
    before = near.before(index)
    for spot, read_as in ((index, _DOTS), (before, None)):
        if tokens.kinds[spot] == NAME and tokens.read(spot).lower() in _RANGE_WORDS and spot > first:
            span = tokens.span(spot)
            return ForeignSyntax(
                "a period or range is written with `..`", span, "write `..`", Fix(span, ".."), read_as=read_as
            )
    return None


def _date_and_time(place: Place) -> ForeignSyntax | None:
    tokens, index, near = place.tokens, place.index, place.near
    before = near.before(index)
    if tokens.kinds[index] != _CLOCK or tokens.kinds[before] != _MOMENT:
        return None
    if tokens.kinds[near.after(index)] == NAME:
        # `3:00 PM`, or a time of another zone, is not the time of day that stands there.
        return None
    span = Span(tokens.starts[before], tokens.ends[index])
    right = f"{tokens.read(before)}T{tokens.read(index).upper().removeprefix('T')}"
    return ForeignSyntax("write T between a day and a time", span, f"write `{right}`", Fix(span, right))


def _colon(place: Place) -> ForeignSyntax | None:
    tokens, index, first, near = place.tokens, place.index, place.first, place.near
    kinds = tokens.kinds
    if kinds[index] == _COLON:
        before = near.before(index)
        if before == first and kinds[first] in _KEYWORDS:
            span = tokens.span(index)
            return ForeignSyntax(f"unexpected `:` after {shown(tokens.read(first))}", span, "remove it", Fix(span, ""))
        if kinds[first] in _LOGIC:
            tokens.mistaken.add(before)
            help = "define the label on a separate constraint: `storm: kp >= 5`"
            return ForeignSyntax("a label cannot be defined inside an expression", tokens.span(index), help)
        return None
    colon = near.after(first) if kinds[first] == NAME and first < index else index
    if kinds[colon] == _COLON and near.before(index) == near.after(colon) and kinds[index] in SEPARATORS:
        span = tokens.span(colon)
        return ForeignSyntax("unexpected `:` between a name and its value", span, "remove it", Fix(span, ""))
    return None


def _hyphen(place: Place) -> ForeignSyntax | None:
    tokens, index, near = place.tokens, place.index, place.near
    before = near.before(index)
    if tokens.kinds[index] != _NUMBER or tokens.kinds[before] != _NUMBER:
        return None
    text = tokens.read(index)
    if not text.startswith("-") or tokens.ends[before] != tokens.starts[index]:
        return None
    help = f"a range is written as `{tokens.read(before)}..{text[1:]}`"
    return ForeignSyntax(f"unexpected {shown(text)}", tokens.span(index), help)


def _unclosed_quote(place: Place) -> ForeignSyntax | None:
    """A quote that was left open earlier shows only at the end of the line, where one is left over."""
    tokens, index, first = place.tokens, place.index, place.first
    opened = None
    if STRAY_QUOTE not in tokens.kinds[first : first + AHEAD]:
        return None
    for i in tokens.following(first, AHEAD):
        kind = tokens.kinds[i]
        if kind in SEPARATORS:
            break
        if kind == _STRING and opened is None:
            opened = i
        if kind == STRAY_QUOTE and tokens.read(i).startswith('"') and opened is not None and opened < index:
            start = tokens.starts[opened]
            help = 'end each text with `"` before the next one begins'
            return ForeignSyntax("a quote from here on is not closed", Span(start, start + 1), help, code="E204")
    return None


def _place(place: Place) -> ForeignSyntax | None:
    """Something that would fit in another kind of statement."""
    tokens, index, first, near = place.tokens, place.index, place.first, place.near
    kind, span = tokens.kinds[index], tokens.span(index)
    what = f"unexpected {token_name(tokens, index)}"
    if kind in _OPERATORS and tokens.kinds[first] not in _LOGIC:
        where = "" if index == first else ", as in `where date 2019 AND kp >= 5`"
        return ForeignSyntax(what, span, f"use NOT, AND and OR in `logic` or `where`{where}")
    if kind == KIND["_OPEN_OBJECT"] and index == first:
        return ForeignSyntax(what, span, "to convert a parameter dictionary to a query, use `edexql decompile`")
    if kind == NAME and tokens.kinds[near.before(index)] == NAME and tokens.kinds[first] not in _LOGIC:
        joined = f"{tokens.read(near.before(index))}-{tokens.read(index)}"
        help = f"put a comma between two values; write a value of two words with a hyphen: {shown(joined)}"
        return ForeignSyntax(what, span, help)
    if (
        tokens.kinds[first] == _EXPERIMENT
        and kind in SEPARATORS
        and tokens.kinds[near.before(index)] in (NAME, _STRING)
    ):
        end = tokens.ends[near.before(index)]
        return ForeignSyntax(
            "an experiment needs a group and a tag", Span(end, end), 'write experiment "GROUP" > "TAG"'
        )
    return None


# They come with text copied from a page or a word processor.
_MEANT = {
    "\N{NO-BREAK SPACE}": " ",
    "\N{NARROW NO-BREAK SPACE}": " ",
    "\N{ZERO WIDTH SPACE}": "",
    "\N{ZERO WIDTH NO-BREAK SPACE}": "",
    "\N{EN DASH}": "..",
    "\N{EM DASH}": "..",
    "\N{HORIZONTAL ELLIPSIS}": "..",
    "\N{MINUS SIGN}": "-",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{LOGICAL AND}": "AND",
    "\N{LOGICAL OR}": "OR",
    "\N{NOT SIGN}": "NOT",
}
_DIGITS = frozenset("0123456789")
# Of more characters that stand together, it is not said what is meant.
_MOST_MEANT = 400


def meant_characters(text: str) -> str | None:
    """What to write in place of characters, where that is certain."""
    if text in _MEANT:
        return _MEANT[text]
    if len(text) > _MOST_MEANT:
        return None
    plain = "".join(_plain(character) for character in text)
    if text[:1] in _DIGITS and plain.strip("0123456789"):
        # A date or a number: what joins its digits is a hyphen, if it is none of the signs of numbers.
        plain = re.sub("[^0-9.:/T+-]", "-", plain)
    return plain if plain != text and plain.isascii() and plain.isprintable() else None


def unknown_characters(text: str) -> str:
    if any(unicodedata.decimal(character, -1) >= 0 and character not in _DIGITS for character in text[:_MOST_MEANT]):
        return f"{shown(text)} has digits that are not ASCII digits (0 to 9)"
    if len(text) > 1 and text[0] in _DIGITS:
        return f"{shown(text)} has a dash that is not a hyphen"
    if len(text) > 1:
        return f"unknown characters {shown(text)}"
    name = unicodedata.name(text, "control character" if ord(text) < 0x20 else "unnamed character")
    seen = f"{shown(text)} " if text.isprintable() and not text.isspace() else ""
    return f"unknown character {seen}U+{ord(text):04X} ({name.lower()})"


def _plain(character: str) -> str:
    """The ASCII character that another one is a form of, such as a wide one or a digit of another script."""
    digit = unicodedata.decimal(character, None)
    return unicodedata.normalize("NFKC", character) if digit is None else str(digit)


def replacement_advice(fix: str | None) -> str | None:
    if fix is None:
        return "remove it; it is allowed only in comments and between double quotes"
    return f"write `{fix}`" if fix.strip() else "write a plain space" if fix else "remove it"
