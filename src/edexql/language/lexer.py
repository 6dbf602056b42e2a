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
    from collections.abc import Iterator, MutableSequence

    # A list, or in a long text an array of numbers of four or eight bytes.
    Offsets = MutableSequence[int]


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
# A text up to this length is read word by word while it is plain: importing and compiling patterns costs more.
MOST_PLAIN = 2_000
# A text of more tokens is looked through for runs, in which some are marked: of this kind there is no token, and it
# fits nowhere.
LONG = 1_000
MARK = len(KINDS)
_NUMBER, _MOMENT, _STRING = KIND["NUMBER"], KIND["MOMENT"], KIND["STRING"]
_PARAMETER, _COLON, _SLASH = KIND["PARAMETER"], KIND["_COLON"], KIND["SLASH"]
_YEAR = 4
_NOT_QUOTED = frozenset("\\\r\n")
# With `/` behind them they may begin a unit.
_OF_UNITS = frozenset(("m", "km", "cm"))
# Stands for a hyphen: with it, too, an identifier of Python can go on and cannot begin.
_HYPHEN = "\N{MIDDLE DOT}"
_PLUS_MINUS = frozenset(("+", _HYPHEN))
_OF_NUMBERS = f"+{_HYPHEN}.0123456789"
# A colon is not among the signs: it may stand in a time.
_SIGNS = {
    "..": KIND["DOTS"], ",": KIND["_COMMA"], ";": KIND["_SEMICOLON"], "\n": NEWLINE, "\r": NEWLINE,
    "(": KIND["_OPEN"], ")": KIND["_CLOSE"], "[": KIND["_OPEN_LIST"], "]": KIND["_CLOSE_LIST"],
    "{": KIND["_OPEN_OBJECT"], "}": KIND["_CLOSE_OBJECT"], ">": KIND["GREATER"], "<": KIND["LESS"],
    "=": KIND["EQUAL"], "/": _SLASH, "&": KIND["_AMPERSAND"], "!": KIND["_BANG"], "|": KIND["_BAR"],
    "%": KIND["UNIT"],
}  # fmt: skip
_EXACT = {**_SIGNS, **WORDS}
_FIRST_WORD = min(WORDS.values())
# Signs that are one with what may stand before them.
_DOUBLE = {">=": KIND["AT_LEAST"], "<=": KIND["AT_MOST"], "\r\n": NEWLINE}
_SECOND = frozenset("=\n")
# By a letter of each sign, the sign and what sets it apart; blanks become spaces.
_APART = {sign[0]: (sign, f" {sign} ") for sign in _SIGNS} | {"\t": ("\t", " "), "\f": ("\f", " ")}
_NO_SIGNS = bytes(set(range(128)).difference(map(ord, _APART)))


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

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tokens):
            return NotImplemented
        return self is other or self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self.text)

    def _identity(self) -> tuple[object, ...]:
        return self.text, self.kinds, self.starts, self.ends

    def __repr__(self) -> str:
        return f"<{self.count} tokens>"

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
    tokens = Tokens(text, bytearray(), [], [])
    kinds, starts, ends = tokens.kinds, tokens.starts, tokens.ends
    begin, length = 0, len(text)
    for kind, start, end in _quotes_and_comments(text) if '"' in text or "#" in text else ():
        if not end or not _add_words(tokens, begin, start):
            return None
        kinds.append(kind)
        starts.append(start)
        ends.append(end)
        begin = end
    if not _add_words(tokens, begin, length):
        return None
    kinds.append(END)
    starts.append(length)
    ends.append(length)
    tokens.count = len(kinds)
    return tokens


def _quotes_and_comments(text: str) -> Iterator[tuple[int, int, int]]:
    """The kind, start and end of each quoted text and comment; the end 0 where a quoted text is not certain."""
    end = 0
    while True:
        quote, comment = text.find('"', end), text.find("#", end)
        if comment >= 0 and not 0 <= quote < comment:
            line = text[comment:].split("\n", 1)[0].split("\r", 1)[0]
            end = comment + len(line)
            yield COMMENT, comment, end
        elif quote >= 0:
            end = text.find('"', quote + 1) + 1
            yield _STRING, quote, end if _NOT_QUOTED.isdisjoint(text[quote:end]) else 0
        else:
            return


