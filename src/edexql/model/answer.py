"""What an engine answers to a query: files, times, and what these rest on; of eDEx and of a catalogue alike.

An answer is a plain value. Of eDEx less is known than of a catalogue: no matched seconds, no places, no times. What is
not known is None or empty. Its tables are text, HTML for notebooks, and columns for programs and for pandas.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.table import table_lines
from edexql.base.text import printable
from edexql.base.units import bytes_of, duration, exact_size, name_and_size, read_size
from edexql.base.units import size as size_for_people
from edexql.model.filename import KNOWN_FORMS, product_classifier, span_of_name
from edexql.model.period import Period, day_of, moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, Protocol, overload

    from edexql.base.units import Size
    from edexql.model.mission import NameForms
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
        if self.listed is not None:
            return self.listed
        text = f"{self.name}   {self.size_shown}".rstrip()
        return text if name_and_size(text)[0] == self.name else self.name

    @property
    def bytes(self) -> int | None:
        """The size in bytes, exact or as near as `size_text` has it; None where neither is known."""
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
        """The span as a period, None where the name has no times."""
        return None if self.start is None else Period(self.start, self.end)

    @property
    def day(self) -> str:
        """The day (UTC) on which the file begins, as `2019-05-01`; empty where its name has no times."""
        return "" if self.start is None else str(day_of(self.start))


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


class Total(Record):
    """How many files, the bytes of those of known size, how many are of unknown size, and how many seconds meet the
    query, None where nobody counted them.
    """

    files: int
    bytes: int
    unsized: int
    matched: int | None = None


class Note(Record):
    """A remark on the answer about one field or log: `subject` is its name, `seconds` of the times it concerns."""

    subject: str
    text: str
    seconds: int | None = None

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"


class Emptiness(Record):
    """Why there are no files.

    `lacking` is `files` (the catalogue has none of the products), `information` (of some files it is unknown
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


class Answer(Record):
    """The files of a query, as eDEx or a catalogue answers it.

    `files` are those that the answer lists, in its order, as a sequence of `File`. `unknown` are those that a catalogue
    keeps apart, because it is unknown whether they match the query; eDEx lists such files (their names have no
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
        """The files among those listed that may match the query."""
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

        Raises MissingExtra, an ImportError, with the way out, where pandas is not installed.
        """

        return frame(self.files)

    def __str__(self) -> str:
        return text(self)

    def __repr__(self) -> str:
        return f"<Answer: {in_full(self.total)}>"

    def _repr_html_(self) -> str:
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
    """A function from a file to its product, by its name where nothing else has it; "" is for no known product.

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


# Rows that a notebook shows; the others are counted below them.
MOST_ROWS = 100
_TIMES = ("start", "end")
_COUNTS = ("size", "matched_seconds")


def text(answer: Answer) -> str:
    """The files as lines of text, and below them the totals and what the answer rests on."""
    listed = answer.with_files(tuple(answer.files))
    return "\n".join(line for line in (table(listed.files).rstrip("\n"), *_remarks(listed)) if line)


def table(files: Sequence[File]) -> str:
    """The files as lines of text: names, sizes, and how much of each meets the query where that is known."""
    if any(file.matched is not None for file in files):
        return _matched_table(files)
    return "".join(f"{line}\n" for line in lines(files))


def lines(files: Iterable[File]) -> list[str]:
    """Files with their sizes, a line each."""
    return table_lines(
        [(printable(file.name), printable(file.size_shown)) for file in files], right=(1,), least={1: 10}
    )


def _matched_table(files: Iterable[File]) -> str:
    return "".join(f"{line}\n" for line in table_lines([_row(file) for file in files], right=(1, 2)))


def _row(file: File) -> list[str]:
    mark = "synthetic" if file.synthetic else ""
    return [printable(file.name), printable(file.size_shown), _matched(file), mark]


def _matched(file: File) -> str:
    """How much of a file meets the query: `7:33 min of 7:33 min`; empty where that is not known."""
    if file.matched is None or file.start is None or file.end is None:
        return ""
    return f"{duration(file.matched)} of {duration(file.end - file.start)}"


def in_words(total: Total) -> str:
    """A total as people read it: files, size, files of unknown size."""
    parts = [f"{total.files} file{'s' * (total.files != 1)}"]
    if total.bytes:
        parts.append(size_for_people(total.bytes))
    if total.unsized:
        parts.append(f"{total.unsized} of unknown size")
    return ", ".join(parts)


def in_full(total: Total) -> str:
    """The same, and how many seconds meet the query, where that is known."""
    matched = "" if total.matched is None else f", {duration(total.matched)} of matched time"
    return in_words(total) + matched


def html(answer: Answer) -> str:
    """The files with their sizes and times, as `columns` has them, and below them the totals and remarks."""
    files = answer.files[:MOST_ROWS]
    shown = columns(files)
    counted = any(file.matched is not None for file in files)
    rows = "".join(
        f"<tr><td>{number}</td><td>{_cell(file.name)}</td>"
        f'<td style="text-align:right">{_cell(file.size_shown)}</td><td>{start or ""}</td><td>{end or ""}</td>'
        + (f"<td>{_matched(file)}</td>" if counted else "")
        + "</tr>"
        for number, (file, start, end) in enumerate(zip(files, shown["start"], shown["end"], strict=True), 1)
    )
    head = ["", "file", "size", "start", "end"] + ["matched"] * counted
    more = len(answer.files) - MOST_ROWS
    rows += f'<tr><td colspan="{len(head)}">and {more} more</td></tr>' if more > 0 else ""
    below = "; ".join(_cell(remark) for remark in _remarks(answer))
    titles = "".join(f"<th>{title}</th>" for title in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table><p>{below}</p>"


def _remarks(answer: Answer) -> list[str]:
    """What is said below a table: the total, why there is nothing, what was left out, what the answer rests on."""
    reason = f": {answer.emptiness}" if answer.emptiness is not None and not answer.files else ""
    remarks = [in_full(answer.total) + reason]
    if answer.removed:
        remarks.append(f"{len(answer.removed)} left out by the times of day of the query")
    if answer.raw is not None and answer.unjudged:
        remarks.append(f"{len(answer.unjudged)} kept because their names have no times")
    if answer.unknown:
        remarks.append(f"{len(answer.unknown)} more may match: no information")
    return [*remarks, *map(str, answer.notes)]


def columns(files: Sequence[File]) -> dict[str, list[Any]]:
    """The columns of a listing of files; times as ISO 8601 texts (UTC), `end` the first second after a file."""
    product = products()
    return {
        "name": [file.name for file in files],
        "product": [product(file) or None for file in files],
        "size": [file.size for file in files],
        "size_text": [file.size_text for file in files],
        "start": [_moment(file.start) for file in files],
        "end": [_moment(file.end) for file in files],
    }


def all_columns(files: Sequence[File]) -> dict[str, list[Any]]:
    """All that is known of the files, by columns: those of `columns`, and what a catalogue knows besides."""
    return {
        **columns(files),
        "matched_seconds": [file.matched for file in files],
        "place": [file.place for file in files],
        "synthetic": [file.synthetic for file in files],
    }


def frame(files: Sequence[File]) -> Any:
    """The files as a table of pandas: `all_columns` and the state, sizes as near as they are known.

    Raises MissingExtra, an ImportError, with the way out, where pandas is not installed.
    """
    from importlib import import_module

    try:
        pandas = import_module("pandas")
    except ImportError as error:
        from edexql.base.extras import MissingExtra

        raise MissingExtra("to_pandas needs pandas: pip install pandas", name="pandas") from error
    listed = list(files)
    table = pandas.DataFrame({**all_columns(listed), "state": [file.state for file in listed]})
    table["size"] = [file.bytes for file in listed]
    if not listed:
        # Columns without values have no type to go by; they get that of a table with files.
        table = table.astype({name: "bool" if name == "synthetic" else "str" for name in table})
    for name in _COUNTS:
        table[name] = table[name].astype("Int64")
    for name in _TIMES:
        table[name] = pandas.to_datetime(table[name], utc=True)
    return table


def _cell(text: str) -> str:
    from html import escape

    return escape(printable(text))


def _moment(second: int | None) -> str | None:
    return None if second is None else moment(second)
