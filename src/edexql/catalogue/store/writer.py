"""The writer of a catalogue: puts rows, samples and positions into it, each with its source."""

from __future__ import annotations

import os
import time

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.ingest.batches import Covered, Elements, Fault, File, Positions, Samples, Spans
from edexql.catalogue.store import index
from edexql.catalogue.store.arrays import Arrays
from edexql.catalogue.store.orbits import OrbitBuilder
from edexql.catalogue.store.schema import CatalogueError
from edexql.catalogue.store.segments import Chunk, Series, add_origin, chunk_length, newer_times
from edexql.catalogue.store.transaction import Transaction
from edexql.model.filename import product_classifier, span_of_name, version_of_name
from edexql.model.spacecraft import NO_SATELLITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary

_MOST_CHUNKS = 3


class Writer(Transaction):
    """A change that takes facts in: rows, samples and positions."""

    def __init__(self, folder: str, vocabulary: Vocabulary) -> None:
        super().__init__(folder)
        self.vocabulary = vocabulary
        self._changed = self.upgraded
        self._product_of = product_classifier(vocabulary)
        self._chunks: dict[tuple[Series, int], Chunk] = {}
        self._orbit = OrbitBuilder(self, vocabulary)
        # What had to be left out, for people.
        self.messages: list[str] = []
        self.source = 0

    def begin_source(
        self, path: str, format: str, digest: str | None, *, synthetic: bool, note: str | None = None
    ) -> bool:
        """Say what the next facts come from; False where this very content has been read before."""
        self._orbit.end_source(self.source)
        if digest and self.connection.execute("SELECT 1 FROM source WHERE digest = ?", (digest,)).fetchone():
            return False
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.source = (
            self.connection.execute(
                "INSERT INTO source (path, digest, format, read_at, synthetic, note) VALUES (?, ?, ?, ?, ?, ?)",
                (path, digest, format, now, int(synthetic), note),
            ).lastrowid
            or 0
        )
        return True

    def add(self, batch: Batch, rank: str = "") -> None:
        """Take a fact in. Samples of a source give way to those of one with a greater `rank`."""
        if isinstance(batch, File):
            self._add_file(batch)
        elif isinstance(batch, Spans):
            spans = zip(batch.starts.tolist(), batch.ends.tolist(), strict=True)
            self._add_rows("span", (batch.satellite, batch.key, batch.word), spans)
        elif isinstance(batch, Covered):
            word = batch.word or index.ANY_WORD
            self._add_rows("covered", (batch.satellite, batch.key, word), [(batch.start, batch.end)])
        elif isinstance(batch, Samples):
            self._add_samples(batch, rank)
        elif isinstance(batch, Elements):
            self._orbit.add_elements(batch, self.source)
        elif isinstance(batch, Positions):
            self._orbit.add(batch, rank)
        elif isinstance(batch, Fault):
            self.connection.execute("INSERT INTO fault VALUES (?, ?, ?)", (self.source, batch.line, batch.message))

    def commit(self) -> None:
        """Make the change true."""
        for key in list(self._chunks):
            self._flush(*key)
        self._orbit.end_source(self.source)
        if self._orbit.changed:
            self.messages += self._orbit.write()
            self._changed = True
        # A tree that brought nothing new is no source of anything.
        self.connection.execute(
            """DELETE FROM source WHERE digest IS NULL AND id NOT IN (SELECT source FROM file)
            AND id NOT IN (SELECT source FROM span) AND id NOT IN (SELECT source FROM stretch)"""
        )
        self.connection.execute("DELETE FROM fault WHERE source NOT IN (SELECT id FROM source)")
        self.finish(changed=self._changed)

    def chunk(self, series: Series, number: int, holds: int, *, linear: bool, phase: int = 0) -> Chunk:
        """A chunk of a series while it is being written, with what the catalogue has of it."""
        key = (series, number)
        if key in self._chunks:
            self._chunks[key] = self._chunks.pop(key)
            return self._chunks[key]
        if len(self._chunks) >= _MOST_CHUNKS:
            self._flush(*next(iter(self._chunks)))
        row = self.connection.execute(
            """SELECT "start", holds, linear, path, digest FROM segment
            WHERE satellite = ? AND series = ? AND chunk = ?""",
            (series.satellite, series.name, number),
        ).fetchone()
        chunk = Chunk(number * chunk_length(holds) + phase, holds, linear=linear)
        if row:
            if row[1:3] != (holds, int(linear)):
                raise CatalogueError(f"the series {series.name} has samples every {row[1]} s, not every {holds} s")
            there = Arrays(os.path.join(self.folder, row[3]), row[4])
            chunk.start = row[0]
            chunk.columns = {name[6:]: there[name].copy() for name in there.names() if name.startswith("value:")}
            chunk.length = len(next(iter(chunk.columns.values()), ()))
        self._chunks[key] = chunk
        return chunk

    def _flush(self, series: Series, number: int) -> None:
        chunk = self._chunks.pop((series, number))
        key = (series.satellite, series.name, number)
        row = self.connection.execute(
            "SELECT path FROM segment WHERE satellite = ? AND series = ? AND chunk = ?", key
        ).fetchone()
        if row:
            self.retire(row[0])
        named_arrays = chunk.arrays()
        self.connection.execute(
            "INSERT OR REPLACE INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*key, chunk.start, chunk.holds, chunk.length, int(chunk.linear), *self.write(named_arrays)),
        )

    def files_of(self, path: str, format: str) -> list[str]:
        """The names of the files that a source gave first, at this reading or before."""
        rows = self.connection.execute(
            "SELECT name FROM file JOIN source ON source.id = file.source WHERE path = ? AND format = ? ORDER BY name",
            (path, format),
        )
        return [name for (name,) in rows]

    def remove_files(self, names: Iterable[str]) -> None:
        """Forget files that have left the archive."""
        self.connection.executemany("DELETE FROM file WHERE name = ?", ((name,) for name in names))
        self._changed = True

    def add_series(self, other: Catalogue, name: str) -> int:
        """Take a series of no satellite over from another catalogue, each value as it is kept there, for times of which
        this one has none; the number of samples.
        """
        series = Series(NO_SATELLITE, name)
        select = 'SELECT "start", "end" FROM stretch WHERE satellite = ? AND series = ?'
        ours = intervals.of(self.connection.execute(select, (NO_SATELLITE, name)).fetchall())
        count = 0
        for segment, arrays in other.segments[name]:
            names = [name for name in arrays.names() if name.startswith("value:")]
            length = chunk_length(segment.holds)
            times = segment.start + segment.holds * np.arange(segment.count, dtype=np.int64)
            free = ~ours.meets(times, times + segment.holds)
            for number in np.unique(times[free] // length).tolist():
                here = free & (times // length == number)
                columns = {name.removeprefix("value:"): arrays[name][here] for name in names}
                self.chunk(series, number, segment.holds, linear=segment.linear).lay_quanta(times[here], columns)
            count += int(free.sum())
        covered = [other.times(f"origin:{name}:{label}") for label in other.named(f"origin:{name}:")]
        self._add_origin(series, intervals.union(covered) - ours, "")
        return count

    def _add_file(self, file: File) -> None:
        product, instrument = self._product_of(file.name)
        span = span_of_name(file.name, self.vocabulary.name_forms)
        stem, version = version_of_name(file.name, self.vocabulary.name_forms)
        start, end = (span.start, span.end) if span else (None, None)
        product = file.product or product
        row = (
            file.name, product, instrument, start, end, file.size, file.size_text,
            stem, ".".join(map(str, version)), file.place, self.source, self._satellite_of(product),
        )  # fmt: skip
        # A listing of rounded sizes and a mirror with exact ones may come in either order.
        before = self.connection.total_changes
        self.connection.execute(
            """INSERT INTO file
            (name, product, instrument, "start", "end", size, size_text, stem, version, place, source, satellite)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE
            SET size = excluded.size, size_text = coalesce(file.size_text, excluded.size_text), place = excluded.place,
                source = excluded.source
            WHERE excluded.size IS NOT NULL AND excluded.size IS NOT file.size""",
            row,
        )
        self._changed |= self.connection.total_changes > before

    def _satellite_of(self, product: str | None) -> str | None:
        vocabulary = self.vocabulary
        if not vocabulary.satellites:
            return NO_SATELLITE
        return vocabulary.only_satellite if product is None else vocabulary.satellite_of(product)

    def _add_rows(self, table: str, log: tuple[str, str, str], spans: Any) -> None:
        rows = [(*log, start, end, self.source) for start, end in spans if start < end]
        self._changed |= self.insert(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?, ?, ?, ?)", rows)  # noqa: S608

    def _add_samples(self, batch: Samples, rank: str) -> None:
        if not len(batch.times):
            return
        # Samples that stand between the multiples of their length make a series of their own.
        phase = int(batch.times[0]) % batch.holds
        series = Series(batch.satellite, f"{batch.series}+{phase}" if phase else batch.series)
        times, columns = batch.times, batch.columns
        newer = newer_times(self.connection, series, int(times[0]), int(times[-1]) + batch.holds, rank)
        if len(newer):
            free = np.flatnonzero(~newer.meets(times, times + 1))
            times, columns = times[free], {name: values[free] for name, values in columns.items()}
        if series.name == "ephemeris":
            self._orbit.add_ephemeris(series.satellite, times, columns)
        length = chunk_length(batch.holds)
        numbers = (times - phase) // length
        for cut in np.split(np.arange(len(times)), np.flatnonzero(np.diff(numbers)) + 1):
            if len(cut):
                part = slice(int(cut[0]), int(cut[-1]) + 1)
                number = int(numbers[cut[0]])
                chunk = self.chunk(series, number, batch.holds, linear=batch.linear, phase=phase)
                chunk.lay(times[part], {name: values[part] for name, values in columns.items()})
        self._add_origin(series, intervals.of_spans(times, times + batch.holds), rank)

    def add_quanta(self, series: Series, start: int, columns: Mapping[str, NDArray[Any]]) -> None:
        """Put in a column of values at one a second from `start` on, which are whole quanta already."""
        length = chunk_length(1)
        count = len(next(iter(columns.values())))
        begin = 0
        while begin < count:
            number = (start + begin) // length
            stop = min(count, (number + 1) * length - start)
            times = np.arange(start + begin, start + stop, dtype=np.int64)
            part = {name: values[begin:stop] for name, values in columns.items()}
            self.chunk(series, number, 1, linear=False).lay_quanta(times, part)
            begin = stop
        self._add_origin(series, intervals.of([(start, start + count)]), "")

    def _add_origin(self, series: Series, times: intervals.Intervals, rank: str) -> None:
        """Record that the values of some times come from the source that is being read."""
        add_origin(self.connection, series, times, rank, self.source)
        self._changed = True
