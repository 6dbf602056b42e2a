"""When each instrument had data, read from the archive's availability text day by day.

The files lie in the folders of the days; eDEx does not have them. Of days without a file, and of instruments whose
lines cannot be read, there is no information, which is not the same as no data.
"""

from __future__ import annotations

import re

from edexql.base.record import Record
from edexql.client.archive.folders import Unread, walk
from edexql.client.archive.request import get
from edexql.client.endpoints import NoAddressError, archive
from edexql.client.errors import ServiceError
from edexql.formats.availability import instruments_of, report
from edexql.model import timeset
from edexql.model.availability import Availability, Line
from edexql.model.filename import KNOWN_FORMS, version_of_name
from edexql.model.period import DAY, day_of, midnight
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    import requests

    from edexql.formats.pages.page import Entry
    from edexql.model.mission import NameForms
    from edexql.model.vocabulary import Vocabulary

# A day of eight instruments has some kilobytes.
MOST_BYTES = 8 * 2**20
_MOST_DAYS = 3700


class DayText(Record):
    """What one file tells: the spans of each instrument, the days that it is about, and its doubtful lines."""

    spans: tuple[tuple[str, int, int], ...]
    days: range
    doubtful: frozenset[str]
    doubts: tuple[str, ...]


def availability_of(
    days: Iterable[date],
    session: requests.Session,
    base: str | None = None,
    progress: Callable[[str], object] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Availability:
    """The availability of some days, from the newest file of each.

    `base` is the address of the archive, that of the vocabulary where None. `progress` is called with the path of each
    folder, and the name of each file, before it is asked for. Raises ServiceError for no days, or more than about ten
    years of them, and where the archive cannot be read at all, and NoAddressError where the mission has no such texts.
    """
    vocabulary = vocabulary or load()
    mission = vocabulary.mission
    if mission.availability is None:
        raise NoAddressError(
            f"the archive has no texts of when the instruments{mission.of} had data: ask a catalogue with --local"
        )
    named, base = re.compile(mission.availability), base or archive(mission)
    wanted = sorted({midnight(day) for day in days})
    if not 0 < len(wanted) <= _MOST_DAYS:
        raise ServiceError(f"availability is read for 1 to {_MOST_DAYS:,} days, not for {len(wanted):,}", base)
    files: list[Entry] = []
    doubts: list[str] = []
    days_to_read = [day_of(day) for day in wanted]
    for item in walk(days_to_read, (), (), session, base, vocabulary, progress, daily=True):
        if isinstance(item, Unread):
            doubts.append(f"{item.url}: {item.reason}")
        elif named.fullmatch(item.entry.name):
            files.append(item.entry)
    texts, sources = [], []
    for file in newest(files, vocabulary.name_forms):
        if progress is not None:
            progress(file.name)
        try:
            texts.append(read(get(file.url, session, MOST_BYTES).body, file.name, file.url, vocabulary))
        except ServiceError as error:
            doubts.append(str(error))
            continue
        sources.append(file.url)
        doubts += [f"{file.name}, {doubt}" for doubt in texts[-1].doubts]
    return Availability(
        wanted[0], wanted[-1] + DAY, _lines(texts, wanted, instruments_of(vocabulary)), tuple(sources), tuple(doubts)
    )


def read(body: bytes, name: str, url: str, vocabulary: Vocabulary) -> DayText:
    """What an availability file tells. Raises ServiceError for what is no such file."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    parsed = report(enumerate((line.rstrip("\r") for line in text.split("\n")), 1), name, vocabulary)
    if not parsed.rows and not parsed.certain:
        from edexql.formats.signatures import title_of

        words = title_of(re.sub(rb"&#[0-9]{9,};?", b"?", body[: 2**16]))
        raise ServiceError(f"{url} is not an availability text{': ' + words if words else ''}", url)
    doubts = [f"line {one.line}: {one.message}" if one.line else one.message for one in parsed.wrong]
    if len(doubts) > 100:
        doubts[100:] = [f"and {len(doubts) - 100:,} more lines that cannot be read"]
    spans = tuple((row.instrument, row.start, row.end) for row in parsed.rows)
    doubtful = frozenset(instruments_of(vocabulary)) - frozenset(parsed.certain)
    return DayText(spans, parsed.days, doubtful, tuple(doubts))


def newest(files: Sequence[Entry], forms: NameForms = KNOWN_FORMS) -> list[Entry]:
    """The newest version of each file, in their order."""
    best: dict[str, tuple[tuple[int, ...], Entry]] = {}
    for file in files:
        stem, version = version_of_name(file.name, forms)
        if stem not in best or version > best[stem][0]:
            best[stem] = version, file
    return [file for _, file in best.values()]


def _lines(texts: Sequence[DayText], wanted: Sequence[int], instruments: Sequence[str]) -> tuple[Line, ...]:
    requested = timeset.union([(day, day + DAY) for day in wanted])
    lines = []
    for instrument in instruments:
        spans = [(start, end) for one in texts for name, start, end in one.spans if name == instrument]
        days = [
            (one.days.start * DAY, one.days.stop * DAY) for one in texts if one.days and instrument not in one.doubtful
        ]
        on = timeset.intersection((timeset.union(spans), requested))
        known = timeset.intersection((timeset.union([*days, *spans]), requested))
        lines.append(Line(instrument, on, known))
    return tuple(lines)
