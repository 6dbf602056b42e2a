"""Columns of tables, as CSV or Parquet, read in chunks, and what their cells mean as times, numbers and words.

A damaged row of a CSV file is reported and left out. Parquet is read through pyarrow, which is imported when there is
such a file."""

from __future__ import annotations

import csv

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.source import lines, shown
from edexql.catalogue.ingest.times import end_of, instant, start_of
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from numpy.typing import NDArray

    # Texts, or what a Parquet file has in their place: an array of times, dates or numbers.
    Cells = list[str] | NDArray[Any]
    Times = tuple[NDArray[np.int64], NDArray[np.bool_]]
    from collections.abc import Iterator

    from edexql.catalogue.ingest.source import Source


_ABSENT = {"", "nan", "na", "n/a", "null", "none", "-"}
_EARLIEST, _LATEST = -(2**40), 2**40


class Chunk(Record):
    """Some rows of a table: their lines (or numbers), and the cells of the columns that are wanted, by name."""

    lines: NDArray[np.int64]
    columns: Mapping[str, Cells]


def starts(cells: Cells) -> Times:
    """The first seconds of dates and times, and which cells are such."""
    return _times(cells, start_of, 0, up=False)


def ends(cells: Cells) -> Times:
    """The seconds after dates, and at times, and which cells are such."""
    return _times(cells, end_of, DAY, up=True)


def instants(cells: Cells) -> Times:
    """Whole seconds, and which cells are such."""
    times, good = starts(cells)
    later, _ = _times(cells, instant, 0, up=True)
    return times, good & (times == later)


def numbers(cells: Cells) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values, NaN where there is none, and which cells are a number or nothing."""
    if isinstance(cells, list):
        optional_values = [_number(cell) for cell in cells]
        good = np.array([value is not None for value in optional_values], bool)
        return np.array([np.nan if value is None else value for value in optional_values], np.float64), good
    if cells.dtype.kind not in "fiub":
        return np.full(len(cells), np.nan), np.zeros(len(cells), bool)
    values = cells.astype(np.float64)
    return np.where(np.isinf(values), np.nan, values), np.ones(len(cells), bool)


def words(cells: Cells) -> list[str]:
    """Texts without blanks around them."""
    return [str(cell).strip() for cell in (cells if isinstance(cells, list) else cells.tolist())]


def _times(cells: Cells, read: Callable[[str], int | None], day: int, *, up: bool) -> Times:
    if isinstance(cells, list):
        instants = [read(cell) for cell in cells]
        good = np.array([second is not None for second in instants], bool)
        return np.array([second or 0 for second in instants], np.int64), good
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


_CSV_ROWS = 20_000
# How far into a file the line with the names of the columns may be.
_LAST_HEADER = 1000


def csv_chunks(source: Source, wanted: tuple[str, ...], note: Callable[[str], None]) -> Iterator[Chunk | Fault]:
    """The wanted columns, some thousand rows at a time.

    The first line that has all their names is the header; what is before it is skipped, as are empty
    lines and comments, which begin with `#`. `note` is given each comment.
    """
    numbered = lines(source)
    header = _header(numbered, wanted, note)
    if isinstance(header, Fault):
        yield header
        return
    names, delimiter = header
    places = [names.index(name) for name in wanted]
    kept: list[int] = []
    rows: list[list[str]] = []
    for number, line in numbered:
        if line.lstrip().startswith("#"):
            note(line)
            continue
        if not line.strip():
            continue
        cells = split(line, delimiter)
        if cells is None or len(cells) != len(names):
            count = "unclosed quotes" if cells is None else f"{len(cells)} values"
            yield Fault(number, f"{count}; expected {len(names)} values")
            continue
        kept.append(number)
        rows.append([cells[place] for place in places])
        if len(rows) == _CSV_ROWS:
            yield _csv_chunk(kept, rows, wanted)
            kept, rows = [], []
    if rows:
        yield _csv_chunk(kept, rows, wanted)


def _header(
    numbered: Iterator[tuple[int, str]], wanted: tuple[str, ...], note: Callable[[str], None]
) -> tuple[list[str], str] | Fault:
    """The names of the columns, and what stands between them."""
    likely: list[str] = []
    for number, line in numbered:
        delimiter = delimiter_of(line)
        names = [name.strip() for name in split(line.strip().lstrip("#"), delimiter) or []]
        if all(name in names for name in wanted):
            return names, delimiter
        lower = [name.lower() for name in names]
        if all(name in lower for name in wanted):
            return lower, delimiter
        if line.lstrip().startswith("#"):
            note(line)
        elif line.strip():
            likely = likely or names
        if number >= _LAST_HEADER:
            break
    missing = next((name for name in wanted if name not in likely), wanted[0])
    there = f"; the columns are {shown(', '.join(likely))}" if likely else ""
    return Fault(0, f"no column {shown(missing)}{there}")


def delimiter_of(line: str) -> str:
    """What stands between the columns that a line names: commas, or else semicolons or tabs."""
    return next((delimiter for delimiter in ",;\t" if delimiter in line), ",")


def split(line: str, delimiter: str = ",") -> list[str] | None:
    """The cells of a line, None where its quotes are wrong."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], strict=True, delimiter=delimiter), None)
    except csv.Error:
        return None


