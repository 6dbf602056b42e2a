"""The commands that ask and make catalogues, as a user sees them."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from archive_samples import seconds, sp3_text
from catalogues import OLD, take, texts, tree
from commands import Finished, run
from edexql.catalogue.files import every_file
from edexql.catalogue.ingest.readers.elements import checksum
from edexql.catalogue.store.catalogue import open_catalogue
from orbit_samples import SETS
from places import TESTS
from svg_reading import described, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ask = Callable[..., Finished]

pytestmark = pytest.mark.slow

FAI = "FAI_lv1_h5_20160503_013000_014500_6.0.0.zip"
NIGHT = "FAI_lv1_h5_20160503_235500_000500_6.0.0.zip"
RRI = "RRI_20160503_020000_021000_lv1_12.0.0.h5"
OTHERWISE = "without it the result would change"
MGF = "MGF_20160503_000000_003000_v2.1.0.lv2"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of a tree and of every kind of text; not to be changed."""
    made = tmp_path_factory.mktemp("made")
    take(made / "catalogue", tree(made / "tree"), *texts(made / "texts"))
    return made / "catalogue"


@pytest.fixture
def local(folder: Path) -> Ask:
    def ask(*words: str, stdin: str = "") -> Finished:
        return run("fetch", "--local", "-q", "--catalogue", folder, *words, stdin=stdin, EDEXQL_CATALOGUE=None)

    return ask


# fetch --local


def test_files_are_listed_with_size_and_the_part_that_matches(local: Ask) -> None:
    done = local("-e", "product fai-lv1-hdf5-images; date 2016-05-03T01:40..")
    assert done.code == 0
    assert done.out == f"{FAI}  204B   5:01 min of 15:01 min\n{NIGHT}  304B  10:01 min of 10:01 min\n"
    assert done.err == "2 files, 508 B, 15:02 min of matched time\n"


def test_names_alone(local: Ask) -> None:
    assert local("--output", "names", "-e", "product rri-*").out == f"{OLD}\n{RRI}\n"


def test_files_as_json(local: Ask) -> None:
    document = json.loads(
        local("--output", "json", "-e", "product rri-*; date 2016-05-03T01:00:30..T01:59; rri dipole").out
    )
    (file,) = document["files"]
    assert file == {
        "name": OLD,
        "size": 4,
        "size_text": None,
        "start": "2016-05-03T01:00:00Z",
        "end": "2016-05-03T01:05:01Z",
        "matched_seconds": 90,
        "product": "rri-lv1-hdf5-radio-data",
        "place": f"2016/05/03/RRI/{OLD}",
        "synthetic": False,
    }
    assert document["unknown"] == []
    found = json.loads(local("--output", "json", "-e", "product mgf-*; kp >= 9; latitude > 10").out)
    assert [sorted(note) for note in found["notes"]] == [["seconds", "subject", "text"]] * len(found["notes"])
    assert {note["subject"] for note in found["notes"]} == {"kp", "latitude"}


def test_times(local: Ask) -> None:
    done = local("--times", "-e", "date 2016-05-03; rri dipole")
    assert done.out == (
        "2016-05-03T01:00:00Z  2016-05-03T01:02:00Z        120\n2016-05-03T02:00:00Z  2016-05-03T02:02:00Z        120\n"
    )
    found = json.loads(local("--times", "--output", "json", "-e", "date ..2016-05-03T12:00:00").out)
    assert found == [{"start": "..", "end": "2016-05-03T12:00:01Z", "seconds": None, "state": "matched"}]


@pytest.mark.parametrize(("unknown", "listed"), [("report", 2), ("include", 2), ("exclude", 1)])
def test_times_of_which_nothing_is_known(local: Ask, unknown: str, listed: int) -> None:
    done = local(
        "--times", "--unknown", unknown, "-e", "where date 2016-05-02T23:59:58..2016-05-03T00:00:01 AND latitude -90.."
    )
    rows = done.out.splitlines()
    assert len(rows) == listed
    assert rows[-1] == "2016-05-03T00:00:00Z  2016-05-03T00:00:02Z          2"
    assert [row.split()[-2:] for row in rows[:-1]] == [["no", "information"]] * (listed - 1)


