"""What a picture of a query shows: from when to when, when files exist and match, of which satellite, and why then."""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.base.units import duration
from edexql.catalogue import intervals
from edexql.catalogue.notes import notes_from, notes_on_field
from edexql.engines.timeline import dates_of, states_of
from edexql.model.answer import Answer
from edexql.model.period import DAY, moment
from edexql.model.query import Query
from edexql.pictures.model import TIMES, PictureError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.engines.evidence import Evidence, View
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

    # In UTC seconds since 1970; None is open.
    Span = tuple[int | None, int | None]

MINUTE = 60
# What times do that are gone through one by one.
MATCHES, MAY_MATCH, HAVE_FILES = "match", "may match", "have files"
# From sample to sample, seconds: every longer step of dots and times is a multiple of it.
_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10800, 21600)


class Subject(Record):
    """What is seen of one satellite: its values, and when files exist, surely match, and possibly match.

    Where there are no files at all (`has_files`), the query alone counts.
    """

    view: View
    files: Intervals
    yes: Intervals
    may: Intervals
    has_files: bool = True

    @property
    def title(self) -> str:
        """The satellite's name where there are several."""
        return self.view.title


class Match(Record):
    """The `number`-th (from 1 on) of `count` times, what these do (match, may match, or have files), and its `start`
    in UTC seconds since 1970.
    """

    number: int
    count: int
    state: str
    start: int

    def __str__(self) -> str:
        which = f"{self.number:,} of {self.count:,}"
        words = f"match {which}" if self.state == MATCHES else f"time {which} that {self.state}"
        return f"{words} at {moment(self.start)[11:19]}"


class Scene(Record):
    """What a picture shows: `[start, end)` in UTC seconds since 1970, the subjects, and remarks on both.

    `query` is that of the picture, without constraints where it is one of files that an answer lists. `match` says
    which of the times that match is shown, None where the picture is of other times.
    """

    start: int
    end: int
    subjects: tuple[Subject, ...]
    query: Query
    vocabulary: Vocabulary
    remarks: tuple[str, ...] = ()
    match: Match | None = None

    @property
    def period(self) -> str:
        """From when to when, for people."""
        first, last = moment(self.start), moment(self.end)
        return f"{first} to {last[11:] if first[:10] == last[:10] else last}"

    @property
    def days(self) -> str:
        """How many days it shows, for people."""
        return f"{-(-(self.end - self.start) // DAY):,}"

    @property
    def of(self) -> str:
        """ " of " and the satellites, where the vocabulary has their names."""
        titles = [subject.title for subject in self.subjects if subject.title]
        if not titles and len(self.vocabulary.satellites) == 1:
            titles = [one.title for one in self.vocabulary.satellites.values()]
        return f" of {' and '.join(titles)}" if titles else ""


def scene(
    what: Query | Answer,
    evidence: Evidence,
    span: Span = (None, None),
    file: str | None = None,
    margin: int = 0,
    match: int | None = None,
) -> Scene:
    """What a picture of a query, or of the files of an answer, shows.

    It is of the `match`-th time that matches within `span` or the dates of the query, or else of the span of a `file`,
    or else of `span`, or else of the dates of the query where they are a day at the most, or else of the first time
    that matches. Where nothing matches, it is of times that may match, or else have files. `margin` is how many
    seconds at the least are shown before and after a file and such a time. Raises PictureError where there is nothing
    to show.
    """
    if evidence.empty:
        raise PictureError("the catalogue is empty: `edexql catalogue ingest` ingests files and folders")
    query = what if isinstance(what, Query) else Query()
    named = dates_of(query)
    which, remarks = None, []
    if match is None and file is not None:
        start, end = _of_file(file, evidence, margin)
        remarks.append(f"file {file}")
    elif match is None and span != (None, None):
        start, end = _of_span(span)
    elif match is None and named and named[1] - named[0] <= DAY:
        start, end = named
    else:
        state, times = _matches(_subjects(what, evidence, _within(span, named)))
        number = 1 if match is None else match
        start, end = _of_match(times, number, state)
        which = Match(number, len(times), state, start)
        if end - start > DAY:
            remarks.append(f"the first day of {duration(end - start)}")
        start, end = _with_margin(start, min(end, start + DAY), margin)
    remarks += remarks_on_answer(what) if isinstance(what, Answer) else ()
    subjects = tuple(_subjects(what, evidence, (start, end)))
    return Scene(start, end, subjects, query, evidence.vocabulary, tuple(remarks), which)


def sources(keys: Iterable[str], scene: Scene) -> tuple[str, ...]:
    """What fields come from at the times shown, in words."""
    window = intervals.of([(scene.start, scene.end)])
    texts: dict[str, list[str]] = {}
    for subject in scene.subjects:
        before = f"{subject.title}: " if subject.title else ""
        for key in keys:
            for note in notes_on_field(key, subject.view.sources, scene.vocabulary, window):
                texts.setdefault(f"{before}{note.text}", []).append(note.subject)
    return tuple(f"{', '.join(dict.fromkeys(names))}: {text}" for text, names in texts.items())


def remarks_on_query(scene: Scene, shown: Iterable[str] = ()) -> tuple[str, ...]:
    """What the constraints of the query rest on at the times shown, those on fields that are `shown` left out."""
    left = [one for one in scene.query.constraints if one.key not in set(shown)]
    views = [subject.view for subject in scene.subjects]
    return _remarks(left, views, scene.vocabulary, (scene.start, scene.end))


def remarks_on(query: Query, evidence: Evidence, span: tuple[int, int]) -> tuple[str, ...]:
    """The same of a query over a span of time."""
    return _remarks(query.constraints, evidence.views(query), evidence.vocabulary, span)


