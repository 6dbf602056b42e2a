"""Tables of spans and of samples, as CSV or Parquet.

Read without a mapping, by their columns: experiment tags (`group,tag,start,end`) and instrument modes
(`instrument,mode,start,end`). All others need a mapping (see `mapping`). Times are ISO 8601, in UTC where
they have no offset. A span is `[start, end)`; an end that is a date alone includes that day.

A comment `# covers 2013-10-01..2021-12-31` says that the log is complete for that time: of all
experiments, or of those modes of instruments that it has rows of (a log of modes says nothing of other
values). It is ignored where rows cannot be read, because what is missing may be in them.
"""

from __future__ import annotations

import re
from functools import partial

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.ingest import columns, mapping
from edexql.catalogue.ingest.batches import Covered, Fault, Samples, Spans
from edexql.catalogue.ingest.columns import csv_chunks, parquet_chunks, parquet_names
from edexql.catalogue.ingest.series import BEFORE_ALL, in_order
from edexql.catalogue.ingest.source import MAPPING_SUFFIX, MOST_ROWS, head, reader, shown
from edexql.catalogue.ingest.times import period_of
from edexql.model.spacecraft import NO_SATELLITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.columns import Cells, Chunk
    from edexql.catalogue.ingest.mapping import SampleMapping

    Label = tuple[str, str]
    from edexql.catalogue.ingest.mapping import SpanMapping
    from edexql.catalogue.ingest.source import Source
    from edexql.model.vocabulary import Vocabulary


class Layout(Record):
    """A table of spans: the columns that name what held, those of start and end, and how a row's name is made.

    `label` gives key and word of a row, or what is wrong with it. `all_of` is the key and word of which
    the table is complete where it says what it covers; None is all that it has rows of.
    """

    labels: tuple[str, ...]
    start: str
    end: str
    label: Callable[[tuple[str, ...]], Label | str]
    all_of: tuple[str, str | None] | None

    @property
    def wanted(self) -> tuple[str, ...]:
        return (*self.labels, self.start, self.end)


def span_batches(chunks: Iterable[Chunk | Fault], layout: Layout, seen: set[Label], satellite: str) -> Iterator[Batch]:
    """Spans of a satellite, up to 100,000 rows together; what is named is added to `seen`."""
    waiting: dict[Label, list[tuple[int, int]]] = {}
    count = 0
    for chunk in chunks:
        if isinstance(chunk, Fault):
            yield chunk
            continue
        starts, good_starts = columns.starts(chunk.columns[layout.start])
        ends, good_ends = columns.ends(chunk.columns[layout.end])
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
            yield from _spans(waiting, seen, satellite)
            waiting, count = {}, 0
    yield from _spans(waiting, seen, satellite)


def sample_batches(chunks: Iterable[Chunk | Fault], meaning: SampleMapping, satellite: str) -> Iterator[Batch]:
    """Samples of the mapped columns, of a satellite; their distances are held to be multiples of `holds`."""
    before, grid = BEFORE_ALL, None
    for chunk in chunks:
        if isinstance(chunk, Fault):
            yield chunk
            continue
        times, good = columns.instants(chunk.columns[meaning.time])
        yield from _faults(chunk, ~good, "not a date and time in whole seconds")
        if grid is None and good.any():
            grid = int(times[good.argmax()]) % meaning.holds
        off = good & (times % meaning.holds != grid)
        yield from _faults(chunk, off, f"not a multiple of {meaning.holds} s after the first time")
        taken = np.flatnonzero(good & ~off)
        order, faults = in_order(times[taken], chunk.lines[taken], before)
        yield from faults
        taken = taken if order is None else taken[order]
        values_of = {}
        for column, field in meaning.columns.items():
            values_of[field], readable = _values(chunk.columns[column], column, meaning)
            yield from _faults(chunk, ~readable, f"{field}: not a number")
        if len(taken):
            before = max(before, int(times[taken[-1]]))
            values = {field: of_field[taken] for field, of_field in values_of.items()}
            yield Samples(meaning.series, times[taken], meaning.holds, values, meaning.linear, satellite)


