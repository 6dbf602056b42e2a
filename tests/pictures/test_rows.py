"""When instruments had data and when files match, in rows: in characters, as SVG and as PNG."""

from __future__ import annotations

import re
import struct
import sys
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.engines.timeline import EXISTS, MATCHES, MAY_MATCH, NOTHING, Timeline
from edexql.engines.timeline import Line as ChartLine
from edexql.model import timeset
from edexql.model.availability import Availability, Line
from edexql.pictures.model import Bands
from edexql.pictures.picture import Picture
from edexql.pictures.renderers import png, style, svg
from edexql.pictures.timeline import edges, of_availability, of_timeline, states
from svg_reading import SVG, described, titled, words

DAY = 86400
START = 1_556_668_800  # 2019-05-01
HOUR = 3600
TITLE = "When the instruments had data"


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


def characters(found: Availability, width: int, *, colour: bool = False) -> str:
    return Picture("availability", START, START + DAY, of_availability(found, TITLE, bins=width)).text(
        width, colour=colour
    )


def document(found: Availability, title: str = TITLE) -> str:
    return svg.drawn(of_availability(found, title))


# Characters


def test_the_three_states_are_told_apart_on_a_terminal():
    assert characters(availability(FAI, NMS, SEI), 24) == (
        "     2019-05-01T00:00:00Z 2019-05-02T00:00:00Z\n"
        "FAI  ...###..................\n"
        "NMS  ............????????????\n"
        "SEI  ????????????????????????\n"
        "     # on  . off  ? no information; a column is 1:00:00 h\n"
    )


def test_a_second_of_data_is_seen_however_wide_a_column_is():
    line = Line("RRI", (START + 5, START + 6), hours(0, 24))
    assert "#" in characters(availability(line), 3).splitlines()[1]


def test_a_column_of_which_a_part_is_unknown_is_not_called_off():
    assert states(NMS, list(hours(0, 8, 16, 24))) == ["off", "none", "none"]


def test_colour_changes_no_mark():
    found = availability(FAI, NMS, SEI)
    coloured = characters(found, 48, colour=True)
    assert coloured != characters(found, 48)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == characters(found, 48)


@given(lines(), st.integers(1, 60))
def test_every_column_says_what_is_known_of_its_time(line, count):
    found = availability(line, days=2)
    bounds = edges(found.start, found.end, count)
    assert (bounds[0], bounds[-1]) == (found.start, found.end)
    signs = characters(found, count).splitlines()[1][5:]
    assert len(signs) == count
    for sign, (start, end) in zip(signs, pairwise(bounds), strict=True):
        here = (start, end)
        on = timeset.intersection((line.on, here))
        known = timeset.intersection((line.known, here))
        assert sign == ("#" if on else "." if known == here else "?")


@given(
    st.lists(st.sampled_from([NOTHING, EXISTS, MAY_MATCH, MATCHES]), min_size=1, max_size=200), st.integers(1, 10**9)
)
def test_every_bin_of_a_timeline_is_drawn_in_its_own_column(values, more):
    chart = Timeline(START, START + len(values) + more, (ChartLine("rri", tuple(values)),))
    drawing = of_timeline(chart, "t")
    row = Picture("timeline", chart.start, chart.end, drawing).text(len(values)).splitlines()[1]
    assert row == ("rri  " + "".join(" .?#"[value] for value in values)).rstrip()
    bounds = edges(chart.start, chart.end, len(values))
    (band,) = [shape for shape in drawing.panels[0].shapes if isinstance(shape, Bands)]
    for place, value in enumerate(values):
        here = [role for left, right, role in band.spans if left <= bounds[place] and bounds[place + 1] <= right]
        assert here == {NOTHING: [], EXISTS: ["exists"], MAY_MATCH: ["unknown"], MATCHES: ["matches"]}[value]


def test_a_timeline_says_in_words_how_long_files_match():
    chart = Timeline(START, START + DAY, (ChartLine("rri", (MATCHES,) * 4, 3600, 600, 60),))
    assert described(svg.drawn(of_timeline(chart, "t"))).endswith(
        "rri: files for 1:00:00 h, of which 10:00 min match; no information for 1:00 min."
    )


# SVG


def shapes(text: str, instrument: str) -> dict[str, list[tuple[float, float]]]:
    """What is drawn for an instrument: by role, the ends of each stretch."""
    found = {}
    for path in titled(text, f"{instrument}: ").iter(f"{SVG}path"):
        starts = re.findall(r"M([0-9.]+) [0-9.]+h([0-9.]+)", path.get("d"))
        found[path.get("class").split("-", 1)[1]] = [(float(a), float(a) + float(b)) for a, b in starts]
    return found


def test_svg_shows_each_state_where_it_belongs_and_by_its_shape():
    text = document(availability(FAI, NMS, SEI))
    fai = shapes(text, "FAI")
    (before, after), (on,) = fai["off"], fai["on"]
    left, right = before[0], after[1]
    hour = (right - left) / 24
    assert on == pytest.approx((left + 3 * hour, left + 6 * hour), abs=1)
    assert shapes(text, "SEI") == {"none": [(pytest.approx(left, abs=0.2), pytest.approx(right, abs=0.2))]}
    drawn = {path.get("class"): path for path in titled(text, "NMS: ").iter(f"{SVG}path")}
    assert drawn["s-off"].get("stroke-dasharray") is None
    assert drawn["s-none"].get("stroke-dasharray")
    assert shapes(text, "NMS")["none"][0][0] == pytest.approx(left + 12 * hour, abs=1)


