"""Text into tokens, and the rule of which line breaks end a statement.

Tokens are three parallel arrays (kind, start, end), nine bytes a token, so that a query of millions
of operands stays small, and so that anything after the lexer can look ahead or back at no cost.
Comments are tokens too; the parser passes over them and the formatter keeps them.
"""

from __future__ import annotations

import re
from array import array

from edexql.language.source import Span
from edexql.language.tables import BLANK, KINDS, PATTERNS, SCANNED, WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


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
LONGEST_WORD = max(map(len, WORDS))
# What no pattern of the grammar matches: before them dates with other dashes or with digits of another script, since
# a part of them would match; after them quotes that are not ours, then anything.
_STRAY_DIGITS = r"(?![0-9])\d[\d.:/T+-]*"
_DASH = "[\u2010-\u2015\u2212\uff0d]"
_STRAY_DATE = f"[0-9]{{4}}{_DASH}[0-9]{{1,2}}(?:{_DASH}[0-9]{{1,2}})?(?![0-9])"
_STRAYS = ("\"[^\r\n]*|'[^'\r\n]*'|\u201c[^\u201d\r\n]*\u201d", "(?s:.)")
_GROUP_KINDS = (0, STRAY, STRAY, *SCANNED[1:], STRAY_QUOTE, STRAY)
_SCANNER = re.compile(
    rf"(?:{BLANK})?(?:{'|'.join(f'({pattern})' for pattern in (_STRAY_DIGITS, _STRAY_DATE, *PATTERNS, *_STRAYS))}|\Z)"
)


class Tokens:
    """The tokens of a text, in order; the last one is the end of the text.

    `kinds`, `starts` and `ends` run in parallel. Tokens may be appended after the end by the
    parser, when it supplies what the writer left out: they have no text.
    """

    __slots__ = ("count", "ends", "kinds", "mistaken", "starts", "text")

    def __init__(self, text: str, kinds: bytearray, starts: array[int], ends: array[int]) -> None:
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
    kinds, starts, ends = bytearray(), array("L"), array("L")
    add_kind, add_start, add_end = kinds.append, starts.append, ends.append
    group_kinds, words = _GROUP_KINDS, WORDS
    for match in _SCANNER.finditer(text):
        group = match.lastindex
        if group is None:
            break
        start, end = match.span(group)
        kind = group_kinds[group]
        if kind == NAME:
            if end - start <= LONGEST_WORD:
                kind = words.get(text[start:end].lower(), kind)
        elif kind == STRAY and kinds and kinds[-1] == STRAY and ends[-1] == start:
            ends[-1] = end
            continue
        add_kind(kind)
        add_start(start)
        add_end(end)
    add_kind(END)
    add_start(len(text))
    add_end(len(text))
    return Tokens(text, kinds, starts, ends)


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
