"""When instruments had data, from the logs of a catalogue and its files, each of which shows that there were data."""

from __future__ import annotations

from edexql.catalogue import intervals
from edexql.catalogue.satellites import views
from edexql.catalogue.store.index import HAS_DATA
from edexql.model.availability import Availability, Line
from edexql.model.period import DAY, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.timeset import TimeSet
    from edexql.model.vocabulary import Vocabulary


def available(days: Sequence[date], catalogue: Catalogue, vocabulary: Vocabulary) -> Availability:
    """What a catalogue knows of days, in order; `sources` is empty where that is nothing. ValueError for no days.

    Where there are several satellites, each has lines of its own.
    """
    if not days:
        raise ValueError("there are no days in these periods")
    starts = [midnight(day) for day in days]
    requested = intervals.of((start, start + DAY) for start in starts)
    lines = []
    for title, seen in views(catalogue, vocabulary):
        for instrument in vocabulary.instruments:
            log = f"{instrument}:{HAS_DATA}"
            on, known = seen.times(f"yes:{log}"), seen.times(f"covered:{instrument}")
            if seen.array(f"may:{log}") is not None:
                known = on | ~seen.times(f"may:{log}")
            named = f"{title} {instrument.upper()}".strip()
            lines.append(Line(named, _flat(on & requested), _flat(known & requested)))
    sources = (catalogue.title,) if any(line.known for line in lines) else ()
    return Availability(starts[0], starts[-1] + DAY, tuple(lines), sources, ())


def _flat(times: Intervals) -> TimeSet:
    return tuple(edge for pair in times for edge in pair)
