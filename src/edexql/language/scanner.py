"""Any text into tokens, by the patterns of the grammar."""

from __future__ import annotations

import re
from array import array

from edexql.language.source import WATCHES
from edexql.language.tables import BLANK, KINDS, PATTERNS, SCANNED, WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_END, _NAME, _STRAY, _STRAY_QUOTE = map(KINDS.index, ("$END", "NAME", "STRAY", "STRAY_QUOTE"))
_LONGEST_WORD = max(map(len, WORDS))

# What no pattern of the grammar matches: before them dates with other dashes or with digits of another script, since
# a part of them would match; after them quotes that are not ours, then anything. A long row of hyphens, up to where an
# address could begin, is one match: to look for a name with `*` from each of them costs the square of their number.
_STRAY_DIGITS = r"(?![0-9])\d[\d.:/T+-]*"
_DASH = "[\u2010-\u2015\u2212\uff0d]"
_STRAY_DATE = f"[0-9]{{4}}{_DASH}[0-9]{{1,2}}(?:{_DASH}[0-9]{{1,2}})?(?![0-9])"
_STRAYS = ("\"[^\r\n]*|'[^'\r\n]*'|\u201c[^\u201c\u201d\r\n]*\u201d", "[\0-\x08]+|-+(?=-{65})|(?s:.)")
# What stands first is what most of a long text is made of, matched with less work: words and numbers of which the end
# is certain, and a period of days or seconds with the comma behind it, which is four tokens.
_CERTAIN = r"(?=[ \t\f\r\n,;()=<>]|\Z)"
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?Z?)?"
_OFTEN = (
    rf"[A-Za-z_][A-Za-z0-9_-]*{_CERTAIN}",
    rf"[+-]?[0-9]+(?:\.[0-9]+)?(?:{_CERTAIN}|(?=\.\.))",
    rf"{_MOMENT}\.\.{_MOMENT},",
)
# Signs that stand in a row, each of them a token.
_ROW = r"\({8,}|\){8,}|\[{8,}|\]{8,}|,{8,}|;{8,}"
_OF_ROW = {
    sign: bytes((KINDS.index(name),))
    for sign, name in {
        "(": "_OPEN",
        ")": "_CLOSE",
        "[": "_OPEN_LIST",
        "]": "_CLOSE_LIST",
        ",": "_COMMA",
        ";": "_SEMICOLON",
    }.items()
}
_PERIOD, _SIGNS = len(KINDS), len(KINDS) + 1
_OF_PERIOD = bytes(map(KINDS.index, ("MOMENT", "DOTS", "MOMENT", "_COMMA")))
_GROUP_KINDS = (0, _NAME, KINDS.index("NUMBER"), _PERIOD, _SIGNS, _STRAY, _STRAY, *SCANNED[1:], _STRAY_QUOTE, _STRAY)
_ALL = (*_OFTEN, _ROW, _STRAY_DIGITS, _STRAY_DATE, *PATTERNS, *_STRAYS)
_SCANNER = re.compile(rf"(?:{BLANK})?(?:{'|'.join(f'({pattern})' for pattern in _ALL)}|\Z)")
# Offsets have four bytes, as long as the text allows it.
_LONGEST = 2**32


def scan_any(text: str) -> tuple[bytearray, array[int], array[int]]:
    """The kinds, starts and ends of the tokens of any text: what is no token has the kind STRAY or STRAY_QUOTE."""
    code = "I" if len(text) < _LONGEST and array("I").itemsize >= 4 else "Q"
    kinds, starts, ends = bytearray(), array(code), array(code)
    add_kind, add_start, add_end = kinds.append, starts.append, ends.append
    group_kinds, words = _GROUP_KINDS, WORDS
    matches: Iterator[re.Match[str]] = _SCANNER.finditer(text)
    if WATCHES:
        from edexql.language.limit import watched

        matches = watched(matches)
    for match in matches:
        group = match.lastindex
        if group is None:
            break
        start, end = match.span(group)
        kind = group_kinds[group]
        if kind == _NAME:
            if end - start <= _LONGEST_WORD:
                kind = words.get(text[start:end].lower(), kind)
        elif kind == _PERIOD:
            dots = text.index(".", start)
            kinds += _OF_PERIOD
            starts.extend((start, dots, dots + 2, end - 1))
            ends.extend((dots, dots + 2, end - 1, end))
            continue
        elif kind == _SIGNS:
            kinds += _OF_ROW[text[start]] * (end - start)
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
            continue
        elif kind == _STRAY and kinds and kinds[-1] == _STRAY and ends[-1] == start:
            ends[-1] = end
            continue
        add_kind(kind)
        add_start(start)
        add_end(end)
    add_kind(_END)
    add_start(len(text))
    add_end(len(text))
    return kinds, starts, ends
