"""Characters that mean nothing in the language, and what was meant by some of them."""

from __future__ import annotations

import re
import unicodedata

from edexql.language.diagnostic import shown

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


def meant(text: str) -> str | None:
    """What to write in the place of a character, where that is certain."""
    if len(text) > 1 and text[:1].isdigit():
        return re.sub("[^0-9]", "-", text)
    return _MEANT.get(text)


def message(text: str) -> str:
    if len(text) > 1 and text[:1].isdigit():
        return f"{shown(text)} has dashes that are no hyphens"
    if len(text) > 1:
        return f"the characters {shown(text)} mean nothing here"
    name = unicodedata.name(text, "control character" if ord(text) < 0x20 else "unnamed character")
    seen = f"{shown(text)} " if text.isprintable() and not text.isspace() else ""
    return f"{seen}U+{ord(text):04X} ({name.lower()}) means nothing here"


def advice(fix: str | None) -> str | None:
    if fix is None:
        return "take it away; anything can stand in a comment or between double quotes"
    return f"write `{fix}`" if fix.strip() else "write a plain blank" if fix else "take it away"
