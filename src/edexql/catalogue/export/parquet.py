"""The rows of a table of the schema as one file of Parquet, in the order in which they are given."""

from __future__ import annotations

from hashlib import blake2b

from edexql.base.extras import extra
from edexql.base.record import Record
from edexql.catalogue.sql import schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from edexql.catalogue.sql.rows import Block
    from edexql.catalogue.sql.schema import Table

# Rows of a group, each of which has statistics.
_TOGETHER = 2**17


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
    arrow_schema = _arrow_schema(table, partition)
    groups = _gathered(_batch(block, arrow_schema) for block in blocks if len(next(iter(block.values()))))
    first = next(groups, None)
    if first is None and not empty:
        return None
    sink, rows = pyarrow.BufferOutputStream(), 0
    with parquet.ParquetWriter(sink, arrow_schema, compression="zstd") as writer:
        while first is not None:
            writer.write_table(pyarrow.Table.from_batches(first, arrow_schema), _TOGETHER)
            rows += sum(batch.num_rows for batch in first)
            first = next(groups, None)
    data = sink.getvalue()
    return Content(data, rows, blake2b(data, digest_size=16).hexdigest())


def _arrow_schema(table: Table, partition: str) -> Any:
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