def test_files_of_which_nothing_is_known(local: Ask) -> None:
    ask = "-e", "product rri-*, fai-lv1-hdf5-images; latitude -90.."
    report, include, exclude = (local("--unknown", how, *ask) for how in ("report", "include", "exclude"))
    # The ephemeris has two hours.
    assert [line.split()[0] for line in report.out.splitlines()] == [FAI, OLD]
    assert report.err.splitlines()[1].startswith("2 more may match: no information")
    assert [line.split()[0] for line in include.out.splitlines()] == [FAI, OLD, NIGHT, RRI]
    assert exclude.out == report.out
    assert "may match" not in include.err + exclude.err
    document = json.loads(local("--output", "json", *ask).out)
    assert [file["name"] for file in document["unknown"]] == [NIGHT, RRI]
    assert json.loads(local("--unknown", "exclude", "--output", "json", *ask).out)["unknown"] == []


def test_totals(local: Ask) -> None:
    ask = "--count", "-e", "product rri-*, fai-lv1-hdf5-images; latitude -90.."
    done = local(*ask)
    assert done.out.splitlines() == ["2 files, 208 B, 20:02 min of matched time", "2 more may match: no information"]
    assert json.loads(local("--output", "json", *ask).out) == {
        "files": 2,
        "bytes": 208,
        "files_of_unknown_size": 0,
        "matched_seconds": 1202,
        "unknown_files": 2,
    }


def test_queries_from_standard_input_from_files_and_several(local: Ask, tmp_path: Path) -> None:
    text = "product rri-*; date 2016-05-03T01"
    (tmp_path / "one.edq").write_text(text, encoding="utf-8")
    assert local("--output", "names", "-", stdin=text).out == f"{OLD}\n"
    assert local("--output", "names", str(tmp_path / "one.edq"), "-e", "product mgf-*").out == f"{OLD}\n{MGF}\n"


