"""OMNI2 hourly values, `omni2_YYYY.dat`: interplanetary magnetic field, solar wind, Dst and AE.

Words, units and fill values are those of NASA SPDF's `omni2.text`; files of the `extended` folder, which
have more words at the end, are read too. IMF By and Bz are the GSM ones (words 16 and 17). A value holds
over the hour that begins at its time. Kp, ap and F10.7 are left out, since CelesTrak's data have them at
their own cadence.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Fault, Samples
from edexql.catalogue.ingest.clocks import of_day_of_year
from edexql.catalogue.ingest.numbers import rows
from edexql.catalogue.ingest.series import BEFORE_ALL, in_order
from edexql.catalogue.ingest.source import reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

FEWEST, MOST = 55, 64
HOUR = 3600
# The word of each field, counted from 1, and the value that stands for none.
COLUMNS: dict[str, tuple[int, float]] = {
    "imf-by": (16, 999.9),
    "imf-bz": (17, 999.9),
    "solar-wind-speed": (25, 9999.0),
    "dst": (41, 99999.0),
    "ae": (42, 9999.0),
}


@reader
def read(source: Source) -> Iterator[Batch]:
    """Samples of `omni`; hours of which nothing is known are left out."""
    before = BEFORE_ALL
    for found in rows(source, FEWEST, MOST):
        if isinstance(found, Fault):
            yield found
            continue
        table, lines = found.table, found.lines
        times, good = of_day_of_year(table[:, 0], table[:, 1], table[:, 2])
        for row in np.flatnonzero(~good).tolist():
            year, day, hour = table[row, :3]
            yield Fault(int(lines[row]), f"no year, day of the year and hour: {year:g} {day:g} {hour:g}")
        columns = {name: table[:, word - 1].copy() for name, (word, _) in COLUMNS.items()}
        for name, values in columns.items():
            # Infinity stands for nothing either.
            values[(values >= COLUMNS[name][1]) | np.isinf(values)] = np.nan
        good &= ~np.logical_and.reduce([np.isnan(values) for values in columns.values()])
        taken = np.flatnonzero(good)
        order, faults = in_order(times[taken], lines[taken], before)
        yield from faults
        if order is not None:
            taken = taken[order]
        if len(taken):
            before = max(before, int(times[taken[-1]]))
            yield Samples("omni", times[taken], HOUR, {name: values[taken] for name, values in columns.items()})
