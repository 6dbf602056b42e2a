"""Any text into tokens, by the patterns of the grammar."""

from __future__ import annotations

import re
from array import array

from edexql.language.tables import BLANK, KINDS, PATTERNS, SCANNED, WORDS

_END, _NAME, _STRAY, _STRAY_QUOTE = map(KINDS.index, ("$END", "NAME", "STRAY", "STRAY_QUOTE"))
_LONGEST_WORD = max(map(len, WORDS))

# What no pattern of the grammar matches: before them dates with other dashes or with digits of another script, since
# a part of them would match; after them quotes that are not ours, then anything.
_STRAY_DIGITS = r"(?![0-9])\d[\d.:/T+-]*"
_DASH = "[\u2010-\u2015\u2212\uff0d]"
_STRAY_DATE = f"[0-9]{{4}}{_DASH}[0-9]{{1,2}}(?:{_DASH}[0-9]{{1,2}})?(?![0-9])"
_STRAYS = ("\"[^\r\n]*|'[^'\r\n]*'|\u201c[^\u201d\r\n]*\u201d", "(?s:.)")
_GROUP_KINDS = (0, _STRAY, _STRAY, *SCANNED[1:], _STRAY_QUOTE, _STRAY)
_SCANNER = re.compile(
    rf"(?:{BLANK})?(?:{'|'.join(f'({pattern})' for pattern in (_STRAY_DIGITS, _STRAY_DATE, *PATTERNS, *_STRAYS))}|\Z)"
)


def scan_any(text: str) -> tuple[bytearray, array[int], array[int]]:
    """The kinds, starts and ends of the tokens of any text: what is no token has the kind STRAY or STRAY_QUOTE."""
    kinds, starts, ends = bytearray(), array("L"), array("L")
    add_kind, add_start, add_end = kinds.append, starts.append, ends.append
    group_kinds, words = _GROUP_KINDS, WORDS
    for match in _SCANNER.finditer(text):
        group = match.lastindex
        if group is None:
            break
        start, end = match.span(group)
        kind = group_kinds[group]
        if kind == _NAME:
            if end - start <= _LONGEST_WORD:
                kind = words.get(text[start:end].lower(), kind)
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
