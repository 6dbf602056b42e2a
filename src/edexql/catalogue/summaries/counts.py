"""How many files a catalogue has: of each product, and of each day of the products of a query."""

from __future__ import annotations

from datetime import date

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.evaluation import times
from edexql.catalogue.files import candidates
from edexql.catalogue.satellites import parts
from edexql.catalogue.store.index import SUPERSEDED
from edexql.model.period import DAY, day_of, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


class DayCount(Record):
    """Files that begin on a day: all of the products of a query, and those of them that surely match it."""

    files: int
    matched: int


def files_of_products(catalogue: Catalogue) -> dict[str, int]:
    """How many files a catalogue has of each product, newest versions only; products without files are left out."""
    flags = catalogue.array("file:flags")
    if flags is None:
        return {}
    return {
        name: int(np.count_nonzero(flags[first:end] & SUPERSEDED == 0))
        for name, (first, end) in catalogue.product_ranges()
        if name is not None
    }


def files_of_days(query: Query, catalogue: Catalogue, vocabulary: Vocabulary, year: int) -> dict[date, DayCount]:
    """How many files of the products of a query begin on each day (UTC) of a year; days without files are left out.

    Files whose names have no times are on no day.
    """
    first, end = midnight(date(year, 1, 1)), midnight(date(year + 1, 1, 1))
    days = (end - first) // DAY
    files, matched = np.zeros(days, np.int64), np.zeros(days, np.int64)
    for part in parts(query, catalogue, vocabulary):
        own = candidates(part.query.products, part.catalogue)
        here = (own.starts >= first) & (own.starts < end) & ~own.timeless()
        if not here.any():
            continue
        answer = times(part.query, part.catalogue, vocabulary, own.covered())
        place = (own.starts - first) // DAY
        files += np.bincount(place[here], minlength=days)
        matched += np.bincount(place[here & own.meeting(answer.yes)], minlength=days)
    return {
        day_of(first + int(day) * DAY): DayCount(int(files[day]), int(matched[day])) for day in np.flatnonzero(files)
    }
