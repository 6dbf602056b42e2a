"""Dates and sizes as pages of folders write them."""

from __future__ import annotations

import re

from edexql.base.units import Size, exact_size, read_size

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?:[T ]{1,2}(\d\d?):(\d\d)(?::(\d\d))?(?: ?([AP]M))?(Z)?)?"
_NUMBERS = re.compile(rf"(?<!\S)(\d{{4}})-(\d\d)-(\d\d){_CLOCK}(?!\S)", re.ASCII)
_WORDS = re.compile(rf"(?<!\S)(\d\d?)[-/ ]([A-Z][a-z]{{2}})[-/ ](\d{{4}}){_CLOCK}(?!\S)", re.ASCII)
_HTTP = re.compile(r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)
_SIZE = re.compile(r"\d{1,15}(?:\.\d{1,9})?(?: ?[kKMGT]i?)?(?: ?(?:[bB]|bytes))?(?!\S)", re.ASCII)
_CUT = re.compile(r"(\d{1,15}) KB")
_LARGEST = 10**18


def modified_in(text: str) -> tuple[str | None, str]:
    """The date in what stands after an entry, and the text beside it that may begin with a size.

    That is what comes after the date, or else what comes before it; without a date it is all of the text.
    """
    text = " ".join(text.split())
    found = _NUMBERS.search(text)
    if found:
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    else:
        found = _WORDS.search(text)
        if found is None or found[2].lower() not in _MONTHS:
            return None, text
        year, month, day = int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1])
    beside = text[found.end() :].strip() or text[: found.start()].strip()
    return _iso(year, month, day, found.groups()[3:]), beside


def size_in(text: str, *, dated: bool, cut_to_kilobytes: bool) -> tuple[int | None, str, Size | None]:
    """The size with which a text begins: in bytes as near as it is written, as written, and how near.

    Beside no date only a text that is nothing but a size is one; a number in a description is none. With
    `cut_to_kilobytes` what is beyond whole thousands of bytes is left out, as h5ai does, and not rounded.
    """
    cut = _CUT.fullmatch(text) if cut_to_kilobytes else None
    if cut:
        least = int(cut[1]) * 1000
        return least, text, Size(text, least, ((least, least + 999),))
    found = _SIZE.match(text) if dated else _SIZE.fullmatch(text)
    if found is None:
        return None, "", None
    listed = read_size(found[0])
    return (None, found[0], None) if listed is None else (listed.count, found[0], listed)


def json_size(value: object) -> Size | None:
    """The size in JSON, which is to the byte."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LARGEST:
        return None
    return exact_size(value)


def json_moment(value: object) -> str | None:
    """The time in JSON in UTC: an HTTP date, or milliseconds since 1970."""
    if isinstance(value, str):
        found = _HTTP.fullmatch(value)
        if found is None or found[2].lower() not in _MONTHS:
            return None
        month = _MONTHS.index(found[2].lower()) + 1
        return _iso(int(found[3]), month, int(found[1]), (found[4], found[5], found[6], None, "Z"))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 253_402_300_800_000:
        return None
    from datetime import datetime, timezone

    return f"{datetime.fromtimestamp(int(value) // 1000, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def _iso(year: int, month: int, day: int, clock: tuple[str | None, ...]) -> str | None:
    from datetime import datetime

    hour, minute, second = int(clock[0] or 0), int(clock[1] or 0), int(clock[2] or 0)
    if clock[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (clock[3] == "PM")
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    if clock[0] is None:
        return moment.date().isoformat()
    return moment.isoformat(timespec="minutes" if clock[2] is None else "seconds") + (clock[4] or "")
