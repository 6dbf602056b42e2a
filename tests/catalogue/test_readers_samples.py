"""Each published format has a sample: what is read of it, and what a line of damage leaves."""

from __future__ import annotations

import gzip
import re
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_samples import faults, samples, seconds, written
from catalogues import query, take
from edexql.catalogue.evaluation import times as times_of
from edexql.catalogue.ingest.batches import Elements, Fault, Note, Samples
from edexql.catalogue.ingest.readers import elements, gfz, iaga, kyoto, omm
from edexql.catalogue.ingest.registry import FORMATS, Head, format_of
from edexql.catalogue.ingest.source import head
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.model.vocabulary import load, snapshot
from orbit_samples import SETS

SAMPLES = Path(__file__).parent / "format_samples"
FILES = sorted(path.name for path in SAMPLES.iterdir() if path.name != "README.md")
NAN = float("nan")
HOUR = 3600
STORM = seconds("2015-03-17")


@pytest.fixture
def given_text(tmp_path):
    return partial(written, tmp_path)


def text_of(name: str) -> str:
    return (SAMPLES / name).read_text("utf-8")


def read(name: str) -> list:
    path = str(SAMPLES / name)
    return list(format_of(path).read(path))


def values(batches, field: str) -> dict[int, float]:
    """The values of a field by time, NaN left out."""
    return {
        time: value
        for batch in samples(batches)
        if field in batch.columns
        for time, value in zip(batch.times.tolist(), batch.columns[field].tolist(), strict=True)
        if not np.isnan(value)
    }


def series(batches) -> dict[str, int]:
    return {batch.series: batch.holds for batch in samples(batches)}


@pytest.mark.parametrize("name", FILES)
def test_each_sample_is_in_one_format_and_sound(name):
    path = str(SAMPLES / name)
    start = Head("noname", head(path), snapshot())
    assert len([known.name for known in FORMATS if known.recognises(start)]) == 1
    if name != "iaga-observatory.txt":
        assert faults(read(name)) == []


def test_every_sample_is_named_with_its_source():
    told = text_of("README.md")
    assert [name for name in FILES if f"`{name}`" not in told] == []
    assert len(re.findall(r"^\| `.*(?:https://|CCSDS)", told, re.MULTILINE)) == told.count("\n| `")


# GFZ


def test_gfz_by_the_day():
    found = read("gfz-kp-daily.txt")
    kp, ap, flux = (values(found, field) for field in ("kp", "ap", "f107"))
    assert series(found) == {"kp": 3 * HOUR, "f107": 24 * HOUR}
    assert kp[seconds("1932-01-01")] == 10 / 3
    assert [kp[STORM + i * 3 * HOUR] for i in range(4)] == [2, 14 / 3, 17 / 3, 16 / 3]
    assert ap[STORM + 3 * HOUR] == 39
    # The last two intervals of the last day are not known yet, nor is the flux of 1932.
    assert max(kp) == max(ap) == STORM + 24 * HOUR + 5 * 3 * HOUR
    assert flux == {STORM: 113.2, STORM + 24 * HOUR: 114.3}


def test_gfz_by_three_hours_is_the_same_series():
    found = read("gfz-kp-3h.txt")
    assert series(found) == {"kp": 3 * HOUR}
    assert values(found, "kp") == {seconds("1932-01-01"): 10 / 3, STORM: 2, STORM + 3 * HOUR: 14 / 3}
    assert values(found, "ap") == {seconds("1932-01-01"): 18, STORM: 7, STORM + 3 * HOUR: 39}


