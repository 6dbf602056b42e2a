"""What the pictures of a satellite's way share: its states, dots and times along it, and words that find room."""

from __future__ import annotations

from itertools import pairwise
from math import isnan

import numpy as np

from edexql.base.units import duration
from edexql.catalogue import intervals
from edexql.catalogue.samples import values_at
from edexql.model.period import moment
from edexql.pictures.model import END, MIDDLE, START, Entry, Text
from edexql.pictures.scene import grid
from edexql.pictures.seams import unbroken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.pictures.model import Points
    from edexql.pictures.scene import Scene, Subject

    Seconds = NDArray[np.int64]

LONGEST = 3 * 86400
_MOST_POINTS = 4000
# From dot to dot and from time to time, in seconds, as many as there is room for.
_STEPS = (60, 120, 300, 600, 1800, 3600, 7200, 10800)
_MOST_DOTS, _MOST_BEGINS, _MOST_SENTENCES = 200, 12, 8


class Trajectory:
    """A satellite's way through two fields: seconds and values, NaN where one is not known."""

    def __init__(self, scene: Scene, subject: Subject, fields: tuple[str, str]) -> None:
        self.scene = scene
        self.subject = subject
        self.times: Seconds = grid(scene, subject, _MOST_POINTS, 5)
        one, other = (values_at(name, self.times, subject.catalogue, scene.vocabulary) for name in fields)
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
                text = moment(second)[11:19]
                yield text.removesuffix(":00") if len(text) == 8 else text, role, values

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
    """The words of a panel, each in a box of its own; `wide` and `high` are the points of a unit of its axes."""

    def __init__(self, wide: float, high: float, right: float) -> None:
        self._wide, self._high = wide, high
        self._right = right
        self._taken: list[tuple[float, float, float, float]] = []

    def add(self, place: tuple[float, float], text: str, role: str, *, below: bool = False) -> list[Text]:
        """A text beside a place of the axes, or below it, where there is room for it; else none."""
        size = 9 if below else 10
        x, y = place[0] * self._wide, -place[1] * self._high
        width = len(text) * size * 0.56
        if below:
            anchor, right, down = MIDDLE, 0.0, 13.0
        elif x + 8 + width < self._right * self._wide:
            anchor, right, down = START, 7.0, -5.0
        else:
            anchor, right, down = END, -7.0, -5.0
        left = x + right - {START: 0.0, MIDDLE: width / 2, END: width}[anchor]
        box = left, y + down - size, left + width, y + down
        if any(box[0] < c and a < box[2] and box[1] < d and b < box[3] for a, b, c, d in self._taken):
            return []
        self._taken.append(box)
        return [Text(*place, text, anchor, right, down, role, size)]

    def name(self, place: tuple[float, float], text: str) -> list[Text]:
        """A name at a place: beside it or below it, and there all the same where there is no room."""
        there = self.add(place, text, "ink") or self.add(place, text, "ink", below=True)
        return there or [Text(*place, text, MIDDLE, 0, -9, "ink", 10)]


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
