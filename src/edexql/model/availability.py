"""CAS availability text, `CAS_ePOP_Data_*`: when each instrument had data, a file a day.

Two header lines, then `INSTRUMENT, start, end` with times `YYYY-MM-DDThh:mm:ss` in UTC; the instruments are the
eight of e-POP. Whether the end second is included is not documented: it is taken not to be, unless it equals
the start, which then is one second (inferred). That a file tells all of its days, so that an instrument
without a line had no data, is inferred too; where a line cannot be read, this is not said of its instrument,
or of any where the instrument cannot be read.
"""

from __future__ import annotations

import re
from datetime import date

from edexql.model.filename import span_of_name
from edexql.model.period import DAY, midnight
from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INSTRUMENTS = ("CER", "FAI", "GAP", "IRM", "MGF", "NMS", "RRI", "SEI")
HEADER = 2
_DATE = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]0+)?)?\s*(?:Z|UTC|([+-]\d\d)(?::?(\d\d))?)?)?",
    re.ASCII | re.IGNORECASE,
)


@record(frozen=True, slots=True)
class Row:
    """An instrument had data over `[start, end)`, in UTC seconds since 1970."""

    instrument: str
    start: int
    end: int


@record(frozen=True, slots=True)
class Wrong:
    """A line, counted from 1, that cannot be read, what is wrong with it, and whose data it may have told."""

    line: int
    message: str
    instruments: tuple[str, ...]


def rows(lines: Iterable[tuple[int, str]]) -> Iterator[Row | Wrong]:
    """What the lines of a file say, each given with its number; the header and empty lines say nothing."""
    for number, line in lines:
        found = _row(line)
        if isinstance(found, Row):
            yield found
            continue
        instrument = line.partition(",")[0].strip()
        if line.strip() and (number > HEADER or instrument in INSTRUMENTS):
            yield Wrong(number, found, (instrument,) if instrument in INSTRUMENTS else INSTRUMENTS)


def days_of_name(name: str) -> range | None:
    """The days, counted from 1970, from the first to the last date in the name of a file."""
    period = span_of_name(name)
    if period is not None and period.start is not None and period.end is not None:
        return range(period.start // DAY, (period.end - 1) // DAY + 1)
    dates = [_day(*found.groups()) for found in _DATE.finditer(name)]
    known = [day // DAY for day in dates if day is not None]
    return range(min(known), max(known) + 1) if known else None


def _row(line: str) -> Row | str:
    """What a line says, or what is wrong with it."""
    words = [word.strip() for word in line.split(",")]
    if len(words) != 3:
        return f"not an instrument, a start and an end: {_shown(line)}"
    instrument, first, last = words
    if instrument not in INSTRUMENTS:
        return f"not an instrument of e-POP: {_shown(instrument)}"
    start, end = _instant(first), _instant(last)
    if start is None or end is None:
        return f"no date and time: {_shown(first if start is None else last)}"
    if end < start:
        return f"ends before it starts: {_shown(line)}"
    if end - start > 366 * DAY:
        return f"lasts longer than a year: {_shown(line)}"
    return Row(instrument, start, max(end, start + 1))


def _instant(text: str) -> int | None:
    """The second of a date (midnight) or time; None where the text is neither, or between seconds."""
    found = _MOMENT.fullmatch(text)
    start = _day(found[1], found[2], found[3]) if found else None
    if found is None or start is None or found[4] is None:
        return start
    hour, minute, second = int(found[4]), int(found[5]), int(found[6] or 0)
    # A leap second is the first second of the next day here; 24:00 is the end of a day.
    if minute > 59 or second > 60 or hour * 3600 + minute * 60 + second > DAY:
        return None
    hours, minutes = int(found[7] or 0), int(found[8] or 0)
    if abs(hours) > 23 or minutes > 59:
        return None
    ahead = hours * 3600 + minutes * (-60 if (found[7] or "").startswith("-") else 60)
    return start + hour * 3600 + minute * 60 + second - ahead


def _day(year: str, month: str, day: str) -> int | None:
    try:
        return midnight(date(int(year), int(month), int(day)))
    except ValueError:
        return None


def _shown(text: str) -> str:
    """A piece of a file as a message shows it: short, and without control characters."""
    return ascii(text if len(text) <= 40 else text[:37] + "...")
