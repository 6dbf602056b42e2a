"""Kp, ap, F10.7 and the Hpo indices as GFZ Potsdam gives them, https://kp.gfz.de/app/files/.

The columns are those that the files' own headers and GFZ's format descriptions name:

- `Kp_ap_Ap_SN_F107_since_1932.txt`, and the files of a year or of the last days: a line a day, with eight values of Kp
  and ap, each of the three hours that begin at 0, 3, ... 21 h, and F10.7, observed, which is taken, and adjusted;
- `Kp_ap_since_1932.txt`: a line every three hours, with the hours at its beginning and middle;
- `Hp30_ap30_complete_series.txt` and `Hp60_ap60_complete_series.txt`: the same every 30 and 60 minutes. `ap30` and
  `ap60` are left out.

-1 stands for none. Kp and Hpo are thirds, written with three decimals; Hpo have no upper limit. The number of the day
since 1932 has to agree with the date. Kp by GFZ, CC BY 4.0, cite Matzka et al. 2021, https://doi.org/10.1029/2020SW002641;
Hpo, cite Yamazaki et al. 2022, https://doi.org/10.1029/2022GL098860.
"""

from __future__ import annotations

from functools import lru_cache

from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.series import Line, field_bounds, samples_of, series_of
from edexql.catalogue.ingest.source import lines, reader, shown
from edexql.catalogue.ingest.times import instant
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch, Note
    from edexql.catalogue.ingest.source import Source

HOURS = 10800
# 1932-01-01, from which days are counted.
_FIRST_DAY = -1199232000
_DAILY, _TIMED = 28, 10
# How far the middle of an interval, in hours, is from its beginning: the index, and the seconds of an interval.
_KINDS = {1.5: ("kp", HOURS), 0.25: ("hp30", 1800), 0.5: ("hp60", 3600)}
_NAN = float("nan")


@reader
def read(source: Source) -> Iterator[Batch]:
    """Samples of `kp` and `ap`, of `f107`, or of `hp30` or `hp60`."""
    yield from samples_of(_lines(source))


def _lines(source: Source) -> Iterator[Line | Fault | Note]:
    for number, line in lines(source):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            if len(words) == _DAILY:
                yield from _day(number, words)
            elif len(words) == _TIMED:
                yield _interval(number, words)
            else:
                yield Fault(number, f"{len(words)} values; expected {_DAILY} or {_TIMED}")
        except ValueError as wrong:
            yield Fault(number, str(wrong))


def _day(number: int, words: list[str]) -> Iterator[Line]:
    start = _start("-".join(words[:3]), words[3])
    kp = tuple(_third("kp", text) for text in words[7:15])
    ap = tuple(_field_number(text, "ap") for text in words[15:23])
    yield Line(number, "kp", start, HOURS, {"kp": kp, "ap": ap})
    yield Line(number, "f107", start, DAY, {"f107": (_field_number(words[25], "f107"),)})


def _interval(number: int, words: list[str]) -> Line:
    hour, middle = _number(words[3], 24), _number(words[4], 24)
    name, holds = _KINDS.get(middle - hour, ("", 1))
    seconds = hour * 3600
    if not name or seconds % holds or seconds >= DAY:
        raise ValueError(f"not the hours of an interval: {shown(f'{words[3]} {words[4]}')}")
    start = _start("-".join(words[:3]), words[5].partition(".")[0]) + int(seconds)
    value = _third(name, words[7])
    if name == "kp":
        return Line(number, "kp", start, holds, {"kp": (value,), "ap": (_field_number(words[8], "ap"),)})
    return Line(number, series_of(name, holds), start, holds, {name: (value,)})


@lru_cache(maxsize=16)
def _start(date: str, days: str) -> int:
    """The first second of a day, by its date and its number since 1932. Raises ValueError."""
    start = instant(date)
    if start is None:
        raise ValueError(f"not a date: {shown(date)}")
    if days != str((start - _FIRST_DAY) // DAY):
        raise ValueError(f"day {shown(days)} since 1932 is not {date}")
    return start


def _third(name: str, text: str) -> float:
    """A value in thirds, NaN where there is none. Raises ValueError."""
    value = _field_number(text, name)
    if value != value:
        return value
    thirds = round(value * 3)
    if abs(value * 3 - thirds) > 0.01:
        raise ValueError(f"not a multiple of 1/3: {shown(text)}")
    return thirds / 3


def _field_number(text: str, field: str) -> float:
    """A value of a field, NaN where there is none. Raises ValueError."""
    return _number(text, field_bounds(field)[1])


def _number(text: str, high: float) -> float:
    """A number from 0 on, NaN where there is none. Raises ValueError."""
    try:
        value = float(text if "_" not in text else "") if text.strip("*") else _NAN
    except ValueError:
        value = float("inf")
    if value == -1 or (value != value and not text.strip("*")):
        return _NAN
    if 0 <= value <= high:
        return value
    raise ValueError(f"not a number from 0 to {high:g}: {shown(text)}")
