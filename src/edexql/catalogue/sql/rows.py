"""A catalogue as rows of the tables of the schema, a block of them at a time, by column."""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.files import every_file
from edexql.catalogue.sql.columns import column, filled
from edexql.catalogue.sql.held import stretches
from edexql.catalogue.sql.positions import computed
from edexql.catalogue.sql.schema import column_of, held_fields, sampled_fields
from edexql.catalogue.store.index import ANY_WORD, SUPERSEDED
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

_FILES = 2**15
# Seconds of the ephemeris in a block: three days of 40 fields are 80 MB.
_SECONDS = 3 * 86400


def files(catalogue: Catalogue) -> Iterator[Block]:
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
            "version": [".".join(map(str, version_of_name(row.name)[1])) for row in rows],
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
        for found in stretches(catalogue, field):
            count = len(found.starts)
            yield {
                "field": [field.name] * count,
                "series": [found.series] * count,
                "start_second": found.starts,
                "end_second": found.ends,
                "value": found.values,
            }


def present(found: Intervals) -> Iterator[Block]:
    """Rows of `present`."""
    yield _spans(found)


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
        found = {field.name: column(catalogue, field, first, last) for field in fields}
        wanting = [field for field, values in found.items() if values is None or bool(np.isnan(values).any())]
        for field, values in computed(catalogue, wanting, first, last).items():
            found[field] = filled(found[field], values)
        columns = {field: values for field, values in found.items() if values is not None}
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
        for found in catalogue.segments.values()
        for segment, arrays in found
        if any(f"value:{field}" in arrays for field in fields)
    ]
    if catalogue.orbit is not None and fields & catalogue.orbit.fields:
        told = catalogue.orbit.covered
        spans += zip(told.starts[:1].tolist(), told.ends[-1:].tolist(), strict=True)
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else (0, 0)
