"""Pictures of queries on a catalogue: what matches is drawn where it was, and what is not known is said."""

from __future__ import annotations

import json
from itertools import combinations, pairwise
from math import hypot
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import edexql
from catalogues import query, take
from edexql.catalogue.evaluation import evaluate
from edexql.catalogue.samples import values_at
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.engines.kinds.local import CatalogueEvidence
from edexql.model.answer import Answer, File
from edexql.pictures.dial import EDGE, SYSTEMS, on_page
from edexql.pictures.kinds import _DRAWN, KINDS, picture
from edexql.pictures.model import Area, Axis, Bands, Line, Marks, PictureError, Text
from edexql.pictures.panels import kp_role
from edexql.pictures.renderers import svg
from edexql.pictures.scene import scene
from edexql.pictures.time_axis import time_axis
from edexql.pictures.trajectory import Trajectory
from engine_catalogue import START, STOP, VOCABULARY, build
from svg_reading import SVG, described, words

DAY = 86400
ELEMENTS = """\
1 39265U 13055A   16109.43560694  .00010615  00000-0  31690-3 0  9998
2 39265  80.9685  93.2376 0706250  38.8563 326.1253 14.18638684131181
"""
RRI = "RRI_20160418_222759_223156_lv1_12.0.0.h5"
PASS = "product rri-*; date 2016-04-18; latitude > 50"


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """The catalogue that has every awkward thing in it."""
    folder = str(tmp_path_factory.mktemp("pictures") / "catalogue")
    build(folder)
    with open_catalogue(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def overpass(tmp_path_factory):
    """A catalogue of one file, element sets of that day and Kp."""
    pytest.importorskip("sgp4")
    folder = tmp_path_factory.mktemp("pass")
    (folder / "elements.txt").write_text(ELEMENTS, encoding="utf-8")
    place = folder / "archive" / "2016" / "04" / "18" / "RRI"
    place.mkdir(parents=True)
    (place / RRI).write_bytes(b"\x89HDF")
    take(folder / "catalogue", folder / "elements.txt", folder / "archive")
    return str(folder / "catalogue")


def lines(drawn, role):
    """The parts of the lines of a role, of all panels."""
    shapes = [shape for panel in drawn.drawing.panels for shape in panel.shapes]
    return [part for shape in shapes if isinstance(shape, Line) and shape.role == role for part in shape.parts]


QUERIES = (
    "product fai-lv1-hdf5-images",
    "product rri-*, mgf-*; where kp >= 2 AND altitude < 900",
    "product fai-lv1-hdf5-images; where latitude > 40 OR rri has-data",
    "product mgf-lv2-magnetic-field; where NOT mlt 6..18",
    "dst < -20",
)
STATES = ("orbit", "exists", "unknown", "matches")
windows = st.tuples(st.integers(START - 7200, STOP), st.integers(300, 20_000)).map(lambda one: (one[0], sum(one)))


@settings(max_examples=25)
@given(st.sampled_from(QUERIES), windows)
def test_no_line_jumps_over_the_map_and_every_matched_second_is_on_its_line(odd, text, window):
    shown = scene(query(text), CatalogueEvidence(odd, VOCABULARY), window)
    (subject,) = shown.subjects
    try:
        drawn = picture("track", query(text), CatalogueEvidence(odd, VOCABULARY), window)
    except PictureError:
        assert np.isnan(Trajectory(shown, subject, ("longitude", "latitude")).one).all()
        return
    for role in STATES:
        for part in lines(drawn, role):
            assert all(abs(c - a) <= 180 for (a, _), (c, _) in pairwise(part))
            assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in part)
    for role, times in (("matches", subject.yes), ("unknown", subject.may - subject.yes)):
        points = {point for part in lines(drawn, role) for point in part}
        seconds = np.unique(np.concatenate((times.starts, times.ends)))
        place = [values_at(name, seconds, odd, VOCABULARY) for name in ("longitude", "latitude")]
        known = {tuple(one) for one in np.stack(place, axis=-1).tolist() if one[0] == one[0] and one[1] == one[1]}
        alone = {one for one in known if one not in points}
        # A single second beside a gap in the positions has no line.
        assert len(alone) <= np.count_nonzero(np.isnan(place[0])) + 2