def test_hpo_are_thirds_without_an_upper_limit():
    start = seconds("2024-05-10T22:00:00")
    half = read("gfz-hp30.txt")
    assert series(half) == {"hp30": 1800}
    assert values(half, "hp30") == {start: 31 / 3, start + 1800: 35 / 3, start + 5400: 26 / 3}
    hourly = read("gfz-hp60.txt")
    assert series(hourly) == {"hp60": HOUR}
    assert values(hourly, "hp60") == {start: 11, start + HOUR: 28 / 3}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2015 03 17 00.0", "2015 02 30 00.0", "not a date: '2015-02-30'"),
        ("2015 03 17 00.0", "2015 03 16 00.0", "day '30391' since 1932 is not 2015-03-16"),
        ("03.0 04.50", "03.0 05.50", "not the hours of an interval"),
        ("03.0 04.50", "02.0 03.50", "not the hours of an interval"),
        ("4.667", "4.700", "not a multiple of 1/3"),
        ("4.667", "9.667", "not a number from 0 to 9"),
        ("  39 1", " -39 1", "not a number from 0 to 400"),
        ("  39 1", "   39", "9 values; expected 28 or 10"),
    ],
)
def test_a_damaged_line_of_gfz_is_told_and_the_others_are_read(given_text, old, new, message):
    text = text_of("gfz-kp-3h.txt")
    assert text.count(old) == 1
    found = list(gfz.read(given_text(text.replace(old, new))))
    ((_, told),) = faults(found)
    assert told.startswith(message)
    assert len(values(found, "kp")) == 2


# WDC Kyoto


@pytest.mark.parametrize("name", ["kyoto-dst-monthly.html", "kyoto-dst-monthly.txt"])
def test_a_monthly_table_has_hours_that_touch_and_hours_that_are_missing(name):
    found = read(name)
    dst = values(found, "dst")
    assert series(found) == {"dst": HOUR}
    assert [dst[STORM + hour * HOUR] for hour in range(14, 24)] == [
        -105, -133, -147, -158, -170, -183, -196, -214, -234, -222,
    ]  # fmt: skip
    assert dst[seconds("2015-03-16")] == -7
    assert max(dst) == STORM + (24 + 14) * HOUR
    assert len(dst) == 24 + 24 + 15


def test_a_table_that_lost_its_blanks_on_the_way_is_read(given_text):
    lines = text_of("kyoto-dst-monthly.txt").splitlines()
    day = next(line for line in lines if line.startswith("16"))
    found = list(kyoto.read(given_text("\n".join([*lines[:3], " ".join(day.split())]))))
    assert faults(found) == []
    assert list(values(found, "dst").values()) == [float(word) for word in day.split()[1:]]


@pytest.mark.parametrize("length", [4, 7, 8, 9, 10, 36, 50, 66, 98, 99, 100])
def test_a_day_that_is_cut_off_gives_nothing_that_is_not_there(given_text, length):
    text = text_of("kyoto-dst-monthly.txt")
    whole = list(kyoto.read(given_text(text)))
    day = next(line for line in text.splitlines() if line.startswith("17"))
    found = list(kyoto.read(given_text(text[: text.index(day)] + day[:length])))
    assert values(found, "dst").items() <= values(whole, "dst").items()
    # The columns of the values, with one more blank before the first, the ninth and the seventeenth.
    begun = [place for g in range(3) for h in range(8) if (place := 3 + 33 * g + 4 * h) < length < place + 4]
    assert bool(faults(found)) == (length < 7 or any(day[place:length].strip() for place in begun))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\n17   12", "\n37   12", "not a day of 2015-03: '37'"),
        ("\n17   12", "\n17   1x", "not a day and 24 values"),
        ("\n17   12", "\nxx   12", "not a day of a table"),
        ("-105", "-905", ""),
        ("-105", "8105", "a value is outside -2000..200 nT: 8105"),
    ],
)
def test_a_damaged_day_of_a_table_is_told_and_the_others_are_read(given_text, old, new, message):
    text = text_of("kyoto-dst-monthly.html")
    assert text.count(old) == 1
    found = list(kyoto.read(given_text(text.replace(old, new))))
    told = faults(found)
    assert [text.startswith(message) for _, text in told] == [True] * bool(message)
    assert len(values(found, "dst")) == 39 + 24 * (not message)


def test_hourly_ae_al_and_au_count_their_hours_from_the_first():
    found = read("kyoto-ae-hourly.txt")
    assert series(found) == {"ae-1h": HOUR, "al-1h": HOUR, "au-1h": HOUR}
    assert values(found, "ae")[STORM + 7 * HOUR] == 801
    assert values(found, "al")[STORM + 7 * HOUR] == -600
    assert values(found, "au")[STORM + 7 * HOUR] == 201
    assert STORM + 22 * HOUR not in values(found, "ae")
    assert [batch for batch in found if isinstance(batch, Note)] == [
        Note("AO skipped: the vocabulary has no such field")
    ]


