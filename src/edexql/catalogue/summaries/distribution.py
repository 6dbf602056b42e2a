"""How often a field has which values in a catalogue, within the dates of a query: a sketch, made of moments."""

from __future__ import annotations

from functools import partial
from math import ceil, floor, log10

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.constraints import of_dates
from edexql.catalogue.intervals import ALWAYS
from edexql.catalogue.notes import notes_on_field, sources
from edexql.catalogue.samples import values_at
from edexql.catalogue.satellites import parts
from edexql.catalogue.summaries.moments import known_times, spread
from edexql.model.period import Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.field import Field
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

    Floats = NDArray[np.float64]

# Moments that are looked at, and bins of a sketch.
MOMENTS = 10_000
MOST_BINS = 40


class Distribution(Record):
    """How long a field has values in bins: `seconds[i]` is how long it is from `edges[i]` to `edges[i + 1]`, its unit.

    The seconds are those of a sample of moments, each of which stands for the time around it. `source` says where the
    values are from, None where there are none; there are no bins then.
    """

    edges: tuple[float, ...]
    seconds: tuple[int, ...]
    source: str | None


def distribution(field: Field, query: Query, catalogue: Catalogue, vocabulary: Vocabulary) -> Distribution:
    """How a field is distributed in a catalogue, within the dates that a query names, if it names any.

    What it is seen from are the satellites of the products of the query. Raises MissingExtra for a field whose library
    is not installed.
    """
    window = _dates(query)
    values, weights = np.empty(0), np.empty(0)
    labels: dict[str, None] = {}
    for part in parts(query, catalogue, vocabulary):
        times = known_times(field, part.catalogue) & window
        moments = spread(times, MOMENTS)
        own = values_at(field.name, moments, part.catalogue, vocabulary)
        own = own[~np.isnan(own)]
        if len(own):
            values = np.append(values, own)
            weights = np.append(weights, np.full(len(own), times.seconds / len(moments)))
            notes = notes_on_field(field.name, partial(sources, catalogue=part.catalogue), vocabulary, times)
            labels.update(dict.fromkeys(note.text.removeprefix("from ") for note in notes))
    if not len(values):
        return Distribution((), (), None)
    edges = _edges(values, field)
    seconds, _ = np.histogram(values, edges, weights=weights)
    return Distribution(tuple(edges), tuple(int(second) for second in np.rint(seconds)), "; ".join(labels) or None)


def _dates(query: Query) -> Intervals:
    periods = [constraint.value for constraint in query.constraints if isinstance(constraint.value, Period)]
    return of_dates(periods).yes if periods else ALWAYS


def _edges(values: Floats, field: Field) -> Sequence[float]:
    """Edges of bins that all values are in: each value of a coarse index in the middle of one, else round numbers."""
    low, high = float(values.min()), float(values.max())
    if field.period is not None and field.low is not None:
        low, high = float(field.low), float(field.low) + float(field.period)
    elif field.low is not None and field.high is not None and high - low > (field.high - field.low) / 4:
        low, high = min(low, float(field.low)), max(high, float(field.high))
    step = float(field.step) if field.step else 1.0 if field.integer else 0.0
    if step and (high - low) / step < MOST_BINS:
        first, count = round(low / step), round((high - low) / step) + 1
        return [round((first + place - 0.5) * step, 9) for place in range(count + 1)]
    width = _round_width((high - low) / (MOST_BINS - 1) or 1.0)
    first, last = floor(low / width), ceil(high / width)
    # The greatest value is in the last bin, at its edge too.
    return [round(place * width, 9) for place in range(first, max(last, first + 1) + 1)]


def _round_width(least: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that is not less than a number."""
    power: float = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))