@settings(max_examples=25)
@given(st.sampled_from(QUERIES), windows)
def test_a_dial_has_both_hemispheres_and_no_line_outside(odd, text, window):
    try:
        drawn = picture("dial", query(text), CatalogueEvidence(odd, VOCABULARY), window)
    except PictureError:
        (subject,) = (shown := scene(query(text), CatalogueEvidence(odd, VOCABULARY), window)).subjects
        assert not Trajectory(shown, subject, SYSTEMS["magnetic"]).known
        return
    assert len(drawn.drawing.panels) == 2
    for role in STATES:
        for part in lines(drawn, role):
            assert all(hypot(*place) <= 90 - EDGE + 1e-6 for place in part)


@settings(max_examples=25)
@given(st.sampled_from(QUERIES), windows)
def test_panels_break_curves_at_the_ends_of_circles_and_colour_what_matches(odd, text, window):
    shown = scene(query(text), CatalogueEvidence(odd, VOCABULARY), window)
    drawn = picture("panels", query(text), CatalogueEvidence(odd, VOCABULARY), window)
    for panel in drawn.drawing.panels[1:]:
        turn = panel.y.high - panel.y.low
        for shape in panel.shapes:
            if isinstance(shape, Line) and panel.y.title.startswith(("mlt", "longitude", "magnetic-longitude")):
                assert all(abs(d - b) <= turn / 2 for part in shape.parts for (_, b), (_, d) in pairwise(part))
    (band,) = (shape for shape in drawn.drawing.panels[0].shapes if isinstance(shape, Bands))
    for role, times in (
        ("matches", shown.subjects[0].yes),
        ("unknown", shown.subjects[0].may - shown.subjects[0].yes),
    ):
        assert [(a, b) for a, b, one in band.spans if one == role] == list(times)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", QUERIES)
def test_every_picture_is_well_formed_and_says_what_it_shows(odd, kind, text):
    drawn = picture(kind, query(text), CatalogueEvidence(odd, VOCABULARY), (START + 3600, START + 12_000))
    document = drawn.svg()
    root = ElementTree.fromstring(document)
    assert (root.get("role"), drawn.kind) == ("img", kind)
    assert words(document)[0] == drawn.title
    assert described(document) == drawn.description
    assert len(drawn.description) > 40
    assert not any("href" in name for element in root.iter() for name in element.attrib)
    assert f"{SVG}script" not in {element.tag for element in root.iter()}
    assert len(drawn.text(60).splitlines()) >= 3
    assert svg.drawn(drawn.drawing, "dark") != svg.drawn(drawn.drawing, "light")


def test_three_states_are_told_apart_in_every_picture(odd):
    text = "product rri-*, mgf-*, fai-lv1-hdf5-images; where fai nir AND kp >= 1"
    shown = scene(query(text), CatalogueEvidence(odd, VOCABULARY), (START, START + DAY))
    assert len(shown.subjects[0].may - shown.subjects[0].yes)
    for kind in KINDS:
        drawn = picture(kind, query(text), CatalogueEvidence(odd, VOCABULARY), (START, START + DAY))
        assert "no information" in words(drawn.svg())
        assert "?" in drawn.text(100)


# What is named


def test_a_track_names_the_age_of_the_element_sets_and_stations_nearby(overpass):
    drawn = edexql.plot.track(PASS, catalogue=overpass)
    seen = words(drawn.svg())
    assert drawn.title == "Ground track of CASSIOPE"
    assert "longitude, latitude: from two-line element sets up to 0.6 days old" in seen
    assert "22:30:38" in seen
    near = edexql.plot.track(PASS, catalogue=overpass, file=RRI)
    assert f"file {RRI}" in words(near.svg())
    assert "kapu" in words(near.svg())
    assert "It matches from 2016-04-18T22:30:38Z to 2016-04-18T22:31:57Z, from 50° N 82° W to 55° N 80° W." in (
        near.description
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (PASS, "centred dipole of IGRF-13"),
        (f"{PASS}; qd-latitude > 50", "quasi-dipole"),
        (f"{PASS}; dipole-mlt 12..20", "centred dipole of IGRF-13"),
    ],
)
def test_a_dial_names_its_magnetic_system(overpass, text, named):
    drawn = edexql.plot.dial(text, catalogue=overpass)
    assert drawn.title == f"Magnetic latitude and local time of CASSIOPE ({named})"
    assert named in drawn.description


