"""What the catalogue is asked in catalogue.py, and the columns that it takes to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edexql.catalogue.intervals import of_edges
from edexql.compiler.request import Setting, query_of
from edexql.language.source import Source
from edexql.model.period import Period
from edexql.model.query import Constraint, Query
from edexql.model.range import Range

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue

FIELDS = ("magnetic-latitude", "altitude")
TWO = "where (magnetic-latitude > 65 OR magnetic-latitude < -65) AND altitude < 500"
WITH_KP = f"{TWO} AND kp >= 6"
PERIODS, LENGTH = 100_000, 1800
PRODUCT = "fai-lv1-png-images"
# Of the five constraints, in whole units.
LATITUDES, HIGHEST, LEAST_KP = (50, 80), 900, 2
_AT_ONCE = 2**18


def asked(text: str) -> Query:
    return query_of(Source(text), Setting())


def extent(catalogue: Catalogue) -> tuple[int, int]:
    """The first second of the ephemeris, and that after the last."""
    times = ~_missing(catalogue)
    return int(times.starts[0]), int(times.ends[-1])


def _missing(catalogue: Catalogue) -> Intervals:
    segments = catalogue.segments["ephemeris"]
    gaps = [arrays[f"missing:{FIELDS[0]}"] for _, arrays in segments]
    start, end = segments[0][0].start, segments[-1][0].end
    return ~of_edges([np.array([start])], [np.array([end])]) | of_edges(
        [gap[0] for gap in gaps], [gap[1] for gap in gaps]
    )


def periods(start: int, end: int) -> NDArray[np.int64]:
    """The first seconds of half hours drawn at random."""
    return np.sort(np.random.default_rng(2).integers(start, end - LENGTH, PERIODS))


def five(starts: NDArray[np.int64]) -> Query:
    """Five constraints, the first of them 100,000 periods."""
    dates = [Constraint("date", "date", Period(start, start + LENGTH)) for start in starts.tolist()]
    others = (
        Constraint("range", "kp", Range(LEAST_KP, None)),
        Constraint("range", "magnetic-latitude", Range(*LATITUDES)),
        Constraint("range", "altitude", Range(None, HIGHEST)),
        Constraint("word", "fai", "has-data"),
    )
    return Query((PRODUCT,), (*dates, *others))


def five_text(starts: NDArray[np.int64]) -> str:
    """The same as text, in which the last second of a period is part of it."""
    first, last = (
        starts.astype("datetime64[s]").astype(str),
        (starts + LENGTH - 1).astype("datetime64[s]").astype(str),
    )
    listed = ", ".join(f"{a}Z..{b}Z" for a, b in zip(first.tolist(), last.tolist(), strict=True))
    return (
        f"product {PRODUCT}; date {listed}; kp >= {LEAST_KP}; magnetic-latitude {LATITUDES[0]}..{LATITUDES[1]};"
        f" altitude <= {HIGHEST}; fai has-data"
    )


def columns(catalogue: Catalogue) -> list[NDArray[Any]]:
    """The two int16 columns, segment by segment."""
    segments = catalogue.segments["ephemeris"]
    return [arrays[f"value:{field}"] for _, arrays in segments for field in FIELDS]


def more_columns(catalogue: Catalogue) -> list[NDArray[Any]]:
    """What the five constraints touch beside the two columns: Kp, the log, and spans and flags of the files."""
    names = ("file:start", "file:end", "file:flags", "yes:fai:has-data")
    found = [array for name in names if (array := catalogue.array(name)) is not None]
    return [*found, *(arrays["value:kp"] for _, arrays in catalogue.segments["kp"])]


def read(arrays: list[NDArray[Any]]) -> int:
    """Read everything once, as fast as NumPy does."""
    return sum(int(array.max()) for array in arrays)


def full_scan(catalogue: Catalogue) -> Intervals:
    """The two constraints without zones: every value compared, in pieces that fit in a processor's cache."""
    starts, ends = [], []
    marks, other = np.zeros(_AT_ONCE + 2, bool), np.empty(_AT_ONCE, bool)
    for segment, arrays in catalogue.segments["ephemeris"]:
        latitude, altitude = (arrays[f"value:{field}"] for field in FIELDS)
        for begin in range(0, segment.count, _AT_ONCE):
            north, high = latitude[begin : begin + _AT_ONCE], altitude[begin : begin + _AT_ONCE]
            count = len(north)
            here, there = marks[1 : count + 1], other[:count]
            np.greater(north, 6500, out=here)
            here |= np.less(north, -6500, out=there)
            here &= np.less(high, 5000, out=there)
            # The least value stands for none; in this catalogue both have one or neither.
            here &= np.not_equal(high, -32768, out=there)
            marks[count + 1] = False
            edges = np.flatnonzero(marks[1 : count + 2] != marks[: count + 1]) + (segment.start + begin)
            starts.append(edges[::2])
            ends.append(edges[1::2])
    return of_edges(starts, ends)


def answer(folder: str, which: str) -> int:
    """Open a catalogue, ask it one of the questions, and say how much came back."""
    from edexql.catalogue.evaluation import evaluate, times
    from edexql.catalogue.store.catalogue import open_catalogue
    from edexql.model.vocabulary import load

    with open_catalogue(folder) as catalogue:
        if which in ("two", "kp"):
            return len(times(asked(TWO if which == "two" else WITH_KP), catalogue, load()).yes)
        starts = periods(*extent(catalogue))
        query = five(starts) if which == "five" else asked(five_text(starts))
        return len(evaluate(query, catalogue, load()).files.names)
