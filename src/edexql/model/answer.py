"""What an engine answers to a query: files, times, and what these rest on; of eDEx and of a catalogue alike.

An answer is a plain value. Of eDEx less is known than of a catalogue: no matched seconds, no places, no times. What is
not known is None or empty. Tables of an answer stand in `edexql.model.answer_table`.
"""

from __future__ import annotations

from edexql.base.record import record
from edexql.base.units import bytes_of, exact_size, name_and_size, read_size
from edexql.base.units import size as size_for_people
from edexql.model.filename import product_classifier, span_of_name
from edexql.model.period import Period, day_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, Protocol, overload

    from edexql.base.units import Size
    from edexql.model.vocabulary import Vocabulary

    Classifier = Callable[[str], tuple[str | None, str | None]]

    class Seconds(Protocol):
        """A set of seconds (UTC, since 1970) as sorted, disjoint intervals `[start, end)`."""

        def __len__(self) -> int: ...

        def __iter__(self) -> Iterator[tuple[int, int]]: ...

        @property
        def seconds(self) -> int: ...

    class Times(Protocol):
        """When a query holds: surely in `yes`, possibly in `may`, which includes `yes`; `unknown` is between them."""

        @property
        def yes(self) -> Seconds: ...

        @property
        def may(self) -> Seconds: ...

        @property
        def unknown(self) -> Seconds: ...

        @property
        def surely(self) -> Times: ...


MATCHED, UNKNOWN = "matched", "unknown"