def test_a_dial_of_the_ephemeris_says_that_its_system_has_no_name(odd):
    drawn = picture("dial", query("product fai-*"), CatalogueEvidence(odd, VOCABULARY), (START + 3600, START + 9000))
    assert "the ephemeris' own columns, system not named" in drawn.title


def test_panels_have_rows_of_numbers_below(overpass):
    drawn = edexql.plot.panels(PASS, catalogue=overpass, file=RRI)
    axis = drawn.drawing.panels[-1].x
    assert axis.rows == ("UT", "Lat", "Lon", "Alt km", "MLat", "MLT")
    assert axis.ticks[0].label[:2] == ("22:20", "7.3")
    assert all(len(tick.label) == len(axis.rows) for tick in axis.ticks)


@pytest.mark.parametrize(
    ("kp", "role"),
    [(0, "kp-quiet"), (4 + 1 / 3, "kp-quiet"), (4 + 2 / 3, "kp-g1"), (5 + 2 / 3, "kp-g2"), (7, "kp-g3"), (8, "kp-g4"),
     (8 + 2 / 3, "kp-g4"), (9, "kp-g5")],
)  # fmt: skip
def test_kp_has_the_colours_of_the_storm_scale(kp, role):
    assert kp_role(kp) == role


def test_bars_are_as_long_as_values_hold():
    drawn = edexql.plot.panels("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3")
    (kp,) = drawn.drawing.panels[1:]
    bars = [ring for shape in kp.shapes if isinstance(shape, Area) for ring in shape.rings]
    assert {(box[1][0] - box[0][0]) % 10800 for box in bars} == {0}
    assert sum(box[1][0] - box[0][0] for box in bars) == DAY
    (named,) = kp.ground
    assert {y for ring in named.rings for _, y in ring} == {3, 9}


@pytest.mark.parametrize("name", ["kp", "dst"])
def test_no_extreme_of_an_index_is_lost_in_a_long_time(tmp_path, name):
    holds, count = (10800, 2900) if name == "kp" else (3600, 9000)
    rng = np.random.default_rng(1)
    values = rng.integers(0, 9, count).astype(float) if name == "kp" else -rng.exponential(20, count).round()
    start = 1_546_300_800
    lines = [f"{np.datetime64(start + place * holds, 's')},{value:g}" for place, value in enumerate(values.tolist())]
    (tmp_path / "index.csv").write_text("\n".join([f"time,{name}", *lines]), encoding="utf-8")
    mapping = {"time": "time", "holds": holds, "columns": {name: name}}
    (tmp_path / "index.csv.mapping.json").write_text(json.dumps(mapping), encoding="utf-8")
    take(tmp_path / "catalogue", tmp_path / "index.csv")
    end = start + count * holds
    drawn = edexql.plot.panels(
        f"{name} >= {'0' if name == 'kp' else '-1000'}", catalogue=str(tmp_path / "catalogue"), start=start, end=end
    )
    (panel,) = drawn.drawing.panels[1:]
    if name == "kp":
        tops = {y for shape in panel.shapes if isinstance(shape, Area) for ring in shape.rings for _, y in ring}
        assert {value for value in values.tolist() if value} <= tops
        widths = sum(
            ring[1][0] - ring[0][0] for shape in panel.shapes if isinstance(shape, Area) for ring in shape.rings
        )
        assert widths == pytest.approx(end - start, abs=2 * holds)
    else:
        points = [point for part in lines_of(panel) for point in part]
        assert {min(values), max(values)} <= {y for _, y in points}
        assert len(points) < 10_000
    assert len(drawn.svg()) < 300_000


def lines_of(panel):
    """The parts of the curve of a panel."""
    return [part for shape in panel.shapes if isinstance(shape, Line) and shape.role == "curve" for part in shape.parts]


def test_each_kind_is_listed_once_and_drawn():
    assert ("timeline", *_DRAWN) == KINDS


# From when to when


def test_a_picture_without_times_is_of_the_day_or_of_the_first_time_that_matches(overpass):
    assert edexql.plot.track(PASS, catalogue=overpass).drawing.subtitle.startswith("2016-04-18T00:00:00Z to 2016-04-19")
    longer = edexql.plot.panels("product rri-*; date 2016; latitude > 50", catalogue=overpass)
    assert longer.drawing.subtitle.startswith("2016-04-18T22:20:00Z to 22:42:00Z")
    given_times = edexql.plot.panels(PASS, catalogue=overpass, start="2016-04-18T22:00", end="2016-04-18T23:00")
    assert given_times.drawing.subtitle.startswith("2016-04-18T22:00:00Z to 23:00:00Z")
    assert edexql.plot.panels(PASS, catalogue=overpass, start=1461016800, end=1461020400) == given_times
    assert (
        "2016-04-18T00:00:00Z to 2016-04-19"
        in edexql.plot.dial(PASS, catalogue=overpass, start="2016-04-18").drawing.subtitle
    )


