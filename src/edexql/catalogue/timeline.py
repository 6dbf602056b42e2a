"""When files exist and when they meet a query, instrument by instrument, in bins of time."""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.catalogue import intervals
from edexql.catalogue.evaluation import times
from edexql.catalogue.files import candidates
from edexql.catalogue.satellites import parts
from edexql.model.period import DAY, Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

HOUR = 3600
QUERY = "query"
# A query that holds for longer without dates has no beginning or end.
_LONGEST = 100 * 366 * DAY
NOTHING, EXISTS, MAY_MATCH, MATCHES = range(4)


class Line(Record):
    """An instrument over time, after its satellite where there are several: for each bin
    NOTHING, EXISTS, MAY_MATCH (no information) or MATCHES."""

    instrument: str
    bins: tuple[int, ...]


class Timeline(Record):
    """Lines of equal bins, from `start` to `end` in UTC seconds since 1970."""

    start: int
    end: int
    lines: tuple[Line, ...]


def timeline(query: Query, catalogue: Catalogue, vocabulary: Vocabulary, bins: int) -> Timeline | None:
    """The instruments of the products of a query, over its dates; None where there is nothing to draw.

    Where the products are of several satellites, each has lines of its own.

    Where it names no dates, or open ones, the line runs over all times that files of its products cover. Of a
    catalogue that has no files it is one line, QUERY, of the times that meet the query.
    """
    lines = []
    if not catalogue.files:
        return None if catalogue.empty else _of_times(query, catalogue, vocabulary, bins)
    each = [(part, _sessions(part.query, catalogue, vocabulary)) for part in parts(query, catalogue, vocabulary)]
    every = intervals.union([session for _, sessions in each for session in sessions.values()])
    if not len(every):
        return None
    start, end = _dates(query) or _rounded(int(every.starts[0]), int(every.ends[-1]))
    edges = np.linspace(start, end, bins + 1).astype(np.int64)
    for part, sessions in each:
        window = candidates(part.query.products, part.catalogue).covered()
        answer = times(part.query, part.catalogue, vocabulary, window)
        for instrument, session in sessions.items():
            marks = np.zeros(bins, np.int64)
            for value, marked_times in (
                (EXISTS, session),
                (MAY_MATCH, session & answer.may),
                (MATCHES, session & answer.yes),
            ):
                marks[marked_times.meets(edges[:-1], edges[1:])] = value
            lines.append(Line(f"{part.title} {instrument}".strip(), tuple(marks.tolist())))
    return Timeline(start, end, tuple(lines))


def _of_times(query: Query, catalogue: Catalogue, vocabulary: Vocabulary, bins: int) -> Timeline | None:
    dates = _dates(query)
    window = intervals.of([dates]) if dates else intervals.ALWAYS
    answer = times(query, catalogue, vocabulary, window)
    if dates is None:
        if not len(answer.yes) or answer.yes.seconds > _LONGEST:
            return None
        dates = _rounded(int(answer.yes.starts[0]), int(answer.yes.ends[-1]))
    edges = np.linspace(*dates, bins + 1).astype(np.int64)
    marks = np.zeros(bins, np.int64)
    for value, marked_times in ((MAY_MATCH, answer.may), (MATCHES, answer.yes)):
        marks[marked_times.meets(edges[:-1], edges[1:])] = value
    return Timeline(*dates, (Line(QUERY, tuple(marks.tolist())),))


def _sessions(query: Query, catalogue: Catalogue, vocabulary: Vocabulary) -> dict[str, Intervals]:
    """The times of files of the products of a query, by instrument."""
    sessions: dict[str, list[Intervals]] = {}
    for product, _ in catalogue.product_ranges():
        if product is None or (query.products and product not in query.products):
            continue
        instrument = vocabulary.products.get(product, {}).get("instrument") or product
        sessions.setdefault(instrument, []).append(catalogue.times(f"session:{product}"))
    return {instrument: intervals.union(parts) for instrument, parts in sorted(sessions.items())}


def _dates(query: Query) -> tuple[int, int] | None:
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
