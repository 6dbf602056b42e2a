"""Dates and times as files write them, in UTC seconds since 1970, leap seconds not counted; and GPS time."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

from edexql.model.period import DAY, day_of, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Seconds = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    from numpy.typing import ArrayLike, NDArray


_MOMENT = re.compile(
    r"(?:(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d\d)(?P=mark)(?P<day>\d\d)|(?P<of>\d{4})-(?P<number>\d{3}))"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<rest>\d+))?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)


def start_of(text: str) -> int | None:
    """The first second of a date, or the second of a time; None where the text is neither.

    Dates are `YYYY-MM-DD`, `YYYY/MM/DD` or `YYYY-DDD` with the day of the year, times add `Thh:mm`, `Thh:mm:ss` or
    fractions of a second (rounded down here), and may end in `Z` or in an offset from UTC.
    """
    parsed = _parsed(text)
    return parsed and parsed[0]


def end_of(text: str) -> int | None:
    """The second after a period that ends with a date, which it includes, or at a time, which it does not."""
    parsed = _parsed(text)
    if parsed is None:
        return None
    second, between, is_date = parsed
    return second + DAY if is_date else second + between


def instant(text: str) -> int | None:
    """The whole second of a date (midnight) or time; None where the text is neither, or between seconds."""
    parsed = _parsed(text)
    return None if parsed is None or parsed[1] else parsed[0]


def period_of(text: str) -> tuple[int, int] | None:
    """Start and end of `FIRST..LAST`, or of one date: dates are included, times end where they say."""
    first, dots, last = text.strip().partition("..")
    start, end = start_of(first), end_of(last if dots else first)
    return None if start is None or end is None or start >= end else (start, end)


def text_of(second: float) -> str:
    """A second as a message shows it."""
    whole = int(second)
    clock = whole % DAY
    if not midnight(date.min) <= whole <= midnight(date.max):
        return f"second {whole}"
    return f"{day_of(whole)}T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"


def of_calendar(days: Floats, clocks: Floats) -> tuple[Seconds, Mask]:
    """Seconds of dates written YYYYMMDD and times of day written HHMMSS, and which of them exist.

    A second of 60, of a leap second or of a time rounded up, is the first second of the next minute.
    """
    number, good = _whole(days, 101, 99991231)
    clock, good_clock = _whole(clocks, 0, 235960)
    first, length = _months(number // 10000, number // 100 % 100)
    day, minute, second = number % 100, clock // 100 % 100, clock % 100
    good &= good_clock & (day >= 1) & (day <= length) & (minute < 60) & (second <= 60)
    return (first + day - 1) * DAY + clock // 10000 * 3600 + minute * 60 + second, good


def of_day_of_year(years: Floats, days: Floats, hours: Floats, minutes: Floats) -> tuple[Seconds, Mask]:
    """Seconds of years, days of the year from 1, hours and minutes, and which of them exist."""
    year, good = _whole(years, 1, 9999)
    day, good_day = _whole(days, 1, 366)
    hour, good_hour = _whole(hours, 0, 23)
    minute, good_minute = _whole(minutes, 0, 59)
    first, _ = _months(year, np.ones_like(year))
    following, _ = _months(year + 1, np.ones_like(year))
    good &= good_day & good_hour & good_minute & (day <= following - first)
    return (first + day - 1) * DAY + hour * 3600 + minute * 60, good


def _parsed(text: str) -> tuple[int, bool, bool] | None:
    """The whole second, whether something comes after it, and whether the text is a date alone."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    try:
        if match["of"]:
            year, number = int(match["of"]), int(match["number"])
            start = midnight(date(year, 1, 1)) + (number - 1) * DAY
            if not 1 <= number <= (midnight(date(year, 12, 31)) - midnight(date(year, 1, 1))) // DAY + 1:
                return None
        else:
            start = midnight(date(int(match["year"]), int(match["month"]), int(match["day"])))
    except ValueError:
        return None
    if match["hour"] is None:
        return start, False, True
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    # A leap second is the first second of the next day here; 24:00 is the end of a day.
    if minute > 59 or second > 60 or hour * 3600 + minute * 60 + second > DAY:
        return None
    offset = _offset(match["zone"])
    if offset is None:
        return None
    between = bool((match["rest"] or "").strip("0"))
    return start + hour * 3600 + minute * 60 + second - offset, between, False


def _offset(text: str | None) -> int | None:
    if text is None or text.upper() in ("Z", "UTC"):
        return 0
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        return None
    return (hours * 3600 + minutes * 60) * (-1 if text[0] == "-" else 1)


def _whole(values: Floats, low: int, high: int) -> tuple[Seconds, Mask]:
    """Values as whole numbers, and which of them are whole and within bounds; the others are made the lower one."""
    with np.errstate(invalid="ignore"):
        good = (values >= low) & (values <= high) & (values == np.floor(values))
    return np.where(good, values, low).astype(np.int64), good


def _months(years: Seconds, months: Seconds) -> tuple[Seconds, Any]:
    """The first day of each month, counted from 1970, and how many days it has: none where there is no such month."""
    real = (months >= 1) & (months <= 12) & (years >= 1)
    month = np.where(real, (years - 1970) * 12 + months - 1, 0).astype("datetime64[M]")
    first = month.astype("datetime64[D]").astype(np.int64)
    length = (month + 1).astype("datetime64[D]").astype(np.int64) - first
    return first, np.where(real, length, 0)


# From which UTC second since 1970 GPS is ahead of UTC by how many seconds. TAI is 19 s ahead of GPS.
LEAP_SECONDS = (
    (915148800, 13),  # 1999-01-01
    (1136073600, 14),  # 2006-01-01
    (1230768000, 15),  # 2009-01-01
    (1341100800, 16),  # 2012-07-01
    (1435708800, 17),  # 2015-07-01
    (1483228800, 18),  # 2017-01-01
)
FIRST_LEAP_SECOND = LEAP_SECONDS[0][0]
# Bulletin C 72 of July 2026 announces none; from 2027-06-28 on there may be one that is not in the table.
LEAP_SECONDS_EXPIRE = 1814140800
TAI_AHEAD_OF_GPS = 19

_STARTS = np.array([start + ahead for start, ahead in LEAP_SECONDS], np.float64)
_AHEAD = np.array([ahead for _, ahead in LEAP_SECONDS], np.float64)


def utc_of_gps(seconds: ArrayLike) -> NDArray[np.float64]:
    """UTC of times on GPS clocks, both as seconds since 1970-01-01 on their calendar, leap seconds not counted.

    A leap second gets the number of the second after it. Times before 1999 are taken as of 1999.
    """
    times = np.asarray(seconds, np.float64)
    place = np.searchsorted(_STARTS, times, side="right") - 1
    return np.asarray(times - _AHEAD[np.maximum(place, 0)])
