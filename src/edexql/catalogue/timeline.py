"""When files exist and when they meet a query, instrument by instrument, in bins of time."""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.evaluation import times
from edexql.catalogue.files import candidates
from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.reading import Catalogue
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

NOTHING, EXISTS, MAY_MATCH, MATCHES = range(4)


@record(frozen=True, slots=True)
class Line:
    """An instrument over time: for each bin NOTHING, EXISTS, MAY_MATCH (no information) or MATCHES."""

    instrument: str
    bins: tuple[int, ...]


@record(frozen=True, slots=True)
class Timeline:
    """Lines of equal bins, from `start` to `end` in UTC seconds since 1970."""

    start: int
    end: int
    lines: tuple[Line, ...]


def timeline(query: Query, catalogue: Catalogue, vocabulary: Vocabulary, bins: int) -> Timeline | None:
    """The instruments of the products of a query over the times it concerns; None where there are no files.

    The times are those that the query is possibly met in, with their surroundings; where there are none, all
    times that the files of its products cover.
    """
    lines = []
    answer = times(query, catalogue, vocabulary, candidates(query.products, catalogue).covered())
    sessions = _sessions(query, catalogue, vocabulary)
    every = intervals.union(list(sessions.values()))
    if not len(every):
        return None
    start, end = _span(answer.may if len(answer.may) else every)
    edges = np.linspace(start, end, bins + 1).astype(np.int64)
    for instrument, session in sessions.items():
        marks = np.zeros(bins, np.int64)
        for value, found in (
            (EXISTS, session),
            (MAY_MATCH, session & answer.may),
            (MATCHES, session & answer.yes),
        ):
            marks[found.meets(edges[:-1], edges[1:])] = value
        lines.append(Line(instrument, tuple(marks.tolist())))
    return Timeline(start, end, tuple(lines))


def _sessions(query: Query, catalogue: Catalogue, vocabulary: Vocabulary) -> dict[str, Intervals]:
    """The times of files of the products of a query, by instrument."""
    found: dict[str, list[Intervals]] = {}
    for product, _ in catalogue.product_ranges():
        if product is None or (query.products and product not in query.products):
            continue
        instrument = vocabulary.products.get(product, {}).get("instrument") or product
        found.setdefault(instrument, []).append(catalogue.times(f"session:{product}"))
    return {instrument: intervals.union(parts) for instrument, parts in sorted(found.items())}


def _span(every: Intervals) -> tuple[int, int]:
    """From the first to the last second, to whole hours, days or months as the length suggests."""
    start, end = int(every.starts[0]), int(every.ends[-1])
    for length, unit in ((86400, 3600), (40 * 86400, 86400)):
        if end - start <= length:
            return start // unit * unit, -(-end // unit) * unit
    return start // 86400 * 86400, -(-end // 86400) * 86400