def _remarks(
    constraints: Iterable[Constraint], views: Iterable[View], vocabulary: Vocabulary, span: tuple[int, int]
) -> tuple[str, ...]:
    window = intervals.of([span])
    each = (notes_from(constraints, view.sources, vocabulary, window) for view in views)
    return tuple(dict.fromkeys(str(note) for notes in each for note in notes))


def remarks_on_answer(answer: Answer) -> tuple[str, ...]:
    """What the files of an answer rest on, and which of them are not drawn."""
    timeless = sum(file.start is None or file.end is None for file in (*answer.files, *answer.unknown))
    files = "1 file is" if timeless == 1 else f"{timeless:,} files are"
    return (
        *(("the answer does not say when files match: they are shown as a whole",) if answer.times is None else ()),
        *((f"{files} left out: no times in the name",) if timeless else ()),
        *map(str, answer.notes),
    )


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
    if not any(len(subject.files) or not subject.has_files for subject in scene.subjects):
        return "no files"
    words = f"matches for {duration(yes)}" if yes else "nothing matches"
    words += f", no information for {duration(unknown)}" if unknown else ""
    return f"{scene.match}; in the times shown: {words}" if scene.match and scene.match.count > 1 else words


def matches(scene: Scene) -> int:
    """How many times match, or else may match, or else have files, of those that were gone through or are shown."""
    return scene.match.count if scene.match else len(_matches(scene.subjects)[1])


def count(what: Query | Answer, evidence: Evidence, span: Span = (None, None)) -> int:
    """How many times there are to go to within `span`, or else the dates of the query."""
    query = what if isinstance(what, Query) else Query()
    return len(_matches(_subjects(what, evidence, _within(span, dates_of(query))))[1])


def _subjects(what: Query | Answer, evidence: Evidence, span: tuple[int, int] | None) -> list[Subject]:
    window = intervals.ALWAYS if span is None else intervals.of([span])
    if isinstance(what, Answer):
        return _of_answer(what, evidence, window)
    subjects = []
    for view in evidence.views(what):
        files = view.covered() & window
        where = files if evidence.has_files else window
        answer = view.times(where)
        subjects.append(Subject(view, files, answer.yes & where, answer.may & where, evidence.has_files))
    return subjects


def _of_answer(answer: Answer, evidence: Evidence, window: Intervals) -> list[Subject]:
    """The files that an answer lists; when they match, where it says so, else all of their times."""
    everything = [*answer.files, *answer.unknown]
    products = tuple(dict.fromkeys(file.product for file in everything if file.product is not None))
    subjects = []
    for view in evidence.views(Query(products)):
        own = [file for file in everything if not view.title or file.product in view.query.products]
        files, may, yes = (times & window for times in states_of(own, answer.times))
        subjects.append(Subject(view, files, yes, may, evidence.has_files))
    return subjects


def _of_file(name: str, evidence: Evidence, margin: int) -> tuple[int, int]:
    found = evidence.file(name)
    if found is None:
        raise PictureError(f"the catalogue has no file {name}: `edexql catalogue files` lists those that it has")
    file, _ = found
    if file.start is None or file.end is None:
        raise PictureError(f"the name of {name} has no times", TIMES)
    return _with_margin(file.start, file.end, margin)


def _of_span(span: Span) -> tuple[int, int]:
    """A span with the side that is open closed a day away."""
    start, end = span
    if start is None:
        assert end is not None
        start = end - DAY
    if end is None:
        end = start + DAY
    return _some_time(start, end)


def _some_time(start: int, end: int) -> tuple[int, int]:
    if start >= end:
        raise PictureError(f"there is no time from {moment(start)} to {moment(end)}: exchange them")
    return start, end


def _within(span: Span, named: tuple[int, int] | None) -> tuple[int, int] | None:
    """Where matches are counted: a span, a side of which may be open, or else the dates of the query."""
    start, end = span
    if start is None and end is None:
        return named
    return _some_time(intervals.BEGINNING if start is None else start, intervals.END if end is None else end)


def _matches(subjects: Sequence[Subject]) -> tuple[str, Intervals]:
    """The times that match, or else may match, or else have files, and which of these they are; there may be none."""
    for state, each in (
        (MATCHES, [subject.yes for subject in subjects]),
        (MAY_MATCH, [subject.may - subject.yes for subject in subjects]),
        (HAVE_FILES, [subject.files for subject in subjects]),
    ):
        times = intervals.union(each)
        if len(times) and times.starts[0] > intervals.BEGINNING:
            return state, times
    return HAVE_FILES, intervals.NEVER


def _of_match(times: Intervals, number: int, state: str) -> tuple[int, int]:
    if not len(times):
        raise PictureError("there is nothing to show: the catalogue has no files of the query in its dates", TIMES)
    if not 1 <= number <= len(times):
        raise PictureError(f"there is no match {number:,}: {_counted(len(times), state)}")
    return int(times.starts[number - 1]), int(times.ends[number - 1])


def _counted(count: int, state: str) -> str:
    one = {MATCHES: "matches", MAY_MATCH: "may match", HAVE_FILES: "has files"}[state]
    words = f"one time {one}" if count == 1 else f"{count:,} times {state}"
    return words if state == MATCHES else f"nothing matches, and {words}"


def _with_margin(start: int, end: int, margin: int) -> tuple[int, int]:
    """A span with some seconds before and behind it, more about a long one, to whole minutes where there are any."""
    if not margin:
        return start, end
    margin = max(margin, (end - start) // 8)
    return (start - margin) // MINUTE * MINUTE, -(-(end + margin) // MINUTE) * MINUTE
