"""What the pictures of a satellite's way share: its states, dots and times along it, and words that find room."""

from __future__ import annotations

from itertools import pairwise
from math import isnan

import numpy as np

from edexql.base.units import duration
from edexql.catalogue import intervals
from edexql.model.period import DAY, moment
from edexql.pictures.model import END, MIDDLE, START, Entry, Text
from edexql.pictures.scene import grid
from edexql.pictures.seams import unbroken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.pictures.model import Points
    from edexql.pictures.scene import Scene, Subject

    Seconds = NDArray[np.int64]
    Box = tuple[float, float, float, float]

LONGEST = 3 * DAY
_MOST_POINTS = 4000
# From dot to dot and from time to time, in seconds, as many as there is room for.
_STEPS = (60, 120, 300, 600, 1800, 3600, 7200, 10800)
# Where words stand about a place, the first choice first: anchor, points to the right and down.
_BESIDE = (
    (START, 7.0, -5.0), (END, -7.0, -5.0), (START, 7.0, 13.0), (END, -7.0, 13.0),
    (START, 9.0, 4.0), (END, -9.0, 4.0), (MIDDLE, 0.0, -9.0), (MIDDLE, 0.0, 18.0),
)  # fmt: skip
_BELOW = (
    (MIDDLE, 0.0, 13.0), (MIDDLE, 0.0, -6.0), (START, 6.0, 3.0), (END, -6.0, 3.0),
    (START, 6.0, 12.0), (END, -6.0, 12.0), (START, 6.0, -5.0), (END, -6.0, -5.0),
)  # fmt: skip
# What matches for so many seconds is seen as a line.
_SEEN = 30
# Points about words that others leave free.
_ROOM = 2
_MOST_DOTS, _MOST_BEGINS, _MOST_SENTENCES = 200, 12, 8


class Trajectory:
    """A satellite's way through two fields: seconds and values, NaN where one is not known."""

    def __init__(self, scene: Scene, subject: Subject, fields: tuple[str, str]) -> None:
        self.scene = scene
        self.subject = subject
        self.times: Seconds = grid(scene, subject, _MOST_POINTS, 5)
        one, other = subject.view.values(fields, self.times)
        nothing = np.isnan(one + other)
        self.one, self.other = np.where(nothing, np.nan, one), np.where(nothing, np.nan, other)

    @property
    def known(self) -> bool:
        """Whether it is known at any second."""
        return not np.isnan(self.one).all()

    @property
    def states(self) -> tuple[tuple[str, Intervals], ...]:
        """The times of each state by its role, the last one above; none is drawn twice."""
        subject = self.subject
        whole = intervals.of([(self.scene.start, self.scene.end)])
        return (
            ("orbit", whole - subject.files - subject.may),
            ("exists", subject.files - subject.may),
            ("unknown", subject.may - subject.yes),
            ("matches", subject.yes),
        )

    @property
    def shown(self) -> Intervals:
        """What matches, or else may match, or else has files."""
        subject = self.subject
        return next((one for one in (subject.yes, subject.may) if len(one)), subject.files)

    def parts(self, times: Intervals) -> Iterator[Points]:
        """The values of some times, in parts without gaps."""
        for start, end in times:
            first, last = np.searchsorted(self.times, (start, end + 1)).tolist()
            yield from unbroken(zip(self.one[first:last].tolist(), self.other[first:last].tolist(), strict=True))

    def at(self, seconds: Seconds) -> list[tuple[int, tuple[float, float]]]:
        """Those of some seconds at which it is known, with the values."""
        seconds = seconds[np.isin(seconds, self.times)]
        place = np.searchsorted(self.times, seconds)
        each = zip(seconds.tolist(), self.one[place].tolist(), self.other[place].tolist(), strict=True)
        return [(second, (a, b)) for second, a, b in each if not isnan(a)]

    def moments(self) -> Iterator[tuple[str, str, tuple[float, float]]]:
        """Where it matches, or may match, for too short a time to be seen as a line: shape of a mark, role, values."""
        for role, shape, times in (
            ("unknown", "ring", self.subject.may - self.subject.yes),
            ("matches", "dot", self.subject.yes),
        ):
            starts = times.starts[times.ends - times.starts < _SEEN]
            for _, values in self.at(starts):
                yield shape, role, values

    @property
    def dots(self) -> list[tuple[float, float]]:
        """The values at every so many whole minutes."""
        return [values for _, values in self.at(_every(dot_step(self.scene), self.scene))]

    def times_beside(self, most: int) -> Iterator[tuple[str, str, tuple[float, float]]]:
        """Times to be written beside it, with their role and values: begins of what is shown, and whole minutes."""
        begins = self.shown.starts[:_MOST_BEGINS]
        length = self.scene.end - self.scene.start
        step = next((step for step in _STEPS[1:] if length <= most * step), _STEPS[-1])
        for seconds, role in ((begins, "ink"), (_every(step, self.scene), "quiet")):
            for second, values in self.at(seconds):
                text = moment(second)[11:19].removesuffix(":00")
                day = f"{moment(second)[5:10]} " if length > DAY else ""
                yield f"{day}{text}", role, values

    def gap(self) -> str:
        """For how long it is not known, in words; nothing where it always is."""
        steps = pairwise(self.times.tolist())
        gaps = zip(steps, np.isnan(self.one[:-1]).tolist(), strict=True)
        seconds = sum(end - start for (start, end), gap in gaps if gap)
        if not seconds:
            return ""
        before = f"{self.subject.title}: " if self.subject.title else ""
        return f"{before}no information for about {duration(seconds)} of {duration(self.scene.end - self.scene.start)}"

    def sentences(self, place: Callable[[float, float], str]) -> list[str]:
        """When and where it matches, in words."""
        before = f"{self.subject.title} matches" if self.subject.title else "It matches"
        sentences = []
        for start, end in self.subject.yes.first(_MOST_SENTENCES):
            known = dict(self.at(np.array([start, end])))
            ends = [place(*known[second]) if second in known else "an unknown place" for second in (start, end)]
            sentences.append(f"{before} from {moment(start)} to {moment(end)}, from {ends[0]} to {ends[1]}.")
        more = len(self.subject.yes) - len(sentences)
        return [*sentences, f"And at {more:,} more times."] if more else sentences


