"""The filter of the table: words that must all fit a file, by its name, size, length or time."""

from __future__ import annotations

import operator
import re

from edexql.base.text import shown
from edexql.base.units import bytes_of
from edexql.commands.exits import UsageError
from edexql.repl.table.rows import length_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edexql.model.period import Period
    from edexql.repl.table.rows import Row

    Test = Callable[[Row], bool]

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


def _test(word: str) -> Test:
    if word[0] in "<>=":
        return _comparison(word)
    if _TIME.fullmatch(word):
        return _during(_period(word))
    if is_pattern(word):
        fits = pattern(word)
        return lambda row: fits(row.name) is not None
    plain = word.lower()
    return lambda row: plain in row.name.lower()


def _comparison(word: str) -> Test:
    found = _COMPARED.fullmatch(word)
    if found is None:
        raise UsageError(f"cannot read {shown(word)}: {_COMPARISONS}")
    sign, number, unit = found.groups()
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


def _during(period: Period) -> Test:
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
