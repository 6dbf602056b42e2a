"""The samples of a field over the time shown: as dense as its values change, no more than a picture has room for."""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.pictures.scene import grid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edexql.pictures.scene import Scene, Subject

    Floats = NDArray[np.float64]
    Seconds = NDArray[np.int64]

# Points of a curve, and values that are read for it.
MOST_POINTS, _MOST_VALUES = 3000, 2_000_000


class Samples(Record):
    """The values of a field at UTC seconds since 1970, in order: both of shape (n,), NaN where there is no value."""

    name: str
    times: Seconds
    values: Floats

    @property
    def known(self) -> bool:
        """Whether there is a value at any time."""
        return not bool(np.isnan(self.values).all())


def holds(name: str, subject: Subject) -> int:
    """For how many seconds each value of a field holds, where a series has it; 0 where it follows from the orbit."""
    first = next(iter(subject.view.sources(name)), None)
    return 0 if first is None else first.step


def samples(name: str, scene: Scene, subject: Subject) -> Samples:
    """The samples of a field: every value of an index; of more than there is room for, the extremes of each part."""
    times = grid(scene, subject, MOST_POINTS)
    step = holds(name, subject)
    if step > 1:
        step *= -(-(scene.end - scene.start) // (step * _MOST_VALUES))
        times = np.union1d(times, np.arange(-(-scene.start // step) * step, scene.end, step))
    (values,) = subject.view.values([name], times)
    kept = _extremes(values, MOST_POINTS // 2) if len(times) > 2 * MOST_POINTS else slice(None)
    return Samples(name, times[kept], values[kept])


def _extremes(values: Floats, parts: int) -> NDArray[np.int64]:
    """Where the least and the greatest value of each of so many parts stand, in order, with both ends."""
    edges = len(values) * np.arange(parts + 1) // parts
    which = np.repeat(np.arange(parts), np.diff(edges))
    # In each part by value, those without one last.
    order = np.lexsort((values, which))
    known = np.add.reduceat(~np.isnan(values), edges[:-1])
    first, last = order[edges[:-1]], order[edges[:-1] + np.maximum(known, 1) - 1]
    return np.unique(np.concatenate(([0, len(values) - 1], first, last)))