def test_a_wrong_query_is_told_before_any_answer(local: Ask) -> None:
    done = local("-e", "product rri-*", "-e", "lattitude > 10")
    assert (done.code, done.out) == (1, "")
    assert "did you mean `latitude > 10`?" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("--times",),
        ("--count",),
        ("--unknown", "include"),
        ("--local", "--times", "--count"),
        ("--local", "--dry-run"),
        ("--local", "--unknown", "perhaps"),
        ("--local", "--catalogue", "nowhere"),
    ],
)
def test_options_that_do_not_go_together(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run("fetch", *words, "-e", "product rri-*", cwd=tmp_path, EDEXQL_CATALOGUE=None)
    assert (done.code, done.out) == (2, "")
    assert done.err
    assert os.listdir(tmp_path) == []


def test_the_catalogue_of_the_environment_and_the_sample(folder: Path) -> None:
    ask = "fetch", "--local", "--output", "names", "-e", "product mgf-lv2-magnetic-field"
    assert run(*ask, EDEXQL_CATALOGUE=str(folder)).out == f"{MGF}\n"
    sample = run(*ask, EDEXQL_CATALOGUE=None)
    assert sample.out == "MGF_20160311_064011_065832_v2.1.0.lv2\n"
    assert "note: this is the sample catalogue" in sample.err
    assert "sample" not in run(*ask, "-q", EDEXQL_CATALOGUE=None).err


# influence


def test_influence_as_a_table_and_as_json(folder: Path) -> None:
    ask = "influence", "--catalogue", folder, "-e", "product rri-*; date 2016-05-03; rri dipole"
    lines = run(*ask).out.splitlines()
    assert lines[0] == "the query gives 2 files, 4:00 min"
    assert lines[2].split() == ["without", "it", "alone", "keeps", "out", "lets", "in"]
    assert lines[3].startswith("1  date 2016-05-03  2 files, 4:00 min")
    assert lines[3].endswith("no influence")
    document = json.loads(run(*ask, "--output", "json").out)
    assert document["whole"] == {"files": 2, "seconds": 240, "unknown_files": 0}
    assert document["parts"][1] == {
        "number": 2,
        "label": None,
        "text": "2",
        "without": {"files": 2, "seconds": 902, "unknown_files": 0},
        "alone": {"files": 2, "seconds": 240, "unknown_files": 0},
        "keeps_out": {"files": 0, "seconds": 662, "unknown_files": 0},
        "lets_in": {"files": 0, "seconds": 0, "unknown_files": 0},
        "influence": True,
    }


def test_influence_of_too_many_parts_and_of_two_queries(folder: Path) -> None:
    dates = "date " + ", ".join(
        f"20{year}-{month:02}-{day:02}" for year in range(14, 18) for month in range(1, 13) for day in range(1, 29)
    )
    many = run("influence", "--catalogue", folder, "-e", dates)
    assert (many.code, many.out) == (2, "")
    assert "at most 1000 can be computed" in many.err
    two = run("influence", "--catalogue", folder, "-e", "kp >= 1", "-e", "kp >= 2")
    assert (two.code, two.err) == (2, "edexql: give one query\n")


# why


def why(folder: Path, name: str, *words: str) -> Finished:
    return run("why", name, "--catalogue", folder, *words)


def test_why_tells_each_constraint(folder: Path) -> None:
    done = why(folder, FAI, "-e", "product rri-*; date 2016-05-04; latitude -90..; fai has-data")
    assert done.out.splitlines() == [
        f"{FAI}: not matched",
        "  it is of product fai-lv1-hdf5-images, the query asks for rri-lv1-hdf5-radio-data",
        f"1  date 2016-05-04  not matched          nearest 2016-05-04T00:00:00Z, 22:14:59 h later; {OTHERWISE}",
        "2  latitude >= -90  matched (15:01 min)",
        "3  fai has-data     matched (15:01 min)",
    ]


def test_why_as_json(folder: Path) -> None:
    document = json.loads(
        why(folder, OLD, "--output", "json", "-e", "date 2016-05-03T00:00..T00:29:59; rri dipole").out
    )
    assert document["file"] == OLD
    assert (document["state"], document["nearest"], document["seconds_apart"]) == ("not matched", None, None)
    date, dipole = document["constraints"]
    assert (date["number"], date["nearest"]) == (1, ["2016-05-03T00:00:00Z", "2016-05-03T00:30:00Z"])
    assert (date["seconds_apart"], date["decisive"]) == (-1800, True)
    assert (dipole["state"], dipole["matched_seconds"], dipole["nearest"]) == ("matched", 120, None)


@pytest.mark.parametrize(
    ("period", "where"),
    [
        ("T00:50..T00:59:57", "earlier"),
        pytest.param("T00:50..T00:59:59", "earlier"),
        ("T01:05:01..T01:06", "later"),
    ],
)
def test_why_tells_on_which_side_the_nearest_time_is(folder: Path, period: str, where: str) -> None:
    done = why(folder, OLD, "-e", f"date 2016-05-03{period}")
    assert done.out.splitlines()[-1].endswith(where), done.out


def test_why_of_a_name_that_is_not_there(folder: Path) -> None:
    done = why(folder, OLD.replace("lv1", "lvl"), "-e", "kp >= 1")
    assert (done.code, done.out) == (2, "")
    assert f"did you mean `{OLD}`?" in done.err
    other = why(folder, "\x1b[31mnothing", "-e", "kp >= 1")
    assert other.code == 2
    assert "\x1b" not in other.err


# timeline


def timeline(folder: Path, *words: str, **changes: str | None) -> Finished:
    return run(
        "timeline",
        "--catalogue",
        folder,
        *words,
        "-e",
        "product rri-*, mgf-*; date 2016-05-03T00:00..T03:59:59; rri dipole",
        **changes,
    )


def test_a_timeline_is_drawn_without_colour(folder: Path) -> None:
    for changes in ({"NO_COLOR": "1"}, {}):
        done = timeline(folder, "--width", "48", **changes)
        assert done.out.splitlines() == [
            "     2016-05-03T00:00:00Z        2016-05-03T04:00:00Z",
            "mgf  .......",
            "rri              #.          #..",
            "     # matches  ? no information  . files that do not match; a column is 5:00 min",
        ]
    assert "\x1b[" in timeline(folder, "--width", "48", "--color", "always", NO_COLOR="1").out


def test_a_timeline_as_json(folder: Path) -> None:
    document = json.loads(timeline(folder, "--width", "4", "--output", "json").out)
    assert document == {
        "start": "2016-05-03T00:00:00Z",
        "end": "2016-05-03T04:00:00Z",
        "instruments": {"mgf": ["exists"] + ["nothing"] * 3, "rri": ["nothing", "matches", "matches", "nothing"]},
    }


def test_a_part_of_a_timeline_is_shown_more_closely(folder: Path) -> None:
    part = timeline(folder, "--width", "30", "--start", "2016-05-03T01:00", "--end", "2016-05-03T01:30")
    assert part.out.splitlines() == [
        "     2016-05-03T01:00:00Z 2016-05-03T01:30:00Z",
        "mgf",
        "rri  ##....",
        "     # matches  ? no information  . files that do not match; a column is 1:00 min",
    ]
    # The other end is that of the dates of the query; a day is shown as a whole.
    later = timeline(folder, "--width", "30", "--start", "2016-05-03T02:00").out
    assert later.split()[:2] == ["2016-05-03T02:00:00Z", "2016-05-03T04:00:00Z"]
    day = timeline(folder, "--width", "30", "--start", "2016-05-03", "--end", "2016-05-03").out
    assert day.split()[:2] == ["2016-05-03T00:00:00Z", "2016-05-04T00:00:00Z"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--start", "2016-05-04", "--end", "2016-05-03"), "--start is not before --end: exchange them"),
        (("--start", "2016-05-04"), "there is no time from 2016-05-04T00:00:00Z to 2016-05-03T04:00:00Z"),
        (("--end", "2016.."), "write a day or time, not an open period"),
        (("--end", "2016; kp >= 3"), "write one day or time"),
        (("--start", "yesterday"), "yesterday"),
    ],
)
def test_a_time_that_is_none_says_what_to_write(folder: Path, options: tuple[str, ...], message: str) -> None:
    done = timeline(folder, *options)
    assert done.code in (1, 2)
    assert message in done.err


