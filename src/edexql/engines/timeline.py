"""When files exist and when they meet a query or are in an answer, instrument by instrument, in bins of time."""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.catalogue import intervals
from edexql.catalogue.three_valued import any_of
from edexql.model.answer import MATCHED
from edexql.model.period import DAY, Period, moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.engines.evidence import Evidence, View
    from edexql.model.answer import Answer, File, Times
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

    # In UTC seconds since 1970; None is open.
    Span = tuple[int | None, int | None]

HOUR = 3600
QUERY = "query"
# The line of files that belong to no known product.
OTHER = "other files"
# A query that holds for longer without dates has no beginning or end.
_LONGEST = 100 * 366 * DAY
NOTHING, EXISTS, MAY_MATCH, MATCHES = range(4)


class Line(Record):
    """An instrument over time, after its satellite where there are several: for each bin
    NOTHING, EXISTS, MAY_MATCH (no information) or MATCHES.

    `files` is how many seconds files cover, `matched` how many of them match, `unknown` for how many there is no
    information; of a catalogue without files, the seconds of the query."""

    instrument: str
    bins: tuple[int, ...]
    files: int = 0
    matched: int = 0
    unknown: int = 0


class Timeline(Record):
    """Lines of equal bins, from `start` to `end` in UTC seconds since 1970."""

    start: int
    end: int
    lines: tuple[Line, ...]


def timeline(query: Query, evidence: Evidence, bins: int, span: Span = (None, None)) -> Timeline | None:
    """The instruments of the products of a query, over a span of time; None where there is nothing to draw.

    Where the products are of several satellites, each has lines of its own.

    `span` is `(start, end)`; what of it is None is as the dates of the query have it. Where that names no dates, or
    open ones, the line runs over all times that files of its products cover. Of a catalogue that has no files it is one
    line, QUERY, of the times that meet the query. Raises ValueError for a span that ends before it begins.
    """
    lines = []
    if not evidence.has_files:
        return None if evidence.empty else _of_times(query, evidence, bins, span)
    each = [(view, _sessions(view, evidence.vocabulary)) for view in evidence.views(query)]
    every = intervals.union([session for _, sessions in each for session in sessions.values()])
    if not len(every):
        return None
    start, end = _completed(span, dates_of(query) or _rounded(int(every.starts[0]), int(every.ends[-1])))
    edges = _edges(start, end, bins)
    for view, sessions in each:
        answer = view.times(view.covered().within(start, end))
        for instrument, session in sessions.items():
            name = f"{view.title} {instrument}".strip()
            lines.append(_line(name, edges, session.within(start, end), session & answer.may, session & answer.yes))
    return Timeline(start, end, tuple(lines))


def of_answer(answer: Answer, vocabulary: Vocabulary, bins: int, span: Span = (None, None)) -> Timeline | None:
    """The instruments of the files of an answer, over a span of time or else over all that its files cover.

    Files without times in their names are left out; None where no file has times. Raises ValueError as `timeline` does.
    """
    files: dict[str, list[File]] = {}
    for file in (*answer.files, *answer.unknown):
        files.setdefault(_name_of_line(file.product, vocabulary), []).append(file)
    each = {name: states_of(files[name], answer.times) for name in sorted(files)}
    every = intervals.union([exists for exists, _, _ in each.values()])
    if not len(every):
        return None
    start, end = _completed(span, _rounded(int(every.starts[0]), int(every.ends[-1])))
    edges = _edges(start, end, bins)
    lines = (_line(name, edges, *(times.within(start, end) for times in states)) for name, states in each.items())
    return Timeline(start, end, tuple(lines))


def states_of(files: Iterable[File], times: Times | None) -> tuple[Intervals, Intervals, Intervals]:
    """When some files of an answer exist, possibly match, and surely do; as a whole where the answer has no times."""
    spans: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for file in files:
        if file.start is not None and file.end is not None:
            spans[file.state == MATCHED].append((file.start, file.end))
    yes, other = intervals.of(spans[True]), intervals.of(spans[False])
    exists = may = yes | other
    if times is not None:
        yes, may = intervals.of(times.yes) & yes, intervals.of(times.may) & exists
    return exists, yes | may, yes


def _name_of_line(product: str | None, vocabulary: Vocabulary) -> str:
    if product is None:
        return OTHER
    instrument = vocabulary.products.get(product, {}).get("instrument") or product
    satellite = vocabulary.satellites.get(vocabulary.satellite_of(product) or "")
    return f"{satellite.title} {instrument}" if satellite and len(vocabulary.satellites) > 1 else instrument


def _of_times(query: Query, evidence: Evidence, bins: int, span: Span) -> Timeline | None:
    dates = dates_of(query)
    window = intervals.of([dates]) if dates and span == (None, None) else intervals.ALWAYS
    answer = any_of([view.times(window) for view in evidence.views(query)])
    if dates is None and None in span:
        if not len(answer.yes) or answer.yes.seconds > _LONGEST:
            return None
        dates = _rounded(int(answer.yes.starts[0]), int(answer.yes.ends[-1]))
    start, end = _completed(span, dates or (0, 0))
    may, yes = answer.may.within(start, end), answer.yes.within(start, end)
    return Timeline(start, end, (_line(QUERY, _edges(start, end, bins), intervals.NEVER, may, yes),))


def _completed(span: Span, whole: tuple[int, int]) -> tuple[int, int]:
    start = whole[0] if span[0] is None else span[0]
    end = whole[1] if span[1] is None else span[1]
    if start >= end:
        raise ValueError(
            f"there is no time from {moment(start)} to {moment(end)}: name an earlier start or a later end"
        )
    return start, end


def _line(name: str, edges: NDArray[np.int64], files: Intervals, may: Intervals, yes: Intervals) -> Line:
    marks = np.zeros(len(edges) - 1, np.int64)
    for value, marked_times in ((EXISTS, files), (MAY_MATCH, may), (MATCHES, yes)):
        marks[marked_times.meets(edges[:-1], edges[1:])] = value
    return Line(name, tuple(marks.tolist()), files.seconds, yes.seconds, (may - yes).seconds)


def _edges(start: int, end: int, bins: int) -> NDArray[np.int64]:
    return np.asarray(start + (end - start) * np.arange(bins + 1) // bins)


def _sessions(view: View, vocabulary: Vocabulary) -> dict[str, Intervals]:
    """The times of files of the products of a query, by instrument."""
    sessions: dict[str, list[Intervals]] = {}
    for product, covered in view.sessions().items():
        instrument = vocabulary.products.get(product, {}).get("instrument") or product
        sessions.setdefault(instrument, []).append(covered)
    return {instrument: intervals.union(parts) for instrument, parts in sorted(sessions.items())}


def dates_of(query: Query) -> tuple[int, int] | None:
    """From the first to the last second of the dates that a query names; None where it leaves a side open."""
    periods = [constraint.value for constraint in query.constraints if isinstance(constraint.value, Period)]
    starts = [period.start for period in periods if period.start is not None]
    ends = [period.end for period in periods if period.end is not None]
    if not periods or len(starts) < len(periods) or len(ends) < len(periods):
        return None
    return min(starts), max(ends)


def _rounded(start: int, end: int) -> tuple[int, int]:
    """A stretch of time to whole hours where it is of a day or less, else to whole days."""
    unit = HOUR if end - start <= DAY else DAY
    return start // unit * unit, -(-end // unit) * unit
