"""A listing as a table: in HTML for notebooks, and for pandas."""

from __future__ import annotations

from html import escape

from edexql.base.text import printable
from edexql.base.units import size
from edexql.client.listing import products
from edexql.model.period import day_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from edexql.client.listing import ListedFile, Listing, Total

# Rows that a notebook shows; the others are counted below them.
MOST_ROWS = 100


def html(found: Listing) -> str:
    """The files with their sizes and times, as the columns have them, and the total below."""
    shown = columns(found.files[:MOST_ROWS])
    rows = "".join(
        f"<tr><td>{number}</td><td>{_cell(name)}</td>"
        f'<td style="text-align:right">{_cell(size)}</td><td>{start or ""}</td><td>{end or ""}</td></tr>'
        for number, (name, size, start, end) in enumerate(
            zip(shown["name"], shown["size_text"], shown["start"], shown["end"], strict=True), 1
        )
    )
    more = len(found.files) - MOST_ROWS
    rows += f'<tr><td colspan="5">and {more} more</td></tr>' if more > 0 else ""
    notes = [in_words(found.total)]
    if found.removed:
        notes.append(f"{len(found.removed)} left out by the times of day of the query")
    if found.unjudged:
        notes.append(f"{len(found.unjudged)} kept without judgement, no times in their names")
    head = "<tr><th></th><th>file</th><th>size</th><th>start</th><th>end</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table><p>{'; '.join(notes)}</p>"


def in_words(found: Total) -> str:
    """A total as people read it."""
    text = f"{found.files} file{'s' * (found.files != 1)}"
    if found.bytes:
        text += f", {size(found.bytes)}"
    return text + (f", {found.unsized} of unknown size" if found.unsized else "")


def columns(files: Sequence[ListedFile]) -> dict[str, list[Any]]:
    """The files by columns; times as ISO 8601 texts in UTC, `end` the first second after a file."""
    product = products()
    return {
        "name": [file.name for file in files],
        "product": [product(file.name) or None for file in files],
        "size": [file.size for file in files],
        "size_text": [file.size_text for file in files],
        "start": [_moment(file.period.start if file.period else None) for file in files],
        "end": [_moment(file.period.end if file.period else None) for file in files],
    }


def frame(files: Sequence[ListedFile]) -> Any:
    """The files as a table of pandas. Raises ImportError, with the way out, where it is not installed."""
    from importlib import import_module

    try:
        pandas = import_module("pandas")
    except ImportError as error:
        raise ImportError("to_pandas needs pandas: pip install pandas") from error
    table = pandas.DataFrame(columns(files))
    table["size"] = table["size"].astype("Int64")
    for name in ("start", "end"):
        table[name] = pandas.to_datetime(table[name], utc=True)
    return table


def _cell(text: str) -> str:
    return escape(printable(text))


def _moment(second: int | None) -> str | None:
    if second is None:
        return None
    clock = second % 86400
    return f"{day_of(second)}T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}Z"