def test_a_timeline_is_written_as_svg(folder: Path, tmp_path: Path) -> None:
    done = timeline(folder, "--width", "20", "--svg", str(tmp_path / "t.svg"))
    assert "#" in done.out
    text = (tmp_path / "t.svg").read_text(encoding="utf-8")
    assert words(text)[:2] == ["When files exist and match", "2016-05-03T00:00:00Z to 2016-05-03T04:00:00Z"]
    assert "rri: files for 15:02 min, of which 4:00 min match." in described(text)
    assert timeline(folder, "--svg", str(tmp_path / "no" / "t.svg")).code == 2


def test_a_timeline_of_nothing_and_of_an_odd_width(folder: Path, tmp_path: Path) -> None:
    take(tmp_path / "empty")
    nothing = timeline(tmp_path / "empty")
    assert (nothing.code, nothing.err) == (
        2,
        "edexql: the catalogue is empty: `edexql catalogue ingest` ingests files and folders\n",
    )
    for width in ("0", "-1", "wide", "1000000"):
        assert timeline(folder, "--width", width).code == 2


# A catalogue of element sets alone

ELEMENTS = """\
1 39265U 13055A   19068.86045722  .00002083  00000-0  59713-4 0  9999
2 39265  80.9661  80.2104 0670146 221.3287 133.5315 14.26988076281329
"""
OLD_SETS = "from two-line element sets up to 53.1 days old"


