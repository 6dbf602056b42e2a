"""Files of an answer: one as a value, many by columns, and how much they are together."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from edexql.base.record import Record
from edexql.base.units import bytes_of, exact_size, name_and_size, read_size
from edexql.base.units import size as size_for_people
from edexql.model.filename import KNOWN_FORMS, product_classifier, span_of_name
from edexql.model.period import DAY, Period, day_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, TypeVar, overload

    from typing_extensions import Self

    from edexql.base.units import Size
    from edexql.model.mission import NameForms
    from edexql.model.vocabulary import Vocabulary

    Classifier = Callable[[str], tuple[str | None, str | None]]
    Made = TypeVar("Made")


MATCHED, UNKNOWN = "matched", "unknown"
# Files that are made into values at once.
AT_ONCE = 4096


class File(Record):
    """A file of an answer.

    `size` is in bytes, None where it is not known. Of a file that eDEx lists it is what `size_text` says (MB is 10^6);
    of a file of a catalogue it is exact. `size_text` is the size as a listing writes it (`540.57MB`), or empty.
    `start` and `end` are its span `[start, end)` in UTC seconds since 1970, None where its name has no times.
    `matched` is how many seconds of it meet the query, None where nobody counted them. `product` is None where the
    file belongs to no known product. `place` is its path below the archive's folder, or its address, or empty.
    `synthetic` files are simulated. `state` is "matched", or "unknown" where it is unknown whether the file meets
    the query. `listed` is the text that stands for it in the answer of the service, None where there is none.
    """

    name: str
    size: int | None = None
    size_text: str = ""
    start: int | None = None
    end: int | None = None
    matched: int | None = None
    product: str | None = None
    place: str = ""
    synthetic: bool = False
    state: str = MATCHED
    listed: str | None = None

    @property
    def text(self) -> str:
        """The file as a listing of eDEx has it, name and size; as it came, where it came from there."""
        return _text(self.name, self.size_shown, self.listed)

    @property
    def bytes(self) -> int | None:
        """The size in bytes, exact or as near as `size_text` has it; None where neither is known."""
        return _bytes(self.size, self.size_text)

    @property
    def size_shown(self) -> str:
        """The size as a listing writes it, or in that form; empty where it is not known."""
        return _size_shown(self.size, self.size_text)

    @property
    def size_range(self) -> Size | None:
        """The size with all the sizes in bytes that it can stand for, which a download is checked against."""
        return exact_size(self.size) if self.size is not None and not self.size_text else read_size(self.size_text)

    @property
    def period(self) -> Period | None:
        """The span as a period, None where the name has no times."""
        return None if self.start is None else Period(self.start, self.end)

    @property
    def day(self) -> str:
        """The day (UTC) on which the file begins, as `2019-05-01`; empty where its name has no times."""
        return "" if self.start is None else str(day_of(self.start))


def _text(name: str, size: str, listed: str | None) -> str:
    if listed is not None:
        return listed
    text = f"{name}   {size}".rstrip()
    # Where the gap is the only blank, the name is read as it is.
    return text if text.split() == [name, size] or name_and_size(text)[0] == name else name


def _bytes(size: int | None, size_text: str) -> int | None:
    return bytes_of(size_text) if size is None else size


def _size_shown(size: int | None, size_text: str) -> str:
    return size_text or ("" if size is None else size_for_people(size).replace(" ", ""))


def listed(
    text: str, classify: Classifier | None = None, timeless: str = MATCHED, forms: NameForms = KNOWN_FORMS
) -> File:
    """A file of the text that stands for it in a listing. A text that is not understood is a name without a size.

    `classify` tells the product of a name (see `edexql.model.filename.product_classifier`); `timeless` is the state of
    a file whose name has no times; `forms` are those of names of the mission's files.
    """
    name, size_text = name_and_size(text)
    product = None if classify is None else classify(name)[0]
    size, span = bytes_of(size_text), span_of_name(name, forms)
    start, end, state = (None, None, timeless) if span is None else (span.start, span.end, MATCHED)
    # By place: an answer may have a hundred thousand of them, and names cost more than all the rest of a record.
    return File(name, size, size_text, start, end, None, product, "", False, state, text)  # noqa: FBT003


# Many files


class Listing(Sequence[File]):
    """Files that are kept by columns; each is made into a value when it is looked at.

    What derives from it has a length, `fields`, and `part`. It is equal to a tuple of the same files, and pickled as
    one.
    """

    @abstractmethod
    def fields(self, *names: str) -> list[list[Any]]:
        """The values of some fields of `File`, a list for each field, in the order of the files."""

    @abstractmethod
    def part(self, place: slice) -> Self:
        """Some of the files, without making them."""

    def columns(self, *names: str) -> list[list[Any]]:
        """The values of some attributes of `File`, a list for each; no file is made for it."""
        needed = dict.fromkeys(field for name in names for field in _MADE_OF.get(name, (name,)))
        known = dict(zip(needed, self.fields(*needed), strict=True))
        return [_MAKERS[name](known) if name in _MAKERS else known[name] for name in names]

    def total(self) -> Total:
        """How much they are together."""
        return _total(*self.columns("bytes", "matched"))

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, place: int) -> File: ...

        @overload
        def __getitem__(self, place: slice) -> Self: ...

    def __getitem__(self, place: int | slice) -> File | Self:
        if isinstance(place, slice):
            return self.part(place)
        at = range(len(self))[place]
        return next(iter(self.part(slice(at, at + 1))))

    def __iter__(self) -> Iterator[File]:
        for place in _slices(len(self)):
            yield from map(File, *self.part(place).fields(*File.__match_args__))

    def __reversed__(self) -> Iterator[File]:
        for place in reversed(_slices(len(self))):
            yield from reversed(tuple(self.part(place)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (tuple, Listing)):
            return NotImplemented
        return len(self) == len(other) and all(
            self.part(place).fields(*File.__match_args__) == columns_of(other[place], *File.__match_args__)
            for place in _slices(len(self))
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Callable[..., tuple[File, ...]], tuple[list[Any], ...]]:
        """A pickle has the files themselves, as a tuple, and needs nothing that they come from."""
        return files_of, tuple(self.fields(*File.__match_args__))


class Joined(Listing):
    """Files of several sequences, one sequence behind the other."""

    def __init__(self, *parts: Sequence[File]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def fields(self, *names: str) -> list[list[Any]]:
        of_parts = [columns_of(part, *names) for part in self._parts]
        return [[value for values in column for value in values] for column in zip(*of_parts, strict=True)]

    def part(self, place: slice) -> Joined:
        if place.step not in (None, 1):
            return Joined(tuple(self)[place])
        start, end, _ = place.indices(len(self))
        parts = []
        for part in self._parts:
            parts.append(part[max(start, 0) : max(end, 0)])
            start, end = start - len(part), end - len(part)
        return Joined(*parts)


def _slices(count: int) -> list[slice]:
    """Slices of some thousand places, which together are all."""
    return [slice(start, start + AT_ONCE) for start in range(0, count, AT_ONCE)]


def files_of(*fields: Iterable[Any]) -> tuple[File, ...]:
    """The files of columns, one for each field of `File`."""
    return tuple(map(File, *fields))


def columns_of(files: Iterable[File], *names: str) -> list[list[Any]]:
    """The values of some attributes of files, a list for each attribute; of a `Listing` without making its files."""
    if isinstance(files, Listing):
        return files.columns(*names)
    kept = files if isinstance(files, (tuple, list)) else tuple(files)
    return [[getattr(file, name) for file in kept] for name in names]


def joined(files: Sequence[File], more: Sequence[File]) -> Sequence[File]:
    """Files, and others behind them."""
    if isinstance(files, Listing) or isinstance(more, Listing):
        return Joined(files, more)
    return (*files, *more)


def each(function: Callable[[Any], Made], values: Sequence[Any]) -> list[Made]:
    """A function of each of some values; called once for values that are alike, which most are."""
    made = {value: function(value) for value in set(values)}
    return [made[value] for value in values]


def _all_bytes(known: Mapping[str, list[Any]]) -> list[Any]:
    sizes = known["size"]
    if None not in sizes:
        return sizes
    read = each(bytes_of, known["size_text"])
    return [of_text if size is None else size for size, of_text in zip(sizes, read, strict=True)]


def _all_sizes_shown(known: Mapping[str, list[Any]]) -> list[str]:
    texts = known["size_text"]
    if all(texts):
        return texts
    shown = each(lambda size: _size_shown(size, ""), known["size"])
    return [text or of_number for text, of_number in zip(texts, shown, strict=True)] if any(texts) else shown


def _all_days(known: Mapping[str, list[Any]]) -> list[str]:
    days = [None if start is None else start // DAY for start in known["start"]]
    return each(lambda day: "" if day is None else str(day_of(day * DAY)), days)


_MADE_OF = {
    "bytes": ("size", "size_text"),
    "size_shown": ("size", "size_text"),
    "day": ("start",),
    "text": ("name", "size", "size_text", "listed"),
}
_MAKERS: dict[str, Callable[[Mapping[str, list[Any]]], list[Any]]] = {
    "bytes": _all_bytes,
    "size_shown": _all_sizes_shown,
    "day": _all_days,
    "text": lambda known: list(map(_text, known["name"], _all_sizes_shown(known), known["listed"])),
}


# Totals


class Total(Record):
    """How many files, the bytes of those of known size, how many are of unknown size, and how many seconds meet the
    query, None where nobody counted them.
    """

    files: int
    bytes: int
    unsized: int
    matched: int | None = None


def total(files: Iterable[File]) -> Total:
    """The total of files."""
    return files.total() if isinstance(files, Listing) else _total(*columns_of(files, "bytes", "matched"))


def totals(files: Iterable[File], names: Iterable[str]) -> dict[str, Total]:
    """The totals of files by the name that each is given, in order of the names."""
    groups: dict[str, tuple[list[Any], list[Any]]] = {}
    for name, size, matched in zip(names, *columns_of(files, "bytes", "matched"), strict=True):
        group = groups.get(name)
        if group is None:
            group = groups[name] = [], []
        group[0].append(size)
        group[1].append(matched)
    return {name: _total(*group) for name, group in sorted(groups.items())}


def _total(sizes: Sequence[int | None], matched: Sequence[int | None]) -> Total:
    known = [size for size in sizes if size is not None]
    counted = [seconds for seconds in matched if seconds is not None]
    return Total(len(sizes), sum(known), len(sizes) - len(known), sum(counted) if counted else None)


def products(files: Sequence[File], vocabulary: Vocabulary | None = None) -> list[str]:
    """The product of each file, by its name where nothing else has it; "" is for no known product.

    The vocabulary is that of the package where None.
    """
    (known,) = columns_of(files, "product")
    if all(known):
        return known
    from edexql.model.vocabulary import load

    of_name = product_classifier(vocabulary or load())
    (names,) = columns_of(files, "name")
    return [product or of_name(name)[0] or "" for product, name in zip(known, names, strict=True)]
