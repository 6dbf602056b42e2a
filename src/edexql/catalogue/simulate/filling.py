"""A made-up mission put into a catalogue, labelled for what it is."""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Positions
from edexql.catalogue.simulate import orbit
from edexql.catalogue.simulate.ephemeris import ephemeris_chunks
from edexql.catalogue.simulate.mission import batches
from edexql.catalogue.simulate.orbit import START, YEAR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.catalogue.store.writing import Writer

_DAY = 86400


def fill(writer: Writer, years: float, seed: int, density: float, progress: Callable[[int, int], None]) -> None:
    """Put a mission of some years into a catalogue; the caller commits.

    `progress` is told how many days are done, and of how many.
    """
    path = f"edexql catalogue simulate --years {years:g} --seed {seed} --density {density:g}"
    if not writer.begin_source(path, "simulation", path, synthetic=True):
        return
    start, end = START, START + round(years * YEAR)
    days = (end - start) // _DAY
    mission = orbit.mission(seed)
    for first, columns in ephemeris_chunks(years, seed):
        length = len(columns["latitude"])
        low, high = max(start, first), min(end, first + length)
        whole = {name: values[low - first : high - first] for name, values in columns.items()}
        writer.add_kept("ephemeris", low, whole)
        minutes = np.arange(-(-low // 60), -(-high // 60), dtype=np.float64) * 60
        writer.add(Positions(minutes, orbit.earth_fixed(mission, minutes)))
        progress((high - start) // _DAY, days)
    for fact in batches(years, seed, density):
        writer.add(fact)
