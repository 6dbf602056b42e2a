"""CAS availability text as spans of each instrument, and the days that are told.

Its form, and what of its meaning is inferred, stand in edexql.model.availability. The days are those in the name
of the file, and those of its rows where the name has none.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Covered, Fault, Spans
from edexql.catalogue.ingest.source import MOST_ROWS, lines, reader
from edexql.model.availability import INSTRUMENTS, Wrong, days_of_name, rows
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

WORD = "has-data"


@reader
def read(source: Source) -> Iterator[Batch]:
    """Spans of each instrument, and what the file covers."""
    waiting: dict[str, list[tuple[int, int]]] = {}
    days: set[int] = set()
    doubtful: set[str] = set()
    count = 0
    for row in rows(lines(source)):
        if isinstance(row, Wrong):
            yield Fault(row.line, row.message)
            doubtful.update(row.instruments)
            continue
        waiting.setdefault(row.instrument, []).append((row.start, row.end))
        days.update(range(row.start // DAY, (row.end - 1) // DAY + 1))
        count += 1
        if count % MOST_ROWS == 0:
            yield from _spans(waiting)
            waiting = {}
    yield from _spans(waiting)
    if not source.damage:
        named = days_of_name(source.name)
        yield from _covered(sorted(days) if named is None else list(named), doubtful)


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
