"""Pages and messages that come in the place of data: how they are known, and what they say."""

from __future__ import annotations

import json
import re

from edexql.base.text import printable

# What is read of a page for its title, in bytes.
MOST = 64 * 1024
_LONGEST = 200
_BEGINNINGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<script", b"<!-- ")
_PAGES = (".html", ".htm", ".xhtml")


def is_page(head: bytes, content_type: str, name: str) -> bool:
    """Whether what begins so is a page or message, judged for a file of a kind that has no mark of its own."""
    kind = content_type.partition(";")[0].strip().lower()
    lower = name.lower()
    text = head[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not lower.endswith(_PAGES) and (kind in ("text/html", "application/xhtml+xml") or _begins_page(text)):
        return True
    if lower.endswith((".json", ".geojson")):
        return False
    return kind == "application/problem+json" or kind == "application/json" or _is_message(head)


def _begins_page(text: bytes) -> bool:
    return text.startswith(_BEGINNINGS) or (text.startswith(b"<?xml") and b"<html" in text)


def _is_message(head: bytes) -> bool:
    """Whether it is a JSON object as services send them, and nothing else."""
    text = head.strip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        return False
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def told(body: bytes) -> str:
    """What a page or message says, in one line: its title, or how it begins."""
    # A number of thousands of digits is more than the reader of such marks takes.
    body = re.sub(rb"&#[0-9]{9,};?", b"?", body[:MOST])
    text = (_title(body) or body[:2000]).decode("utf-8", "replace")
    if "&" in text:
        from html import unescape

        text = unescape(text)
    words = " ".join(text.split())
    return printable(words[:_LONGEST] + ("…" if len(words) > _LONGEST else ""))


def excerpt(body: bytes) -> str:
    """How a file begins that is not what it should be, as far as that is text."""
    text = body[:200].decode("utf-8", "replace")
    end = next((at for at, c in enumerate(text) if not (c.isprintable() or c in "\t\r\n") or c == "\ufffd"), len(text))
    return " ".join(text[:end].split())


def _title(body: bytes) -> bytes:
    lower = body.lower()
    start = lower.find(b"<title")
    begin = lower.find(b">", start) if start >= 0 else -1
    end = lower.find(b"</title", begin) if begin >= 0 else -1
    return body[begin + 1 : end].strip() if end >= 0 else b""
