"""What is written together, the tables of one kind of a satellite and month, and the digest of what they are made of.

Three kinds change for different reasons: `files` with each listing, `facts` (logs, indices, origins) with each
ingestion of them, `positions` with new ephemerides alone, which take the time. A digest covers what of the catalogue
the rows of the month are made of, and what of the vocabulary, so that what did not change is found without making it.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b

from edexql.base.record import Record
from edexql.base.version import __version__
from edexql.catalogue import intervals
from edexql.catalogue.export.manifest import Part, Written
from edexql.catalogue.export.parquet import content
from edexql.catalogue.export.vocabulary import digest, relevant
from edexql.catalogue.files import Files
from edexql.catalogue.sql import schema
from edexql.catalogue.sql.rows import (
    Facts,
    bounds,
    ephemeris,
    files,
    files_by_partition,
    months,
    present,
    sampled_times,
    seconds_of,
)
from edexql.catalogue.sql.values import not_computed
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from edexql.catalogue.export.place import Place
    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.sql.rows import Block, Month, Positions
    from edexql.catalogue.sql.schema import Table
    from edexql.catalogue.store.arrays import Arrays
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.catalogue.store.orbits import Orbit
    from edexql.catalogue.store.schema import Segment
    from edexql.model.vocabulary import Vocabulary

FILES, FACTS, POSITIONS, EMPTY = "files", "facts", "positions", "empty"
# Segments that are longer, those of indices, are looked into: the others are of about the month.
_LONG = 70 * 86400
_SETS = ("yes:", "may:", "covered:", "origin:")


class Wanted(Record):
    """A part that an export has to have: of which satellite, month and kind, and made of what."""

    satellite: str | None
    month: int
    kind: str
    digest: str

    @property
    def key(self) -> tuple[str, int, str]:
        """As in `Part`."""
        return schema.partition(self.satellite), self.month, self.kind


class Source:
    """The satellites of a catalogue, as they are exported."""

    def __init__(self, catalogue: Catalogue, vocabulary: Vocabulary) -> None:
        self.catalogue = catalogue
        self.vocabulary = vocabulary
        self._satellites: dict[str | None, Satellite] = {}

    @cached_property
    def files(self) -> dict[str | None, dict[Month, Positions]]:
        """Where the files of each satellite and month stand."""
        return files_by_partition(self.catalogue, self.vocabulary)

    def satellite(self, name: str | None) -> Satellite:
        """One of them."""
        if name not in self._satellites:
            self._satellites[name] = Satellite(name, self)
        return self._satellites[name]

    def wanted(self, satellites: Iterable[str | None]) -> list[Wanted]:
        """The parts of the export of some satellites, in order."""
        return [part for name in satellites for part in self.satellite(name).wanted()]


class Satellite:
    """What is written of one satellite, None for what is of none."""

    def __init__(self, name: str | None, source: Source) -> None:
        self.name = name
        self._vocabulary = source.vocabulary
        self._of_files = source.catalogue
        self._files = source.files.get(name, {})
        self._catalogue = source.catalogue.of(name)

    @cached_property
    def facts(self) -> Facts:
        return Facts(self._catalogue, self._vocabulary)

    @cached_property
    def sampled(self) -> Intervals:
        """A set of times that has all rows of `ephemeris`."""
        return sampled_times(self._catalogue, self._vocabulary)

    def wanted(self) -> Iterator[Wanted]:
        """The parts that it has, in order of time."""
        of_facts, of_positions = months(self.facts.times() | self.sampled), set(months(self.sampled))
        for month in sorted({*self._files, *of_facts}):
            if month in self._files:
                yield Wanted(self.name, month, FILES, self._digest_of_files(self._files[month]))
            if month in of_facts:
                yield Wanted(self.name, month, FACTS, self._digest_of_facts(month))
            if month in of_positions:
                yield Wanted(self.name, month, POSITIONS, self._digest_of_positions(month))

    def rows(self, month: Month, kind: str) -> Iterator[tuple[Table, Iterable[Block]]]:
        """The tables of a part, each with its rows. Rows are made when they are asked for, table after table."""
        if kind == FILES:
            yield schema.FILE, files(self._of_files, self._vocabulary, self._files[month])
        elif kind == FACTS:
            yield schema.LOGGED, [self.facts.logged(month)]
            yield schema.COVERED, [self.facts.covered(month)]
            yield schema.HELD, [self.facts.held(month)]
            yield schema.ORIGIN, [self.facts.origins(month)]
        else:
            seen: list[Intervals] = []
            yield schema.ephemeris(self._vocabulary), self._ephemeris(month, seen)
            yield schema.PRESENT, [present(intervals.union(seen))]

    def _ephemeris(self, month: Month, seen: list[Intervals]) -> Iterator[Block]:
        within = self.sampled.within(*bounds(month))
        for block in ephemeris(self._catalogue, self._vocabulary, int(within.starts[0]), int(within.ends[-1])):
            seen.append(seconds_of(block))
            yield block

    def amounts(self, month: Month, kind: str) -> dict[str, int]:
        """About how many rows the tables of a part have: of positions the seconds in which there can be some."""
        if kind == FILES:
            return {schema.FILE.name: len(self._files[month])}
        if kind == POSITIONS:
            seconds = self.sampled.within(*bounds(month)).seconds
            return {schema.ephemeris(self._vocabulary).name: seconds, schema.PRESENT.name: -(-seconds // DAY)}
        return {table.name: sum(map(_height, blocks)) for table, blocks in self.rows(month, kind)}

    def _digest_of_files(self, positions: Positions) -> str:
        catalogue = self._of_files
        labels = {number: [format, note] for number, _, format, _, _, note in catalogue.sources()}
        here = Files.at(catalogue, positions)
        sums = blake2b(digest_size=16)
        version = self._vocabulary.name_forms.version
        sums.update(repr((self._written_by, version and version.pattern)).encode())
        for name in ("start", "end", "size", "flags"):
            array = catalogue.array(f"file:{name}")
            assert array is not None
            sums.update(array[positions].tobytes())
        for column in (*here.fields("name", "product", "size_text", "place", "instrument"), here.sources):
            texts = (str(labels[one]) if isinstance(one, int) else str(one) for one in column)
            sums.update("\0".join(texts).encode("utf-8", "surrogatepass"))
        return sums.hexdigest()

    def _digest_of_facts(self, month: Month) -> str:
        start, end = bounds(month)
        sums = blake2b(digest_size=16)
        sums.update(self._said(schema.held_fields(self._vocabulary)))
        sums.update(repr(sorted(self.facts.series.items())).encode())
        for name, times in self._sets.items():
            _add(sums, name, times.within(start, end))
        self._add_samples(sums, schema.held_fields(self._vocabulary), start, end)
        orbit = self._catalogue.orbit
        if orbit is not None:
            from edexql.catalogue.store.orbits import KINDS

            times = orbit.covered.within(start, end)
            _add(sums, str(self._catalogue.array("synthetic-elements") is not None), times)
            for kind in KINDS:
                _add(sums, kind, orbit.covered_by(kind).within(start, end))
            sums.update(repr([one for one in orbit.epochs() if one[0] < end and start < one[1]]).encode())
        return sums.hexdigest()

    def _digest_of_positions(self, month: Month) -> str:
        start, end = bounds(month)
        fields = schema.sampled_fields(self._vocabulary)
        sums = blake2b(digest_size=16)
        sums.update(self._said(fields))
        sums.update(repr(not_computed(self._catalogue, fields)).encode())
        self._add_samples(sums, fields, start, end)
        orbit = self._catalogue.orbit
        if orbit is not None:
            for kind, times, chunks in self._orbit:
                here = times.within(start, end)
                _add(sums, kind, here)
                if len(here):
                    sums.update(repr([sum for first, last, sum in chunks if first < end and start < last]).encode())
        return sums.hexdigest()

    @property
    def _written_by(self) -> tuple[int, str]:
        return schema.VERSION, __version__

    def _said(self, fields: list[str]) -> bytes:
        """What the vocabulary says of some fields, and who asks."""
        facts = relevant(self._vocabulary)["fields"]
        return digest([*self._written_by, [[name, facts[name]] for name in fields]]).encode()

    @cached_property
    def _sets(self) -> dict[str, Intervals]:
        catalogue = self._catalogue
        names = [prefix + name for prefix in _SETS for name in sorted(catalogue.named(prefix))]
        return {name: catalogue.times(name) for name in names}

    def _add_samples(self, sums: Any, fields: list[str], start: int, end: int) -> None:
        """Add the samples that values in `[start, end)` come from."""
        for series, segments in sorted(self._catalogue.segments.items()):
            for segment, arrays in segments:
                names = [f"value:{field}" for field in fields if f"value:{field}" in arrays]
                near = segment.start <= end + segment.holds and start - segment.holds <= segment.end
                if names and near:
                    sums.update(repr((series, segment.start, segment.holds, segment.linear, names)).encode())
                    _add_segment(sums, segment, arrays, names, start, end)

    @cached_property
    def _orbit(self) -> list[tuple[str, Intervals, list[tuple[int, int, str]]]]:
        """Of each kind of positions, when it is known, and the sums of its chunks."""
        from edexql.catalogue.store.orbits import KINDS

        orbit = self._catalogue.orbit
        assert orbit is not None
        return [(kind, orbit.covered_by(kind), _chunks(orbit, kind)) for kind in KINDS]


def write(source: Source, place: Place, wanted: Wanted, there: Mapping[str, int]) -> Part:
    """Write the files of a part, but for those that are there already, of which the sizes are given."""
    satellite, month, kind = wanted.key
    listed = []
    for table, blocks in source.satellite(wanted.satellite).rows(month, kind):
        file = write_table(place, table, blocks, satellite, month, there)
        listed += [] if file is None else [file]
    return Part(satellite, month, kind, wanted.digest, tuple(listed))


def write_table(
    place: Place,
    table: Table,
    blocks: Iterable[Block],
    satellite: str,
    month: Month,
    there: Mapping[str, int],
    *,
    empty: bool = False,
) -> Written | None:
    """Write the file of a table of a satellite and month; of no rows none, unless it may be `empty`."""
    partition = f"satellite={satellite}/month={month}"
    made = content(table, blocks, partition, empty=empty)
    if made is None:
        return None
    path = f"{table.name}/{partition}/part-{made.sum}.parquet"
    if there.get(path) != made.data.size:
        place.write(path, made.data)
    return Written(table.name, path, made.rows, made.data.size, made.sum)


def _height(block: Block) -> int:
    return len(next(iter(block.values())))


def _add(sums: Any, name: str, times: Intervals) -> None:
    if len(times):
        sums.update(f"\0{name}\0".encode())
        sums.update(times.starts.tobytes())
        sums.update(times.ends.tobytes())


def _add_segment(sums: Any, segment: Segment, arrays: Arrays, names: list[str], start: int, end: int) -> None:
    if segment.end - segment.start <= _LONG:
        sums.update(segment.digest.encode())
        return
    first = max(0, (start - segment.start) // segment.holds - 1)
    last = max(first, (end - segment.start) // segment.holds + 2)
    sums.update(repr((first, min(last, segment.count))).encode())
    for name in names:
        sums.update(arrays[name][first:last].tobytes())


def _chunks(orbit: Orbit, kind: str) -> list[tuple[int, int, str]]:
    from edexql.catalogue.orbit.knots import CHUNK

    found = []
    for name, array in orbit.part(kind).items():
        if name.startswith(f"knots:{kind}:"):
            start = int(name.rpartition(":")[2])
            found.append((start, start + CHUNK, blake2b(array.tobytes(), digest_size=16).hexdigest()))
    return sorted(found)
