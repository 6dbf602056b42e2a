"""The pictures of the REPL in the documentation are what it draws, and need nothing but themselves."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from places import ROOT

SVG = "{http://www.w3.org/2000/svg}"
# GitHub and readers on slow lines.
MOST_BYTES = 40_000

for_each = pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("repl*.svg")), ids=lambda path: path.stem)
pytestmark = pytest.mark.slow


def test_the_pictures_show_the_repl_as_it_is():
    command = [sys.executable, "tools/make_screenshot.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@for_each
def test_a_picture_is_well_formed_and_says_what_it_shows(path):
    root = ElementTree.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    assert {name for name in root.get("aria-labelledby").split() if root.find(f"*[@id='{name}']").text} == {
        "title",
        "desc",
    }
    assert path.stat().st_size < MOST_BYTES


@for_each
def test_a_picture_refers_to_nothing_outside_and_runs_nothing(path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\w+://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"href|url\(|@import|@font-face|<!", text)
    drawn = {element.tag.removeprefix(SVG) for element in ElementTree.parse(path).getroot().iter()}
    assert drawn <= {"svg", "title", "desc", "style", "rect", "circle", "text", "tspan"}


@for_each
def test_the_lines_of_the_screen_can_be_selected_as_text_inside_the_window(path):
    root = ElementTree.parse(path).getroot()
    width, height = (float(root.get(name)) for name in ("width", "height"))
    lines = root.findall(f"{SVG}text")
    assert len(lines) > 10
    for line in lines:
        assert 0 < float(line.get("y")) < height
        for piece in line:
            assert 0 <= float(piece.get("x")) <= float(piece.get("x")) + float(piece.get("textLength")) <= width
    assert any("FAI_lv1_h5" in "".join(line.itertext()) or "edexql>" in "".join(line.itertext()) for line in lines)
