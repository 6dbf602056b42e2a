"""The rows of a table of the schema as one file of Parquet, in the order in which they are given."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from edexql.base.extras import extra
from edexql.base.record import Record
from edexql.catalogue.sql import schema
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from edexql.catalogue.sql.rows import Block
    from edexql.catalogue.sql.schema import Table

# Rows of a group, each of which has statistics: at most, and at least where a group has whole days.
_TOGETHER, _DAYS = 2**17, 2**16
# The column of a row a second.
_SECOND = "second"


class Content(Record):
    """A file that is to be written: its bytes as a buffer of Arrow, its rows, and the sum of its bytes."""

    data: Any
    rows: int
    sum: str


def content(table: Table, blocks: Iterable[Block], partition: str, *, empty: bool = False) -> Content | None:
    """The file of the rows of a table; of no rows None, or a file without any where it may be `empty`.

    `partition` is the satellite and month that the rows are of, which make the file one of its own.
    The same rows are the same bytes, as long as the version of pyarrow is the same. Raises MissingExtra.
    """
    pyarrow = extra("pyarrow", "parquet")
    parquet = extra("pyarrow.parquet", "parquet")
    arrow_schema = columns_of(table, partition)
    groups = _gathered(batch_of(part, arrow_schema) for block in blocks for part in _by_day(block))
    first = next(groups, None)
    if first is None and not empty:
        return None
    sink, rows = pyarrow.BufferOutputStream(), 0
    with parquet.ParquetWriter(sink, arrow_schema, compression="zstd", **_encodings(arrow_schema)) as writer:
        while first is not None:
            writer.write_table(pyarrow.Table.from_batches(first, arrow_schema), _TOGETHER)
            rows += sum(batch.num_rows for batch in first)
            first = next(groups, None)
    data = sink.getvalue()
    return Content(data, rows, blake2b(data, digest_size=16).hexdigest())


def _encodings(arrow_schema: Any) -> dict[str, Any]:
    """How columns are written: seconds that follow each other by their steps, the others by pyarrow's choice."""
    steps = [name for name in arrow_schema.names if name == _SECOND]
    others = [name for name in arrow_schema.names if name != _SECOND]
    return {"use_dictionary": others, "column_encoding": dict.fromkeys(steps, "DELTA_BINARY_PACKED")} if steps else {}


def columns_of(table: Table, partition: str) -> Any:
    """The columns of a table but for those by which it is parted, as a schema of Arrow. Raises MissingExtra."""
    pyarrow = extra("pyarrow", "parquet")
    types = {
        "text": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64(), "truth": pyarrow.bool_(),
    }  # fmt: skip
    fields = [
        pyarrow.field(column.name, types[column.kind], nullable=column.optional)
        for column in table.columns
        if column.name not in schema.PARTED_BY
    ]
    return pyarrow.schema(fields, {"edexql.schema": str(schema.VERSION), "edexql.partition": partition})


def batch_of(block: Block, arrow_schema: Any) -> Any:
    """A block of rows as a batch of Arrow. Raises MissingExtra."""
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


def _by_day(block: Block) -> Iterator[Block]:
    """The days of a block of positions, so that a day is read without the next; another block as it is."""
    seconds = block.get(_SECOND)
    if seconds is None:
        yield from [block] if len(next(iter(block.values()))) else []
        return
    days = seconds // DAY
    starts = np.flatnonzero(np.diff(days, prepend=-1))
    for first, end in zip(starts, [*starts[1:], len(days)], strict=True):
        yield {name: values[first:end] for name, values in block.items()}


def _gathered(batches: Iterable[Any]) -> Iterator[list[Any]]:
    """Batches together as far as they are small."""
    together: list[Any] = []
    count = 0
    for batch in batches:
        together.append(batch)
        count += batch.num_rows
        if count >= _DAYS:
            yield together
            together, count = [], 0
    if together:
        yield together
