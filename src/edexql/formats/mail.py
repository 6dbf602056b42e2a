"""Mail as it was sent or saved, or the text of one that was copied, and the links in it.

A mail is read as RFC 5322 and MIME (RFC 2045 to 2047) have it: parts, quoted-printable, base64, character sets;
RFC 3676 for `format=flowed`. Of HTML the links are those of its marks, and those that stand in its text.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

_LINK = re.compile(r"https?://[^\s<>\"`{}|\\^]+", re.IGNORECASE)
_HEADER = re.compile(rb"(?:From [^\n]*\n)?(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")
_KNOWN = re.compile(
    rb"^(?:content-(?:type|transfer-encoding)|mime-version|received|message-id|subject|from|return-path):",
    re.IGNORECASE | re.MULTILINE,
)
# A line ends with "=" for a break that is none; programs break lines of 76 characters.
_SOFT = re.compile(rb"=[ \t]*\r?\n")
_LONG_SOFT = re.compile(rb"^[^\n]{70,75}=\r?$", re.MULTILINE)
_QUOTED = re.compile(rb"=(?:3[Dd]|20|C[23]|E2|0[AD9])")
_IN_BRACKETS = re.compile(r"<(https?://[^<>\"]{1,4000})>", re.IGNORECASE)
_FOLDED = re.compile(r"^[^\n]{0,40}?(https?://[^\s<>\"]{50,})\r?\n([^\s<>\":]{3,})\r?$", re.IGNORECASE | re.MULTILINE)
_MARKUP = re.compile(r"<(?:html|body|a)[\s>]", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b[^<>]{0,4000}?\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s<>]+))", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z]*)[^<>]*>", re.IGNORECASE)
# Every sign of equality is written as "=3D" there.
_NOT_QUOTED = re.compile(rb"=(?![0-9A-F]{2}|[ \t]*\r?\n)")
_MOST_PARTS = 1000
# What stands after a link in a sentence, and brackets that were opened before it.
_AFTER = ".,;:!?'*_"
_BRACKETS = {")": "(", "]": "["}


def links(data: bytes) -> list[str]:
    """The links in a mail or in a text, whole, each once, in their order."""
    unique: dict[str, None] = {}
    for text, is_html in _texts(data):
        for link in _of_html(text) if is_html else _of_text(text):
            unique[link] = None
    return list(unique)


def _texts(data: bytes) -> Iterator[tuple[str, bool]]:
    """The texts of a mail, decoded, and whether each is HTML; of what has no header of a mail, its text."""
    data = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    head = _HEADER.match(data)
    if head is None or not _KNOWN.search(head[0]):
        yield from _copied(data)
        return
    # Importing email costs start-up time, and is needed here only.
    from email import message_from_bytes

    message = message_from_bytes(data)
    seen = False
    for count, part in enumerate(message.walk()):
        if count >= _MOST_PARTS:
            return
        if part.get_content_maintype() == "text":
            seen = True
            text = _decoded(part)
            if part.get_content_subtype() == "html":
                yield text, True
            else:
                yield _unflowed(text, part), False
    if not seen:
        yield from _copied(data)


def _decoded(part: Message) -> str:
    body = part.get_payload(decode=True)
    data = body if isinstance(body, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("latin-1")


def _unflowed(text: str, part: Message) -> str:
    """Lines that a blank at their end joins to the next one (RFC 3676), joined."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    joined = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    lines = [line.removeprefix(" ") for line in text.splitlines()]
    joined_lines: list[str] = []
    for line in lines:
        flows = line.endswith(" ") and line != "-- "
        joined_lines.append(line[:-1] + joined if flows else line + "\n")
    return "".join(joined_lines)


def _copied(data: bytes) -> Iterator[tuple[str, bool]]:
    """The text of a mail that was copied without its header, perhaps of its source, where it is quoted-printable.

    Where only one sign speaks for that, it is read both ways.
    """
    readings = [data]
    if _NOT_QUOTED.search(data):
        pass
    elif _LONG_SOFT.search(data) or len(set(_QUOTED.findall(data))) > 1:
        readings = [_unquoted(data)]
    elif _SOFT.search(data) or _QUOTED.search(data):
        readings = [data, _unquoted(data)]
    for reading in readings:
        try:
            text = reading.decode()
        except UnicodeDecodeError:
            text = reading.decode("latin-1")
        yield text, _MARKUP.search(text) is not None


def _unquoted(data: bytes) -> bytes:
    """What a quoted-printable text stands for."""
    from binascii import a2b_qp

    return a2b_qp(data)


def _of_text(text: str) -> Iterator[str]:
    for begin in _IN_BRACKETS.finditer(text):
        # In angle brackets a link may go over lines (RFC 3986, appendix C).
        yield "".join(begin[1].split())
    for match in _LINK.finditer(_IN_BRACKETS.sub(" ", text)):
        yield _trimmed(match[0])
    for folded in _FOLDED.finditer(text):
        # A program may have cut it where the line was full, or the next line is another thing.
        yield _trimmed(folded[1] + folded[2])


def _of_html(text: str) -> Iterator[str]:
    from html import unescape

    for match in _ANCHOR.finditer(text):
        link = "".join(unescape(match[1] or match[2] or match[3] or "").split())
        if _LINK.fullmatch(link):
            yield link
    for match in _LINK.finditer(unescape(_shown(text))):
        yield _trimmed(match[0])


def _shown(text: str) -> str:
    """What a reader sees of HTML."""
    pieces = []
    place, hidden = 0, False
    for tag in _TAG.finditer(text):
        if not hidden:
            pieces.append(text[place : tag.start()])
        if tag[2].lower() in ("style", "script"):
            hidden = not tag[1]
        place = tag.end()
    if not hidden:
        pieces.append(text[place:])
    return " ".join(pieces)


def _trimmed(link: str) -> str:
    """A link without what the sentence around it put at its end."""
    while link:
        last = link[-1]
        if last in _AFTER or (last in _BRACKETS and link.count(last) > link.count(_BRACKETS[last])):
            link = link[:-1]
        else:
            break
    return link
