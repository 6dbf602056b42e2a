"""The axis of time of a picture: ticks at whole minutes, hours, days, months or years, as many as there is room for."""

from __future__ import annotations

from itertools import count

from edexql.base.stdlib import date
from edexql.model.period import DAY, day_of, midnight, moment
from edexql.pictures.model import TIME, Axis, Tick

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, DAY, 2 * DAY, 5 * DAY)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_A_MONTH = 30 * DAY


def time_axis(start: int, end: int, most: int) -> Axis:
    """The axis of `[start, end)` in UTC seconds since 1970, with at most `most` ticks but for one."""
    step = step_of(start, end, most)
    if step is not None:
        first = -(-start // step) * step
        ticks = tuple(Tick(second, _label(second, step)) for second in range(first, end + 1, step))
    else:
        months = next((months for months in _MONTHS if (end - start) / (months * _A_MONTH) <= most), _MONTHS[-1])
        ticks = tuple(Tick(second, (_month(second, months),)) for second in _firsts(start, end, months))
    # The first label says the date where only days begin with one.
    if ticks and len(ticks[0].label) == 1 and step is not None and step < DAY:
        ticks = (Tick(ticks[0].place, (*ticks[0].label, moment(int(ticks[0].place))[:10])), *ticks[1:])
    return Axis(start, end, ticks, kind=TIME)


def step_of(start: int, end: int, most: int) -> int | None:
    """The least number of seconds between at most `most` ticks; None where months are needed."""
    return next((step for step in _SECONDS if end - start <= step * most), None)


def _label(second: int, step: int) -> tuple[str, ...]:
    text = moment(second)
    if step >= DAY:
        return (text[:10],)
    clock = text[11 : 16 if step % 60 == 0 else 19]
    return (clock, text[:10]) if second % DAY == 0 else (clock,)


def _firsts(start: int, end: int, months: int) -> Iterator[int]:
    """The first seconds of every so many months."""
    first = day_of(start)
    number = -(-(first.year * 12 + first.month - 1) // months) * months
    for month in count(number, months):
        if not 12 <= month < 9999 * 12:
            return
        second = midnight(date(month // 12, month % 12 + 1, 1))
        if second > end:
            return
        if second >= start:
            yield second


def _month(second: int, months: int) -> str:
    text = moment(second)
    return text[:4] if months % 12 == 0 else text[:7]
