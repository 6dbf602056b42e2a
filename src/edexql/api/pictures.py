"""Pictures in Python: of a query on a catalogue, and of when instruments had data."""

from __future__ import annotations

from edexql.api.engines import availability as availability_of
from edexql.api.engines import evidence_with_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from edexql.compiler.request import Request
    from edexql.engines.sources import Engine
    from edexql.model.answer import Answer
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary
    from edexql.pictures.picture import Picture

# What to do where a picture lacks something (see `edexql.pictures.model`).
_ADVICE = {
    "times": "pass `start` and `end`, or name other dates in the query",
    "fewer times": "pass `start` and `end` that are nearer, or `match` or `file`",
}


def timeline(
    query: str | bytes | Query | Request | Answer,
    *,
    catalogue: str | None = None,
    engine: Engine | None = None,
    start: str | int | datetime | None = None,
    end: str | int | datetime | None = None,
    file: str | None = None,
    match: int | None = None,
    width: float = 1000,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Picture:
    """Draw when a catalogue has files of the products of a query, and when these match, a row for each instrument.

    Of an answer it is when its files exist, and when they match, as a whole where it does not say. Without times, it
    is of all dates of the query, or of all files. Arguments and errors as for `track`.
    """
    return _picture(
        "timeline", query, (catalogue, engine), (start, end), file, match, width, today, parameters, vocabulary
    )


def track(
    query: str | bytes | Query | Request | Answer,
    *,
    catalogue: str | None = None,
    engine: Engine | None = None,
    start: str | int | datetime | None = None,
    end: str | int | datetime | None = None,
    file: str | None = None,
    match: int | None = None,
    width: float = 1000,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Picture:
    """Draw the ground track on a map, with what matches in colour, night, stations, and the source of the orbit.

    `query` is a query, or an answer, whose files are shown; an answer of eDEx has no times, so its files are shown
    as a whole. `catalogue`, `today`, `parameters` and `vocabulary` are as for `evaluate`, `engine` as for `influence`.
    `start` and `end` are texts as `date` takes them (`2019-05-01`, which as an end is over with that day;
    `2019-05-01T15:00`), UTC seconds since 1970, or datetimes, those without a zone in UTC; `file` is the name of a file
    of the catalogue. `match=2` shows the second time that matches, within `start` and `end` where they are given.
    Without them, the picture is of the dates of the query, if they are one day at the most, else of the first time
    that matches. `width` is in points.

    Raises what `evaluate` raises, PictureError (an EdexqlError) where there is nothing to draw or no such match, and
    ValueError for times that are none and for `match` with `file`.
    """
    return _picture(
        "track", query, (catalogue, engine), (start, end), file, match, width, today, parameters, vocabulary
    )


def dial(
    query: str | bytes | Query | Request | Answer,
    *,
    catalogue: str | None = None,
    engine: Engine | None = None,
    start: str | int | datetime | None = None,
    end: str | int | datetime | None = None,
    file: str | None = None,
    match: int | None = None,
    width: float = 1000,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Picture:
    """Draw magnetic latitude against magnetic local time, both hemispheres, noon at the top, dusk at the left.

    The magnetic system is that of the first magnetic field that the query names, else that of the ephemeris. Arguments
    and errors as for `track`.
    """
    return _picture("dial", query, (catalogue, engine), (start, end), file, match, width, today, parameters, vocabulary)


def panels(
    query: str | bytes | Query | Request | Answer,
    *,
    catalogue: str | None = None,
    engine: Engine | None = None,
    start: str | int | datetime | None = None,
    end: str | int | datetime | None = None,
    file: str | None = None,
    match: int | None = None,
    width: float = 1000,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Picture:
    """Draw Kp, the fields of the query and the orbit over time, with rows of position numbers below.

    Arguments and errors as for `track`.

    >>> import edexql
    >>> picture = edexql.plot.panels("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3")
    >>> picture.title, picture.svg()[:4]
    ('CASSIOPE: kp', '<svg')
    """
    return _picture(
        "panels", query, (catalogue, engine), (start, end), file, match, width, today, parameters, vocabulary
    )


def availability(
    days: str | Iterable[date],
    *,
    local: bool = False,
    catalogue: str | None = None,
    archive: str | None = None,
    width: float = 1000,
    today: date | None = None,
    vocabulary: Vocabulary | None = None,
) -> Picture:
    """Draw when instruments had data on some days; arguments and errors as for `edexql.availability`."""
    from edexql.model.vocabulary import load
    from edexql.pictures.picture import Picture
    from edexql.pictures.timeline import of_availability

    known = availability_of(days, local=local, catalogue=catalogue, archive=archive, today=today, vocabulary=vocabulary)
    title = f"When the instruments{(vocabulary or load()).mission.of} had data"
    return Picture("availability", known.start, known.end, of_availability(known, title, width))


def _picture(
    kind: str,
    query: str | bytes | Query | Request | Answer,
    asked: tuple[str | None, Engine | None],
    span: tuple[str | int | datetime | None, str | int | datetime | None],
    file: str | None,
    match: int | None,
    width: float,
    today: date | None,
    parameters: Mapping[str, str] | None,
    vocabulary: Vocabulary | None,
) -> Picture:
    from edexql.compiler.moments import end_second, first_second
    from edexql.model.answer import Answer
    from edexql.model.query import Query
    from edexql.pictures.kinds import picture
    from edexql.pictures.model import PictureError

    catalogue, engine = asked
    compiled, evidence = evidence_with_query(
        Query() if isinstance(query, Answer) else query, catalogue, engine, today, parameters, vocabulary
    )
    what = query if isinstance(query, Answer) else compiled
    first, last = span
    start = first_second(first, today, vocabulary) if isinstance(first, str) else _second(first)
    end = end_second(last, today, vocabulary) if isinstance(last, str) else _second(last)
    if file is not None and match is not None:
        raise ValueError("`file` shows the times of a file: do not use `match`")
    try:
        return picture(kind, what, evidence, (start, end), file=file, match=match, width=width)
    except PictureError as error:
        raise error.advised(_ADVICE) from error


def _second(time: int | datetime | None) -> int | None:
    """UTC seconds since 1970."""
    from datetime import datetime, timezone

    if isinstance(time, datetime):
        return int((time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp())
    return time
