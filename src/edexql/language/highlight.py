"""The stretches of a text by what they are: what an editor shows."""

from __future__ import annotations

from edexql.language.lexer import END, JOINED, KIND, NAME, NEWLINE, tokenize
from edexql.language.tables import KINDS, WORDS

_COLON, _SEMICOLON, _NUMBER, _LOGIC = (KIND[name] for name in ("_COLON", "_SEMICOLON", "NUMBER", "_LOGIC"))
_COMMENT = KIND["COMMENT"]
_BLANK = frozenset({END, JOINED, NEWLINE})
_OPENER = dict(zip(("_CLOSE", "_CLOSE_LIST", "_CLOSE_OBJECT"), ("_OPEN", "_OPEN_LIST", "_OPEN_OBJECT"), strict=True))
_CLASS_OF = {
    "MOMENT": "moment",
    "CLOCK": "moment",
    "_COLON": "punctuation",
    "_COMMA": "punctuation",
    "_SEMICOLON": "punctuation",
    "STRAY_QUOTE": "stray",
    **{f"_{word.upper()}": "keyword" for word in WORDS if word not in ("and", "or", "not")},
    **dict.fromkeys((*_OPENER, *_OPENER.values()), "bracket"),
    **{
        name: name.lower()
        for name in ("COMMENT", "NUMBER", "PATTERN", "ADDRESS", "UNIT", "STRING", "PARAMETER", "NAME", "STRAY")
    },
}
_CLASSES = tuple(_CLASS_OF.get(name, "operator") for name in KINDS)


def classes(text: str) -> list[tuple[int, int, str]]:
    """The start, end and class of every token of a text, in order.

    The class is keyword, operator, name, label, number, moment, string, comment, bracket, punctuation,
    parameter, pattern, address, unit or stray (what the language does not know). Between them are spaces only.
    """
    tokens = tokenize(text)
    kinds = tokens.kinds
    spans: list[tuple[int, int, str]] = []
    # How many tokens of the statement were read, and the kinds of the first and the last of them.
    count, head, before = 0, END, END
    for index in range(tokens.count - 1):
        kind = kinds[index]
        if kind not in _BLANK:
            name = _CLASSES[kind]
            if kind == NAME and before == _NUMBER and head != _LOGIC:
                name = "unit"
            elif kind == _COLON and count == 1 and before == NAME:
                spans[-1] = (*spans[-1][:2], "label")
            spans.append((tokens.starts[index], tokens.ends[index], name))
        if kind in (NEWLINE, _SEMICOLON):
            count, head, before = 0, END, END
        elif kind not in (JOINED, _COMMENT):
            head = head if count else kind
            count, before = count + 1, kind
    return spans