def test_minutes_count_from_the_first_of_the_hour():
    start = STORM + 14 * HOUR
    found = read("kyoto-asysym-minute.txt")
    assert series(found) == {"sym-h-1min": 60}
    assert values(found, "sym-h") == {start + i * 60: -100 - i for i in range(60) if i != 7}
    found = read("kyoto-ae-minute.txt")
    assert values(found, "ae") == {start + i * 60: 600 + i for i in range(59)}
    assert values(found, "al")[start + 30 * 60] == -430
    assert values(found, "au")[start] == 200


def test_a_damaged_record_of_minutes_is_told(given_text):
    lines = text_of("kyoto-ae-minute.txt").splitlines()
    lines[0] = lines[0][:380]
    lines[1] = lines[1].replace("  -430", "  -4x0")
    lines[3] = lines[3].replace("150317", "151317")
    found = list(kyoto.read(given_text("\n".join(lines))))
    assert [line for line, _ in faults(found)] == [1, 2, 4]
    assert samples(found) == []


# OMNI


def test_omni_by_the_minute_keeps_what_is_known_of_each():
    start = STORM + 14 * HOUR + 30 * 60
    found = read("omni-1min.asc")
    assert series(found) == {"omni-1min": 60}
    assert values(found, "imf-bz") == {start: -15.82, start + 120: -15.82}
    assert values(found, "imf-by") == {start: -8.71, start + 120: -8.71}
    assert values(found, "solar-wind-speed") == {start: 545.2, start + 120: 545.2}
    for field, value in (("ae", 801), ("al", -600), ("au", 201), ("sym-h", -105)):
        assert values(found, field) == dict.fromkeys((start, start + 60, start + 120), value)


def test_omni_by_five_minutes():
    start = STORM + 14 * HOUR + 30 * 60
    found = read("omni-5min.asc")
    assert series(found) == {"omni-5min": 300}
    assert values(found, "imf-bz") == {start: -15.82}
    assert values(found, "sym-h") == {start: -105, start + 300: -105}


def test_a_damaged_minute_of_omni_is_told(given_text):
    lines = text_of("omni-1min.asc").splitlines()
    lines[1] = lines[1].replace(" 14 31", " 14 61", 1)
    lines[2] = lines[2].replace("-15.82", "******", 1)
    path = given_text("\n".join(lines))
    found = list(format_of(path).read(path))
    assert [line for line, _ in faults(found)] == [2]
    assert list(values(found, "imf-bz").values()) == [-15.82]
    assert len(values(found, "ae")) == 2


# IAGA-2002


def test_hourly_means_at_half_past_are_those_of_the_hour_around_it():
    found = read("iaga-dst-hourly.txt")
    assert series(found) == {"dst": HOUR}
    assert values(found, "dst") == {STORM + 21 * HOUR: -214, STORM + 22 * HOUR: -234}


def test_minutes_of_iaga_begin_at_their_times():
    start = STORM + 14 * HOUR + 30 * 60
    found = read("iaga-ae-minute.txt")
    assert series(found) == {"ae-1min": 60, "al-1min": 60, "au-1min": 60}
    assert values(found, "ae") == {start: 801}
    assert values(found, "al") == {start: -600, start + 60: -610}
    assert values(found, "au") == {start: 201, start + 60: 210}


