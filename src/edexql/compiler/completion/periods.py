"""Periods: dates in use, today, years, the months of a year, the days of a month, and how a period goes on."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from edexql.compiler.completion.matching import Offer
from edexql.compiler.periods import Stretch, stretch
from edexql.language.diagnostics import Mistake
from edexql.language.lexer import COMPARISONS, KIND, NAME
from edexql.language.source import Span
from edexql.language.syntax import Bound
from edexql.model.period import Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.language.cursor import Place
    from edexql.language.lexer import Tokens
    from edexql.model.vocabulary import Vocabulary

# How many of the dates that are in use stand before all others.
_MOST_IN_USE = 20
_DATE, _MOMENT, _NUMBER, _PARAMETER = (KIND[name] for name in ("_DATE", "MOMENT", "NUMBER", "PARAMETER"))
_DOTS = KIND["DOTS"]
_KINDS = {_MOMENT: "moment", _NUMBER: "number", NAME: "name"}
_OF_PERIODS = COMPARISONS | {KIND[name] for name in ("_DATE", "MOMENT", "NUMBER", "CLOCK", "DOTS", "SLASH", "_COMMA")}
_LENGTHS = {"d": "day", "w": "week", "mo": "month", "y": "year", "h": "hour", "min": "minute", "s": "second"}
_ONWARDS = {"+7d": "seven days, the first included", "+1mo": "a month", "+1y": "a year"}


def periods(place: Place, vocabulary: Vocabulary, today: date) -> Iterator[Offer]:
    """What can stand in `date`: a date, or what follows one."""
    if place.fits("MOMENT"):
        launch = vocabulary.launch_day
        yield from _in_use(place, today)
        yield Offer("today", "period", f"{today}")
        for text, period in _calendar(place.typed, launch, today):
            yield Offer(text, "period", period)
    if place.last == _DOTS and _is_date(place, -2, today):
        for length, detail in _ONWARDS.items():
            yield Offer(length, "period", detail)
    if place.fits("AT_LEAST"):
        yield Offer(">= ", "period", "from there on")
        yield Offer("<= ", "period", "up to there")
        if place.typed:
            yield Offer("> ", "period", "after")
            yield Offer("< ", "period", "before")
            yield Offer("= ", "period", "exactly")
        yield Offer("..", "period", "from the launch up to a date")
    elif place.fits("DOTS") and _is_date(place, -1, today):
        yield Offer("..", "period", "up to a date, or open")
        yield Offer("..+7d", "period", _ONWARDS["+7d"])
    elif place.fits("DOTS") and _is_length(place):
        yield Offer("..", "period", "the time before a date")
    if place.fits("UNIT") and not _is_date(place, -1, today):
        for unit, name in _LENGTHS.items():
            yield Offer(unit, "unit", f"{name}s")


def _is_date(place: Place, at: int, today: date) -> bool:
    """Whether a token before the word names a day, month, year or second that exists; a parameter may."""
    tokens, index = place.tokens, place.read[at]
    kind = tokens.kinds[index]
    return kind == _PARAMETER or (kind in _KINDS and _stretch(_KINDS[kind], tokens.read(index), today) is not None)


def _is_length(place: Place) -> bool:
    """Whether a number and its unit stand before the word."""
    tokens = place.tokens
    number, unit = place.read[-2:]
    return tokens.kinds[number] == _NUMBER and tokens.read(unit).lower() in _LENGTHS


def _stretch(kind: str, text: str, today: date) -> Stretch | None:
    try:
        return stretch(Bound(kind, text, Span(0, 0)), today)
    except Mistake:
        return None


def _calendar(typed: str, launch: date, today: date) -> Iterator[tuple[str, str]]:
    """The years of the mission, the latest first; where one is typed, its months; where a month is, its days."""
    years = [f"{year:04}" for year in range(today.year, launch.year - 1, -1)]
    for year in years:
        yield year, f"{year}-01-01..{year}-12-31"
    if typed[:4] not in years:
        return
    for month in range(1, 13):
        first = date(int(typed[:4]), month, 1)
        last = first.replace(day=monthrange(first.year, month)[1])
        if last < launch or first > today:
            continue
        name = str(first)[:7]
        yield name, f"{first}..{last}"
        if typed.startswith(name):
            for day in range(1, last.day + 1):
                candidate = first.replace(day=day)
                if launch <= candidate <= today:
                    yield f"{candidate}", f"day {candidate.timetuple().tm_yday} of the year"


def _in_use(place: Place, today: date) -> Iterator[Offer]:
    """The dates that stand elsewhere in the text, the nearest before the cursor first."""
    dates = dict(_dates(place.tokens, place.word))
    before = [i for i in dates if i < place.word]
    seen: set[str] = set()
    for i in [*reversed(before), *(i for i in dates if i > place.word)]:
        text = dates[i]
        if text in seen or not text.startswith(place.typed):
            continue
        seen.add(text)
        seconds = _stretch(_KINDS[place.tokens.kinds[i]], text, today)
        if seconds is not None:
            yield Offer(text, "period", f"in use here: {Period(*seconds)}")
        if len(seen) == _MOST_IN_USE:
            return


def _dates(tokens: Tokens, word: int) -> Iterator[tuple[int, str]]:
    among_periods = False
    for i, kind in enumerate(tokens.kinds):
        if kind == _MOMENT or (kind == _NUMBER and among_periods and tokens.ends[i] - tokens.starts[i] == 4):
            if i != word:
                yield i, tokens.read(i)
        elif kind == _DATE:
            among_periods = True
        elif kind not in _OF_PERIODS and i != word:
            among_periods = False