@record(frozen=True, slots=True)
class File:
    """A file of an answer.

    `size` is in bytes, None where it is not known. Of a file that eDEx lists it is what `size_text` says (MB is 10^6);
    of a file of a catalogue it is exact. `size_text` is the size as a listing writes it (`540.57MB`), or empty.
    `start` and `end` are its span `[start, end)` in UTC seconds since 1970, None where its name tells no times.
    `matched` is how many seconds of it meet the query, None where nobody counted them. `product` is None where the
    file belongs to no known product. `place` is its path below the archive's folder, or its address, or empty.
    `synthetic` files are made up. `state` is "matched", or "unknown" where it cannot be told whether the file meets
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
        if self.listed is not None:
            return self.listed
        text = f"{self.name}   {self.size_shown}".rstrip()
        return text if name_and_size(text)[0] == self.name else self.name

    @property
    def bytes(self) -> int | None:
        """The size in bytes, exact or as near as `size_text` has it; None where neither tells it."""
        return bytes_of(self.size_text) if self.size is None else self.size

    @property
    def size_shown(self) -> str:
        """The size as a listing writes it, or in that form; empty where it is not known."""
        return self.size_text or ("" if self.size is None else size_for_people(self.size).replace(" ", ""))

    @property
    def size_range(self) -> Size | None:
        """The size with all the sizes in bytes that it can stand for, which a download is checked against."""
        return exact_size(self.size) if self.size is not None and not self.size_text else read_size(self.size_text)

    @property
    def period(self) -> Period | None:
        """The span as a period, None where the name tells no times."""
        return None if self.start is None else Period(self.start, self.end)

    @property
    def day(self) -> str:
        """The day (UTC) on which the file begins, as `2019-05-01`; empty where its name tells no times."""
        return "" if self.start is None else str(day_of(self.start))


def listed(text: str, classify: Classifier | None = None, timeless: str = MATCHED) -> File:
    """A file of the text that stands for it in a listing. A text that is not understood is a name without a size.

    `classify` tells the product of a name (see `edexql.model.filename.product_classifier`); `timeless` is the state of
    a file whose name tells no times.
    """
    name, size_text = name_and_size(text)
    product = None if classify is None else classify(name)[0]
    size, span = bytes_of(size_text), span_of_name(name)
    start, end, state = (None, None, timeless) if span is None else (span.start, span.end, MATCHED)
    # By place: an answer may have a hundred thousand of them, and names cost more than all the rest of a record.
    return File(name, size, size_text, start, end, None, product, "", False, state, text)  # noqa: FBT003


@record(frozen=True, slots=True)
class Total:
    """How many files, the bytes of those of known size, how many are of unknown size, and how many seconds meet the
    query, None where nobody counted them.
    """

    files: int
    bytes: int
    unsized: int
    matched: int | None = None


@record(frozen=True, slots=True)
class Note:
    """A remark on the answer about one field or log: `subject` is its name, `seconds` of the times it concerns."""

    subject: str
    text: str
    seconds: int | None = None

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"


@record(frozen=True, slots=True)
class Emptiness:
    """Why there are no files.

    `lacking` is `files` (the catalogue has none of the products), `information` (of some files it cannot be told
    whether they meet the query) or `agreement` (parts of the query are never met together). `parts` are these parts,
    or those of which information is lacking, as a query has them. `without` is how many files there would be without
    the first of them, None where that was not counted. `minimal`: no part can be left out of `parts`.
    """

    lacking: str
    parts: tuple[str, ...]
    without: int | None
    text: str
    minimal: bool = True

    def __str__(self) -> str:
        return self.text


@record(frozen=True, slots=True)
class Answer:
    """The files of a query, as eDEx or a catalogue answers it.

    `files` are those that the answer lists, in its order, as a sequence of `File`. `unknown` are those that a catalogue
    keeps apart, because it cannot be told whether they meet the query; eDEx lists such files (their names tell no
    times) with the others, and their `state` says so. `times` is when the query holds, within the times that files of
    its products cover: `times.yes` surely, `times.may` possibly; None where nobody worked it out. `notes` say what the
    answer rests on, `emptiness` why there are no files. `removed` are files that eDEx listed and that the residual of
    the query, which eDEx cannot be asked, rules out. `raw` is what the service sent, None of a catalogue.

    An answer can be counted, gone through, indexed and sliced like a list of its files, and is false where it has none.
    A notebook shows it as a table, and `print` writes one.
    """

    files: Sequence[File]
    unknown: Sequence[File] = ()
    times: Times | None = None
    notes: tuple[Note, ...] = ()
    emptiness: Emptiness | None = None
    removed: Sequence[File] = ()
    raw: dict[str, Any] | None = None

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[File]:
        return iter(self.files)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, place: int) -> File: ...

        @overload
        def __getitem__(self, place: slice) -> Answer: ...

    def __getitem__(self, place: int | slice) -> File | Answer:
        """One file, or the answer with some of its files."""
        return self.with_files(self.files[place]) if isinstance(place, slice) else self.files[place]

    def with_files(self, files: Sequence[File]) -> Answer:
        """The same answer with other files."""
        return Answer(files, self.unknown, self.times, self.notes, self.emptiness, self.removed, self.raw)

    def filter(self, keep: Callable[[File], bool]) -> Answer:
        """The answer with the files for which `keep` is true."""
        return self.with_files(tuple(file for file in self.files if keep(file)))

    def with_unknown(self) -> Answer:
        """The answer with the files of `unknown` listed behind the others."""
        files = (*self.files, *self.unknown) if self.unknown else self.files
        return Answer(files, (), self.times, self.notes, self.emptiness, self.removed, self.raw)

    def without_unknown(self) -> Answer:
        """The answer without the files and times of which nothing is known, which eDEx may list with the others."""
        files = self.files if self.raw is None else tuple(file for file in self.files if file.state != UNKNOWN)
        times = None if self.times is None else self.times.surely
        return Answer(files, (), times, self.notes, self.emptiness, self.removed, self.raw)

    @property
    def unjudged(self) -> tuple[File, ...]:
        """The files among those listed of which it cannot be told whether they meet the query."""
        return tuple(file for file in self.files if file.state == UNKNOWN)

    @property
    def matched_seconds(self) -> int | None:
        """How many seconds of the files meet the query, None where nobody counted them."""
        return self.total.matched

    @property
    def total(self) -> Total:
        """How many files there are, their bytes as far as they are known, and the seconds that meet the query."""
        return total(self.files)

    def per_day(self) -> dict[str, Total]:
        """The totals of each day (`2019-05-01`, UTC) on which files begin, in order; "" is for names without times."""
        return _grouped(self.files, lambda file: file.day)

    def per_product(self, vocabulary: Vocabulary | None = None) -> dict[str, Total]:
        """The totals of each product, in order; "" is for files of no known product."""
        return _grouped(self.files, products(vocabulary))

    def to_pandas(self) -> Any:
        """The files as a table of pandas, a row a file, with sizes in bytes and times in UTC.

        Raises ImportError, with the way out, where pandas is not installed.
        """
        from edexql.model.answer_table import frame

        return frame(self.files)

    def __str__(self) -> str:
        from edexql.model.answer_table import text

        return text(self)

    def __repr__(self) -> str:
        from edexql.model.answer_table import in_full

        return f"<Answer: {in_full(self.total)}>"

    def _repr_html_(self) -> str:
        from edexql.model.answer_table import html

        return html(self)


def total(files: Iterable[File]) -> Total:
    """The total of files."""
    count = known = unsized = seconds = 0
    counted = False
    for file in files:
        count += 1
        size = file.bytes
        if size is None:
            unsized += 1
        else:
            known += size
        if file.matched is not None:
            counted = True
            seconds += file.matched
    return Total(count, known, unsized, seconds if counted else None)


def products(vocabulary: Vocabulary | None = None) -> Callable[[File], str]:
    """A function from a file to its product, by its name where nothing else tells it; "" is for no known product.

    The vocabulary is that of the package where None.
    """
    from edexql.model.vocabulary import load

    of_name = product_classifier(vocabulary or load())
    return lambda file: file.product or of_name(file.name)[0] or ""


def _grouped(files: Iterable[File], of_file: Callable[[File], str]) -> dict[str, Total]:
    groups: dict[str, list[File]] = {}
    for file in files:
        groups.setdefault(of_file(file), []).append(file)
    return {name: total(group) for name, group in sorted(groups.items())}
