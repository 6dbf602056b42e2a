"""Fields that follow from the positions of an orbit, second by second, as a query would find them."""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.quanta import kept, unit_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.reading import Catalogue

    Floats = NDArray[np.float64]


def computed(catalogue: Catalogue, fields: Sequence[str], start: int, end: int) -> dict[str, Floats]:
    """The computed values of fields in the seconds of `[start, end)`, NaN where there is none.

    A field that does not follow from positions is left out, and all are where no position is known.
    """
    from edexql.catalogue.orbit.fields import FIELDS, values_of
    from edexql.catalogue.orbit.lagrange import positions_at

    if catalogue.orbit is None:
        return {}
    wanted = [field for field in fields if field in FIELDS and field in catalogue.orbit.fields]
    found: dict[str, Floats] = {}
    for knots, times in catalogue.orbit.positions(intervals.of([(start, end)])):
        seconds = _seconds(times)
        places = positions_at(knots, seconds)
        for field in wanted:
            values = unit_values(field, kept(field, values_of(field, seconds, places)))
            found.setdefault(field, np.full(end - start, np.nan))[seconds - start] = values
    return found


def _seconds(times: Intervals) -> NDArray[np.int64]:
    return np.concatenate([np.arange(start, end) for start, end in times])