def _labels(chunk: Chunk, layout: Layout) -> list[Label | str]:
    if not layout.labels:
        return [layout.label(())] * len(chunk.lines)
    labels: dict[tuple[str, ...], Label | str] = {}
    texts = zip(*(columns.words(chunk.columns[name]) for name in layout.labels), strict=True)
    # One tuple of a name for all its rows.
    return [labels.get(text) or labels.setdefault(text, layout.label(text)) for text in texts]


def _wrong(label: Label | str, *, good: bool) -> str:
    if isinstance(label, str):
        return label
    return "its end is not after its start" if good else "start and end are not dates or times"


def _spans(waiting: dict[Label, list[tuple[int, int]]], seen: set[Label], satellite: str) -> Iterator[Spans]:
    seen.update(waiting)
    for (key, word), spans in waiting.items():
        starts, ends = np.array(spans, np.int64).T
        yield Spans(key, word, starts.copy(), ends.copy(), satellite)


def _faults(chunk: Chunk, rows: NDArray[np.bool_], what: str) -> Iterator[Fault]:
    for row in np.flatnonzero(rows).tolist():
        yield Fault(int(chunk.lines[row]), what)


def _values(column: Cells, name: str, meaning: SampleMapping) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    values, good = columns.numbers(column)
    if meaning.missing:
        values = np.where(np.isin(values, meaning.missing), np.nan, values)
    return values * meaning.scale.get(name, 1.0), good


_PARQUET = b"PAR1"
_COVERS = re.compile(r"\s*#+\s*covers\b:?(.*)", re.IGNORECASE)
_NAME = re.compile(r"[a-z_][a-z0-9_-]*")


@reader
def read(source: Source) -> Iterator[Batch]:
    """The batches of a table that is known by its columns, or has a mapping next to it."""
    import os

    if os.path.exists(source.path + MAPPING_SUFFIX):
        document = mapping.load(source.path + MAPPING_SUFFIX)
        yield from [document] if isinstance(document, Fault) else _mapped(source, document)
        return
    names = _names(source)
    if isinstance(names, Fault):
        yield names
    elif _has(names, TAGS):
        yield from _logged(source, TAGS, NO_SATELLITE)
    elif _has(names, layout := modes(source.vocabulary)):
        yield from _of_satellite(source, None, lambda satellite: _logged(source, layout, satellite))
    else:
        yield Fault(0, f"the meaning of its columns is unknown; write a mapping {shown(source.name + MAPPING_SUFFIX)}")


def read_with_mapping(path: str, given: object, vocabulary: Vocabulary | None = None) -> Iterator[Batch]:
    """The batches of a table by a mapping, which is a decoded JSON object or the path of a file with one."""
    document = mapping.load(given) if isinstance(given, str) else given

    @reader
    def read_mapped(source: Source) -> Iterator[Batch]:
        yield from [document] if isinstance(document, Fault) else _mapped(source, document)

    return read_mapped(path, vocabulary)


def _mapped(source: Source, document: object) -> Iterator[Batch]:
    meaning = mapping.mapping_of(document)
    if isinstance(meaning, Fault):
        yield meaning
    elif isinstance(meaning, mapping.SampleMapping):
        yield from _of_satellite(source, meaning, lambda satellite: _sampled(source, meaning, satellite))
    else:
        layout, covers = _layout(meaning), list(meaning.covers)
        yield from _of_satellite(source, meaning, lambda satellite: _logged(source, layout, satellite, covers))


def _of_satellite(
    source: Source, meaning: SampleMapping | SpanMapping | None, batches: Callable[[str], Iterator[Batch]]
) -> Iterator[Batch]:
    """The batches of a table, of the satellite that its mapping names, or of the only one of the vocabulary."""
    satellites = source.vocabulary.satellites
    named = None if meaning is None else meaning.satellite
    satellite = named or source.vocabulary.only_satellite
    if named is not None and named not in satellites:
        known = f"the satellites are {', '.join(satellites)}" if satellites else "the vocabulary has none"
        yield Fault(0, f"mapping: unknown satellite {shown(named)}; {known}")
    elif named is None and not _is_of_satellite(meaning, source.vocabulary):
        yield from batches(NO_SATELLITE)
    elif satellite is None and satellites:
        yield Fault(0, f'a mapping has to say of which "satellite" it is: {", ".join(satellites)}')
    else:
        yield from batches(satellite or NO_SATELLITE)


