"""Magnetic latitude against magnetic local time: both hemispheres side by side, noon at the top, dusk at the left."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from edexql.base.units import duration
from edexql.catalogue import intervals, notes
from edexql.pictures.model import FEWER_TIMES, MIDDLE, Axis, Circle, Drawing, Line, Marks, Panel, PictureError, Text
from edexql.pictures.scene import matched, remarks_on_query, sources
from edexql.pictures.seams import above
from edexql.pictures.trajectory import LONGEST, Labels, Trajectory, dot_step, legend

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edexql.catalogue.intervals import Intervals
    from edexql.pictures.model import Points, Shape
    from edexql.pictures.scene import Scene

WIDTH = 1000
# Seconds that are shown before and after a file.
MARGIN = 10 * 60
# The lowest latitude that is drawn, degrees, and the room for words about a dial.
EDGE, _ROOM = 50, 7
# The magnetic systems: latitude and local time of each.
SYSTEMS = {
    "magnetic": ("magnetic-latitude", "mlt"),
    "dipole": ("dipole-latitude", "dipole-mlt"),
    "qd": ("qd-latitude", "qd-mlt"),
    "aacgm": ("aacgm-latitude", "aacgm-mlt"),
}
_UNNAMED = "the ephemeris' own columns, system not named"
_LEFT, _GAP, _TOP, _FOOT = 24, 20, 14, 20
_SIDE_BY_SIDE = 600
_MOST_TIMES = 24
# The radius in points of what is too short for a line.
_MOMENT = 4.0
# The local times at which the latitudes of rings can stand, the first choice first.
_HOURS_OF_LATITUDES = (22.5, 1.5, 13.5, 10.5, 19.5, 4.5, 16.5, 7.5)
_HEMISPHERES = (("North", 1), ("South, seen through the Earth", -1))


def on_page(latitude: float, local_time: float) -> tuple[float, float]:
    """Where a magnetic latitude (degrees) and local time (hours) are: degrees from the pole, noon up and dusk left."""
    radius, angle = 90 - latitude, (local_time - 12) / 24 * 2 * pi
    return -radius * sin(angle), radius * cos(angle)


def system_of(scene: Scene) -> str:
    """The magnetic system of the first magnetic field that the query names; else that of the ephemeris."""
    for constraint in scene.query.constraints:
        name = "magnetic" if constraint.key == "mlt" else constraint.key.partition("-")[0]
        if name in SYSTEMS:
            return name
    return "magnetic"


def names_of_system(system: str, scene: Scene) -> str:
    """What the magnetic coordinates are at the times shown, where others may stand in for those of the ephemeris."""
    texts = sources(SYSTEMS[system][:1], scene)
    each = [name for one, name in notes.SYSTEMS.items() if one != "magnetic" and any(name in text for text in texts)]
    own = [_UNNAMED] if any(notes.SYSTEMS["magnetic"] in text for text in texts) else []
    return " and ".join([*own, *each]) or notes.SYSTEMS[system]


def drawing(scene: Scene, width: float = WIDTH) -> Drawing:
    """Two dials of what a scene shows, in the magnetic system of the query.

    Raises PictureError where there are no magnetic coordinates, and for more than three days.
    """
    if scene.end - scene.start > LONGEST:
        raise PictureError(f"a dial shows three days at the most, and not {scene.days}", FEWER_TIMES)
    system = system_of(scene)
    fields = SYSTEMS[system]
    tracks = [track for track in (Trajectory(scene, subject, fields) for subject in scene.subjects) if track.known]
    if not tracks:
        raise PictureError(
            f"the catalogue has no {' and '.join(fields)} from {scene.period}: `edexql catalogue ingest` reads"
            " ephemerides, SP3 files and two-line element sets"
        )
    # Side by side, or where there is no room, one above the other.
    columns = 2 if width >= _SIDE_BY_SIDE else 1
    side = (width - 2 * _LEFT - _GAP * (columns - 1)) / columns
    far = 90.0 - EDGE + _ROOM
    panels = []
    whole = intervals.of([(scene.start, scene.end + 1)])
    for place, (name, sign) in enumerate(_HEMISPHERES):
        ways = [line for track in tracks for line in lines_on_the_dial(track, whole, sign)]
        labels = Labels(side / (2 * far), side / (2 * far), far, far, ways)
        shapes = [
            *_rings(sign, labels),
            *(text for track in tracks for text in _name(track, sign, labels)),
            *(shape for track in tracks for shape in _shapes(track, sign, labels)),
        ]
        left = _LEFT + (side + _GAP) * (place % columns)
        top = _TOP + (side + _FOOT + _TOP) * (place // columns)
        axis = Axis(-far, far)
        title = name if ways else f"{name}: no pass"
        panels.append(Panel(left, top, side, side, axis, axis, tuple(shapes), title=title, framed=False))
    named = names_of_system(system, scene)
    beyond = [text for track in tracks for text in _beyond(track)]
    remarks = (
        *scene.remarks,
        f"a dot every {duration(dot_step(scene))}; rings every 10 degrees of magnetic latitude",
        *beyond,
        *sources(fields, scene),
        *filter(None, (track.gap() for track in tracks)),
        *remarks_on_query(scene, fields),
    )
    seen = f"Two dials, north and south, noon at the top and dusk at the left, from {scene.period}"
    sentences = (sentence for track in tracks for sentence in track.sentences(_place))
    return Drawing(
        f"Magnetic latitude and local time{scene.of} ({named})",
        f"{scene.period}, {matched(scene)}",
        " ".join(
            [f"{seen}: {matched(scene)}. Magnetic coordinates: {named}.", *(f"{text}." for text in beyond), *sentences]
        ),
        width,
        (side + _FOOT + _TOP) * (2 // columns) - _FOOT + 12,
        tuple(panels),
        legend(tracks),
        remarks,
    )


def _beyond(track: Trajectory) -> Iterator[str]:
    """For how long it matches, or may match, nearer to the equator than the dial shows, in words."""
    nearer = np.abs(track.one[:-1]) < EDGE
    steps = np.diff(track.times)
    for words, times in (("matches", track.subject.yes), ("no information", track.subject.may - track.subject.yes)):
        seconds = int(steps[nearer & times.meets(track.times[:-1], track.times[:-1] + 1)].sum())
        if seconds:
            name = f"{track.subject.title}: " if track.subject.title else ""
            yield f"{name}{words} for about {duration(seconds)} below {EDGE} degrees, which is not drawn"


def lines_on_the_dial(track: Trajectory, times: Intervals, sign: int) -> tuple[Points, ...]:
    """The way of some times through one hemisphere (1 north, -1 south) beyond the edge."""
    return tuple(
        tuple(on_page(*point) for point in line)
        for part in track.parts(times)
        for line in above(tuple((sign * latitude, local_time) for latitude, local_time in part), EDGE)
    )


def _shapes(track: Trajectory, sign: int, labels: Labels) -> list[Shape]:
    lines = [(lines_on_the_dial(track, times, sign), role) for role, times in track.states]
    shapes: list[Shape] = [Line(parts, role) for parts, role in lines if parts]
    shapes += [
        Marks(shape, role, (on_page(sign * latitude, hour),), size=_MOMENT)
        for shape, role, (latitude, hour) in track.moments()
        if sign * latitude >= EDGE
    ]
    dots = [on_page(sign * latitude, hour) for latitude, hour in track.dots if sign * latitude >= EDGE]
    shapes.append(Marks("dot", "tick", tuple(dots), size=1.3))
    for text, role, (latitude, hour) in track.times_beside(_MOST_TIMES):
        if sign * latitude >= EDGE:
            shapes += labels.add(on_page(sign * latitude, hour), text, role)
    return shapes


def _name(track: Trajectory, sign: int, labels: Labels) -> list[Text]:
    """The satellite's name where its way enters a hemisphere, where there are several."""
    points = [values for _, values in track.at(track.times) if sign * values[0] >= EDGE]
    if not track.subject.title or not points:
        return []
    latitude, hour = points[0]
    return labels.name(on_page(sign * latitude, hour), track.subject.title)


