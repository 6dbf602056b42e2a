"""Availability text, such as `CAS_ePOP_Data_*` of e-POP: when each instrument had data, a file a day.

Two header lines, then `INSTRUMENT, start, end` with times `YYYY-MM-DDThh:mm:ss` in UTC; the instruments are those of
the vocabulary, in capitals. How the header is worded is not documented. Whether the end second is included is not
documented: it is taken not to be, unless it equals the start, which then is one second (inferred). That a file is
complete for its days, so that an instrument without a line had no data, is inferred too. A file is complete for no
instrument where the header is missing, where the file seems to be cut off, or where a line cannot be read that may be
about any of them; and not for an instrument of which a line cannot be read.
"""

from __future__ import annotations

import re
from datetime import date

from edexql.base.record import Record
from edexql.model.filename import span_of_name
from edexql.model.period import DAY, midnight
from edexql.model.spacecraft import other_in_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edexql.model.mission import NameForms
    from edexql.model.vocabulary import Vocabulary

HEADER = 2
_DATE = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,]0+)?\s*(?:Z|UTC|([+-]\d\d)(?::?(\d\d))?)?",
    re.ASCII | re.IGNORECASE,
)
_CLOCK = re.compile(r"\d:\d\d")
_TITLES = re.compile(r"\bstart.*\b(?:end|stop)", re.IGNORECASE)
# What is left of a row whose end is lost.
_CUT = re.compile(r"[A-Z]{1,3}(?:\s*,[-\dT:.Z ]*){0,2}", re.ASCII)


class Row(Record):
    """An instrument had data over `[start, end)`, in UTC seconds since 1970."""

    instrument: str
    start: int
    end: int


class Wrong(Record):
    """A line, counted from 1 (0 for the whole file), what is wrong with it, and whose data it may have had."""

    line: int
    message: str
    instruments: tuple[str, ...]


class Report(Record):
    """What a file says: its rows, what of it cannot be read, and the days of which it says everything.

    Days are counted from 1970. `certain` are the instruments that had no data in these days but where rows say so.
    """

    rows: tuple[Row, ...]
    wrong: tuple[Wrong, ...]
    days: range
    certain: tuple[str, ...]


def instruments_of(vocabulary: Vocabulary) -> tuple[str, ...]:
    """The instruments of a vocabulary, as files and folders of the archive name them."""
    return tuple(name.upper() for name in vocabulary.instruments)


def report(lines: Iterable[tuple[int, str]], name: str, vocabulary: Vocabulary) -> Report:
    """What the numbered lines of a file of some name say of the instruments of a vocabulary.

    The days are those in its name; a file whose name has none covers the one day that all its rows lie in.
    """
    instruments, mission = instruments_of(vocabulary), vocabulary.mission
    other = other_in_name(name, vocabulary.satellites.values())
    if other is not None:
        titles = ", ".join(one.title for one in vocabulary.satellites.values())
        return Report((), (Wrong(0, f"its name is of {_shown(other)}, not {titles}", instruments),), range(0), ())
    days = days_of_name(name, vocabulary.name_forms)
    rows: list[Row] = []
    wrong: list[Wrong] = []
    for item in _read(lines, days, instruments, mission.of):
        if isinstance(item, Row):
            rows.append(item)
        else:
            wrong.append(item)
    if days is None:
        touched = {second // DAY for row in rows for second in (row.start, row.end - 1)}
        days = range(min(touched), max(touched) + 1) if len(touched) == 1 else range(0)
    doubtful = {instrument for one in wrong for instrument in one.instruments}
    return Report(tuple(rows), tuple(wrong), days, tuple(one for one in instruments if one not in doubtful))


def _read(
    lines: Iterable[tuple[int, str]], days: range | None, instruments: Sequence[str], of: str
) -> Iterator[Row | Wrong]:
    header: list[str] = []
    last: tuple[int, str, bool] | None = None
    for number, line in lines:
        if not line.strip():
            continue
        if number <= HEADER and _is_header(line, instruments):
            header.append(line)
            continue
        row = _row(line, instruments, of)
        last = number, line, isinstance(row, str)
        if isinstance(row, str):
            named = _instrument(line)
            yield Wrong(number, row, (named,) if named in instruments else tuple(instruments))
        elif days and not (row.start < days.stop * DAY and row.end > days.start * DAY):
            yield Wrong(number, f"not of the days in the name of the file: {_shown(line)}", tuple(instruments))
        else:
            yield row
    if len(header) < HEADER:
        message = f"its {HEADER} header lines are missing; the file may not be complete"
        yield Wrong(0, message, tuple(instruments))
    elif last is None and not any(_TITLES.search(line) for line in header):
        yield Wrong(0, "no line can be read", tuple(instruments))
    if last is not None and last[2] and _CUT.fullmatch(last[1].strip()):
        yield Wrong(last[0], "the file seems to be cut off here", tuple(instruments))


def days_of_name(name: str, forms: NameForms) -> range | None:
    """The days, counted from 1970, from the first to the last date in the name of a file."""
    period = span_of_name(name, forms)
    if period is not None and period.start is not None and period.end is not None:
        return range(period.start // DAY, (period.end - 1) // DAY + 1)
    dates = [_day(*match.groups()) for match in _DATE.finditer(name)]
    known = [day // DAY for day in dates if day is not None]
    return range(min(known), max(known) + 1) if known else None


def _is_header(line: str, instruments: Sequence[str]) -> bool:
    """Whether one of the first lines has words, and is no row in whatever form."""
    if _instrument(line) in instruments and any(character.isdigit() for character in line):
        return False
    return len(_CLOCK.findall(line)) < 2 and any(character.isalpha() for character in line)


def _instrument(line: str) -> str:
    """The first word of a line."""
    return re.split(r"[\s,;]", line.strip(), maxsplit=1)[0]


def _row(line: str, instruments: Sequence[str], of: str) -> Row | str:
    """What a line says, or what is wrong with it."""
    words = [word.strip() for word in line.split(",")]
    if len(words) != 3:
        return f"not an instrument, a start and an end: {_shown(line)}"
    instrument, first, last = words
    if instrument not in instruments:
        return f"not an instrument{of}: {_shown(instrument)}"
    start, end = _instant(first), _instant(last)
    if start is None or end is None:
        return f"not a date and time: {_shown(first if start is None else last)}"
    if end < start:
        return f"ends before it starts: {_shown(line)}"
    if end - start > 366 * DAY:
        return f"lasts longer than a year: {_shown(line)}"
    return Row(instrument, start, max(end, start + 1))


def _instant(text: str) -> int | None:
    """The second of a date and time; None where the text is none, or between seconds."""
    match = _MOMENT.fullmatch(text)
    start = _day(match[1], match[2], match[3]) if match else None
    if match is None or start is None:
        return None
    hour, minute, second = int(match[4]), int(match[5]), int(match[6])
    # A leap second is the first second of the next day here; 24:00 is the end of a day.
    if minute > 59 or second > 60 or hour * 3600 + minute * 60 + second > DAY:
        return None
    hours, minutes = int(match[7] or 0), int(match[8] or 0)
    if abs(hours) > 23 or minutes > 59:
        return None
    ahead = hours * 3600 + minutes * (-60 if (match[7] or "").startswith("-") else 60)
    return start + hour * 3600 + minute * 60 + second - ahead


def _day(year: str, month: str, day: str) -> int | None:
    try:
        return midnight(date(int(year), int(month), int(day)))
    except ValueError:
        return None


def _shown(text: str) -> str:
    """A piece of a file as a message shows it: short, and without control characters."""
    return ascii(text if len(text) <= 40 else text[:37] + "...")
