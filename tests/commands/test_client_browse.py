"""`edexql browse` and `edexql availability`: the archive looked through and drawn, over a loopback archive."""

from __future__ import annotations

import csv
import io
import json
from contextlib import contextmanager
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from archive_samples import availability_text
from commands import run
from edexql.commands import environment
from edexql.commands.exits import UsageError
from edexql.model.vocabulary import snapshot
from stand_in import Answer, StandIn, nobody_there
from tutorial import NAMES

pytestmark = pytest.mark.slow

DAY = "/2019/05/01/"
HTML = (("Content-Type", "text/html"),)
TEXT = "CAS_ePOP_Data_20190501_1.0.0.txt"
ROWS = [("FAI", "2019-05-01T03:00:00", "2019-05-01T06:00:00")]


def page(*entries: tuple[str, str]) -> bytes:
    """A page of a folder, as Apache writes it."""
    rows = "".join(f'<a href="{name}">{name}</a>  2021-03-30 10:22  {size}\n' for name, size in entries)
    return f"<html><title>Index of /</title><pre>{rows}</pre></html>\n".encode()


TREE = {
    "/": page(("2019/", "-")),
    DAY: page(("FAI/", "-"), ("MGF/", "-"), (TEXT, "100")),
    f"{DAY}FAI/": page(*((name, "541M") for name in NAMES), ("notes.txt", "12")),
    f"{DAY}MGF/": page(("MGF_20190501_064011_065832_v2.1.0.lv2", "2.0M")),
    DAY + TEXT: availability_text(ROWS).encode(),
    "/2019/05/02/": page(("odd%00name.h5", "1"), ("FAI/", "-")),
    "/2019/05/02/FAI/": None,
}


@contextmanager
def archive(tree=TREE):
    """A loopback archive of these pages; what is None answers that it is broken."""

    def answer(received):
        if received.path not in tree:
            return Answer(404, b"", HTML)
        body = tree[received.path]
        kind = HTML if received.path.endswith("/") else (("Content-Type", "text/plain"),)
        return Answer(500, b"", HTML) if body is None else Answer(200, body, kind)

    with StandIn(answer) as service:
        yield service


def browse(service, *words: str, **changes):
    return run("browse", *words, "--archive", service.url, **changes)


# One folder


def test_a_folder_is_shown_with_sizes_and_totals():
    with archive() as service:
        done = browse(service, "2019/05/01/FAI")
    assert done.code == 0
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines] == [*NAMES, "notes.txt"]
    assert "567.28 MB" in lines[0]
    assert done.err == "4 files, 1.70 GB\n"
    assert [request.path for request in service.requests] == [f"{DAY}FAI/"]


def test_folders_end_in_a_slash_and_are_counted_apart():
    with archive() as service:
        done = browse(service, "2019/05/01", "--output", "names")
    assert done.out.splitlines() == ["FAI/", "MGF/", TEXT]
    assert done.err == "1 file, 100 B; 2 folders\n"


@pytest.mark.parametrize("path", ["2019-05-01/fai", "/2019/05/01/FAI/", "2019/05/01/Fai", "{url}/2019/05/01/FAI"])
def test_a_folder_is_found_however_it_is_written(path):
    with archive() as service:
        assert browse(service, path.format(url=service.url), "-q").code == 0
        assert service.requests[0].path == f"{DAY}FAI/"


def test_without_a_path_it_is_the_first_folder():
    with archive() as service:
        assert browse(service, "--output", "names").out == "2019/\n"


def test_a_folder_that_is_not_there_is_no_failure_of_the_network():
    with archive() as service:
        done = browse(service, "2019/05/09")
    assert (done.code, done.out) == (1, "")
    assert "the archive has no" in done.err


def test_an_archive_that_is_not_there_is():
    with nobody_there() as url:
        done = run("browse", "2019", "--archive", url)
    assert done.code == 3
    assert "cannot read" in done.err


def test_a_name_that_no_file_can_have_is_told():
    with archive() as service:
        done = browse(service, "2019/05/02")
    assert done.code == 0
    assert "cannot be the name of a file" in done.err
    assert "\0" not in done.out + done.err


def test_names_cannot_write_on_the_terminal():
    with archive({"/2019/": page(("a%1b%5b31mb%e2%80%ae.txt", "1"), ("fine.txt", "1"))}) as service:
        for output in ("text", "names", "csv"):
            done = browse(service, "2019", "--output", output)
            assert "\x1b" not in done.out + done.err
            assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in done.out + done.err
            assert "fine.txt" in done.out


