"""Habits from other notations: what a writer probably meant by something that does not fit here."""

from __future__ import annotations

from edexql.base.record import record
from edexql.base.text import shown
from edexql.language import phrases
from edexql.language.diagnostic import Fix
from edexql.language.lexer import AHEAD, BINARY, KIND, NAME, STRAY_QUOTE
from edexql.language.source import Span
from edexql.language.surroundings import SEPARATORS, Surroundings
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


@record(frozen=True, slots=True)
class Habit:
    """What to say of it. `read_as` is the kind of token to take it for, where there is one."""

    message: str
    span: Span
    help: str | None
    fix: Fix | None = None
    code: str = "E201"
    read_as: int | None = None


@record(frozen=True, slots=True)
class Place:
    """The token at `index`, in the statement that began at `first`."""

    tokens: Tokens
    index: int
    first: int
    near: Surroundings


def habit(tokens: Tokens, index: int, first: int) -> Habit | None:
    """The habit that explains the token at `index`, in the statement that began at `first`."""
    place = Place(tokens, index, first, Surroundings(tokens))
    for recognise in (_doubled_sign, _unequal, _range_word, _date_and_time, _colon, _hyphen, _unclosed_quote, _place):
        found = recognise(place)
        if found is not None:
            return found
    return None


def _doubled_sign(place: Place) -> Habit | None:
    tokens, index, near = place.tokens, place.index, place.near
    before = near.before(index)
    if before >= index or tokens.ends[before] != tokens.starts[index]:
        return None
    span = Span(tokens.starts[before], tokens.ends[index])
    pair = tokens.text[span.start : span.end]
    right = _SIGNS.get(pair)
    if right is None:
        return None
    return Habit(f"unknown operator {shown(pair)}", span, f"write `{right}`", Fix(span, right))


def _unequal(place: Place) -> Habit | None:
    tokens, index = place.tokens, place.index
    text = tokens.text
    for start in (tokens.starts[index], tokens.starts[index] - 1):
        if start >= 0 and text[start : start + 2] in _UNEQUAL:
            span = Span(start, start + 2)
            return Habit(
                f"unknown operator {shown(text[start : start + 2])}",
                span,
                "write NOT in the logic, as in `where NOT kp = 5`",
            )
    return None


def _range_word(place: Place) -> Habit | None:
    tokens, index, first, near = place.tokens, place.index, place.first, place.near
    before = near.before(index)
    for spot, read_as in ((index, _DOTS), (before, None)):
        if tokens.kinds[spot] == NAME and tokens.read(spot).lower() in _RANGE_WORDS and spot > first:
            span = tokens.span(spot)
            return Habit("a period or range is written with `..`", span, "write `..`", Fix(span, ".."), read_as=read_as)
    return None


def _date_and_time(place: Place) -> Habit | None:
    tokens, index, near = place.tokens, place.index, place.near
    before = near.before(index)
    if tokens.kinds[index] != _CLOCK or tokens.kinds[before] != _MOMENT:
        return None
    if tokens.kinds[near.after(index)] == NAME:
        # `3:00 PM`, or a time of another zone, is not the time of day that stands there.
        return None
    span = Span(tokens.starts[before], tokens.ends[index])
    right = f"{tokens.read(before)}T{tokens.read(index).upper().removeprefix('T')}"
    return Habit("a day and a time are joined by T", span, f"write `{right}`", Fix(span, right))


def _colon(place: Place) -> Habit | None:
    tokens, index, first, near = place.tokens, place.index, place.first, place.near
    kinds = tokens.kinds
    if kinds[index] == _COLON:
        before = near.before(index)
        if before == first and kinds[first] in _KEYWORDS:
            span = tokens.span(index)
            return Habit(f"unexpected `:` after {shown(tokens.read(first))}", span, "remove it", Fix(span, ""))
        if kinds[first] in _LOGIC:
            tokens.mistaken.add(before)
            help = "give the label to a constraint of its own: `storm: kp >= 5`"
            return Habit("a label cannot be given inside an expression", tokens.span(index), help)
        return None
    colon = near.after(first) if kinds[first] == NAME and first < index else index
    if kinds[colon] == _COLON and near.before(index) == near.after(colon) and kinds[index] in SEPARATORS:
        span = tokens.span(colon)
        return Habit("unexpected `:` between a name and its value", span, "remove it", Fix(span, ""))
    return None


def _hyphen(place: Place) -> Habit | None:
    tokens, index, near = place.tokens, place.index, place.near
    before = near.before(index)
    if tokens.kinds[index] != _NUMBER or tokens.kinds[before] != _NUMBER:
        return None
    text = tokens.read(index)
    if not text.startswith("-") or tokens.ends[before] != tokens.starts[index]:
        return None
    help = f"a range is written as `{tokens.read(before)}..{text[1:]}`"
    return Habit(f"unexpected {shown(text)}", tokens.span(index), help)


def _unclosed_quote(place: Place) -> Habit | None:
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
            help = 'close each text with `"` before the next one begins'
            return Habit("one of the quotes from here on is not closed", Span(start, start + 1), help, code="E204")
    return None


def _place(place: Place) -> Habit | None:
    """Something that would fit in another kind of statement."""
    tokens, index, first, near = place.tokens, place.index, place.first, place.near
    kind, span = tokens.kinds[index], tokens.span(index)
    what = f"unexpected {phrases.found(tokens, index)}"
    if kind in _OPERATORS and tokens.kinds[first] not in _LOGIC:
        where = "" if index == first else ", as in `where date 2019 AND fai has-data`"
        return Habit(what, span, f"NOT, AND and OR stand in `logic` or `where`{where}")
    if kind == KIND["_OPEN_OBJECT"] and index == first:
        return Habit(what, span, "to make a query of a parameter dictionary, use `edexql decompile`")
    if kind == NAME and tokens.kinds[near.before(index)] == NAME and tokens.kinds[first] not in _LOGIC:
        joined = f"{tokens.read(near.before(index))}-{tokens.read(index)}"
        help = f"put a comma between two values; one value of two words has a hyphen: {shown(joined)}"
        return Habit(what, span, help)
    if (
        tokens.kinds[first] == _EXPERIMENT
        and kind in SEPARATORS
        and tokens.kinds[near.before(index)] in (NAME, _STRING)
    ):
        end = tokens.ends[near.before(index)]
        return Habit("an experiment needs a group and a tag", Span(end, end), 'write experiment "GROUP" > "TAG"')
    return None
