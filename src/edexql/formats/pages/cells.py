"""Dates and sizes as pages of folders write them."""

from __future__ import annotations

import re

from edexql.base.units import Size, exact_size, read_size

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?:[T ]{1,2}(\d\d?):(\d\d)(?::(\d\d))?(?: ?([AP]M))?(Z)?)?"
# By the names of their groups: Apache and nginx; lighttpd; Jetty; IIS with words, and with numbers as in America.
_DATES = tuple(
    re.compile(rf"(?<!\S){form}{_CLOCK}(?!\S)", re.ASCII)
    for form in (
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
        r"(?P<d>\d\d?)[-/ ](?P<n>[A-Z][a-z]{2})[-/ ](?P<y>\d{4})",
        r"(?P<y>\d{4})-(?P<n>[A-Z][a-z]{2})-(?P<d>\d\d)",
        r"(?:[A-Z][a-z]{2,8}, )?(?P<n>[A-Z][a-z]{2})[a-z]{0,6} (?P<d>\d\d?), (?P<y>\d{4}),?",
        r"(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})(?=[ T]{1,2}\d\d?:\d\d(?::\d\d)? ?[AP]M)",
    )
)
_HTTP = re.compile(r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)
_SIZE = re.compile(
    r"(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,15}(?:\.\d{1,9})?)(?: ?[kKMGT]i?)?(?: ?(?:[bB]|bytes?))?(?!\S)", re.ASCII
)
_CUT = re.compile(r"(\d{1,15}) KB")
_LARGEST = 10**18


def modified_in(text: str) -> tuple[str | None, str]:
    """The date in what stands after an entry, and the text beside it that may begin with a size.

    That is what comes after the date, or else what comes before it; without a date it is all of the text.
    """
    text = " ".join(text.split())
    for form in _DATES:
        match = form.search(text)
        if match is None:
            continue
        parts = match.groupdict()
        name = (parts.get("n") or "").lower()
        if name and name not in _MONTHS:
            continue
        month = _MONTHS.index(name) + 1 if name else int(parts["m"])
        beside = text[match.end() :].strip() or text[: match.start()].strip()
        return _iso(int(parts["y"]), month, int(parts["d"]), match.groups()[3:]), beside
    return None, text


def size_in(text: str, *, dated: bool, cut_to_kilobytes: bool) -> tuple[int | None, str, Size | None]:
    """The size with which a text begins: in bytes as near as it is written, as written, and how near.

    Beside no date only a text that is nothing but a size is one; a number in a description is none. With
    `cut_to_kilobytes` what is beyond whole thousands of bytes is left out, as h5ai does, and not rounded.
    """
    cut = _CUT.fullmatch(text) if cut_to_kilobytes else None
    if cut:
        least = int(cut[1]) * 1000
        return least, text, Size(text, least, ((least, least + 999),))
    match = _SIZE.match(text) if dated else _SIZE.fullmatch(text)
    if match is None:
        return None, "", None
    listed = read_size(match[0])
    return (None, match[0], None) if listed is None else (listed.count, match[0], listed)


def utc_moment(text: str) -> str | None:
    """The time that a page tells machines, `2019-05-02T06:00:00Z`, in UTC; None for another text."""
    from datetime import datetime, timezone

    # Python 3.10 reads neither the Z nor thousandths of its own.
    plain = re.sub(r"\.\d{1,9}(?=Z|[+-]|$)", "", text.strip(), flags=re.ASCII)
    try:
        moment = datetime.fromisoformat(re.sub("Z$", "+00:00", plain))
        return None if moment.tzinfo is None else f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError):
        return None


def json_size(value: object) -> Size | None:
    """The size in JSON, which is to the byte."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LARGEST:
        return None
    return exact_size(value)


def json_moment(value: object) -> str | None:
    """The time in JSON in UTC: an HTTP date, or milliseconds since 1970."""
    if isinstance(value, str):
        match = _HTTP.fullmatch(value)
        if match is None or match[2].lower() not in _MONTHS:
            return None
        month = _MONTHS.index(match[2].lower()) + 1
        return _iso(int(match[3]), month, int(match[1]), (match[4], match[5], match[6], None, "Z"))
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
