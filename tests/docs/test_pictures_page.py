"""The page of pictures shows what its commands print and draw."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

import edexql
from edexql.pictures.picture import KINDS
from places import ROOT
from svg_reading import SVG, described

PAGE = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_page_and_its_pictures_are_what_the_commands_give():
    pytest.importorskip("sgp4")
    command = [sys.executable, "tools/make_pictures.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", KINDS)
def test_each_picture_is_shown_with_words_and_says_what_it_shows(name):
    path = ROOT / "docs" / "pictures" / f"{name}.svg"
    assert re.search(rf"!\[[^\]]{{40,}}\]\(pictures/{name}\.svg\)", PAGE)
    text = path.read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).tag == f"{SVG}svg"
    assert len(described(text)) > 100
    assert len(text) < 100_000
    assert re.findall(r"\w+://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]


def test_each_kind_is_in_python_and_on_the_page():
    assert set(KINDS) | {"availability", "Picture", "PictureError"} == set(edexql.plot.__all__)
    for kind in KINDS:
        assert re.search(rf"^\$ edexql (plot )?{kind} ", PAGE, re.MULTILINE)
