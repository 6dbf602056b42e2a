"""A catalogue as queries see it: the state of the moment it was opened, however it goes on to change."""

from __future__ import annotations

import json
import os
from copy import copy

from edexql.base.text import printable
from edexql.catalogue.intervals import NEVER, Intervals
from edexql.catalogue.store import manifest
from edexql.catalogue.store.arrays import Arrays
from edexql.catalogue.store.index import INDEX, ORBIT, UNKNOWN_PRODUCT, derived_name
from edexql.catalogue.store.orbits import Orbit
from edexql.catalogue.store.schema import CatalogueError
from edexql.model.spacecraft import NO_SATELLITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.store.schema import Segment

    # Samples of a series, in order of time.
    Segments = dict[str, list[tuple[Segment, Arrays]]]

SAMPLE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "sample")
# A reader that opens a file after a writer has replaced and removed it looks at the manifest again.
_TRIES = 5


class Catalogue:
    """An open catalogue: mapped files of one state, which stay as they are while it is open, for any thread."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._products: list[tuple[str | None, tuple[int, int]]] | None = None
        for attempt in range(_TRIES):
            self.manifest = manifest.read(folder)
            try:
                self._open()
            except FileNotFoundError as error:
                if attempt == _TRIES - 1:
                    raise CatalogueError(
                        f"the catalogue in {folder} is damaged: {error.filename} is missing"
                    ) from error
            except OSError as error:
                raise CatalogueError(f"the catalogue in {folder} is damaged: {error}") from error
            else:
                break

    def _open(self) -> None:
        self._derived = {name: self._arrays(*file) for name, file in self.manifest.derived.items()}
        self._origins = self._derived.get("origins")
        self.samples = tuple((one, self._arrays(one.path, one.digest)) for one in self.manifest.segments)
        self.orbits = {
            name.partition(":")[2]: Orbit(arrays) for name, arrays in self._derived.items() if name.startswith(ORBIT)
        }
        # Those that facts of satellites are of, by name.
        named = {name.partition(":")[2] for name in self._derived} | {one.satellite for one, _ in self.samples}
        self.satellites = tuple(sorted(named - {NO_SATELLITE}))
        self.satellite = self.satellites[0] if len(self.satellites) == 1 else None
        self.indices, self.segments, self.orbit = self._facts(self.satellite)

    def _facts(self, satellite: str | None) -> tuple[tuple[Arrays, ...], Segments, Orbit | None]:
        """The derived arrays, the samples by series and the orbit of a satellite, with what is of none."""
        names = (NO_SATELLITE,) if satellite is None else (satellite, NO_SATELLITE)
        derived = (self._derived.get(derived_name(INDEX, name)) for name in names)
        orbit = next((self.orbits[name] for name in names if name in self.orbits), None)
        segments: Segments = {}
        for segment, arrays in self.samples:
            if segment.satellite in names:
                segments.setdefault(segment.series, []).append((segment, arrays))
        return tuple(arrays for arrays in derived if arrays is not None), segments, orbit

    def of(self, satellite: str | None) -> Catalogue:
        """The same, seen from a satellite: its facts and those of none, such as indices; None is for those alone.

        One that has facts of one satellite is seen from it when it is opened.
        """
        if satellite == self.satellite:
            return self
        catalogue = copy(self)
        catalogue.satellite = satellite
        catalogue.indices, catalogue.segments, catalogue.orbit = self._facts(satellite)
        return catalogue

    def _arrays(self, path: str, digest: str) -> Arrays:
        return Arrays(os.path.join(self.folder, path), digest)

    def of_files(self) -> Catalogue:
        """The same with its files and logs alone: what is mapped of samples and orbits can be let go."""
        catalogue = copy(self)
        catalogue.samples, catalogue.orbits, catalogue.segments, catalogue.orbit = (), {}, {}, None
        return catalogue

    def close(self) -> None:
        """Nothing is to be done: what is mapped is let go with the last array of it."""

    @property
    def synthetic(self) -> bool:
        """Whether something in it is simulated."""
        return self.manifest.synthetic

    @property
    def is_sample(self) -> bool:
        """Whether it is the sample that comes with the package."""
        return self.folder == SAMPLE

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return "the sample catalogue of edexql" if self.is_sample else f"catalogue {printable(self.folder)}"

    @property
    def empty(self) -> bool:
        """Whether it has nothing to answer from."""
        return not self._derived and not self.samples

    @property
    def files(self) -> int:
        """How many files it has, of all products and versions."""
        sizes = self.array("file:size")
        return 0 if sizes is None else len(sizes)

    def sources(self) -> list[tuple[int, str, str, str, bool, str | None]]:
        """What it was made from: number, path, format, time of reading, whether simulated, and a note."""
        return [(*row[:4], bool(row[4]), row[5]) for row in _document(self._origins, "sources")]

    def faults(self) -> list[tuple[int, int, str]]:
        """What could not be read: number of the source, line and message."""
        return [tuple(row) for row in _document(self._origins, "faults")]

    def logs(self) -> list[tuple[str | None, str, str, int]]:
        """Satellite, key, word and number of intervals of each log."""
        each = [
            (name, self._derived.get(derived_name(INDEX, name or NO_SATELLITE))) for name in (None, *self.satellites)
        ]
        return [(satellite, *row) for satellite, index in each for row in _document(index, "logs")]

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def array(self, name: str) -> NDArray[Any] | None:
        """One of the derived arrays (see `index`), None where the catalogue has nothing of the kind."""
        return next((index[name] for index in self.indices if name in index), None)

    def times(self, name: str) -> Intervals:
        """A derived set of times; empty where there is none."""
        bounds = self.array(name)
        return NEVER if bounds is None else Intervals(bounds[0], bounds[1])

    def named(self, prefix: str) -> list[str]:
        """The derived sets of which the name begins so, without the beginning."""
        names = dict.fromkeys(name for index in self.indices for name in index.names())
        return [name[len(prefix) :] for name in names if name.startswith(prefix)]

    def product_ranges(self) -> list[tuple[str | None, tuple[int, int]]]:
        """The products that there are files of, None for files of no known product, and where their files stand,
        which is one after another."""
        if self._products is None:
            self._products = []
            for name in self.named("product:"):
                place = self.array(f"product:{name}")
                assert place is not None
                self._products.append((None if name == UNKNOWN_PRODUCT else name, (int(place[0]), int(place[1]))))
        return self._products

    def series_with(self, field: str) -> Iterator[str]:
        """The series that have values of a field: the spacecraft's own ephemeris first, then those of finer steps."""

        def rank(name: str) -> tuple[bool, int, str]:
            return name != "ephemeris", self.segments[name][0][0].holds, name

        for series in sorted(self.segments, key=rank):
            if any(f"value:{field}" in arrays for _, arrays in self.segments[series]):
                yield series


def open_catalogue(folder: str | None = None) -> Catalogue:
    """Open the catalogue in a folder, or the sample that comes with the package. Raises CatalogueError."""
    return Catalogue(folder or SAMPLE)


def _document(arrays: Arrays | None, name: str) -> list[list[Any]]:
    """A list that is kept as JSON."""
    return json.loads(arrays[name].tobytes()) if arrays is not None and name in arrays else []
