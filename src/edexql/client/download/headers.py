"""Header fields of responses, read strictly: a field that is not as RFC 9110 defines it is taken as missing."""

from __future__ import annotations

import re

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)", re.IGNORECASE)
_OUTSIDE = re.compile(r"bytes \*/([0-9]{1,18})", re.IGNORECASE)
_STRONG = re.compile(r'"[\x21\x23-\x7e]{1,500}"')
_DATE = re.compile(r"[A-Za-z0-9 ,:+-]{1,64}")


class Validator(Record):
    """What distinguishes versions of a file (RFC 9110, 8.8): the text for `If-Range`, and the field it comes from."""

    header: str
    value: str


class ByteRange(Record):
    """The bytes `first` to `last`, both included, of `total`; None where that is not known (`*`)."""

    first: int
    last: int
    total: int | None

    @property
    def count(self) -> int:
        """The number of bytes."""
        return self.last - self.first + 1


def validator(headers: Mapping[str, str]) -> Validator | None:
    """The strong validator of a response, which identifies the file byte for byte; None where there is none.

    A strong entity tag is one, and so is a modification time at least a second before the response
    (RFC 9110, 8.8.2.2): a later change of the file would have changed the time.
    """
    etag = headers.get("ETag", "").strip()
    if _STRONG.fullmatch(etag):
        return Validator("ETag", etag)
    modified_text, date = headers.get("Last-Modified", "").strip(), headers.get("Date", "").strip()
    changed, made = http_date(modified_text), http_date(date)
    if changed is not None and made is not None and made - changed >= 1:
        return Validator("Last-Modified", modified_text)
    return None


def content_range(text: str) -> ByteRange | None:
    """The range of a response; None where `Content-Range` is not valid or has no bounds."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        return None
    first, last = int(match[1]), int(match[2])
    total = None if match[3] == "*" else int(match[3])
    return ByteRange(first, last, total) if first <= last and (total is None or last < total) else None


def unsatisfied_length(text: str) -> int | None:
    """The length of a file that does not have the range asked for, from the `Content-Range` of a 416."""
    match = _OUTSIDE.fullmatch(text.strip())
    return int(match[1]) if match else None


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the service asks to wait, from `Retry-After`; None where it is missing or not valid."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,12}", text):
        return float(text)
    time_there = http_date(text)
    if time_there is None:
        return None
    # By the clock of the service, where it shows it.
    time_now = http_date(headers.get("Date", "").strip())
    return max(0.0, time_there - (now if time_now is None else time_now))


def http_date(text: str) -> float | None:
    """An HTTP date in seconds since 1970; None where it is not valid."""
    from email.utils import mktime_tz, parsedate_tz

    if not _DATE.fullmatch(text):
        return None
    try:
        parts = parsedate_tz(text)
        return None if parts is None else float(mktime_tz(parts))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
