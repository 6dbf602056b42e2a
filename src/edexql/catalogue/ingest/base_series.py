"""Kp, ap and F10.7 as they come with edexql, for a catalogue of one's own.

They are those of the sample: CelesTrak's table, 2013 to 2025, with the source that the sample names. Values that a
catalogue gets from elsewhere for the same times stay or come in their place as those of any other file do.
"""

from __future__ import annotations

from edexql.catalogue.ingest.ingesting import KNOWN, NEW, Taken
from edexql.catalogue.store.catalogue import open_catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.catalogue.store.writer import Writer

SERIES = ("kp", "f107")
# What it is known by, so that it is taken in once.
_DIGEST = "base series of edexql, 2013 to 2025"


def add(writer: Writer) -> Taken:
    """Take the base series into a catalogue."""
    with open_catalogue() as sample:
        # Of one source, since the sample has them from one table.
        labels = {label for series in SERIES for label in sample.named(f"origin:{series}:")}
        path, format = next((path, format) for _, path, format, *_ in sample.sources() if format in labels)
        if not writer.begin_source(path, format, _DIGEST, synthetic=False):
            return Taken(path, format, KNOWN, (), ())
        count = sum(writer.add_series(sample, series) for series in SERIES)
    return Taken(path, format, NEW, (("samples", count),), ())
