"""The one layout of a query's text: a statement a line, comments where they were, meaning unchanged.

It works on tokens, not on the tree: what it writes are the tokens that were read, in their order, so
that nothing can get lost, and comments are tokens like any other. Days of the year are written with month and day.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.language.lexer import COMMENT, END, FIRST_READ, JOINED, KIND, NAME, NEWLINE
from edexql.language.literals import NoSuchDay, by_calendar, decimal, grouped
from edexql.language.tables import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.language.lexer import Tokens

WIDTH = 88
INDENT = "    "

_NUMBER, _DOTS, _SLASH, _COMMA, _COLON = (KIND[n] for n in ("NUMBER", "DOTS", "SLASH", "_COMMA", "_COLON"))
_SEMICOLON, _DATE, _MOMENT = KIND["_SEMICOLON"], KIND["_DATE"], KIND["MOMENT"]
_OPENING = frozenset({KIND["_OPEN"], KIND["_OPEN_LIST"], KIND["_OPEN_OBJECT"]})
_CLOSING = frozenset({KIND["_CLOSE"], KIND["_CLOSE_LIST"], KIND["_CLOSE_OBJECT"]})
_SPELLED = {
    KIND["_AMPERSAND"]: "AND",
    KIND["_AND"]: "AND",
    KIND["_BAR"]: "OR",
    KIND["_OR"]: "OR",
    KIND["_BANG"]: "NOT",
    KIND["_NOT"]: "NOT",
} | {kind: word for word, kind in WORDS.items() if word not in ("and", "or", "not")}
_BINARY = frozenset(kind for kind, word in _SPELLED.items() if word in ("AND", "OR"))
_OPERATORS = frozenset(kind for kind, word in _SPELLED.items() if word in ("AND", "OR", "NOT"))
_COMPARISONS = frozenset(KIND[n] for n in ("AT_LEAST", "AT_MOST", "GREATER", "LESS", "EQUAL"))
_VALUES = frozenset(
    KIND[n] for n in ("MOMENT", "CLOCK", "NUMBER", "NAME", "STRING", "PATTERN", "ADDRESS", "PARAMETER", "UNIT")
)
_LOGIC = frozenset({KIND["_LOGIC"], KIND["_WHERE"]})
_UNITS = frozenset({NAME, KIND["UNIT"]})
# A unit that can stand directly after a number without becoming a part of it.
_GLUED_UNIT = r"(?i)[a-df-z][a-z]*"


class _Piece(Record):
    """A token as it is written: what stands before it, its text, and whether a line may end before it."""

    kind: int
    text: str
    blank: bool
    may_break: bool


class _Line(Record):
    """A statement, or a comment of its own: its pieces, the comment after it, and whether a blank line precedes."""

    pieces: list[_Piece]
    trailing: str
    spaced: bool


def layout(tokens: Tokens) -> str:
    """Lay out the tokens of a text that has no syntax errors."""
    lines: list[str] = []
    for line in _lines(tokens):
        if line.spaced and lines:
            lines.append("")
        written = _written(line.pieces) if line.pieces else [line.trailing]
        if line.pieces and line.trailing:
            written[-1] += "  " + line.trailing
        lines += written
    return "".join(f"{line}\n" for line in lines)


def single_line(tokens: Tokens) -> str:
    """The tokens of one statement on one line, without comments."""
    statement = [index for index in range(tokens.count) if tokens.kinds[index] >= FIRST_READ]
    pieces = _pieces(tokens, statement)
    return "".join((" " if piece.blank else "") + piece.text for piece in pieces)


def _lines(tokens: Tokens) -> Iterator[_Line]:
    """The statements and the comments between them."""
    kinds = tokens.kinds
    line: _Line | None = None
    for run, newlines in _runs(kinds, tokens.count):
        first = run[0]
        if kinds[first] == COMMENT:
            comment = tokens.read(first).rstrip()
            if line is not None and newlines == 0 and not line.trailing:
                line = _Line(line.pieces, comment, spaced=line.spaced)
                continue
            following = _Line([], comment, spaced=newlines > 1)
        else:
            following = _Line(list(_pieces(tokens, run)), "", spaced=newlines > 1)
        if line is not None:
            yield line
        line = following
    if line is not None:
        yield line


def _runs(kinds: bytearray, count: int) -> Iterator[tuple[list[int], int]]:
    """The tokens of each statement, and each comment that is in none, with the line breaks before it."""
    statement: list[int] = []
    newlines = before = 0
    for index in range(count):
        kind = kinds[index]
        if kind in (NEWLINE, _SEMICOLON, END):
            if statement:
                yield from _with_trailing(kinds, statement, before)
                statement = []
                newlines = 0
            newlines = newlines + 1 if kind == NEWLINE else 0
        elif statement:
            statement.append(index)
        elif kind == COMMENT:
            yield [index], newlines
            newlines = 0
        else:
            statement, before = [index], newlines


def _with_trailing(kinds: bytearray, statement: list[int], newlines: int) -> Iterator[tuple[list[int], int]]:
    """A statement without the comments and line breaks after its last token, and then these comments."""
    last = max(i for i, index in enumerate(statement) if kinds[index] not in (COMMENT, JOINED))
    yield statement[: last + 1], newlines
    newlines = 0
    for index in statement[last + 1 :]:
        if kinds[index] == COMMENT:
            yield [index], newlines
            newlines = 0
        else:
            newlines += 1


def _pieces(tokens: Tokens, statement: list[int]) -> Iterator[_Piece]:
    kinds = tokens.kinds
    read = [index for index in statement if kinds[index] != JOINED]
    in_logic = any(kinds[index] in _LOGIC for index in read)
    before, at_head, before_text = END, True, ""
    head_before = dates = False
    for place, index in enumerate(read):
        kind = kinds[index]
        text = tokens.read(index)
        if kind == COMMENT:
            yield _Piece(kind, text.rstrip(), blank=True, may_break=False)
            continue
        is_head = at_head and kind == NAME
        text = _SPELLED.get(kind) or (text.lower() if is_head else text)
        dates = kind == _DATE or (dates and kind not in _OPERATORS and kind not in _CLOSING)
        if kind == _MOMENT or (
            dates and kind == _NUMBER and not any(kinds[i] in _UNITS for i in read[place + 1 : place + 2])
        ):
            text = _day_of_calendar(text)
        blank = _blank(before, before_text, kind, text, head_before=head_before)
        # A list that looks like a number with a comma goes on to look like it: it is warned of.
        whole = before == _COMMA and _in_number(tokens, index)
        yield _Piece(
            kind, text, blank=blank and not whole, may_break=kind in _BINARY or (before == _COMMA and not whole)
        )
        at_head = kind == _COLON or (in_logic and (kind in _OPERATORS or kind in _OPENING or kind in _LOGIC))
        before, before_text, head_before = kind, text, is_head


def _day_of_calendar(text: str) -> str:
    """A date with month and day where it is written by the day of the year; any other text as it is."""
    try:
        return by_calendar(text) or text
    except NoSuchDay:
        return text


def _in_number(tokens: Tokens, index: int) -> bool:
    """Whether a token stands with the comma and the number before it like the rest of that number."""
    return (
        index > 1
        and tokens.kinds[index] == tokens.kinds[index - 2] == _NUMBER
        and tokens.ends[index - 2] == tokens.starts[index - 1]
        and tokens.ends[index - 1] == tokens.starts[index]
        and (
            grouped(tokens.read(index - 2), tokens.read(index))
            or (tokens.kinds[index - 3] in _COMPARISONS and decimal(tokens.read(index - 2), tokens.read(index)))
        )
    )


def _blank(before: int, before_text: str, kind: int, text: str, *, head_before: bool) -> bool:
    """Whether a space stands between two tokens."""
    if before == END or before in _OPENING or kind in _CLOSING or kind in (_COMMA, _COLON):
        return False
    if _SLASH in (before, kind):
        return False
    if kind == _DOTS:
        return before not in _VALUES or head_before
    if before == _DOTS:
        return kind not in _VALUES
    if before == _NUMBER and (text in ("+", "-", "o", "O") or text.startswith("_")):
        return False
    if before == _NUMBER and before_text.startswith("+") and kind == NAME:
        import re

        return re.fullmatch(_GLUED_UNIT, text) is None
    return True


def _written(pieces: list[_Piece]) -> list[str]:
    """A statement on one line, or on as many as it takes, broken after commas and before AND and OR."""
    lines: list[str] = []
    line: list[str] = []
    width = 0
    after_comment = False
    for group in _groups(pieces):
        text = "".join((" " if piece.blank and i else "") + piece.text for i, piece in enumerate(group))
        blank = " " if group[0].blank and line else ""
        if line and (after_comment or (width + len(blank) + len(text) > WIDTH and group[0].may_break)):
            lines.append("".join(line))
            line, width, blank = [INDENT], len(INDENT), ""
        if group[0].kind == COMMENT:
            blank = "  "
        line += (blank, text)
        width += len(blank) + len(text)
        after_comment = group[0].kind == COMMENT
    lines.append("".join(line))
    return lines


def _groups(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Runs of pieces that stay on one line."""
    group: list[_Piece] = []
    for piece in pieces:
        if group and (piece.may_break or COMMENT in (piece.kind, group[-1].kind)):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group
