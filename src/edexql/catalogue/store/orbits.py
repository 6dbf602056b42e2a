"""Positions on their way into a catalogue and out of it: knots of the orbit of a satellite, in one file of arrays.

Names of the arrays: `knots:<kind>:<start>` (bytes,) uint8, the packed knots of a chunk, and `covered:<kind>`
(2, k) int64, the times they cover, for the kinds `positions` (ephemerides, SP3) and `elements`; `epochs`
(3, k) int64: from when, until when, epoch of each element set that counts.
"""

from __future__ import annotations

import os

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.intervals import NEVER, Intervals
from edexql.catalogue.store.arrays import Arrays
from edexql.catalogue.store.index import ORBIT, derived_name
from edexql.catalogue.store.segments import Series, add_origin, newer_times
from edexql.catalogue.three_valued import Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.ingest.batches import Elements, Positions
    from edexql.catalogue.orbit.knots import Knots
    from edexql.catalogue.quanta import Piece
    from edexql.catalogue.store.transaction import Transaction
    from edexql.model.vocabulary import Vocabulary

POSITIONS, ELEMENTS = "positions", "elements"
KINDS = (POSITIONS, ELEMENTS)
# What positions of each kind are called.
EXACT, OF_ELEMENTS = "positions every minute, from ephemerides or SP3 files", "two-line element sets"
# Fields that follow from a position, found by searching the knots, or from values every few seconds.
EXACT_FIELDS = frozenset(
    (
        "latitude",
        "longitude",
        "altitude",
        "gei-x",
        "gei-y",
        "gei-z",
        "qd-latitude",
        "dipole-latitude",
        "dipole-longitude",
        "dipole-mlt",
    )
)
LINEAR_FIELDS = frozenset(("qd-longitude", "qd-mlt", "aacgm-latitude", "aacgm-longitude", "aacgm-mlt"))
_DAY = 86400
_PLACE = ("latitude", "longitude", "altitude")


class Orbit:
    """The positions of a satellite."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._decoded: dict[str, Knots] = {}

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it gives."""
        return EXACT_FIELDS | LINEAR_FIELDS

    @property
    def covered(self) -> Intervals:
        """The times at which the position is known."""
        return intervals.union([self.covered_by(kind) for kind in KINDS])

    def covered_by(self, kind: str) -> Intervals:
        name = f"covered:{kind}"
        return Intervals(*self._arrays[name]) if name in self._arrays else NEVER

    def when(self, field: str, admitted: Sequence[Piece], window: Intervals) -> Truth:
        """When a field is in one of some pieces, in a window; positions count before element sets.

        Raises MissingExtra for a field whose library is not installed.
        """
        yes, done, unknown = NEVER, NEVER, NEVER
        for kind in KINDS:
            here = (self.covered_by(kind) - done) & window
            for knots, part in self._chunks(kind, here):
                truth = self._truth(knots, field, admitted, part).within(part)
                yes, unknown = yes | truth.yes, unknown | truth.unknown
            done = done | here
        return Truth(yes, intervals.union([yes, unknown, window - done]))

    def positions(self, window: Intervals) -> Iterator[tuple[Knots, Intervals]]:
        """Knots, and the times of a window that they cover, positions before element sets."""
        done = NEVER
        for kind in KINDS:
            here = (self.covered_by(kind) - done) & window
            yield from self._chunks(kind, here)
            done = done | here

    def describe(self, times: Intervals) -> str:
        """What the positions of some times come from; of element sets, how old they are there."""
        exact = self.covered_by(POSITIONS) & times
        rest = (self.covered_by(ELEMENTS) & times) - exact
        return described(self.age(rest) if len(rest) else None, exact=len(exact) > 0)

    def epochs(self) -> list[tuple[int, int, int]]:
        """From when, until when, and the epoch, of each element set that counts."""
        if "epochs" not in self._arrays:
            return []
        starts, ends, epochs = self._arrays["epochs"]
        return list(zip(starts.tolist(), ends.tolist(), epochs.tolist(), strict=True))

    def age(self, times: Intervals) -> int:
        """The greatest age, in seconds, of the element sets that cover some times."""
        return greatest_age(self.epochs(), times)

    def chunks(self, kind: str) -> Iterator[tuple[int, Knots]]:
        """The knots of one kind, by the times that their chunks begin at."""
        for start in self._starts(kind):
            yield start, self._decode(kind, start)

    def _chunks(self, kind: str, window: Intervals) -> Iterator[tuple[Knots, Intervals]]:
        from edexql.catalogue.orbit.knots import CHUNK

        for start in self._starts(kind):
            here = window.within(start, start + CHUNK)
            if len(here):
                yield self._decode(kind, start), here

    def _starts(self, kind: str) -> list[int]:
        prefix = f"knots:{kind}:"
        return [int(name[len(prefix) :]) for name in self._arrays.names() if name.startswith(prefix)]

    def _decode(self, kind: str, start: int) -> Knots:
        from edexql.catalogue.orbit.knots import decode

        name = f"knots:{kind}:{start}"
        if name not in self._decoded:
            self._decoded[name] = decode(self._arrays[name].tobytes())
        return self._decoded[name]

    def _truth(self, knots: Knots, field: str, admitted: Sequence[Piece], window: Intervals) -> Truth:
        if field in EXACT_FIELDS:
            from edexql.catalogue.orbit.crossings import when
        else:
            from edexql.catalogue.orbit.nodes import when
        return when(knots, field, admitted, window)

    def part(self, kind: str) -> dict[str, NDArray[Any]]:
        """What the file has of one kind of positions."""
        names = [name for name in self._arrays.names() if name.split(":")[1:2] == [kind]]
        names += ["epochs"] if kind == ELEMENTS and "epochs" in self._arrays else []
        return {name: self._arrays[name] for name in names}


