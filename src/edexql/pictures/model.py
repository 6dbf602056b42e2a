"""A picture as values: panels with two axes each, and in them what is drawn, in the units of the axes.

Every colour is a role (see `style`), so that one picture is drawn on light and on dark ground, in points and in
characters. Lengths of the page are in points, from its top left corner; a panel's are below the title.
"""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Points = tuple[tuple[float, float], ...]

# What the numbers of an axis are: any, UTC seconds since 1970, or rows, each one wide, the first one on top.
PLAIN, TIME, ROWS = "plain", "time", "rows"
START, MIDDLE, END = "start", "middle", "end"


# What a picture lacks, for the faces, each of which says how one gives it: times to show, or fewer of them.
TIMES, FEWER_TIMES = "times", "fewer times"


class PictureError(EdexqlError):
    """A picture cannot be made; the message says why.

    `lacking` is what would help, TIMES or FEWER_TIMES, and empty where the message says all.
    """

    def __init__(self, text: str, lacking: str = "") -> None:
        super().__init__(text)
        self.lacking = lacking

    def advised(self, advice: Mapping[str, str]) -> PictureError:
        """The same with what to do on one of the faces, by what is lacking."""
        return PictureError(f"{self}: {advice[self.lacking]}") if self.lacking in advice else self


class Tick(Record):
    """A place on an axis that is marked, and its label in one line or more; a line across the panel where `grid`."""

    place: float
    label: tuple[str, ...] = ()
    grid: bool = True


class Axis(Record):
    """An axis from `low` (left, or below) to `high`, with ticks and a title; `rows` name the lines of labels."""

    low: float
    high: float
    ticks: tuple[Tick, ...] = ()
    title: str = ""
    kind: str = PLAIN
    rows: tuple[str, ...] = ()

    def part(self, value: float) -> float:
        """How far along the axis a value is: 0 at `low`, 1 at `high`."""
        return (value - self.low) / (self.high - self.low)


class Bands(Record):
    """Stretches of a row from `bottom` to `top`: left, right and role of each, the last one above."""

    bottom: float
    top: float
    spans: tuple[tuple[float, float, str], ...]
    title: str = ""


class Area(Record):
    """Closed rings that are filled, with an edge of another role where there is one."""

    rings: tuple[Points, ...]
    role: str
    edge: str = ""


class Line(Record):
    """Lines through points, which are not joined to each other."""

    parts: tuple[Points, ...]
    role: str


class Circle(Record):
    """A circle, its radius in units of the horizontal axis."""

    x: float
    y: float
    radius: float
    role: str


class Marks(Record):
    """Signs of one shape: `dot`, `ring` or `triangle`, `size` points wide; a title each, or none."""

    shape: str
    role: str
    places: Points
    titles: tuple[str, ...] = ()
    size: float = 4


class Text(Record):
    """A text at a place, moved by some points to the right and down."""

    x: float
    y: float
    text: str
    anchor: str = MIDDLE
    right: float = 0
    down: float = 0
    role: str = "quiet"
    size: float = 11


if TYPE_CHECKING:
    Shape = Bands | Area | Line | Circle | Marks | Text


class Panel(Record):
    """A frame on the page, in points, with axes and shapes, the last one above. What is outside of it is cut off.

    `ground` is below the lines of the grid. `title` stands above the frame, at the left; `framed`: its edge is drawn.
    """

    left: float
    top: float
    width: float
    height: float
    x: Axis
    y: Axis
    shapes: tuple[Shape, ...]
    ground: tuple[Shape, ...] = ()
    title: str = ""
    framed: bool = True


class Entry(Record):
    """A part of the legend: a role, its form (`band`, `line`, `area`, or the shape of a mark), and what it means."""

    role: str
    form: str
    text: str


class Drawing(Record):
    """A picture: title, subtitle, panels in `width` by `height` points, legend, and notes on what it rests on.

    `description` says in words what is seen, for those who do not see it.
    """

    title: str
    subtitle: str
    description: str
    width: float
    height: float
    panels: tuple[Panel, ...]
    legend: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
