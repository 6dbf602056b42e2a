"""The product files of a catalogue: which come into question, which meet a set of times, and what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.store.index import SUPERSEDED, SYNTHETIC, TIMELESS, crc_of_name
from edexql.model.answer import MATCHED, File, Total, total

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue

    Marks = NDArray[np.bool_]


class Files(Sequence[File]):
    """Files in order of product and time, made into values one by one when they are looked at."""

    def __init__(
        self, catalogue: Catalogue, positions: NDArray[np.int64], matched: NDArray[np.int64], state: str = MATCHED
    ) -> None:
        self._catalogue = catalogue
        self._positions = positions
        self._matched = matched
        self._state = state

    @classmethod
    def at(cls, catalogue: Catalogue, positions: NDArray[np.int64]) -> Files:
        """The files at some places, of no query."""
        return cls(catalogue, positions, np.zeros(len(positions), np.int64))

    def __add__(self, other: Files) -> Files:
        """With others of the same catalogue and state, in the catalogue's own order."""
        positions = np.concatenate((self._positions, other._positions))
        order = np.argsort(positions, kind="stable")
        matched = np.concatenate((self._matched, other._matched))
        return Files(self._catalogue, positions[order], matched[order], self._state)

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return Files(self._catalogue, self._positions[item], self._matched[item], self._state)
        position, matched = self._positions[item], self._matched[item]
        return next(iter(Files(self._catalogue, np.array([position]), np.array([matched]), self._state)))

    def __iter__(self) -> Iterator[File]:
        if not len(self):
            return
        array, positions = self._array, self._positions
        flags = array("flags")[positions]
        spans = (array("start")[positions].tolist(), array("end")[positions].tolist(), self._matched.tolist())
        marks = ((flags & TIMELESS > 0).tolist(), (flags & SYNTHETIC > 0).tolist(), self._products())
        rows = zip(self._texts(), array("size")[positions].tolist(), *spans, *marks, strict=True)
        for (name, size_text, place, _), size, start, end, matched, timeless, synthetic, product in rows:
            first, last = (None, None) if timeless else (start, end)
            count = None if size < 0 else size
            yield File(name, count, size_text, first, last, matched, product, place, synthetic, self._state, None)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (tuple, Files)):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type, tuple[tuple[File, ...]]]:
        """A pickle has the files themselves, and needs no catalogue."""
        return tuple, (tuple(self),)

    def total(self) -> Total:
        """What `edexql.model.answer.total` gives of them, without each of them made into a value."""
        if not len(self):
            return Total(0, 0, 0)
        sizes = self._array("size")[self._positions]
        exact = sizes >= 0
        known, unsized = int(sizes[exact].sum()), 0
        if not exact.all():
            rest = total(Files(self._catalogue, self._positions[~exact], self._matched[~exact]))
            known, unsized = known + rest.bytes, rest.unsized
        return Total(len(self), known, unsized, int(self._matched.sum()))

    @property
    def names(self) -> list[str]:
        """The names alone."""
        return [text.split(b"\t", 1)[0].decode() for text in self._bytes()]

    @property
    def instruments(self) -> list[str | None]:
        """The instruments that their names have."""
        return [instrument or None for _, _, _, instrument in self._texts()]

    @property
    def sources(self) -> list[int]:
        """The numbers of the sources that have them."""
        return self._array("source")[self._positions].tolist() if len(self) else []

    @property
    def positions(self) -> NDArray[np.int64]:
        """Their places in the catalogue's own order."""
        return self._positions

    def _array(self, name: str) -> NDArray[Any]:
        array = self._catalogue.array(f"file:{name}")
        assert array is not None
        return array

    def _bytes(self) -> Iterator[bytes]:
        """What is written of each: name, size as listed, place and instrument, with tabs between."""
        # A catalogue without files has no arrays of them.
        if not len(self):
            return iter(())
        text, ends = self._array("text").data, self._array("text-end")
        begins = np.where(self._positions > 0, ends[self._positions - 1], 0)
        spans = zip(begins.tolist(), ends[self._positions].tolist(), strict=True)
        return (text[a:b].tobytes() for a, b in spans)

    def _texts(self) -> Iterator[list[str]]:
        return (text.decode().split("\t") for text in self._bytes())

    def _products(self) -> list[str | None]:
        """The product of each."""
        ranges = self._catalogue.product_ranges()
        # They follow one another, and leave none out.
        firsts = [first for _, (first, _) in ranges]
        places = np.searchsorted(firsts, self._positions, side="right") - 1
        return [ranges[place][0] for place in places.tolist()]


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

    def chosen(self, marks: Marks, times: Intervals, state: str = MATCHED) -> Files:
        """The marked ones, and how long each meets a set of times."""
        indices = np.flatnonzero(marks)
        matched = times.covered(self.starts[indices], self.ends[indices])
        return Files(self._catalogue, self._positions[indices], matched, state)

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
    positions = [np.flatnonzero(flags[first:end] & SUPERSEDED == 0) + first for _, (first, end) in ranges]
    return Candidates(catalogue, np.concatenate(positions), [name for name, _ in ranges])


def positions_of(names: Sequence[str], catalogue: Catalogue) -> list[int | None]:
    """Where the files of some names stand, of whatever product and version; None where the catalogue has none."""
    crcs, places = catalogue.array("name:crc"), catalogue.array("name:position")
    if crcs is None or places is None:
        return [None] * len(names)
    wanted = np.array([crc_of_name(name) for name in names], crcs.dtype)
    first, end = np.searchsorted(crcs, wanted), np.searchsorted(crcs, wanted, side="right")
    positions: list[int | None] = []
    for name, a, b in zip(names, first.tolist(), end.tolist(), strict=True):
        alike = Files.at(catalogue, places[a:b])
        positions.append(
            next((int(p) for p, other in zip(places[a:b], alike.names, strict=True) if other == name), None)
        )
    return positions


def file_named(name: str, catalogue: Catalogue) -> File | None:
    """The file of a name, of whatever product and version; None where the catalogue has none."""
    (position,) = positions_of([name], catalogue)
    return None if position is None else Files.at(catalogue, np.array([position]))[0]


def newest_version(name: str, catalogue: Catalogue) -> str:
    """The name of the newest version of a file of the catalogue."""
    (position,) = positions_of([name], catalogue)
    newest = catalogue.array("file:newest")
    assert position is not None
    assert newest is not None
    return Files.at(catalogue, newest[[position]]).names[0]


def every_file(catalogue: Catalogue) -> Files:
    """All files of a catalogue, of all versions and products and of none."""
    return Files.at(catalogue, np.arange(catalogue.files))


def names_that_begin(prefix: str, catalogue: Catalogue, most: int) -> list[str]:
    """The names of files that begin with some letters, in either case: of more than `most`, the first ones."""
    text, ends = catalogue.array("file:text"), catalogue.array("file:text-end")
    if text is None or ends is None:
        return []
    begins = np.append(0, ends[:-1])
    here = np.arange(len(begins))
    for place, letters in enumerate(zip(prefix.lower().encode(), prefix.upper().encode(), strict=False)):
        here = here[begins[here] + place < ends[here]]
        here = here[np.isin(text[begins[here] + place], letters)]
    return Files.at(catalogue, here[:most]).names
