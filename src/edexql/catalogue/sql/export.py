"""A catalogue as partitioned Parquet files of the schema: a folder a table, a file or, by month, files in it."""

from __future__ import annotations

import os
import shutil
import uuid

import numpy as np

from edexql.base.extras import extra
from edexql.catalogue import intervals
from edexql.catalogue.sql import rows, schema
from edexql.catalogue.sql.positions import not_computed
from edexql.catalogue.sql.spells import month
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.sql.rows import Block
    from edexql.catalogue.sql.schema import Table
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary

_FILE = "0.parquet"
# Rows of a small table that are written together.
_TOGETHER = 2**17
# No month that has rows; a table of months without any could not be read.
_NO_MONTH = 0


def export(catalogue: Catalogue, vocabulary: Vocabulary, folder: str) -> list[str]:
    """Write a catalogue into a folder as Parquet files, all or nothing.

    The folder has one of each table's name, and in `ephemeris` one of each month, `month=201905`. Fields that the
    vocabulary does not have are left out. Returns the fields that would follow from positions and have no values in
    the export, because their package is not installed. Raises CatalogueError where the folder is there and not
    empty, MissingExtra without the package pyarrow.
    """
    extra("pyarrow.parquet", "parquet")
    folder = os.path.abspath(folder)
    if os.path.lexists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
        raise CatalogueError(f"{folder} is there already: export to a new folder, or an empty one")
    unfinished = os.path.join(os.path.dirname(folder), f".{os.path.basename(folder)}.{uuid.uuid4().hex}")
    os.makedirs(unfinished)
    try:
        _write_all(catalogue, vocabulary, unfinished)
        if os.path.isdir(folder):
            os.rmdir(folder)
        os.rename(unfinished, folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return not_computed(catalogue, schema.sampled_fields(vocabulary))


def _write_all(catalogue: Catalogue, vocabulary: Vocabulary, folder: str) -> None:
    _write(folder, schema.FILE, rows.files(catalogue))
    _write(folder, schema.LOGGED, rows.logged(catalogue))
    _write(folder, schema.COVERED, rows.covered(catalogue))
    _write(folder, schema.HELD, rows.held(catalogue, vocabulary))
    _write(folder, schema.PRESENT, rows.present(_write_ephemeris(catalogue, vocabulary, folder)))
    _write(folder, schema.ORIGIN, rows.origins(catalogue))


def _write(folder: str, table: Table, blocks: Iterable[Block], partition: str = "") -> None:
    """Write the rows of a table, or of one of its partitions."""
    pyarrow = extra("pyarrow", "parquet")
    parquet = extra("pyarrow.parquet", "parquet")
    arrow_schema = _arrow_schema(table)
    path = os.path.join(folder, table.name, partition)
    os.makedirs(path)
    with parquet.ParquetWriter(os.path.join(path, _FILE), arrow_schema, compression="zstd") as writer:
        for batches in _gathered(_batch(block, arrow_schema) for block in blocks):
            writer.write_table(pyarrow.Table.from_batches(batches, arrow_schema))


def _arrow_schema(table: Table) -> Any:
    pyarrow = extra("pyarrow", "parquet")
    types = {
        "text": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64(), "truth": pyarrow.bool_(),
    }  # fmt: skip
    fields = [
        pyarrow.field(column.name, types[column.kind], nullable=column.optional)
        for column in table.columns
        if column.name != table.parted_by
    ]
    return pyarrow.schema(fields, {"edexql.schema": str(schema.VERSION)})


def _batch(block: Block, arrow_schema: Any) -> Any:
    pyarrow = extra("pyarrow", "parquet")
    count = len(next(iter(block.values())))
    columns = [
        # NaN is how a block of samples has no value.
        pyarrow.array(block[field.name], field.type, from_pandas=True)
        if field.name in block
        else pyarrow.nulls(count, field.type)
        for field in arrow_schema
    ]
    return pyarrow.record_batch(columns, schema=arrow_schema)


def _gathered(batches: Iterable[Any]) -> Iterator[list[Any]]:
    """Batches together as far as they are small, so that a file does not have a piece for each word of a log."""
    together: list[Any] = []
    count = 0
    for batch in batches:
        together.append(batch)
        count += batch.num_rows
        if count >= _TOGETHER:
            yield together
            together, count = [], 0
    if together:
        yield together


def _write_ephemeris(catalogue: Catalogue, vocabulary: Vocabulary, folder: str) -> Intervals:
    """Write the samples, month by month, and return the seconds of which there are rows."""
    table = schema.ephemeris(vocabulary)
    present: list[Intervals] = []
    start, end = rows.sampled_times(catalogue, vocabulary)
    while start < end:
        following = min(_next_month(start), end)
        blocks = _noted(rows.ephemeris(catalogue, vocabulary, start, following), present)
        first = next(blocks, None)
        if first is not None:
            _write(folder, table, _chain(first, blocks), f"month={month(start)}")
        start = following
    if not present:
        _write(folder, table, [], f"month={_NO_MONTH}")
    return intervals.union(present)


def _noted(blocks: Iterable[Block], present: list[Intervals]) -> Iterator[Block]:
    for block in blocks:
        seconds = block["second"]
        breaks = np.flatnonzero(np.diff(seconds) != 1)
        starts = np.concatenate((seconds[:1], seconds[breaks + 1]))
        present.append(intervals.Intervals(starts, np.concatenate((seconds[breaks] + 1, seconds[-1:] + 1))))
        yield block


def _chain(first: Block, rest: Iterable[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def _next_month(second: int) -> int:
    from datetime import date

    from edexql.model.period import day_of, midnight

    day = day_of(second)
    return midnight(date(day.year + day.month // 12, day.month % 12 + 1, 1))
