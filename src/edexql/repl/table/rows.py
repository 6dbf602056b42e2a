"""The rows of the table, one for each file; the orders in which they stand, and the filter that they have to fit."""

from __future__ import annotations

import operator
import re

from edexql.base.record import Record
from edexql.base.text import printable, shown
from edexql.base.units import bytes_of, size
from edexql.commands.exits import UsageError
from edexql.model.answer import UNKNOWN
from edexql.model.files import columns_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from edexql.model.answer import Answer, File
    from edexql.model.period import Period


SYNTHETIC = "synthetic"
# What may be marked in a row.
MARKS = (SYNTHETIC, UNKNOWN)


class Row(Record):
    """A file as the table has it.

    `size` is in bytes, None where it is not known; `size_text` is what a listing wrote, or empty. `start` and
    `end` are its span `[start, end)` in UTC seconds since 1970, None where it is not known; `matched` how many
    seconds of it match the query, None where that is unknown. `state` is `matched` for a file that meets the
    query, `unknown` for one that may match; `synthetic` says that the file is simulated.
    """

    name: str
    size: int | None
    size_text: str
    start: int | None
    end: int | None
    matched: int | None
    product: str | None
    synthetic: bool
    state: str


def of_answer(answer: Answer) -> tuple[Row, ...]:
    """The files of an answer, those that are listed first, then those that may match."""
    return (*of_files(answer.files), *of_files(answer.unknown))


def of_files(files: Sequence[File]) -> tuple[Row, ...]:
    """A row for each file. Of one whose state is unknown nobody knows how much meets the query.

    Of a file of eDEx the table shows no product: the name has it, and this leaves the room to the times.
    """
    attributes = ("name", "bytes", "size_text", "start", "end", "matched", "product", "synthetic", "state", "listed")
    *shown, matched, products, synthetic, states, listed = columns_of(files, *attributes)
    return tuple(
        map(
            Row,
            *shown,
            (None if state == UNKNOWN else seconds for state, seconds in zip(states, matched, strict=True)),
            (product if text is None else None for product, text in zip(products, listed, strict=True)),
            synthetic,
            states,
        )
    )


def size_of(row: Row) -> str:
    """The size of a file for people: `540.57 MB`, or as a listing wrote it, or nothing."""
    return printable(row.size_text) if row.size is None else size(row.size)


def length_of(row: Row) -> int | None:
    """The seconds that a file is sorted and filtered by: those that match, else its whole span."""
    if row.matched is not None or row.state == UNKNOWN:
        return row.matched
    return None if row.start is None or row.end is None else row.end - row.start


def marks_of(row: Row) -> tuple[str, ...]:
    """The marks of a row: that the file is simulated, that it may match the query."""
    return (SYNTHETIC,) * row.synthetic + (UNKNOWN,) * (row.state == UNKNOWN)


LISTED = "listed"
# The columns by which one can sort, in the order in which they stand, with what is compared.
KEYS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.name,
    "size": lambda row: row.size,
    "length": length_of,
    "start": lambda row: row.start,
    "product": lambda row: row.product,
}
ORDERS = (LISTED, *KEYS)


def ordered(rows: Sequence[Row], order: str, *, descending: bool) -> Sequence[int]:
    """The positions of all rows in an order; equal ones stay as they were listed, those without a value come last."""
    if order == LISTED:
        return range(len(rows) - 1, -1, -1) if descending else range(len(rows))
    key = KEYS[order]
    values = [key(row) for row in rows]
    known = [position for position, value in enumerate(values) if value is not None]
    known.sort(key=values.__getitem__, reverse=descending)
    return known + [position for position, value in enumerate(values) if value is None]


_COMPARED = re.compile(r"(>=|<=|>|<|=)(\d+(?:\.\d+)?)([A-Za-z]+)")
_SIGNS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq}
_SECONDS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "d": 86400, "day": 86400, "days": 86400}
# Nothing that could be more than the one period of a statement.
_TIME = re.compile(r"(?=.*\d)(?:\d{4}-\d|.*\.\.)[0-9A-Za-z:.+-]*")
_COMPARISONS = "compare as in >100MB, <1h, >=5min"
_TIMES = "write a day 2019-05-01, or first and last as in 2019-05-01..2019-05-02"


def kept(positions: Sequence[int], rows: Sequence[Row], text: str) -> Sequence[int]:
    """Those of some rows, by their positions and in the same order, that the words of a filter all fit.

    Raises UsageError for a word that cannot be read.
    """
    for test in [_test(word) for word in text.split()]:
        positions = [position for position in positions if test(rows[position])]
    return positions


def pattern(word: str) -> Callable[[str], object]:
    """What tells whether the whole of a name fits a glob, in any case of letters. Raises UsageError."""
    from fnmatch import translate

    try:
        return re.compile(translate(word), re.IGNORECASE).match
    except re.error as error:
        # Python 3.10 does not take a range that goes backwards, `[z-a]`, for an empty one.
        raise UsageError(f"cannot read the pattern {shown(word)}: {error}") from error


def is_pattern(word: str) -> bool:
    return any(sign in word for sign in "*?[")


def _test(word: str) -> Callable[[Row], bool]:
    if word[0] in "<>=":
        return _comparison(word)
    if _TIME.fullmatch(word):
        return _during(_period(word))
    if is_pattern(word):
        fits = pattern(word)
        return lambda row: fits(row.name) is not None
    plain = word.lower()
    return lambda row: plain in row.name.lower()


def _comparison(word: str) -> Callable[[Row], bool]:
    match = _COMPARED.fullmatch(word)
    if match is None:
        raise UsageError(f"cannot read {shown(word)}: {_COMPARISONS}")
    sign, number, unit = match.groups()
    compare = _SIGNS[sign]
    if unit[-1] in "bB":
        count = bytes_of(number + unit)
        if count is None:
            raise UsageError(f"cannot read the size {shown(number + unit)}: write it as 100MB or 1.5GB")
        return lambda row: row.size is not None and compare(row.size, count)
    if unit.lower() not in _SECONDS:
        raise UsageError(f"there is no unit {shown(unit)}: use B, KB, MB, GB, TB, s, min, h or d")
    seconds = float(number) * _SECONDS[unit.lower()]

    def test(row: Row) -> bool:
        length = length_of(row)
        return length is not None and compare(length, seconds)

    return test


def _during(period: Period) -> Callable[[Row], bool]:
    first = float("-inf") if period.start is None else period.start
    end = float("inf") if period.end is None else period.end
    return lambda row: row.start is not None and row.end is not None and row.start < end and row.end > first


def _period(word: str) -> Period:
    """The period that a word names, read as the language reads it. Raises UsageError."""
    from edexql.compiler.request import Setting, meaning
    from edexql.language.source import Source

    resolved, diagnostics = meaning(Source(f"date {word}"), Setting())
    for diagnostic in diagnostics:
        if diagnostic.is_error:
            raise UsageError(f"{diagnostic.message}: {diagnostic.help or _TIMES}")
    if len(resolved.query.constraints) != 1:
        raise UsageError(f"cannot read {shown(word)}: {_TIMES}")
    period: Period = resolved.query.constraints[0].value  # type: ignore[assignment]
    return period
