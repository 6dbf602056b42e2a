"""The ground track on a map: where a satellite was, when files exist and match, night, and stations."""

from __future__ import annotations

import numpy as np

from edexql.base.units import duration
from edexql.catalogue import intervals
from edexql.catalogue.geometry.stations import stations
from edexql.model.period import moment
from edexql.pictures import earth
from edexql.pictures.model import FEWER_TIMES, Area, Axis, Drawing, Entry, Line, Marks, Panel, PictureError, Tick
from edexql.pictures.scene import matched, remarks_on_query, sources
from edexql.pictures.seams import round_across
from edexql.pictures.trajectory import LONGEST, Labels, Trajectory, dot_step, legend

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.pictures.model import Points, Shape
    from edexql.pictures.scene import Scene

    Floats = NDArray[np.float64]

WIDTH = 1000
# Seconds that are shown before and after a file, half an orbit.
MARGIN = 45 * 60
FIELDS = ("longitude", "latitude")
_LEFT, _RIGHT, _BELOW = 46, 24, 24
# Points that the name of a longitude takes, and a part of the track with a time.
_TICK, _TIME = 44, 34
_MOST_TIMES = 26
# Stations within so many km of what is shown in colour have their codes; no more than so many.
_NEAR, _MOST_CODES = 600.0, 14
_EARTH = 6371.0
# The radius in points of what is too short for a line.
_MOMENT = 4.0


def drawing(scene: Scene, width: float = WIDTH) -> Drawing:
    """A map of what a scene shows. Raises PictureError where there is no position, and for more than three days."""
    if scene.end - scene.start > LONGEST:
        raise PictureError(f"a track shows three days at the most, and not {scene.days}", FEWER_TIMES)
    tracks = [track for track in (Trajectory(scene, subject, FIELDS) for subject in scene.subjects) if track.known]
    if not tracks:
        raise PictureError(
            f"the catalogue has no position of the satellite from {scene.period}: `edexql catalogue ingest` reads"
            " ephemerides, SP3 files and two-line element sets"
        )
    middle = (scene.start + scene.end) // 2
    lines = width - _LEFT - _RIGHT
    degrees = range(-180, 181, 30 if lines > 12 * _TICK else 60)
    across = Axis(-180, 180, tuple(Tick(one, (_longitude(one),)) for one in degrees))
    up = Axis(-90, 90, tuple(Tick(one, (_latitude(one),)) for one in range(-90, 91, 30)))
    ground: tuple[Shape, ...] = (
        Area((((-180, -90), (180, -90), (180, 90), (-180, 90)),), "sea"),
        Area(earth.coast(), "land", "coast"),
        Area((earth.night(middle),), "night"),
    )
    whole = intervals.of([(scene.start, scene.end + 1)])
    ways = [line for track in tracks for line in lines_on_the_map(track, whole)]
    labels = Labels(lines / 360, lines / 360, 180, 90, ways)
    shapes: list[Shape] = [Line((earth.terminator(middle),), "terminator"), _all_stations(lines)]
    for track in tracks:
        if track.subject.title:
            shapes += labels.name(track.at(track.times)[0][1], track.subject.title)
    for track in tracks:
        shapes += _shapes(track, labels, round(min(_MOST_TIMES, lines / _TIME)))
    shapes += _codes_of_stations(tracks, labels)
    panel = Panel(_LEFT, 0, lines, lines / 2, across, up, tuple(shapes), ground)
    notes = (
        *scene.remarks,
        f"a dot every {duration(dot_step(scene))}; night at {moment(middle)}; map: Natural Earth",
        *sources(FIELDS, scene),
        *filter(None, (track.gap() for track in tracks)),
        *remarks_on_query(scene, FIELDS),
    )
    return Drawing(
        f"Ground track{scene.of}",
        f"{scene.period}, {matched(scene)}",
        " ".join(
            [
                f"A map of the Earth with the ground track from {scene.period}: {matched(scene)}.",
                *(sentence for track in tracks for sentence in track.sentences(_place)),
            ]
        ),
        width,
        lines / 2 + _BELOW,
        (panel,),
        (
            *legend(tracks),
            Entry("ink", "ring", "start"),
            Entry("station", "triangle", "station"),
            Entry("night", "area", f"night at {moment(middle)[11:16]}"),
        ),
        notes,
    )


def lines_on_the_map(track: Trajectory, times: Intervals) -> tuple[Points, ...]:
    """The track of some times, cut at longitude 180 and where there is no position."""
    return tuple(line for part in track.parts(times) for line in round_across(part, -180.0, 180.0))


def _shapes(track: Trajectory, labels: Labels, most: int) -> list[Shape]:
    """The lines of a track, one state above the other, with its dots and at the `most` so many regular times."""
    lines = [(lines_on_the_map(track, times), role) for role, times in track.states]
    shapes: list[Shape] = [Line(parts, role) for parts, role in lines if parts]
    shapes.append(Marks("dot", "tick", tuple(track.dots), size=1.1))
    shapes += [Marks(shape, role, (place,), size=_MOMENT) for shape, role, place in track.moments()]
    start = track.at(track.times)[0][1]
    shapes.append(Marks("ring", "ink", (start,), size=4.5))
    for text, role, place in track.times_beside(most):
        shapes += labels.add(place, text, role)
    return shapes


def _all_stations(lines: float) -> Marks:
    each = stations()
    titles = tuple(f"{one.code}: {one.name} ({one.network})" for one in each)
    return Marks(
        "triangle", "station", tuple((one.longitude, one.latitude) for one in each), titles, min(2.6, lines / 250)
    )


def _codes_of_stations(tracks: Sequence[Trajectory], labels: Labels) -> list[Shape]:
    """The codes of stations near what is shown in colour, the nearest first."""
    each = stations()
    places = np.array([(one.longitude, one.latitude) for one in each])
    distances = np.min([_distances(track, places) for track in tracks], axis=0)
    codes: list[Shape] = []
    for number in np.argsort(distances, kind="stable").tolist():
        if distances[number] > _NEAR or len(codes) == _MOST_CODES:
            break
        codes += labels.add((each[number].longitude, each[number].latitude), each[number].code, "station", below=True)
    return codes


def _distances(track: Trajectory, places: Floats) -> Floats:
    """How far (km) each of some places is from the track where it is shown in colour."""
    here = track.shown.meets(track.times, track.times + 1) & ~np.isnan(track.one)
    if not here.any():
        return np.full(len(places), np.inf)
    one, other = _directions(places), _directions(np.stack((track.one[here], track.other[here]), axis=-1))
    return np.asarray(_EARTH * np.arccos(np.clip((one @ other.T).max(axis=1), -1, 1)))


def _directions(places: Floats) -> Floats:
    longitude, latitude = np.radians(places[:, 0]), np.radians(places[:, 1])
    level = np.cos(latitude)
    return np.stack((level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)), axis=-1)


def _place(longitude: float, latitude: float) -> str:
    return f"{abs(latitude):.0f}° {'S' if latitude < 0 else 'N'} {abs(longitude):.0f}° {'W' if longitude < 0 else 'E'}"


def _longitude(degrees: int) -> str:
    return f"{abs(degrees)}°" + ("" if degrees in (0, -180, 180) else "W" if degrees < 0 else "E")


def _latitude(degrees: int) -> str:
    return f"{abs(degrees)}°" + ("" if not degrees else "S" if degrees < 0 else "N")
