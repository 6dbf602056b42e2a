"""The values of a field second by second: what the columns of `ephemeris` are filled with.

Of each second the first source that has a value counts, in the order in which a query looks: the
spacecraft's own series, other series by name, positions that are computed.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.quanta import CIRCLES, missing_value, quanta, unit_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.store.arrays import Arrays
    from edexql.catalogue.store.reading import Catalogue
    from edexql.catalogue.store.schema import Segment

    Floats = NDArray[np.float64]


def column(catalogue: Catalogue, field: str, start: int, end: int, computed: Floats | None = None) -> Floats | None:
    """The values of a field in the seconds of `[start, end)`, NaN where there is none; None if there is none at all.

    `computed` are values for where no series has one.
    """
    values: Floats | None = None
    for series in catalogue.series_with(field):
        for segment, arrays in catalogue.segments[series]:
            first, last = max(start, segment.start), min(end, segment.end)
            if first < last and f"value:{field}" in arrays:
                found = unit_values(field, stored(segment, arrays, field, first, last))
                values = _filled(values, found, first - start, end - start)
    if computed is not None:
        values = _filled(values, computed, 0, end - start)
    return None if values is None or bool(np.isnan(values).all()) else values


def stored(segment: Segment, arrays: Arrays, field: str, first: int, last: int) -> NDArray[Any]:
    """The kept values of a segment in the seconds of `[first, last)`, which lie in it."""
    values = arrays[f"value:{field}"]
    if segment.holds == 1:
        return values[first - segment.start : last - segment.start]
    position, phase = np.divmod(np.arange(first - segment.start, last - segment.start), segment.holds)
    if not segment.linear:
        return np.asarray(values[position])
    return _on_lines(values, position, phase / segment.holds, field)


def _on_lines(values: NDArray[Any], position: NDArray[np.int64], part: Floats, field: str) -> NDArray[Any]:
    """Values on the lines from sample to sample, in whole quanta; the last of a run has its own second only."""
    missing = missing_value(values.dtype)
    before = values[position]
    after = np.append(values[1:], np.array([missing], values.dtype))[position]
    step = np.where(after == missing, 0.0, after.astype(np.float64) - before)
    if field in CIRCLES:
        start, period = (bound * quanta(field) for bound in CIRCLES[field])
        step = (step + period / 2) % period - period / 2
    line = np.rint(before + step * part)
    if field in CIRCLES:
        line = (line - start) % period + start
    there = (before != missing) & ((after != missing) | (part == 0))
    return np.where(there, line, missing).astype(values.dtype)


def _filled(values: Floats | None, found: Floats, begin: int, count: int) -> Floats:
    """Values with what was found from `begin` on put in where there is none yet."""
    if values is None:
        if len(found) == count:
            return found
        values = np.full(count, np.nan)
    part = values[begin : begin + len(found)]
    np.copyto(part, found, where=np.isnan(part))
    return values
