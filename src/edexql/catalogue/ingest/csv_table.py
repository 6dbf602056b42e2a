"""Tables as CSV, a row a line: read in chunks, damaged rows told and left out."""

from __future__ import annotations

import csv

import numpy as np

from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.cells import Chunk
from edexql.catalogue.ingest.source import lines, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.catalogue.ingest.source import Source

ROWS = 20_000
# How far into a file the line with the names of the columns may be.
_LAST_HEADER = 1000


def chunks(source: Source, wanted: tuple[str, ...], note: Callable[[str], None]) -> Iterator[Chunk | Fault]:
    """The wanted columns, some thousand rows at a time.

    The first line that has all their names is the header; what is before it is passed over, as are empty
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
            count = "quotes that do not close" if cells is None else f"{len(cells)} values"
            yield Fault(number, f"{count} where there should be {len(names)} values")
            continue
        kept.append(number)
        rows.append([cells[place] for place in places])
        if len(rows) == ROWS:
            yield _chunk(kept, rows, wanted)
            kept, rows = [], []
    if rows:
        yield _chunk(kept, rows, wanted)


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
    there = f"; there are {shown(', '.join(likely))}" if likely else ""
    return Fault(0, f"there is no column {shown(missing)}{there}")


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


def _chunk(kept: list[int], rows: list[list[str]], wanted: tuple[str, ...]) -> Chunk:
    columns = {name: list(cells) for name, cells in zip(wanted, zip(*rows, strict=True), strict=True)}
    return Chunk(np.array(kept, np.int64), columns)
