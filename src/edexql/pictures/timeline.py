"""When files exist and match, and when instruments had data: a row for each instrument over time."""

from __future__ import annotations

from itertools import pairwise

from edexql.base.units import duration
from edexql.engines.timeline import QUERY
from edexql.model import timeset
from edexql.model.period import moment
from edexql.pictures.model import ROWS, Axis, Bands, Drawing, Entry, Panel, Tick
from edexql.pictures.time_axis import time_axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.engines.timeline import Line as ChartLine
    from edexql.engines.timeline import Timeline
    from edexql.model.availability import Availability, Line
    from edexql.model.timeset import TimeSet

    Span = tuple[float, float, str]

WIDTH = 1000
_ROW, _RIGHT, _LETTER = 26, 40, 7.2
# What the bins of a timeline stand for; nothing is not drawn.
_ROLES = ("", "exists", "unknown", "matches")
_RANKS = ("off", "none", "on", "exists", "unknown", "matches")
_LEGEND = (
    Entry("matches", "band", "matches"),
    Entry("unknown", "band", "no information"),
    Entry("exists", "band", "files that do not match"),
)
_INSTRUMENT_LEGEND = (
    Entry("on", "band", "on"),
    Entry("off", "band", "off"),
    Entry("none", "band", "no information"),
)


def edges(start: int, end: int, bins: int) -> list[int]:
    """The bounds of so many equal bins."""
    return [start + (end - start) * place // bins for place in range(bins + 1)]


def of_timeline(
    chart: Timeline, title: str, width: float = WIDTH, which: str = "", notes: tuple[str, ...] = ()
) -> Drawing:
    """A drawing of when files exist and match; `which` says of which of several matches it is, `notes` what it rests
    on.
    """
    bounds = edges(chart.start, chart.end, len(chart.lines[0].bins))
    rows = [
        (line.instrument, _spans([_ROLES[value] for value in line.bins], bounds), _sentence(line))
        for line in chart.lines
    ]
    return _drawing(rows, (chart.start, chart.end), title, _LEGEND, width, which, notes)


def of_availability(availability: Availability, title: str, width: float = WIDTH, bins: int | None = None) -> Drawing:
    """A drawing of when instruments had data, in at most so many bins, as many as points where None."""
    length = availability.end - availability.start
    bounds = edges(availability.start, availability.end, max(1, min(bins or round(width), length)))
    rows = [
        (line.instrument, _spans(states(line, bounds), bounds), _sentence_of(line, length))
        for line in availability.lines
    ]
    return _drawing(rows, (availability.start, availability.end), title, _INSTRUMENT_LEGEND, width)


def states(line: Line, bounds: Sequence[int]) -> list[str]:
    """The role of each bin: on with data at any time in it, off where it is known of all of it that there are none."""
    unknown = timeset.complement(line.known)
    values = []
    for start, end in pairwise(bounds):
        if timeset.meets(line.on, start, end):
            values.append("on")
        else:
            values.append("none" if timeset.meets(unknown, start, end) else "off")
    return values


def _spans(roles: Sequence[str], bounds: Sequence[int]) -> tuple[Span, ...]:
    """Equal roles beside each other as one stretch; those of none are left out."""
    spans: list[Span] = []
    for place, role in enumerate(roles):
        if spans and spans[-1][2] == role and spans[-1][1] == bounds[place]:
            spans[-1] = (spans[-1][0], bounds[place + 1], role)
        elif role and bounds[place] < bounds[place + 1]:
            spans.append((bounds[place], bounds[place + 1], role))
    return tuple(spans)


def _drawing(
    rows: Sequence[tuple[str, tuple[Span, ...], str]],
    span: tuple[int, int],
    title: str,
    legend: tuple[Entry, ...],
    width: float,
    which: str = "",
    notes: tuple[str, ...] = (),
) -> Drawing:
    count = len(rows)
    left = 24 + max([_LETTER * len(name) for name, _, _ in rows], default=0) + 10
    names = tuple(Tick(count - place - 0.5, (name,), grid=False) for place, (name, _, _) in enumerate(rows))
    bands = tuple(
        # What matters most is above, where there is no room for all.
        Bands(
            count - place - 0.82,
            count - place - 0.18,
            tuple(sorted(spans, key=lambda span: _RANKS.index(span[2]))),
            f"{name}: {sentence}",
        )
        for place, (name, spans, sentence) in enumerate(rows)
    )
    lines = width - left - _RIGHT
    across = time_axis(*span, max(2, int(lines / 100)))
    panel = Panel(left, 0, lines, _ROW * count, across, Axis(0, count, names, kind=ROWS), bands)
    period = f"{moment(span[0])} to {moment(span[1])}" + (f", {which}" if which else "")
    description = f"From {period}. " + " ".join(f"{name}: {sentence}." for name, _, sentence in rows)
    below = 6 + 15 * max([0, *(len(tick.label) for tick in across.ticks)])
    return Drawing(title, period, description, width, _ROW * count + below, (panel,), legend, notes)


def _sentence(line: ChartLine) -> str:
    """An instrument's row in words."""
    if not line.files:
        nothing = "nothing matches" if line.instrument == QUERY else "no files"
        return f"matches for {duration(line.matched)}" if line.matched else nothing
    words = f"files for {duration(line.files)}, of which {duration(line.matched)} match"
    return words + (f"; no information for {duration(line.unknown)}" if line.unknown else "")


def _sentence_of(line: Line, length: int) -> str:
    on, known = seconds(line.on), seconds(line.known)
    if not known:
        return "no information"
    sentence = f"on for {duration(on)}, off for {duration(known - on)}"
    return f"{sentence}, no information for {duration(length - known)}" if length > known else sentence


def seconds(times: TimeSet) -> int:
    """How long a set of times is, all of them closed."""
    return sum(times[1::2]) - sum(times[::2])
