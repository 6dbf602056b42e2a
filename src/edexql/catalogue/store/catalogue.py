"""A catalogue as queries see it: the state of the moment it was opened, however it goes on to change."""

from __future__ import annotations

import json
import os
from copy import copy

from edexql.base.text import printable
from edexql.catalogue.intervals import NEVER, Intervals
from edexql.catalogue.store import manifest
from edexql.catalogue.store.arrays import Arrays
from edexql.catalogue.store.index import UNKNOWN_PRODUCT
from edexql.catalogue.store.orbits import Orbit
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.store.schema import Segment

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
        derived = {name: self._arrays(*file) for name, file in self.manifest.derived.items()}
        self.index, self._origins = derived.get("index"), derived.get("origins")
        self.orbit = Orbit(derived["orbit"]) if "orbit" in derived else None
        self.segments: dict[str, list[tuple[Segment, Arrays]]] = {}
        for segment in self.manifest.segments:
            arrays = self._arrays(segment.path, segment.digest)
            self.segments.setdefault(segment.series, []).append((segment, arrays))

    def _arrays(self, path: str, digest: str) -> Arrays:
        return Arrays(os.path.join(self.folder, path), digest)

    def of_files(self) -> Catalogue:
        """The same with its files and logs alone: what is mapped of samples and orbits can be let go."""
        catalogue = copy(self)
        catalogue.segments, catalogue.orbit = {}, None
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
        return self.index is None and self.orbit is None and not self.segments

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

    def logs(self) -> list[tuple[str, str, int]]:
        """Key, word and number of intervals of each log."""
        return [tuple(row) for row in _document(self.index, "logs")]

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def array(self, name: str) -> NDArray[Any] | None:
        """One of the derived arrays (see `index`), None where the catalogue has nothing of the kind."""
        return self.index[name] if self.index is not None and name in self.index else None

    def times(self, name: str) -> Intervals:
        """A derived set of times; empty where there is none."""
        bounds = self.array(name)
        return NEVER if bounds is None else Intervals(bounds[0], bounds[1])

    def named(self, prefix: str) -> list[str]:
        """The derived sets of which the name begins so, without the beginning."""
        names = self.index.names() if self.index is not None else []
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