def test_a_timeline_of_an_answer_is_that_of_its_files(odd):
    text = query("product rri-*, mgf-*; where latitude > 50 AND kp >= 1")
    answer = evaluate(text, odd, VOCABULARY)
    of_answer = picture("timeline", answer, CatalogueEvidence(odd, VOCABULARY), (START, STOP))
    of_query = picture("timeline", text, CatalogueEvidence(odd, VOCABULARY), (START, STOP))
    for role in ("matches", "unknown"):
        assert spans(of_answer, role) == spans(of_query, role)
    assert spans(of_answer, "matches")
    assert picture("timeline", answer, CatalogueEvidence(odd, VOCABULARY), match=1).matches == len(answer.times.yes)


def test_a_timeline_of_a_listing_shows_files_as_a_whole_and_names_those_without_times(overpass):
    known = File(RRI, start=1461018479, end=1461018717, product="rri-lv1-hdf5-radio-data")
    maybe = File("b.h5", start=1461020000, end=1461020600, state="unknown")
    drawn = edexql.plot.timeline(Answer((known, maybe, File("c.h5", state="unknown"))), catalogue=overpass)
    assert [sum(b - a for a, b in spans(drawn, role)) for role in ("matches", "unknown", "exists")] == [
        pytest.approx(238, abs=20),
        pytest.approx(600, abs=20),
        0,
    ]
    assert "rri: files for 3:58 min, of which 3:58 min match" in drawn.description
    assert "other files: files for 10:00 min" in drawn.description
    assert drawn.drawing.notes == (
        "the answer does not say when files match: they are shown as a whole",
        "1 file is left out: no times in the name",
    )
    with pytest.raises(PictureError, match="no file of the answer has times in its name"):
        edexql.plot.timeline(Answer((File("c.h5"),)))
    with pytest.raises(PictureError, match="the answer has no files"):
        edexql.plot.timeline(Answer(()))


def spans(drawn, role):
    """The stretches of a role in the rows of a timeline."""
    bands = [shape for shape in drawn.drawing.panels[0].shapes if isinstance(shape, Bands)]
    return [(a, b) for band in bands for a, b, one in band.spans if one == role]


def test_no_match_is_hidden_by_files_beside_it_in_characters(odd):
    text = query("product rri-*, mgf-*; where latitude > 50")
    year = picture("timeline", text, CatalogueEvidence(odd, VOCABULARY), (START - 180 * DAY, STOP + 180 * DAY))
    assert "#" in year.text(40).partition("# matches")[0]


# Words and values


@settings(max_examples=25)
@given(st.sampled_from(QUERIES), windows, st.sampled_from(["track", "dial"]), st.integers(400, 1400))
def test_no_words_stand_on_others(odd, text, window, kind, width):
    try:
        drawn = picture(kind, query(text), CatalogueEvidence(odd, VOCABULARY), window, width=width)
    except PictureError:
        reject()
    for panel in drawn.drawing.panels:
        boxes = [box_of(shape, panel) for shape in panel.shapes if isinstance(shape, Text)]
        for one, other in combinations(boxes, 2):
            assert not (one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3])


def box_of(words, panel):
    """Left, top, right and bottom of words in points, as narrow as letters can be."""
    width = len(words.text) * words.size * 0.5
    x = panel.left + panel.width * panel.x.part(words.x) + words.right
    y = panel.top + panel.height * (1 - panel.y.part(words.y)) + words.down
    left = x - {"start": 0, "middle": width / 2, "end": width}[words.anchor]
    return left, y - words.size * 0.8, left + width, y


