"""Text into tokens, and the rule of which line breaks end a statement.

Tokens are three parallel arrays (kind, start, end), nine bytes a token, so that a query of millions
of operands stays small, and so that anything after the lexer can look ahead or back at no cost.
Comments are tokens too; the parser passes over them and the formatter keeps them.
"""

from __future__ import annotations

from edexql.language.source import Span
from edexql.language.tables import KINDS, WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator

    # Numbers, four or eight bytes each in a long text.
    Offsets = array[int] | list[int]


KIND = {name: number for number, name in enumerate(KINDS)}

END, JOINED, COMMENT = KIND["$END"], KIND["JOINED"], KIND["COMMENT"]
FIRST_READ = COMMENT + 1
STRAY, STRAY_QUOTE = KIND["STRAY"], KIND["STRAY_QUOTE"]
NAME, NEWLINE = KIND["NAME"], KIND["_NEWLINE"]

OPENING = frozenset({KIND["_OPEN"], KIND["_OPEN_LIST"], KIND["_OPEN_OBJECT"]})
CLOSING = frozenset({KIND["_CLOSE"], KIND["_CLOSE_LIST"], KIND["_CLOSE_OBJECT"]})
COMPARISONS = frozenset(KIND[name] for name in ("GREATER", "LESS", "AT_LEAST", "AT_MOST", "EQUAL"))
BINARY = frozenset(KIND[name] for name in ("_AND", "_OR", "_AMPERSAND", "_BAR"))
# An open range or period (`60..`) ends with its dots, so a line break after them ends the statement.
JOINS_NEXT = BINARY | COMPARISONS | {KIND["_NOT"], KIND["_BANG"], KIND["_COMMA"], KIND["SLASH"]}
JOINS_PREVIOUS = JOINS_NEXT | {KIND["DOTS"]}
# Words that can stand nowhere but at the start of a statement.
STATEMENT_ONLY = frozenset(KIND[name] for name in ("_PRODUCT", "_LOGIC", "_WHERE", "_EMAIL", "_LET"))

# How far recovery looks ahead for what closes a bracket, a quote or a list.
AHEAD = 2_000
# A text up to this length is read letter by letter while it is plain: importing and compiling patterns costs more.
MOST_PLAIN = 2_000
# A text of more tokens is looked through for runs, in which some are marked: of this kind there is no token.
LONG = 1_000
MARK = 255
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_DIGITS = frozenset("0123456789")
_OF_NAMES = _LETTERS | _DIGITS | {"-"}
_OF_DATES = _DIGITS | {"-"}
_OF_CLOCKS = _DIGITS | {":"}
_BLANKS = frozenset(" \t\f")
# Stands behind the text, for loops that look up to two letters ahead.
_BEYOND = "\0\0"
# What ends a date for certain, and what ends a number: a letter, too, but for those of exponents and times.
_AFTER_DATES = frozenset(" \t\f\r\n,;()<>=!&|[]{}#" + _BEYOND) | {"/"}
_AFTER_NUMBERS = (_AFTER_DATES | _LETTERS) - frozenset("/eEtT")
_SIGNS = {
    "=": KIND["EQUAL"], "/": KIND["SLASH"], "&": KIND["_AMPERSAND"], "!": KIND["_BANG"], "|": KIND["_BAR"],
    "(": KIND["_OPEN"], ")": KIND["_CLOSE"], "[": KIND["_OPEN_LIST"], "]": KIND["_CLOSE_LIST"],
    "{": KIND["_OPEN_OBJECT"], "}": KIND["_CLOSE_OBJECT"], ":": KIND["_COLON"], ",": KIND["_COMMA"],
    ";": KIND["_SEMICOLON"], "%": KIND["UNIT"], ">": KIND["GREATER"], "<": KIND["LESS"], "\n": NEWLINE,
    "\r": NEWLINE, ">=": KIND["AT_LEAST"], "<=": KIND["AT_MOST"], "\r\n": NEWLINE,
}  # fmt: skip
# Signs that are one with what may stand behind them.
_DOUBLE = {">": "=", "<": "=", "\r": "\n"}
_NUMBER, _MOMENT, _STRING = KIND["NUMBER"], KIND["MOMENT"], KIND["STRING"]
_PARAMETER, _DOTS = KIND["PARAMETER"], KIND["DOTS"]
_YEAR = 4
_NOT_QUOTED = frozenset("\\\r\n")
_UNCERTAIN = (END, 0)
# With `/` behind them they may begin a unit.
_OF_UNITS = frozenset(("m", "km", "cm"))


