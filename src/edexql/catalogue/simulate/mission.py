"""A made-up mission as the facts that a catalogue takes in."""

from __future__ import annotations

from edexql.catalogue.simulate import archive, indices, sessions
from edexql.catalogue.simulate import orbit as orbits
from edexql.catalogue.simulate.orbit import START, YEAR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch

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
