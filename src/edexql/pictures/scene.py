"""What a picture of a query shows: from when to when, when files exist and match, of which satellite, and why then."""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.base.units import duration
from edexql.catalogue import intervals
from edexql.catalogue.evaluation import times as times_of_query
from edexql.catalogue.files import candidates, file_named
from edexql.catalogue.notes import notes, notes_on_field
from edexql.catalogue.satellites import parts
from edexql.catalogue.timeline import dates_of
from edexql.model.answer import MATCHED, Answer
from edexql.model.period import DAY, moment
from edexql.model.query import Query
from edexql.pictures.model import PictureError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.answer import File
    from edexql.model.vocabulary import Vocabulary

    # In UTC seconds since 1970; None is open.
    Span = tuple[int | None, int | None]

MINUTE = 60
# From sample to sample, seconds: every longer step of dots and times is a multiple of it.
_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10800, 21600)


class Subject(Record):
    """What is seen of one satellite: its catalogue, and when files exist, surely match, and possibly match.

    `title` is the satellite's name where there are several. Without files in the catalogue, the query alone counts.
    """

    title: str
    catalogue: Catalogue
    files: Intervals
    yes: Intervals
    may: Intervals


class Scene(Record):
    """What a picture shows: `[start, end)` in UTC seconds since 1970, the subjects, and remarks on both.

    `query` is that of the picture, without constraints where it is one of files that an answer lists.
    """

    start: int
    end: int
    subjects: tuple[Subject, ...]
    query: Query
    vocabulary: Vocabulary
    remarks: tuple[str, ...]

    @property
    def period(self) -> str:
        """From when to when, for people."""
        first, last = moment(self.start), moment(self.end)
        return f"{first} to {last[11:] if first[:10] == last[:10] else last}"

    @property
    def of(self) -> str:
        """ " of " and the satellites, where the vocabulary has their names."""
        titles = [subject.title for subject in self.subjects if subject.title]
        if not titles and len(self.vocabulary.satellites) == 1:
            titles = [one.title for one in self.vocabulary.satellites.values()]
        return f" of {' and '.join(titles)}" if titles else ""


def scene(
    what: Query | Answer,
    catalogue: Catalogue,
    vocabulary: Vocabulary,
    span: Span = (None, None),
    file: str | None = None,
    margin: int = 0,
) -> Scene:
    """What a picture of a query, or of the files of an answer, shows.

    It is of `span`, or else of the span of a `file`, or else of the dates of the query where they are a day at the
    most, or else of the first time that matches, that may match, or that has files. `margin` is how many seconds are
    shown before and after a file and such a time. Raises PictureError where there is nothing to show.
    """
    if catalogue.empty:
        raise PictureError("the catalogue is empty: `edexql catalogue ingest` ingests files and folders")
    query = what if isinstance(what, Query) else Query()
    if file is not None:
        start, end, remark = _of_file(file, catalogue, margin)
    elif span != (None, None):
        start, end, remark = *_of_span(span), ""
    else:
        named = dates_of(query)
        if named and named[1] - named[0] <= DAY:
            start, end, remark = *named, ""
        else:
            start, end, remark = _first(_subjects(what, catalogue, vocabulary, named), margin)
    return Scene(
        start,
        end,
        tuple(_subjects(what, catalogue, vocabulary, (start, end))),
        query,
        vocabulary,
        (remark,) if remark else (),
    )


def sources(keys: Iterable[str], scene: Scene) -> tuple[str, ...]:
    """What fields come from at the times shown, in words."""
    window = intervals.of([(scene.start, scene.end)])
    texts: dict[str, list[str]] = {}
    for subject in scene.subjects:
        before = f"{subject.title}: " if subject.title else ""
        for key in keys:
            for note in notes_on_field(key, subject.catalogue, scene.vocabulary, window):
                texts.setdefault(f"{before}{note.text}", []).append(note.subject)
    return tuple(f"{', '.join(dict.fromkeys(names))}: {text}" for text, names in texts.items())


def remarks_on_query(scene: Scene, shown: Iterable[str] = ()) -> tuple[str, ...]:
    """What the constraints of the query rest on at the times shown, those on fields that are `shown` left out."""
    window = intervals.of([(scene.start, scene.end)])
    left = [one for one in scene.query.constraints if one.key not in set(shown)]
    each = [notes(left, subject.catalogue, scene.vocabulary, window) for subject in scene.subjects]
    return tuple(dict.fromkeys(str(note) for notes in each for note in notes))


