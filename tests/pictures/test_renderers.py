"""Drawings of every shape, drawn as SVG and in characters, compared with files. UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.pictures.model import (
    PLAIN,
    ROWS,
    TIME,
    Area,
    Axis,
    Bands,
    Circle,
    Drawing,
    Entry,
    Line,
    Marks,
    Panel,
    Text,
    Tick,
)
from edexql.pictures.picture import Picture
from edexql.pictures.renderers import style, svg, text
from svg_reading import SVG, described, titled, words

GOLDEN = Path(__file__).parent / "golden"


def every_shape(title: str = "Every shape", words: str = "words") -> Drawing:
    """A small drawing of a row over time, and below it a panel of each shape."""
    rows = Panel(
        60,
        0,
        300,
        24,
        Axis(0, 3600, kind=TIME),
        Axis(0, 1, (Tick(0.5, (words,), grid=False),), kind=ROWS),
        (Bands(0.2, 0.8, ((0, 900, "exists"), (900, 1800, "unknown"), (1800, 3600, "matches")), f"{words}: a row"),),
    )
    square = ((1.0, 1.0), (3.0, 1.0), (3.0, 4.0), (1.0, 4.0))
    shapes = (
        Line((((0, 0), (10, 5)),), "curve"),
        Line((((0, 2), (4, 2), (4, 4)), ((6, 2), (9, 2))), "matches"),
        Circle(5, 2.5, 2, "ring"),
        Marks("dot", "tick", ((2, 2), (8, 4))),
        Marks("ring", "ink", ((2, 4),), (words,)),
        Marks("triangle", "station", ((8, 1),), (words,)),
        Text(5, 2.5, words),
    )
    across = Axis(0, 10, (Tick(0, ("0", "a")), Tick(5, ("5", "b")), Tick(10, ("10", "c"))), rows=("x", words))
    up = Axis(0, 5, (Tick(0, ("0",)), Tick(5, ("5",))), f"{words}\nkm")
    ground = (Area((square,), "land", "coast"), Area((((6, 0), (8, 0), (8, 3), (6, 3)),), "kp-g1"))
    below = Panel(60, 40, 300, 120, across, up, shapes, ground)
    legend = (
        Entry("matches", "band", words),
        Entry("unknown", "band", "unknown"),
        Entry("curve", "line", "a curve"),
        Entry("night", "area", "night"),
        Entry("station", "triangle", "station"),
    )
    return Drawing(title, words, f"{title} in {words}.", 400, 210, (rows, below), legend, (words, "a note " * 20))


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("shapes.svg", lambda: svg.drawn(every_shape())),
        ("shapes-dark.svg", lambda: svg.drawn(every_shape(), style.DARK)),
        ("shapes.txt", lambda: text.drawn(every_shape(), 40, colour=False)),
    ],
)
def test_every_shape_is_drawn_as_the_stored_file_has_it(name, drawn):
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(drawn(), encoding="utf-8")
    assert drawn() == path.read_text(encoding="utf-8")


def luminance(colour):
    """The relative luminance of WCAG of red, green and blue from 0 to 1."""
    parts = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [style.LIGHT, style.DARK])
def test_lines_and_words_are_seen_on_every_ground(theme):
    def colour(role):
        text = style.colour(role, theme)
        return [int(text[place : place + 2], 16) / 255 for place in (1, 3, 5)]

    def through(role, below):
        part = style.ROLES[role].opacity
        return [part * a + (1 - part) * b for a, b in zip(colour(role), below, strict=True)]

    grounds = [colour(role) for role in ("ground", "sea", "land")]
    nights = [through("night", colour(role)) for role in ("sea", "land")]
    for role in ("matches", "exists", "unknown", "orbit", "terminator", "station", "tick"):
        assert min(contrast(colour(role), ground) for ground in (*grounds, *nights)) >= 3, role
    for role in ("ink", "quiet", "station"):
        # Words in a map have an edge in the colour of the ground.
        assert contrast(colour(role), colour("ground")) >= 4.5, role
    for role in ("curve", "matching", "zero"):
        assert contrast(colour(role), through("admitted", colour("ground"))) >= 2.5, role
    for day, night in zip(grounds[1:], nights, strict=True):
        assert contrast(day, night) >= 1.2


@given(st.text(), st.text(min_size=1))
def test_words_of_any_letters_are_escaped_wherever_they_stand(title, some):
    document = svg.drawn(every_shape(title, some))
    root = ElementTree.fromstring(document)
    assert root.get("role") == "img"
    assert described(document)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        *("svg", "title", "desc", "style", "clipPath", "g", "rect", "path", "circle", "text")
    }
    characters = text.drawn(every_shape(title, some), 40, colour=False)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\x9b]", characters)


def test_a_row_a_mark_and_the_whole_have_names_for_screen_readers():
    document = svg.drawn(every_shape())
    assert titled(document, "words: a row").tag == f"{SVG}g"
    assert {one.tag for one in ElementTree.fromstring(document).iter() if one.findtext(f"{SVG}title") == "words"} == {
        *(f"{SVG}circle", f"{SVG}path")
    }
    assert words(document)[0] == "Every shape"
    root = ElementTree.fromstring(document)
    named = {element.get("id") for element in root.iter() if element.get("id")}
    assert set(root.get("aria-labelledby").split()) <= named


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=2, max_size=30))
def test_what_is_outside_of_its_panel_is_cut_off_and_never_fails(points):
    axis = Axis(-1, 1)
    panel = Panel(
        0, 0, 100, 100, axis, axis, (Line((tuple(points),), "matches"), Marks("dot", "unknown", tuple(points)))
    )
    drawing = Drawing("t", "", "d", 100, 100, (panel,))
    lines = text.drawn(drawing, 20, colour=False).splitlines()[3:13]
    assert max(map(len, lines)) <= 20
    assert "clip-path" in svg.drawn(drawing)


def test_a_notebook_gets_svg_and_characters():
    picture = Picture("track", 0, 3600, every_shape())
    bundle = picture._repr_mimebundle_()
    assert bundle == {"image/svg+xml": picture.svg(), "text/plain": str(picture)}
    assert list(picture._repr_mimebundle_(include=["text/plain"])) == ["text/plain"]
    assert list(picture._repr_mimebundle_(exclude=["text/plain"])) == ["image/svg+xml"]
    assert repr(picture) == "<Picture: track, Every shape>"
    assert (picture.title, picture.description) == ("Every shape", "Every shape in words.")


def test_a_plain_axis_is_no_axis_of_time():
    assert Axis(0, 1).kind == PLAIN
    assert Axis(10, 20).part(15) == 0.5


@given(st.text(alphabet="abc ", max_size=300), st.text(alphabet="xyz ", max_size=300))
def test_a_long_heading_is_in_lines_above_the_panels(title, subtitle):
    drawing = every_shape()
    long = Drawing(title, subtitle, "d", 400, 210, drawing.panels)
    root = ElementTree.fromstring(svg.drawn(long))
    top = min(float(one.find(f"{SVG}rect").get("y")) for one in root.iter(f"{SVG}clipPath"))
    heading = [one for one in root.findall(f"{SVG}text") if float(one.get("y")) < top]
    words_there = " ".join(one.text or "" for one in heading).split()
    assert words_there == f"{title} {subtitle}".split()
    assert all(len(one.text or "") <= max(60, *map(len, (one.text or "").split()), 0) for one in heading)
    assert float(root.get("height")) > top + 210
