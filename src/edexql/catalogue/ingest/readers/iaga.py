"""Indices in the IAGA-2002 exchange format: Dst, AE, AL, AU and SYM-H.

The format is described at https://wdc.kugi.kyoto-u.ac.jp/mdplt/format/iaga2002.html: header records that end with `|`,
among them the IAGA code of the station; a record that names the columns, each with the code before it; then a date, a
time, the day of the year and the values. 99999 is a missing value, 88888 one that is not reported. The form that the
International Service of Geomagnetic Indices calls IAGA-2002x is read too.

A value stands for the interval that begins at its time; where times lie half way between the multiples of the
interval, such as 00:30 of hourly means, for the interval around it. The field measured at an observatory is refused:
no field of the vocabulary is that of a station.
"""

from __future__ import annotations

import re

from edexql.catalogue.ingest.batches import Fault, Note
from edexql.catalogue.ingest.readers.kyoto import FIELDS
from edexql.catalogue.ingest.series import Line, field_bounds, samples_of, series_of
from edexql.catalogue.ingest.source import lines, reader, shown
from edexql.catalogue.ingest.times import instant
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

_COLUMNS = re.compile(r"\s*DATE\s+TIME\s+DOY\s+(\S.*?)\s*\|?\s*")
_LENGTHS = {"second": 1, "minute": 60, "hour": 3600, "day": DAY}
_INTERVAL = re.compile(rf"(?:(\d+)[- ]*)?({'|'.join(_LENGTHS)}|hourly|daily)", re.IGNORECASE)
_MISSING = re.compile(r"\+?(?:99999|88888)(?:\.0*)?|\*+")
_NAN = float("nan")


@reader
def read(source: Source) -> Iterator[Batch]:
    """Samples of the indices of a file; times without a value are left out."""
    yield from samples_of(_lines(source))


def _lines(source: Source) -> Iterator[Line | Fault | Note]:
    header: dict[str, str] = {}
    numbered = lines(source)
    columns: list[str] = []
    for _, line in numbered:
        named = _COLUMNS.fullmatch(line)
        if named is not None:
            columns = named[1].split()
            break
        if line.startswith(" ") and not line.startswith(" #"):
            header[line[1:24].strip().lower()] = line[24:].rstrip(" |\r").strip()
    if not columns:
        yield Fault(0, "the record DATE TIME DOY, which names the columns, is missing")
        return
    code = header.get("iaga code", "").upper()
    fields = [_field(column.upper(), code) for column in columns]
    if not any(fields):
        station = f"{code or '?'} ({header['station name']})" if header.get("station name") else code or "?"
        yield Fault(
            0, f"station {shown(station)} with {shown(', '.join(columns))}: none of these is an index that edexql reads"
        )
        return
    holds = _holds(header.get("data interval type", ""))
    if not holds:
        what = shown(header.get("data interval type", ""))
        yield Fault(0, f"unknown length of the intervals: Data Interval Type {what}")
        return
    yield from _records(numbered, fields, holds)
    skipped = [column for column, field in zip(columns, fields, strict=True) if field is None]
    if skipped:
        yield Note(f"{', '.join(map(shown, skipped))} skipped: the vocabulary has no such field")


def _field(column: str, code: str) -> str | None:
    """The index of a column, whose name begins with the code of the station or not."""
    plain = {name.replace("-", ""): name for name in FIELDS}
    for name in (column, column.removeprefix(code)):
        field = plain.get(re.sub(r"[-/_]", "", name))
        if field:
            return field
    return None


def _holds(text: str) -> int:
    """The seconds of an interval such as `1-minute` or `Hourly`, 0 where there are none."""
    match = _INTERVAL.search(text)
    if match is None:
        return 0
    unit = {"hourly": "hour", "daily": "day"}.get(match[2].lower(), match[2].lower())
    return min(int(match[1] or 1) * _LENGTHS[unit], DAY) if len(match[1] or "") < 4 else 0


def _records(numbered: Iterator[tuple[int, str]], fields: list[str | None], holds: int) -> Iterator[Line | Fault]:
    phase: int | None = None
    places = 0
    for number, line in numbered:
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != len(fields) + 3:
            yield Fault(number, f"{len(words)} values; expected {len(fields) + 3}")
            continue
        time = instant(f"{words[0]}T{words[1]}")
        day = instant(f"{words[0][:4]}-01-01")
        if time is None or day is None or words[2] != f"{(instant(words[0]) or 0) // DAY - day // DAY + 1:03}":
            yield Fault(number, f"not a date, time and day of the year: {shown(' '.join(words[:3]))}")
            continue
        if phase is None and time % holds in (0, holds // 2):
            phase = time % holds
        if time % holds != phase:
            yield Fault(number, f"not a multiple of {holds} s after the first time: {shown(' '.join(words[:2]))}")
            continue
        decimals = _decimals(words[-1])
        if decimals is not None:
            if decimals < places:
                yield Fault(
                    number, f"fewer decimals than the values before; the line seems to be cut off: {shown(words[-1])}"
                )
                continue
            places = decimals
        for field, text in zip(fields, words[3:], strict=True):
            if field is not None:
                yield _line(number, field, time - time % holds, holds, text)


def _decimals(text: str) -> int | None:
    """How many decimals a value has; None for one that is missing."""
    return None if _MISSING.fullmatch(text) else len(text.partition(".")[2])


def _line(number: int, index: str, start: int, holds: int, text: str) -> Line | Fault:
    field = FIELDS[index]
    if _MISSING.fullmatch(text):
        return Line(number, series_of(field, holds), start, holds, {field: (_NAN,)})
    try:
        value = float(text if "_" not in text else "")
    except ValueError:
        return Fault(number, f"not a number: {shown(text)}")
    low, high = field_bounds(field)
    if not low <= value <= high:
        return Fault(number, f"a value is outside {low}..{high} nT: {shown(text)}")
    return Line(number, series_of(field, holds), start, holds, {field: (value,)})