class Tokens:
    """The tokens of a text, in order; the last one is the end of the text.

    `kinds`, `starts` and `ends` run in parallel. Tokens may be appended after the end by the
    parser, when it supplies what the writer left out: they have no text.
    """

    __slots__ = ("count", "ends", "kinds", "mistaken", "starts", "text")

    def __init__(self, text: str, kinds: bytearray, starts: Offsets, ends: Offsets) -> None:
        self.text = text
        self.kinds = kinds
        self.starts = starts
        self.ends = ends
        self.count = len(kinds)
        # Names that a diagnostic was already given for.
        self.mistaken: set[int] = set()

    def read(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]]

    def span(self, index: int) -> Span:
        return Span(self.starts[index], self.ends[index])

    def supply(self, kind: int, offset: int) -> int:
        """Append a token without text, standing at an offset, and return its index."""
        self.kinds.append(kind)
        self.starts.append(offset)
        self.ends.append(offset)
        return len(self.kinds) - 1

    def supplied(self, index: int) -> bool:
        return index >= self.count

    def following(self, index: int, most: int | None = None) -> Iterator[int]:
        """The indices of the tokens that the parser reads from `index` on, the end included; at `most` so far ahead."""
        kinds = self.kinds
        for i in range(index, self.count if most is None else min(self.count, index + most)):
            if kinds[i] >= FIRST_READ or kinds[i] == END:
                yield i


def tokenize(text: str) -> Tokens:
    """Split a text into tokens, its line breaks already joined where they end no statement."""
    tokens = scan(text)
    join_lines(tokens.kinds)
    return tokens


def scan(text: str) -> Tokens:
    """Split a text into tokens. Anything is accepted: what is no token has the kind STRAY or STRAY_QUOTE."""
    tokens = scan_plain(text) if len(text) <= MOST_PLAIN else None
    if tokens is None:
        from edexql.language.scanner import scan_any

        tokens = Tokens(text, *scan_any(text))
    return tokens


def scan_plain(text: str) -> Tokens | None:
    """The tokens of a text of names, numbers, dates, quoted texts, signs and comments, each of them certain.

    None where anything else is in it: only the patterns of the grammar can tell what that is.
    """
    kinds = bytearray()
    starts: list[int] = []
    ends: list[int] = []
    letters = text + _BEYOND
    start, length = 0, len(text)
    while start < length:
        letter = letters[start]
        if letter in _BLANKS:
            start += 1
            continue
        if letter in _LETTERS:
            end = start + 1
            while letters[end] in _OF_NAMES:
                end += 1
            word = letters[start:end]
            kind = WORDS.get(word.lower(), NAME)
            if (letter in "tT" and letters[start + 1] in _DIGITS) or (letters[end] == "/" and word in _OF_UNITS):
                return None
        else:
            read = _READERS.get(letter)
            kind, end = read(letters, start) if read else _UNCERTAIN
            if kind == END:
                return None
        kinds.append(kind)
        starts.append(start)
        ends.append(end)
        start = end
    kinds.append(END)
    starts.append(length)
    ends.append(length)
    return Tokens(text, kinds, starts, ends)


# Each of these gives the kind and the end of the token that begins at `start`; the kind END where it is not certain.


def _number(letters: str, start: int) -> tuple[int, int]:
    """A number, or a date with or without a time."""
    end = _run(letters, start + 1, _DIGITS)
    if letters[end] == "-" and end - start >= _YEAR and letters[end + 1] in _DIGITS:
        return _date(letters, end)
    if letters[end] == "." and letters[end + 1] in _DIGITS:
        end = _run(letters, end + 1, _DIGITS)
    return (_NUMBER, end) if letters[end] in _AFTER_NUMBERS or _are_dots(letters, end) else _UNCERTAIN