def test_the_field_of_an_observatory_is_refused_and_the_station_named():
    ((line, message),) = faults(read("iaga-observatory.txt"))
    assert line == 0
    assert "'NAQ (Narsarsuaq)'" in message
    assert "NAQX, NAQY, NAQZ, NAQF" in message
    assert samples(read("iaga-observatory.txt")) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("22:30:00.000 076", "22:30:00.000 077", "not a date, time and day of the year"),
        ("22:30:00.000", "22:31:00.000", "not a multiple of 3600 s"),
        ("-234.00", "-2x4.00", "not a number: '-2x4.00'"),
        ("-234.00", "-9234.00", "a value is outside -2000..200 nT"),
        ("   -234.00", "", "3 values; expected 4"),
    ],
)
def test_a_damaged_record_of_iaga_is_told_and_the_others_are_read(given_text, old, new, message):
    text = text_of("iaga-dst-hourly.txt")
    assert text.count(old) == 1
    found = list(iaga.read(given_text(text.replace(old, new))))
    ((_, told),) = faults(found)
    assert told.startswith(message)
    assert values(found, "dst") == {STORM + 21 * HOUR: -214}


def test_an_interval_that_is_not_told_is_not_guessed(given_text):
    text = text_of("iaga-dst-hourly.txt").replace("1-hour (00:00 - 00:59)", "means                 ")
    (fault,) = iaga.read(given_text(text))
    assert fault == Fault(0, "unknown length of the intervals: Data Interval Type 'means'")


# Orbit mean-elements messages

PAIR = (
    "1 39265U 13055A   19068.86045663  .00002083  00000+0  59713-4 0  9992",
    "2 39265  80.9661  80.2104 0670146 221.3287 133.5315 14.26988076281329",
)


@pytest.mark.parametrize("name", ["omm.kvn", "omm.xml", "omm.json", "omm.csv"])
def test_a_message_is_an_element_set_in_every_form(name):
    found = read(name)
    assert found[0] == Elements((PAIR,), "cassiope")
    assert found[1:] == [Note("2 element sets of other objects skipped")] * (name != "omm.kvn")


@pytest.mark.parametrize("name", ["omm.kvn", "omm.xml", "omm.json", "omm.csv"])
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("39265", "25544", "the element set is of object 25544; CASSIOPE is 39265"),
        ("2013-055A", "2013-055B", "number 39265 with OBJECT_ID '2013-055B'; CASSIOPE is 2013-055A"),
        ("14.26988076", "1x.26988076", "MEAN_MOTION is not a number from 0.001 to 20"),
        ("80.9661", "280.9661", "INCLINATION is not a number from 0 to 180"),
        ("2019-03-09T20:39", "2019-02-30T20:39", "EPOCH is not a date and time"),
        ("TEME", "EME2000", "REF_FRAME 'EME2000'; SGP4 takes TEME"),
    ],
)
def test_a_message_of_another_object_or_with_wrong_numbers_is_refused(given_text, name, old, new, message):
    text = text_of(name)
    if old not in text:
        pytest.skip("JSON and CSV do not say it")
    # Of the forms that have several messages, the one of CASSIOPE alone.
    text = re.sub(r"<omm (?:(?!</omm>).)*(?:25544|100057)</NORAD.*?</omm>", "", text)
    text = re.sub(r'\{[^{}]*": (?:25544|100057),[^{}]*\}(?:, )?', "", text).replace("}, ]", "}]")
    text = "".join(line for line in text.splitlines(keepends=True) if not re.search(r",(?:25544|100057),", line))
    path = given_text(text.replace(old, new), name)
    (fault,) = format_of(path).read(path)
    assert fault.message.startswith("not JSON" if name == "omm.json" and new.startswith("1x") else message)


def omm_of(first: str, second: str) -> dict[str, str]:
    """An element set as a message, written out of its columns."""
    day = np.datetime64(f"20{first[18:20]}-01-01", "us") + round((float(first[20:32]) - 1) * 86400e6)

    def power(text: str) -> str:
        return f"{text[0]}.{text[1:6]}e{text[6:]}"

    return {
        "NORAD_CAT_ID": first[2:7],
        "OBJECT_ID": "2013-055A",
        "EPOCH": str(day),
        "MEAN_MOTION": second[52:63],
        "ECCENTRICITY": f"0.{second[26:33]}",
        "INCLINATION": second[8:16],
        "RA_OF_ASC_NODE": second[17:25],
        "ARG_OF_PERICENTER": second[34:42],
        "MEAN_ANOMALY": second[43:51],
        "BSTAR": power(first[53:61]),
        "MEAN_MOTION_DOT": first[33:43],
        "MEAN_MOTION_DDOT": power(first[44:52]),
        "ELEMENT_SET_NO": first[64:68].strip(),
        "REV_AT_EPOCH": second[63:68].strip(),
    }


