"""Indices and orbit on one axis of time, one panel a field, above rows of numbers that say where the satellite was.

As tplot of SPEDAS has them: what exists and matches on top, indices as bars, everything else as curves, and below the
last panel UT, latitude, longitude, altitude, magnetic latitude and magnetic local time.
"""

from __future__ import annotations

from math import ceil, floor, isnan, log10

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.quanta import pieces
from edexql.model.period import DAY, moment
from edexql.pictures.dial import SYSTEMS, names_of_system, system_of
from edexql.pictures.model import (
    FEWER_TIMES,
    ROWS,
    TIME,
    Area,
    Axis,
    Bands,
    Drawing,
    Entry,
    Line,
    Panel,
    PictureError,
    Tick,
)
from edexql.pictures.samples import Samples, holds, samples
from edexql.pictures.scene import MINUTE, matched, remarks_on_query, sources
from edexql.pictures.seams import round_up, unbroken
from edexql.pictures.time_axis import step_of, time_axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from edexql.model.field import Field
    from edexql.pictures.model import Points, Shape
    from edexql.pictures.scene import Scene, Subject

    Floats = NDArray[np.float64]
    Seconds = NDArray[np.int64]

WIDTH = 1000
# Seconds that are shown before and after a file and a match.
MARGIN = 10 * 60
LONGEST = 400 * DAY
# An orbit takes 100 minutes: of more days its curves would be a grey area.
_LONGEST_ORBIT = 3 * DAY
# Values that hold for no longer are those of the orbit.
_ORBIT_SECONDS = 60
_LEFT, _RIGHT, _HIGH, _ROW, _GAP, _LINE = 132, 40, 84, 20, 16, 15
_MOST_PANELS, _MOST_EDGES = 8, 120
# Indices whose values hold for long are bars.
BARS = ("kp", "ap", "hp30", "hp60")
# What is drawn where the query names no fields, and the rows of numbers.
_USUAL = ("altitude", "latitude")
_PLACE = (("latitude", "Lat", 1), ("longitude", "Lon", 1), ("altitude", "Alt km", 0))
_KP = ((5, "kp-quiet"), (6, "kp-g1"), (7, "kp-g2"), (8, "kp-g3"), (9, "kp-g4"), (10, "kp-g5"))
_KP_LEGEND = (
    Entry("kp-quiet", "area", "Kp below 5-"),
    Entry("kp-g1", "area", "5 (G1)"),
    Entry("kp-g2", "area", "6 (G2)"),
    Entry("kp-g3", "area", "7 (G3)"),
    Entry("kp-g4", "area", "8, 9- (G4)"),
    Entry("kp-g5", "area", "9o (G5)"),
)


def drawing(scene: Scene, width: float = WIDTH) -> Drawing:
    """Panels of what a scene shows.

    Raises PictureError for more than 400 days, for a query about several satellites, and where no field has a value.
    """
    if scene.end - scene.start > LONGEST:
        raise PictureError(f"panels show {LONGEST // DAY} days at the most, and not {scene.days}", FEWER_TIMES)
    if len(scene.subjects) != 1:
        satellites = ", ".join(subject.title for subject in scene.subjects)
        raise PictureError(f"panels are of one satellite, and the query is about {satellites}: name products of one")
    (subject,) = scene.subjects
    system = system_of(scene)
    series = [one for one in (samples(name, scene, subject) for name in _fields(scene, subject)) if one.known]
    series = series[:_MOST_PANELS]
    names = [one.name for one in series]
    if not names:
        raise PictureError(
            f"the catalogue has no indices and no orbit from {scene.period}: `edexql catalogue ingest` reads both"
        )
    lines = width - _LEFT - _RIGHT
    hidden = scene.end - scene.start > _LONGEST_ORBIT
    most = max(2, int(lines / 80))
    if hidden:
        rows: tuple[Row, ...] = ()
        dates = time_axis(scene.start, scene.end, most).ticks
        ticks = tuple(Tick(tick.place, tick.label[:1]) for tick in dates)
    else:
        seconds = _seconds(scene, most)
        rows = _rows(subject, system, seconds)
        ticks = _ticks_with(rows, seconds, days=scene.end - scene.start > DAY)
    plain = Axis(scene.start, scene.end, tuple(Tick(tick.place) for tick in ticks), kind=TIME)
    panels = [_states(subject, plain, lines)]
    top = panels[0].height + _GAP
    for one in series:
        panels.append(_panel(one, scene, plain, (top, lines)))
        top += _HIGH + _GAP
    below = Axis(scene.start, scene.end, ticks, kind=TIME, rows=("UT", *(row.title for row in rows)))
    last = panels[-1]
    panels[-1] = Panel(last.left, last.top, last.width, last.height, below, last.y, last.shapes, last.ground)
    shown = dict.fromkeys([*names, *(row.name for row in rows)])
    named = any(name in SYSTEMS[system] for name in shown)
    notes = (
        *scene.remarks,
        *(("orbit is left out: it is drawn for three days at the most",) if hidden else ()),
        *sources(shown, scene),
        *remarks_on_query(scene, shown),
    )
    drawn = {shape.role for panel in panels for shape in panel.shapes if isinstance(shape, Area)}
    legend = (*_legend(subject), *(entry for entry in _KP_LEGEND if entry.role in drawn))
    legend += (Entry("admitted", "area", "values that the query names"),) if _named(names, scene) else ()
    return Drawing(
        f"{scene.of.removeprefix(' of ')}: {_listed(names)}" if scene.of else _listed(names),
        f"{scene.period}, {matched(scene)}" + (f"; magnetic: {names_of_system(system, scene)}" if named else ""),
        _description(series, scene),
        width,
        top - _GAP + 8 + _LINE * (len(rows) + 1),
        tuple(panels),
        legend,
        notes,
    )


