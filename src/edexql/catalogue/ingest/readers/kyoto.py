"""Dst, AE, AL, AU and SYM-H as the World Data Center for Geomagnetism, Kyoto, gives them.

Four forms are read, a line at a time, in text or in the center's pages:

- hourly values, a line a day, of Dst (https://wdc.kugi.kyoto-u.ac.jp/dstae/format/dstformat.html) and of AE, AL and AU
  (.../dstae/format/aehformat.html): 120 characters, with the index and `*` in column 8, in 15-16 the century (blank for
  19), in 17-20 a base in units of 100 nT, which is added to each of the 24 values of four characters; 9999 is none;
- minutes, a line an hour, of AE, AL and AU (.../aeasy/format/aeformat.html) and of SYM-H (.../asyformat.html): 400
  characters, `AEALAOAU` or `ASYSYM`, in 13-18 the date, in 20-21 the hour, in 22-24 the index, then 60 values of six
  characters; 99999 is none;
- the monthly tables of Dst, such as https://wdc.kugi.kyoto-u.ac.jp/dst_realtime/201503/index.html: a month and year,
  then a line a day with 24 values of four characters in three groups; 9999 is none, and values that fill their four
  characters touch one another.

A value is that of the hour or minute that begins at its time: the first is that of the first hour or minute. Final,
provisional and quick-look values are in the same form, and all are read. AO, ASY and SYM-D are left out.
"""

from __future__ import annotations

import re

from edexql.catalogue.ingest.batches import Fault, Note
from edexql.catalogue.ingest.series import Line, field_bounds, samples_of, series_of
from edexql.catalogue.ingest.source import lines, reader, shown
from edexql.catalogue.ingest.times import instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

HOUR, MINUTE = 3600, 60
# The field of each index.
FIELDS = {"DST": "dst", "AE": "ae", "AL": "al", "AU": "au", "SYM-H": "sym-h"}
_NAN = float("nan")
_MARKS = re.compile(r"<[^<>]*>")
_HOURLY = re.compile(r"(DST|A[ELOU] )[ \d]{4}\*", re.ASCII)
_HOURLY_LENGTH = 120
_MINUTES = re.compile(r"(?:AEALAOAU|ASYSYM).{4,6}(\d{6})([A-Z])(\d\d)(AE |AL |AO |AU |SYM|ASY)", re.ASCII)
_MINUTES_LENGTH = 400
_MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER",
    "DECEMBER",
)  # fmt: skip
_MONTH = re.compile(rf"\s*({'|'.join(_MONTHS)})\s+(\d{{4}})\s*", re.ASCII)
_DAY = re.compile(r"\s{0,2}\d{1,2}(?=\s|-|$)", re.ASCII)
# The columns of a day in a monthly table, three groups of eight with a blank before each.
_PLACES = tuple(3 + 33 * group + 4 * hour for group in range(3) for hour in range(8))
# A line of text has no more digits than this.
_MOST_DIGITS = 20
_TITLES = [str(hour) for hour in range(1, 25)]
_VALUE = re.compile(r" *-?\d+|\*+| *", re.ASCII)


@reader
def read(source: Source) -> Iterator[Batch]:
    """Samples of `dst`, `ae`, `al`, `au` and `sym-h`, in nT; times without a value are left out."""
    yield from samples_of(_lines(source))


def _lines(source: Source) -> Iterator[Line | Fault | Note]:
    month: str | None = None
    page = table = False
    skipped: dict[str, None] = {}
    for number, text in lines(source):
        line = _MARKS.sub("", text).rstrip()
        page |= text.lstrip().startswith("<")
        table = (table or "<pre" in text.lower()) and "</pre" not in text.lower()
        record: Line | Fault | str | None
        if (hourly := _HOURLY.match(line)) is not None:
            record = _hourly(number, line, hourly[1].strip())
        elif (minutes := _MINUTES.match(line)) is not None:
            record = _of_minutes(number, line, minutes)
        elif (named := _MONTH.fullmatch(line)) is not None:
            month = f"{named[2]}-{_MONTHS.index(named[1]) + 1:02}"
            continue
        elif month is not None:
            record = _table_day(number, line, month)
        elif line.strip() and (table or not page) and not _is_remark(line):
            record = Fault(number, f"not a record of an index: {shown(line)}")
        else:
            continue
        if page and not table:
            month = None
        if isinstance(record, str):
            skipped.setdefault(record)
        elif record is not None:
            yield record
    if skipped:
        yield Note(f"{', '.join(skipped)} skipped: the vocabulary has no such field")