class Labels:
    """The words of a panel, each in a box of its own, beside the lines; `wide` and `high` are the points of a unit of
    its axes, which go from `-right` to `right` and from `-top` to `top`.
    """

    def __init__(self, wide: float, high: float, right: float, top: float, lines: Iterable[Points]) -> None:
        self._wide, self._high = wide, high
        self._edges = right * wide, top * high
        self._taken: list[Box] = []
        self._lines = _along([[self._in_points(place) for place in line] for line in lines])

    def add(self, place: tuple[float, float], text: str, role: str, *, below: bool = False) -> list[Text]:
        """A text beside a place of the axes, or rather below it, where there is room for it; else none.

        All but quiet words may stand on a line where there is no other room.
        """
        size = 9 if below else 10
        ways = _BELOW if below else _BESIDE
        each = [Text(*place, text, anchor, right, down, role, size) for anchor, right, down in ways]
        free = [words for words in each if self._inside(self._box(words)) and not self._meets(self._box(words))]
        if not free:
            return []
        best = min(free, key=self.crossed)
        return [self.keep(best)] if role != "quiet" or not self.crossed(best) else []

    def name(self, place: tuple[float, float], text: str, role: str = "ink") -> list[Text]:
        """A name at a place, and there all the same where there is no room."""
        there = self.add(place, text, role) or self.add(place, text, role, below=True)
        return there or [self.keep(Text(*place, text, MIDDLE, 0, -9, role, 10))]

    def keep(self, words: Text) -> Text:
        """Words that stand where they stand, and that others leave free."""
        self._taken.append(self._box(words))
        return words

    def crossed(self, words: Text) -> int:
        """How much of the lines goes through some words, 0 for none."""
        left, top, right, bottom = self._box(words)
        x, y = self._lines[:, 0], self._lines[:, 1]
        return int(np.count_nonzero((left < x) & (x < right) & (top < y) & (y < bottom)))

    def _in_points(self, place: tuple[float, float]) -> tuple[float, float]:
        return place[0] * self._wide, -place[1] * self._high

    def _box(self, words: Text) -> Box:
        """Left, top, right and bottom in points, with some room about the letters."""
        x, y = self._in_points((words.x, words.y))
        width = len(words.text) * words.size * 0.56
        left = x + words.right - {START: 0.0, MIDDLE: width / 2, END: width}[words.anchor]
        return left - _ROOM, y + words.down - words.size, left + width + _ROOM, y + words.down + _ROOM

    def _inside(self, box: Box) -> bool:
        right, bottom = self._edges
        return -right <= box[0] and box[2] <= right and -bottom <= box[1] and box[3] <= bottom

    def _meets(self, box: Box) -> bool:
        return any(box[0] < c and a < box[2] and box[1] < d and b < box[3] for a, b, c, d in self._taken)


def _along(lines: Iterable[Sequence[tuple[float, float]]]) -> NDArray[np.float64]:
    """Points along lines, no further from each other than letters are high."""
    points = []
    for line in lines:
        for (a, b), (c, d) in pairwise(line):
            parts = int(max(abs(c - a), abs(d - b)) // 4) + 1
            points += [(a + (c - a) * part / parts, b + (d - b) * part / parts) for part in range(parts + 1)]
    return np.array(points, dtype=float).reshape(-1, 2)


def dot_step(scene: Scene) -> int:
    """The seconds from dot to dot."""
    return next((step for step in _STEPS if scene.end - scene.start <= step * _MOST_DOTS), _STEPS[-1])


def legend(trajectories: Sequence[Trajectory]) -> tuple[Entry, ...]:
    """The entries for those states that are drawn."""
    words = {
        "matches": "matches",
        "unknown": "no information",
        "exists": "files that do not match",
        "orbit": "orbit",
    }
    drawn = {role for one in trajectories for role, times in one.states if len(times)}
    return tuple(Entry(role, "line", text) for role, text in words.items() if role in drawn)


def _every(step: int, scene: Scene) -> Seconds:
    return np.arange(-(-scene.start // step) * step, scene.end + 1, step)
