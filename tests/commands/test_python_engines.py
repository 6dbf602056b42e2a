"""What eDEx and catalogues answer, from Python: one kind of answer, and the same facts as the command line tells."""

from __future__ import annotations

import json
import pickle
import sys
import xml.etree.ElementTree
from datetime import date

import pytest

import edexql
from commands import run
from edexql.model.answer import File, frame
from stand_in import StandIn, listing
from tutorial import FILES, NAMES, QUERY

FAI = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3"
PART = "product fai-lv1-hdf5-images; date 2019-05-01T15:10..T17:00"
UNKNOWN = "product fai-lv1-hdf5-images; date 2019-05-01; al < -5"
NOTHING = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 8"
PARAMETER = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= $LEAST"


def local(*words: str) -> dict:
    done = run(*words, "--output", "json", "-q")
    assert done.code == 0, done.err
    return json.loads(done.out)


# One kind of answer


def test_edex_and_a_catalogue_give_answers_of_one_kind_in_which_less_or_more_is_known():
    with StandIn(listing(FILES)) as service:
        listed = edexql.fetch(QUERY, service=service.url)
    found = edexql.evaluate(QUERY)
    assert type(listed) is type(found) is edexql.Answer
    assert [file.name for file in listed] == [file.name for file in found] == NAMES
    for one, other in zip(listed, found, strict=True):
        assert (one.start, one.end, one.product, one.bytes) == (other.start, other.end, other.product, other.bytes)
        assert (one.state, other.state, one.matched, other.matched) == ("matched", "matched", None, 453)
    assert (listed.raw, found.raw) == ({"result_filenames": FILES}, None)
    assert listed.total.bytes == found.total.bytes
    assert (listed.matched_seconds, found.matched_seconds) == (None, 3 * 453)
    assert listed.per_day().keys() == found.per_day().keys()
    assert listed.per_product().keys() == found.per_product().keys()
    assert [file.text for file in found] == FILES


def test_an_answer_of_a_catalogue_is_counted_gone_through_indexed_sliced_and_filtered():
    found = edexql.evaluate(PART)
    assert (len(found), bool(found), found[-1].name) == (2, True, NAMES[1])
    assert [file.name for file in found] == [file.name for file in found.files] == NAMES[:2]
    assert [file.matched for file in found[:1]] == [187]
    assert found[:1].times is found.times
    assert [file.name for file in found.filter(lambda file: file.matched == 453)] == [NAMES[1]]
    assert found == edexql.evaluate(PART)
    assert found != edexql.evaluate(FAI)


def test_an_answer_without_files_is_false_and_says_why():
    found = edexql.evaluate(NOTHING)
    assert not found
    assert found.emptiness is not None
    assert str(found.emptiness) in str(found)
    assert repr(found) == "<Answer: 0 files>"


def test_files_of_which_it_cannot_be_told_are_kept_apart_until_they_are_asked_for():
    found = edexql.evaluate(UNKNOWN)
    assert (len(found), len(found.unknown)) == (0, 3)
    assert {file.state for file in found.unknown} == {"unknown"}
    assert "3 more may match: no information" in str(found)
    together = found.with_unknown()
    assert (len(together), len(together.unknown), len(together.unjudged)) == (3, 0, 3)
    left = found.without_unknown()
    assert (len(left), len(left.unknown), len(left.times.unknown)) == (0, 0, 0)


def test_a_notebook_shows_how_much_of_the_files_of_a_catalogue_matches():
    root = xml.etree.ElementTree.fromstring(f"<div>{edexql.evaluate(PART)._repr_html_()}</div>")
    rows = [[cell.text for cell in row] for row in root.findall("./table/tbody/tr")]
    assert [row[1] for row in rows] == NAMES[:2]
    assert [row[5] for row in rows] == ["3:07 min of 7:33 min", "7:33 min of 7:33 min"]
    assert root.findtext("p") == "2 files, 1.08 GB, 10:40 min of matched time"


def test_an_answer_is_printed_as_the_command_line_writes_it():
    done = run("fetch", "--local", "-q", "-e", PART)
    assert str(edexql.evaluate(PART)) + "\n" == done.out + done.err
    with StandIn(listing(FILES)) as service:
        printed = str(edexql.fetch(QUERY, service=service.url))
        done = run("fetch", "-q", "-e", QUERY, "--service", service.url)
    assert printed + "\n" == done.out + done.err


def test_an_answer_of_a_catalogue_is_a_table_of_pandas():
    pandas = pytest.importorskip("pandas")
    table = edexql.evaluate(PART).to_pandas()
    assert list(table["matched_seconds"]) == [187, 453]
    assert list(table["state"]) == ["matched"] * 2
    assert table["size"].sum() == 1_083_220_000
    assert table["start"][0] == pandas.Timestamp("2019-05-01T15:05:34Z")


def test_an_empty_answer_is_a_table_of_pandas_with_the_same_types():
    pytest.importorskip("pandas")
    empty, full = frame(()), edexql.evaluate(PART).to_pandas()
    assert list(empty) == list(full)
    times = ["start", "end"]
    assert empty.dtypes.drop(times).equals(full.dtypes.drop(times))
    assert all(str(empty[name].dtype.tz) == "UTC" for name in times)


@pytest.mark.parametrize("today", ["2019-05-01", 5])
def test_a_day_that_is_no_date_is_refused_with_the_type_to_give(today):
    with pytest.raises(TypeError, match=r"today has to be a datetime\.date"):
        edexql.evaluate("product fai-lv1-hdf5-images; date 2019-05-01..", today=today)


