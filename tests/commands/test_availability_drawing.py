"""When instruments had data, drawn for a terminal, as SVG and as PNG."""

from __future__ import annotations

import re
import struct
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.model import timeset
from edexql.model.availability import Availability, Line
from edexql.pictures import bins, png, svg, text

DAY = 86400
START = 1_556_668_800  # 2019-05-01
SVG = "{http://www.w3.org/2000/svg}"
HOUR = 3600


def availability(*lines: Line, days: int = 1) -> Availability:
    return Availability(START, START + days * DAY, lines, ("https://archive.example/CAS.txt",), ())


def hours(*bounds: int) -> tuple[int, ...]:
    return tuple(START + hour * HOUR for hour in bounds)


FAI = Line("FAI", hours(3, 6), hours(0, 24))
NMS = Line("NMS", (), hours(0, 12))
SEI = Line("SEI", (), ())

moments = st.lists(st.integers(START - DAY, START + 3 * DAY), unique=True, max_size=12).map(
    lambda found: tuple(sorted(found)[: len(found) // 2 * 2])
)


@st.composite
def lines(draw):
    on = draw(moments)
    return Line(draw(st.sampled_from(["CER", "RRI"])), on, timeset.union([on, draw(moments)]))


def test_the_three_states_are_told_apart_on_a_terminal():
    assert text.drawn(availability(FAI, NMS, SEI), 24, colour=False) == (
        "     2019-05-01T00:00:00Z 2019-05-02T00:00:00Z\n"
        "FAI  ...###..................\n"
        "NMS  ............????????????\n"
        "SEI  ????????????????????????\n"
        "     # on  . off  ? no information; a column is 1:00:00 h\n"
    )


def test_a_second_of_data_is_seen_however_wide_a_column_is():
    line = Line("RRI", (START + 5, START + 6), hours(0, 24))
    assert "#" in text.drawn(availability(line), 3, colour=False).splitlines()[1]


def test_a_column_of_which_a_part_is_unknown_is_not_called_off():
    assert bins.states(NMS, list(hours(0, 8, 16, 24))) == [bins.OFF, bins.NO_INFORMATION, bins.NO_INFORMATION]


def test_colour_changes_no_mark():
    found = availability(FAI, NMS, SEI)
    coloured = text.drawn(found, 48, colour=True)
    assert coloured != text.drawn(found, 48, colour=False)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == text.drawn(found, 48, colour=False)


@given(lines(), st.integers(1, 60))
def test_every_column_says_what_is_known_of_its_time(line, count):
    found = availability(line, days=2)
    bounds = bins.edges(found, count)
    assert bounds[0] == found.start
    assert bounds[-1] == found.end
    for state, start, end in zip(bins.states(line, bounds), bounds, bounds[1:], strict=False):
        here = (start, end)
        on = timeset.intersection((line.on, here))
        known = timeset.intersection((line.known, here))
        assert state == (bins.ON if on else bins.OFF if known == here else bins.NO_INFORMATION)


@given(st.integers(1, 100))
def test_there_are_no_more_columns_than_seconds(width):
    found = Availability(START, START + 7, (Line("FAI", (), ()),), (), ())
    assert len(text.drawn(found, width, colour=False).splitlines()[1]) == len("FAI  ") + min(width, 7)


# SVG


def shapes(document: str, instrument: str) -> list[ElementTree.Element]:
    """What is drawn for an instrument."""
    for group in ElementTree.fromstring(document).iter(f"{SVG}g"):
        if group.findtext(f"{SVG}text") == instrument:
            return [child for child in group if child.tag in (f"{SVG}rect", f"{SVG}line")]
    raise AssertionError(instrument)


def extent(shape: ElementTree.Element) -> tuple[float, float]:
    if shape.tag == f"{SVG}line":
        return float(shape.get("x1")), float(shape.get("x2"))
    return float(shape.get("x")), float(shape.get("x")) + float(shape.get("width"))


def test_svg_shows_each_state_where_it_belongs_and_by_its_shape():
    document = svg.drawn(availability(FAI, NMS, SEI))
    before, on, after = shapes(document, "FAI")
    assert (before.tag, on.tag, after.tag) == (f"{SVG}line", f"{SVG}rect", f"{SVG}line")
    left, right = extent(before)[0], extent(after)[1]
    hour = (right - left) / 24
    assert extent(on) == pytest.approx((left + 3 * hour, left + 6 * hour), abs=0.1)
    known, unknown = shapes(document, "NMS")
    assert known.get("stroke-dasharray") is None
    assert unknown.get("stroke-dasharray")
    (nothing,) = shapes(document, "SEI")
    assert extent(nothing) == (left, right)
    assert nothing.get("class") == unknown.get("class")


def test_svg_says_in_words_what_it_shows():
    root = ElementTree.fromstring(svg.drawn(availability(FAI, NMS, SEI), "Test of <words> & signs"))
    assert root.get("role") == "img"
    labels = root.get("aria-labelledby").split()
    said = {child.get("id"): child.text for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")}
    assert list(said) == labels
    assert said["title"] == "Test of <words> & signs"
    assert "FAI: on for 3:00:00 h, off for 21:00:00 h." in said["desc"]
    assert "NMS: on for 0 s, off for 12:00:00 h, no information for 12:00:00 h." in said["desc"]
    assert "SEI: no information." in said["desc"]


def test_svg_stays_small_however_many_spans_there_are():
    on = tuple(START + second for second in range(0, DAY, 5))
    document = svg.drawn(availability(*[Line(name, on, (START, START + DAY)) for name in ("FAI", "RRI")]))
    assert len(document) < 300_000


@given(st.text(), st.text(min_size=1), lines(), st.integers(1, 4000))
def test_any_words_and_times_make_valid_xml_that_asks_for_nothing(title, name, line, days):
    document = svg.drawn(availability(Line(name, line.on, line.known), days=days), title)
    root = ElementTree.fromstring(document)
    size = [float(value) for value in root.get("viewBox").split()]
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "title", "desc", "style", "g", "rect", "line", "text"}
        assert not any("href" in key for key in element.attrib)
        if element.get("x") is not None:
            assert 0 <= float(element.get("x")) <= size[2]
    assert "url(" not in root.findtext(f"{SVG}style")


# PNG


def test_png_without_its_package_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(png.PictureError, match="pip install cairosvg, or write SVG instead"):
        png.drawn(availability(FAI))


def test_png_without_the_library_below_the_package_says_so_too(monkeypatch, tmp_path):
    (tmp_path / "cairosvg.py").write_text("raise OSError('no library called cairo-2 was found')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "cairosvg", raising=False)
    with pytest.raises(png.PictureError, match="Cairo itself"):
        png.drawn(availability(FAI))


def test_png_is_a_picture_of_the_svg():
    try:
        import cairosvg  # noqa: F401
    except (ImportError, OSError):
        pytest.skip("CairoSVG is not here")
    picture = png.drawn(availability(FAI, NMS, SEI))
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width > 1000
    assert 100 < height < width
