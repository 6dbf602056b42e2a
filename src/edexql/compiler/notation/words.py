"""The words of other notations: names, numbers, dates, quoted texts and signs, each sign in one spelling."""

from __future__ import annotations

import re
import unicodedata

from edexql.base.record import Record

# A statement that is longer is read in its own notation only.
LONGEST = 600
_SIGNS = {
    "=<": "<=",
    "≤": "<=",
    "⩽": "<=",
    "=>": ">=",
    "≥": ">=",
    "⩾": ">=",
    "<>": "!=",
    "~=": "!=",
    "/=": "!=",
    "≠": "!=",
    "==": "=",
    "===": "=",
    "&&": "&",
    "∧": "&",
    "||": "|",
    "∨": "|",
    "~": "!",
    "¬": "!",
    "...": "..",
    "…": "..",
    "–": "-",
    "—": "-",
    "−": "-",
    "+/-": "±",
}
_WORD = re.compile(
    r"""\s*(?:
    (?P<string>"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|‘[^’]*’|«[^»]*»)
  | (?P<moment>\d{4}-\d\d?(?:-\d\d?)?(?:T\d\d?(?::\d\d){0,2}(?:\.0+)?Z?)?(?![\d-]) | \d{4}/\d\d?/\d\d?(?!\d))
  | (?P<clock>\d\d?:\d\d(?::\d\d)?(?![\d:]))
  | (?P<number>0[xX][0-9a-fA-F]+(?!\w) | \d+(?:_\d+)+(?:\.\d+)?(?!\w) | (?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+(?!\w))?)
  | (?P<name>[^\W\d]\w*(?:[-.]\w+)*)
  | (?P<sign>\.\.\.?|…|===?|\+/-|=<|=>|<=|>=|<>|!=|~=|/=|&&|\|\||[=<>&|!~()\[\]{},:;+*/%°±≤≥⩽⩾≠∧∨¬–—−-])
  | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_LETTERS = re.compile(r"[^\W\d]+")


class Word(Record):
    """A word: its `kind` (name, number, moment, clock, string or sign), its text, and where it begins and ends.

    The text of a name has no accents, and a sign stands in one spelling.
    """

    kind: str
    text: str
    start: int
    end: int

    def touches(self, other: Word) -> bool:
        """Whether another word follows without a space."""
        return self.end == other.start


END = Word("end", "", -1, -1)


def words_of(text: str) -> list[Word] | None:
    """The words of a statement, None where it has something that is a word in no notation."""
    if len(text) > LONGEST:
        return None
    words: list[Word] = []
    position = 0
    while True:
        match = _WORD.match(text, position)
        if match is None or match.lastgroup is None:
            return None
        if match.lastgroup == "end":
            return words
        kind, word = match.lastgroup, match[match.lastgroup]
        behind = words[-1] if words and words[-1].end == match.start(kind) else END
        if kind == "name" and (behind.kind == "number" or behind.text == "°"):
            # A unit has no hyphen in it: `300km-500km`.
            word = _LETTERS.match(word)[0]  # type: ignore[index]  # a name begins with a letter
        position = match.start(kind) + len(word)
        if kind == "sign":
            word = _SIGNS.get(word, word)
        elif kind == "number":
            word = str(int(word, 16)) if word[:2] in ("0x", "0X") else word.replace("_", "")
        elif kind == "string":
            word = word[1:-1]
        elif kind == "name":
            word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
        words.append(Word(kind, word, match.start(kind), position))