@pytest.mark.parametrize("value", [-20.0, 0.0, 1.0, 70.0])
def test_a_value_that_stays_the_same_is_inside_of_its_panel(tmp_path, value):
    lines = [f"2019-05-01T{hour:02}:00:00,{value:g}" for hour in range(24)]
    (tmp_path / "index.csv").write_text("\n".join(["time,dst", *lines]), encoding="utf-8")
    mapping = {"time": "time", "holds": 3600, "columns": {"dst": "dst"}}
    (tmp_path / "index.csv.mapping.json").write_text(json.dumps(mapping), encoding="utf-8")
    take(tmp_path / "catalogue", tmp_path / "index.csv")
    drawn = edexql.plot.panels("dst >= -1000; date 2019-05-01", catalogue=str(tmp_path / "catalogue"))
    (panel,) = drawn.drawing.panels[1:]
    assert 0.25 < panel.y.part(value) < 0.75
    assert len(panel.y.ticks) > 2
    assert f"dst: {value:g} nT." in drawn.description


@pytest.mark.parametrize("kind", KINDS)
def test_every_match_is_shown_with_what_is_around_it(odd, kind):
    text = query("product rri-*, mgf-*; where latitude > 50")
    times = evaluate(text, odd, VOCABULARY).times.yes
    assert len(times) > 2
    for number, (first, last) in enumerate(times, 1):
        drawn = picture(kind, text, CatalogueEvidence(odd, VOCABULARY), match=number)
        assert (drawn.match, drawn.matches) == (number, len(times))
        assert drawn.start < first < last < drawn.end
        assert f"match {number} of {len(times)}" in drawn.drawing.subtitle
        assert f"match {number} of {len(times)}" in drawn.description
    with pytest.raises(PictureError, match=f"there is no match {len(times) + 1}: {len(times)} times match"):
        picture(kind, text, CatalogueEvidence(odd, VOCABULARY), match=len(times) + 1)
    # Between times that are named, those are counted from 1 again.
    first, last = times.starts.tolist()[1], times.ends.tolist()[-1]
    between = picture("timeline", text, CatalogueEvidence(odd, VOCABULARY), (first, last), match=1)
    assert between.matches == len(times) - 1
    assert between.start < first < between.end


def test_a_match_of_a_second_is_a_dot_and_one_beside_the_dial_is_named(odd):
    text = query("product rri-*, mgf-*; where latitude > 50")
    first = evaluate(text, odd, VOCABULARY).times.yes.starts.tolist()[0]
    answer = Answer((File("a.h5", start=first, end=first + 1, product="mgf-lv2-magnetic-field"),))
    drawn = picture("track", answer, CatalogueEvidence(odd, VOCABULARY), (first - 1800, first + 1800))
    (dot,) = (one for one in drawn.drawing.panels[0].shapes if isinstance(one, Marks) and one.role == "matches")
    place = [values_at(name, np.array([first]), odd, VOCABULARY)[0] for name in ("longitude", "latitude")]
    assert dot.places[0] == pytest.approx(place)
    equator = query("product rri-*, mgf-*; where magnetic-latitude -30..30")
    words = "matches for about "
    drawn = picture("dial", equator, CatalogueEvidence(odd, VOCABULARY), match=1)
    assert any(note.startswith(words) and "below 50 degrees" in note for note in drawn.drawing.notes)
    assert words in drawn.description


def test_dials_of_a_narrow_picture_are_one_above_the_other(odd):
    wide, narrow = (
        picture("dial", query("product fai-*"), CatalogueEvidence(odd, VOCABULARY), width=width).drawing.panels
        for width in (1000, 400)
    )
    assert wide[0].top == wide[1].top
    assert narrow[1].top > narrow[0].top + narrow[0].height
    assert [panel.left + panel.width <= 400 for panel in narrow] == [True, True]


@pytest.mark.parametrize(("text", "state"), [("altitude > 1999", "may match"), ("kp >= 9", "have files")])
def test_where_nothing_matches_other_times_are_shown_and_named(odd, text, state):
    drawn = picture("panels", query(f"product rri-*, mgf-*; where {text}"), CatalogueEvidence(odd, VOCABULARY), match=1)
    assert f"time 1 of {drawn.matches} that {state} at " in drawn.drawing.subtitle
    with pytest.raises(PictureError, match=f"there is no match 99: nothing matches, and {drawn.matches} times {state}"):
        picture("dial", query(f"product rri-*, mgf-*; where {text}"), CatalogueEvidence(odd, VOCABULARY), match=99)


def test_a_picture_of_named_times_says_how_many_matches_are_seen(overpass):
    drawn = edexql.plot.track(PASS, catalogue=overpass)
    assert (drawn.match, drawn.matches) == (None, 1)
    assert edexql.plot.track(PASS, catalogue=overpass, match=1).drawing.subtitle.endswith(", matches for 1:19 min")


