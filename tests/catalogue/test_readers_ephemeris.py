"""Readers of where the spacecraft was: CAS ephemeris, SP3 orbits, two-line element sets."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_samples import (
    EPHEMERIS_HEADER,
    PAIR,
    ephemeris_line,
    ephemeris_row,
    ephemeris_text,
    faults,
    moment,
    samples,
    seconds,
    sp3_position,
    sp3_text,
    written,
)
from edexql.catalogue.ingest import rows, source, times
from edexql.catalogue.ingest.batches import Elements, Fault, Note, Positions
from edexql.catalogue.ingest.readers import elements, ephemeris, sp3
from edexql.catalogue.ingest.registry import format_of
from places import SHARED

START = seconds("2015-11-27")
REAL_ELEMENTS = SHARED / "data" / "tle_39265.txt"


@pytest.fixture
def given_text(tmp_path):
    """Writes a text to a file, and gives its path."""
    return partial(written, tmp_path)


def row(**changed: float) -> list[float]:
    """The values of a second, some of them changed: `row(latitude=91)`."""
    values = ephemeris_row(START)
    for name, value in changed.items():
        values[ephemeris.COLUMNS[name.replace("_", "-")] - 2] = value
    return values


# Ephemeris


def test_a_file_of_ephemeris_is_samples_at_one_a_second(given_text):
    (found,) = ephemeris.read(given_text(ephemeris_text(START, 90)))
    assert (found.series, found.holds, found.linear) == ("ephemeris", 1, False)
    assert found.times.tolist() == list(range(START, START + 90))
    assert list(found.columns) == list(ephemeris.COLUMNS)
    expected = ephemeris_row(START + 60)
    for name, place in ephemeris.COLUMNS.items():
        assert found.columns[name].dtype == np.float64
        assert found.columns[name][60] == pytest.approx(expected[place - 2], abs=1e-5), name


def test_files_without_the_eclipse_status_are_read_too(given_text):
    (found,) = ephemeris.read(given_text(ephemeris_text(START, 10, eclipse=False, end="\r\n")))
    assert len(found.times) == 10
    assert np.isnan(found.columns["eclipse"]).all()
    assert (found.columns["attitude-accuracy"] == 4).all()


def test_an_eclipse_status_in_words_is_not_known(given_text):
    lines = ephemeris_text(START, 5, eclipse=False).splitlines()
    text = "\n".join([*lines[:2], *(line + " Umbra" for line in lines[2:])])
    (found,) = ephemeris.read(given_text(text))
    assert len(found.times) == 5
    assert np.isnan(found.columns["eclipse"]).all()
    assert not np.isnan(found.columns["altitude"]).any()


@given(
    st.lists(
        st.tuples(
            st.floats(-180, 180, exclude_max=True),
            st.floats(0, 24, exclude_max=True),
            st.floats(0, 1999),
            st.sampled_from((1, 2, 3, 4)),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_what_is_written_is_read_back(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("e") / "file.txt"
    rows = [row(longitude=lon, mlt=mlt, altitude=alt, attitude_accuracy=acc) for lon, mlt, alt, acc in values]
    lines = [
        f"{moment(START + i):%Y%m%d %H%M%S} " + " ".join(map(repr, values)) + "\n" for i, values in enumerate(rows)
    ]
    path.write_text(EPHEMERIS_HEADER + "".join(lines))
    (found,) = ephemeris.read(str(path))
    for place, name in enumerate(("longitude", "mlt", "altitude", "attitude-accuracy")):
        assert found.columns[name].tolist() == [value[place] for value in values]


@pytest.mark.parametrize(
    ("field", "written", "read"),
    [
        ("longitude", 359.5, -0.5),
        ("longitude", 180.0, -180.0),
        ("longitude", -180.0, -180.0),
        ("longitude", -180.00001, 179.99999),
        ("magnetic-longitude", 270, -90),
        ("yaw", 190, -170),
        ("mlt", 24, 0),
        ("mlt", 23.5, 23.5),
        ("altitude", 0, 0),
    ],
)
def test_angles_and_local_times_are_brought_into_one_turn(given_text, field, written, read):
    line = ephemeris_line(START, row(**{field.replace("-", "_"): written}))
    (found,) = ephemeris.read(given_text(EPHEMERIS_HEADER + line))
    assert found.columns[field][0] == pytest.approx(read, abs=1e-9)


def test_what_cannot_be_is_missing_and_told_once_a_column(given_text):
    lines = [
        ephemeris_line(START + i, row(latitude=91 if i > 1 else 0, altitude=-5 if i == 3 else 5)) for i in range(5)
    ]
    found = list(ephemeris.read(given_text(EPHEMERIS_HEADER + "".join(lines))))
    assert faults(found) == [
        (5, "latitude: 3 values outside -90..90, taken as missing"),
        (6, "altitude: a value outside 0..2000, taken as missing"),
    ]
    assert np.isnan(found[0].columns["latitude"]).tolist() == [False, False, True, True, True]


def test_angles_of_a_dropout_are_missing(given_text):
    lines = [
        ephemeris_line(START, row(yaw=float("nan"), pitch=float("nan"), roll=float("nan"), attitude_accuracy=0)),
        ephemeris_line(START + 1, row(yaw=3, attitude_accuracy=9)),
        ephemeris_line(START + 2, row(yaw=3, attitude_accuracy=1)),
    ]
    (found,) = ephemeris.read(given_text(EPHEMERIS_HEADER + "".join(lines)))
    assert np.isnan(found.columns["yaw"]).tolist() == [True, True, False]
    assert np.isnan(found.columns["roll"]).tolist() == [True, True, False]
    assert found.columns["attitude-accuracy"].tolist() == [0, 9, 1]


def test_lines_out_of_order_are_sorted_and_the_last_of_the_same_time_counts(given_text):
    order = [0, 1, 5, 3, 4, 5, 2]
    lines = [ephemeris_line(START + second, row(altitude=place)) for place, second in enumerate(order)]
    found = list(ephemeris.read(given_text(EPHEMERIS_HEADER + "".join(lines))))
    (batch,) = samples(found)
    assert (batch.times - START).tolist() == [0, 1, 2, 3, 4, 5]
    assert batch.columns["altitude"].tolist() == [0, 1, 6, 3, 4, 5]
    assert faults(found) == [
        (8, "2015-11-27T00:00:05 appears again; the last one counts"),
        (6, "2015-11-27T00:00:03 comes after a later time, as do 2 more lines; sorted"),
    ]


@pytest.mark.parametrize("eclipse", [True, False])
def test_damaged_lines_are_told_with_their_number_and_the_rest_is_read(given_text, eclipse):
    lines = ephemeris_text(START, 2000, eclipse=eclipse).splitlines()
    lines[100] = lines[100].replace(" ", "", 3)
    lines[500] = "20151127 002562" + lines[500][15:]
    lines[900] = lines[900].replace(".", "x", 1)
    lines[901] = ""
    lines[1500] = "\x00\xff\x13"
    found = list(ephemeris.read(given_text("\n".join(lines).encode("latin-1"))))
    assert [line for line, _ in faults(found)] == [101, 901, 1501, 501]
    assert "not a date and time: 20151127 002562" in faults(found)[3][1]
    (batch,) = samples(found)
    damaged = {98, 498, 898, 899, 1498}
    assert (batch.times - START).tolist() == [s for s in range(2000) if s not in damaged]


def test_what_fortran_could_not_fit_is_missing_and_the_rest_of_its_line_is_read(given_text):
    lines = ephemeris_text(START, 20).splitlines()
    words = lines[9].split()
    words[13], words[11] = "*" * 9, "*" * 5
    lines[9] = " ".join(words)
    (found,) = ephemeris.read(given_text("\n".join(lines)))
    assert found.times.tolist() == list(range(START, START + 20))
    assert np.flatnonzero(np.isnan(found.columns["altitude"])).tolist() == [7]
    assert np.flatnonzero(np.isnan(found.columns["latitude"])).tolist() == [7]
    assert found.columns["longitude"][7] == pytest.approx(ephemeris_row(START + 7)[10], abs=1e-5)


def test_a_second_of_sixty_is_the_next_one(given_text):
    lines = ephemeris_text(START, 180).splitlines()
    # The first is a time that was rounded up, the second an extra second before the minute.
    lines[62] = lines[62].replace("000100", "000060", 1)
    lines.insert(122, lines[121].replace("000159", "000160", 1))
    (found,) = ephemeris.read(given_text("\n".join(lines)))
    assert found.times.tolist() == list(range(START, START + 180))
    for second in (60, 120):
        assert found.columns["altitude"][second] == pytest.approx(ephemeris_row(START + second)[11], abs=1e-5)


def test_an_ephemeris_of_another_spacecraft_is_refused(given_text):
    text = ephemeris_text(START, 20)
    assert list(ephemeris.read(given_text(text, "SWA_ephemeris_20151127_000000_235959.txt"))) == [
        Fault(0, "its name is of 'SWA', not CASSIOPE; nothing is ingested")
    ]
    for name in ("CAS_ephemeris_20151127_000000_235959.txt", "my_ephemeris_20151127.txt", "file.txt"):
        assert len(samples(ephemeris.read(given_text(text, name)))) == 1


@pytest.mark.parametrize(("moved", "left"), [(1, [6]), (2, [5, 6])])
def test_lines_whose_values_add_up_by_accident_are_not_mixed_up(given_text, moved, left):
    # Values of one line moved to the next: the number of values in the block is right.
    lines = ephemeris_text(START, 10).splitlines()
    words = lines[4].split()
    lines[4], lines[5] = " ".join(words[:-moved]), " ".join([*words[-moved:], lines[5]])
    found = list(ephemeris.read(given_text("\n".join(lines))))
    assert [line for line, _ in faults(found)] == left
    (batch,) = samples(found)
    assert (batch.times - START).tolist() == [s for s in range(10) if s + 3 not in left]
    expected = [ephemeris_row(int(time))[11] for time in batch.times]
    assert batch.columns["altitude"].tolist() == pytest.approx(expected, abs=1e-5)


def test_a_long_file_comes_in_batches_with_the_right_lines(given_text, monkeypatch):
    monkeypatch.setattr(rows, "MOST_ROWS", 300)
    monkeypatch.setattr(rows, "blocks", lambda found: source.blocks(found, 20_000))
    lines = ephemeris_text(START, 1000).splitlines()
    lines[700] = "damaged"
    found = list(ephemeris.read(given_text("\n".join(lines))))
    assert faults(found) == [(701, "1 values; expected 21 to 22")]
    assert len(samples(found)) > 3
    assert all(len(batch.times) <= 300 for batch in samples(found))
    times = np.concatenate([batch.times for batch in samples(found)])
    assert times.tolist() == [START + i for i in range(1000) if i != 698]


@pytest.mark.parametrize("text", ["", "\n", EPHEMERIS_HEADER, EPHEMERIS_HEADER.strip(), " \n\xa0\n"])
def test_a_file_without_lines_has_no_samples(given_text, text):
    assert samples(ephemeris.read(given_text(text.encode("latin-1")))) == []


# SP3


def test_positions_are_in_metres_and_utc(given_text):
    start = seconds("2020-10-20")
    (found,) = sp3.read(given_text(sp3_text(start, 30)))
    assert isinstance(found, Positions)
    assert found.times.tolist() == [start + i - 18 for i in range(30)]
    assert found.xyz.shape == (30, 3)
    assert found.xyz[7].tolist() == pytest.approx([1000 * value for value in sp3_position(7)], abs=1e-6)


@pytest.mark.parametrize(("system", "ahead"), [("GPS", 18), ("UTC", 0), ("TAI", 37), ("ccc", 18)])
def test_the_time_system_of_the_header_counts(given_text, system, ahead):
    start = seconds("2020-10-20")
    (found,) = sp3.read(given_text(sp3_text(start, 3, system=system)))
    assert found.times[0] == start - ahead


def test_a_time_system_that_cannot_be_converted_is_told(given_text):
    assert faults(sp3.read(given_text(sp3_text(START, 3, system="GLO")))) == [
        (13, "time system 'GLO' cannot be converted to UTC")
    ]


def test_absent_and_damaged_positions_are_left_out(given_text):
    lines = sp3_text(START, 6).splitlines()
    lines[23] = "PL63" + f"{0:14.6f}" * 3 + " 999999.999999"
    lines[26] = lines[26].replace("7", "z")
    lines[28] = "*  2015 13 27  0  0  2.00000000"
    lines[31] = "garbage"
    lines[35] = "PG01" + lines[35][4:]
    found = list(sp3.read(given_text("\n".join(lines))))
    assert [line for line, _ in faults(found)] == [27, 32, 33, 30]
    assert Note("satellite G01 skipped") in found
    assert len(next(batch for batch in found if isinstance(batch, Positions)).times) == 1


@pytest.mark.parametrize("satellite", ["L74", "L50", "G01", "L64", "R63", " 63"])
def test_positions_of_another_satellite_are_refused_and_it_is_named(given_text, satellite):
    found = list(sp3.read(given_text(sp3_text(seconds("2020-10-20"), 30, satellite=satellite))))
    assert found == [
        Fault(0, f"its positions are of satellite {satellite.strip()}; CASSIOPE is L63; nothing is ingested")
    ]


def test_of_many_satellites_cassiope_alone_is_taken_wherever_it_stands(given_text):
    start = seconds("2020-10-20")
    text = "\n".join(
        f"PG{n:02}  10000.000000  20000.000000   5000.000000\n{line}\nPL74   7000.000000      0.000000      1.000000"
        if line.startswith("PL63")
        else line
        for n, line in enumerate(sp3_text(start, 30).splitlines(), -20)
    )
    found = list(sp3.read(given_text(text.replace("PG-", "PG0"))))
    assert faults(found) == []
    (positions,) = [batch for batch in found if isinstance(batch, Positions)]
    assert positions.xyz[7].tolist() == pytest.approx([1000 * value for value in sp3_position(7)], abs=1e-6)
    assert len(positions.times) == 30
    (note,) = [batch for batch in found if isinstance(batch, Note)]
    assert note.message.startswith("satellites G")
    assert note.message.endswith("more skipped")


def test_positions_over_a_leap_second_stay_in_order(given_text):
    start = seconds("2017-01-01T00:00:14")
    found = list(sp3.read(given_text(sp3_text(start, 8))))
    (batch,) = (batch for batch in found if isinstance(batch, Positions))
    midnight = seconds("2017-01-01")
    # The leap second itself is the fourth; UTC has no number for it.
    assert batch.times.tolist() == [midnight + i for i in (-3, -2, -1, 0, 1, 2, 3)]
    assert np.all(np.diff(batch.times) > 0)


def test_leap_seconds():
    eve = seconds("2016-12-31T23:59:59")
    assert times.utc_of_gps(eve + 17) == eve
    assert times.utc_of_gps(eve + 19) == eve + 1
    assert times.utc_of_gps([seconds("2013-09-29T16:00:16")]).tolist() == [seconds("2013-09-29T16:00:00")]
    days = [moment(start) for start, _ in times.LEAP_SECONDS]
    assert all((day.month, day.day) in ((1, 1), (7, 1)) and day.hour == day.minute == 0 for day in days)
    assert [ahead for _, ahead in times.LEAP_SECONDS] == [13, 14, 15, 16, 17, 18]
    assert moment(times.LEAP_SECONDS_EXPIRE) == moment(seconds("2027-06-28"))


def test_times_beyond_the_known_leap_seconds_are_told(given_text):
    found = list(sp3.read(given_text(sp3_text(seconds("2030-01-01"), 2))))
    assert "leap seconds are not known" in faults(found)[0][1]


# Element sets


def test_the_real_element_sets_are_all_read():
    if not REAL_ELEMENTS.is_file():
        pytest.skip("the file of real element sets is not part of the repository")
    (found,) = elements.read(str(REAL_ELEMENTS))
    assert isinstance(found, Elements)
    assert len(found.pairs) == 335
    assert all(len(line) == 69 for pair in found.pairs for line in pair)


def test_names_and_comments_may_stand_between(given_text):
    text = "# from somewhere\n0 CASSIOPE\r\n" + "\r\n".join(PAIR) + "\r\n\r\n# again\n" + "\n".join(PAIR)
    assert list(elements.read(given_text(text))) == [Elements((PAIR, PAIR), "cassiope")]


def test_damaged_sets_are_told_and_left_out(given_text):
    wrong = PAIR[0].replace("13273", "13274")
    other = "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753"
    partner = "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667"
    lines = [*PAIR, wrong, PAIR[1], "nonsense", PAIR[0], PAIR[0], PAIR[1], PAIR[1], other, partner, PAIR[1][:40]]
    found = list(elements.read(given_text("\n".join(lines))))
    assert next(batch for batch in found if isinstance(batch, Elements)).pairs == (PAIR, PAIR)
    told = faults(found)
    assert [line for line, _ in told] == [3, 6, 9, 12]
    assert told[0][1] == "the checksum is 5, but the line says '4'"
    assert Note("1 element set of another object (5) skipped") in found


def of_object(number: str, designator: str = "98067A  ") -> list[str]:
    """The two lines of a made-up element set of some object, its number in five characters."""
    first = f"1 {number}U {designator} 26211.86173118  .00009023  00000+0  17005-3 0  999"
    second = f"2 {number}  51.6314  83.9591 0007096 355.3737   4.7185 15.4927280557852"
    return [f"{line}{elements.checksum(line + ' ')}" for line in (first, second)]


def test_a_list_of_many_objects_is_counted_in_one_line(given_text):
    names = [f"{number:05}" for number in range(1, 2500)] + ["A0000", "Z9999", "    5"]
    sets = [line for number in names for line in ("0 SOMETHING", *of_object(number))]
    sets[3000:3000] = ["CASSIOPE                ", *(f"  {line}   " for line in PAIR)]
    path = given_text("\r\n".join(sets) + "\r\n")
    assert format_of(path).name == "elements"
    assert list(elements.read(path)) == [
        Elements((PAIR,), "cassiope"),
        Note("2,502 element sets of other objects skipped"),
    ]


def test_a_list_without_cassiope_says_so_and_one_other_set_alone_is_refused(given_text):
    assert list(elements.read(given_text("\n".join([*of_object("25544"), *of_object("A0001")])))) == [
        Note("2 element sets of other objects skipped; none is of CASSIOPE (39265)")
    ]
    assert list(elements.read(given_text("\n".join(of_object("A0001"))))) == [
        Fault(0, "the element set is of object 100001; CASSIOPE is 39265")
    ]


def test_damage_among_other_objects_is_told(given_text):
    lines = [*of_object("25544"), *of_object("25545"), *PAIR]
    lines[2] = lines[2].replace("25545", "39265")
    found = list(elements.read(given_text("\n".join(lines))))
    assert [line for line, _ in faults(found)] == [3]
    assert Elements((PAIR,), "cassiope") in found


def test_the_number_of_cassiope_with_the_designator_of_another_object_is_refused(given_text):
    (fault,) = elements.read(given_text("\n".join(of_object("39265"))))
    assert fault == Fault(1, "number 39265 with designator '98067A'; CASSIOPE is 2013-055A")


@given(st.sampled_from(range(2)), st.integers(0, 68), st.characters(codec="ascii"))
def test_no_changed_character_that_counts_in_the_sum_goes_unnoticed(tmp_path_factory, which, place, character):
    lines = list(PAIR)
    lines[which] = lines[which][:place] + character + lines[which][place + 1 :]
    path = tmp_path_factory.mktemp("t") / "file.tle"
    path.write_text("\n".join(lines), newline="")
    found = [batch for batch in elements.read(str(path)) if isinstance(batch, Elements)]
    # The sum cannot tell a blank from a zero, or a minus sign from a one.
    weights = [int(c) if c.isdigit() else int(c == "-") for c in (lines[which][place], PAIR[which][place])]
    assert not found or weights[0] == weights[1]


# SP3 at other steps


@pytest.mark.parametrize(
    ("step", "count", "words"),
    [
        (60, 3, None),
        (120, 40, None),
        (300, 40, None),
        (300, 8, "8 positions, 5 min apart: these are too few to interpolate; nothing is ingested"),
        (900, 96, "96 positions, 15 min apart: more than 5 min is too far to interpolate; nothing is ingested"),
    ],
)
def test_positions_that_are_too_far_apart_are_refused_at_once(given_text, step, count, words):
    found = list(sp3.read(given_text(sp3_text(seconds("2020-10-20"), count, step=step))))
    assert found == [Fault(0, words)] if words else [type(batch) for batch in found] == [Positions]


def test_an_orbit_without_its_end_is_told_to_be_cut_off(given_text):
    text = sp3_text(seconds("2020-10-20"), 30)
    found = list(sp3.read(given_text(text[: text.index("EOF")])))
    assert faults(found) == [(0, "the line EOF is missing; the file seems to be cut off")]
    assert len(found[0].times) == 30
