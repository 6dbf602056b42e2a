"""Tables of spans and of samples, as CSV or Parquet.

Read without a mapping, by their columns: experiment tags (`group,tag,start,end`) and instrument modes
(`instrument,mode,start,end`). All others need a mapping (see `mapping`). Times are ISO 8601, in UTC where
they have no offset. A span is `[start, end)`; an end that is a date alone includes that day.

A comment `# covers 2013-10-01..2021-12-31` says that the log tells everything of that time: of all
experiments, or of those modes of instruments that it has rows of (a log of modes says nothing of other
values). It is left aside where rows cannot be read, because what is missing may be in them.
"""

from __future__ import annotations

import re

from edexql.catalogue.ingest import csv_table, mapping, parquet_table
from edexql.catalogue.ingest.batches import Covered, Fault
from edexql.catalogue.ingest.clocks import period_of
from edexql.catalogue.ingest.source import head, reader, shown
from edexql.catalogue.ingest.table_batches import Layout, sample_batches, span_batches
from edexql.model.availability import INSTRUMENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.cells import Chunk
    from edexql.catalogue.ingest.mapping import SpanMapping
    from edexql.catalogue.ingest.source import Source

    Label = tuple[str, str]

_PARQUET = b"PAR1"
_COVERS = re.compile(r"\s*#+\s*covers\b:?(.*)", re.IGNORECASE)
_NAME = re.compile(r"[a-z][a-z0-9-]*")


@reader
def read(source: Source) -> Iterator[Batch]:
    """The batches of a table that is known by its columns, or has a mapping next to it."""
    import os

    if os.path.exists(source.path + mapping.SUFFIX):
        found = mapping.load(source.path + mapping.SUFFIX)
        yield from [found] if isinstance(found, Fault) else _mapped(source, found)
        return
    names = _names(source)
    if isinstance(names, Fault):
        yield names
    elif _has(names, TAGS):
        yield from _logged(source, TAGS)
    elif _has(names, MODES):
        yield from _logged(source, MODES)
    else:
        yield Fault(0, f"what its columns mean is not known: a mapping {shown(source.name + mapping.SUFFIX)} is needed")


def read_with_mapping(path: str, given: object) -> Iterator[Batch]:
    """The batches of a table by a mapping, which is a decoded JSON object or the path of a file with one."""
    found = mapping.load(given) if isinstance(given, str) else given

    @reader
    def read_mapped(source: Source) -> Iterator[Batch]:
        yield from [found] if isinstance(found, Fault) else _mapped(source, found)

    return read_mapped(path)


def _mapped(source: Source, found: object) -> Iterator[Batch]:
    meaning = mapping.understood(found)
    if isinstance(meaning, Fault):
        yield meaning
    elif isinstance(meaning, mapping.SampleMapping):
        yield from sample_batches(_chunks(source, (meaning.time, *meaning.columns), []), meaning)
    else:
        yield from _logged(source, _layout(meaning), list(meaning.covers))


def _logged(source: Source, layout: Layout, covers: list[tuple[int, int]] | None = None) -> Iterator[Batch]:
    comments: list[str] = []
    seen: set[Label] = set()
    sound = True
    for batch in span_batches(_chunks(source, layout.wanted, comments), layout, seen):
        sound = sound and not isinstance(batch, Fault)
        yield batch
    if covers is None:
        periods = [period_of(text) for text in comments]
        covers = [period for period in periods if period is not None]
        if len(covers) < len(periods):
            yield Fault(0, f"not a period FIRST..LAST: {shown(comments[periods.index(None)].strip())}")
    if covers and not (sound and not source.damage):
        yield Fault(0, "what it covers is left aside, because not all of it can be read")
        return
    labels = [layout.all_of] if layout.all_of else sorted(seen)
    yield from (Covered(key, word, start, end) for start, end in covers for key, word in labels)


def _chunks(source: Source, wanted: tuple[str, ...], comments: list[str]) -> Iterator[Chunk | Fault]:
    """The wanted columns of a file of either kind; the periods that comments cover are added to a list."""

    def note(line: str) -> None:
        found = _COVERS.match(line)
        if found:
            comments.append(found[1])

    if _is_parquet(source):
        return parquet_table.chunks(source.path, wanted)
    return csv_table.chunks(source, wanted, note)


def _is_parquet(source: Source) -> bool:
    try:
        return head(source.path).startswith(_PARQUET)
    except OSError:
        return False


def _names(source: Source) -> list[str] | Fault:
    """The names of the columns: of a CSV file, those of the first line that is no comment."""
    if _is_parquet(source):
        return parquet_table.column_names(source.path)
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
        return "a group and a tag are needed"
    return "experiment", f"{group} > {tag}"


def _mode(cells: tuple[str, ...]) -> Label | str:
    instrument, mode = (cell.lower() for cell in cells)
    wrong = next((cell for cell in (instrument, mode) if not _NAME.fullmatch(cell)), None)
    if wrong is None and instrument.upper() not in INSTRUMENTS:
        return f"not an instrument of e-POP: {shown(instrument)}"
    return (instrument, mode) if wrong is None else f"not a name of letters, digits and hyphens: {shown(wrong)}"


def _layout(meaning: SpanMapping) -> Layout:
    key, word = meaning.key, meaning.word
    if word is not None:
        return Layout((), meaning.start, meaning.end, lambda _: (key, word), (key, word))

    def label(cells: tuple[str, ...]) -> Label | str:
        return (key, cells[0]) if cells[0] and cells[0].isprintable() else "a word is needed"

    return Layout((meaning.word_column or "",), meaning.start, meaning.end, label, None)


TAGS = Layout(("group", "tag"), "start", "end", _tag, ("experiment", None))
MODES = Layout(("instrument", "mode"), "start", "end", _mode, None)
