"""What an engine answers to a query: files, times, and what these rest on; of eDEx and of a catalogue alike.

An answer is a plain value. Of eDEx less is known than of a catalogue: no matched seconds, no places, no times. What is
not known is None or empty. Its tables are text, HTML for notebooks, and columns for programs and for pandas.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.table import column_lines, table_lines
from edexql.base.text import all_printable, printable
from edexql.base.units import duration
from edexql.base.units import size as size_for_people
from edexql.model.files import AT_ONCE, columns_of, each, joined, products, totals
from edexql.model.files import MATCHED as MATCHED
from edexql.model.files import UNKNOWN as UNKNOWN
from edexql.model.files import File as File
from edexql.model.files import Total as Total
from edexql.model.files import listed as listed
from edexql.model.files import total as total
from edexql.model.period import moments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, Protocol, overload

    from edexql.model.files import Classifier as Classifier
    from edexql.model.vocabulary import Vocabulary

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
        files = joined(self.files, self.unknown) if self.unknown else self.files
        return Answer(files, (), self.times, self.notes, self.emptiness, self.removed, self.raw)

    def without_unknown(self) -> Answer:
        """The answer without the files and times of which nothing is known, which eDEx may list with the others."""
        files = self.files if self.raw is None else tuple(file for file in self.files if file.state != UNKNOWN)
        times = None if self.times is None else self.times.surely
        return Answer(files, (), times, self.notes, self.emptiness, self.removed, self.raw)

    @property
    def unjudged(self) -> tuple[File, ...]:
        """The files among those listed that may match the query."""
        (states,) = columns_of(self.files, "state")
        if UNKNOWN not in states:
            return ()
        return tuple(file for file, state in zip(self.files, states, strict=True) if state == UNKNOWN)

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
        return totals(self.files, *columns_of(self.files, "day"))

    def per_product(self, vocabulary: Vocabulary | None = None) -> dict[str, Total]:
        """The totals of each product, in order; "" is for files of no known product."""
        return totals(self.files, products(self.files, vocabulary))

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


# Rows that a notebook shows; the others are counted below them.
MOST_ROWS = 100
_TIMES = ("start", "end")
_COUNTS = ("size", "matched_seconds")


def text(answer: Answer) -> str:
    """The files as lines of text, and below them the totals and what the answer rests on."""
    return "\n".join(line for line in (table(answer.files).rstrip("\n"), *_remarks(answer)) if line)


def table(files: Sequence[File]) -> str:
    """The files as lines of text: names, sizes, and how much of each meets the query where that is known."""
    return "".join(table_parts(files))


def table_parts(files: Sequence[File]) -> Iterator[str]:
    """The table of files in parts of many lines, for files that are too many for one text."""
    names, sizes, *spans, synthetic = columns_of(files, "name", "size_shown", "matched", "start", "end", "synthetic")
    shown = [all_printable(names), each(printable, sizes)]
    if spans[0].count(None) == len(names):
        return column_lines(shown, right=(1,), least={1: 10}, at_once=AT_ONCE)
    marks = each(lambda mark: "synthetic" if mark else "", synthetic)
    return column_lines([*shown, _all_matched(*spans), marks], right=(1, 2), at_once=AT_ONCE)


def lines(files: Iterable[File]) -> list[str]:
    """Files with their sizes, a line each."""
    names, sizes = columns_of(files, "name", "size_shown")
    return table_lines(list(zip(all_printable(names), each(printable, sizes), strict=True)), right=(1,), least={1: 10})


def _all_matched(matched: list[int | None], starts: list[int | None], ends: list[int | None]) -> list[str]:
    """How much of each file meets the query: `7:33 min of 7:33 min`; empty where that is not known."""
    lengths = [None if a is None or b is None else b - a for a, b in zip(starts, ends, strict=True)]
    return [
        f"{of_query} of {length}" if of_query and length else ""
        for of_query, length in zip(each(_duration, matched), each(_duration, lengths), strict=True)
    ]


def _duration(seconds: int | None) -> str:
    return "" if seconds is None else duration(seconds)


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
    names, sizes, starts, ends, matched = columns_of(files, "name", "size_shown", "start", "end", "matched")
    counted = matched.count(None) < len(matched)
    shown = (names, sizes, moments(starts), moments(ends), _all_matched(matched, starts, ends))
    rows = "".join(
        f"<tr><td>{number}</td><td>{_cell(name)}</td>"
        f'<td style="text-align:right">{_cell(size)}</td><td>{start or ""}</td><td>{end or ""}</td>'
        + (f"<td>{of_query}</td>" if counted else "")
        + "</tr>"
        for number, (name, size, start, end, of_query) in enumerate(zip(*shown, strict=True), 1)
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
    name, size, size_text, start, end = columns_of(files, "name", "size", "size_text", "start", "end")
    return {
        "name": name,
        "product": [product or None for product in products(files)],
        "size": size,
        "size_text": size_text,
        "start": moments(start),
        "end": moments(end),
    }


def all_columns(files: Sequence[File]) -> dict[str, list[Any]]:
    """All that is known of the files, by columns: those of `columns`, and what a catalogue knows besides."""
    matched, place, synthetic = columns_of(files, "matched", "place", "synthetic")
    return {**columns(files), "matched_seconds": matched, "place": place, "synthetic": synthetic}


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
    size, state = columns_of(files, "bytes", "state")
    table = pandas.DataFrame({**all_columns(files), "state": state})
    table["size"] = size
    if not size:
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