def test_an_answer_is_drawn_as_its_query_is(overpass):
    text = "product rri-*; date 2016; latitude > 50"
    times = {"catalogue": overpass, "start": "2016-04-18T22:00", "end": "2016-04-18T23:00"}
    of_query, of_answer = (
        edexql.plot.track(what, **times) for what in (text, edexql.evaluate(text, catalogue=overpass))
    )
    assert lines(of_answer, "matches") == lines(of_query, "matches") != []
    assert lines(of_answer, "exists") == lines(of_query, "exists")
    # An answer of eDEx has no times, so its files are shown as a whole.
    listed = Answer((File(RRI, start=1461018479, end=1461018717, product="rri-lv1-hdf5-radio-data"),))
    (matched,) = lines(edexql.plot.track(listed, **times), "matches")
    assert len(matched) > len(lines(of_query, "matches")[0])


@pytest.mark.parametrize(
    ("kind", "text", "times", "message"),
    [
        ("track", "date 2019-05-01", {}, "the catalogue has no position of the satellite from 2019-05-01T00:00:00Z"),
        ("dial", "date 2019-05-01", {}, "`edexql catalogue ingest` reads ephemerides"),
        ("panels", "date 2030-05-01", {}, "the catalogue has no indices and no orbit"),
        ("track", "date 2019-05-01", {"start": "2019", "end": "2020"}, "a track shows three days at the most"),
        ("dial", "date 2019-05-01", {"start": "2019", "end": "2020"}, "a dial shows three days at the most"),
        ("panels", "date 2019-05-01", {"start": "2010", "end": "2020"}, "panels show 400 days at the most"),
        ("panels", "date 2019-05-01", {"start": "2019-05-02", "end": "2019-05-01"}, "exchange them"),
        ("panels", "product gap-*; date 2019", {}, "in its dates: pass `start` and `end`, or name other"),
        ("track", "product fai-*; date 2019", {"match": 0}, "there is no match 0: 3 times match"),
        ("panels", "date 2019", {"file": "nothing.zip"}, "the catalogue has no file nothing.zip"),
        ("timeline", "product gap-*", {}, "the catalogue has no files of these products"),
    ],
)
def test_what_cannot_be_drawn_is_an_error_with_a_way_out(kind, text, times, message):
    with pytest.raises(edexql.plot.PictureError, match=message.replace(".", "[.]")) as error:
        getattr(edexql.plot, kind)(text, **times)
    assert isinstance(error.value, edexql.EdexqlError)


def test_a_picture_of_another_kind_is_a_mistake(odd):
    with pytest.raises(ValueError, match="a picture is timeline, track, dial or panels, not 'pie'"):
        picture("pie", query("kp >= 1"), CatalogueEvidence(odd, VOCABULARY))


def test_orbit_is_left_out_of_long_panels():
    drawn = edexql.plot.panels("product fai-*; kp >= 5; altitude > 900", start="2019-05-01", end="2019-05-31")
    assert [panel.y.title for panel in drawn.drawing.panels[1:]] == ["kp"]
    assert "orbit is left out: it is drawn for three days at the most" in drawn.drawing.notes


def test_availability_is_a_picture_too():
    drawn = edexql.plot.availability("2019-05-01", local=True)
    assert "FAI: on for 22:39 min" in drawn.description


# Axes of time


@given(st.integers(0, 2_000_000_000), st.integers(1, 3_000_000_000), st.integers(2, 20))
def test_an_axis_of_time_has_some_ticks_and_not_too_many(start, length, most):
    axis: Axis = time_axis(start, start + length, most)
    places = [tick.place for tick in axis.ticks]
    assert places == sorted(set(places))
    assert len(places) <= most + 2
    assert all(start <= place <= start + length for place in places)
    assert all(tick.label for tick in axis.ticks)


def test_the_entry_for_pages_takes_any_width(odd):
    for width in (1, 700, 100_000):
        drawn = picture("timeline", query("product fai-*"), CatalogueEvidence(odd, VOCABULARY), width=width)
        assert drawn.drawing.width == min(max(width, 400), 4000)
    assert json.dumps({"svg": drawn.svg(), "title": drawn.title, "description": drawn.description})
    assert SYSTEMS["magnetic"] == ("magnetic-latitude", "mlt")
    assert on_page(90, 3) == pytest.approx((0, 0))