@pytest.fixture(scope="module")
def elements(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue that tells positions and has no files."""
    folder = tmp_path_factory.mktemp("elements")
    (folder / "elements.txt").write_text(ELEMENTS, encoding="utf-8")
    take(folder / "catalogue", folder / "elements.txt")
    return folder / "catalogue"


def test_times_from_element_sets_say_how_old_they_are_whether_there_are_any_or_none(elements: Path) -> None:
    ask = "fetch", "--local", "-q", "--times", "--catalogue", elements, "-e"
    some = run(*ask, "date 2019-05-01; altitude > 1000; latitude < -50")
    assert some.out.count("\n") == 15
    notes = f"note: altitude: {OLD_SETS}\nnote: latitude: {OLD_SETS}\n"
    assert re.fullmatch(rf"15 intervals, \d:\d\d:\d\d h\n{notes}", some.err)
    none = run(*ask, "date 2019-05-01; altitude > 2000; latitude < -50")
    assert (none.out, none.err) == ("", f"0 intervals\n{notes}")
    as_json = run(*ask, "date 2019-05-01; altitude > 2000", "--output", "json")
    assert (json.loads(as_json.out), as_json.err) == ([], f"note: altitude: {OLD_SETS}\n")
    unknown = run(*ask, "date 2020-05-01; altitude > 1000")
    assert unknown.out == "2020-05-01T00:00:00Z  2020-05-02T00:00:00Z      86400  no information\n"
    assert unknown.err == (
        "0 intervals\nno information: 1 interval, 24:00:00 h\n"
        "note: altitude: this catalogue has values of it, and none at these times: no information\n"
    )


def test_a_catalogue_without_files_says_so_and_not_that_it_has_no_values(elements: Path) -> None:
    done = run("fetch", "--local", "-q", "--catalogue", elements, "-e", "date 2019-05-01; latitude < -50")
    assert done.out == ""
    assert "0 files: this catalogue has no files" in done.err
    assert "no values" not in done.err
    other = run("fetch", "--local", "-q", "--catalogue", elements, "-e", "date 2019-05-01; dst < -50")
    assert "note: dst: this catalogue has no values of it: no information" in other.err


def test_influence_keeps_what_is_unknown_apart_and_shows_labels() -> None:
    text = "product rri-*; a: date 2013..2022; data: fai has-data"
    done = run("influence", "-q", "-e", text, EDEXQL_CATALOGUE=None)
    lines = done.out.splitlines()
    assert lines[0] == "the query gives 0 files, 0 s, 2 unknown"
    assert lines[3].split("  ")[1] == "a: date 2013-01-01..2022-12-31"
    assert re.match(
        "2  data: fai has-data +2 files, 13:56 min +0 files, 0 s, 2 unknown +0 files, 0 s, 2 unknown", lines[4]
    )
    assert "no influence" not in lines[4]
    document = json.loads(run("influence", "-q", "--output", "json", "-e", text, EDEXQL_CATALOGUE=None).out)
    assert document["whole"] == {"files": 0, "seconds": 0, "unknown_files": 2}
    assert [part["label"] for part in document["parts"]] == ["a", "data"]


# Files of others


def test_what_is_of_others_is_no_damage_and_what_is_refused_is_named(tmp_path: Path) -> None:
    others = [f"1 {n:05}U 98067A   26211.86173118  .00009023  00000+0  17005-3 0  999" for n in range(1, 200)]
    partners = [f"2 {n:05}  51.6314  83.9591 0007096 355.3737   4.7185 15.4927280557852" for n in range(1, 200)]
    lines = [f"{line}{checksum(line + ' ')}" for pair in zip(others, partners, strict=True) for line in pair]
    (tmp_path / "active.txt").write_text("\n".join([*lines, *SETS[0]]))
    done = run("catalogue", "ingest", "--catalogue", "c", "active.txt", cwd=tmp_path)
    assert done.code == 0
    assert done.out + done.err == (
        "active.txt: two-line element sets: 1 element set\n  199 element sets of other objects skipped\n"
    )
    (tmp_path / "swarm.sp3").write_text(sp3_text(seconds("2020-10-20"), 600, satellite="L74"))
    done = run("catalogue", "ingest", "--catalogue", "d", "swarm.sp3", cwd=tmp_path)
    assert done.code == 1
    assert "its positions are of satellite L74; CASSIOPE is L63; nothing is ingested" in done.out + done.err
    assert "positions" not in run("catalogue", "info", "--catalogue", "d", cwd=tmp_path).out


@pytest.mark.parametrize(
    "text", ["FAI 15:05:34 15:13:06\n", "FAI 15:05:34 15:13:06\nRRI 16:00:00 16:01:00\n", "two\nlines\n"]
)
def test_a_day_whose_availability_is_not_understood_stays_unknown(tmp_path: Path, text: str) -> None:
    (tmp_path / "CAS_ePOP_Data_20190501T000000_20190501T235959_1.0.0.txt").write_text(text)
    done = run("catalogue", "ingest", "--catalogue", "c", *(p.name for p in tmp_path.iterdir()), cwd=tmp_path)
    assert done.code == 1
    for instrument in ("fai", "rri", "sei"):
        ask = "fetch", "--local", "--times", "-q", "--catalogue", "c", "-e"
        asked = run(*ask, f"where date 2019-05-01 AND NOT {instrument} has-data", cwd=tmp_path)
        assert asked.out == "2019-05-01T00:00:00Z  2019-05-02T00:00:00Z      86400  no information\n"


def test_the_timeline_of_a_catalogue_without_files_is_of_the_times_of_the_query(elements: Path) -> None:
    ask = "timeline", "-q", "--width", "24", "--catalogue", elements, "-e"
    drawn = run(*ask, "date 2019-05-01; altitude > 1000; latitude < -50").out.splitlines()
    assert drawn[0].split() == ["2019-05-01T00:00:00Z", "2019-05-02T00:00:00Z"]
    assert drawn[1] == "query  #### #### #### #### ####"
    assert run(*ask, "date 2019-12-01; altitude > 1000").out.splitlines()[1] == "query  ????????????????????????"
    narrow = run(*ask, "date 2019-05-01; altitude > 1000; latitude < -80").out.splitlines()[1]
    assert set(narrow.removeprefix("query  ")) == {"#", " "}
    open_ended = run(*ask, "dst < -50")
    assert (open_ended.code, open_ended.out) == (2, "")
    assert "name --start and --end" in open_ended.err


def test_availability_comes_from_a_catalogue_too(folder: Path) -> None:
    ask = "availability", "2016-05-03..2016-05-04", "--local", "--width", "48", "--catalogue", folder
    drawn = dict(line.split(maxsplit=1) for line in run(*ask).out.splitlines()[1:9])
    assert drawn["CER"] == "." * 24 + "?" * 24
    assert drawn["RRI"] == ".##" + "." * 21 + "?" * 24
    assert drawn["MGF"] == "#" + "." * 23 + "?" * 24
    document = json.loads(run(*ask, "--output", "json").out)
    assert document["sources"] == [f"catalogue {folder}"]
    assert document["instruments"]["RRI"]["on"][0] == ["2016-05-03T01:00:00Z", "2016-05-03T01:05:01Z"]
    nothing = run("availability", "2020-05-03", "--local", "--catalogue", folder)
    assert nothing.code == 1
    assert nothing.err == "edexql: the catalogue has no log and no file for this day\n"
    with_record = run("availability", "2020-05-03", "--local", "--dry-run")
    assert with_record.code == 2


def test_a_catalogue_of_indices_alone_has_no_files(tmp_path):
    folder, sample = str(tmp_path / "indices"), str(TESTS / "catalogue/format_samples/gfz-kp-3h.txt")
    assert run("catalogue", "ingest", "--catalogue", folder, sample).code == 0
    done = run("catalogue", "files", "--catalogue", folder)
    assert (done.code, done.out, done.err) == (0, "", "")
    with open_catalogue(folder) as catalogue:
        every = every_file(catalogue)
        assert (every.names, every.sources, every.instruments, list(every)) == ([], [], [], [])
