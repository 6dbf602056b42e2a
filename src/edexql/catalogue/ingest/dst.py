"""The Dst index in the form of the World Data Center for Geomagnetism, Kyoto: a line a day, 120 characters.

The columns are those of http://wdc.kugi.kyoto-u.ac.jp/dstae/format/dstformat.html: `DST`, year without
century, month, `*`, day; in 15-16 the century (blank for 19); in 17-20 the base value in units of 100 nT; then
24 hourly values of 4 digits in nT, 9999 for none, which add to the base; the mean of the day. The first value
is that of the first hour. Final, provisional and quick-look values are in the same form, and all are read.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Fault, Samples
from edexql.catalogue.ingest.clocks import instant
from edexql.catalogue.ingest.series import BEFORE_ALL, in_order
from edexql.catalogue.ingest.source import MOST_ROWS, lines, reader, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

    # Line, first second, and the values of its hours.
    Day = tuple[int, int, list[float]]

HOUR = 3600
MISSING = 9999
LOW, HIGH = -2000, 1000
_FIRST, _LAST, _WIDTH = 20, 116, 4
_MOST_DAYS = MOST_ROWS // 24


@reader
def read(source: Source) -> Iterator[Batch]:
    """Samples of `dst`, hourly, in nT; hours without a value are left out."""
    waiting: list[Day] = []
    before = BEFORE_ALL
    for number, line in lines(source):
        # The data center's own pages have the records between marks of HTML.
        if not line.strip() or line.lstrip().startswith(("<", "#")):
            continue
        found = _day(number, line)
        if isinstance(found, Fault):
            yield found
            continue
        waiting.append(found)
        if len(waiting) == _MOST_DAYS:
            before = yield from _batch(waiting, before)
            waiting = []
    if waiting:
        yield from _batch(waiting, before)


def _day(number: int, line: str) -> Day | Fault:
    if line[:3] != "DST" or line[7:8] != "*":
        return Fault(number, f"not a record of Dst: {shown(line)}")
    if len(line) < _LAST:
        return Fault(number, f"{len(line)} characters where a record has 120")
    century = line[14:16].strip() or "19"
    date = f"{century:0>2}{line[3:5]}-{line[5:7]}-{line[8:10]}".replace(" ", "0")
    start = instant(date)
    if start is None:
        return Fault(number, f"no date: {shown(date)}")
    try:
        base = int(line[16:20].strip() or 0) * 100
        values = [_value(line[i : i + _WIDTH], base) for i in range(_FIRST, _LAST, _WIDTH)]
    except ValueError:
        return Fault(number, f"not all values are numbers: {shown(line[16:_LAST])}")
    if any(not LOW <= value <= HIGH for value in values if value == value):
        return Fault(number, f"a value is outside {LOW}..{HIGH} nT")
    return number, start, values


def _value(text: str, base: int) -> float:
    value = int(text.strip() or MISSING)
    return float("nan") if value == MISSING else float(base + value)


def _batch(waiting: list[Day], before: int) -> Generator[Batch, None, int]:
    """Samples of the days that wait, and the latest day so far, which is returned."""
    starts = np.array([start for _, start, _ in waiting], np.int64)
    order, faults = in_order(starts, np.array([number for number, _, _ in waiting], np.int64), before)
    yield from faults
    values = np.array([hours for _, _, hours in waiting])
    if order is not None:
        starts, values = starts[order], values[order]
    times = (starts[:, None] + np.arange(24) * HOUR).ravel()
    known = ~np.isnan(values.ravel())
    if known.any():
        yield Samples("dst", times[known], HOUR, {"dst": values.ravel()[known]})
    return max(before, int(starts[-1]))
