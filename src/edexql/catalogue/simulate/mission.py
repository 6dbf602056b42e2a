"""A simulated mission: its sessions, files and indices as facts, and the whole of it put into a catalogue."""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Covered, File, Positions, Samples, Spans
from edexql.catalogue.simulate import archive, indices, orbit, sessions
from edexql.catalogue.simulate import orbit as orbits
from edexql.catalogue.simulate.ephemeris import ephemeris_chunks
from edexql.catalogue.simulate.orbit import SATELLITE, START, YEAR
from edexql.catalogue.store.segments import Series
from edexql.model.filename import span_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.store.writer import Writer


LONGEST = 30.0


def batches(years: float, seed: int, density: float = 1.0) -> Iterator[Batch]:
    """Sessions with their modes, experiments, indices and files of some years from 2013-10-01.

    The ephemeris is not among them: it is too much for samples (see `ephemeris.ephemeris_chunks`). `density` is
    how many images there are (see `archive.files`): at 1, twelve years have about a million files. The same
    arguments give the same facts. Raises ValueError for a length that is not more than 0 and at most 30, and for
    a density below 0.
    """
    if not 0 < years <= LONGEST or not density >= 0:
        raise ValueError(f"a mission is up to {LONGEST:.0f} years long, and its density is not less than 0")
    end = START + round(years * YEAR)
    mission = orbits.mission(seed)
    runs = sessions.sessions(mission, end, seed)
    yield from sessions.batches(runs, mission, end)
    yield from indices.batches(end, seed)
    yield from archive.files(runs, end, seed, density)


_DAY = 86400


def fill(
    writer: Writer, start: int, end: int, seed: int, density: float, progress: Callable[[int, int], None], path: str
) -> None:
    """Put the part `[start, end)` of a mission, seconds since 1970, into a catalogue; the caller commits.

    The mission begins on 2013-10-01: with one seed, every part is as it is in the whole. `progress` is called with the
    number of days done and of all days; `path` says what made it.
    """
    if not writer.begin_source(path, "simulation", path, synthetic=True):
        return
    years = (end - START) / YEAR
    days = (end - start) // _DAY
    mission = orbit.mission(seed)
    for first, columns in ephemeris_chunks(years, seed, start):
        length = len(columns["latitude"])
        low, high = max(start, first), min(end, first + length)
        whole = {name: values[low - first : high - first] for name, values in columns.items()}
        writer.add_quanta(Series(SATELLITE, "ephemeris"), low, whole)
        minutes = np.arange(-(-low // 60), -(-high // 60), dtype=np.float64) * 60
        writer.add(Positions(minutes, orbit.earth_fixed(mission, minutes), SATELLITE))
        progress((high - start) // _DAY, days)
    for fact in batches(years, seed, density):
        part = _since(start, fact)
        if part is not None:
            writer.add(part)


def _since(start: int, fact: Batch) -> Batch | None:
    """The part of a fact from `start` on: of sessions and files, those that begin there."""
    if isinstance(fact, File):
        span = span_of_name(fact.name)
        return fact if span is None or span.start is None or span.start >= start else None
    if isinstance(fact, Spans):
        here = fact.starts >= start
        return Spans(fact.key, fact.word, fact.starts[here], fact.ends[here], fact.satellite)
    if isinstance(fact, Samples):
        here = fact.times >= start
        columns = {name: values[here] for name, values in fact.columns.items()}
        return Samples(fact.series, fact.times[here], fact.holds, columns)
    if isinstance(fact, Covered):
        if fact.end <= start:
            return None
        return Covered(fact.key, fact.word, max(start, fact.start), fact.end, fact.satellite)
    return fact