def _fields(scene: Scene, subject: Subject) -> Iterator[str]:
    """Kp, the fields of ranges of the query, and the usual ones of the orbit, each once."""
    ranges = [one.key for one in scene.query.constraints if one.kind == "range"]
    orbit = scene.end - scene.start <= _LONGEST_ORBIT
    for name in dict.fromkeys(["kp", *ranges, *(_USUAL if orbit else ())]):
        field = scene.vocabulary.field(name)
        if field is not None and (orbit or holds(name, subject) > _ORBIT_SECONDS):
            yield name


# The panels


def _states(subject: Subject, axis: Axis, lines: float) -> Panel:
    """The row of what exists and matches."""
    spans = [
        (float(start), float(end), role)
        for role, times in (
            ("exists", subject.files - subject.may),
            ("unknown", subject.may - subject.yes),
            ("matches", subject.yes),
        )
        for start, end in times
    ]
    names = (Tick(0.5, ("files" if subject.has_files else "query",), grid=False),)
    return Panel(_LEFT, 0, lines, _ROW, axis, Axis(0, 1, names, kind=ROWS), (Bands(0.12, 0.88, tuple(spans)),))


def _panel(series: Samples, scene: Scene, axis: Axis, place: tuple[float, float]) -> Panel:
    name, times, values = series.name, series.times, series.values
    field = scene.vocabulary.field(name)
    assert field is not None
    low, high, step = _bounds(name, values, field)
    ticks = tuple(Tick(tick, (f"{tick:g}",)) for tick in _ticks(low, high, step))
    title = f"{name}\n{field.unit}" if field.unit else name
    up = Axis(low, high, ticks, title)
    ground = tuple(
        Area((_box(scene.start, scene.end, max(a, low), min(b, high)),), "admitted")
        for a, b in _admitted(name, scene, low, high)
        if a <= high and b >= low
    )
    shapes: list[Shape] = []
    if low < 0 < high:
        shapes.append(Line((((scene.start, 0), (scene.end, 0)),), "zero"))
    if name in BARS:
        shapes += _bars(name, times, values)
    else:
        shapes.append(Line(lines_of(times, values, field), "curve"))
        # The same once more in colour where the query matches.
        yes = scene.subjects[0].yes
        matching = np.where(yes.meets(times - 1, times + 1), values, np.nan)
        if parts := lines_of(times, matching, field):
            shapes.append(Line(parts, "matching"))
    top, lines = place
    return Panel(_LEFT, top, lines, _HIGH, axis, up, tuple(shapes), ground)


def lines_of(times: Seconds, values: Floats, field: Field) -> tuple[Points, ...]:
    """A curve, broken where there is no value and at the ends of a circle."""
    parts = unbroken(zip(times.tolist(), values.tolist(), strict=True))
    if field.period is None or field.low is None:
        return parts
    low = float(field.low)
    return tuple(line for part in parts for line in round_up(part, low, low + float(field.period)))


def _bars(name: str, times: Seconds, values: Floats) -> Iterator[Shape]:
    """Bars from zero for values that stay the same, those of one role together."""
    edges = np.flatnonzero(np.diff(values, prepend=np.nan) != 0)
    rings: dict[str, list[Points]] = {}
    for first, last in zip(edges.tolist(), [*edges[1:].tolist(), len(values) - 1], strict=True):
        value = float(values[first])
        if not isnan(value) and last > first:
            box = _box(float(times[first]), float(times[last]), 0, max(value, 0.08))
            rings.setdefault(kp_role(value) if name in ("kp", "hp30", "hp60") else "bar", []).append(box)
    # Light colours need an edge on light ground, but edges of narrow bars would hide them.
    edge = "frame" if sum(map(len, rings.values())) <= _MOST_EDGES else ""
    for role, each in rings.items():
        yield Area(tuple(each), role, edge)


def kp_role(kp: float) -> str:
    """The role of a value of Kp by the scale of geomagnetic storms: 5- is 5, and 9- is 8."""
    grade = 8 if 8.5 <= kp < 9 else floor(kp + 0.5)
    return next((role for limit, role in _KP if grade < limit), _KP[-1][1])


