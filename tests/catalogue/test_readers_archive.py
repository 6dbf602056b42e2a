"""Readers of what the archive holds: mirrored trees, saved listings, availability files."""

from __future__ import annotations

import errno
import os
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_samples import (
    DAY,
    NAMES,
    apache_pre,
    apache_table,
    availability_text,
    faults,
    h5ai,
    moment_text,
    nginx,
    seconds,
    written,
)
from edexql.catalogue.ingest import tree
from edexql.catalogue.ingest.batches import Covered, Fault, File, Spans
from edexql.catalogue.ingest.readers import availability, listings
from edexql.catalogue.ingest.registry import format_of
from edexql.formats.availability import instruments_of
from edexql.model.vocabulary import snapshot


@pytest.fixture
def given_text(tmp_path):
    return partial(written, tmp_path)


# Trees


@pytest.fixture
def mirror(tmp_path):
    """A folder with some files of a mirrored archive, and what else is found in such folders."""
    for place in (
        "2016/04/18/RRI/RRI_20160418_222759_223156_lv1_12.0.0.h5",
        "2016/04/18/CAS_ephemeris_20160418T000000_20160418T235959_1.2.0.txt",
        "2016/04/18/.listing",
        "2016/04/18/RRI/half.h5.part",
        "2016/04/18/own.csv",
        "2016/04/18/own.csv.mapping.json",
        "2016/04/18/tar.dat",
        "top.txt",
    ):
        path = tmp_path / "mirror" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * len(place))
    (tmp_path / "mirror" / "empty").mkdir()
    return tmp_path / "mirror"


def files_below(folder):
    """What is recorded of the files below a folder."""
    return [item.file for item in tree.inputs(str(folder))]


def test_a_tree_is_its_files_with_their_sizes(mirror):
    found = files_below(mirror)
    places = [file.place for file in found]
    assert places == [
        "2016/04/18/CAS_ephemeris_20160418T000000_20160418T235959_1.2.0.txt",
        "2016/04/18/RRI/RRI_20160418_222759_223156_lv1_12.0.0.h5",
        "2016/04/18/own.csv",
        "2016/04/18/tar.dat",
        "top.txt",
    ]
    assert all(file == File(file.place.split("/")[-1], len(file.place), None, file.place) for file in found)


def test_only_what_may_be_text_is_looked_into(mirror):
    readable = [item.file.name for item in tree.inputs(str(mirror)) if item.readable]
    assert readable == ["CAS_ephemeris_20160418T000000_20160418T235959_1.2.0.txt", "own.csv", "tar.dat", "top.txt"]
    assert all(os.path.isfile(item.path) for item in tree.inputs(str(mirror)))


@pytest.mark.parametrize(
    ("name", "readable"),
    [("README", True), ("a.SP3", True), ("a.txt.gz", True), ("a.h5", False), ("a.zip", False), ("a.png", False)],
)
def test_names_that_may_be_text(name, readable):
    assert tree.readable(name) is readable


def test_a_mapping_beside_a_file_makes_it_worth_a_look(given_text):
    path = given_text("", "table.data")
    assert not tree.readable(path)
    given_text("{}", "table.data.mapping.json")
    assert tree.readable(path)


def test_a_file_named_itself_is_no_file_of_the_archive(mirror):
    path = str(mirror / "top.txt")
    assert list(tree.inputs(path)) == [tree.Input(path, None, readable=True)]


def test_links_are_not_followed(mirror):
    try:
        (mirror / "2016" / "loop").symlink_to(mirror, target_is_directory=True)
        (mirror / "link.txt").symlink_to(mirror / "top.txt")
    except OSError:
        pytest.skip("links cannot be made here")
    assert len(files_below(mirror)) == 5


