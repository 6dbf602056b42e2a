"""Answers without files: the smallest part of the query that empties them, or what the catalogue lacks."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from commands import repl, run

FAI = "product fai-lv1-hdf5-images\n"


@pytest.mark.parametrize(
    ("query", "lacking", "parts", "without", "text"),
    [
        (
            FAI + "date 2018",
            "agreement",
            ("date 2018",),
            3,
            "the files of fai-lv1-hdf5-images are all of 2019-05-01, and none is of 2018",
        ),
        (
            FAI + "date 2019-05; kp >= 8",
            "agreement",
            ("kp >= 8",),
            3,
            (
                "`kp >= 8` is true at no time of the files of fai-lv1-hdf5-images;"
                " without `kp >= 8` the query gives 3 files"
            ),
        ),
        (
            FAI + "fai has-data; date 2019-05-01T16:00..T17:00; kp >= 3; ap >= 0",
            "agreement",
            ("kp >= 3", "date 2019-05-01T16:00:00..2019-05-01T17:00:00"),
            1,
            (
                "`kp >= 3` and `date 2019-05-01T16:00:00..2019-05-01T17:00:00` are never true at the same time in the"
                " files of fai-lv1-hdf5-images; without `kp >= 3` the query gives 1 file"
            ),
        ),
        (
            FAI + "date 2018; kp >= 8",
            "agreement",
            ("date 2018",),
            0,
            "the files of fai-lv1-hdf5-images are all of 2019-05-01, and none is of 2018",
        ),
        (
            FAI + "where date 2019 AND (kp >= 8 OR NOT ap >= 0)",
            "agreement",
            ("kp >= 8 OR NOT ap >= 0",),
            3,
            (
                "`kp >= 8 OR NOT ap >= 0` is true at no time of the files of fai-lv1-hdf5-images; "
                "without `kp >= 8 OR NOT ap >= 0` the query gives 3 files"
            ),
        ),
        (
            "product gap-netcdf-vtec; date 2019",
            "files",
            ("gap-netcdf-vtec",),
            None,
            (
                "this catalogue has no files of `gap-netcdf-vtec`; it has files of cas-sp3-orbit, cas-txt-ephemeris, "
                "fai-lv1-hdf5-images and 4 more"
            ),
        ),
        (
            FAI + "date 2019; dst <= -50",
            "information",
            ("dst <= -50",),
            None,
            "this catalogue has no information on `dst <= -50` at the times of 3 files",
        ),
        (
            FAI + "date 2019-05-01T16:00..T17:00; dst <= -50; ap >= 0; imf-bz < 0",
            "information",
            ("dst <= -50", "imf-bz < 0"),
            None,
            "this catalogue has no information on `dst <= -50` and `imf-bz < 0` at the times of 1 file",
        ),
    ],
)
def test_an_answer_without_files_says_why(query, lacking, parts, without, text):
    found = edexql.evaluate(query).emptiness
    assert (found.lacking, set(found.parts), found.without, found.text) == (lacking, set(parts), without, text)


def test_an_answer_with_files_says_nothing():
    assert edexql.evaluate(FAI + "date 2019").emptiness is None


def test_commands_say_why_there_are_no_files():
    said = (
        "0 files: `kp >= 8` is true at no time of the files of fai-lv1-hdf5-images;"
        " without `kp >= 8` the query gives 3 files"
    )
    query = FAI + "date 2019-05; kp >= 8"
    assert said in run("fetch", "--local", "-q", "-e", query).err.splitlines()
    assert run("fetch", "--local", "-q", "--count", "-e", query).out == f"{said}\n"
    assert (
        f'"emptiness": "{said.removeprefix("0 files: ")}"'
        in run("fetch", "--local", "--output", "json", "-e", query).out
    )
    assert f"{said}  (sample catalogue)" in repl(query).out
    assert f"edexql: the query gives {said}\n" in run("why", "1", "-q", "-e", query).err


def test_a_file_is_asked_about_by_its_number_in_the_answer():
    query = FAI + "date 2019-05"
    assert run("why", "2", "-e", query).out.startswith("FAI_lv1_h5_20190501_164634_165406_6.0.0.zip: matched")
    assert (
        repl(f"{query}\nwhy 3\n")
        .out.splitlines()[-2]
        .startswith("FAI_lv1_h5_20190501_182724_183456_6.0.0.zip: matched")
    )
    assert run("why", "4", "-e", query).err == "edexql: there is no file 4: the query gives 3 files\n"


PARTS = (
    "date 2019-05-01",
    "date 2019-05-01T15:00:00..2019-05-01T17:00:00",
    "date 2019-05-01T18:00:00..",
    "date ..2019-05-01T16:00:00",
    "date 2018",
    "kp >= 3",
    "kp < 2",
    "ap > 10",
    "f107 > 60",
    "fai has-data",
    "(kp >= 3 OR date 2019-05-01T15:00:00..2019-05-01T15:30:00)",
    "NOT date 2019-05-01T16:00:00..2019-05-01T19:00:00",
)


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6, unique=True))
def test_the_parts_that_are_named_exclude_each_other_and_no_fewer_do(parts):
    found = edexql.evaluate(f"{FAI}where {' AND '.join(parts)}")
    if found.files or found.unknown:
        assert found.emptiness is None or found.emptiness.lacking == "information"
        return
    named = found.emptiness.parts
    assert found.emptiness.minimal

    def files(some):
        written = " AND ".join(f"({one})" for one in some)
        return len(edexql.evaluate(f"{FAI}where {written}").files) if some else 3

    assert files(named) == 0
    assert all(files(some) for some in combinations(named, len(named) - 1))
    rest = [one for one in parts if one.strip("()") != named[0]]
    assert len(rest) == len(parts) - 1
    assert found.emptiness.without == files(rest)


def test_of_many_parts_those_are_named_that_exclude_each_other():
    harmless = [f"date 2018-{month:02}..2019-{month:02}" for month in range(5, 13)]
    harmless += [f"date 2018-12-{day:02}..2019-05-01" for day in range(1, 32)]
    harmless += [f"date 2017-{month:02}..2020" for month in range(1, 13)]
    # One of the three files each.
    parts = [f"NOT date 2019-05-01T{hour}:00:00..2019-05-01T{hour}:59:59" for hour in (15, 16, 18)]
    for place in (0, 20, len(harmless)):
        written = [*harmless[:place], parts[0], *harmless[place:], *parts[1:]]
        found = edexql.evaluate(f"{FAI}where {' AND '.join(written)}").emptiness
        assert sorted(found.parts) == sorted(parts)
        assert (found.lacking, found.minimal, found.without) == ("agreement", True, 1)