def _rings(sign: int, labels: Labels) -> list[Shape]:
    """Rings of latitude, lines of local time, and their names."""
    radii = range(10, 91 - EDGE, 10)
    spokes = [on_page(EDGE, hour) for hour in range(0, 24, 3)]
    shapes: list[Shape] = [Line(tuple(((0.0, 0.0), end) for end in spokes), "ring")]
    shapes += [Circle(0, 0, radius, "frame" if radius == radii[-1] else "ring") for radius in radii]
    # The latitudes stand where the way does not go, if there is such a place.
    places = [
        [Text(*on_page(90.0 - radius, hour), f"{sign * (90 - radius)}°", MIDDLE, 0, 4, "quiet", 10) for radius in radii]
        for hour in _HOURS_OF_LATITUDES
    ]
    latitudes = min(places, key=lambda words: sum(labels.crossed(one) for one in words))
    shapes += [labels.keep(one) for one in latitudes]
    hours: Sequence[tuple[int, str, str, float]] = (
        (12, "12", "noon", -1), (18, "18", "dusk", -2), (0, "00 MLT", "midnight", -1.2), (6, "06", "dawn", -2)
    )  # fmt: skip
    for hour, number, name, out in hours:
        place = on_page(EDGE + out - 2, hour)
        down = {12: -8, 0: 10}.get(hour, -2)
        shapes += [
            labels.keep(Text(*place, number, MIDDLE, 0, down, "ink", 12)),
            labels.keep(Text(*place, name, MIDDLE, 0, down + 13, "quiet", 10)),
        ]
    return shapes


def _place(latitude: float, local_time: float) -> str:
    return f"{latitude:.0f}° at {local_time:.1f} h"
