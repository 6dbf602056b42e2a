"""Columns of tables as they come out of a file, and what they mean as times, numbers and words."""

from __future__ import annotations

import numpy as np

from edexql.base.record import record
from edexql.catalogue.ingest import clocks
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from numpy.typing import NDArray

    # Texts, or what a Parquet file has in their place: an array of times, dates or numbers.
    Cells = list[str] | NDArray[Any]
    Times = tuple[NDArray[np.int64], NDArray[np.bool_]]

_ABSENT = {"", "nan", "na", "n/a", "null", "none", "-"}
_EARLIEST, _LATEST = -(2**40), 2**40


@record(frozen=True, slots=True)
class Chunk:
    """Some rows of a table: their lines (or numbers), and the cells of the columns that are wanted, by name."""

    lines: NDArray[np.int64]
    columns: Mapping[str, Cells]


def starts(cells: Cells) -> Times:
    """The first seconds of dates and times, and which cells are such."""
    return _times(cells, clocks.start_of, 0, up=False)


def ends(cells: Cells) -> Times:
    """The seconds after dates, and at times, and which cells are such."""
    return _times(cells, clocks.end_of, DAY, up=True)


def instants(cells: Cells) -> Times:
    """Whole seconds, and which cells are such."""
    found, good = starts(cells)
    later, _ = _times(cells, clocks.instant, 0, up=True)
    return found, good & (found == later)


def numbers(cells: Cells) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values, NaN where there is none, and which cells are a number or nothing."""
    if isinstance(cells, list):
        found = [_number(cell) for cell in cells]
        good = np.array([value is not None for value in found], bool)
        return np.array([np.nan if value is None else value for value in found], np.float64), good
    if cells.dtype.kind not in "fiub":
        return np.full(len(cells), np.nan), np.zeros(len(cells), bool)
    values = cells.astype(np.float64)
    return np.where(np.isinf(values), np.nan, values), np.ones(len(cells), bool)


def words(cells: Cells) -> list[str]:
    """Texts without blanks around them."""
    return [str(cell).strip() for cell in (cells if isinstance(cells, list) else cells.tolist())]


def _times(cells: Cells, read: Callable[[str], int | None], day: int, *, up: bool) -> Times:
    if isinstance(cells, list):
        found = [read(cell) for cell in cells]
        good = np.array([second is not None for second in found], bool)
        return np.array([second or 0 for second in found], np.int64), good
    if cells.dtype.kind != "M":
        return np.zeros(len(cells), np.int64), np.zeros(len(cells), bool)
    good = ~np.isnat(cells)
    if cells.dtype == np.dtype("datetime64[D]"):
        seconds = cells.astype("datetime64[s]").astype(np.int64) + day
    else:
        seconds = _whole_seconds(cells, up=up)
    good &= (seconds > _EARLIEST) & (seconds < _LATEST)
    return np.where(good, seconds, 0), good


def _whole_seconds(cells: NDArray[Any], *, up: bool) -> NDArray[np.int64]:
    whole = cells.astype("datetime64[s]")
    later = whole.astype(cells.dtype) < cells
    return np.asarray(whole.astype(np.int64) + (later & up))


def _number(cell: str) -> float | None:
    text = cell.strip()
    try:
        # Python takes 1_0 for a number.
        value = float(text) if "_" not in text else None
    except ValueError:
        return float("nan") if text.lower() in _ABSENT else None
    return float("nan") if value in (float("inf"), float("-inf")) else value
