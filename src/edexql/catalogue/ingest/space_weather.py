"""Kp, ap and F10.7 from CelesTrak's space weather data: `SW-All.txt` and `SW-Last5Years.txt`, and the same as CSV.

The forms are those of https://celestrak.org/SpaceData/SpaceWx-format.php. Kp is written in tenths, rounded
(33 is 3+), and is given here in exact thirds. Of the two F10.7 the observed one is taken, not the one that
is adjusted to 1 AU. What is predicted is left out: all after `END OBSERVED` in the text, rows of type `PRD`
and `PRM` in the CSV. CelesTrak counts days whose flux it interpolated (`INT`) among the observed ones, and so
they are here. CelesTrak asks that its address be cited; Kp is by GFZ Potsdam, CC BY 4.0.
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue.ingest.batches import Fault, Samples
from edexql.catalogue.ingest.clocks import instant
from edexql.catalogue.ingest.series import BEFORE_ALL, in_order
from edexql.catalogue.ingest.source import MOST_ROWS, lines, reader, shown
from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

HOURS, DAY = 10800, 86400
KIND = "F10.7_DATA_TYPE"
CSV_COLUMNS = ("DATE", *(f"KP{i}" for i in range(1, 9)), *(f"AP{i}" for i in range(1, 9)), "F10.7_OBS", KIND)
_OBSERVED, _PREDICTED = ("OBS", "INT"), ("PRD", "PRM")
_MOST_DAYS = MOST_ROWS // 8
# Where the text has Kp, ap and the observed flux; its FORMAT line says the same.
_DATE, _KP, _AP, _FLUX = slice(0, 10), (18, 3), (46, 4), (112, 118)


@record(frozen=True, slots=True)
class _Day:
    """A day as the file has it: line and first second, Kp in tenths and ap of every three hours, F10.7."""

    line: int
    start: int
    kp: list[float]
    ap: list[float]
    flux: float


@reader
def read(source: Source) -> Iterator[Batch]:
    """Samples of `kp` (with ap, every three hours) and `f107` (daily)."""
    waiting: list[_Day] = []
    before = BEFORE_ALL
    for found in _days(source):
        if isinstance(found, Fault):
            yield found
            continue
        waiting.append(found)
        if len(waiting) == _MOST_DAYS:
            before = yield from _batches(waiting, before)
            waiting = []
    if waiting:
        yield from _batches(waiting, before)


def _days(source: Source) -> Iterator[_Day | Fault]:
    numbered = lines(source)
    for number, line in numbered:
        if line.startswith("DATE,"):
            yield from _days_of_csv(number, line, numbered)
            return
        if line.strip() == "BEGIN OBSERVED":
            yield from _days_of_text(numbered)
            return
    yield Fault(0, "there is no line BEGIN OBSERVED")


def _days_of_text(numbered: Iterator[tuple[int, str]]) -> Iterator[_Day | Fault]:
    for number, line in numbered:
        if line.startswith("END OBSERVED"):
            return
        if not line.strip() or line.startswith("#"):
            continue
        kp = [line[i : i + 3] for i in range(_KP[0], 42, _KP[1])]
        ap = [line[i : i + 4] for i in range(_AP[0], 78, _AP[1])]
        yield _day(number, line[_DATE].replace(" ", "-"), kp, ap, line[slice(*_FLUX)])


def _days_of_csv(first: int, header: str, numbered: Iterator[tuple[int, str]]) -> Iterator[_Day | Fault]:
    names = header.strip().split(",")
    missing = [name for name in CSV_COLUMNS if name not in names]
    if missing:
        yield Fault(first, f"there is no column {missing[0]}")
        return
    places = [names.index(name) for name in CSV_COLUMNS]
    for number, line in numbered:
        words = line.split(",")
        if not line.strip():
            continue
        if len(words) != len(names):
            yield Fault(number, f"{len(words)} values where there should be {len(names)}")
            continue
        day, *values, flux, kind = (words[place] for place in places)
        if kind.strip() in _OBSERVED:
            yield _day(number, day, values[:8], values[8:], flux)
        elif kind.strip() not in _PREDICTED:
            yield Fault(number, f"neither observed nor predicted: {shown(kind)}")


def _day(number: int, date: str, kp: Sequence[str], ap: Sequence[str], flux: str) -> _Day | Fault:
    start = instant(date)
    if start is None or len(date.strip()) != 10:
        return Fault(number, f"no date: {shown(date)}")
    try:
        tenths, planetary = [_number(text, 0, 90) for text in kp], [_number(text, 0, 400) for text in ap]
        # A flux of 0 stands for none in old editions.
        return _Day(number, start, tenths, planetary, _number(flux, 0, 1000) or np.nan)
    except ValueError as wrong:
        return Fault(number, str(wrong))


def _number(text: str, low: float, high: float) -> float:
    """A number in its range, NaN where there is none. Raises ValueError."""
    if not text.strip():
        return float("nan")
    try:
        value = float(text if "_" not in text else "")
    except ValueError:
        value = float("nan")
    if low <= value <= high:
        return value
    raise ValueError(f"not a number from {low} to {high}: {shown(text)}")


def _batches(waiting: list[_Day], before: int) -> Generator[Batch, None, int]:
    """Samples of the days that wait, and the latest day so far, which is returned."""
    starts = np.array([day.start for day in waiting], np.int64)
    order, faults = in_order(starts, np.array([day.line for day in waiting], np.int64), before)
    yield from faults
    days = waiting if order is None else [waiting[i] for i in order.tolist()]
    starts = starts if order is None else starts[order]
    times = (starts[:, None] + np.arange(0, DAY, HOURS)).ravel()
    kp = np.rint(np.array([day.kp for day in days]).ravel() * 3 / 10) / 3
    ap = np.array([day.ap for day in days]).ravel()
    flux = np.array([day.flux for day in days])
    known = ~(np.isnan(kp) & np.isnan(ap))
    if known.any():
        yield Samples("kp", times[known], HOURS, {"kp": kp[known], "ap": ap[known]})
    known = ~np.isnan(flux)
    if known.any():
        yield Samples("f107", starts[known], DAY, {"f107": flux[known]})
    return max(before, int(starts[-1]))