def _is_of_satellite(meaning: SampleMapping | SpanMapping | None, vocabulary: Vocabulary) -> bool:
    """Whether what a table has differs from satellite to satellite: logs but of experiments, position, attitude."""
    if isinstance(meaning, mapping.SampleMapping):
        fields = [vocabulary.field(name) for name in meaning.columns.values()]
        return any(field is not None and field.tab == "spacecraft" for field in fields)
    return meaning is None or meaning.key != "experiment"


def _sampled(source: Source, meaning: SampleMapping, satellite: str) -> Iterator[Batch]:
    return sample_batches(_chunks(source, (meaning.time, *meaning.columns), []), meaning, satellite)


def _logged(
    source: Source, layout: Layout, satellite: str, covers: list[tuple[int, int]] | None = None
) -> Iterator[Batch]:
    comments: list[str] = []
    seen: set[Label] = set()
    sound = True
    for batch in span_batches(_chunks(source, layout.wanted, comments), layout, seen, satellite):
        sound = sound and not isinstance(batch, Fault)
        yield batch
    if covers is None:
        periods = [period_of(text) for text in comments]
        covers = [period for period in periods if period is not None]
        if len(covers) < len(periods):
            yield Fault(0, f"not a period FIRST..LAST: {shown(comments[periods.index(None)].strip())}")
    if covers and not (sound and not source.damage):
        yield Fault(0, "what it covers is ignored, because some of it cannot be read")
        return
    labels = [layout.all_of] if layout.all_of else sorted(seen)
    yield from (Covered(key, word, start, end, satellite) for start, end in covers for key, word in labels)


def _chunks(source: Source, wanted: tuple[str, ...], comments: list[str]) -> Iterator[Chunk | Fault]:
    """The wanted columns of a file of either kind; the periods that comments cover are added to a list."""

    def note(line: str) -> None:
        match = _COVERS.match(line)
        if match:
            comments.append(match[1])

    if _is_parquet(source):
        return parquet_chunks(source.path, wanted)
    return csv_chunks(source, wanted, note)


def _is_parquet(source: Source) -> bool:
    try:
        return head(source.path).startswith(_PARQUET)
    except OSError:
        return False


def _names(source: Source) -> list[str] | Fault:
    """The names of the columns: of a CSV file, those of the first line that is no comment."""
    if _is_parquet(source):
        return parquet_names(source.path)
    try:
        text = head(source.path).decode("latin-1")
    except OSError as problem:
        return Fault(0, f"cannot be read: {problem.strerror or problem}")
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    return [name.strip().lower() for name in first.split(",")]


def _has(names: list[str], layout: Layout) -> bool:
    return all(name in names for name in layout.wanted)


def _tag(cells: tuple[str, ...]) -> Label | str:
    group, tag = cells
    if not group or not tag or not (group + tag).isprintable():
        return "group or tag is missing"
    return "experiment", f"{group} > {tag}"


def _mode(vocabulary: Vocabulary, cells: tuple[str, ...]) -> Label | str:
    instrument, mode = (cell.lower() for cell in cells)
    wrong = next((cell for cell in (instrument, mode) if not _NAME.fullmatch(cell)), None)
    if wrong is None and instrument not in vocabulary.instruments:
        return f"not an instrument{vocabulary.mission.of}: {shown(instrument)}"
    return (
        (instrument, mode)
        if wrong is None
        else f"not a name of letters, digits, hyphens and underscores: {shown(wrong)}"
    )


def _layout(meaning: SpanMapping) -> Layout:
    key, word = meaning.key, meaning.word
    if word is not None:
        return Layout((), meaning.start, meaning.end, lambda _: (key, word), (key, word))

    def label(cells: tuple[str, ...]) -> Label | str:
        return (key, cells[0]) if cells[0] and cells[0].isprintable() else "the word is missing"

    return Layout((meaning.word_column or "",), meaning.start, meaning.end, label, None)


TAGS = Layout(("group", "tag"), "start", "end", _tag, ("experiment", None))


def modes(vocabulary: Vocabulary) -> Layout:
    """The layout of a log of the modes of a mission's instruments."""
    return Layout(("instrument", "mode"), "start", "end", partial(_mode, vocabulary), None)
