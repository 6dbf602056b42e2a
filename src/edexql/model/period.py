"""Periods of time: half-open stretches of UTC seconds, and the days they touch."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.stdlib import date, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = 86400
_EPOCH = date(1970, 1, 1).toordinal()


class Period(Record):
    """`[start, end)` in seconds since 1970-01-01T00:00:00 UTC, without leap seconds; None is open."""

    start: int | None
    end: int | None

    def whole_days(self) -> bool:
        """Whether it begins and ends at midnight (or is open)."""
        return (self.start or 0) % DAY == 0 and (self.end or 0) % DAY == 0

    def __str__(self) -> str:
        """As a query has it: a day, month or year by its name, anything else by its first and last."""
        return _text(self.start, self.end)


def midnight(day: date) -> int:
    """The first second of a day."""
    return (day.toordinal() - _EPOCH) * DAY


def day_of(second: int) -> date:
    """The day that holds a second."""
    return date.fromordinal(second // DAY + _EPOCH)


def is_part_of_time(period: Period) -> bool:
    """Whether a period has some of all times that can be written, and not all."""
    beginning, last = midnight(date.min), midnight(date.max) + DAY
    start = beginning if period.start is None else period.start
    end = last if period.end is None else period.end
    return beginning <= start < end <= last and (start, end) != (beginning, last)


def closed(period: Period, first: int, end: int) -> Period:
    """A period with its open sides closed at `first` and at `end`."""
    return Period(
        first if period.start is None else period.start,
        end if period.end is None else period.end,
    )


def complement(period: Period) -> tuple[Period, ...]:
    """The times outside a period: none, one or two open periods."""
    before = () if period.start is None or period.start <= midnight(date.min) else (Period(None, period.start),)
    after = () if period.end is None or period.end > midnight(date.max) else (Period(period.end, None),)
    return before + after


def to_days(periods: Iterable[Period]) -> list[tuple[date, date]]:
    """The days that closed periods touch, as first and last day, overlapping ones made one."""
    days: list[list[int]] = []
    for first, last in sorted((_bounds(period)) for period in periods):
        if days and first <= days[-1][1]:
            days[-1][1] = max(days[-1][1], last)
        else:
            days.append([first, last])
    return [(date.fromordinal(first + _EPOCH), date.fromordinal(last + _EPOCH)) for first, last in days]


def _bounds(period: Period) -> tuple[int, int]:
    if period.start is None or period.end is None:
        raise ValueError("only a closed period has days")
    return period.start // DAY, (period.end - 1) // DAY


def _text(start: int | None, end: int | None) -> str:
    if start is None or end is None:
        first = "" if start is None else _time(start)
        last = "" if end is None else _last(end)
        return f"{first}..{last}"
    if start % DAY == 0 and end % DAY == 0:
        first_day, last_day = day_of(start), day_of(end - 1)
        if first_day == last_day:
            return str(first_day)
        after = last_day.toordinal() + 1
        if first_day.day == 1 and after == _next_month(first_day):
            return f"{first_day:%Y-%m}" if first_day.year >= 1000 else str(first_day)[:7]
        if first_day.month == 1 and first_day.day == 1 and last_day == date(first_day.year, 12, 31):
            return f"{first_day.year:04}"
        return f"{first_day}..{last_day}"
    if end == start + 1:
        return _time(start, exact=True)
    return f"{_time(start, exact=True)}..{_time(end - 1, exact=True)}"


def _time(second: int, *, exact: bool = False) -> str:
    if second % DAY == 0 and not exact:
        return str(day_of(second))
    clock = second % DAY
    return f"{day_of(second)}T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"


def _last(end: int) -> str:
    return str(day_of(end - 1)) if end % DAY == 0 else _time(end - 1, exact=True)


def _next_month(first: date) -> int:
    return (
        (first + timedelta(days=32)).replace(day=1).toordinal()
        if first < date(9999, 12, 1)
        else date.max.toordinal() + 1
    )


def moment(second: int) -> str:
    """A second since 1970 as an ISO 8601 time in UTC; open where it is beyond all days."""
    try:
        day = day_of(second)
    except (ValueError, OverflowError):
        return ".."
    clock = second % DAY
    return f"{day}T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}Z"


# The hours and minutes of a day as texts, those that were needed.
_MINUTES: dict[int, str] = {}
_SECONDS = tuple([f"{second:02}Z" for second in range(60)])


def moments(seconds: Iterable[int | None]) -> list[str | None]:
    """Many times as `moment` gives each, None for None."""
    days: dict[int, str] = {}
    texts: list[str | None] = []
    for second in seconds:
        if second is None:
            texts.append(None)
            continue
        day, clock = divmod(second, DAY)
        if day not in days:
            days[day] = moment(day * DAY)[: -len("00:00:00Z")]
        minute = clock // 60
        if minute not in _MINUTES:
            _MINUTES[minute] = f"{minute // 60:02}:{minute % 60:02}:"
        texts.append(days[day] + _MINUTES[minute] + _SECONDS[clock % 60] if days[day] else "..")
    return texts
