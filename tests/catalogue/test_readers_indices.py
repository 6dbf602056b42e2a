"""Readers of geophysical indices: CelesTrak space weather, OMNI2, Dst of Kyoto."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_samples import (
    DAY,
    KP,
    dst_line,
    faults,
    omni_line,
    samples,
    seconds,
    sw_csv,
    sw_csv_line,
    sw_line,
    sw_text,
    written,
)
from edexql.catalogue.ingest.readers import celestrak, kyoto, omni
from edexql.catalogue.ingest.registry import format_of

START = seconds("2015-03-16")
HOUR = 3600


@pytest.fixture
def given_text(tmp_path):
    return partial(written, tmp_path)


def by_series(batches):
    found = samples(batches)
    assert len({batch.series for batch in found}) == len(found)
    return {batch.series: batch for batch in found}


# CelesTrak


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("text", [sw_text(START, 3), sw_csv(START, ("OBS", "INT", "OBS", "PRD", "PRM"))])
def test_space_weather_gives_kp_in_thirds_ap_and_the_observed_flux(given_text, text, end):
    path = given_text(text.replace("\n", end))
    assert format_of(path).name == "space-weather"
    found = list(celestrak.read(path))
    assert faults(found) == []
    series = by_series(found)
    kp = series["kp"]
    assert kp.holds == 10800
    assert kp.times.tolist() == [START + i * 10800 for i in range(24)]
    assert (kp.columns["kp"][:8] * 3).tolist() == [0, 1, 2, 3, 10, 14, 26, 27]
    assert kp.columns["kp"][4] == 10 / 3
    assert kp.columns["ap"].tolist() == [ap for _, ap in KP] * 3
    flux = series["f107"]
    assert (flux.holds, flux.times.tolist()) == (DAY, [START, START + DAY, START + 2 * DAY])
    assert flux.columns["f107"].tolist() == [155.1] * 3


def test_predictions_never_come_through(given_text):
    assert samples(celestrak.read(given_text(sw_text(START, 0, predicted=5)))) == []
    assert samples(celestrak.read(given_text(sw_csv(START, ("PRD", "PRM"))))) == []


def test_missing_values_are_not_made_up(given_text):
    line = sw_line(START)
    blank = line[:18] + " " * 24 + line[42:46] + " " * 32 + line[78:112] + "      " + line[118:]
    half = line[:18] + "   " + line[21:]
    text = sw_text(START, 2).replace("BEGIN OBSERVED\n", f"BEGIN OBSERVED\n{half.replace('2015 03 16', '2015 03 14')}")
    text = text.replace("BEGIN OBSERVED\n", f"BEGIN OBSERVED\n{blank.replace('2015 03 16', '2015 03 13')}")
    series = by_series(celestrak.read(given_text(text)))
    assert series["kp"].times[0] == START - 2 * DAY
    assert np.isnan(series["kp"].columns["kp"][:2]).tolist() == [True, False]
    assert series["kp"].columns["ap"][0] == 0
    assert series["f107"].times.tolist() == [START - 2 * DAY, START, START + DAY]


def test_damaged_days_are_told_and_the_rest_is_read(given_text):
    lines = sw_text(START, 9, predicted=0).splitlines()
    lines[8] = lines[8][:18] + "99 " + lines[8][21:]
    lines[9] = "2015 02 30" + lines[9][10:]
    lines[10] = lines[10][:46] + "  x " + lines[10][50:]
    lines[11] = lines[12]
    found = list(celestrak.read(given_text("\n".join(lines))))
    assert faults(found) == [
        (9, "not a number from 0 to 90: '99 '"),
        (10, "not a date: '2015-02-30'"),
        (11, "not a number from 0 to 400: '  x '"),
        (13, "2015-03-21T00:00:00 appears again; the last one counts"),
    ]
    assert len(by_series(found)["f107"].times) == 5


def test_a_text_that_is_cut_off_is_told(given_text):
    text = sw_text(START, 3)
    (fault,) = faults(celestrak.read(given_text(text[: text.index("END OBSERVED")])))
    assert fault == (0, "the line END OBSERVED is missing; the file seems to be cut off")


def test_a_csv_that_does_not_tell_predictions_apart_is_not_taken(given_text):
    text = sw_csv(START, ("OBS",)).replace("F10.7_DATA_TYPE", "KIND")
    assert list(map(str, faults(celestrak.read(given_text(text))))) == [
        str((1, "no column F10.7_DATA_TYPE")),
    ]
    text = sw_csv(START, ("OBS", "XXX")) + "2015-03-18,1\n"
    assert [line for line, _ in faults(celestrak.read(given_text(text)))] == [3, 4]


def test_many_days_come_in_several_batches(given_text):
    lines = [sw_csv_line(START + i * DAY) for i in range(13_000)]
    found = samples(celestrak.read(given_text(sw_csv(START, ()) + "".join(lines))))
    assert [(batch.series, len(batch.times)) for batch in found] == [
        ("kp", 100_000),
        ("f107", 13_000),
        ("kp", 4000),
    ]


# OMNI


def test_omni_gives_hours_of_wind_and_field(given_text):
    text = "".join(omni_line(START + i * HOUR, bz=f"{-i / 10:.1f}") for i in range(48))
    path = given_text(text, "omni2_2015.dat")
    assert format_of(path).name == "omni"
    (found,) = omni.read(path)
    assert (found.series, found.holds) == ("omni", HOUR)
    assert found.times.tolist() == [START + i * HOUR for i in range(48)]
    assert {name: values[10] for name, values in found.columns.items()} == {
        "imf-by": 1.5,
        "imf-bz": -1.0,
        "solar-wind-speed": 401,
        "dst": -31,
        "ae": 120,
        "al": -80,
        "au": 40,
    }


def test_fill_values_are_missing_and_hours_of_nothing_left_out(given_text):
    nothing = {"by": "999.9", "bz": "999.9", "speed": "9999.", "dst": "99999", "ae": "9999"}
    nothing |= {"al": "99999", "au": "99999"}
    text = omni_line(START, **{**nothing, "dst": "-3"}) + omni_line(START + HOUR, **nothing)
    (found,) = omni.read(given_text(text + omni_line(START + 2 * HOUR)))
    assert found.times.tolist() == [START, START + 2 * HOUR]
    assert [name for name, values in found.columns.items() if np.isnan(values[0])] == [
        "imf-by",
        "imf-bz",
        "solar-wind-speed",
        "ae",
        "al",
        "au",
    ]


def test_damaged_hours_are_told(given_text):
    lines = [omni_line(START + i * HOUR).rstrip() for i in range(6)]
    lines[1] = lines[1][:-10]
    lines[2] = "2015 366" + lines[2][11:]
    lines[3] = lines[3].replace("-31", "-3x1")
    found = list(omni.read(given_text("\n".join(lines))))
    assert sorted(line for line, _ in faults(found)) == [2, 3, 4]
    assert len(samples(found)[0].times) == 3


def test_the_extended_form_is_read_too(given_text):
    path = given_text(omni_line(START).rstrip() + " 0.006634\n")
    assert format_of(path).name == "omni"
    assert len(next(omni.read(path)).times) == 1


# Dst


@pytest.mark.parametrize("day", ["1998-05-04", "2015-03-17"])
def test_dst_is_hourly_and_counts_its_base(given_text, day):
    values = [*range(-10, 10), -99, 9999, 5, 0]
    path = given_text(dst_line(seconds(day), values) + dst_line(seconds(day) + DAY, values, base=-2))
    assert format_of(path).name == "kyoto"
    (found,) = kyoto.read(path)
    assert (found.series, found.holds) == ("dst", HOUR)
    hours = [i for i in range(24) if i != 21]
    assert found.times.tolist() == [seconds(day) + (i + d * 24) * HOUR for d in range(2) for i in hours]
    assert found.columns["dst"].tolist() == [values[i] - d * 200 for d in range(2) for i in hours]


@given(st.lists(st.one_of(st.integers(-999, 200), st.just(9999)), min_size=24, max_size=24), st.integers(-5, 0))
def test_written_dst_is_read_back(tmp_path_factory, values, base):
    path = written(tmp_path_factory.mktemp("d"), dst_line(START, values, base=base))
    found = samples(kyoto.read(path))
    read = dict(zip(found[0].times.tolist(), found[0].columns["dst"].tolist(), strict=True)) if found else {}
    known = {START + i * HOUR: v + base * 100 for i, v in enumerate(values) if v != 9999}
    assert read == known


def test_damaged_records_of_dst_are_told_and_pages_around_them_are_not(given_text):
    line = dst_line(START, [0] * 24)
    lines = ["<html><pre>", line, "<!-- -->", line[:50], line.replace("DST", "AX "), line.replace("*16", "*32")]
    lines += [line.replace("   0", "  0x", 1), dst_line(START + DAY, [0] * 24, base=-50), "</pre>"]
    found = list(kyoto.read(given_text("\n".join(text.rstrip("\n") for text in lines))))
    assert [line for line, _ in faults(found)] == [4, 5, 6, 7, 8]
    assert len(samples(found)[0].times) == 24
