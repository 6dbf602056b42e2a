"""Single dates and times as written, each as the stretch of seconds that it names."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from edexql.compiler.mistake import Mistake, Silent
from edexql.language.diagnostic import Fix, shown
from edexql.model.period import DAY, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.source import Span
    from edexql.language.syntax import Bound

WAYS = "write a day 2019-05-01, a month 2019-05, a year 2019, or a time 2019-05-01T15:00"
_MOMENT = re.compile(
    r"(\d{4,})-(\d{1,2})(?:-(\d{1,2}))?(?:T(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?(\.\d+)?(Z|[+-].*)?)?", re.IGNORECASE
)
_CLOCK = r"(?i:T?(\d{1,2}):(\d{2})(?::(\d{2}))?(\.\d+)?(Z|[+-].*)?)"
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

# A named stretch of time: its first second and the second after its last.
Stretch = tuple[int, int]


def stretch(bound: Bound, today: date) -> Stretch:
    """The stretch that a day, month, year or second names. Raises Mistake."""
    text, span = bound.text, bound.span
    if bound.kind == "missing":
        raise Silent
    if bound.unit is not None:
        raise Mistake("E403", f"{shown(_written(bound))} is not a date", span, help=WAYS)
    if bound.kind == "moment":
        return _moment(text, span)
    if bound.kind == "number" and text.isdigit():
        return _digits(text, span)
    if bound.kind == "name" and text.lower() == "today":
        return midnight(today), midnight(today) + DAY
    if bound.kind == "clock":
        raise Mistake(
            "E403",
            f"{shown(text)} is a time without a day",
            span,
            help="put the day before it, as in 2019-05-01T15:00; only the end of a period can be a time alone",
        )
    raise Mistake("E403", f"{shown(text)} is not a date", span, help=WAYS)


def clock(bound: Bound) -> int:
    """The second of the day that a time alone names. Raises Mistake."""
    found = re.fullmatch(_CLOCK, bound.text)
    assert found is not None
    hour, minute, second, fraction, zone = found.groups()
    _whole(fraction, bound.span)
    if zone and zone.upper() != "Z":
        raise Mistake("E404", "all times are UTC", bound.span, help="take the offset away and write the time in UTC")
    return _second_of_day(int(hour), int(minute), int(second or 0), bound.text, bound.span)


def _written(bound: Bound) -> str:
    return bound.text if bound.unit is None else f"{bound.text} {bound.unit.text}"


def _moment(text: str, span: Span) -> Stretch:
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise _other_notation(text, span)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if len(year) > 4 or year == "0000":
        raise Mistake("E401", f"the year of {shown(text)} is not between 0001 and 9999", span)
    padded = f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")
    if padded != text[: len(padded)]:
        right = padded + text[len(year) + len(month) + len(day or "") + 1 + bool(day) :]
        raise Mistake(
            "E403",
            f"{shown(text)} lacks a digit",
            span,
            help=f"months and days have two digits: {right}",
            fix=Fix(span, right),
        )
    first = _day(int(year), int(month), int(day or 1), span)
    if hour is None:
        if day:
            return midnight(first), midnight(first) + DAY
        return midnight(first), _after_month(first)
    if day is None:
        raise Mistake("E403", f"{shown(text)} has a time but no day", span, help=WAYS)
    _whole(fraction, span)
    start = midnight(first) + _second_of_day(int(hour), int(minute or 0), int(second or 0), text, span)
    if zone and zone.upper() != "Z":
        raise _offset(text, zone, span)
    return start, start + 1


def _digits(text: str, span: Span) -> Stretch:
    if len(text) == 4 and text != "0000":
        year = int(text)
        return midnight(date(year, 1, 1)), _after_month(date(year, 12, 1))
    if len(text) in (6, 8):
        right = "-".join(filter(None, (text[:4], text[4:6], text[6:])))
        try:
            date(int(text[:4]), int(text[4:6]), int(text[6:] or 1))
        except ValueError:
            pass
        else:
            raise Mistake(
                "E403", f"{shown(text)} is not a date", span, help=f"did you mean `{right}`?", fix=Fix(span, right)
            )
    raise Mistake("E403", f"{shown(text)} is not a date", span, help=WAYS)


def _other_notation(text: str, span: Span) -> Mistake:
    parts = text.split("/")
    if len(parts) == 3 and len(parts[0]) == 4:
        right = f"{parts[0]}-{int(parts[1]):02}-{int(parts[2]):02}"
        return Mistake("E403", f"{shown(text)} is not a date", span, help=f"write {right}", fix=Fix(span, right))
    if len(parts) == 3 and len(parts[2]) == 4:
        a, b = int(parts[0]), int(parts[1])
        readings = [f"{parts[2]}-{m:02}-{d:02}" for m, d in ((b, a), (a, b)) if 1 <= m <= 12 and 1 <= d <= 31]
        return Mistake(
            "E403",
            f"{shown(text)} can be read in two ways" if len(readings) > 1 else f"{shown(text)} is not a date",
            span,
            help=f"write {' or '.join(dict.fromkeys(readings))}" if readings else WAYS,
        )
    dashes = text.upper().partition("T")[0].split("-")
    if len(dashes) == 2 and all(len(part) == 4 for part in dashes):
        return Mistake("E403", f"{shown(text)} is not a date", span, help=f"write {dashes[0]}..{dashes[1]}")
    return Mistake("E403", f"{shown(text)} is not a date", span, help=WAYS)


def _day(year: int, month: int, day: int, span: Span) -> date:
    if not 1 <= month <= 12:
        raise Mistake("E401", f"there is no month {month:02}", span, help="months go from 01 to 12")
    try:
        return date(year, month, day)
    except ValueError:
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day if year < 9999 else 31
        name = _MONTHS[month - 1]
        raise Mistake(
            "E401", f"there is no {day} {name} {year:04}", span, help=f"{name} {year:04} has {last} days"
        ) from None


def _after_month(first: date) -> int:
    days = (first.replace(day=28) + timedelta(days=4)).replace(day=1) if first < date(9999, 12, 1) else None
    return midnight(date.max) + DAY if days is None else midnight(days)


def _second_of_day(hour: int, minute: int, second: int, text: str, span: Span) -> int:
    if hour > 23 or minute > 59 or second > 59:
        help = "times go from 00:00:00 to 23:59:59"
        if (hour, minute, second) == (24, 0, 0):
            help = "write T00:00 of the next day, or T23:59:59"
        elif second == 60:
            help = "a leap second has no place here: write the second before it"
        raise Mistake("E401", f"there is no time {shown(text.upper().rpartition('T')[2])}", span, help=help)
    return hour * 3600 + minute * 60 + second


def _whole(fraction: str | None, span: Span) -> None:
    if fraction:
        raise Mistake("E403", "times are whole seconds", span, help="take the fraction away")


def _offset(text: str, zone: str, span: Span) -> Mistake:
    padded = zone if len(zone) > 3 else zone + ":00"
    try:
        utc = datetime.strptime(text[: -len(zone)] + padded.replace(":", ""), _layout(text, zone)).astimezone(
            timezone.utc
        )
    except (ValueError, OverflowError):
        return Mistake("E404", f"all times are UTC, and {shown(zone)} is no offset", span)
    right = f"{utc:%Y-%m-%dT%H:%M:%S}"
    if zone.startswith("-"):
        end = zone[1:] if ":" in zone or len(zone) == 3 else f"{zone[1:3]}:{zone[3:]}"
        help = f"if {shown(zone)} is an offset, write {right}; if it is the end, write {text[: -len(zone)]}..T{end}"
        return Mistake("E404", f"all times are UTC: {shown(zone)} cannot stay", span, help=help)
    return Mistake(
        "E404",
        f"all times are UTC: {shown(zone)} cannot stay",
        span,
        help=f"in UTC it is {right}",
        fix=Fix(span, right),
    )


def _layout(text: str, zone: str) -> str:
    colons = text[: -len(zone)].count(":")
    return "%Y-%m-%d" + text[10] + ("%H", "%H:%M", "%H:%M:%S")[colons] + "%z"
