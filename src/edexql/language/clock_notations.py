"""Times of day in the notations of people and programs, and the stretch that one names on its day."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from edexql.base.record import record
from edexql.language.calendar_dates import NoSuchDay

_ZONE = r"(?P<zone>z|utc?|gmt|(?:utc|gmt)?\s*[+-]\d\d?(?::?\d\d)?)?"
CLOCKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<h>\d\d?):(?P<m>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d+))?)?\s*(?:(?P<half>[ap])\.?m\.?)?\s*{_ZONE}",
        r"(?P<h>\d\d?)\s*h(?:eures?)?(?:\s*(?P<m>\d\d)(?:\s*min)?)?",
        r"(?P<h>\d\d?)\s*(?P<half>[ap])\.?m\.?",
    )
)
COMPACT_CLOCK = re.compile(rf"(?P<h>\d\d)(?P<m>\d\d)(?P<s>\d\d)?(?:\.(?P<f>\d+))?{_ZONE}")
HOUR = re.compile(rf"(?P<h>\d\d?){_ZONE}")


@record(frozen=True, slots=True)
class Stamp:
    """One date: the text of its first and of its last day or second, and what to say of it."""

    first: str
    last: str
    remark: str = ""
    code: str = "E403"
    certain: bool = True

    @property
    def text(self) -> str:
        return self.first if self.first == self.last else f"{self.first}..{self.last}"


@record(frozen=True, slots=True)
class Clock:
    hour: int
    minute: int
    second: int
    seconds_written: bool
    fraction: bool
    offset: int | None


def clock_of(text: str, *patterns: re.Pattern[str]) -> Clock | None:
    for pattern in patterns:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        hour, half = int(parts["h"]), parts.get("half")
        if half:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if half == "p" else 0)
        offset = _offset(parts.get("zone"))
        if offset is not None and not -12 * 3600 <= offset <= 14 * 3600:
            return None
        second = parts.get("s")
        return Clock(hour, int(parts.get("m") or 0), int(second or 0), bool(second), bool(parts.get("f")), offset)
    return None


def _offset(zone: str | None) -> int | None:
    digits = re.search(r"([+-])(\d\d?):?(\d\d)?$", zone or "")
    if digits is None:
        return None
    return (1 if digits[1] == "+" else -1) * (int(digits[2]) * 3600 + int(digits[3] or 0) * 60)


def timed(day: date, clock: Clock, *, last: bool) -> Stamp:
    hour, minute, second, remark = clock.hour, clock.minute, clock.second, ""
    seconds_written = clock.seconds_written
    later = 0
    if (hour, minute, second) == (24, 0, 0):
        hour, later, remark = 0, 86400, "24:00 is the 00:00 of the next day"
        if last:
            later, seconds_written, remark = 86399, True, "the last second before 24:00"
    elif (hour, minute, second) == (23, 59, 60):
        second, remark = 59, "leap seconds are not counted: the second before it"
    if hour > 23 or minute > 59 or second > 59:
        raise NoSuchDay(
            f"there is no time {hour:02}:{minute:02}" + f":{second:02}" * seconds_written,
            "times go from 00:00:00 to 23:59:59",
        )
    moment = moved(datetime(day.year, day.month, day.day), seconds=hour * 3600 + minute * 60 + second + later)
    if clock.fraction:
        remark = "times are whole seconds"
    code = "E403"
    if clock.offset is not None:
        moment, code = moved(moment, seconds=-clock.offset), "E404"
        remark = "the same time in UTC"
    text = written(moment, seconds=seconds_written)
    return Stamp(text, text, remark, code)


def moved(moment: datetime, *, seconds: int) -> datetime:
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        raise NoSuchDay("this time is not in the calendar", "years go from 0001 to 9999") from None


def written(moment: datetime, *, seconds: bool | None = None) -> str:
    seconds = bool(moment.second) if seconds is None else seconds or bool(moment.second)
    return moment.isoformat(timespec="seconds" if seconds else "minutes")