def described(age: int | None, *, exact: bool) -> str:
    """What positions come from: exact ones, and element sets of an age in seconds, None where there are none."""
    parts = [EXACT] if exact else []
    if age is not None:
        parts.append(f"{OF_ELEMENTS} up to {age / _DAY:.1f} days old")
    return " and ".join(parts)


def greatest_age(epochs: Iterable[tuple[int, int, int]], times: Intervals) -> int:
    """The greatest age, in seconds, of element sets at some times, each given from when, until when, and its epoch."""
    oldest = 0
    for start, end, epoch in epochs:
        here = times.within(start, end)
        if len(here):
            oldest = max(oldest, abs(int(here.starts[0]) - epoch), abs(int(here.ends[-1]) - 1 - epoch))
    return oldest


class OrbitBuilder:
    """The positions and element sets of a change, until they are written as the orbits of satellites."""

    def __init__(self, change: Transaction, vocabulary: Vocabulary) -> None:
        self._change = change
        self._vocabulary = vocabulary
        # Positions of the source that is being read, by satellite, and the rank of its version.
        self._positions: dict[str, list[tuple[NDArray[np.float64], NDArray[np.float64]]]] = {}
        self._rank = ""
        self._knots: dict[str, list[Knots]] = {}
        self._new_elements: set[str] = set()

    @property
    def changed(self) -> bool:
        """Whether an orbit has to be written again."""
        return bool(self._knots or self._new_elements)

    def add(self, batch: Positions, rank: str) -> None:
        """Take positions in; they become knots when their source has been read."""
        self._positions.setdefault(batch.satellite, []).append((batch.times, batch.xyz))
        self._rank = rank

    def add_ephemeris(
        self, satellite: str, times: NDArray[np.int64], columns: Mapping[str, NDArray[np.float64]]
    ) -> None:
        """Take in the positions of whole minutes of an ephemeris, where it has them."""
        whole = np.flatnonzero(times % 60 == 0)
        if len(whole) and all(name in columns for name in _PLACE):
            from edexql.catalogue.geometry.frames import earth_fixed

            place = [columns[name][whole] for name in _PLACE]
            positions = times[whole].astype(np.float64), earth_fixed(*place)
            self._positions.setdefault(satellite, []).append(positions)

    def add_elements(self, batch: Elements, source: int) -> None:
        """Take in element sets of a source."""
        rows = [(batch.satellite, *pair, source) for pair in batch.pairs]
        if self._change.insert("INSERT OR IGNORE INTO elements VALUES (?, ?, ?, ?)", rows):
            self._new_elements.add(batch.satellite)

    def end_source(self, source: int) -> None:
        """Make knots of the positions of a source that has been read, except at times that a newer version has."""
        for satellite, positions in self._positions.items():
            self._add_knots(satellite, positions, source)
        self._positions.clear()
        self._rank = ""

    def _add_knots(
        self, satellite: str, positions: list[tuple[NDArray[np.float64], NDArray[np.float64]]], source: int
    ) -> None:
        from edexql.catalogue.orbit.interpolation import resample
        from edexql.catalogue.orbit.knots import Knots, coverage

        times, places = zip(*positions, strict=True)
        knots = resample(np.concatenate(times), np.concatenate(places))
        if not len(knots.times):
            return
        connection = self._change.connection
        (format,) = connection.execute("SELECT format FROM source WHERE id = ?", (source,)).fetchone()
        series = Series(satellite, f"{POSITIONS} of {format}")
        newer = newer_times(connection, series, int(knots.times[0]), int(knots.times[-1]) + 1, self._rank)
        free = np.flatnonzero(~newer.meets(knots.times, knots.times + 1))
        new = Knots(knots.times[free], knots.xyz[free])
        self._knots.setdefault(satellite, []).append(new)
        add_origin(connection, series, coverage(new), self._rank, source)

    def write(self) -> list[str]:
        """Write the orbits that have changed; the messages say what was left out of them."""
        changed = sorted({*self._knots, *self._new_elements})
        return [message for satellite in changed for message in self._write(satellite)]

    def _write(self, satellite: str) -> list[str]:
        from edexql.catalogue.orbit.knots import joined

        change = self._change
        name = derived_name(ORBIT, satellite)
        row = change.connection.execute("SELECT path, digest FROM derived WHERE name = ?", (name,)).fetchone()
        old = Orbit(Arrays(os.path.join(change.folder, row[0]), row[1])) if row else None
        arrays: dict[str, NDArray[Any]] = {}
        messages: list[str] = []
        if satellite in self._knots:
            arrays |= _packed(POSITIONS, joined([*_all(old, POSITIONS), *self._knots.pop(satellite)]))
        elif old:
            arrays |= old.part(POSITIONS)
        if satellite in self._new_elements:
            from edexql.catalogue.orbit.propagation import propagate

            select = "SELECT line1, line2 FROM elements WHERE satellite = ?"
            pairs = change.connection.execute(select, (satellite,)).fetchall()
            number = self._vocabulary.satellites[satellite].norad
            orbit = propagate(pairs, satellite=number or 0)
            arrays |= _packed(ELEMENTS, orbit.knots)
            arrays["epochs"] = np.stack((orbit.starts, orbit.ends, orbit.epochs))
            messages += orbit.messages
        elif old:
            arrays |= old.part(ELEMENTS)
        change.name(name, arrays)
        return messages


def _all(old: Orbit | None, kind: str) -> list[Knots]:
    from edexql.catalogue.orbit.knots import CHUNK, within

    if old is None:
        return []
    # Without the margins, which a chunk has in common with its neighbours.
    return [within(knots, start, start + CHUNK) for start, knots in old.chunks(kind)]


def _packed(kind: str, knots: Knots) -> dict[str, NDArray[Any]]:
    from edexql.catalogue.orbit.knots import chunks_of, coverage, encode

    packed: dict[str, NDArray[Any]] = {
        f"knots:{kind}:{start}": np.frombuffer(encode(part), np.uint8) for start, part in chunks_of(knots)
    }
    covered = coverage(knots)
    packed[f"covered:{kind}"] = np.stack((covered.starts, covered.ends))
    return packed