def test_the_message_of_an_element_set_is_that_element_set(given_text):
    for pair in SETS:
        message = omm_of(*pair)
        text = f"{','.join(message)}\n{','.join(message.values())}\n"
        (found,) = omm.read_csv(given_text(text))
        ((first, second),) = found.pairs
        assert second == pair[1]
        assert (first[:43], first[53:68]) == (pair[0][:43], pair[0][53:68])
        assert list(elements.read(given_text(f"{first}\n{second}\n"))) == [found]


@given(
    st.floats(0, 0.9999999),
    st.floats(-360, 360),
    st.floats(-1e3, 1e3),
    st.floats(-0.99, 0.99),
    st.datetimes(datetime(2013, 10, 1), datetime(2030, 1, 1)),
)
def test_any_numbers_of_a_message_make_a_sound_element_set(tmp_path_factory, eccentricity, angle, drag, rate, epoch):
    message = omm_of(*SETS[0]) | {
        "ECCENTRICITY": repr(eccentricity),
        "RA_OF_ASC_NODE": repr(angle),
        "INCLINATION": repr(abs(angle) / 2),
        "BSTAR": repr(drag),
        "MEAN_MOTION_DOT": repr(rate),
        "EPOCH": epoch.isoformat(),
    }
    text = f"{','.join(message)}\n{','.join(message.values())}\n"
    folder = tmp_path_factory.mktemp("o")
    (found,) = omm.read_csv(written(folder, text))
    ((first, second),) = found.pairs
    assert list(elements.read(written(folder, f"{first}\n{second}\n"))) == [found]
    assert float(f"0.{second[26:33]}") == pytest.approx(eccentricity, abs=1e-7)
    assert np.cos(np.radians(float(second[17:25]))) == pytest.approx(np.cos(np.radians(angle)), abs=1e-6)
    assert float(f"{first[53]}.{first[54:59]}e{first[59:61]}") == pytest.approx(drag, rel=1e-4, abs=1e-9)
    assert float(first[33:43]) == pytest.approx(rate, abs=1e-8)
    year = np.datetime64(f"20{first[18:20]}-01-01", "us")
    assert abs((year + round((float(first[20:32]) - 1) * 86400e6)) - np.datetime64(epoch)) < np.timedelta64(500, "us")


# What queries make of them


def test_queries_ask_for_the_indices_by_their_names(tmp_path):
    catalogue = tmp_path / "catalogue"
    taken = take(catalogue, *(SAMPLES / name for name in FILES))
    assert [one.path for one in taken if one.faults] == [str(SAMPLES / "iaga-observatory.txt")]
    asked = {
        "sym-h < -150 AND date 2015-03-17T14:00..T14:59:59": [("2015-03-17T14:51:00", "2015-03-17T15:00:00")],
        "al <= -450 AND date 2015-03-17T14:30..T14:59:59": [("2015-03-17T14:50:00", "2015-03-17T15:00:00")],
        "hp30 > 10 AND date 2024": [("2024-05-10T22:00:00", "2024-05-10T23:00:00")],
        "hp60 >= 11 AND date 2024": [("2024-05-10T22:00:00", "2024-05-10T23:00:00")],
        "dst <= -222 AND date 2015-03-17": [("2015-03-17T22:00:00", "2015-03-18T00:00:00")],
        "kp 4+..5- AND date 2015-03-17": [("2015-03-17T03:00:00", "2015-03-17T06:00:00")],
        # Of AE by the hour and by the minute the finer one counts where there is one.
        "ae = 801 AND date 2015-03-17T07:00..T07:59:59": [("2015-03-17T07:00:00", "2015-03-17T08:00:00")],
        "ae 600..605 AND date 2015-03-17T14:00..T14:59:59": [("2015-03-17T14:00:00", "2015-03-17T14:06:00")],
        "ae = 1210 AND date 2015-03-17": [("2015-03-17T14:59:00", "2015-03-17T15:00:00")],
    }
    with open_catalogue(str(catalogue)) as opened:
        for text, times in asked.items():
            found = times_of(query(f"where {text}"), opened, load()).yes
            got = list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
            assert got == [(seconds(start), seconds(end)) for start, end in times], text


