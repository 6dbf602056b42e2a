"""The orders in which the table stands: as listed, or by one of its columns."""

from __future__ import annotations

from edexql.repl.table.rows import length_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from edexql.repl.table.rows import Row

LISTED = "listed"
# The columns by which one can sort, in the order in which they stand, with what is compared.
KEYS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.name,
    "size": lambda row: row.size,
    "length": length_of,
    "start": lambda row: row.start,
    "product": lambda row: row.product,
}
ORDERS = (LISTED, *KEYS)


def ordered(rows: Sequence[Row], order: str, *, descending: bool) -> Sequence[int]:
    """The positions of all rows in an order; equal ones stay as they were listed, those without a value come last."""
    if order == LISTED:
        return range(len(rows) - 1, -1, -1) if descending else range(len(rows))
    key = KEYS[order]
    values = [key(row) for row in rows]
    known = [position for position, value in enumerate(values) if value is not None]
    known.sort(key=values.__getitem__, reverse=descending)
    return known + [position for position, value in enumerate(values) if value is None]
