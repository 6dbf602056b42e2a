"""The items of `date`, each as a period; a single date or time is the stretch of seconds that it names."""

from __future__ import annotations

import edexql.base as base
from edexql.base.stdlib import date
from edexql.language.diagnostics import AlreadyReported, Fix, Mistake
from edexql.model.period import DAY, Period, day_of, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.source import Span
    from edexql.language.syntax import Bound, Item


WAYS = "write a day 2019-05-01, a day of the year 2019-121, a month 2019-05, a year 2019 or a time 2019-05-01T15:00"
_WIDTHS = ([4], [4, 2], [4, 2, 2])
_CLOCK_WIDTHS = ([2], [2, 2], [2, 2, 2])

# A named stretch of time: its first second and the second after its last.
Stretch = tuple[int, int]


def stretch(bound: Bound, today: date) -> Stretch:
    """The stretch that a day, month, year or second names. Raises Mistake."""
    if bound.kind == "missing":
        raise AlreadyReported
    if bound.unit is None and bound.kind in ("moment", "number"):
        return _moment(bound.text, bound.span)
    if bound.kind == "name" and bound.text.lower() == "today":
        return midnight(today), midnight(today) + DAY
    if bound.kind == "clock":
        raise Mistake(
            "E403",
            f"{base.text.shown(bound.text)} is a time of day without a date",
            bound.span,
            help="write the date before it, as in 2019-05-01T15:00; only a period can end with a time of day alone",
        )
    raise _no_date(bound.written, bound.span)


def clock(bound: Bound) -> int:
    """The second of the day that a time alone names. Raises Mistake."""
    parts = _clock_parts(bound.text[1:] if bound.text[:1] in ("T", "t") else bound.text)
    if parts is None or len(parts) < 2:
        raise Mistake(
            "E403",
            f"{base.text.shown(bound.text)} is not a time of day",
            bound.span,
            help="write a time of day in UTC, as in T15:00",
        )
    return _second_of_day(parts, bound.span)


def _moment(text: str, span: Span) -> Stretch:
    if len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdecimal():
        try:
            start = midnight(date(int(text[:4]), int(text[5:7]), int(text[8:])))
        except ValueError:
            return _any_moment(text, span)
        return start, start + DAY
    return _any_moment(text, span)


def _any_moment(text: str, span: Span) -> Stretch:
    """The stretch of any moment; of one that is not in the calendar, what is wrong with it is said."""
    from edexql.language.literals import NoSuchDay, by_calendar, calendar_day, last_of_month

    try:
        with_month = len(text) == 10 and text[4] == text[7] == "-"
        parts = _parts(text if with_month else by_calendar(text) or text)
        if parts is None:
            raise _no_date(text, span)
        numbers = list(map(int, parts))
        first = calendar_day(*[*numbers, 1, 1][:3])
    except NoSuchDay as error:
        raise Mistake("E401", str(error), span, help=error.help) from None
    if len(parts) > 3:
        start = midnight(first) + _second_of_day(parts[3:], span)
        return start, start + 1
    if len(parts) == 3:
        last = first
    else:
        last = last_of_month(first.year, numbers[1] if len(parts) == 2 else 12)
    return midnight(first), midnight(last) + DAY


def _parts(text: str) -> list[str] | None:
    """Year, month, day, hour, minute and second of a moment as far as they are written; None for anything else."""
    days, sign, clock = text.replace("t", "T").partition("T")
    parts = days.split("-")
    if [len(part) for part in parts] not in _WIDTHS or not "".join(parts).isdecimal():
        return None
    if not sign:
        return parts
    times = _clock_parts(clock) if len(parts) == 3 else None
    return times and parts + times


def _clock_parts(text: str) -> list[str] | None:
    """Hour, minute and second of a time of day as far as they are written; None for anything else."""
    parts = (text[:-1] if text[-1:] in ("Z", "z") else text).split(":")
    widths = [len(part) for part in parts]
    return parts if [2, *widths[1:]] in _CLOCK_WIDTHS and widths[0] in (1, 2) and "".join(parts).isdecimal() else None


def _second_of_day(parts: list[str], span: Span) -> int:
    hour, minute, second = (*map(int, parts), 0, 0)[:3]
    if hour > 23 or minute > 59 or second > 59:
        written = ":".join(parts)
        raise Mistake(
            "E401", f"there is no time {base.text.shown(written)}", span, help="times go from 00:00:00 to 23:59:59"
        )
    return hour * 3600 + minute * 60 + second


def _no_date(text: str, span: Span) -> Mistake:
    return Mistake("E403", f"{base.text.shown(text)} is not a date", span, help=WAYS)


_SECONDS = {"w": 7 * DAY, "d": DAY, "h": 3600, "min": 60, "s": 1}
_MONTHS = {"y": 12, "mo": 1}
_OUTSIDE_CALENDAR, _YEARS = "this period is outside the calendar", "years go from 0001 to 9999"
_LENGTH = "write a length of time as +7d, with y, mo, w, d, h, min or s"
_ISO = r"(?i:P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)"
_ISO_UNITS = ("y", "mo", "w", "d", "h", "min", "s")

# A length of time: months, then seconds.
Length = tuple[int, int]