def _box(left: float, right: float, low: float, high: float) -> Points:
    return ((left, low), (right, low), (right, high), (left, high))


def _admitted(name: str, scene: Scene, low: float, high: float) -> Iterator[tuple[float, float]]:
    """The values of a field that ranges of the query admit."""
    field = scene.vocabulary.field(name)
    assert field is not None
    for constraint in scene.query.constraints:
        if constraint.kind == "range" and constraint.key == name:
            for piece in pieces(constraint.value, field):  # type: ignore[arg-type]
                yield (
                    low if piece.low is None else piece.low / field.quanta,
                    high if piece.high is None else piece.high / field.quanta,
                )


def _named(names: Sequence[str], scene: Scene) -> bool:
    return any(one.kind == "range" and one.key in names for one in scene.query.constraints)


# Axes of values


def _bounds(name: str, values: Floats, field: Field) -> tuple[float, float, float]:
    """The ends of an axis of values, and the step of its ticks."""
    if name in ("kp", "hp30", "hp60"):
        return 0, max(9, ceil(float(np.nanmax(values)))), 3
    least, most = float(np.nanmin(values)), float(np.nanmax(values))
    whole = _whole(field)
    if whole and most - least > (whole[1] - whole[0]) / 4:
        return *whole, (whole[1] - whole[0]) / 4
    if name in BARS:
        least = 0
    if most - least > abs(most) / 1000:
        step = nice((most - least) / 3)
        low, high = floor(least / step) * step, (floor(most / step) + 1) * step
    else:
        # A value that stays the same is in the middle, with what is next to it.
        step = nice(max(abs(most) / 30, 1 / field.quanta))
        low, high = (floor(least / step) - 1) * step, (floor(most / step) + 2) * step
    return (max(low, whole[0]), min(high, whole[1]), step) if whole else (low, high, step)


def _whole(field: Field) -> tuple[float, float] | None:
    """The ends of a circle, or of latitudes; None for other fields."""
    if field.period is not None and field.low is not None:
        return float(field.low), float(field.low) + float(field.period)
    return (-90.0, 90.0) if field.low == -90 and field.unit in ("deg", "°", "degrees") else None


def nice(step: float) -> float:
    """The next number of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(step))
    return next(one * power for one in (1, 2, 5, 10) if one * power >= step * 0.999999)


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [low + step * place for place in range(round((high - low) / step) + 1)]


# The rows of numbers


class Row(Record):
    """A row of numbers: its field, its title, how many decimals it has, and its values at the ticks."""

    name: str
    title: str
    decimals: int
    values: Floats


def _rows(subject: Subject, system: str, seconds: Seconds) -> tuple[Row, ...]:
    """The rows of numbers that are known."""
    latitude, local_time = SYSTEMS[system]
    each = (*_PLACE, (latitude, "MLat", 1), (local_time, "MLT", 1))
    values = subject.view.values([name for name, _, _ in each], seconds)
    rows = (Row(*one, known) for one, known in zip(each, values, strict=True))
    return tuple(row for row in rows if not np.isnan(row.values).all())


def _seconds(scene: Scene, most: int) -> Seconds:
    """The seconds of the ticks."""
    step = step_of(scene.start, scene.end, most) or DAY
    return np.arange(-(-scene.start // step) * step, scene.end + 1, step)


def _ticks_with(rows: Sequence[Row], seconds: Seconds, *, days: bool) -> tuple[Tick, ...]:
    """Ticks of time with the numbers below them; where there are several `days`, each begins with its date."""
    whole = bool(np.all(seconds % MINUTE == 0))
    ticks = []
    for place, second in enumerate(seconds.tolist()):
        numbers = ("" if isnan(row.values[place]) else f"{row.values[place]:.{row.decimals}f}" for row in rows)
        text = moment(second)
        time = text[5:10] if days and second % DAY == 0 else text[11 : 16 if whole else 19]
        ticks.append(Tick(second, (time, *numbers)))
    return tuple(ticks)


def _legend(subject: Subject) -> tuple[Entry, ...]:
    unknown, files = len(subject.may - subject.yes), len(subject.files - subject.may)
    return (
        Entry("matches", "band", "matches"),
        *((Entry("unknown", "band", "no information"),) if unknown else ()),
        *((Entry("exists", "band", "files that do not match"),) if files else ()),
    )


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _description(series: Sequence[Samples], scene: Scene) -> str:
    sentences = [f"Panels over one axis of time from {scene.period}: {matched(scene)}."]
    for one in series:
        least, most = np.nanmin(one.values), np.nanmax(one.values)
        field = scene.vocabulary.field(one.name)
        unit = f" {field.unit}" if field and field.unit else ""
        gap = ", not known at all times" if np.isnan(one.values[one.times < scene.end]).any() else ""
        values = f"from {least:.4g} to {most:.4g}" if f"{least:.4g}" != f"{most:.4g}" else f"{least:.4g}"
        sentences.append(f"{one.name}: {values}{unit}{gap}.")
    return " ".join(sentences)
