"""Single dates and times in the notation of the language, each as the stretch of seconds that it names."""

from __future__ import annotations

import re

from edexql.base.text import shown
from edexql.compiler.mistake import Mistake, Silent
from edexql.language.literals import NoSuchDay, by_calendar, calendar_day, last_of_month
from edexql.model.period import DAY, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from edexql.language.source import Span
    from edexql.language.syntax import Bound

WAYS = "write a day 2019-05-01, a day of the year 2019-121, a month 2019-05, a year 2019 or a time 2019-05-01T15:00"
_MOMENT = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d?)(?::(\d\d))?(?::(\d\d))?Z?)?)?)?", re.IGNORECASE)
_CLOCK = re.compile(r"T?(\d\d?):(\d\d)(?::(\d\d))?Z?", re.IGNORECASE)

# A named stretch of time: its first second and the second after its last.
Stretch = tuple[int, int]


def stretch(bound: Bound, today: date) -> Stretch:
    """The stretch that a day, month, year or second names. Raises Mistake."""
    if bound.kind == "missing":
        raise Silent
    if bound.unit is None and bound.kind in ("moment", "number"):
        return _moment(bound.text, bound.span)
    if bound.kind == "name" and bound.text.lower() == "today":
        return midnight(today), midnight(today) + DAY
    if bound.kind == "clock":
        raise Mistake(
            "E403",
            f"{shown(bound.text)} is a time without a day",
            bound.span,
            help="put the day before it, as in 2019-05-01T15:00; only the end of a period can be a time alone",
        )
    raise _no_date(bound.written, bound.span)


def clock(bound: Bound) -> int:
    """The second of the day that a time alone names. Raises Mistake."""
    found = _CLOCK.fullmatch(bound.text)
    if found is None:
        raise Mistake("E403", f"{shown(bound.text)} is no time", bound.span, help="write a time in UTC, as in T15:00")
    return _second_of_day(found.groups(), bound.span)


def _moment(text: str, span: Span) -> Stretch:
    try:
        found = _MOMENT.fullmatch(by_calendar(text) or text)
        if found is None:
            raise _no_date(text, span)
        year, month, day = (int(part) if part else None for part in found.groups()[:3])
        assert year is not None
        first = calendar_day(year, 1 if month is None else month, 1 if day is None else day)
    except NoSuchDay as error:
        raise Mistake("E401", str(error), span, help=error.help) from None
    if found[4]:
        start = midnight(first) + _second_of_day(found.groups()[3:], span)
        return start, start + 1
    last = first if day else last_of_month(year, month or 12)
    return midnight(first), midnight(last) + DAY


def _second_of_day(parts: tuple[str | None, ...], span: Span) -> int:
    hour, minute, second = (int(part or 0) for part in parts)
    if hour > 23 or minute > 59 or second > 59:
        written = ":".join(part for part in parts if part)
        raise Mistake("E401", f"there is no time {shown(written)}", span, help="times go from 00:00:00 to 23:59:59")
    return hour * 3600 + minute * 60 + second


def _no_date(text: str, span: Span) -> Mistake:
    return Mistake("E403", f"{shown(text)} is not a date", span, help=WAYS)