def test_without_pandas_the_way_out_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        edexql.evaluate(PART).to_pandas()


def test_an_answer_can_be_kept_and_read_without_its_catalogue():
    found = edexql.evaluate(PART)
    kept = pickle.loads(pickle.dumps(found))
    assert kept.files == tuple(found.files)
    assert list(kept.times.yes) == list(found.times.yes)


def test_the_text_of_a_file_is_what_a_listing_has_of_it():
    assert File("a.zip", 540_570_000).text == "a.zip   540.57MB"
    assert File("a.zip").text == "a.zip"
    assert File("a 3MB", 10).text == "a 3MB   10B"
    assert File("a.zip", 12, "lots", listed="a.zip  lots").text == "a.zip  lots"


def test_a_download_is_checked_against_what_is_known_of_the_size():
    assert File("a.zip", 540_572_123).size_range.spans == ((540_572_123, 540_572_123),)
    assert File("a.zip", None, "540.57MB").size_range.admits(540_572_123)
    assert File("a.zip").size_range is None


# Settings of a text


def test_parameters_and_the_day_are_those_that_are_given():
    assert len(edexql.evaluate(PARAMETER, parameters={"LEAST": "3"})) == 1
    assert len(edexql.evaluate(PARAMETER, parameters={"LEAST": "0"})) == 3
    with pytest.raises(edexql.QueryError, match="LEAST"):
        edexql.evaluate(PARAMETER)
    until = "product fai-lv1-hdf5-images; date 2019-05-01.."
    assert len(edexql.evaluate(until, today=date(2019, 5, 1))) == 3
    with StandIn(listing(FILES)) as service:
        edexql.fetch("fai has-data; date $DAY", service=service.url, parameters={"DAY": "2019-05-01"})
        edexql.fetch("fai has-data; date 2019-05-01..", service=service.url, today=date(2019, 5, 2))
    days = [json.loads(request.body)["date"] for request in service.requests]
    assert days == [[["2019-05-01", "2019-05-01"]], [["2019-05-01", "2019-05-02"]]]


@pytest.mark.parametrize("settings", [{"today": date(2019, 5, 1)}, {"parameters": {}}])
def test_what_is_compiled_takes_no_settings_of_a_text(settings):
    request = edexql.compile(FAI)
    for ask in (edexql.evaluate, edexql.influence, edexql.timeline, edexql.fetch):
        with pytest.raises(ValueError, match="compiled already"):
            ask(request, **settings)


def test_a_query_a_request_and_a_text_have_the_same_answer():
    request = edexql.compile(FAI)
    assert edexql.evaluate(request) == edexql.evaluate(request.query) == edexql.evaluate(FAI)
    assert edexql.influence(request) == edexql.influence(request.query) == edexql.influence(FAI)


# As on the command line


def test_influence_is_that_of_the_command_line():
    told = local("influence", "-e", FAI)
    found = edexql.influence(FAI)
    assert (told["whole"]["files"], told["whole"]["seconds"]) == (found.whole.files, found.whole.seconds)
    assert [part["text"] for part in told["parts"]] == [part.text for part in found.parts]
    assert [part["keeps_out"]["files"] for part in told["parts"]] == [part.keeps_out.files for part in found.parts]


def test_why_is_that_of_the_command_line_by_name_number_and_file():
    told = local("why", NAMES[0], "-e", FAI)
    found = edexql.why(NAMES[0], FAI)
    assert (told["state"], len(told["constraints"])) == (found.whole.state, len(found.constraints))
    assert [one["decisive"] for one in told["constraints"]] == [one.decisive for one in found.constraints]
    answer = edexql.evaluate(FAI)
    assert edexql.why(1, FAI) == edexql.why(answer[0], FAI) == edexql.why(answer[0].name, FAI)


@pytest.mark.parametrize(
    ("file", "query", "told"), [("nosuch.zip", FAI, "nosuch"), (2, FAI, "gives 1 file"), (1, NOTHING, "gives 0 files")]
)
def test_a_file_that_is_not_there_is_a_lookup_error(file, query, told):
    with pytest.raises(LookupError, match=told) as error:
        edexql.why(file, query)
    assert isinstance(error.value, edexql.EdexqlError)


def test_a_timeline_is_that_of_the_command_line():
    told = local("timeline", "-e", FAI, "--width", "24")
    found = edexql.timeline(FAI, bins=24)
    states = ("nothing", "exists", "no information", "matches")
    assert told["instruments"] == {line.instrument: [states[value] for value in line.bins] for line in found.lines}
    with pytest.raises(ValueError, match="one bin"):
        edexql.timeline(FAI, bins=0)


def test_availability_of_a_catalogue_is_that_of_the_command_line():
    told = local("availability", "2019-05-01", "--local")
    for days in ("2019-05-01", [date(2019, 5, 1)]):
        found = edexql.availability(days, local=True)
        assert list(found.sources) == told["sources"]
        assert {line.instrument: len(line.on) // 2 for line in found.lines} == {
            name: len(line["on"]) for name, line in told["instruments"].items()
        }


@pytest.mark.parametrize("days", [[], "2031..", "yesterday"])
def test_days_that_are_none_are_an_error(days):
    with pytest.raises((ValueError, edexql.QueryError)):
        edexql.availability(days, local=True, today=date(2020, 1, 1))