@pytest.mark.skipif(os.name == "nt", reason="names that Windows does not have")
def test_names_that_no_archive_has_are_told(mirror):
    (mirror / "bad\nname.txt").write_text("")
    (mirror / os.fsdecode(b"caf\xe9.txt")).write_text("")
    found = list(tree.inputs(str(mirror)))
    assert sorted(message for _, message in faults(found)) == [
        "not a file name: 'bad\\nname.txt'",
        "not a file name: 'caf\\udce9.txt'",
    ]
    assert len(found) == 7


def test_a_deep_tree_takes_no_stack(tmp_path):
    place = tmp_path
    for _ in range(300):
        place = place / "d"
    place.mkdir(parents=True)
    (place / "deep.txt").write_text("x")
    (found,) = files_below(tmp_path)
    assert found.place == "d/" * 300 + "deep.txt"


def test_a_folder_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    def gone(folder):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", folder)

    monkeypatch.setattr(os, "scandir", gone)
    ((_, message),) = faults(tree.inputs(str(tmp_path)))
    assert message.endswith("No such file or directory")


# Listings

INSTRUMENTS = instruments_of(snapshot())
SIZES = ("540570", "938M", "1.2K")


@pytest.mark.parametrize("page", [apache_table, apache_pre, nginx, h5ai])
def test_listings_of_all_servers_give_their_files(given_text, page):
    path = given_text(page(zip(NAMES, SIZES, strict=True)), "index.html")
    assert format_of(path).name == "listing"
    found = list(listings.read(path))
    assert [file.name for file in found] == list(NAMES)
    assert [(file.size, file.size_text) for file in found] == [(540570, None), (None, "938M"), (None, "1.2K")]
    folder = "/2016/04/18/RRI/" if page is h5ai else ""
    assert [file.place for file in found] == [folder + name for name in NAMES]


def test_sizes_as_h5ai_writes_them(given_text):
    (found,) = listings.read(given_text(h5ai([(NAMES[0], "967123 KB")])))
    assert (found.size, found.size_text) == (None, "967123 KB")


def test_a_size_that_is_not_there_is_not_made_up(given_text):
    (found,) = listings.read(given_text(apache_table([(NAMES[0], "  - ")])))
    assert (found.size, found.size_text) == (None, None)


def test_names_are_decoded_and_impossible_ones_told(given_text):
    page = apache_table([("with blank & more.txt", "12"), ("up%2Fdown", "12"), ("a\tb", "12"), ("é.txt", "12")])
    page = page.replace("up%252Fdown", "up%2Fdown").replace(">up%2Fdown", ">up/down")
    found = list(listings.read(given_text(page)))
    assert [file.name for file in found if isinstance(file, File)] == ["with blank & more.txt", "é.txt"]
    assert [message for _, message in faults(found)] == [
        "not a file name: 'up/down'",
        "not a file name: 'a\\tb'",
    ]
    assert [line for line, _ in faults(found)] == [13, 14]


def test_links_that_are_no_entries_are_left_out(given_text):
    page = apache_table([(NAMES[0], "12")])
    page = page.replace("<table>", '<p><a href="notes.txt">notes.txt</a></p><table>')
    page = page.replace("</table>", '<tr><td><a href="https://example.org/manual.pdf">the manual</a></td></tr></table>')
    assert [file.name for file in listings.read(given_text(page))] == [NAMES[0]]


@pytest.mark.parametrize("damage", ["<![if !IE]>", "<![x[", "<!-- never closed", "<a <a <a", "&#xffffffff;", "\x00"])
def test_damaged_markup_takes_no_listing_apart(given_text, damage):
    text = apache_table([(NAMES[0], "12")]).replace("<address>", damage)
    assert [file.name for file in listings.read(given_text(text)) if isinstance(file, File)] == [NAMES[0]]


