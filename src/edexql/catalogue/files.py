"""The product files of a catalogue: which come into question, which meet a set of times, and what they are."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.store.index import SUPERSEDED, SYNTHETIC, TIMELESS, crc_of_name
from edexql.model.files import MATCHED, File, Listing, Total

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue

    Marks = NDArray[np.bool_]


class Files(Listing):
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

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return self.part(place)
        return self._one(int(self._positions[place]), int(self._matched[place]))

    def _one(self, position: int, matched: int) -> File:
        """What `fields` has of one file, without an array for each field."""
        whole = self._whole
        flags, size, ends = int(whole("flags")[position]), int(whole("size")[position]), whole("text-end")
        written = whole("text")[int(ends[position - 1]) if position else 0 : int(ends[position])]
        name, _, rest = written.tobytes().decode().partition("\t")
        size_text, path, _ = rest.rsplit("\t", 2)
        timed = not flags & TIMELESS
        start, end = (int(whole("start")[position]), int(whole("end")[position])) if timed else (None, None)
        ranges = self._catalogue.product_ranges()
        product = next(name for name, (first, after) in ranges if first <= position < after)
        synthetic, known = flags & SYNTHETIC > 0, None if size < 0 else size
        return File(name, known, size_text, start, end, matched, product, path, synthetic, self._state, None)

    def part(self, place: slice) -> Files:
        return Files(self._catalogue, self._positions[place], self._matched[place], self._state)

    def fields(self, *names: str) -> list[list[Any]]:
        if not len(self):
            # A catalogue without files has no arrays of them.
            return [[] for _ in names]
        texts = None if _TEXTS.isdisjoint(names) else self._texts
        return [texts.column(_TEXTS_OF[name]) if texts and name in _TEXTS else self._field(name) for name in names]

    @cached_property
    def _texts(self) -> _Texts:
        """What is written of them, kept once it was gathered: sizes and names are mostly asked for one by one."""
        return _Texts(self._catalogue, self._positions)

    def _field(self, name: str) -> list[Any]:
        if name in ("start", "end"):
            return _or_none(self._array(name), self._array("flags") & TIMELESS > 0)
        if name == "size":
            sizes = self._array("size")
            return _or_none(sizes, sizes < 0)
        if name == "synthetic":
            synthetic: list[Any] = (self._array("flags") & SYNTHETIC > 0).tolist()
            return synthetic
        if name == "matched":
            matched: list[Any] = self._matched.tolist()
            return matched
        if name == "product":
            return self._products()
        return [{"state": self._state, "listed": None}[name]] * len(self)

    def total(self) -> Total:
        if not len(self):
            return Total(0, 0, 0)
        sizes = self._array("size")
        if sizes.min() < 0:
            return super().total()
        return Total(len(self), int(sizes.sum()), 0, int(self._matched.sum()))

    @property
    def names(self) -> list[str]:
        """The names alone."""
        (names,) = self.fields("name")
        return names

    @property
    def instruments(self) -> list[str | None]:
        """The instruments that their names have."""
        (instruments,) = self.fields("instrument")
        return [instrument or None for instrument in instruments]

    @property
    def sources(self) -> list[int]:
        """The numbers of the sources that have them."""
        return self._array("source").tolist() if len(self) else []

    @property
    def positions(self) -> NDArray[np.int64]:
        """Their places in the catalogue's own order."""
        return self._positions

    def _array(self, name: str) -> NDArray[Any]:
        return self._whole(name)[self._positions]

    def _whole(self, name: str) -> NDArray[Any]:
        array = self._catalogue.array(f"file:{name}")
        assert array is not None
        return array

    def _products(self) -> list[str | None]:
        """The product of each."""
        ranges = self._catalogue.product_ranges()
        # They follow one another, and leave none out.
        firsts = [first for _, (first, _) in ranges]
        places = np.searchsorted(firsts, self._positions, side="right") - 1
        products = [name for name, _ in ranges]
        return [products[place] for place in places.tolist()]


# What is written of a file in `file:text`, in this order, with tabs between.
_TEXTS_OF = {"name": 0, "size_text": 1, "place": 2, "instrument": 3}
_TEXTS = frozenset(_TEXTS_OF)


class _Texts:
    """What is written of some files, gathered once for all columns of it."""

    def __init__(self, catalogue: Catalogue, positions: NDArray[np.int64]) -> None:
        text, ends = catalogue.array("file:text"), catalogue.array("file:text-end")
        assert text is not None
        assert ends is not None
        begins = np.where(positions > 0, ends[positions - 1], 0)
        after = ends[positions]
        # Those that stand one behind the other are copied as one.
        last = np.append(np.flatnonzero(after[:-1] != begins[1:]), len(positions) - 1)
        first = np.append(0, last[:-1] + 1)
        data = b"".join([text.data[a:b] for a, b in zip(begins[first].tolist(), after[last].tolist(), strict=True)])
        tabs = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\t"))
        stops = np.cumsum(after - begins)
        starts = stops - (after - begins)
        # Three in each; that of a listing's size, which may have tabs of its own, ends before the last two.
        behind = np.searchsorted(tabs, stops)
        tabs = tabs[np.column_stack((np.searchsorted(tabs, starts), behind - 2, behind - 1))]
        self._edges = np.column_stack((starts - 1, tabs, stops))
        # Offsets of bytes are those of characters.
        self._text = data.decode("ascii") if data.isascii() else None
        self._data = data

    def column(self, number: int) -> list[str]:
        spans = zip((self._edges[:, number] + 1).tolist(), self._edges[:, number + 1].tolist(), strict=True)
        if self._text is None:
            return [self._data[a:b].decode() for a, b in spans]
        text = self._text
        return [text[a:b] for a, b in spans]


def _or_none(values: NDArray[Any], unknown: Marks) -> list[Any]:
    """Numbers, None for those that are not known."""
    numbers: list[Any] = values.tolist()
    for place in np.flatnonzero(unknown).tolist():
        numbers[place] = None
    return numbers


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