def _is_remark(line: str) -> bool:
    """Whether a line between records is one of those that the center's pages and people put there."""
    return line.lstrip().startswith(("#", "[", "<", "WDC ", "Hourly ")) or sum(map(str.isdigit, line)) < 4


def _hourly(number: int, line: str, index: str) -> Line | Fault | str:
    if index not in FIELDS:
        return index
    if len(line) != _HOURLY_LENGTH:
        return Fault(number, f"{len(line)} characters; a record has 120")
    century = line[14:16].strip() or "19"
    start = instant(f"{century:0>2}{line[3:5]}-{line[5:7]}-{line[8:10]}".replace(" ", "0"))
    if start is None:
        return Fault(number, f"not a date: {shown(line[3:16])}")
    try:
        base = int(line[16:20].strip() or 0) * 100
    except ValueError:
        return Fault(number, f"not a base value: {shown(line[16:20])}")
    return _line(number, index, start, HOUR, [line[i : i + 4] for i in range(20, 116, 4)], "9999", base)


def _of_minutes(number: int, line: str, match: re.Match[str]) -> Line | Fault | str:
    index = match[4].strip()
    if index in ("ASY", "SYM"):
        index = f"{index}-{match[2]}"
    if index not in FIELDS:
        return index
    if len(line) != _MINUTES_LENGTH:
        return Fault(number, f"{len(line)} characters; a record has 400")
    date = match[1]
    # The indices began in 1957.
    century = "19" if date[:2] >= "57" else "20"
    start = instant(f"{century}{date[:2]}-{date[2:4]}-{date[4:]}T{match[3]}:00")
    if start is None:
        return Fault(number, f"not a date and hour: {shown(date + match[3])}")
    values = [line[i : i + 6] for i in range(34, 394, 6)]
    return _line(number, index, start, MINUTE, values, "99999", 0)


def _table_day(number: int, line: str, month: str) -> Line | Fault | None:
    """The values of a day in a monthly table; None for a line that is none of its days."""
    words = line.split()
    if words == _TITLES:
        return None
    if not _DAY.match(line):
        digits = sum(map(str.isdigit, line))
        return Fault(number, f"not a day of a table: {shown(line)}") if digits > _MOST_DIGITS else None
    start = instant(f"{month}-{words[0].partition('-')[0]:0>2}")
    if start is None:
        return Fault(number, f"not a day of {month}: {shown(words[0])}")
    cells = [line[place : place + 4] for place in _PLACES if place < len(line)]
    if not (line[2:3] + line[35:36] + line[68:69]).strip() and all(map(_VALUE.fullmatch, cells[:-1])):
        if len(line) <= _PLACES[-1] + 4 and cells and len(cells[-1]) == 4:
            # Hours that are not there yet.
            cells += [""] * (len(_PLACES) - len(cells))
            return _line(number, "DST", start, HOUR, cells, "9999", 0)
    elif len(words) == len(_PLACES) + 1:
        # Blanks were lost on the way, and no value touches another.
        return _line(number, "DST", start, HOUR, words[1:], "9999", 0)
    return Fault(number, f"not a day and 24 values: {shown(line)}")


def _line(number: int, index: str, start: int, holds: int, texts: list[str], missing: str, base: int) -> Line | Fault:
    field = FIELDS[index]
    low, high = field_bounds(field)
    values = []
    for text in texts:
        if not _VALUE.fullmatch(text):
            return Fault(number, f"not all values are numbers: {shown(text)}")
        digits = text.strip(" *")
        value = _NAN if digits in ("", missing) else float(int(digits) + base)
        if not low <= value <= high and value == value:
            return Fault(number, f"a value is outside {low}..{high} nT: {value:g}")
        values.append(value)
    return Line(number, series_of(field, holds), start, holds, {field: tuple(values)})
