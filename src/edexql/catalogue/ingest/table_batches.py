"""Rows of tables made into batches of spans and of samples."""

from __future__ import annotations

import numpy as np

from edexql.base.record import record
from edexql.catalogue.ingest import cells
from edexql.catalogue.ingest.batches import Fault, Samples, Spans
from edexql.catalogue.ingest.series import BEFORE_ALL, in_order
from edexql.catalogue.ingest.source import MOST_ROWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.cells import Cells, Chunk
    from edexql.catalogue.ingest.mapping import SampleMapping

    Label = tuple[str, str]


@record(frozen=True, slots=True)
class Layout:
    """A table of spans: the columns that name what held, those of start and end, and how a row's name is made.

    `label` gives key and word of a row, or what is wrong with it. `all_of` is the key and word that the table
    tells everything of where it says what it covers; None is all that it has rows of.
    """

    labels: tuple[str, ...]
    start: str
    end: str
    label: Callable[[tuple[str, ...]], Label | str]
    all_of: tuple[str, str | None] | None

    @property
    def wanted(self) -> tuple[str, ...]:
        return (*self.labels, self.start, self.end)


def span_batches(chunks: Iterable[Chunk | Fault], layout: Layout, seen: set[Label]) -> Iterator[Batch]:
    """Spans, up to 100,000 rows together; what is named is added to `seen`."""
    waiting: dict[Label, list[tuple[int, int]]] = {}
    count = 0
    for chunk in chunks:
        if isinstance(chunk, Fault):
            yield chunk
            continue
        starts, good_starts = cells.starts(chunk.columns[layout.start])
        ends, good_ends = cells.ends(chunk.columns[layout.end])
        labels = _labels(chunk, layout)
        rows = zip(
            chunk.lines.tolist(),
            starts.tolist(),
            ends.tolist(),
            (good_starts & good_ends).tolist(),
            labels,
            strict=True,
        )
        for line, start, end, good, label in rows:
            if isinstance(label, str) or not good or start >= end:
                yield Fault(line, _wrong(label, good=good))
                continue
            waiting.setdefault(label, []).append((start, end))
            count += 1
        if count >= MOST_ROWS:
            yield from _spans(waiting, seen)
            waiting, count = {}, 0
    yield from _spans(waiting, seen)


def sample_batches(chunks: Iterable[Chunk | Fault], meaning: SampleMapping) -> Iterator[Batch]:
    """Samples of the mapped columns; their distances are held to be multiples of `holds`."""
    before, grid = BEFORE_ALL, None
    for chunk in chunks:
        if isinstance(chunk, Fault):
            yield chunk
            continue
        times, good = cells.instants(chunk.columns[meaning.time])
        yield from _told(chunk, ~good, "no whole second of a date and time")
        if grid is None and good.any():
            grid = int(times[good.argmax()]) % meaning.holds
        off = good & (times % meaning.holds != grid)
        yield from _told(chunk, off, f"not a multiple of {meaning.holds} s after the first time")
        taken = np.flatnonzero(good & ~off)
        order, faults = in_order(times[taken], chunk.lines[taken], before)
        yield from faults
        taken = taken if order is None else taken[order]
        columns = {}
        for column, field in meaning.columns.items():
            columns[field], readable = _values(chunk.columns[column], column, meaning)
            yield from _told(chunk, ~readable, f"{field}: not a number")
        if len(taken):
            before = max(before, int(times[taken[-1]]))
            values = {field: found[taken] for field, found in columns.items()}
            yield Samples(meaning.series, times[taken], meaning.holds, values, meaning.linear)


def _labels(chunk: Chunk, layout: Layout) -> list[Label | str]:
    if not layout.labels:
        return [layout.label(())] * len(chunk.lines)
    found: dict[tuple[str, ...], Label | str] = {}
    texts = zip(*(cells.words(chunk.columns[name]) for name in layout.labels), strict=True)
    # One tuple of a name for all its rows.
    return [found.get(text) or found.setdefault(text, layout.label(text)) for text in texts]


def _wrong(label: Label | str, *, good: bool) -> str:
    if isinstance(label, str):
        return label
    return "its end is not after its start" if good else "no start and end, as dates or times"


def _spans(waiting: dict[Label, list[tuple[int, int]]], seen: set[Label]) -> Iterator[Spans]:
    seen.update(waiting)
    for (key, word), spans in waiting.items():
        starts, ends = np.array(spans, np.int64).T
        yield Spans(key, word, starts.copy(), ends.copy())


def _told(chunk: Chunk, rows: NDArray[np.bool_], what: str) -> Iterator[Fault]:
    for row in np.flatnonzero(rows).tolist():
        yield Fault(int(chunk.lines[row]), what)


def _values(column: Cells, name: str, meaning: SampleMapping) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    values, good = cells.numbers(column)
    if meaning.missing:
        values = np.where(np.isin(values, meaning.missing), np.nan, values)
    return values * meaning.scale.get(name, 1.0), good