def period(item: Item, today: date) -> Period:
    """The period that an item of `date` names; the last day, month or second named is in it. Raises Mistake."""
    first, second = item.first, item.second
    if "missing" in (first and first.kind, second and second.kind):
        raise AlreadyReported
    if item.form == "single" and first:
        return Period(*stretch(first, today))
    if item.form == "since" and first:
        return Period(stretch(first, today)[0], None)
    if item.form == "until" and second:
        return Period(None, stretch(second, today)[1])
    if first is None and second:
        return _compared(item.form, second, today)
    assert first
    assert second
    if item.form == "path":
        raise Mistake("E403", "a period is written with `..`", item.span, help=WAYS)
    return _ordered(_two(first, second, today), item)


def explained(mistake: Mistake, item: Item, typed: str | None, today: date) -> Mistake:
    """A mistake in an item of `date`, with what to write where that can be said.

    `typed` is the item as it stands in the text, None where a parameter stands there: then nothing is written for it.
    """
    from edexql.language.recovery.period_notations import read

    text = item.written if typed is None else typed
    reading = read(text, today)
    if reading is None or reading.texts == (text,) or (reading.problem and mistake.code in ("E401", "E402")):
        return mistake
    if mistake.code == "E402":
        return Mistake("E402", mistake.message, item.span, help=reading.help)
    fix = Fix(item.span, reading.texts[0]) if reading.certain and typed is not None else None
    return Mistake(reading.code, reading.message(text), item.span, help=reading.help, fix=fix)


def _compared(sign: str, bound: Bound, today: date) -> Period:
    start, end = stretch(bound, today)
    period = {
        ">=": Period(start, None),
        ">": Period(end, None),
        "<=": Period(None, end),
        "<": Period(None, start),
        "=": Period(start, end),
    }[sign]
    if period.start == midnight(date.max) + DAY or period.end == midnight(date.min):
        raise Mistake("E401", _OUTSIDE_CALENDAR, bound.span, help=_YEARS)
    return period


def _two(first: Bound, second: Bound, today: date) -> Period:
    lasting = _length(first)
    if lasting is not None:
        if first.text.startswith("+"):
            raise Mistake(
                "E403", "a length of time can only be the end of a period", first.span, help="write 2019-05-01..+7d"
            )
        end = stretch(second, today)[1]
        return Period(_moved(end, lasting, -1, first), end)
    start = stretch(first, today)[0]
    lasting = _length(second)
    if lasting is not None:
        return Period(start, _moved(start, lasting, 1, second))
    if second.kind == "clock":
        return Period(start, start - start % DAY + clock(second) + 1)
    return Period(start, stretch(second, today)[1])


def _ordered(period: Period, item: Item) -> Period:
    assert period.start is not None
    assert period.end is not None
    if period.end <= period.start:
        over_midnight = item.second is not None and item.second.kind == "clock"
        help = "if it ends on the next day, write that day too" if over_midnight else _swapped(item)
        raise Mistake("E402", "this period ends before it starts", item.span, help=help)
    return period


def _swapped(item: Item) -> str:
    assert item.first
    assert item.second
    sign = "/" if item.form == "interval" else ".."
    return f"did you mean `{item.second.text}{sign}{item.first.text}`?"


def _length(bound: Bound) -> Length | None:
    """The length of time that a bound names, None where it names something else."""
    if bound.kind == "name" and bound.text[:1] in "Pp":
        import re

        match = re.fullmatch(_ISO, bound.text)
        if match is None or not any(match.groups()):
            return None
        parts = [(int(n[:9]), unit) for n, unit in zip(match.groups(), _ISO_UNITS, strict=True) if n]
        months = sum(n * _MONTHS[unit] for n, unit in parts if unit in _MONTHS)
        return months, sum(n * _SECONDS[unit] for n, unit in parts if unit in _SECONDS)
    if bound.kind != "number" or not (bound.text.startswith("+") or bound.unit):
        return None
    from edexql.language.literals import UNITS_OF_TIME

    if bound.unit is None or bound.unit.text.lower() not in UNITS_OF_TIME:
        what = base.text.shown(bound.text if bound.unit is None else bound.unit.text)
        ambiguous = bound.unit is not None and bound.unit.text == "m"
        raise Mistake(
            "E403",
            f"{what} is not a length of time",
            bound.span if bound.unit is None else bound.unit.span,
            help="write min for minutes or mo for months" if ambiguous else _LENGTH,
        )
    digits = bound.text.removeprefix("+")
    if not digits.isdigit() or len(digits) > 9 or int(digits) == 0:
        raise Mistake("E403", f"{base.text.shown(bound.text)} is not a length of time", bound.span, help=_LENGTH)
    unit = UNITS_OF_TIME[bound.unit.text.lower()]
    return int(digits) * _MONTHS.get(unit, 0), int(digits) * _SECONDS.get(unit, 0)


def _moved(second: int, lasting: Length, direction: int, bound: Bound) -> int:
    months, seconds = lasting
    try:
        if months:
            second = _moved_months(second, months * direction)
        second += seconds * direction
        day_of(second)
    except (ValueError, OverflowError):
        raise Mistake("E401", _OUTSIDE_CALENDAR, bound.span, help=_YEARS) from None
    return second


def _moved_months(second: int, months: int) -> int:
    day = day_of(second)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return midnight(date(year, month + 1, last)) + second % DAY
        except ValueError:
            continue
    return midnight(date(year, month + 1, day.day)) + second % DAY
