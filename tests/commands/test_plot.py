"""`edexql plot` draws a query in the terminal, or writes a picture to files."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from commands import Finished, run
from edexql.commands.pictures import writable
from svg_reading import described, words

DAY = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3"


def drawn(*options: str) -> Finished:
    return run("plot", *options, "-e", DAY)


def test_a_drawing_in_the_terminal_has_rows_bars_and_numbers():
    done = drawn("panels", "--width", "48", "-q")
    lines = done.out.splitlines()
    assert lines[:2] == [
        "CASSIOPE: kp",
        "2019-05-01T00:00:00Z to 2019-05-02T00:00:00Z, matches for 7:33 min",
    ]
    assert lines[4].startswith("files  ")
    assert lines[4].count("#") == 2
    assert any("⣿" in line for line in lines)
    assert "       # matches  . files that do not match" in lines
    assert (done.code, done.err) == (0, "")


def test_colour_is_for_terminals():
    assert "\x1b[" not in drawn("panels", "--width", "48").out
    assert "\x1b[" in drawn("panels", "--width", "48", "--color", "always").out


def test_a_terminal_without_braille_gets_colons():
    assert writable("⠉⣿ ·#?", "ascii") == ":: .#?"
    assert writable("⠉⣿ ·#?", "utf-8") == "⠉⣿ ·#?"


def test_files_are_written_and_nothing_is_drawn(tmp_path):
    done = drawn("panels", "--svg", str(tmp_path / "p.svg"), "-q")
    assert (done.code, done.out, done.err) == (0, "", "")
    text = (tmp_path / "p.svg").read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).get("role") == "img"
    assert words(text)[0] == "CASSIOPE: kp"
    assert "kp: from 0.3333 to 4." in described(text)


def test_a_file_of_the_catalogue_is_shown_alone():
    name = "FAI_lv1_h5_20190501_182724_183456_6.0.0.zip"
    done = drawn("timeline", "--file", name, "--width", "20")
    assert done.out.splitlines()[0].split() == ["2019-05-01T18:27:24Z", "2019-05-01T18:34:57Z"]


def test_matches_are_gone_through_one_by_one():
    text = "product fai-lv1-hdf5-images; date 2019-05-01"
    done = run("plot", "panels", "--match", "2", "--width", "40", "-e", text)
    assert "match 2 of 3 at 16:46:34; in the times shown:" in done.out
    assert "note: match 2 of 3; --match N shows another\n" in done.err
    # What is around it is not marked.
    row = next(line for line in done.out.splitlines() if line.startswith("files"))
    assert set(row[7:15]) == {" "}
    assert "#" in row
    assert "note: match" not in run("plot", "panels", "--match", "2", "-q", "-e", text).err


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("track",), 2, "edexql: the catalogue has no position of the satellite"),
        (("track", "--file", "a.zip", "--start", "2019"), 2, "--file shows the times of a file"),
        (("track", "--file", "a.zip", "--match", "2"), 2, "--file shows the times of a file"),
        (("panels", "--match", "3"), 2, "there is no match 3: one time matches"),
        (("panels", "--match", "0"), 2, "argument --match: invalid"),
        (("dial", "--file", "a.zip"), 2, "the catalogue has no file a.zip: `edexql catalogue files` lists"),
        (("panels", "--start", "2019-05-01", "--end", "2029-05-01"), 2, "and not 3,654: name --start and --end that"),
        (("panels", "--start", "2019-13"), 1, "there is no month 13"),
        (("pie",), 2, "pie"),
    ],
)
def test_what_cannot_be_drawn_says_why(options, code, message):
    done = drawn(*options)
    assert done.code == code
    assert message in done.err
    assert done.out == ""
