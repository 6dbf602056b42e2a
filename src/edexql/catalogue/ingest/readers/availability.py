"""Availability text as spans of each instrument, and the days that it covers.

Its form, and what of its meaning is inferred, stand in edexql.formats.availability.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Covered, Fault, Spans
from edexql.catalogue.ingest.source import lines, reader, satellite_of_file
from edexql.formats.availability import report
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
    satellite = satellite_of_file(source)
    if isinstance(satellite, Fault):
        yield satellite
        return
    table = report(lines(source), source.name, source.vocabulary)
    spans: dict[str, list[tuple[int, int]]] = {}
    for row in table.rows:
        spans.setdefault(row.instrument, []).append((row.start, row.end))
    for instrument, pairs in spans.items():
        starts, ends = np.array(pairs, np.int64).T
        yield Spans(instrument.lower(), WORD, starts.copy(), ends.copy(), satellite)
    for wrong in table.wrong:
        yield Fault(wrong.line, wrong.message)
    if table.days and not source.damage:
        for instrument in table.certain:
            yield Covered(instrument.lower(), WORD, table.days.start * DAY, table.days.stop * DAY, satellite)
