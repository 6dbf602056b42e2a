"""OMNI: interplanetary magnetic field, solar wind and indices near the Earth, by the hour, five minutes or minute.

Words, units and fill values are those of NASA's SPDF: hourly OMNI2, `omni2_YYYY.dat`, 55 words, and more in the
`extended` folder (https://spdf.gsfc.nasa.gov/pub/data/omni/low_res_omni/omni2.text); high resolution,
`omni_minYYYY.asc` with 46 words and `omni_5minYYYY.asc` with 49
(https://spdf.gsfc.nasa.gov/pub/data/omni/high_res_omni/hroformat.txt). IMF By and Bz are the GSM ones. A value holds
over the hour, five minutes or minute that begins at its time. Kp, ap and F10.7 of the hourly files are left out, since
others have them at their own cadence.
"""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault, Samples
from edexql.catalogue.ingest.rows import Rows, rows
from edexql.catalogue.ingest.series import BEFORE_ALL, in_order
from edexql.catalogue.ingest.source import reader
from edexql.catalogue.ingest.times import of_day_of_year

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source


class Layout(Record):
    """A form of OMNI: its series, how long a value holds, how many words a line has, how many of them are its time.

    `columns` gives the word of each field, counted from 1, and the value that stands for none.
    """

    series: str
    holds: int
    fewest: int
    most: int
    clock: int
    columns: Mapping[str, tuple[int, float]]


HOURLY = Layout(
    "omni",
    3600,
    55,
    64,
    3,
    {
        "imf-by": (16, 999.9),
        "imf-bz": (17, 999.9),
        "solar-wind-speed": (25, 9999.0),
        "dst": (41, 99999.0),
        "ae": (42, 9999.0),
        "al": (53, 99999.0),
        "au": (54, 99999.0),
    },
)
_HIGH_RESOLUTION = {
    "imf-by": (18, 9999.99),
    "imf-bz": (19, 9999.99),
    "solar-wind-speed": (22, 99999.9),
    "ae": (38, 99999.0),
    "al": (39, 99999.0),
    "au": (40, 99999.0),
    "sym-h": (42, 99999.0),
}
MINUTES = Layout("omni-1min", 60, 46, 46, 4, _HIGH_RESOLUTION)
FIVE_MINUTES = Layout("omni-5min", 300, 49, 49, 4, _HIGH_RESOLUTION)


@reader
def read(source: Source) -> Iterator[Batch]:
    """Samples of `omni`, hourly; hours of which nothing is known are left out."""
    yield from _batches(source, HOURLY)


@reader
def read_minutes(source: Source) -> Iterator[Batch]:
    """Samples of `omni-1min`."""
    yield from _batches(source, MINUTES)


@reader
def read_five_minutes(source: Source) -> Iterator[Batch]:
    """Samples of `omni-5min`."""
    yield from _batches(source, FIVE_MINUTES)


def _batches(source: Source, layout: Layout) -> Iterator[Batch]:
    before = BEFORE_ALL
    for part in rows(source, layout.fewest, layout.most):
        if not isinstance(part, Rows):
            yield part
            continue
        table, lines = part.table, part.lines
        minutes = table[:, 3] if layout.clock == 4 else np.zeros(len(table))
        times, good = of_day_of_year(table[:, 0], table[:, 1], table[:, 2], minutes)
        good &= times % layout.holds == 0
        for row in np.flatnonzero(~good).tolist():
            clock = " ".join(f"{value:g}" for value in table[row, : layout.clock])
            yield Fault(int(lines[row]), f"not a year, day of the year and time: {clock}")
        columns = {name: table[:, word - 1].copy() for name, (word, _) in layout.columns.items()}
        for name, values in columns.items():
            # Infinity stands for nothing either.
            values[(values >= layout.columns[name][1]) | np.isinf(values)] = np.nan
        good &= ~np.logical_and.reduce([np.isnan(values) for values in columns.values()])
        taken = np.flatnonzero(good)
        order, faults = in_order(times[taken], lines[taken], before)
        yield from faults
        if order is not None:
            taken = taken[order]
        if len(taken):
            before = max(before, int(times[taken[-1]]))
            fields = {name: values[taken] for name, values in columns.items()}
            yield Samples(layout.series, times[taken], layout.holds, fields)
