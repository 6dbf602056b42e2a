"""What the names of files of the archive say: the times, the version, the product and the instrument.

Two forms of times are known, from real names: `..._YYYYMMDD_HHMMSS_HHMMSS_...`, where an end clock before the start
clock means the next day (inferred), and `..._YYYYMMDDTHHMMSS_YYYYMMDDTHHMMSS_...`. A vocabulary may have patterns of
its own (`NameForms`). Their groups are `day` and `end_day`, YYYYMMDD or the year and the day of the year, and `start`
and `end`, HHMMSS or HHMM; without an `end_day` a file ends on the day on which it begins, or on the next where its end
clock is before its start clock; without a clock it begins or ends with the day.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from edexql.model.mission import NameForms
from edexql.model.period import DAY, Period, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.model.vocabulary import Vocabulary


_DATED = re.compile(r"(?<!\d)(\d{8})T(\d{6})_(\d{8})T(\d{6})(?!\d)")
_CLOCKED = re.compile(r"(?<!\d)(\d{8})_(\d{6})_(\d{6})(?!\d)")


KNOWN_FORMS = NameForms()


def span_of_name(name: str, forms: NameForms = KNOWN_FORMS) -> Period | None:
    """The period that a file covers by its name, its last second included; None where the name has no times."""
    for pattern in forms.times:
        match = pattern.search(name)
        if match is not None:
            return _by_groups(match)
    match = _DATED.search(name)
    if match:
        first, start, last, end = match.groups()
        return _period(_second(first, start), _second(last, end))
    match = _CLOCKED.search(name)
    if match is None:
        return None
    day, start, end = match.groups()
    return _period(_second(day, start), _second(day, end), over_midnight=True)


def _by_groups(match: re.Match[str]) -> Period | None:
    """The period that the groups of a vocabulary's own pattern have; None where they have no day or clock."""
    groups = {name: text for name, text in match.groupdict().items() if text}
    day = _calendar_day(groups.get("day", ""))
    last = _calendar_day(groups["end_day"]) if "end_day" in groups else day
    start, end = _clock(groups.get("start", "000000")), _clock(groups.get("end", "235959"))
    if day is None or last is None or start is None or end is None:
        return None
    return _period(_second(day, start), _second(last, end), over_midnight="end_day" not in groups)


def _calendar_day(text: str) -> str | None:
    """A day as YYYYMMDD, of that or of the year and the day of the year."""
    digits = re.sub(r"\D", "", text)
    if len(digits) == len("2014123") and "001" <= digits[4:] <= "366":
        try:
            return f"{date(int(digits[:4]), 1, 1) + timedelta(days=int(digits[4:]) - 1):%Y%m%d}"
        except ValueError:
            return None
    return digits if len(digits) == len("20140503") else None


def _clock(text: str) -> str | None:
    """A clock time as HHMMSS, of that or of HHMM."""
    digits = re.sub(r"\D", "", text)
    return f"{digits}00" if len(digits) == len("0659") else digits if len(digits) == len("065959") else None


def _period(start: int | None, end: int | None, *, over_midnight: bool = False) -> Period | None:
    if start is None or end is None:
        return None
    if end < start and over_midnight:
        end += DAY
    return Period(start, end + 1) if end >= start else None


def _second(day: str, clock: str) -> int | None:
    hour, minute, second = int(clock[:2]), int(clock[2:4]), int(clock[4:])
    if hour > 23 or minute > 59 or second > 60:
        return None
    start = _midnight(day)
    return None if start is None else start + hour * 3600 + minute * 60 + min(second, 59)


@lru_cache(maxsize=8192)
def _midnight(day: str) -> int | None:
    try:
        return midnight(date(int(day[:4]), int(day[4:6]), int(day[6:])))
    except ValueError:
        return None


_VERSION = re.compile(r"_(?:v|V_?)?(\d{1,3})(?:[._](\d{1,3}))?(?:[._](\d{1,3}))?(?=\.|$)")


_NO_DIGITS = re.compile(r"[^0-9]")


def version_of_name(name: str, forms: NameForms = KNOWN_FORMS) -> tuple[str, tuple[int, ...]]:
    """The name of a file without its version, and the version: `major.minor.reprocess` now, `vN` or `vN.m.r` earlier.

    Files of one name but for the version are versions of one another; () where a name has none. The parts of a version
    by a vocabulary's own pattern are its groups, the whole of it where it has none.

    >>> version_of_name("RRI_20160418_222759_223156_lv1_12.0.0.h5")
    ('RRI_20160418_222759_223156_lv1.h5', (12, 0, 0))
    """
    match = (forms.version or _VERSION).search(name)
    if match is None:
        return name, ()
    stem = name[: match.start()] + name[match.end() :]
    if forms.version is None:
        return stem, tuple(int(part) for part in match.groups() if part is not None)
    parts = match.groups() or (match[0],)
    return stem, tuple(int(digits) for part in parts if (digits := _NO_DIGITS.sub("", part or "")))


def product_classifier(vocabulary: Vocabulary) -> Callable[[str], tuple[str | None, str | None]]:
    """A function from a file name to its product and its instrument, None where the name has neither.

    The patterns are those of the vocabulary's products (`names`); an instrument is identified by the letters
    that a name begins with.
    """
    patterns = [
        (re.compile(entry["names"]), name, entry.get("instrument"))
        for name, entry in vocabulary.products.items()
        if entry.get("names")
    ]
    instruments = set(vocabulary.instruments)

    def of_name(name: str) -> tuple[str | None, str | None]:
        for pattern, product, instrument in patterns:
            if pattern.fullmatch(name):
                return product, instrument
        prefix = name.partition("_")[0].lower()
        return None, prefix if prefix in instruments else None

    return of_name
