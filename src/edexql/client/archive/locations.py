"""Where the files of the archive lie: `YYYY/MM/DD/` for daily products, `YYYY/MM/DD/INSTR/` for an instrument's.

The tree is documented; that a file whose name tells a day and an instrument lies there is concluded from the name,
and only the archive knows. A session over midnight is taken to lie with the day on which it begins (inferred).
"""

from __future__ import annotations

import re

from edexql.base.files.names import acceptable, quoted
from edexql.base.record import Record
from edexql.base.text import shown
from edexql.client.endpoints import archive
from edexql.client.errors import ServiceError
from edexql.formats.availability import days_of_name, instruments_of
from edexql.language.literals import NoSuchDay, by_calendar
from edexql.model.filename import product_classifier, span_of_name
from edexql.model.period import DAY, day_of
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from edexql.model.vocabulary import Vocabulary

_SAFE = re.compile(r"https?://[^\s/?#]+[^\s?#]*", re.IGNORECASE)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?(?![0-9])")
_DAY_OF_YEAR = re.compile(r"\d{4}[-/]?\d{3}(?=$|/)")
_MOST_STEPS = 16


# More days than are ever asked for at once.
MOST_DAYS = 3700


def days(text: str, today: date | None = None, vocabulary: Vocabulary | None = None) -> list[date]:
    """The days of periods as `date` takes them: `2019-05-01..2019-05-03`, `2019-05`, `2019-05-01, 2020-05-01`.

    Open periods begin with the launch and end with `today`, the day it is where None. Raises QueryError for what
    is no period, ValueError for something beside periods and for more days than MOST_DAYS.
    """
    from edexql.compiler.request import Setting, query_of
    from edexql.compiler.request import today as now
    from edexql.language.source import Source
    from edexql.model.period import Period, closed, midnight, to_days

    last = today or now()
    query = query_of(Source(f"date {text}", "<days>"), Setting(vocabulary, last))
    periods = [one.value for one in query.constraints if isinstance(one.value, Period)]
    if len(periods) < len(query.constraints) or query.products or query.logic or query.email or query.extras:
        raise ValueError("write days as `date` takes them: 2019-05-01..2019-05-03, 2019-05 or 2019-05-01")
    first = midnight((vocabulary or load()).launch_day)
    spans = [closed(period, first, midnight(last) + DAY) for period in periods]
    bounds = [(midnight(a), midnight(b)) for a, b in to_days(span for span in spans if span.start < span.end)]  # type: ignore[operator]  # they are closed
    if sum(b - a for a, b in bounds) // DAY >= MOST_DAYS:
        raise ValueError(f"more than {MOST_DAYS:,} days: name fewer")
    return [day_of(second) for second in sorted({second for a, b in bounds for second in range(a, b + DAY, DAY)})]


class Place(Record):
    """A folder of the tree: a day, and an instrument in capitals or None for the day's own folder."""

    day: date
    instrument: str | None

    def __str__(self) -> str:
        """The path below the archive's address, without slashes round it."""
        path = str(self.day).replace("-", "/")
        return path if self.instrument is None else f"{path}/{self.instrument}"


class Located(Record):
    """A file, the folder in which it should lie by its name, and its address there."""

    name: str
    place: Place
    url: str


class Unlocated(Record):
    """A file whose place is unknown, and why."""

    name: str
    reason: str


def place_of(name: str, vocabulary: Vocabulary | None = None) -> Place | None:
    """The folder in which a file should lie; None where its name has no date, or no instrument of the vocabulary."""
    place = _placer(vocabulary or load())(name)
    return place if isinstance(place, Place) else None


def spacecraft_of(vocabulary: Vocabulary) -> tuple[str, ...]:
    """What the names of daily products begin with: they are of a spacecraft, not of an instrument."""
    return tuple(one.prefix for one in vocabulary.satellites.values() if one.prefix)


def located(
    names: Iterable[str], base: str | None = None, vocabulary: Vocabulary | None = None
) -> tuple[Located | Unlocated, ...]:
    """Where each of some files should lie in the archive at `base`, in their order.

    The vocabulary is that of the package, and `base` the address that it has, where they are None. Raises ServiceError
    for a `base` that is no address.
    """
    from edexql.client.download.destination import name_problem

    base = checked_base(base)
    placed = _placer(vocabulary or load())
    results: list[Located | Unlocated] = []
    for name in names:
        wrong = name_problem(name)
        place = placed(name) if wrong is None else f"it cannot be the name of a file: {wrong}"
        if isinstance(place, Place):
            results.append(Located(name, place, address(str(place), base) + quoted(name)))
        else:
            results.append(Unlocated(name, place))
    return tuple(results)


def address(path: str, base: str | None = None) -> str:
    """The address of a folder, given by its path below the archive's address: `2019/05/01/FAI`.

    It ends in a slash. Raises ServiceError for a path that leads out of the archive or is none.
    """
    base = checked_base(base)
    steps = [step for step in path.strip("/").split("/") if path.strip("/")]
    if len(steps) > _MOST_STEPS or not all(_is_step(step) for step in steps):
        raise ServiceError(f"{shown(path)} is not a folder of the archive: write it as 2019/05/01/INSTRUMENT", base)
    return "/".join([base, *map(quoted, steps), ""])


def path_of(text: str, base: str, vocabulary: Vocabulary | None = None) -> str:
    """The path of a folder, of what people write for it: its address, `2019-05-01`, `2019-121`, `2019/121/fai`."""
    steps = text.removeprefix(base).strip("/")
    if match := _DAY_OF_YEAR.match(steps):
        try:
            steps = (by_calendar(match[0].replace("/", "-")) or match[0]) + steps[match.end() :]
        except NoSuchDay as error:
            raise ServiceError(f"{error}: {error.help}", base) from None
    steps = _DAY.sub(lambda day: "/".join(filter(None, day.groups())), steps, count=1)
    first, slash, last = steps.rpartition("/")
    return f"{first}{slash}{last.upper()}" if last.lower() in (vocabulary or load()).instruments else steps


def checked_base(base: str | None) -> str:
    """The archive's address without a slash at its end, that of the package's vocabulary where None.

    Raises ServiceError for what is no address.
    """
    base = archive() if base is None else base
    if not _SAFE.fullmatch(base) or not base.isprintable():
        raise ServiceError(f"{shown(base)} is not an address of an archive: give one that begins with https://", base)
    return base.rstrip("/")


def _placer(vocabulary: Vocabulary) -> Callable[[str], Place | str]:
    """A function from the name of a file to its folder, or to why that is unknown."""
    spacecraft, instruments = spacecraft_of(vocabulary), instruments_of(vocabulary)
    classify, of, forms = product_classifier(vocabulary), vocabulary.mission.of, vocabulary.name_forms

    def placed(name: str) -> Place | str:
        prefix = name.partition("_")[0]
        product, instrument = classify(name)
        if product is None:
            if prefix not in instruments and prefix not in spacecraft:
                return f"its name does not begin with an instrument{of}"
            instrument = None if prefix in spacecraft else prefix
        period = span_of_name(name, forms)
        if period is not None and period.start is not None:
            day = period.start // DAY
        else:
            days = days_of_name(name, forms)
            if days is None:
                return "its name has no date"
            day = days.start
        return Place(day_of(day * DAY), None if instrument is None else instrument.upper())

    return placed


def _is_step(step: str) -> bool:
    return acceptable(step) and len(step) <= 255
