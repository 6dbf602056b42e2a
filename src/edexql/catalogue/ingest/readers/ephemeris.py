"""CAS ephemeris text: position and attitude of the spacecraft, a line a second, a file a day.

The columns, their order and their units are those of the e-POP data handbook: date and time (UTC), J2000 GEI
position and velocity (km, km/s), GSM position (km), geographic latitude, longitude (deg) and altitude (km),
magnetic latitude, longitude (deg) and local time (h), yaw, pitch, roll (deg), attitude accuracy, eclipse
status. Readers published for files of 2015 take 21 columns, without the last: lines of 21 and of 22 are read
(that the older files end there is inferred). In which magnetic coordinates the file is, and what its eclipse
codes mean, is not known; a code is kept as the number that it is.

Attitude accuracy 0 is a dropout, of which the handbook says that angles are overridden with NaN, and 9 is
what e-POP files call no data: angles given with either count as missing (for 9 this is inferred).
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Fault, Samples
from edexql.catalogue.ingest.rows import rows
from edexql.catalogue.ingest.series import BEFORE_ALL, field_bounds, in_order
from edexql.catalogue.ingest.source import reader, satellite_of_file
from edexql.catalogue.ingest.times import of_calendar
from edexql.model.vocabulary import snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.rows import Rows
    from edexql.catalogue.ingest.source import Source

    Floats = NDArray[np.float64]
    # Column by column: how many values were out of range, and the line of the first.
    Strays = dict[str, tuple[int, int]]

HEADER = 2
FEWEST, MOST = 21, 22
_ECLIPSE = 21
# The place of each field among the columns, from 0.
COLUMNS = {
    "gei-x": 2,
    "gei-y": 3,
    "gei-z": 4,
    "gsm-x": 8,
    "gsm-y": 9,
    "gsm-z": 10,
    "latitude": 11,
    "longitude": 12,
    "altitude": 13,
    "magnetic-latitude": 14,
    "magnetic-longitude": 15,
    "mlt": 16,
    "yaw": 17,
    "pitch": 18,
    "roll": 19,
    "attitude-accuracy": 20,
    "eclipse": _ECLIPSE,
}
# Codes of the eclipse status are not documented.
_ECLIPSE_BOUNDS = (-1e6, 1e6)
_ANGLES = ("yaw", "pitch", "roll")


@reader
def read(source: Source) -> Iterator[Batch]:
    """Samples of all fields at one a second, a day of them in a batch."""
    strays: Strays = {}
    before = BEFORE_ALL
    satellite = satellite_of_file(source)
    if isinstance(satellite, Fault):
        yield satellite
        return
    for part in rows(source, FEWEST, MOST, header=HEADER, words=frozenset((_ECLIPSE,))):
        if isinstance(part, Fault):
            yield part
            continue
        times, good = of_calendar(part.table[:, 0], part.table[:, 1])
        yield from _impossible(part, good)
        lines, table = part.lines, part.table
        if not good.all():
            times, lines, table = times[good], lines[good], table[good]
        spare = _spare(times, table[:, 1])
        if spare.any():
            times, lines, table = times[~spare], lines[~spare], table[~spare]
        order, faults = in_order(times, lines, before)
        yield from faults
        if order is not None:
            times, lines, table = times[order], lines[order], table[order]
        if len(times):
            before = max(before, int(times[-1]))
            yield Samples("ephemeris", times, 1, _fields(table, lines, strays), satellite=satellite)
    for name, (count, line) in strays.items():
        low, high = _bounds(name)
        values = f"{count:,} values" if count > 1 else "a value"
        yield Fault(line, f"{name}: {values} outside {low:g}..{high:g}, taken as missing")


def _impossible(part: Rows, good: NDArray[np.bool_]) -> Iterator[Fault]:
    for row in np.flatnonzero(~good).tolist():
        day, clock = part.table[row, 0], part.table[row, 1]
        yield Fault(int(part.lines[row]), f"not a date and time: {day:.15g} {clock:06.15g}")


def _spare(times: NDArray[np.int64], clocks: Floats) -> NDArray[np.bool_]:
    """The rows of a second of 60, where the second after it has a row of its own."""
    sixty = clocks % 100 == 60
    return np.asarray(sixty & np.isin(times, times[~sixty])) if sixty.any() else sixty


def _fields(table: Floats, lines: NDArray[Any], strays: Strays) -> dict[str, Floats]:
    columns = {name: _within(name, table[:, place], lines, strays) for name, place in COLUMNS.items()}
    accuracy = columns["attitude-accuracy"]
    unknown = (accuracy == 0) | (accuracy == 9)
    for name in _ANGLES:
        columns[name][unknown] = np.nan
    return columns


def _within(name: str, column: Floats, lines: NDArray[Any], strays: Strays) -> Floats:
    low, high = _bounds(name)
    values: Floats = column.copy()
    outside = (values < low) | (values > high)
    if outside.any():
        count, line = strays.get(name, (0, int(lines[outside.argmax()])))
        strays[name] = count + int(outside.sum()), line
        values[outside] = np.nan
    field = snapshot().field(name)
    if field is not None and field.period is not None and field.low is not None:
        first, length = field.low, field.period
        # Only these, since the remainder rounds, and may round up to the end of the circle.
        beyond = (values < first) | (values >= first + length)
        if beyond.any():
            turned = (values[beyond] - first) % length + first
            values[beyond] = np.where(turned < first + length, turned, first)
    return values


def _bounds(name: str) -> tuple[float, float]:
    """The bounds of a column's values; angles with a sign may lie up to a whole turn to either side of 0."""
    if name == "eclipse":
        return _ECLIPSE_BOUNDS
    low, high = field_bounds(name)
    field = snapshot().field(name)
    if field is not None and field.period is not None and low < 0:
        return -field.period, field.period
    return low, high
