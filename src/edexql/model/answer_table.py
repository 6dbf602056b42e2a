"""The files of an answer as a table: text, HTML for notebooks, columns for programs and for pandas."""

from __future__ import annotations

from edexql.base.table import table_lines
from edexql.base.text import printable
from edexql.base.units import duration, size
from edexql.model.answer import products
from edexql.model.period import moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from edexql.model.answer import Answer, File, Total

# Rows that a notebook shows; the others are counted below them.
MOST_ROWS = 100
_TIMES = ("start", "end")
_COUNTS = ("size", "matched_seconds")


def text(found: Answer) -> str:
    """The files as lines of text, and below them the totals and what the answer rests on."""
    listed = found.with_files(tuple(found.files))
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


def in_words(found: Total) -> str:
    """A total as people read it: files, size, files of unknown size."""
    parts = [f"{found.files} file{'s' * (found.files != 1)}"]
    if found.bytes:
        parts.append(size(found.bytes))
    if found.unsized:
        parts.append(f"{found.unsized} of unknown size")
    return ", ".join(parts)


def in_full(found: Total) -> str:
    """The same, and how many seconds meet the query, where that is known."""
    matched = "" if found.matched is None else f", {duration(found.matched)} of matched time"
    return in_words(found) + matched


def html(found: Answer) -> str:
    """The files with their sizes and times, as `columns` has them, and below them the totals and remarks."""
    files = found.files[:MOST_ROWS]
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
    more = len(found.files) - MOST_ROWS
    rows += f'<tr><td colspan="{len(head)}">and {more} more</td></tr>' if more > 0 else ""
    below = "; ".join(_cell(remark) for remark in _remarks(found))
    titles = "".join(f"<th>{title}</th>" for title in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table><p>{below}</p>"


def _remarks(found: Answer) -> list[str]:
    """What is said below a table: the total, why there is nothing, what was left out, what the answer rests on."""
    reason = f": {found.emptiness}" if found.emptiness is not None and not found.files else ""
    remarks = [in_full(found.total) + reason]
    if found.removed:
        remarks.append(f"{len(found.removed)} left out by the times of day of the query")
    if found.raw is not None and found.unjudged:
        remarks.append(f"{len(found.unjudged)} kept without judgement, no times in their names")
    if found.unknown:
        remarks.append(f"{len(found.unknown)} more of which it cannot be told: no information")
    return [*remarks, *map(str, found.notes)]


def columns(files: Sequence[File]) -> dict[str, list[Any]]:
    """What a listing tells of files, by columns; times as ISO 8601 texts (UTC), `end` the first second after a file."""
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

    Raises ImportError, with the way out, where pandas is not installed.
    """
    from importlib import import_module

    try:
        pandas = import_module("pandas")
    except ImportError as error:
        raise ImportError("to_pandas needs pandas: pip install pandas") from error
    listed = list(files)
    table = pandas.DataFrame({**all_columns(listed), "state": [file.state for file in listed]})
    table["size"] = [file.bytes for file in listed]
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
