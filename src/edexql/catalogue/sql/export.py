"""A catalogue as Parquet files of the schema, `TABLE/satellite=NAME/month=YYYYMM/part-0.parquet`."""

from __future__ import annotations

import os
import shutil
import uuid

from edexql.base.extras import extra
from edexql.base.text import printable
from edexql.catalogue import intervals
from edexql.catalogue.sql import schema
from edexql.catalogue.sql.rows import (
    Facts,
    bounds,
    ephemeris,
    files,
    files_by_partition,
    months,
    present,
    sampled_times,
    seconds_of,
)
from edexql.catalogue.sql.values import not_computed
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.sql.rows import Block, Month
    from edexql.catalogue.sql.schema import Table
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary


_FILE = "part-0.parquet"
# Rows of a group, each of which has statistics.
_TOGETHER = 2**17


def export(catalogue: Catalogue, vocabulary: Vocabulary, folder: str, satellite: str | None = None) -> list[str]:
    """Write a catalogue into a folder as Parquet files, all or nothing.

    Fields that the vocabulary does not have are left out. `satellite` is the only one that files and facts are written
    of, None for all. Returns the fields that would follow from positions and have no values in
    the export, because their package is not installed. Raises CatalogueError where the folder is there and not
    empty, and for an unknown satellite, MissingExtra without the package pyarrow.
    """
    extra("pyarrow.parquet", "parquet")
    satellites = _satellites(satellite, vocabulary)
    folder = os.path.abspath(folder)
    if os.path.lexists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
        raise CatalogueError(f"{folder} exists; export to a new or an empty folder")
    unfinished = os.path.join(os.path.dirname(folder), f".{os.path.basename(folder)}.{uuid.uuid4().hex}")
    os.makedirs(unfinished)
    try:
        _write_all(catalogue, vocabulary, unfinished, satellites)
        if os.path.isdir(folder):
            os.rmdir(folder)
        os.rename(unfinished, folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    fields = schema.sampled_fields(vocabulary)
    left_out = [not_computed(catalogue.of(one), fields) for one in satellites]
    return [field for field in fields if any(field in one for one in left_out)]


def _satellites(name: str | None, vocabulary: Vocabulary) -> list[str | None]:
    satellites = vocabulary.satellites
    if name is None:
        return schema.satellites(vocabulary)
    if name not in satellites:
        known = f"the satellites are {', '.join(satellites)}" if satellites else "the vocabulary has none"
        raise CatalogueError(f"unknown satellite {printable(name)}; {known}")
    return [name]


def _write_all(catalogue: Catalogue, vocabulary: Vocabulary, folder: str, satellites: list[str | None]) -> None:
    by_partition = files_by_partition(catalogue, vocabulary)
    for satellite in satellites:
        for month, positions in by_partition.get(satellite, {}).items():
            _write(folder, schema.FILE, satellite, month, files(catalogue, vocabulary, positions))
        _write_facts(catalogue.of(satellite), vocabulary, folder, satellite)
    for table in schema.tables(vocabulary):
        # A table of no files could not be read.
        if not os.path.exists(os.path.join(folder, table.name)):
            _write(folder, table, satellites[0], schema.NO_MONTH, [])


def _write_facts(catalogue: Catalogue, vocabulary: Vocabulary, folder: str, satellite: str | None) -> None:
    facts, table = Facts(catalogue, vocabulary), schema.ephemeris(vocabulary)
    sampled = sampled_times(catalogue, vocabulary)
    for month in months(facts.times() | sampled):
        _write(folder, schema.LOGGED, satellite, month, [facts.logged(month)])
        _write(folder, schema.COVERED, satellite, month, [facts.covered(month)])
        _write(folder, schema.HELD, satellite, month, [facts.held(month)])
        _write(folder, schema.ORIGIN, satellite, month, [facts.origins(month)])
        seen: list[Intervals] = []
        within = sampled.within(*bounds(month))
        if len(within):
            first, last = int(within.starts[0]), int(within.ends[-1])
            blocks = _noted(ephemeris(catalogue, vocabulary, first, last), seen)
            _write(folder, table, satellite, month, blocks)
        _write(folder, schema.PRESENT, satellite, month, [present(intervals.union(seen))])


def _noted(blocks: Iterable[Block], seen: list[Intervals]) -> Iterator[Block]:
    for block in blocks:
        seen.append(seconds_of(block))
        yield block


def _write(folder: str, table: Table, satellite: str | None, month: Month, blocks: Iterable[Block]) -> None:
    """Write the rows of a table of a satellite and month; of none, nothing but a table without months."""
    pyarrow = extra("pyarrow", "parquet")
    parquet = extra("pyarrow.parquet", "parquet")
    arrow_schema = _arrow_schema(table)
    groups = _gathered(_batch(block, arrow_schema) for block in blocks if len(next(iter(block.values()))))
    first = next(groups, None)
    if first is None and month != schema.NO_MONTH:
        return
    path = os.path.join(folder, table.name, f"satellite={schema.partition(satellite)}", f"month={month}")
    os.makedirs(path)
    with parquet.ParquetWriter(os.path.join(path, _FILE), arrow_schema, compression="zstd") as writer:
        while first is not None:
            writer.write_table(pyarrow.Table.from_batches(first, arrow_schema), _TOGETHER)
            first = next(groups, None)


def _arrow_schema(table: Table) -> Any:
    pyarrow = extra("pyarrow", "parquet")
    types = {
        "text": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64(), "truth": pyarrow.bool_(),
    }  # fmt: skip
    fields = [
        pyarrow.field(column.name, types[column.kind], nullable=column.optional)
        for column in table.columns
        if column.name not in schema.PARTED_BY
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
    """Batches together as far as they are small."""
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
