"""Periods in the notations of people and programs, and how the language writes them.

`1 May to 3 May 2019`, `20190501_150534_151306` as in names of files, `2019-05-01/..` (ISO 8601), `last 30 days`. All
of it is text to text; every date in a reading is in the calendar.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from edexql.base.record import Record
from edexql.base.text import shown
from edexql.language.literals import UNITS_OF_TIME, NoSuchDay
from edexql.language.recovery.date_notations import (
    COMPACT_CLOCK,
    MONTH,
    DateOrder,
    Stamp,
    bare,
    clock_of,
    compact_day,
    plain,
    single,
    timed,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST = 120

_FILE = re.compile(r"(?:.*_)?(\d{8})[_t](\d{6})_(?:(\d{8})[_t])?(\d{6})(?:_.*)?")
_UNITS = UNITS_OF_TIME | {"jour": "d", "jours": "d", "tag": "d", "tage": "d", "heure": "h", "heures": "h"}
_UNITS |= {"semaine": "w", "semaines": "w", "mois": "mo", "an": "y", "ans": "y"}
_UNIT = f"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
_LAST = re.compile(
    rf"(?:in\s+)?(?:the\s+|les\s+)?(?:last|past|previous|derniers?|dernieres?)\s+(?P<n>\d{{1,6}})\s*{_UNIT}"
)
_LAST_FRENCH = re.compile(rf"(?:les\s+)?(?P<n>\d{{1,6}})\s*dern(?:iers|ieres)\s+{_UNIT}")
_LAST_ONE = re.compile(rf"(?:the\s+|la\s+|le\s+)?(?:last|past|previous)\s+{_UNIT}")
_LENGTH = re.compile(rf"(?P<n>\d{{1,6}})\s*{_UNIT}(?P<dots>\s*\.\.)?")
_AGO = re.compile(rf"(?P<n>\d{{1,6}})\s*{_UNIT}\s+ago|now\s*-\s*(?P<n2>\d{{1,6}})\s*{_UNIT.replace('unit', 'unit2')}")
_LASTING = re.compile(rf"(?P<from>.+?)\s*(?:\s+for\s+|\+)\s*(?P<n>\d{{1,6}})\s*{_UNIT}")
_SINCE = re.compile(
    r"(?:since|from|starting|beginning|depuis|a partir du?|ab|seit)\s+(?:le\s+|the\s+|on\s+)?(.+)"
    r"|(.+?)\s+(?:onwards?|or later|and later|and after)"
)
_UNTIL = re.compile(r"(?:until|till|up to|jusqu'?(?:au?)?|bis)\s+(?:le\s+|the\s+)?(.+)|(.+?)\s+or earlier")
_SIGNS = re.compile(r"(>=|<=|==|=|>|<|after\s|before\s|apres\s|avant\s|nach\s|vor\s)\s*(?:le\s+|the\s+)?(.+)")
_ONE_SIDE = re.compile(r"(.+?)\s*(?:[/-]\s*(?:\.\.)?|\.\.)|(?:\.\.\s*/?|/)\s*(.+)")
_SIGN_OF = {"==": "=", "after": ">", "apres": ">", "nach": ">", "before": "<", "avant": "<", "vor": "<"}
_BETWEEN = re.compile(r"(?:between|entre|zwischen)\s+(.+?)\s+(?:and|et|und)\s+(?:le\s+)?(.+)")
_FROM_TO = re.compile(r"(?:from|du|de|vom|von)\s+(?:le\s+)?(.+)")
_TO = r"(?:to|until|till|through|thru|up to|au|a|bis|jusqu'?(?:au?)?)"
# What stands between the two ends of a period; the hyphen is tried last, because it stands inside dates too.
_SEPARATORS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s*\.\.+\s*",
        rf"\s+{_TO}\s+(?:le\s+|the\s+)?",
        r"\s+-+>?\s+",
        r"\s*(?:-->?|->|~)\s*",
        r"\s*/\s*",
        r"\s*-\s*",
        r"_",
    )
)
# `-06:00` after hours and minutes can be an offset from UTC, and the end of a period too.
_OFFSET_OR_END = re.compile(r"(?<![\d:])\d\d?:\d\d-\d\d:\d\d$")
_ALL_UTC = "times must be in UTC"
_CLOCK_TEXT = (
    r"\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?:\s*[ap]\.?m\.?)?|\d\d?\s*h(?:\s*\d\d)?|\d\d?\s*[ap]\.?m\.?|\d\d?|\d{4}|\d{6}"
)
_ZONE_TEXT = r"(?:z|\s*(?:utc?|gmt)|\s*[+-]\d\d(?::?\d\d)?)"
_CLOCK = re.compile(rf"t?({_CLOCK_TEXT})({_ZONE_TEXT})?")
_TIMED = re.compile(rf"(.+?)(t|_|,?\s+(?:(?:at|a|um)\s+)?)(?:{_CLOCK_TEXT})({_ZONE_TEXT})?")
# A time of day in twelve hours without a half of the day, and one with it.
_TWELVE = re.compile(r"(?<!\d)(\d\d?)(?::\d\d){0,2}$")
_HALVED = re.compile(r"(\d\d?)(?::\d\d)*\s*([ap]\.?m\.?)")
_ONLY_END = re.compile(r"(\d\d?)(?:-(\d\d))?|(\d{3})")


# What has no reading, but a mistake that can be named.
_NO_YEAR = re.compile(
    rf"(?:le\s+)?\d\d?(?:st|nd|rd|th|ere?|\.)?\s*(?:of\s+|de\s+)?{MONTH}"
    rf"|{MONTH.replace('<name>', '<other>')}(?:\s+\d\d?)?"
)
_SHORT_YEAR = re.compile(r"\d\d?([-/.])\d\d?\1\d\d|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_NAMED_ZONE = re.compile(r".*\d\s*(?:[ecmp][sd]?t|ces?t|bst|ist|jst|akst|akdt)")


class Reading(Record):
    """What a period in another notation means.

    `texts` are the ways the language writes it: several where it can be read in several ways, none where it cannot be
    read, as `problem` then says. `remark` says what was worked out, or what to do. `certain`: whether the one text can
    be written in its place without asking.
    """

    texts: tuple[str, ...]
    remark: str = ""
    code: str = "E403"
    certain: bool = True
    problem: str = ""

    def message(self, typed: str) -> str:
        if self.problem:
            return self.problem
        if len(self.texts) > 1:
            return f"ambiguous date {shown(typed)}"
        return _ALL_UTC if self.code == "E404" else f"unsupported date format {shown(typed)}"

    @property
    def help(self) -> str:
        if self.problem:
            return self.remark
        written = " or ".join(f"`{text}`" for text in self.texts)
        return f"write {written}" + (f": {self.remark}" if self.remark else "")


def read(text: str, today: date | None = None) -> Reading | None:
    """What one date or period means, in the notation of the language or in another; None where it means nothing here.

    `today` is needed for `yesterday` and its like alone.
    """
    if len(text) > LONGEST:
        return None
    typed = plain(text)
    reading_of: dict[str, Reading] = {}
    missing: NoSuchDay | None = None
    for day_first in (True, False):
        try:
            for reading in _period(typed, DateOrder(day_first, today)):
                reading_of.setdefault(reading.texts[0], reading)
        except NoSuchDay as error:
            missing = missing or error
    if not reading_of:
        return _unread(str(missing), missing.help, "E401") if missing else _problem(typed, text)
    readings = list(reading_of.values())
    if len(readings) == 1:
        return readings[0]
    return Reading(tuple(reading_of), "", readings[0].code, certain=False)


def _problem(text: str, typed: str) -> Reading | None:
    if _NO_YEAR.fullmatch(text) and any(map(str.isdigit, text)):
        return _unread(f"{shown(typed)} has no year", "write a date as 2019-05-01")
    if _SHORT_YEAR.fullmatch(text):
        return _unread(f"{shown(typed)} has a year of two digits", "write a date as 2019-05-01")
    if _NAMED_ZONE.fullmatch(text):
        help = "write the time in UTC, or with its offset from UTC, as in 2019-05-01T15:00-06:00"
        return _unread(_ALL_UTC, help, "E404")
    return None


def _unread(problem: str, help: str, code: str = "E403") -> Reading:
    return Reading((), help, code, certain=False, problem=problem)


def _period(text: str, order: DateOrder) -> Iterator[Reading]:
    """The readings of a text as a whole, in one order."""
    one = single(text, order)
    if one is not None and not _OFFSET_OR_END.search(text):
        yield _reading(one.text, one)
        return
    ends = list(_two_ends(text, order))
    ordered = [reading for reading in ends if reading.certain]
    if one is not None and one.code == "E404":
        yield _reading(one.text, one)
        yield from ordered[:1]
    elif ends:
        yield from ordered[:2] or ends[:1]
    else:
        yield from _open(text, order)


def _reading(text: str, *stamps: Stamp) -> Reading:
    remark = next((stamp.remark for stamp in stamps if stamp.remark), "")
    code = next((stamp.code for stamp in stamps if stamp.code != "E403"), "E403")
    return Reading((text,), remark, code, certain=all(stamp.certain for stamp in stamps))


def _open(text: str, order: DateOrder) -> Iterator[Reading]:
    """Periods with one end, a comparison, or a length."""
    for pattern, reader in _OPEN:
        if match := pattern.fullmatch(text):
            yield from reader(match, order)
            return


def _last(match: re.Match[str], _: DateOrder) -> Iterator[Reading]:
    yield Reading((f"{match['n']}{_UNITS[match['unit']]}..today",))


def _last_one(match: re.Match[str], _: DateOrder) -> Iterator[Reading]:
    help = "up to today; a month of the calendar is written as 2019-05, a year as 2019"
    yield Reading((f"1{_UNITS[match['unit']]}..today",), help, certain=False)


def _length(match: re.Match[str], _: DateOrder) -> Iterator[Reading]:
    text = f"{match['n']}{_UNITS[match['unit']]}..today"
    yield Reading((text,), "a length of time ends at a date", certain=bool(match["dots"]))


def _lasting(match: re.Match[str], order: DateOrder) -> Iterator[Reading]:
    if start := single(match["from"], order):
        yield _reading(f"{start.first}..+{match['n']}{_UNITS[match['unit']]}", start)


def _comparison(match: re.Match[str], order: DateOrder) -> Iterator[Reading]:
    if one := single(bare(match[2]), order):
        sign = _SIGN_OF.get(match[1].strip(), match[1].strip())
        yield _reading(f"{sign} {one.last if sign in ('>', '<=') else one.first}", one)


def _since(match: re.Match[str], order: DateOrder) -> Iterator[Reading]:
    text = match[1] or match[2]
    if ago := _AGO.fullmatch(text):
        yield _ago(ago)
    elif one := single(bare(text), order):
        yield _reading(f"{one.first}..", one)


def _until(match: re.Match[str], order: DateOrder) -> Iterator[Reading]:
    if one := single(bare(match[1] or match[2]), order, last=True):
        yield _reading(f"..{one.last}", one)


def _one_side(match: re.Match[str], order: DateOrder) -> Iterator[Reading]:
    one = single(bare(match[1] or match[2]), order, last=match[1] is None)
    if one:
        yield _reading(f"{one.first}.." if match[1] else f"..{one.last}", one)


def _ago(match: re.Match[str]) -> Reading:
    unit = _UNITS[match["unit"] or match["unit2"]]
    return Reading((f"{match['n'] or match['n2']}{unit}..today",), "up to today, which is included", certain=False)


def _two_ends(text: str, order: DateOrder) -> Iterator[Reading]:
    """The readings of a text as a period with two ends; those that end before they begin are not certain."""
    if match := _BETWEEN.fullmatch(text):
        yield from _joined(match[1], match[2], order)
        return
    if match := _FILE.fullmatch(text):
        yield from _file_name(match)
        return
    if text[:1] in "[(" and text[-1:] in "])" and text.count(",") == 1:
        first, _, last = text[1:-1].partition(",")
        yield from _joined(first, last, order)
        return
    prefixed = _FROM_TO.fullmatch(text)
    text = prefixed[1] if prefixed else text
    for separator in _SEPARATORS:
        has_reading = False
        for place in separator.finditer(text):
            for reading in _joined(text[: place.start()], text[place.end() :], order, place.group().strip()):
                yield reading
                has_reading = True
        if has_reading:
            return


def _joined(first: str, last: str, order: DateOrder, separator: str = "..") -> Iterator[Reading]:
    first, last = bare(first.strip()), bare(last.strip())
    if not first or not last:
        return
    if (ago := _AGO.fullmatch(first)) and last in ("now", "today"):
        yield Reading(_ago(ago).texts)
        return
    for begin, end in _completed(first, last, separator):
        start, stop = single(begin, order), single(end, order, last=True)
        if start and stop:
            ordered = "today" in (start.first, stop.last) or stop.last >= start.first[: len(stop.last)]
            text = f"{start.first}..{_shortened(start.first, stop.last)}"
            if ordered:
                yield _reading(text, start, stop)
            elif len(stop.last) > 10 and _CLOCK.fullmatch(last) and stop.last < f"{date.max}":
                next_day = date.fromisoformat(stop.last[:10]) + timedelta(days=1)
                text = f"{start.first}..{next_day}{stop.last[10:]}"
                yield Reading((text,), "the period then ends on the next day", certain=False)
            else:
                help = f"if the ends are swapped, write `{stop.first}..{start.last}`"
                yield Reading((text,), help, "E402", certain=False, problem="this period ends before it starts")
            return


def _shortened(first: str, last: str) -> str:
    """The time alone where a period ends on the day that it begins."""
    return last[10:] if len(first) > 10 and len(last) > 10 and first[:10] == last[:10] else last


def _completed(first: str, last: str, separator: str) -> Iterator[tuple[str, str]]:
    """Two ends with what one of them leaves to the other: the day, the month, the year."""
    yield first, last
    year = re.search(r"(?<!\d)\d{4}$", last)
    month = re.search(rf"{MONTH}(?=[\s,]|$)", last)
    before = re.match(rf"{MONTH}(?=[\s,]|$)", first)
    if year and month:
        yield f"{first} {year[0]}", last
        yield f"{first} {month[0]} {year[0]}", last
    elif year and before:
        yield f"{first} {year[0]}", f"{before[0]} {last}"
    if separator == "-" and ":" not in last and not re.fullmatch(r"\d{6}", last):
        return
    timed_first = _TIMED.fullmatch(first)
    if timed_first and (clock := _CLOCK.fullmatch(last)):
        day, join, zone = timed_first.groups()
        begin, end = _TWELVE.search(first), _HALVED.match(clock[1])
        if begin and end and int(begin[1]) % 12 < int(end[1]) % 12:
            # `3:00 to 4:00 PM`: what stands after the end counts for both, where they are in order then.
            yield f"{first} {end[2]}", f"{day}{join}{clock[1]}"
        # As a unit does, an offset after one end counts for both.
        yield first if zone else f"{first}{clock[2] or ''}", f"{day}{join}{clock[1]}{clock[2] or zone or ''}"
    elif match := _ONLY_END.fullmatch(last):
        yield from ((first, end) for end in _end_of_day(first, match))


def _end_of_day(first: str, match: re.Match[str]) -> Iterator[str]:
    """The last day of a period of which only its end was written: `03`, `05-03`, or `125` for a day of the year."""
    day, after, number = match.groups()
    if number:
        if re.fullmatch(r"\d{4}-?\d{3}", first):
            yield f"{first[:4]}-{number}"
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", first):
        yield f"{first[:5]}{int(day):02}-{after}" if after else f"{first[:8]}{int(day):02}"
    elif re.fullmatch(r"\d{4}-\d\d", first) and not after:
        yield f"{first[:5]}{int(day):02}"


def _file_name(match: re.Match[str]) -> Iterator[Reading]:
    """The times in the name of a file of the archive; a session over midnight ends at an earlier time of day."""
    day, start, last_day, end = match.groups()
    first = compact_day(day)
    last = compact_day(last_day) if last_day else first + timedelta(days=end < start)
    begin, finish = clock_of(start, COMPACT_CLOCK), clock_of(end, COMPACT_CLOCK)
    if begin and finish:
        one, other = timed(first, begin, last=False), timed(last, finish, last=True)
        yield _reading(f"{one.first}..{_shortened(one.first, other.last)}", one, other)


_OPEN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], DateOrder], Iterator[Reading]]], ...] = (
    (_LAST, _last),
    (_LAST_FRENCH, _last),
    (_LAST_ONE, _last_one),
    (_AGO, lambda match, _: iter((_ago(match),))),
    (_LENGTH, _length),
    (_LASTING, _lasting),
    (_SIGNS, _comparison),
    (_SINCE, _since),
    (_UNTIL, _until),
    (_ONE_SIDE, _one_side),
)