def _date(letters: str, end: int) -> tuple[int, int]:
    """A date of which the year was read."""
    end = _run(letters, end, _OF_DATES)
    if letters[end] in "tT" and letters[end + 1] in _DIGITS:
        end = _run(letters, end + 1, _OF_CLOCKS)
        if letters[end] == "." and letters[end + 1] in _DIGITS:
            end = _run(letters, end + 1, _DIGITS)
        end += letters[end] in "zZ"
    return (_MOMENT, end) if letters[end] in _AFTER_DATES or _are_dots(letters, end) else _UNCERTAIN


def _signed(letters: str, start: int) -> tuple[int, int]:
    kind, end = _number(letters, start + 1) if letters[start + 1] in _DIGITS else _UNCERTAIN
    return (kind, end) if kind == _NUMBER else _UNCERTAIN


def _dots(letters: str, start: int) -> tuple[int, int]:
    return (_DOTS, start + 2) if _are_dots(letters, start) and letters[start + 2] != "." else _UNCERTAIN


def _sign(letters: str, start: int) -> tuple[int, int]:
    end = start + 1 + (letters[start + 1] == _DOUBLE.get(letters[start]))
    return _SIGNS[letters[start:end]], end


def _comment(letters: str, start: int) -> tuple[int, int]:
    line = letters[start : -len(_BEYOND)].split("\n", 1)[0].split("\r", 1)[0]
    return COMMENT, start + len(line)


def _quoted(letters: str, start: int) -> tuple[int, int]:
    end = letters.find('"', start + 1) + 1
    return (_STRING, end) if end and _NOT_QUOTED.isdisjoint(letters[start:end]) else _UNCERTAIN


def _parameter(letters: str, start: int) -> tuple[int, int]:
    return (_PARAMETER, _run(letters, start + 1, _OF_NAMES)) if letters[start + 1] in _LETTERS else _UNCERTAIN


def _run(letters: str, end: int, those: frozenset[str]) -> int:
    """Where letters of some kinds end."""
    while letters[end] in those:
        end += 1
    return end


def _are_dots(letters: str, start: int) -> bool:
    return letters[start] == letters[start + 1] == "."


_READERS = {
    **dict.fromkeys(_SIGNS, _sign), **dict.fromkeys(_DIGITS, _number), **dict.fromkeys("+-", _signed),
    ".": _dots, "#": _comment, '"': _quoted, "$": _parameter,
}  # fmt: skip


def join_lines(kinds: bytearray | list[int], begin: int = 0) -> None:
    """Mark as JOINED, in place and from `begin` on, the line breaks that end no statement."""
    if not begin and NEWLINE not in kinds:
        return
    depth = 0
    previous = -1
    pending: list[int] = []
    for i in range(begin, len(kinds)):
        kind = kinds[i]
        if kind == NEWLINE or kind == JOINED:
            pending.append(i)
            continue
        if kind == COMMENT:
            continue
        if pending:
            ends = kind in STATEMENT_ONLY if depth else previous not in JOINS_NEXT and kind not in JOINS_PREVIOUS
            if ends or kind == END:
                depth = 0
            mark = NEWLINE if ends else JOINED
            for j in pending:
                kinds[j] = mark
            pending.clear()
        if kind in OPENING:
            depth += 1
        elif kind in CLOSING:
            depth -= depth > 0
        elif kind == KIND["_SEMICOLON"]:
            depth = 0
        previous = kind


# A line that is joined to nothing by itself. The space keeps the line break apart from a CR before it.
_NEXT_LINE = " \nx"


def is_open(text: str) -> bool:
    """Whether Enter at the end of a text begins a new line of the same statement.

    It does where a bracket is open or the last token joins the next line (a comma, an operator, a comparison,
    NOT or `/`), by the lexer's own rule; not after an empty line, with which the writer asks to be let out.
    An open quote is not open: texts in quotes end at their line.
    """
    kinds = tokenize(text + _NEXT_LINE).kinds
    before, line_break = kinds[-4:-3], kinds[-3]
    return line_break == JOINED and before not in (bytes([JOINED]), bytes([NEWLINE]))