# Damage


def told_by(path):
    """What a file tells, but for faults and notes, a fact each; and whether anything of it is damaged."""
    facts = set()
    batches = list(format_of(path).read(path))
    for batch in batches:
        if isinstance(batch, Samples):
            for name, values in batch.columns.items():
                pairs = zip(batch.times.tolist(), values.tolist(), strict=True)
                facts |= {(batch.series, name, time, value) for time, value in pairs if value == value}
        elif isinstance(batch, Elements):
            facts.update(batch.pairs)
    return facts, any(isinstance(batch, Fault) for batch in batches)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", [name for name in FILES if name != "iaga-observatory.txt"])
def test_a_file_that_is_cut_off_tells_nothing_else_than_the_whole(tmp_path, name, packed):
    text = text_of(name)
    whole, _ = told_by(written(tmp_path, text, name))
    # That a first record is cut short would be seen in the one after it.
    rows = [row for row in text.splitlines() if row.startswith("2015")] if name.startswith(("iaga", "omni")) else []
    for end in range(max(text.index(rows[1]) if rows else 0, len(text) - 120), len(text)):
        if packed:
            path = tmp_path / f"{name}.gz"
            path.write_bytes(gzip.compress(text[:end].encode(), 1)[:-8])
        else:
            path = written(tmp_path, text[:end], name)
        if format_of(str(path)) is not None:
            found, damaged = told_by(str(path))
            assert found <= whole, end
            assert damaged or not packed


@pytest.mark.parametrize("name", ["omm.kvn", "omm.xml"])
def test_a_message_without_its_drag_is_not_taken_for_one_without_drag(tmp_path, name):
    text = text_of(name)
    reader = format_of(written(tmp_path, text, name)).read
    found = list(reader(written(tmp_path, text.replace("BSTAR", "STAR"), name)))
    assert "BSTAR is missing" in [message for _, message in faults(found)]
    assert not [one for one in found if isinstance(one, Elements)]


NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def numbers_in(text: str) -> set[float]:
    """Every number that stands in a text, in words or in columns of four or six characters that touch."""
    found = {float(word) for word in NUMBER.findall(text)}
    for line in text.splitlines():
        for width in (4, 6):
            cells = (line[place : place + width].strip() for place in range(len(line)))
            found.update(float(cell) for cell in cells if NUMBER.fullmatch(cell))
    return found


@given(
    st.sampled_from([name for name in FILES if not name.startswith(("omm", "iaga-obs"))]),
    st.randoms(use_true_random=False),
)
def test_whatever_is_damaged_no_value_is_given_that_is_not_in_the_file(tmp_path_factory, name, rng):
    text = text_of(name)
    for _ in range(rng.choice((1, 2, 5))):
        at = rng.randrange(len(text))
        end = at + rng.choice((0, 1, 1, 2, 6, 30))
        text = text[:at] + rng.choice(("", " ", "-", ".", "x", "*", "7", "\n", "\0", "\t")) + text[end:]
    path = written(tmp_path_factory.mktemp("d"), text, name)
    known = format_of(path)
    if known is None:
        return
    there = numbers_in(text)
    thirds = {round(number * 3) for number in there if abs(number) < 100}
    for batch in samples(known.read(path)):
        for field, column in batch.columns.items():
            for value in column[~np.isnan(column)].tolist():
                assert value in there or (field in ("kp", "hp30", "hp60") and round(value * 3) in thirds), (
                    field,
                    value,
                )


def test_damage_that_moves_the_values_of_a_line_is_told(given_text):
    lines = text_of("kyoto-ae-hourly.txt").splitlines()
    for cut in ("  35", " "):
        moved = [lines[0].replace(cut, "", 1), *lines[1:]]
        found = list(kyoto.read(given_text("\n".join(moved))))
        assert [line for line, _ in faults(found)] == [1]
        assert not values(found, "ae")
