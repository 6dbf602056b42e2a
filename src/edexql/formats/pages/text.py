"""The text of a page: its bytes decoded, parted into markup and scripts, and what can be wrong with it."""

from __future__ import annotations

import re

from edexql.base.record import Record

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*(utf-?(?:16|32)[a-z-]*)", re.IGNORECASE)
_MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_LONG_REFERENCE = re.compile(r"&#[0-9]{9,};?")


def decoded(body: bytes, content_type: str = "") -> str:
    """The text of a page. What is said of its character set is believed of UTF-16 and UTF-32 alone.

    Anything else is UTF-8, or Latin-1 where it cannot be: servers say the one and send the other, and the marks
    of HTML and nearly all names are the same in both.
    """
    name = next((_MARKS[mark] for mark in _MARKS if body.startswith(mark)), None)
    said = _CHARSET.search(content_type)
    for encoding in (name, said[1] if said else None, "utf-8-sig"):
        try:
            text = body.decode(encoding) if encoding else None
        except (UnicodeDecodeError, LookupError):
            continue
        # A page of half-width characters that is said to be UTF-16 decodes, and has no mark of HTML or JSON in it.
        if text is not None and (encoding == "utf-8-sig" or any(sign in text for sign in "<[{")):
            return text
    return body.decode("latin-1")


def parted(text: str) -> tuple[str, list[str]]:
    """A page without its scripts, its lines where they were, and those of the scripts that are JSON."""
    markup: list[str] = []
    scripts: list[str] = []
    place = 0
    while begin := _SCRIPT.search(text, place):
        inside = text.find(">", begin.end()) + 1
        if not inside:
            break
        markup.append(text[place : begin.start()])
        end = _SCRIPT_END.search(text, inside)
        # A script that does not end is one to the end of the page, for browsers too.
        place = end.start() if end else len(text)
        markup.append("\n" * text.count("\n", begin.start(), place))
        if "json" in text[begin.end() : inside].lower():
            scripts.append(text[inside:place])
    return "".join([*markup, text[place:]]), scripts


def without_long_references(text: str) -> str:
    """Markup without references to characters by numbers that are none, of which Python refuses to read the longest."""
    return _LONG_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text)


NO_LISTING = "it is not a listing of a folder"
NO_TABLE = "it is a page of h5ai without a table of its files"
OTHER_JSON = "it is JSON, but not a listing of a folder"
BROKEN_JSON = "its JSON is damaged or cut off; the rest is not read"
BROKEN_OFF = "it is cut off"
ENDLESS_MARK = "an HTML tag begins here and does not end"
TOO_MANY_LINKS = "it has too many links; the rest is not read"


class Problem(Record):
    """One of the above, and the line in which it is, 0 for the whole page."""

    what: str
    line: int = 0
