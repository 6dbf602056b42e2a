"""Samples brought into the order that a batch promises, and the account of those that were not."""

from __future__ import annotations

from functools import cache

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault, Note, Samples
from edexql.catalogue.ingest.source import MOST_ROWS
from edexql.catalogue.ingest.times import text_of
from edexql.model.vocabulary import snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.ingest.batches import Batch
    from edexql.model.number import Number

BEFORE_ALL = -(2**62)
_CADENCES = {60: "1min", 300: "5min", 1800: "30min", 3600: "1h", 86400: "1d"}


class Line(Record):
    """What a line of a file says: values of fields at times `holds` seconds apart from `start` on, NaN for none.

    All columns have the same length, and all lines of a series the same fields, length and `holds`.
    """

    number: int
    series: str
    start: int
    holds: int
    columns: Mapping[str, tuple[float, ...]]


@cache
def field_bounds(name: str) -> tuple[Number, Number]:
    """The least and the greatest value of a field of the package's vocabulary."""
    field = snapshot().field(name)
    if field is None or field.low is None or field.high is None:
        raise ValueError(f"{name} is not a field with bounds")
    return field.low, field.high


def series_of(field: str, holds: int) -> str:
    """The name of the series of one index, which says how long a value holds where that is not known of the index."""
    known = snapshot().field(field)
    if known is not None and known.cadence == holds:
        return field
    return f"{field}-{_CADENCES.get(holds, f'{holds}s')}"


def samples_of(items: Iterable[Line | Fault | Note]) -> Iterator[Batch]:
    """Samples of lines, up to 100,000 a batch; faults and notes as they come. Times without any value are left out."""
    waiting: dict[str, list[Line]] = {}
    latest: dict[str, int] = {}
    reported: set[Fault] = set()
    for one in items:
        if not isinstance(one, Line):
            yield one
            continue
        lines = waiting.setdefault(one.series, [])
        lines.append(one)
        if (len(lines) + 1) * len(next(iter(one.columns.values()))) > MOST_ROWS:
            yield from _samples(waiting.pop(one.series), latest, reported)
    for lines in waiting.values():
        yield from _samples(lines, latest, reported)


def _samples(lines: list[Line], latest: dict[str, int], reported: set[Fault]) -> Iterator[Batch]:
    series, holds = lines[0].series, lines[0].holds
    starts = np.array([line.start for line in lines], np.int64)
    before = latest.get(series, BEFORE_ALL)
    order, faults = in_order(starts, np.array([line.number for line in lines], np.int64), before)
    for fault in faults:
        # A line may give values of two series.
        if fault not in reported:
            reported.add(fault)
            yield fault
    if order is not None:
        starts, lines = starts[order], [lines[place] for place in order.tolist()]
    latest[series] = max(before, int(starts[-1]))
    columns = {name: np.array([line.columns[name] for line in lines]).ravel() for name in lines[0].columns}
    count = len(next(iter(lines[0].columns.values())))
    times = (starts[:, None] + np.arange(count) * holds).ravel()
    known = ~np.logical_and.reduce([np.isnan(values) for values in columns.values()])
    if known.any():
        yield Samples(series, times[known], holds, {name: values[known] for name, values in columns.items()})


def in_order(
    times: NDArray[Any], lines: NDArray[np.int64], before: float
) -> tuple[NDArray[np.intp] | None, Iterator[Fault]]:
    """Which samples to take, in ascending order of time, the last of those that have the same; None is all as they are.

    `before` is the latest time of the batches before. The faults name each time that comes again, and how
    many samples come after later ones.
    """
    if not len(times) or (times[0] > before and bool(np.all(times[1:] > times[:-1]))):
        return None, iter(())
    order = np.argsort(times, kind="stable")
    ascending = times[order]
    same = ascending[1:] == ascending[:-1]
    again = times == before
    again[order[1:][same]] = True
    latest = np.maximum.accumulate(np.concatenate((np.array([before], times.dtype), times[:-1])))
    return order[np.append(~same, True)], _faults(times, lines, again, (times < latest) & ~again)


def _faults(
    times: NDArray[Any], lines: NDArray[np.int64], again: NDArray[np.bool_], late: NDArray[np.bool_]
) -> Iterator[Fault]:
    for row in np.flatnonzero(again).tolist():
        yield Fault(int(lines[row]), f"{text_of(times[row])} appears again; the last one counts")
    rows = np.flatnonzero(late)
    if len(rows):
        more = f", as do {len(rows) - 1:,} more lines" if len(rows) > 1 else ""
        yield Fault(int(lines[rows[0]]), f"{text_of(times[rows[0]])} comes after a later time{more}; sorted")
