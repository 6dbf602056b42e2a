"""The product files of a catalogue: which come into question, which meet a set of times, and what they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.store.index import SUPERSEDED, SYNTHETIC, TIMELESS
from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.reading import Catalogue

    Marks = NDArray[np.bool_]


@record(frozen=True, slots=True)
class MatchedFile:
    """A file of a catalogue.

    `size` is in bytes, None where only `size_text`, as a listing writes it, is known, or nothing. `start` and
    `end` are its span `[start, end)` in UTC seconds since 1970, None where its name tells no times; `matched`
    how many seconds of it meet the query. `place` is its path below the archive's folder, or its address.
    """

    name: str
    size: int | None
    size_text: str | None
    start: int | None
    end: int | None
    matched: int
    product: str | None
    place: str
    synthetic: bool


class Files(Sequence["MatchedFile"]):
    """Files in order of product and time, made into values one by one when they are looked at."""

    def __init__(self, catalogue: Catalogue, positions: NDArray[np.int64], matched: NDArray[np.int64]) -> None:
        self._catalogue = catalogue
        self._positions = positions
        self._matched = matched

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return Files(self._catalogue, self._positions[item], self._matched[item])
        position = int(self._positions[item])
        name, size_text, place = self._text(position)
        array = self._array
        flags, size = int(array("flags")[position]), int(array("size")[position])
        timeless = bool(flags & TIMELESS)
        return MatchedFile(
            name,
            None if size < 0 else size,
            size_text or None,
            None if timeless else int(array("start")[position]),
            None if timeless else int(array("end")[position]),
            int(self._matched[item]),
            self._product(position),
            place,
            bool(flags & SYNTHETIC),
        )

    @property
    def names(self) -> list[str]:
        """The names alone."""
        text, ends = self._array("text").data, self._array("text-end")
        begins = np.where(self._positions > 0, ends[self._positions - 1], 0)
        spans = zip(begins.tolist(), ends[self._positions].tolist(), strict=True)
        return [text[a:b].tobytes().split(b"\t", 1)[0].decode() for a, b in spans]

    @property
    def matched_seconds(self) -> int:
        return int(self._matched.sum())

    @property
    def positions(self) -> NDArray[np.int64]:
        """Their places in the catalogue's own order."""
        return self._positions

    def _array(self, name: str) -> NDArray[Any]:
        found = self._catalogue.array(f"file:{name}")
        assert found is not None
        return found

    def _text(self, position: int) -> list[str]:
        ends = self._array("text-end")
        begin = int(ends[position - 1]) if position else 0
        return self._array("text")[begin : int(ends[position])].tobytes().decode().split("\t")

    def _product(self, position: int) -> str | None:
        for product, (first, end) in self._catalogue.product_ranges():
            if first <= position < end:
                return product
        return None


class Candidates:
    """The newest versions of the files of some products."""

    def __init__(self, catalogue: Catalogue, positions: NDArray[np.int64], products: Sequence[str]) -> None:
        self._catalogue = catalogue
        self._positions = positions
        self._products = products
        self.starts = self._of("start")
        self.ends = self._of("end")

    def __len__(self) -> int:
        return len(self._positions)

    def covered(self) -> Intervals:
        """The times that they cover."""
        return intervals.union([self._catalogue.times(f"session:{name}") for name in self._products])

    def meeting(self, times: Intervals) -> Marks:
        """Which of them have a second of a set of times."""
        return times.meets(self.starts, self.ends)

    def timeless(self) -> Marks:
        """Which of them have names that tell no times."""
        return np.asarray(self._of("flags") & TIMELESS > 0)

    def chosen(self, marks: Marks, times: Intervals) -> Files:
        """The marked ones, and how long each meets a set of times."""
        found = np.flatnonzero(marks)
        return Files(self._catalogue, self._positions[found], times.covered(self.starts[found], self.ends[found]))

    def _of(self, name: str) -> NDArray[Any]:
        array = self._catalogue.array(f"file:{name}")
        return np.empty(0, np.int64) if array is None else array[self._positions]


def candidates(products: Sequence[str], catalogue: Catalogue) -> Candidates:
    """The newest versions of the files of products; of no products, of all products that are known."""
    ranges = [
        (name, span)
        for name, span in catalogue.product_ranges()
        if name is not None and (name in products or not products)
    ]
    flags = catalogue.array("file:flags")
    if flags is None or not ranges:
        return Candidates(catalogue, np.empty(0, np.int64), [])
    found = [np.flatnonzero(flags[first:end] & SUPERSEDED == 0) + first for _, (first, end) in ranges]
    return Candidates(catalogue, np.concatenate(found), [name for name, _ in ranges])


def file_named(name: str, catalogue: Catalogue) -> MatchedFile | None:
    """The file of a name, of whatever product and version; None where the catalogue has none."""
    row = catalogue.connection.execute(
        """SELECT name, size, size_text, "start", "end", product, place, synthetic
        FROM file JOIN source ON source.id = file.source WHERE name = ?""",
        (name,),
    ).fetchone()
    if row is None:
        return None
    name, size, size_text, start, end, product, place, synthetic = row
    return MatchedFile(name, size, size_text, start, end, 0, product, place, bool(synthetic))


def newest_version(name: str, catalogue: Catalogue) -> str:
    """The name of the newest version of a file of the catalogue."""
    rows = catalogue.connection.execute(
        """SELECT other.version, other.name FROM file JOIN file AS other
        ON other.stem = file.stem AND other.product IS file.product WHERE file.name = ?""",
        (name,),
    ).fetchall()
    return str(max(rows, key=lambda row: tuple(map(int, row[0].split("."))) if row[0] else ())[1])
