"""Values as they are written: days of the calendar, lengths of time, numbers with a comma in them."""

from __future__ import annotations

from edexql.base.stdlib import date, timedelta

MONTHS = (
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
)
# The words for lengths of time that may stand after a number, and the unit of each.
UNITS_OF_TIME = {
    word: unit
    for unit, words in (
        ("y", "y year years"),
        ("mo", "mo month months"),
        ("w", "w week weeks"),
        ("d", "d day days"),
        ("h", "h hour hours"),
        ("min", "min minute minutes"),
        ("s", "s second seconds sec"),
    )
    for word in words.split()
}


class NoSuchDay(ValueError):
    """A day that is not in the calendar. `help` says how far the calendar goes."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def calendar_day(year: int, month: int, day: int) -> date:
    """Raises NoSuchDay."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise _no_such_day(year, month, day) from None


def _no_such_day(year: int, month: int, day: int) -> NoSuchDay:
    if not 1 <= year <= 9999:
        return NoSuchDay(f"there is no year {year:04}", "years go from 0001 to 9999")
    if not 1 <= month <= 12:
        return NoSuchDay(f"there is no month {month:02}", "months go from 01 to 12")
    name = f"{MONTHS[month - 1]} {year:04}"
    return NoSuchDay(f"there is no {day} {name}", f"{name} has {last_of_month(year, month).day} days")


def ordinal_day(year: int, number: int) -> date:
    """The day of a year by its number, the first of January being 1. Raises NoSuchDay."""
    first = calendar_day(year, 1, 1)
    last = date(year, 12, 31).timetuple().tm_yday
    if not 1 <= number <= last:
        kind = "a leap year" if last == 366 else "a common year"
        raise NoSuchDay(
            f"there is no day {number:03} of the year {year:04}",
            f"{year:04} is {kind}: its days go from 001 to {last}",
        )
    return first + timedelta(days=number - 1)


def last_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    if (year, month) == (9999, 12):
        return date.max
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def by_calendar(text: str) -> str | None:
    """`2019-121`, `2019121` and the same with a time, written with month and day; None for anything else.

    Raises NoSuchDay.
    """
    day = text.replace("t", "T").partition("T")[0]
    year, number = day[:4], day[4:].removeprefix("-")
    if len(number) != 3 or not f"{year}{number}".isdecimal():
        return None
    return f"{ordinal_day(int(year), int(number))}{text[len(day) :]}"


def grouped(before: str, after: str) -> bool:
    """Whether two numbers with nothing but a comma between them look like one number with a thousands separator."""
    digits = _unsigned(before)
    whole, point, fraction = after.partition(".")
    looks_grouped = digits.isdecimal() and len(digits) <= 3 and whole.isdecimal() and len(whole) == 3
    return looks_grouped and (fraction.isdecimal() or not point)


def decimal(before: str, after: str) -> bool:
    """Whether they look like one number with a decimal comma, where a list is unlikely."""
    return _unsigned(before).isdecimal() and after.isdecimal()


def _unsigned(number: str) -> str:
    return number[1:] if number[:1] in ("+", "-") else number
