"""Periods as they are said: `of 1 May 2019 UTC` behind a product, `on 1 May 2019 UTC` in a condition.

A day, month, year or second named is in the period to its end, so that what is half-open ends with its last.
"""

from __future__ import annotations

from datetime import date, timedelta

from edexql.model.period import DAY, Period, complement, day_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Not strftime, whose months are in the language of the machine.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_UTC = " UTC"
_OF = "of "


def of(period: Period, *, negated: bool = False) -> str:
    """A period after the name of a product; `not of May 2019` where it is left out and has no simple opposite."""
    return _said(period, (_OF, _OF), ("since", "since"), ("up to and including", "up to"), negated=negated)


def at(period: Period, *, negated: bool = False) -> str:
    """A period after `the time was`."""
    return _said(
        period, ("on ", "in "), ("on or after", "at or after"), ("on or before", "at or before"), negated=negated
    )


def together(texts: Iterable[str]) -> list[str]:
    """Neighbours in a list with what they share said once: `of` before the first, `UTC` behind the last."""
    found: list[str] = []
    before = ""
    for text in texts:
        if text.endswith(_UTC) and before.endswith(_UTC):
            found[-1] = found[-1].removesuffix(_UTC)
        found.append(text.removeprefix(_OF) if before.startswith(_OF) else text)
        before = text
    return found


def _said(
    period: Period, named: tuple[str, str], since: tuple[str, str], until: tuple[str, str], *, negated: bool = False
) -> str:
    """A period with the words before a day and before a month; before a day and before a time of day."""
    if negated:
        rest = complement(period)
        if len(rest) != 1:
            return f"not {_said(period, named, since, until)}"
        period = rest[0]
    start, end = period.start, period.end
    if start is None and end is None:
        return f"{named[0]}any time"
    if end is None:
        assert start is not None
        return f"{since[0]} {_day(start)}{_UTC}" if start % DAY == 0 else f"{since[1]} {_moment(start)}{_UTC}"
    if start is None:
        return f"{until[0]} {_day(end - 1)}{_UTC}" if end % DAY == 0 else f"{until[1]} {_moment(end - 1)}{_UTC}"
    if not period.whole_days():
        return _times(start, end - 1)
    first, last = day_of(start), day_of(end - 1)
    if first == last:
        return f"{named[0]}{_day(start)}{_UTC}"
    if first.day == 1 and last == _month_end(first):
        return f"{named[1]}{_MONTHS[first.month - 1]} {first.year:04}"
    if first.day == first.month == 1 and last == date(first.year, 12, 31):
        return f"{named[1]}{first.year:04}"
    return f"from {_day(start, year=first.year != last.year)} to {_day(end - 1)}{_UTC}"


def _times(start: int, last: int) -> str:
    first_day, last_day = day_of(start), day_of(last)
    if start == last:
        return f"at {_moment(start)}{_UTC}"
    if first_day == last_day:
        return f"from {_clock(start)} to {_moment(last)}{_UTC}"
    return f"from {_moment(start, year=first_day.year != last_day.year)} to {_moment(last)}{_UTC}"


def _moment(second: int, *, year: bool = True) -> str:
    return f"{_clock(second)} on {_day(second, year=year)}"


def _clock(second: int) -> str:
    clock = second % DAY
    return f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"


def _day(second: int, *, year: bool = True) -> str:
    day = day_of(second)
    return f"{day.day} {_MONTHS[day.month - 1]}{f' {day.year:04}' if year else ''}"


def _month_end(first: date) -> date:
    return date(first.year, 12, 31) if first.month == 12 else first.replace(month=first.month + 1) - timedelta(days=1)
