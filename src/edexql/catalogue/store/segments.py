"""Samples on their way into segments: gathered by chunk, laid over what is there, written once.

A segment holds the samples of one chunk of time of a series: `value:<field>` (n,), whole quanta with the
least number of the type for "no value"; `missing:<field>` (2, k) int64, starts and ends of the times without
a value; and for long columns `low:<field>` and `high:<field>` (n / 64,), the least and greatest value in each
zone of 64 samples, where a missing value counts as the least, and `sum:<field>`, the checksum of each zone.
"""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.intervals import Intervals, of
from edexql.catalogue.quanta import missing_value, quantized
from edexql.catalogue.store.arrays import zone_sums

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

ZONE = 64
# Samples in a chunk: of a column at one a second 8 MB, of an index decades.
SAMPLES = 2**22
_FEW = 2**16


def chunk_length(holds: int) -> int:
    """The seconds of a chunk of a series; chunks begin at multiples of it."""
    return SAMPLES if holds == 1 else _FEW * holds


class Chunk:
    """The samples of a chunk while they are being gathered."""

    def __init__(self, start: int, holds: int, *, linear: bool = False) -> None:
        self.holds = holds
        self.linear = linear
        self.start = start
        self.columns: dict[str, NDArray[Any]] = {}
        self.length = 0

    def lay(self, times: NDArray[np.int64], columns: Mapping[str, NDArray[np.float64]]) -> None:
        """Put values in, over those that are there; a missing value replaces nothing."""
        self.lay_quanta(times, {name: quantized(name, values) for name, values in columns.items()})

    def lay_quanta(self, times: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]) -> None:
        first, last = int(times[0]), int(times[-1])
        # From the beginning of a zone, so that zones of all segments are in step.
        self._reach(first - (first - self.start) % (ZONE * self.holds), last + self.holds)
        position = (times - self.start) // self.holds
        whole = slice(int(position[0]), int(position[-1]) + 1)
        unbroken = whole.stop - whole.start == len(position)
        for name, values in columns.items():
            column = self._column(name, values.dtype)
            there = values != missing_value(values.dtype)
            if unbroken and there.all():
                column[whole] = values
            else:
                column[position[there]] = values[there]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of the segment, whole zones of them."""
        self._reach(self.start, self.start + -(-self.length // ZONE) * ZONE * self.holds)
        arrays: dict[str, NDArray[Any]] = {}
        for name, column in self.columns.items():
            arrays[f"value:{name}"] = column
            arrays[f"missing:{name}"] = self._missing(column)
            if self.holds == 1:
                zones = column.reshape(-1, ZONE)
                arrays[f"low:{name}"] = zones.min(axis=1)
                arrays[f"high:{name}"] = zones.max(axis=1)
                arrays[f"sum:{name}"] = zone_sums(zones)
        return arrays

    def _column(self, name: str, dtype: Any) -> NDArray[Any]:
        if name not in self.columns:
            self.columns[name] = np.full(self.length, missing_value(dtype), dtype)
        return self.columns[name]

    def _reach(self, start: int, end: int) -> None:
        """Make room for the samples of `[start, end)`."""
        if not self.length:
            self.start = start
        before = max(0, (self.start - start) // self.holds)
        after = max(0, (end - self.start) // self.holds - self.length)
        if not before and not after:
            return
        self.start -= before * self.holds
        self.length += before + after
        for name, column in self.columns.items():
            blank = missing_value(column.dtype)
            self.columns[name] = np.pad(column, (before, after), constant_values=blank)

    def _missing(self, column: NDArray[Any]) -> NDArray[np.int64]:
        times = runs(column == missing_value(column.dtype), self.start, self.holds)
        return np.stack((times.starts, times.ends))


def runs(marks: NDArray[np.bool_], start: int, holds: int) -> Intervals:
    """The times of the samples that are marked."""
    edges = np.flatnonzero(np.diff(marks.view(np.int8), prepend=np.int8(0), append=np.int8(0)))
    times = edges.astype(np.int64) * holds + start
    return Intervals(times[::2], times[1::2])


class Series(Record):
    """The samples of a satellite that are kept together."""

    satellite: str
    name: str


def newer_times(connection: sqlite3.Connection, series: Series, start: int, end: int, rank: str) -> Intervals:
    """The times in `[start, end)` of which a series has values from a newer version of a file."""
    return of(
        connection.execute(
            """SELECT "start", "end" FROM stretch
            WHERE satellite = ? AND series = ? AND rank > ? AND "start" < ? AND "end" > ?""",
            (series.satellite, series.name, rank, end, start),
        ).fetchall()
    )


def add_origin(connection: sqlite3.Connection, series: Series, times: Intervals, rank: str, source: int) -> None:
    """Record that the values of some times come from a version of a source."""
    named = (series.satellite, series.name)
    for start, end in times:
        last = connection.execute(
            'SELECT rowid FROM stretch WHERE satellite = ? AND series = ? AND source = ? AND "end" = ? AND rank = ?',
            (*named, source, start, rank),
        ).fetchone()
        if last:
            connection.execute('UPDATE stretch SET "end" = ? WHERE rowid = ?', (end, last[0]))
        else:
            connection.execute("INSERT INTO stretch VALUES (?, ?, ?, ?, ?, ?)", (*named, start, end, rank, source))
