"""Tables as Parquet, read in chunks through pyarrow, which is imported when there is one to read."""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.cells import Chunk
from edexql.catalogue.ingest.source import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from edexql.catalogue.ingest.cells import Cells

ROWS = 65_536
ABSENT = "pyarrow is needed to read Parquet: pip install 'edexql[parquet]'"


def column_names(path: str) -> list[str] | Fault:
    """The names of the columns of a file."""
    opened = _opened(path)
    if isinstance(opened, Fault):
        return opened
    with opened:
        return [str(name) for name in opened.schema_arrow.names]


def chunks(path: str, wanted: tuple[str, ...]) -> Iterator[Chunk | Fault]:
    """The wanted columns, some ten thousand rows at a time; a row's number stands for its line."""
    opened = _opened(path)
    if isinstance(opened, Fault):
        yield opened
        return
    with opened:
        names = opened.schema_arrow.names
        missing = next((name for name in wanted if name not in names), None)
        if missing is not None:
            yield Fault(0, f"there is no column {shown(missing)}; there are {shown(', '.join(map(str, names)))}")
            return
        first = 1
        try:
            for batch in opened.iter_batches(ROWS, columns=list(dict.fromkeys(wanted))):
                if batch.num_rows:
                    columns = {name: _cells(batch.column(name)) for name in wanted}
                    yield Chunk(np.arange(first, first + batch.num_rows), columns)
                    first += batch.num_rows
        except _problems() as problem:
            yield Fault(0, f"cannot be read from row {first} on: {shown(str(problem))}")


def _opened(path: str) -> Any:
    """The file as pyarrow has it, or a Fault."""
    from importlib import import_module

    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError:
        return Fault(0, ABSENT)
    try:
        return parquet.ParquetFile(path)
    except _problems() as problem:
        return Fault(0, f"not a Parquet file that can be read: {shown(str(problem))}")


def _problems() -> tuple[type[Exception], ...]:
    from importlib import import_module

    arrow: type[Exception] = import_module("pyarrow").ArrowException
    return arrow, OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, MemoryError


def _cells(column: Any) -> Cells:
    from importlib import import_module

    arrow = import_module("pyarrow")
    kind = column.type
    if arrow.types.is_date(kind):
        return np.asarray(column.cast(arrow.date32()).to_numpy(zero_copy_only=False), "datetime64[D]")
    if arrow.types.is_timestamp(kind):
        # Values with a zone are kept in UTC, those without one are taken as UTC.
        return np.asarray(column.cast(arrow.timestamp(kind.unit)).to_numpy(zero_copy_only=False))
    if arrow.types.is_integer(kind) or arrow.types.is_floating(kind) or arrow.types.is_decimal(kind):
        return np.asarray(column.cast(arrow.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
    return ["" if value is None else str(value) for value in column.to_pylist()]