def test_svg_says_in_words_what_it_shows():
    text = document(availability(FAI, NMS, SEI), "Test of <words> & signs")
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    labels = root.get("aria-labelledby").split()
    said = {child.get("id"): child.text for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")}
    assert list(said) == labels
    assert said[labels[0]] == "Test of <words> & signs"
    assert "FAI: on for 3:00:00 h, off for 21:00:00 h." in described(text)
    assert "NMS: on for 0 s, off for 12:00:00 h, no information for 12:00:00 h." in described(text)
    assert "SEI: no information." in described(text)


def test_two_pictures_in_a_page_have_names_of_their_own():
    first, second = (re.findall(r' id="([^"]+)"', document(availability(line))) for line in (FAI, NMS))
    assert len(first) == 3
    assert not set(first) & set(second)


def test_svg_stays_small_however_many_spans_there_are():
    on = tuple(START + second for second in range(0, DAY, 5))
    text = document(availability(*[Line(name, on, (START, START + DAY)) for name in ("FAI", "RRI")]))
    assert len(text) < 100_000


@given(st.text(), st.text(min_size=1), lines(), st.integers(1, 4000))
def test_any_words_and_times_make_valid_xml_that_asks_for_nothing(title, name, line, days):
    text = document(availability(Line(name, line.on, line.known), days=days), title)
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            *("svg", "title", "desc", "style", "g", "rect", "path", "text", "clipPath")
        }
        assert not any("href" in key for key in element.attrib)
    assert set(re.findall(r"url\((.)", text)) == {"#"}
    assert not re.search(r"url|@import", root.findtext(f"{SVG}style"))


def test_an_axis_of_time_has_labels_at_whole_days_months_and_years():
    for days, label in ((1, "03:00"), (6, "2019-05-02"), (100, "2019-06"), (2000, "2020")):
        assert label in words(document(availability(FAI, days=days)))


# Themes


def test_each_colour_stands_as_an_attribute_and_in_the_style_sheet_for_light_and_dark():
    text = document(availability(FAI, NMS))
    sheet = ElementTree.fromstring(text).findtext(f"{SVG}style")
    light, dark = sheet.split("@media(prefers-color-scheme:dark)")
    for role in ("on", "off", "none", "ground", "ink", "quiet", "frame", "grid"):
        assert f"var(--edexql-{role},{style.ROLES[role].light})" in light
        assert f"var(--edexql-{role},{style.ROLES[role].dark})" in dark
        assert f'"{style.ROLES[role].light}"' in text


@pytest.mark.parametrize("theme", [style.LIGHT, style.DARK])
def test_a_picture_of_one_theme_has_its_colours_and_no_style_sheet(theme):
    text = svg.drawn(of_availability(availability(FAI), TITLE), theme)
    assert "<style" not in text
    assert "var(" not in text
    assert f'fill="{getattr(style.ROLES["ground"], theme)}"' in text


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [style.LIGHT, style.DARK])
def test_words_and_states_can_be_read_on_their_ground(theme):
    ground = luminance(getattr(style.ROLES["ground"], theme))
    for role, least in (
        *((role, 4.5) for role in ("ink", "quiet", "station", "curve")),
        *((role, 3) for role in ("matches", "unknown", "exists", "on", "off", "none", "orbit", "frame")),
    ):
        own = luminance(getattr(style.ROLES[role], theme))
        contrast = (max(own, ground) + 0.05) / (min(own, ground) + 0.05)
        assert contrast >= least, f"{role}: {contrast:.2f}"


# PNG


def test_png_without_its_package_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(png.PictureError, match="pip install cairosvg, or write SVG instead"):
        png.drawn(of_availability(availability(FAI), TITLE))


def test_png_without_the_library_below_the_package_says_so_too(monkeypatch, tmp_path):
    (tmp_path / "cairosvg.py").write_text("raise OSError('no library called cairo-2 was found')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "cairosvg", raising=False)
    with pytest.raises(png.PictureError, match="Cairo itself"):
        png.drawn(of_availability(availability(FAI), TITLE))


def test_png_is_a_picture_of_the_svg():
    try:
        import cairosvg  # noqa: F401
    except (ImportError, OSError):
        pytest.skip("CairoSVG is not here")
    shown = Picture("availability", START, START + DAY, of_availability(availability(FAI, NMS, SEI), TITLE))
    light, dark = shown.png(), shown.png("dark")
    assert light.startswith(b"\x89PNG\r\n\x1a\n")
    assert light != dark
    width, height = struct.unpack(">II", light[16:24])
    assert width == 2000
    assert 100 < height < width


def test_there_is_no_third_theme():
    with pytest.raises(ValueError, match="light or dark, not 'pink'"):
        Picture("availability", START, START + DAY, of_availability(availability(FAI), TITLE)).png("pink")
