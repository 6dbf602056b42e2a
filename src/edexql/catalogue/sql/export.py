"""A catalogue as partitioned Parquet files of the schema: a folder a table, a file or, by month, files in it."""

from __future__ import annotations

import os
import shutil
import uuid

import numpy as np

from edexql.base.extras import extra
from edexql.base.text import printable
from edexql.catalogue import intervals
from edexql.catalogue.files import every_file
from edexql.catalogue.sql import schema
from edexql.catalogue.sql.schema import column_of, held_fields, sampled_fields
from edexql.catalogue.sql.sweep import month
from edexql.catalogue.sql.values import column, computed, filled, not_computed, stretches
from edexql.catalogue.store.index import ANY_WORD, SUPERSEDED
from edexql.catalogue.store.schema import CatalogueError
from edexql.model.filename import version_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary

    # Values by column; where a column is left out, it has none.
    Block = dict[str, Any]
    from collections.abc import Iterable

    from edexql.catalogue.sql.schema import Table


_FILES = 2**15
# Seconds of the ephemeris in a block: three days of 40 fields are 80 MB.
_SECONDS = 3 * 86400


def files(catalogue: Catalogue, vocabulary: Vocabulary) -> Iterator[Block]:
    """Rows of `file`, in the order in which the catalogue has them."""
    flags = catalogue.array("file:flags")
    if flags is None:
        return
    labels = {source: format + (f", {note}" if note else "") for source, _, format, _, _, note in catalogue.sources()}
    every = every_file(catalogue)
    for begin in range(0, len(every), _FILES):
        block = every[begin : begin + _FILES]
        rows = list(block)
        yield {
            "id": np.arange(begin, begin + len(rows)),
            "name": block.names,
            "product": [row.product for row in rows],
            "instrument": block.instruments,
            "start_second": [row.start for row in rows],
            "end_second": [row.end for row in rows],
            "size": [row.size for row in rows],
            "size_text": [row.size_text for row in rows],
            "version": [".".join(map(str, version_of_name(row.name, vocabulary.name_forms)[1])) for row in rows],
            "place": [row.place for row in rows],
            "superseded": flags[begin : begin + len(rows)] & SUPERSEDED > 0,
            "synthetic": np.array([row.synthetic for row in rows]),
            "origin": [labels[source] for source in block.sources],
        }


def logged(catalogue: Catalogue) -> Iterator[Block]:
    """Rows of `logged`."""
    for name in catalogue.named("yes:"):
        key, _, word = name.partition(":")
        yield _word(key, word, catalogue.times(f"yes:{name}"))


def covered(catalogue: Catalogue) -> Iterator[Block]:
    """Rows of `covered`: of a word, what goes beyond the rows for every word."""
    for key in catalogue.named("covered:"):
        yield _word(key, ANY_WORD, catalogue.times(f"covered:{key}"))
    for name in catalogue.named("may:"):
        key, _, word = name.partition(":")
        known = catalogue.times(f"yes:{name}") | ~catalogue.times(f"may:{name}")
        yield _word(key, word, known - catalogue.times(f"covered:{key}"))


def _word(key: str, word: str, times: Intervals) -> Block:
    return {"key": [key] * len(times), "word": [word] * len(times), **_spans(times)}


def _spans(times: Intervals) -> Block:
    return {"start_second": times.starts, "end_second": times.ends}


def held(catalogue: Catalogue, vocabulary: Vocabulary) -> Iterator[Block]:
    """Rows of `held`."""
    for field in filter(None, map(vocabulary.field, held_fields(vocabulary))):
        for stretch in stretches(catalogue, field):
            count = len(stretch.starts)
            yield {
                "field": [field.name] * count,
                "series": [stretch.series] * count,
                "start_second": stretch.starts,
                "end_second": stretch.ends,
                "value": stretch.values,
            }


def present(times: Intervals) -> Iterator[Block]:
    """Rows of `present`."""
    yield _spans(times)


def origins(catalogue: Catalogue) -> Iterator[Block]:
    """Rows of `origin`."""
    for name in catalogue.named("origin:"):
        series, _, label = name.partition(":")
        times = catalogue.times(f"origin:{name}")
        yield {"series": [series] * len(times), "label": [label] * len(times), **_spans(times)}
    if catalogue.orbit is not None:
        for start, end in catalogue.orbit.covered:
            label = catalogue.orbit.describe(intervals.of([(start, end)]))
            yield {"series": ["orbit"], "label": [label], "start_second": [start], "end_second": [end]}