@pytest.mark.parametrize("mark", ["<a ", "<a \n", "<!-- x <b>\n", "<a href='\n"])
def test_marks_that_never_end_are_left_out_in_bounded_time(given_text, mark):
    found = list(listings.read(given_text("<table>" + mark * (2**18 // len(mark)))))
    assert {message for _, message in faults(found)} == {"an HTML tag begins here and does not end"}


@given(st.lists(st.tuples(st.from_regex(r"[A-Za-z0-9_.]{1,60}\.txt", fullmatch=True), st.integers(0, 10**12))))
def test_what_a_server_lists_is_read_back(tmp_path_factory, files):
    path = written(tmp_path_factory.mktemp("l"), nginx((name, str(size)) for name, size in files))
    assert [(file.name, file.size) for file in listings.read(path)] == files


# Availability

ROWS = [
    ("FAI", "2019-05-01T15:05:34", "2019-05-01T15:13:06"),
    ("FAI", "2019-05-01T16:46:34", "2019-05-01T16:54:06"),
    ("GAP", "2019-05-01T00:00:00", "2019-05-02T00:00:00"),
    ("SEI", "2019-05-01T12:00:00", "2019-05-01T12:00:00"),
]
NAME = "CAS_ePOP_Data_20190501T000000_20190501T235959_1.0.0.txt"
START = seconds("2019-05-01")


def covered(batches) -> list[Covered]:
    return [batch for batch in batches if isinstance(batch, Covered)]


def test_availability_is_spans_and_a_whole_day_covered(given_text):
    path = given_text(availability_text(ROWS), NAME)
    assert format_of(path).name == "availability"
    found = list(availability.read(path))
    spans = {batch.key: batch for batch in found if isinstance(batch, Spans)}
    assert list(spans) == ["fai", "gap", "sei"]
    assert all(batch.word == "has-data" for batch in spans.values())
    assert spans["fai"].starts.tolist() == [seconds(ROWS[0][1]), seconds(ROWS[1][1])]
    assert spans["fai"].ends.tolist() == [seconds(ROWS[0][2]), seconds(ROWS[1][2])]
    assert (spans["sei"].ends - spans["sei"].starts).tolist() == [1]
    keys = ["cer", "fai", "gap", "irm", "mgf", "nms", "rri", "sei"]
    assert covered(found) == [Covered(key, "has-data", START, START + DAY, "cassiope") for key in keys]


@pytest.mark.parametrize(
    ("name", "first", "days"),
    [
        ("CAS_ePOP_Data_20190501_000000_235959_1.0.0.txt", "2019-05-01", 1),
        ("CAS_ePOP_Data_20190430_1.0.0.txt", "2019-04-30", 1),
        ("CAS_ePOP_Data_2019-05-01_2019-05-30_1.0.0.txt.gz", "2019-05-01", 30),
        ("CAS_ePOP_Data_1.0.0.txt", "2019-05-01", 1),
        ("saved.txt", "2019-05-01", 1),
    ],
)
def test_the_days_covered_are_those_of_the_name_or_else_of_the_rows(given_text, name, first, days):
    text = availability_text(ROWS).replace("2019-05-01", first)
    found = covered(availability.read(given_text(text, name)))
    assert {(batch.start, batch.end) for batch in found} == {(seconds(first), seconds(first) + days * DAY)}
    assert len(found) == 8


def test_a_day_without_data_is_covered_too(given_text):
    path = given_text(availability_text([]), NAME)
    assert format_of(path).name == "availability"
    found = list(availability.read(path))
    assert len(found) == len(covered(found)) == 8


def test_a_name_without_a_date_proves_nothing_about_the_days_of_several_rows(given_text):
    rows = [("RRI", f"2019-05-0{d}T01:00:00", f"2019-05-0{d}T02:00:00") for d in (1, 2, 5)]
    found = list(availability.read(given_text(availability_text(rows), "saved.txt")))
    assert covered(found) == faults(found) == []
    (spans,) = found
    assert len(spans.starts) == 3


HEADER = "CAS e-POP data availability\nInstrument, Start (UTC), End (UTC)\n"
ROW = "FAI, 2019-05-01T15:05:34, 2019-05-01T15:13:06\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("FAI 15:05:34 15:13:06\n", 1),
        ("FAI 15:05:34 15:13:06\nRRI 16:00:00 16:10:00\n", 1),
        ("FAI,2019-05-01,150534,151306\n", 1),
        ("15:05:34 15:13:06 FAI\n" + ROW, 1),
        ("FAI; 2019-05-01T15:05:34; 2019-05-01T15:13:06\n\n", 1),
        (ROW, 0),
        ("CAS e-POP data availability\n" + ROW, 0),
        ("hello\n", 0),
        ("hello\nworld\n", 0),
        ("", 0),
        ("\n\n\n", 0),
        (HEADER + "FAI, 2019-05-01T15:05:34, 2019-0", 3),
        (HEADER + ROW + "RR", 4),
        (HEADER + ROW + "RRI, 2019-05-01T16:00:00, 2019-05-01T16:1", 4),
        (HEADER + ROW.replace("05-01", "06-01"), 3),
        (HEADER + "no data\n", 3),
    ],
)
def test_of_a_day_whose_text_is_not_understood_nothing_is_known(given_text, text, line):
    found = list(availability.read(given_text(text, NAME)))
    assert covered(found) == []
    assert line in [number for number, _ in faults(found)]


def test_availability_of_another_spacecraft_is_refused(given_text):
    found = list(availability.read(given_text(HEADER + ROW, NAME.replace("CAS", "SWA"))))
    assert found == [Fault(0, "its name is of 'SWA', not CASSIOPE; nothing is ingested")]


@pytest.mark.parametrize(
    ("row", "message", "certain"),
    [
        ("XYZ, 2019-05-01T00:00:00, 2019-05-01T01:00:00", "not an instrument of e-POP: 'XYZ'", set()),
        ("NMS, 2019-05-01T00:00:00", "not an instrument, a start and an end", {"cer", "fai", "mgf"}),
        ("NMS, 2019-05-01T25:00:00, 2019-05-01T01:00:00", "not a date and time: '2019-05-01T25:00:00'", {"cer", "mgf"}),
        ("NMS, 2019-05-01T02:00:00, 2019-05-01T01:00:00", "ends before it starts", {"cer", "mgf"}),
        ("NMS, 2019-05-01T02:00:00, 2099-05-01T01:00:00", "lasts longer than a year", {"cer", "mgf"}),
    ],
)
def test_where_a_row_cannot_be_read_nothing_is_said_to_be_without_data(given_text, row, message, certain):
    text = availability_text(ROWS).replace("GAP", row + "\nGAP", 1)
    found = list(availability.read(given_text(text, NAME)))
    ((line, told),) = faults(found)
    assert line == 5
    assert told.startswith(message)
    keys = {batch.key for batch in covered(found)}
    assert keys >= certain
    assert "nms" not in keys
    assert len([batch for batch in found if isinstance(batch, Spans)]) == 3


@given(
    st.lists(
        st.tuples(st.sampled_from(INSTRUMENTS), st.integers(0, DAY - 1), st.integers(1, 5000)),
        max_size=30,
    )
)
def test_written_spans_are_read_back(tmp_path_factory, rows):
    text = availability_text(
        (key, moment_text(START + start), moment_text(START + start + length)) for key, start, length in rows
    )
    found = list(availability.read(written(tmp_path_factory.mktemp("a"), text, NAME)))
    assert not any(isinstance(batch, Fault) for batch in found)
    read = [
        (batch.key.upper(), int(start) - START, int(end - start))
        for batch in found
        if isinstance(batch, Spans)
        for start, end in zip(batch.starts, batch.ends, strict=True)
    ]
    assert sorted(read) == sorted(rows)


def test_the_instruments_of_availability_text_are_those_of_the_vocabulary():
    assert {instrument.lower() for instrument in INSTRUMENTS} == set(snapshot().instruments)