def _add_words(tokens: Tokens, begin: int, stop: int) -> bool:
    """Add the tokens of a stretch of the text without quotes and comments. False where one of them is uncertain."""
    stretch = tokens.text[begin:stop]
    if not stretch.isascii():
        return False
    kinds, starts, ends = tokens.kinds, tokens.starts, tokens.ends
    exact = _EXACT
    # Where a word stands that is next. A sign stands one before: it has brought a space on each side of it.
    place = begin
    for word in _apart(stretch).split(" "):
        if not word:
            place += 1
            continue
        start = place
        end = start + len(word)
        place = end + 1
        kind = exact.get(word)
        if kind is None:
            if word.isidentifier():
                kind = NAME
            elif word.isdecimal():
                kind = _NUMBER
            else:
                kind = _kind(word)
                if kind == END:
                    if not _add_two(tokens, word, start):
                        return False
                    continue
        elif kind < _FIRST_WORD:
            start -= 1
            end = place = end - 1
            if word in _SECOND and ends and ends[-1] == start:
                double = _DOUBLE.get(tokens.text[start - 1 : end])
                if double is not None:
                    kinds[-1], ends[-1] = double, end
                    continue
        kinds.append(kind)
        starts.append(start)
        ends.append(end)
    return "/" not in stretch or not _may_be_in_units(tokens)


def _apart(text: str) -> str:
    """A text with spaces around each sign, letters made small, and hyphens replaced."""
    apart = text.lower().replace("-", _HYPHEN)
    for sign in {*text.encode().translate(None, _NO_SIGNS).decode()}:
        apart = apart.replace(*_APART[sign])
    return apart


# Words, from here on, are those of such a text.


def _kind(word: str) -> int:
    """The kind of a date, a number that is no whole one, a parameter or a colon; END for what is none for certain."""
    hyphen = word.find(_HYPHEN)
    if hyphen >= _YEAR:
        day, mark, time = word.partition("t")
        certain = day.replace(_HYPHEN, "").isdecimal() and day[hyphen + 1 : hyphen + 2].isdecimal()
        return _MOMENT if certain and (not mark or _is_time(time)) else END
    if word == ":":
        return _COLON
    if word[0] == "$":
        return _PARAMETER if word[1:].isidentifier() else END
    whole, point, fraction = (word[1:] if word[0] in _PLUS_MINUS else word).partition(".")
    return _NUMBER if whole.isdecimal() and (fraction.isdecimal() or not point) else END


def _add_two(tokens: Tokens, word: str, start: int) -> bool:
    """Add a name and a colon, or a number and its unit, that stand together. False for what is neither for certain."""
    if word[-1] == ":":
        cut = len(word) - 1
        first, second = _kind_of_name(word[:cut]), _COLON
    else:
        unit = word.lstrip(_OF_NUMBERS)
        cut = len(word) - len(unit)
        number = word[:cut]
        first = _NUMBER if number.isdecimal() or (number and _kind(number) == _NUMBER) else END
        # With the letters e and t an exponent or a time may begin.
        second = END if unit[:1] in ("e", "t") else _kind_of_name(unit)
    if first == END or second == END:
        return False
    end = start + cut
    tokens.kinds.extend((first, second))
    tokens.starts.extend((start, end))
    tokens.ends.extend((end, start + len(word)))
    return True


def _is_time(text: str) -> bool:
    clock, point, fraction = text.removesuffix("z").partition(".")
    whole = clock[:1].isdecimal() and clock.replace(":", "").isdecimal()
    return whole and (fraction.isdecimal() or not point)


def _may_be_in_units(tokens: Tokens) -> bool:
    """Whether a slash stands right behind a number, as in dates, or behind what may begin a unit."""
    kinds, ends = tokens.kinds, tokens.ends
    return any(
        kind == _SLASH
        and index
        and ends[index - 1] == tokens.starts[index]
        and (kinds[index - 1] == _NUMBER or tokens.read(index - 1) in _OF_UNITS)
        for index, kind in enumerate(kinds)
    )


def _kind_of_name(text: str) -> int:
    """The kind of a name or a word of the language, END for what is neither."""
    return WORDS.get(text, NAME) if text.isidentifier() else END


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