def ephemeris(catalogue: Catalogue, vocabulary: Vocabulary, start: int, end: int) -> Iterator[Block]:
    """Rows of `ephemeris` in a stretch of time, without the column by which its files are parted."""
    fields = list(filter(None, map(vocabulary.field, sampled_fields(vocabulary))))
    for first in range(start, end, _SECONDS):
        last = min(end, first + _SECONDS)
        values_of = {field.name: column(catalogue, field, first, last) for field in fields}
        wanting = [field for field, values in values_of.items() if values is None or bool(np.isnan(values).any())]
        for field, values in computed(catalogue, wanting, first, last).items():
            values_of[field] = filled(values_of[field], values)
        columns = {field: values for field, values in values_of.items() if values is not None}
        if not columns:
            continue
        there = np.zeros(last - first, bool)
        for values in columns.values():
            there |= ~np.isnan(values)
        rows = np.flatnonzero(there)
        yield {"second": first + rows, **{column_of(field): values[rows] for field, values in columns.items()}}


def sampled_times(catalogue: Catalogue, vocabulary: Vocabulary) -> tuple[int, int]:
    """A stretch that holds all rows of `ephemeris`; an empty one where there are none."""
    fields = set(sampled_fields(vocabulary))
    spans = [
        (segment.start, segment.end)
        for segments in catalogue.segments.values()
        for segment, arrays in segments
        if any(f"value:{field}" in arrays for field in fields)
    ]
    if catalogue.orbit is not None and fields & catalogue.orbit.fields:
        covered = catalogue.orbit.covered
        spans += zip(covered.starts[:1].tolist(), covered.ends[-1:].tolist(), strict=True)
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else (0, 0)


_FILE = "0.parquet"
# Rows of a small table that are written together.
_TOGETHER = 2**17
# No month that has rows; a table of months without any could not be read.
_NO_MONTH = 0


def export(catalogue: Catalogue, vocabulary: Vocabulary, folder: str, satellite: str | None = None) -> list[str]:
    """Write a catalogue into a folder as Parquet files, all or nothing.

    The folder has one of each table's name, and in `ephemeris` one of each month, `month=201905`. Fields that the
    vocabulary does not have are left out. Logs, positions and attitude are those of a satellite, None for the only one
    of the vocabulary. Returns the fields that would follow from positions and have no values in
    the export, because their package is not installed. Raises CatalogueError where the folder is there and not
    empty, and where it is not clear which satellite is meant, MissingExtra without the package pyarrow.
    """
    extra("pyarrow.parquet", "parquet")
    catalogue = catalogue.of(_satellite(satellite, vocabulary))
    folder = os.path.abspath(folder)
    if os.path.lexists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
        raise CatalogueError(f"{folder} exists; export to a new or an empty folder")
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


def _satellite(name: str | None, vocabulary: Vocabulary) -> str | None:
    satellites = vocabulary.satellites
    known = f"the satellites are {', '.join(satellites)}" if satellites else "the vocabulary has none"
    if name is not None and name not in satellites:
        raise CatalogueError(f"unknown satellite {printable(name)}; {known}")
    if name is None and len(satellites) > 1:
        raise CatalogueError(f"an export is of one satellite; {known}")
    return name or vocabulary.only_satellite


def _write_all(catalogue: Catalogue, vocabulary: Vocabulary, folder: str) -> None:
    _write(folder, schema.FILE, files(catalogue, vocabulary))
    _write(folder, schema.LOGGED, logged(catalogue))
    _write(folder, schema.COVERED, covered(catalogue))
    _write(folder, schema.HELD, held(catalogue, vocabulary))
    _write(folder, schema.PRESENT, present(_write_ephemeris(catalogue, vocabulary, folder)))
    _write(folder, schema.ORIGIN, origins(catalogue))


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
    start, end = sampled_times(catalogue, vocabulary)
    while start < end:
        following = min(_next_month(start), end)
        blocks = _noted(ephemeris(catalogue, vocabulary, start, following), present)
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
