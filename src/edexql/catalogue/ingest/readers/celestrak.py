"""Kp, ap and F10.7 from CelesTrak's space weather data: `SW-All.txt` and `SW-Last5Years.txt`, and the same as CSV.

The forms are those of https://celestrak.org/SpaceData/SpaceWx-format.php. Kp is written in tenths, rounded
(33 is 3+), and is given here in exact thirds. Of the two F10.7 the observed one is taken, not the one that
is adjusted to 1 AU. What is predicted is left out: all after `END OBSERVED` in the text, rows of type `PRD`
and `PRM` in the CSV. CelesTrak counts days whose flux it interpolated (`INT`) among the observed ones, and so
they are here. CelesTrak asks that its address be cited; Kp is by GFZ Potsdam, CC BY 4.0.
"""

from __future__ import annotations

from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.series import Line, field_bounds, samples_of
from edexql.catalogue.ingest.source import lines, reader, shown
from edexql.catalogue.ingest.times import instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

HOURS, DAY = 10800, 86400
KIND = "F10.7_DATA_TYPE"
# Kp is written in tenths.
_MOST_TENTHS = 90
_NAN = float("nan")
CSV_COLUMNS = ("DATE", *(f"KP{i}" for i in range(1, 9)), *(f"AP{i}" for i in range(1, 9)), "F10.7_OBS", KIND)
_OBSERVED, _PREDICTED = ("OBS", "INT"), ("PRD", "PRM")
# Where the text has Kp, ap and the observed flux; its FORMAT line says the same.
_DATE, _KP, _SUM, _AP, _FLUX = slice(0, 10), (18, 3), slice(42, 46), (46, 4), (112, 118)
# How far the sum of Kp, in tenths, is from that of the rounded values at most.
_ROUNDING = 4


@reader
def read(source: Source) -> Iterator[Batch]:
    """Samples of `kp` (with ap, every three hours) and `f107` (daily)."""
    yield from samples_of(_days(source))


def _days(source: Source) -> Iterator[Line | Fault]:
    numbered = lines(source)
    for number, line in numbered:
        if line.startswith("DATE,"):
            yield from _days_of_csv(number, line, numbered)
            return
        if line.strip() == "BEGIN OBSERVED":
            yield from _days_of_text(numbered)
            return
    yield Fault(0, "the line BEGIN OBSERVED is missing")


def _days_of_text(numbered: Iterator[tuple[int, str]]) -> Iterator[Line | Fault]:
    for number, line in numbered:
        if line.startswith("END OBSERVED"):
            return
        if not line.strip() or line.startswith("#"):
            continue
        kp = [line[i : i + 3] for i in range(_KP[0], _SUM.start, _KP[1])]
        ap = [line[i : i + 4] for i in range(_AP[0], 78, _AP[1])]
        if not _adds_up(kp, line[_SUM]):
            yield Fault(number, f"the values of Kp do not add up to their sum: {shown(line[_SUM].strip())}")
            continue
        yield from _day(number, line[_DATE].replace(" ", "-"), kp, ap, line[slice(*_FLUX)])
    yield Fault(0, "the line END OBSERVED is missing; the file seems to be cut off")


def _days_of_csv(first: int, header: str, numbered: Iterator[tuple[int, str]]) -> Iterator[Line | Fault]:
    names = header.strip().split(",")
    missing = [name for name in CSV_COLUMNS if name not in names]
    if missing:
        yield Fault(first, f"no column {missing[0]}")
        return
    places = [names.index(name) for name in CSV_COLUMNS]
    for number, line in numbered:
        words = line.split(",")
        if not line.strip():
            continue
        if len(words) != len(names):
            yield Fault(number, f"{len(words)} values; expected {len(names)}")
            continue
        day, *values, flux, kind = (words[place] for place in places)
        if kind.strip() in _OBSERVED:
            yield from _day(number, day, values[:8], values[8:], flux)
        elif kind.strip() not in _PREDICTED:
            yield Fault(number, f"neither observed nor predicted: {shown(kind)}")


def _day(number: int, date: str, kp: Sequence[str], ap: Sequence[str], flux: str) -> Iterator[Line | Fault]:
    start = instant(date)
    if start is None or len(date.strip()) != 10:
        yield Fault(number, f"not a date: {shown(date)}")
        return
    try:
        thirds = tuple(_third(_number(text, 0, _MOST_TENTHS)) for text in kp)
        planetary = tuple(_number(text, *field_bounds("ap")) for text in ap)
        # A flux of 0 stands for none in old editions.
        observed = _number(flux, *field_bounds("f107")) or _NAN
    except ValueError as wrong:
        yield Fault(number, str(wrong))
        return
    yield Line(number, "kp", start, HOURS, {"kp": thirds, "ap": planetary})
    yield Line(number, "f107", start, DAY, {"f107": (observed,)})


def _adds_up(kp: Sequence[str], total: str) -> bool:
    """Whether the values of a day are those that their sum is of, as far as all are there."""
    try:
        tenths = [int(text) for text in kp]
        return abs(sum(tenths) - int(total)) <= _ROUNDING or not all(0 <= value <= _MOST_TENTHS for value in tenths)
    except ValueError:
        return True


def _third(tenths: float) -> float:
    return round(tenths * 3 / 10) / 3 if tenths == tenths else tenths


def _number(text: str, low: float, high: float) -> float:
    """A number in its range, NaN where there is none. Raises ValueError."""
    if not text.strip(" *"):
        return _NAN
    try:
        value = float(text if "_" not in text else "")
    except ValueError:
        value = _NAN
    if low <= value <= high:
        return value
    raise ValueError(f"not a number from {low} to {high}: {shown(text)}")
