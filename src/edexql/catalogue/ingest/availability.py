"""CAS availability text, `CAS_ePOP_Data_*`: when each instrument had data, a file a day.

Two header lines, then `INSTRUMENT, start, end` with times `YYYY-MM-DDThh:mm:ss` in UTC; the instruments are the
eight of e-POP. Whether the end second is included is not documented: it is taken not to be, unless it equals
the start, which then is one second (inferred). That a file tells all of its days, so that an instrument
without a line had no data, is inferred too; where a line cannot be read, this is not said of its instrument,
or of any where the instrument cannot be read. The days are those in the name of the file, and those of its
rows where the name has none.
"""

from __future__ import annotations

import re

import numpy as np

from edexql.catalogue.ingest.batches import Covered, Fault, Spans
from edexql.catalogue.ingest.clocks import instant
from edexql.catalogue.ingest.source import MOST_ROWS, lines, reader, shown
from edexql.model.filename import span_of_name
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

INSTRUMENTS = ("CER", "FAI", "GAP", "IRM", "MGF", "NMS", "RRI", "SEI")
WORD = "has-data"
HEADER = 2
_DATE = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)")


@reader
def read(source: Source) -> Iterator[Batch]:
    """Spans of each instrument, and what the file covers."""
    waiting: dict[str, list[tuple[int, int]]] = {}
    days: set[int] = set()
    doubtful: set[str] = set()
    count = 0
    for number, line in lines(source):
        row = _row(line)
        if isinstance(row, str):
            if line.strip() and (number > HEADER or _names_instrument(line)):
                yield Fault(number, row)
                instrument = line.partition(",")[0].strip()
                doubtful.update([instrument] if instrument in INSTRUMENTS else INSTRUMENTS)
            continue
        instrument, start, end = row
        waiting.setdefault(instrument, []).append((start, end))
        days.update(range(start // DAY, (end - 1) // DAY + 1))
        count += 1
        if count % MOST_ROWS == 0:
            yield from _spans(waiting)
            waiting = {}
    yield from _spans(waiting)
    if not source.damage:
        named = days_of_name(source.name)
        yield from _covered(sorted(days) if named is None else list(named), doubtful)


def days_of_name(name: str) -> range | None:
    """The days, counted from 1970, from the first to the last date in the name of a file."""
    period = span_of_name(name)
    if period is not None and period.start is not None and period.end is not None:
        return range(period.start // DAY, (period.end - 1) // DAY + 1)
    dates = [instant("-".join(found.groups())) for found in _DATE.finditer(name)]
    known = [date // DAY for date in dates if date is not None]
    return range(min(known), max(known) + 1) if known else None


def _names_instrument(line: str) -> bool:
    return line.partition(",")[0].strip() in INSTRUMENTS


def _row(line: str) -> tuple[str, int, int] | str:
    """Instrument, start and end of a line, or what is wrong with it."""
    words = [word.strip() for word in line.split(",")]
    if len(words) != 3:
        return f"not an instrument, a start and an end: {shown(line)}"
    instrument, first, last = words
    if instrument not in INSTRUMENTS:
        return f"not an instrument of e-POP: {shown(instrument)}"
    start, end = instant(first), instant(last)
    if start is None or end is None:
        return f"no date and time: {shown(first if start is None else last)}"
    if end < start:
        return f"ends before it starts: {shown(line)}"
    if end - start > 366 * DAY:
        return f"lasts longer than a year: {shown(line)}"
    return instrument, start, max(end, start + 1)


def _spans(waiting: dict[str, list[tuple[int, int]]]) -> Iterator[Spans]:
    for instrument, spans in waiting.items():
        starts, ends = np.array(spans, np.int64).T
        yield Spans(instrument.lower(), WORD, starts.copy(), ends.copy())


def _covered(days: list[int], doubtful: set[str]) -> Iterator[Covered]:
    """Stretches of days that follow one another, for every instrument that is not in doubt."""
    first = 0
    for place, day in enumerate(days):
        if place + 1 < len(days) and days[place + 1] == day + 1:
            continue
        for instrument in INSTRUMENTS:
            if instrument not in doubtful:
                yield Covered(instrument.lower(), WORD, days[first] * DAY, (day + 1) * DAY)
        first = place + 1
