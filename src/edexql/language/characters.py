"""Characters that mean nothing in the language, and what was meant by some of them."""

from __future__ import annotations

import re
import unicodedata

from edexql.base.text import shown

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
_DIGITS = frozenset("0123456789")


def meant(text: str) -> str | None:
    """What to write in the place of characters, where that is certain."""
    if text in _MEANT:
        return _MEANT[text]
    plain = "".join(_plain(character) for character in text)
    if text[:1] in _DIGITS and plain.strip("0123456789"):
        # A date or a number: what joins its digits is a hyphen, if it is none of the signs of numbers.
        plain = re.sub("[^0-9.:/T+-]", "-", plain)
    return plain if plain != text and plain.isascii() and plain.isprintable() else None


def message(text: str) -> str:
    if any(unicodedata.decimal(character, -1) >= 0 and character not in _DIGITS for character in text):
        return f"{shown(text)} has digits that are not 0 to 9 of ASCII"
    if len(text) > 1 and text[0] in _DIGITS:
        return f"{shown(text)} has dashes that are not hyphens"
    if len(text) > 1:
        return f"unknown characters {shown(text)}"
    name = unicodedata.name(text, "control character" if ord(text) < 0x20 else "unnamed character")
    seen = f"{shown(text)} " if text.isprintable() and not text.isspace() else ""
    return f"unknown character {seen}U+{ord(text):04X} ({name.lower()})"


def _plain(character: str) -> str:
    """The ASCII character that another one is a form of, such as a wide one or a digit of another script."""
    digit = unicodedata.decimal(character, None)
    return unicodedata.normalize("NFKC", character) if digit is None else str(digit)


def advice(fix: str | None) -> str | None:
    if fix is None:
        return "remove it; anything can stand in a comment or between double quotes"
    return f"write `{fix}`" if fix.strip() else "write a plain space" if fix else "remove it"
