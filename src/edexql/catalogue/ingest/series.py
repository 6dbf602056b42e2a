"""Samples brought into the order that a batch promises, and the account of those that were not."""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.clocks import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

BEFORE_ALL = -(2**62)


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
        yield Fault(int(lines[row]), f"{text_of(times[row])} is given again; the last one counts")
    rows = np.flatnonzero(late)
    if len(rows):
        more = f", as do {len(rows) - 1:,} more lines" if len(rows) > 1 else ""
        yield Fault(int(lines[rows[0]]), f"{text_of(times[rows[0]])} comes after a later time{more}; sorted")
