"""The rows of the tables of the schema, for a satellite and a month, as columns: what an export writes."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.files import Files
from edexql.catalogue.intervals import Intervals
from edexql.catalogue.notes import SYNTHETIC
from edexql.catalogue.sql.schema import NO_MONTH, column_of, held_fields, sampled_fields, satellite_of
from edexql.catalogue.sql.values import column, computed, filled, stretches
from edexql.catalogue.store.index import ANY_WORD, SUPERSEDED, TIMELESS
from edexql.catalogue.store.orbits import ELEMENTS, EXACT, OF_ELEMENTS, POSITIONS
from edexql.model.filename import version_of_name
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary

    # Values by column; where a column is left out, it has none.
    Block = dict[str, Any]
    Positions = NDArray[np.int64]
    # Year and month, as 201905.
    Month = int


_FILES = 2**15
# Seconds of the ephemeris in a block: three days of 40 fields are 80 MB.
_SECONDS = 3 * DAY


def month_of(second: int) -> Month:
    """The month of a second."""
    from edexql.model.period import day_of

    day = day_of(second)
    return day.year * 100 + day.month


def bounds(month: Month) -> tuple[int, int]:
    """The first second of a month, and the first after it."""
    from datetime import date

    from edexql.model.period import midnight

    year, number = divmod(month, 100)
    return midnight(date(year, number, 1)), midnight(date(year + number // 12, number % 12 + 1, 1))


def months(times: Intervals) -> list[Month]:
    """The months that have some of a set of times, in order."""
    first, last = _months_since_1970(times.starts), _months_since_1970(times.ends - 1)
    counts = last - first + 1
    every = np.repeat(first, counts) + np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return [int(month) for month in _as_months(np.unique(every))]


def files_by_partition(catalogue: Catalogue, vocabulary: Vocabulary) -> dict[str | None, dict[Month, Positions]]:
    """Where the files of each satellite and month stand in a catalogue, in order of time and name."""
    flags, starts, ends = (catalogue.array(f"file:{name}") for name in ("flags", "start", "end"))
    if flags is None or starts is None or ends is None:
        return {}
    of_file = np.where(flags & TIMELESS > 0, NO_MONTH, _file_months(starts, ends))
    parts: dict[str | None, list[Positions]] = {}
    for product, (first, end) in catalogue.product_ranges():
        parts.setdefault(satellite_of(product, vocabulary), []).append(np.arange(first, end))
    found: dict[str | None, dict[Month, Positions]] = {}
    for satellite, positions in parts.items():
        every = np.concatenate(positions)
        # Stable, so that files that begin together stay in the order of products, ends and names.
        every = every[np.lexsort((starts[every], of_file[every]))]
        breaks = np.flatnonzero(np.diff(of_file[every])) + 1
        found[satellite] = {int(of_file[part[0]]): part for part in np.split(every, breaks)}
    return found


def _file_months(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """The month of each file: that of its start, NO_MONTH where it ends later than in the month after that."""
    first, last = (_months_since_1970(edge) for edge in (starts, np.maximum(starts, ends - 1)))
    return np.where(last - first > 1, NO_MONTH, _as_months(first))


def _as_months(since_1970: NDArray[np.int64]) -> NDArray[np.int64]:
    years, numbers = np.divmod(since_1970, 12)
    return (years + 1970) * 100 + numbers + 1


def _months_since_1970(seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    return seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)


def files(catalogue: Catalogue, vocabulary: Vocabulary, positions: Positions) -> Iterator[Block]:
    """Rows of `file`, of the files that stand at some positions."""
    flags = catalogue.array("file:flags")
    assert flags is not None
    labels = {source: format + (f", {note}" if note else "") for source, _, format, _, _, note in catalogue.sources()}
    for begin in range(0, len(positions), _FILES):
        here = positions[begin : begin + _FILES]
        block = Files.at(catalogue, here)
        rows = list(block)
        yield {
            "name": block.names,
            "product": [row.product for row in rows],
            "instrument": block.instruments,
            "start_second": [row.start for row in rows],
            "end_second": [row.end for row in rows],
            "size": [row.size for row in rows],
            "size_text": [row.size_text for row in rows],
            "version": [".".join(map(str, version_of_name(row.name, vocabulary.name_forms)[1])) for row in rows],
            "superseded": flags[here] & SUPERSEDED > 0,
            "place": [row.place for row in rows],
            "synthetic": np.array([row.synthetic for row in rows]),
            "origin": [labels[source] for source in block.sources],
        }


class Facts:
    """What is known of a satellite apart from its samples, as named sets of times."""

    def __init__(self, catalogue: Catalogue, vocabulary: Vocabulary) -> None:
        self._catalogue = catalogue
        self._fields = list(filter(None, map(vocabulary.field, held_fields(vocabulary))))
        self._logged = {name: catalogue.times(f"yes:{name}") for name in catalogue.named("yes:")}
        self._covered = {f"{key}:{ANY_WORD}": catalogue.times(f"covered:{key}") for key in catalogue.named("covered:")}
        for name, yes in self._logged.items():
            # Of a word, what goes beyond the times for every word.
            known = yes | ~catalogue.times(f"may:{name}")
            beyond = known - catalogue.times(f"covered:{name.partition(':')[0]}")
            self._covered[name] = beyond
        self._origins = {name: catalogue.times(f"origin:{name}") for name in catalogue.named("origin:")}
        self._named = vocabulary.fields

    def times(self) -> Intervals:
        """A set of times that has all of them."""
        of_fields = [
            (segment.start, segment.end)
            for segments in self._catalogue.segments.values()
            for segment, arrays in segments
            if any(f"value:{field.name}" in arrays for field in self._fields)
        ]
        sets = [*self._logged.values(), *self._covered.values(), *self._origins.values(), intervals.of(of_fields)]
        orbit = self._catalogue.orbit
        return intervals.union([*sets, orbit.covered] if orbit is not None else sets)

    def logged(self, month: Month) -> Block:
        """Rows of `logged` of a month."""
        return _words(self._logged, month)

    def covered(self, month: Month) -> Block:
        """Rows of `covered` of a month."""
        return _words(self._covered, month)

    def held(self, month: Month) -> Block:
        """Rows of `held` of a month."""
        start, end = bounds(month)
        parts = [
            _cut(
                np.maximum(stretch.starts, start),
                np.minimum(stretch.ends, end),
                {"field": np.array([field.name]), "series": np.array([stretch.series])},
                {"value": stretch.values},
            )
            for field in self._fields
            for stretch in stretches(self._catalogue, field, start, end)
        ]
        return _sorted(parts, ("field", "series", "value"))

    def origins(self, month: Month) -> Block:
        """Rows of `origin` of a month."""
        start, end = bounds(month)
        parts = []
        for name, times in self._origins.items():
            series, _, label = name.partition(":")
            parts.append(_origin(times.within(start, end), series, label, *self.series.get(series, ("", 0))))
        parts += self._origins_of_orbit(start, end)
        return _sorted(parts, ("series", "label", "fields", "step", "epoch_second"))

    @cached_property
    def series(self) -> dict[str, tuple[str, int]]:
        """The fields of each series, with blanks between them, and its step."""
        return {
            series: (self._known(name for _, arrays in segments for name in arrays.names()), segments[0][0].holds)
            for series, segments in self._catalogue.segments.items()
        }

    def _known(self, names: Iterable[str]) -> str:
        return " ".join(sorted({name.removeprefix("value:") for name in names} & set(self._named)))

    def _origins_of_orbit(self, start: int, end: int) -> Iterator[Block]:
        """Positions, and element sets where there are none, each with its epoch."""
        orbit = self._catalogue.orbit
        if orbit is None:
            return
        synthetic = SYNTHETIC if self._catalogue.array("synthetic-elements") is not None else ""
        fields = self._known(orbit.fields)
        exact = orbit.covered_by(POSITIONS).within(start, end)
        yield _origin(exact, "orbit", synthetic + EXACT, fields, 0)
        rest = orbit.covered_by(ELEMENTS).within(start, end) - exact
        for first, last, epoch in orbit.epochs():
            here = rest.within(first, last)
            rest = rest - here
            yield _origin(here, "orbit", synthetic + OF_ELEMENTS, fields, 0, epoch)
        yield _origin(rest, "orbit", synthetic + OF_ELEMENTS, fields, 0)


def _origin(times: Intervals, series: str, label: str, fields: str, step: int, epoch: int | None = None) -> Block:
    block = _spans(times, {"series": series, "label": label, "fields": fields})
    count = len(block["day"])
    return {**block, "step": np.full(count, step), "epoch_second": np.full(count, epoch, object)}


def _words(sets: dict[str, Intervals], month: Month) -> Block:
    start, end = bounds(month)
    parts = []
    for name, times in sets.items():
        key, _, word = name.partition(":")
        parts.append(_spans(times.within(start, end), {"key": key, "word": word}))
    return _sorted(parts, ("key", "word"))


def present(times: Intervals) -> Block:
    """Rows of `present`."""
    return _sorted([_spans(times, {})], ())


def _spans(times: Intervals, labels: dict[str, str]) -> Block:
    return _cut(times.starts, times.ends, {name: np.array([text]) for name, text in labels.items()}, {})


def _cut(
    starts: NDArray[np.int64], ends: NDArray[np.int64], labels: dict[str, NDArray[Any]], values: dict[str, NDArray[Any]]
) -> Block:
    """Spans cut at midnight, each with the same labels and with values of its own."""
    real = starts < ends
    starts, ends = starts[real], ends[real]
    first = starts // DAY
    counts = (ends - 1) // DAY - first + 1
    origin = np.repeat(np.arange(len(starts)), counts)
    day = first[origin] + np.arange(len(origin)) - np.repeat(np.cumsum(counts) - counts, counts)
    return {
        **{name: np.repeat(text, len(origin)) for name, text in labels.items()},
        **{name: column[real][origin] for name, column in values.items()},
        "start_second": np.maximum(starts[origin], day * DAY),
        "end_second": np.minimum(ends[origin], (day + 1) * DAY),
        "day": day,
    }


def _sorted(parts: list[Block], columns: tuple[str, ...]) -> Block:
    """Rows together, in order of time."""
    names = (*columns, "start_second", "end_second", "day")
    if not parts:
        return {name: np.empty(0, np.int64) for name in names}
    whole = {name: np.concatenate([part[name] for part in parts]) for name in names}
    order = np.argsort(whole["start_second"], kind="stable")
    return {name: values[order] for name, values in whole.items()}


def ephemeris(catalogue: Catalogue, vocabulary: Vocabulary, start: int, end: int) -> Iterator[Block]:
    """Rows of `ephemeris` in a stretch of time, in order."""
    fields = list(filter(None, map(vocabulary.field, sampled_fields(vocabulary))))
    for first in range(start // DAY * DAY, end, _SECONDS):
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


def seconds_of(block: Block) -> Intervals:
    """The seconds of which a block of `ephemeris` has rows."""
    seconds = block["second"]
    breaks = np.flatnonzero(np.diff(seconds) != 1)
    return Intervals(
        np.concatenate((seconds[:1], seconds[breaks + 1])),
        np.concatenate((seconds[breaks] + 1, seconds[-1:] + 1)),
    )


def sampled_times(catalogue: Catalogue, vocabulary: Vocabulary) -> Intervals:
    """A set of times that has all rows of `ephemeris`."""
    fields = set(sampled_fields(vocabulary))
    spans = [
        (segment.start, segment.end)
        for segments in catalogue.segments.values()
        for segment, arrays in segments
        if any(f"value:{field}" in arrays for field in fields)
    ]
    orbit = catalogue.orbit
    covered = orbit.covered if orbit is not None and fields & orbit.fields else intervals.NEVER
    return intervals.of(spans) | covered
