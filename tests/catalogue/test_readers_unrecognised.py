"""What is said of files in no format that is read, and the first mapping of a table."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_samples import PAIR, availability_text, samples, seconds, sp3_text, written
from commands import run
from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.readers.tables import read_with_mapping
from edexql.catalogue.ingest.registry import format_of, head_of, reason
from edexql.catalogue.ingest.source import beginning
from edexql.catalogue.ingest.suggestion import suggestion
from edexql.catalogue.ingest.times import end_of, instant
from edexql.model.vocabulary import load

TABLE = "Datetime,Kp Index,Status\n2015-03-17 00:00,2.0,def\n2015-03-17 03:00,4.667,def\n2015-03-17 06:00,-1,pre\n"
ELEMENTS = "\n".join(PAIR) + "\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (gzip.compress(b"", mtime=0), "its compressed data are damaged or missing"),
        (gzip.compress(ELEMENTS.encode(), mtime=0)[:9], "its compressed data are damaged or missing"),
        (bz2.compress(ELEMENTS.encode()), "it is a bzip2 file; unpack it first"),
        (lzma.compress(ELEMENTS.encode()), "it is an xz file; unpack it first"),
        (b"PK\x03\x04" + bytes(30), "it is a zip archive; unpack it first"),
        (b"\x89HDF\r\n\x1a\n" + bytes(30), "it is an HDF5 file, which edexql does not read"),
        (ELEMENTS.encode("utf-16"), "it is text in UTF-16; save it as UTF-8"),
        (ELEMENTS.encode("utf-16-le"), "it is text in UTF-16; save it as UTF-8"),
        (sp3_text(seconds("2020-10-20"), 3).encode("utf-16-be"), "it is text in UTF-16; save it as UTF-8"),
        (bytes(range(256)), "it is binary data"),
        (b"<!DOCTYPE html>\n<html><title>404 Not\n Found</title>", "it is a web page, '404 Not Found', and not a"),
        (b"<html><body>hello</body></html>", "it is a web page and not a listing"),
        (b"hello world, and more\nof it\n", "it is in no format that edexql reads"),
        (b"1,2,3\n4,5,6\n", "it is in no format that edexql reads"),
        (b"# notes\n", "it is in no format that edexql reads"),
        (TABLE.encode(), "it looks like a table with columns Datetime, Kp Index, Status; say what they mean with"),
        (TABLE.replace(",", ";").encode(), "it looks like a table with columns Datetime, Kp Index, Status; say"),
        (
            gzip.compress(TABLE.encode(), mtime=0),
            "it looks like a table with columns Datetime, Kp Index, Status; say",
        ),
    ],
)
def test_what_a_file_is_instead_is_said(tmp_path, data, words):
    path = written(tmp_path, data)
    assert format_of(path) is None
    assert reason(head_of(path), beginning(path)).startswith(words)
    done = run("catalogue", "ingest", "--catalogue", "c", path, cwd=tmp_path)
    assert done.code == 1
    assert f"{path}: {words}" in done.out + done.err


def test_a_web_page_in_the_place_of_an_availability_file_is_called_one(tmp_path):
    path = written(tmp_path, "<html><title>Sign in</title></html>", "CAS_ePOP_Data_20190501_1.0.0.txt")
    assert format_of(path) is None
    path = written(tmp_path, availability_text([]), "CAS_ePOP_Data_20190501_1.0.0.txt")
    assert format_of(path).name == "availability"


def test_a_tree_tells_of_files_that_are_not_what_their_names_say(tmp_path):
    folder = tmp_path / "tree" / "2019" / "05" / "01"
    folder.mkdir(parents=True)
    names = ("CAS_ePOP_Data_20190501_1.0.0.txt", "CAS_Orbit_GEO_20190501T000000_20190501T235959_1.1.0.sp3", "notes.txt")
    for name in names:
        written(folder, "<html><title>Sign in</title></html>", name)
    done = run("catalogue", "ingest", "--catalogue", "c", "tree", cwd=tmp_path)
    assert done.code == 1
    assert [name for name in names if f"{name}: it is a web page, 'Sign in'" in done.out + done.err] == list(names[:2])


@given(st.binary(max_size=300), st.sampled_from((b"", b"\x1f\x8b\x08", b"\xff\xfe", b"<html>", b"a,b\n", b"{")))
def test_of_any_bytes_something_printable_is_said(tmp_path_factory, data, first):
    path = written(tmp_path_factory.mktemp("u"), first + data)
    words = reason(head_of(path), beginning(path))
    assert words.isprintable()
    assert 10 < len(words) < 400


# A first mapping


def suggestion_for(tmp_path, text: str):
    return suggestion(written(tmp_path, text, "t.csv"), load())


def test_the_first_mapping_of_a_table_reads_it(tmp_path):
    done = run("catalogue", "ingest", "--suggest-mapping", written(tmp_path, TABLE, "kp.csv"), cwd=tmp_path)
    assert done.code == 0
    mapping = json.loads(done.out)
    assert mapping == {"time": "Datetime", "holds": 10800, "columns": {"Kp Index": "kp"}, "missing": [-1]}
    assert "left out: Status" in done.err
    assert "save it as kp.csv.mapping.json" in done.err
    (found,) = samples(read_with_mapping(str(tmp_path / "kp.csv"), mapping))
    assert (found.series, found.holds) == ("kp", 10800)
    start = seconds("2015-03-17")
    assert found.times.tolist() == [start, start + 10800, start + 21600]
    assert found.columns["kp"].tolist()[:2] == [2.0, 4.667]
    assert found.columns["kp"][2] != found.columns["kp"][2]


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        (
            "time;Dst [nT];AE index\n2015/03/17 00:00;-10;99999\n2015/03/17 01:00;-20;120\n",
            {"time": "time", "holds": 3600, "columns": {"Dst [nT]": "dst", "AE index": "ae"}, "missing": [99999]},
        ),
        (
            "UTC\tKP\tF10.7\n2015-076T00:00Z\t33\t113.2\n2015-076T03:00Z\t40\t113.2\n",
            {"time": "UTC", "holds": 10800, "columns": {"KP": "kp", "F10.7": "f107"}, "scale": {"KP": 0.1}},
        ),
        (
            "# by hand\ndate,density\n2015-03-17,3.5\n2015-03-18,4.5\n",
            {"time": "date", "holds": 86400, "columns": {"density": "density"}},
        ),
        (
            "mode,start,end\ndipole,2015-03-17T00:00:00,2015-03-17T00:10:00\n",
            {"key": "rri", "word_column": "mode", "start": "start", "end": "end"},
        ),
        (
            "start,end\n2015-03-17T00:00:00,2015-03-17T00:10:00\n",
            {"key": "rri", "word": "has-data", "start": "start", "end": "end"},
        ),
    ],
)
def test_what_columns_are_is_told_from_their_names_and_values(tmp_path, text, mapping):
    assert suggestion_for(tmp_path, text).mapping == mapping
    found = list(read_with_mapping(str(tmp_path / "t.csv"), mapping))
    assert found
    assert not any(isinstance(batch, Fault) for batch in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there are no rows"),
        ("a,b\n", "there are no rows"),
        ("1,2\n3,4\n", "its first line does not name columns"),
        ("a,b\n1,2\n", "no column has dates and times"),
        ("time,word\n2015-03-17,x\n", "no column has numbers"),
    ],
)
def test_a_table_of_which_nothing_can_be_told_gets_no_mapping(tmp_path, text, words):
    assert suggestion_for(tmp_path, text).message.startswith(words)
    done = run("catalogue", "ingest", "--suggest-mapping", "t.csv", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert words in done.err


def test_a_mapping_is_suggested_for_one_table_and_nothing_is_taken_in(tmp_path):
    for words in (["--suggest-mapping", "nowhere.csv"], ["--suggest-mapping", "t.csv", "u.csv"], []):
        done = run("catalogue", "ingest", *words, cwd=tmp_path)
        assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015/03/17 03:00", "2015-03-17T03:00:00"),
        ("2015-076", "2015-03-17"),
        ("2016-366T12:00:00Z", "2016-12-31T12:00:00"),
    ],
)
def test_dates_with_slashes_and_days_of_the_year_are_read(text, expected):
    assert instant(text) == seconds(expected)
    assert end_of("2015-076") == seconds("2015-03-18")


@pytest.mark.parametrize("text", ["2015-000", "2015-366", "2015/03-17", "2015-3-17", "2015/13/01", "15-076"])
def test_what_is_no_date_is_none(text):
    assert instant(text) is None