def grid(scene: Scene, subject: Subject, most: int, least: int = 1) -> NDArray[np.int64]:
    """Seconds at equal steps through the time shown, with both its ends and those of what exists and matches."""
    wanted = max(least, (scene.end - scene.start) / most)
    step = next((step for step in _STEPS if step >= wanted), _STEPS[-1])
    steps = np.arange(-(-scene.start // step) * step, scene.end + 1, step)
    edges = [(one.starts, one.ends) for one in (subject.files, subject.yes, subject.may)]
    ends = [np.array([scene.start, scene.end])]
    return np.unique(np.concatenate([steps, *(part for pair in edges for part in pair), *ends])).astype(np.int64)


def matched(scene: Scene) -> str:
    """How long something matches and exists, in words."""
    yes = sum(subject.yes.seconds for subject in scene.subjects)
    unknown = sum((subject.may - subject.yes).seconds for subject in scene.subjects)
    if not any(len(subject.files) or not subject.catalogue.files for subject in scene.subjects):
        return "no files"
    words = f"matches for {duration(yes)}" if yes else "nothing matches"
    return f"{words}, no information for {duration(unknown)}" if unknown else words


def _subjects(
    what: Query | Answer, catalogue: Catalogue, vocabulary: Vocabulary, span: tuple[int, int] | None
) -> list[Subject]:
    window = intervals.ALWAYS if span is None else intervals.of([span])
    if isinstance(what, Answer):
        return _of_answer(what, catalogue, vocabulary, window)
    subjects = []
    for part in parts(what, catalogue, vocabulary):
        files = candidates(part.query.products, part.catalogue).covered() & window
        # Of a catalogue without files the query alone is shown.
        where = files if catalogue.files else window
        answer = times_of_query(part.query, part.catalogue, vocabulary, where)
        subjects.append(Subject(part.title, part.catalogue, files, answer.yes & where, answer.may & where))
    return subjects


def _of_answer(answer: Answer, catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals) -> list[Subject]:
    """The files that an answer lists; when they match, where it says so, else all of their times."""
    everything = [*answer.files, *answer.unknown]
    products = tuple(dict.fromkeys(file.product for file in everything if file.product is not None))
    subjects = []
    for part in parts(Query(products), catalogue, vocabulary):
        own = [file for file in everything if not part.title or file.product in part.query.products]
        files = _spans(own) & window
        yes = _spans([file for file in own if file.state == MATCHED]) & window
        may = files
        if answer.times is not None:
            yes, may = intervals.of(answer.times.yes) & yes, intervals.of(answer.times.may) & files
        subjects.append(Subject(part.title, part.catalogue, files, yes, yes | may))
    return subjects


def _spans(files: Sequence[File]) -> Intervals:
    return intervals.of((file.start, file.end) for file in files if file.start is not None and file.end is not None)


def _of_file(name: str, catalogue: Catalogue, margin: int) -> tuple[int, int, str]:
    file = file_named(name, catalogue)
    if file is None:
        raise PictureError(f"the catalogue has no file {name}: `edexql catalogue files` lists those that it has")
    if file.start is None or file.end is None:
        raise PictureError(f"the name of {name} has no times: name a start and an end")
    return *_with_margin(file.start, file.end, margin), f"file {name}"


def _of_span(span: Span) -> tuple[int, int]:
    """A span with the side that is open closed a day away."""
    start, end = span
    if start is None:
        assert end is not None
        start = end - DAY
    if end is None:
        end = start + DAY
    if start >= end:
        raise PictureError(f"there is no time from {moment(start)} to {moment(end)}: exchange them")
    return start, end


def _first(subjects: Sequence[Subject], margin: int) -> tuple[int, int, str]:
    """The first time that matches, or else may match, or else has files."""
    for name, each in (
        ("match", [subject.yes for subject in subjects]),
        ("may match", [subject.may - subject.yes for subject in subjects]),
        ("have files", [subject.files for subject in subjects]),
    ):
        every = intervals.union(each)
        if len(every) and every.starts[0] > intervals.BEGINNING:
            start, end = int(every.starts[0]), min(int(every.ends[0]), int(every.starts[0]) + DAY)
            remark = f"the first of {len(every):,} times that {name}; name a start and an end for another"
            return *_with_margin(start, end, margin), remark if len(every) > 1 else ""
    raise PictureError(
        "there is nothing to show: the catalogue has no files of the query in its dates; "
        "change the dates, or name a start and an end"
    )


def _with_margin(start: int, end: int, margin: int) -> tuple[int, int]:
    """A span with some seconds before and behind it, to whole minutes where there are any."""
    if not margin:
        return start, end
    return (start - margin) // MINUTE * MINUTE, -(-(end + margin) // MINUTE) * MINUTE
