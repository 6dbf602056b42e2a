"""Tables of blank-separated numbers, read by the block: the whole block at once where it is sound, else by the line."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.source import MOST_ROWS, blocks, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from edexql.catalogue.ingest.source import Source

_PIECE = 2**15


class Rows(Record):
    """Lines of a table: their numbers, an int64 array of shape (n,), and values, float64 of shape (n, columns)."""

    lines: NDArray[np.int64]
    table: NDArray[np.float64]


def rows(
    source: Source, fewest: int, most: int, *, header: int = 0, words: frozenset[int] = frozenset()
) -> Iterator[Rows | Fault]:
    """The rows of a file, up to 100,000 together; lines that cannot be read are faults.

    A line has `fewest` to `most` values; values that it does not have are NaN, as are those that Fortran wrote as
    asterisks because they did not fit. The first `header` lines are skipped as long as they are not rows. What is
    no number is NaN in the columns of `words`, a fault in others.
    """
    waiting: list[Rows] = []
    count = 0
    for part in _rows(source, fewest, most, header, words):
        if isinstance(part, Fault):
            yield part
            continue
        if waiting and count + len(part.lines) > MOST_ROWS:
            yield _joined(waiting)
            waiting, count = [], 0
        waiting.append(part)
        count += len(part.lines)
    if waiting:
        yield _joined(waiting)


def _rows(source: Source, fewest: int, most: int, header: int, words: frozenset[int]) -> Iterator[Rows | Fault]:
    for number, whole in blocks(source):
        first, block = (number, whole) if number > header else _without_header(number, whole, header, fewest, most)
        sound = _sound(first, block, fewest, most)
        if sound is not None:
            yield sound
            continue
        # A line that is not sound costs the speed of some hundred others, not of the whole block.
        for start, piece in _pieces(first, block):
            sound = _sound(start, piece, fewest, most)
            if sound is not None:
                yield sound
            else:
                yield from _by_the_line(start, piece, fewest, most, words)


def _sound(first: int, block: bytes, fewest: int, most: int) -> Rows | None:
    table = _at_once(block)
    if table is None or not fewest <= table.shape[1] <= most:
        return None
    return Rows(np.arange(first, first + len(table)), _padded(table, most))


def _pieces(first: int, block: bytes) -> Iterator[tuple[int, bytes]]:
    start = 0
    while start < len(block):
        end = block.index(b"\n", min(start + _PIECE, len(block) - 1)) + 1
        piece = block[start:end]
        yield first, piece
        first += piece.count(b"\n")
        start = end


def _without_header(first: int, block: bytes, last: int, fewest: int, most: int) -> tuple[int, bytes]:
    while first <= last and block:
        line, _, rest = block.partition(b"\n")
        values = line.split()
        if fewest <= len(values) <= most and not isinstance(_values(values, frozenset()), bytes):
            break
        first, block = first + 1, rest
    return first, block


def _at_once(block: bytes) -> NDArray[np.float64] | None:
    # A text of blanks alone would make loadtxt warn.
    if not block.decode("latin-1").strip():
        return None
    try:
        table = np.loadtxt(BytesIO(block), ndmin=2, comments=None, encoding="latin-1")
    except ValueError:
        return None
    return table if len(table) == block.count(b"\n") else None


def _by_the_line(first: int, block: bytes, fewest: int, most: int, words: frozenset[int]) -> Iterator[Rows | Fault]:
    numbers: list[int] = []
    table: list[list[float]] = []
    for number, line in enumerate(block.split(b"\n")[:-1], first):
        values = line.split()
        if not values:
            continue
        if not fewest <= len(values) <= most:
            expected = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            yield Fault(number, f"{len(values)} values; expected {expected}")
            continue
        row = _values(values, words)
        if isinstance(row, bytes):
            yield Fault(number, f"not a number: {shown(row.decode('latin-1'))}")
            continue
        numbers.append(number)
        table.append(row + [np.nan] * (most - len(row)))
    if table:
        yield Rows(np.array(numbers, np.int64), np.array(table, np.float64))


def _values(values: list[bytes], words: frozenset[int]) -> list[float] | bytes:
    """The numbers of a line, or what is none of them."""
    values_of_row = []
    for column, text in enumerate(values):
        try:
            # Python takes 1_0 for a number.
            values_of_row.append(float(text if b"_" not in text else b""))
        except ValueError:
            if column not in words and text.strip(b"*"):
                return text
            values_of_row.append(np.nan)
    return values_of_row


def _padded(table: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    missing = width - table.shape[1]
    return np.pad(table, ((0, 0), (0, missing)), constant_values=np.nan) if missing else table


def _joined(waiting: list[Rows]) -> Rows:
    if len(waiting) == 1:
        return waiting[0]
    return Rows(np.concatenate([r.lines for r in waiting]), np.concatenate([r.table for r in waiting]))
