"""A catalogue as queries see it: the state of the moment it was opened, however it goes on to change."""

from __future__ import annotations

import os
import sqlite3

from edexql.catalogue.intervals import NEVER, Intervals
from edexql.catalogue.store.arrays import Arrays
from edexql.catalogue.store.index import UNKNOWN_PRODUCT
from edexql.catalogue.store.orbits import Orbit, orbit_of
from edexql.catalogue.store.schema import CatalogueError, Segment, opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

SAMPLE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "sample")
# A reader that opens a file after a writer has replaced and removed it looks at the manifest again.
_TRIES = 5


class Catalogue:
    """An open catalogue. Its arrays are mapped files, which stay as they are while it is open."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.connection = opened(folder, mode="ro")
        for attempt in range(_TRIES):
            try:
                self._read_manifest()
            except FileNotFoundError as error:
                if attempt == _TRIES - 1:
                    raise CatalogueError(
                        f"the catalogue in {folder} is damaged: {error.filename} is missing"
                    ) from error
            except (sqlite3.Error, ValueError, OSError) as error:
                raise CatalogueError(f"the catalogue in {folder} is damaged: {error}") from error
            else:
                break

    def _read_manifest(self) -> None:
        # One transaction for as long as the catalogue is open, so that all rows are of one state.
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self.connection.execute("BEGIN")
        derived = dict(self.connection.execute("SELECT name, path FROM derived").fetchall())
        rows = self.connection.execute(
            'SELECT series, "start", holds, count, linear, path FROM segment ORDER BY series, chunk'
        ).fetchall()
        index, orbit = derived.get("index"), derived.get("orbit")
        self.index: Arrays | None = Arrays(os.path.join(self.folder, index)) if index else None
        self.segments: dict[str, list[tuple[Segment, Arrays]]] = {}
        for series, start, holds, count, linear, path in rows:
            segment = Segment(series, start, holds, count, bool(linear), path)
            arrays = Arrays(os.path.join(self.folder, path))
            self.segments.setdefault(series, []).append((segment, arrays))
        self.orbit: Orbit | None = orbit_of(self.folder, orbit) if orbit else None

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def array(self, name: str) -> NDArray[Any] | None:
        """One of the derived arrays (see `index`), None where the catalogue has nothing of the kind."""
        return self.index[name] if self.index is not None and name in self.index else None

    def times(self, name: str) -> Intervals:
        """A derived set of times; empty where there is none."""
        found = self.array(name)
        return NEVER if found is None else Intervals(found[0], found[1])

    def named(self, prefix: str) -> list[str]:
        """The derived sets of which the name begins so, without the beginning."""
        names = self.index.names() if self.index is not None else []
        return [name[len(prefix) :] for name in names if name.startswith(prefix)]

    def product_ranges(self) -> list[tuple[str | None, tuple[int, int]]]:
        """The products that there are files of, None for files of no known product, and where their files stand."""
        found: list[tuple[str | None, tuple[int, int]]] = []
        for name in self.named("product:"):
            place = self.array(f"product:{name}")
            assert place is not None
            found.append((None if name == UNKNOWN_PRODUCT else name, (int(place[0]), int(place[1]))))
        return found

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