@pytest.mark.parametrize("path", ["../secret", "2019/../..", "2019//05", "a\\b"])
def test_a_path_that_leads_elsewhere_is_not_asked_for(path):
    with archive() as service:
        done = browse(service, path)
        assert done.code == 2
        assert "is not a folder of the archive" in done.err
        assert service.requests == []


# Many folders


def test_days_instruments_and_products_are_walked():
    with archive() as service:
        words = ("--days", "2019-05-01..2019-05-01", "--instrument", "FAI", "--product", "fai-lv1-*")
        done = browse(service, *words, "--output", "json", "-q")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert [row["name"] for row in found] == list(NAMES)
    assert {row["product"] for row in found} == {"fai-lv1-hdf5-images"}
    assert {row["folder"] for row in found} == {"2019/05/01/FAI"}
    assert [row["url"] for row in found] == [f"{service.url}{DAY}FAI/{name}" for name in NAMES]


def test_a_table_for_other_programs_has_a_column_for_everything():
    with archive() as service:
        done = browse(service, "--days", "2019-05-01", "--output", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert len(rows) == 6
    assert {row["folder"] for row in rows} == {"2019/05/01", "2019/05/01/FAI", "2019/05/01/MGF"}
    assert done.err.startswith("6 files, ")


def test_a_folder_that_cannot_be_read_is_told_beside_what_can():
    with archive() as service:
        done = browse(service, "--days", "2019-05-01..2019-05-02", "--instrument", "fai", "--output", "names")
    assert done.code == 1
    assert done.out.splitlines() == [*NAMES, "notes.txt"]
    assert f"{service.url}/2019/05/02/FAI/ answered 500" in done.err


def test_what_was_found_before_the_archive_failed_is_shown():
    tree = {f"{DAY}FAI/": TREE[f"{DAY}FAI/"], **{f"/2019/{day}/FAI/": None for day in ("05/31", "06/01", "06/30")}}
    with archive(tree) as service:
        days = ", ".join(f"2019-0{month}-01" for month in range(5, 10))
        done = browse(service, "--days", days, "--instrument", "fai", "--output", "names")
    assert done.code == 3
    assert done.out.splitlines() == [*NAMES, "notes.txt"]
    assert "3 folders in a row that could not be read" in done.err
    assert len(service.requests) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--product", "fai-*"], "need --days"),
        (["2019", "--days", "2019-05-01"], "not both"),
        (["--days", "2019-05-01", "--product", "fai-lv1-hdf5-imagse"], "did you mean `fai-lv1-hdf5-images`?"),
        (["--days", "2019-05-01; fai has-data"], "as `date` takes them"),
        (["--days", "0001..9999"], "name fewer"),
        (["2019", "--archive", "ftp://x"], "begins with http"),
    ],
)
def test_wrong_usage_says_the_way_out(words, said):
    done = run("browse", *words)
    assert done.code == 2
    assert said in done.err


def test_a_month_that_there_is_not_is_shown_in_its_place():
    done = run("browse", "--days", "2019-13")
    assert done.code == 1
    assert "there is no month 13" in done.err


def test_a_dry_run_asks_nobody():
    with archive() as service:
        done = browse(service, "--days", "2019-05-01", "--instrument", "fai", "--instrument", "rri", "--dry-run")
        assert service.requests == []
    assert done.out.splitlines() == [
        f"GET {service.url}{day}{name}" for day in ("/2019/04/30/", DAY) for name in ("", "FAI/", "RRI/")
    ]


def test_a_recording_answers_in_the_place_of_the_archive(tmp_path):
    with archive() as service:
        recorded = browse(service, "2019/05/01/FAI", "--record", str(tmp_path / "kept"))
    replayed = browse(service, "2019/05/01/FAI", "--replay", str(tmp_path / "kept"))
    assert recorded.code == 0
    assert replayed == recorded


def test_the_archive_that_is_configured_is_asked(tmp_path):
    with archive() as service:
        (tmp_path / "mine.toml").write_text(f'[archive]\naddress = "{service.url}"\n')
        done = run("browse", "2019/05/01", "--config", str(tmp_path / "mine.toml"), "--output", "names")
        again = run("browse", "2019/05/01", "--output", "names", EDEXQL_ARCHIVE_ADDRESS=service.url)
    assert done.out.splitlines() == ["FAI/", "MGF/", TEXT]
    assert again == done


