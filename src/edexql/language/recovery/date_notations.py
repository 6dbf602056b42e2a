"""Single dates and times in the notations of people and programs, and how the language writes them.

English, French and German months, `01.05.2019`, `05/01/2019`, `20190501_150534` as in names of files, days of the year,
weeks and offsets of ISO 8601, Julian dates, seconds since 1970; times of day in 24 and 12 hours.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal

from edexql.base.record import Record
from edexql.language.literals import NoSuchDay, calendar_day, ordinal_day

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


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


class Stamp(Record):
    """One date: the text of its first and of its last day or second, and what to say of it."""

    first: str
    last: str
    remark: str = ""
    code: str = "E403"
    certain: bool = True

    @property
    def text(self) -> str:
        return self.first if self.first == self.last else f"{self.first}..{self.last}"


class Clock(Record):
    hour: int
    minute: int
    second: int
    seconds_written: bool
    fraction: bool
    offset: int | None


def clock_of(text: str, *patterns: re.Pattern[str]) -> Clock | None:
    for pattern in patterns:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
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
        hour, later, remark = 0, 86400, "24:00 is 00:00 of the next day"
        if last:
            later, seconds_written, remark = 86399, True, "the last second before 24:00"
    elif (hour, minute, second) == (23, 59, 60):
        second, remark = 59, "leap seconds are not counted; this is the second before"
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
        raise NoSuchDay("this time is outside the calendar", "years go from 0001 to 9999") from None


def written(moment: datetime, *, seconds: bool | None = None) -> str:
    seconds = bool(moment.second) if seconds is None else seconds or bool(moment.second)
    return moment.isoformat(timespec="seconds" if seconds else "minutes")


_NAMES = (
    "january jan janvier janv januar",
    "february feb fevrier fevr februar",
    "march mar mars marz maerz",
    "april apr avril avr",
    "may mai",
    "june jun juin juni",
    "july jul juillet juil juli",
    "august aug aout",
    "september sep sept septembre",
    "october oct octobre oktober okt",
    "november nov novembre",
    "december dec decembre dezember dez",
)
_MONTH_OF = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
MONTH = f"(?P<name>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\\.?"
_WEEKDAY = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
    r"[.,]*\s+(?=\S)"
)
# What stands between a day and a time. Digits alone are a time only after some of it.
_JOIN = re.compile(r"t|_|-|:|,?\s+(?:(?:at|a|um)\s+)?")
_TIGHT = frozenset(("t", "_", "-", " ", ""))
_COMPACT_DAY = re.compile(r"\d{7,8}")
_YMD = re.compile(r"(\d{4})\s*([-/. ])\s*(\d\d?)\s*\2\s*(\d\d?)")
_YM = re.compile(r"(\d{4})[-/.](\d\d?)")
_MY = re.compile(r"(\d\d?)[-/.](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
# `190501` and `200512` have a month in their middle: they may be days of a short year.
_COMPACT_MONTH = re.compile(r"((?:19|20)(?!0[1-9]|1[0-2])\d\d)(\d\d)")
_DOTTED = re.compile(r"(\d\d?)\.\s?(\d\d?)\.\s?(\d{4})")
_TWO_WAYS = re.compile(r"(\d\d?)\s?([-/ ])\s?(\d\d?)\s?\2\s?(\d{4})")
_NAMED_DAY = tuple(
    re.compile(pattern.replace("NAME", MONTH))
    for pattern in (
        r"(?P<d>\d\d?)(?:st|nd|rd|th|ere?|\.)?[\s-]*(?:of\s+|de\s+)?NAME[\s,-]*(?P<y>\d{4})",
        r"NAME\s*(?P<d>\d\d?)(?:st|nd|rd|th|\.)?(?:\s*,\s*|\s+|-)(?P<y>\d{4})",
        r"(?P<y>\d{4})[\s,-]*NAME[\s-]*(?P<d>\d\d?)(?:st|nd|rd|th)?",
    )
)
_NAMED_MONTH = tuple(
    re.compile(pattern.replace("NAME", MONTH))
    for pattern in (r"NAME[\s,-]*(?:of\s+|de\s+)?(?P<y>\d{4})", r"(?P<y>\d{4})[\s,-]*NAME")
)
_ORDINAL = (
    re.compile(r"(?P<y>\d{4})\s*[-/. :]?\s*(?P<n>\d{3})"),
    re.compile(r"(?P<n>\d{3})[-/](?P<y>\d{4})"),
    re.compile(r"(?:day|doy|jour)\s*(?P<n>\d{1,3})\s*(?:,|of|de)?\s*(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})\s*,?\s*(?:day|doy|jour)\s*(?P<n>\d{1,3})"),
)
_WEEK = re.compile(
    r"(?:week\s*(?P<w2>\d\d?)\s*(?:,|of)?\s*(?P<y2>\d{4})|(?P<y>\d{4})-?\s?w(?P<w>\d\d)(?:-?(?P<d>\d))?)"
)
_QUARTER = re.compile(r"(?:(?P<y>\d{4})[-\s]?q(?P<q>[1-4])|q(?P<q2>[1-4])[-\s,]*(?P<y2>\d{4}))")
_ANY_DAY = re.compile(r"(\d{4}(?:-\d\d)?)(?:-(?:\*|\?\?|xx|dd|mm))+")
_JULIAN = re.compile(r"(?P<kind>m?jd)?\s*(?P<n>\d{5}|\d{7})(?P<f>\.\d{1,12})?(?:\s*(?P<kind2>m?jd))?")
_UNIX = re.compile(r"@?(\d{10}|\d{13})(?:\.\d+)?")
_CALL = re.compile(r"(?:[a-z_][a-z_0-9.]{0,20})\((.*)\)")
_NUMBERS = re.compile(r"(\d{4}),\s*(\d\d?),\s*(\d\d?)")
OWN = re.compile(r"(\d{4})(?:-\d\d(?:-\d\d(?:t\d\d(?::\d\d(?::\d\d)?)?z?)?)?)?|today")
_AROUND = (("'", "'"), ('"', '"'), ("`", "`"), ("\u201c", "\u201d"), ("\u2018", "\u2019"), ("\u00ab", "\u00bb"))
_ON = re.compile(r"(?:on|in|during|for|at|le|la|en|am|im|vom|of|the|all of|whole of)\s+(.+)")


class DateOrder(Record):
    """How the parts of a text are read: the day or the month first, and which day is today, where that is known."""

    day_first: bool
    today: date | None


def plain(text: str) -> str:
    """A text in small letters, without accents, typographic dashes, digits of other scripts and quotes around it."""
    text = unicodedata.normalize("NFKD", text)
    # The stroke that makes `≠` of `=`, and the opposite of other signs, is no accent.
    text = "".join(str(unicodedata.digit(c, c)) for c in text if c == "\u0338" or not unicodedata.combining(c))
    text = re.sub("[\u2010-\u2015\u2212]", "-", text).replace("\u2026", "..").replace("\u2019", "'")
    return " ".join(bare(text).lower().split())


def bare(text: str) -> str:
    text = text.strip()
    for left, right in _AROUND:
        if len(text) > 1 and text.startswith(left) and text.endswith(right) and left not in text[1:-1]:
            return text[1:-1].strip()
    return text


def single(text: str, order: DateOrder, *, last: bool = False) -> Stamp | None:
    """One date, with or without a time. `last`: it ends a period. Raises NoSuchDay."""
    text = _WEEKDAY.sub("", bare(text), count=1) if _WEEKDAY.match(text) else bare(text)
    if match := _CALL.fullmatch(text):
        numbers = _NUMBERS.fullmatch(match[1].strip())
        if numbers:
            return _of_day(calendar_day(*map(int, numbers.groups())))
        return single(bare(match[1]), order, last=last) if "(" not in match[1] else None
    if OWN.fullmatch(text):
        return _own(text, last=last)
    if not text or not any(c.isdigit() for c in text):
        return _word(text, order)
    missing: NoSuchDay | None = None
    readers: tuple[Callable[[], Stamp | None], ...] = (
        lambda: _with_time(text, order, last=last),
        lambda: _by_day(text, order),
        lambda: _by_month(text, last=last),
        lambda: _by_other_count(text),
    )
    for reader in readers:
        try:
            stamp = reader()
        except NoSuchDay as error:
            missing = missing or error
            continue
        if stamp is not None:
            return stamp
    if match := _ON.fullmatch(text):
        return single(match[1], order, last=last)
    if missing is not None:
        raise missing
    return None


def _own(text: str, *, last: bool) -> Stamp | None:
    """A date in the notation of the language, as it is; its day is looked up in the calendar."""
    if text != "today":
        numbers = [int(part) for part in text.partition("t")[0].split("-")]
        if numbers[0] == 0:
            return None
        calendar_day(*[*numbers, 1, 1][:3])
        clock = clock_of(text.partition("t")[2].removesuffix("z"), *CLOCKS, HOUR) if "t" in text else None
        if clock is None and "t" in text:
            return None
        if clock is not None:
            return timed(calendar_day(*numbers), clock, last=last)
    return Stamp(text, text)


def _word(text: str, order: DateOrder) -> Stamp | None:
    if text in ("now", "present", "aujourd'hui", "heute"):
        return Stamp("today", "today")
    days = {"yesterday": -1, "hier": -1, "gestern": -1, "tomorrow": 1, "demain": 1}.get(text)
    if days is None or order.today is None:
        return None
    try:
        return _of_day(order.today + timedelta(days=days))
    except OverflowError:
        return None


def _by_day(text: str, order: DateOrder) -> Stamp | None:
    if match := _YMD.fullmatch(text):
        return _of_day(calendar_day(int(match[1]), int(match[3]), int(match[4])))
    if match := _COMPACT.fullmatch(text):
        try:
            return _of_day(calendar_day(*map(int, match.groups())))
        except NoSuchDay:
            # `01052019`: with the year last there is no such month.
            if not match[2].startswith(("19", "20")):
                raise
            return _by_day(f"{text[:2]}/{text[2:4]}/{text[4:]}", order)
    if match := _DOTTED.fullmatch(text):
        # With dots the day comes first, in all countries that write dots.
        return _of_day(calendar_day(int(match[3]), int(match[2]), int(match[1])))
    if match := _TWO_WAYS.fullmatch(text):
        one, other = int(match[1]), int(match[3])
        day, month = (one, other) if order.day_first else (other, one)
        return _of_day(calendar_day(int(match[4]), month, day))
    for pattern in _NAMED_DAY:
        if match := pattern.fullmatch(text):
            return _of_day(calendar_day(int(match["y"]), _MONTH_OF[match["name"]], int(match["d"])))
    for pattern in _ORDINAL:
        if match := pattern.fullmatch(text):
            return _of_day(ordinal_day(int(match["y"]), int(match["n"])))
    return None


def _by_month(text: str, *, last: bool) -> Stamp | None:
    if match := _ANY_DAY.fullmatch(text):
        return _own(match[1], last=last)
    if match := _YM.fullmatch(text) or _COMPACT_MONTH.fullmatch(text):
        return _of_month(int(match[1]), int(match[2]))
    if match := _MY.fullmatch(text):
        return _of_month(int(match[2]), int(match[1]))
    for pattern in _NAMED_MONTH:
        if match := pattern.fullmatch(text):
            return _of_month(int(match["y"]), _MONTH_OF[match["name"]])
    if match := _QUARTER.fullmatch(text):
        year, quarter = int(match["y"] or match["y2"]), int(match["q"] or match["q2"])
        begin, end = _of_month(year, quarter * 3 - 2), _of_month(year, quarter * 3)
        return Stamp(begin.first, end.last)
    return None


def _by_other_count(text: str) -> Stamp | None:
    """Weeks, Julian dates, seconds since 1970."""
    if match := _WEEK.fullmatch(text):
        return _of_week(int(match["y"] or match["y2"]), int(match["w"] or match["w2"]), match["d"])
    if match := _JULIAN.fullmatch(text):
        kind = match["kind"] or match["kind2"]
        modified = len(match["n"]) == 5
        if kind and modified != (kind == "mjd"):
            return None
        days = Decimal(match["n"] + (match["f"] or "")) - (0 if modified else Decimal("2400000.5"))
        if not 30_000 <= days < 90_000:
            return None
        name = "Modified Julian Date" if modified else "Julian date"
        moment = moved(datetime(1858, 11, 17) + timedelta(days=int(days)), seconds=int(days % 1 * 86400))
        remark = f"the {name} {match['n']}{match['f'] or ''}"
        if modified and not match["f"]:
            return Stamp(str(moment.date()), str(moment.date()), remark, certain=bool(kind))
        return Stamp(written(moment), written(moment), remark)
    if match := _UNIX.fullmatch(text):
        seconds = int(match[1][:10])
        moment = moved(datetime(1970, 1, 1), seconds=seconds)
        # Ten digits can be a day and an hour too.
        hour = _by_hour(text) if len(text) == 10 else None
        remark = f"{seconds} seconds after 1970-01-01T00:00"
        return hour or Stamp(written(moment), written(moment), remark)
    return None


def _by_hour(text: str) -> Stamp | None:
    try:
        day = compact_day(text[:8])
    except NoSuchDay:
        return None
    if not 1957 <= day.year <= 2100 or int(text[8:]) > 23:
        return None
    moment = f"{day}T{text[8:]}:00"
    return Stamp(moment, moment, "the day and the hour, if these are not seconds", certain=False)


def _with_time(text: str, order: DateOrder, *, last: bool) -> Stamp | None:
    for join in (*_JOIN.finditer(text), re.match(r"\d{8}(?=\d{6}$|\d{4}$)", text)):
        if join is None:
            continue
        compact = join.re is not _JOIN
        before, after = (
            (text[: join.end()], text[join.end() :]) if compact else (text[: join.start()], text[join.end() :])
        )
        sign = "" if compact else join.group().strip() or " "
        if not before or not after:
            continue
        patterns = list(CLOCKS)
        if sign in _TIGHT and _COMPACT_DAY.fullmatch(before.replace("-", "")):
            patterns.append(COMPACT_CLOCK)
        if sign == "t":
            patterns.append(HOUR)
        clock = clock_of(after, *patterns)
        if clock is None and (match := re.fullmatch(r"(\d\d?:\d\d(?::\d\d)?)\s+(\d{4})", after)):
            # `May 1 15:05:34 2019`, as C and Unix write it.
            clock, before = clock_of(match[1], *CLOCKS), f"{before} {match[2]}"
        if clock is None:
            continue
        day = _by_day(before.strip(" ,"), order)
        if day is not None and (sign != ":" or re.fullmatch(r"\d{4}:\d{3}", before)):
            return timed(date.fromisoformat(day.first), clock, last=last)
    return None


def _of_day(day: date) -> Stamp:
    return Stamp(str(day), str(day))


def _of_month(year: int, month: int) -> Stamp:
    calendar_day(year, month, 1)
    text = f"{year:04}-{month:02}"
    return Stamp(text, text)


def _of_week(year: int, week: int, day: str | None) -> Stamp | None:
    if day is not None and day not in "1234567":
        return None
    try:
        first = date.fromisocalendar(year, week, int(day or 1))
        last = date.fromisocalendar(year, week, int(day or 7))
    except (ValueError, OverflowError):
        weeks = date(year, 12, 28).isocalendar()[1] if 1 <= year <= 9999 else 52
        raise NoSuchDay(f"there is no week {week:02} of {year:04}", f"{year:04} has {weeks} weeks") from None
    what = f"week {week} of {year:04}, ISO 8601"
    return Stamp(str(first), str(last), what if day is None else "")


def compact_day(text: str) -> date:
    return calendar_day(int(text[:4]), int(text[4:6]), int(text[6:]))