def _csv_chunk(kept: list[int], rows: list[list[str]], wanted: tuple[str, ...]) -> Chunk:
    columns = {name: list(cells) for name, cells in zip(wanted, zip(*rows, strict=True), strict=True)}
    return Chunk(np.array(kept, np.int64), columns)


def columns_of(data: bytes) -> list[str] | None:
    """The names of the columns of a text, None where its first line that is no comment does not have several."""
    text = data.decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return None
    delimiter = delimiter_of(lines[0])
    names = [name.strip() for name in split(lines[0].strip(), delimiter) or []]
    words = sum(any(map(str.isalpha, name)) for name in names)
    if len(names) < 2 or words * 2 < len(names) or not all(names):
        return None
    # A text may have commas, too; the rows of a table have as many as its header.
    if any(len(split(line, delimiter) or []) != len(names) for line in lines[1:3]):
        return None
    return names if all(name.isprintable() for name in names) else None


_PARQUET_ROWS = 65_536
NO_PYARROW = "Parquet needs the package pyarrow; install it with `pip install 'edexql[parquet]'`"


def parquet_names(path: str) -> list[str] | Fault:
    """The names of the columns of a file."""
    opened = _parquet_file(path)
    if isinstance(opened, Fault):
        return opened
    with opened:
        return [str(name) for name in opened.schema_arrow.names]


def parquet_chunks(path: str, wanted: tuple[str, ...]) -> Iterator[Chunk | Fault]:
    """The wanted columns, some ten thousand rows at a time; a row's number stands for its line."""
    opened = _parquet_file(path)
    if isinstance(opened, Fault):
        yield opened
        return
    with opened:
        names = opened.schema_arrow.names
        missing = next((name for name in wanted if name not in names), None)
        if missing is not None:
            yield Fault(0, f"no column {shown(missing)}; the columns are {shown(', '.join(map(str, names)))}")
            return
        first = 1
        try:
            for batch in opened.iter_batches(_PARQUET_ROWS, columns=list(dict.fromkeys(wanted))):
                if batch.num_rows:
                    columns = {name: _parquet_cells(batch.column(name)) for name in wanted}
                    yield Chunk(np.arange(first, first + batch.num_rows), columns)
                    first += batch.num_rows
        except _parquet_errors() as problem:
            yield Fault(0, f"cannot be read from row {first} on: {shown(str(problem))}")


def _parquet_file(path: str) -> Any:
    """The file as pyarrow has it, or a Fault."""
    from importlib import import_module

    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError:
        return Fault(0, NO_PYARROW)
    try:
        return parquet.ParquetFile(path)
    except _parquet_errors() as problem:
        return Fault(0, f"not a Parquet file that can be read: {shown(str(problem))}")


def _parquet_errors() -> tuple[type[Exception], ...]:
    from importlib import import_module

    arrow: type[Exception] = import_module("pyarrow").ArrowException
    return arrow, OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, MemoryError


def _parquet_cells(column: Any) -> Cells:
    from importlib import import_module

    arrow = import_module("pyarrow")
    kind = column.type
    if arrow.types.is_date(kind):
        return np.asarray(column.cast(arrow.date32()).to_numpy(zero_copy_only=False), "datetime64[D]")
    if arrow.types.is_timestamp(kind):
        # Values with a zone are stored in UTC, those without one are taken as UTC.
        return np.asarray(column.cast(arrow.timestamp(kind.unit)).to_numpy(zero_copy_only=False))
    if arrow.types.is_integer(kind) or arrow.types.is_floating(kind) or arrow.types.is_decimal(kind):
        return np.asarray(column.cast(arrow.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
    return ["" if value is None else str(value) for value in column.to_pylist()]
