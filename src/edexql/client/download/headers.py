"""What headers say, read strictly: a header that is not as RFC 9110 has it says nothing."""

from __future__ import annotations

import re

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)", re.IGNORECASE)
_OUTSIDE = re.compile(r"bytes \*/([0-9]{1,18})", re.IGNORECASE)
_STRONG = re.compile(r'"[\x21\x23-\x7e]{1,500}"')
_DATE = re.compile(r"[A-Za-z0-9 ,:+-]{1,64}")


@record(frozen=True, slots=True)
class Version:
    """What tells one version of a file from another: the text for `If-Range`, and the header that it stands in."""

    header: str
    value: str


@record(frozen=True, slots=True)
class Range:
    """The bytes `first` to `last`, both included, of `total`; None where that is not known (`*`)."""

    first: int
    last: int
    total: int | None

    @property
    def count(self) -> int:
        """How many bytes it has."""
        return self.last - self.first + 1


def version(headers: Mapping[str, str]) -> Version | None:
    """The version that an answer has, by what identifies it byte for byte; None where nothing does.

    A strong entity tag does, and so does a time of modification that had passed when the answer was made
    (RFC 9110, 8.8.2.2): what changed the file once more would have changed the time.
    """
    etag = headers.get("ETag", "").strip()
    if _STRONG.fullmatch(etag):
        return Version("ETag", etag)
    modified, date = headers.get("Last-Modified", "").strip(), headers.get("Date", "").strip()
    changed, made = moment(modified), moment(date)
    if changed is not None and made is not None and made - changed >= 1:
        return Version("Last-Modified", modified)
    return None


def content_range(text: str) -> Range | None:
    """The range that an answer has; None where it is told badly, or not in full."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        return None
    first, last = int(found[1]), int(found[2])
    total = None if found[3] == "*" else int(found[3])
    return Range(first, last, total) if first <= last and (total is None or last < total) else None


def length_beside(text: str) -> int | None:
    """The length of a file that does not have the range asked for, as a 416 tells it."""
    found = _OUTSIDE.fullmatch(text.strip())
    return int(found[1]) if found else None


def seconds_asked(headers: Mapping[str, str], now: float) -> float | None:
    """How long the service asks to wait, in seconds; None where it does not say, or in a way that means nothing."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,12}", text):
        return float(text)
    then = moment(text)
    if then is None:
        return None
    # By the clock of the service, where it shows it.
    here = moment(headers.get("Date", "").strip())
    return max(0.0, then - (now if here is None else here))


def moment(text: str) -> float | None:
    """The time of an HTTP date in seconds since 1970."""
    from email.utils import mktime_tz, parsedate_tz

    if not _DATE.fullmatch(text):
        return None
    try:
        parts = parsedate_tz(text)
        return None if parts is None else float(mktime_tz(parts))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