# Days


def days(text, today=date(2020, 1, 1)):
    return environment.days(text, today, snapshot())


@given(st.dates(date(2013, 10, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_a_period_is_all_of_its_days(first, more):
    last = date.fromordinal(first.toordinal() + more)
    found = days(f"{first}..{last}")
    assert [day.toordinal() for day in found] == list(range(first.toordinal(), last.toordinal() + 1))


def test_days_are_those_of_the_language():
    assert len(days("2019-02")) == 28
    assert days("2019-05-01, 2019-05-03, 2019-05-01") == [date(2019, 5, 1), date(2019, 5, 3)]
    assert days("2019-05-01T15:00..T16:00") == [date(2019, 5, 1)]
    assert days("..2013-09-30", date(2020, 1, 1)) == [date(2013, 9, 29), date(2013, 9, 30)]
    assert days("2019-12-30..", date(2020, 1, 1))[-1] == date(2020, 1, 1)
    assert days("2021..", date(2020, 1, 1)) == []
    for wrong in ("2019-05-01\nfai has-data", "2019; email a@b.example", "2019; logic 1"):
        with pytest.raises(UsageError):
            days(wrong)


# Availability


def availability(service, *words: str):
    return run("availability", *words, "--archive", service.url)


def test_what_was_on_is_drawn():
    with archive() as service:
        done = availability(service, "2019-05-01", "--width", "24")
    assert done.code == 0
    lines = dict(line.split("  ", 1) for line in done.out.splitlines()[1:-1])
    assert lines["FAI"] == "...###.................."
    assert lines["RRI"] == "." * 24


def test_python_gets_the_spans_and_the_sources():
    with archive() as service:
        found = edexql.availability("2019-05-01", archive=service.url)
    on = {line.instrument: line.on for line in found.lines}
    start = 1556668800
    assert (on["FAI"], on["RRI"]) == ((start + 3 * 3600, start + 6 * 3600), ())
    assert found.sources == (f"{service.url}{DAY}{TEXT}",)


def test_machines_get_the_spans_and_the_sources():
    with archive() as service:
        done = availability(service, "2019-05-01", "--output", "json")
    found = json.loads(done.out)
    assert found["instruments"]["FAI"]["on"] == [["2019-05-01T03:00:00Z", "2019-05-01T06:00:00Z"]]
    assert found["instruments"]["RRI"] == {"on": [], "known": [["2019-05-01T00:00:00Z", "2019-05-02T00:00:00Z"]]}
    assert found["sources"] == [f"{service.url}{DAY}{TEXT}"]


def test_a_picture_is_written_beside_the_drawing(tmp_path):
    with archive() as service:
        done = availability(service, "2019-05-01", "--svg", str(tmp_path / "on.svg"))
    assert done.code == 0
    assert "FAI" in done.out
    assert ElementTree.parse(tmp_path / "on.svg").getroot().tag.endswith("svg")


def test_a_picture_that_cannot_be_written_takes_nothing_away(tmp_path):
    with archive() as service:
        done = availability(service, "2019-05-01", "--svg", str(tmp_path / "none" / "on.svg"))
    assert done.code == 2
    assert "FAI" in done.out
    assert "cannot write" in done.err


def test_days_without_a_text_are_no_information_and_told():
    with archive() as service:
        done = availability(service, "2019-05-03", "--width", "10")
    assert done.code == 1
    assert "??????????" in done.out
    assert "no availability text for this day" in done.err


def test_a_line_that_cannot_be_read_is_told():
    text = availability_text([*ROWS, ("RRI", "someday", "2019-05-01T06:00:00")]).encode()
    with archive({**TREE, DAY + TEXT: text}) as service:
        done = availability(service, "2019-05-01", "--width", "24")
    assert done.code == 0
    assert "RRI  ????" in done.out
    assert "not a date and time" in done.err


def test_a_dry_run_names_the_folders_of_the_days():
    done = run("availability", "2019-05-01..2019-05-02", "--archive", "http://archive.example", "--dry-run")
    assert done == (0, "".join(f"GET http://archive.example/2019/05/0{day}/\n" for day in (1, 2)), "")


def test_days_before_the_launch_are_no_days():
    done = run("availability", "2021..", "--today", "2020-01-01")
    assert done.code == 2
    assert "no such days" in done.err
