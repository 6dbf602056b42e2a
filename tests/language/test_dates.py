"""Dates as people write them: days of the year are read, other notations are answered with what to write.

What is said of each notation stands in `wrong_queries/dates.txt`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from commands import run
from edexql.client.selection.picks import PickError, pick
from edexql.language.recovery.period_notations import read
from edexql.model.answer import listed

PRODUCT = "product fai-lv1-hdf5-images\n"
TODAY = date(2026, 11, 29)
DAYS = st.dates(date(1957, 1, 1), date(2100, 12, 31))
TIMES = st.datetimes(datetime(2001, 9, 10), datetime(2100, 12, 31)).map(lambda time: time.replace(microsecond=0))


def sent(text: str) -> dict[str, object]:
    return edexql.compile(PRODUCT + text, today=TODAY).parameters


def meaning(text: str) -> tuple[object, object]:
    done = edexql.compile(PRODUCT + text, today=TODAY)
    return done.parameters, done.residual


def errors(text: str) -> list[edexql.Diagnostic]:
    return [found for found in edexql.check(PRODUCT + text, today=TODAY) if found.is_error]


# Days of the year


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("2019-121", "2019-05-01"),
        ("2019121", "2019-05-01"),
        ("2020-366", "2020-12-31"),
        ("2019-001", "2019-01-01"),
        ("2019-121..2019-125", "2019-05-01..2019-05-05"),
        ("2019121..2019125", "2019-05-01..2019-05-05"),
        ("2019-121..2019-05-05", "2019-05-01..2019-05-05"),
        ("2019-121T15:00..T16:00", "2019-05-01T15:00..T16:00"),
        ("2019121T15:00..2019121T16:00:05", "2019-05-01T15:00..T16:00:05"),
        ("2019-121T15:00Z", "2019-05-01T15:00"),
        ("2019-121..+7d", "2019-05-01..+7d"),
        ("2019-121/2019-125", "2019-05-01/2019-05-05"),
        ("2019-121/P5D", "2019-05-01..2019-05-05"),
        ("> 2019-121", "> 2019-05-01"),
        ("<= 2019121", "<= 2019-05-01"),
        ("2019-121..", "2019-05-01.."),
        ("..2019-121, 2019-121", "..2019-05-01, 2019-05-01"),
        ("7d..2019-121", "7d..2019-05-01"),
    ],
)
def test_a_day_of_the_year_is_a_date(written, plain):
    assert meaning(f"date {written}") == meaning(f"date {plain}")
    assert meaning(f"where fai has-data AND date {written}") == meaning(f"where fai has-data AND date {plain}")
    if "," not in written:
        assert meaning(f"let d = {written}\ndate $d") == meaning(f"date {plain}")


@given(DAYS)
def test_every_day_of_the_year_is_the_day_that_the_calendar_says(day):
    assert sent(f"date {day:%Y-%j}, {day:%Y%j}")["date"] == [[str(day), str(day)]] * 2
    assert read(f"{day:%Y-%j}").texts == (str(day),)


@pytest.mark.parametrize(
    ("written", "message", "help"),
    [
        ("2019-366", "there is no day 366 of the year 2019", "2019 is a common year: its days go from 001 to 365"),
        ("2020-367", "there is no day 367 of the year 2020", "2020 is a leap year: its days go from 001 to 366"),
        ("2019000", "there is no day 000 of the year 2019", "2019 is a common year: its days go from 001 to 365"),
        ("1900-366", "there is no day 366 of the year 1900", "1900 is a common year: its days go from 001 to 365"),
        ("2019-05-01..2019-366", "there is no day 366 of the year 2019", None),
        ("2019 day 366", "there is no day 366 of the year 2019", None),
        ("30 February 2019", "there is no 30 February 2019", "February 2019 has 28 days"),
        ("31.04.2019", "there is no 31 April 2019", "April 2019 has 30 days"),
        ("2019-W53", "there is no week 53 of 2019", "2019 has 52 weeks"),
        ("2019-05-01 15:00:60", "there is no time 15:00:60", "times go from 00:00:00 to 23:59:59"),
    ],
)
def test_a_day_that_there_is_not_is_said_to_be_none(written, message, help):
    (found,) = errors(f"date {written}")
    assert (found.code, found.message, found.fix) == ("E401", message, None)
    assert help in (None, found.help)


def test_a_day_of_the_year_is_laid_out_with_its_month():
    text = "date 2019121..2019-125T15:00, 2019-366, 2019121d..today\nwhere date 2019121 AND orbit 2019121\n"
    laid = "date 2019-05-01..2019-05-05T15:00, 2019-366, 2019121 d..today\nwhere date 2019-05-01 AND orbit 2019121\n"
    assert edexql.format(text) == edexql.format(laid) == laid
    assert edexql.format("let d = 2019-121\n") == "let d = 2019-05-01\n"


def test_a_day_of_the_year_is_explained_and_decompiled_with_its_month():
    explained = edexql.explain(PRODUCT + "date 2019-121..2019-125")
    assert explained.constraints[0].text == "date 2019-05-01..2019-05-05"
    assert "date 2019-05-01..2019-05-05" in edexql.decompile(sent("date 2019121..2019125"))


def test_commands_read_days_of_the_year_wherever_they_read_days(tmp_path):
    for today in ("2019-121", "2019121", "2019-05-01"):
        done = run("compile", "--compact", "--today", today, "-e", PRODUCT + "date 2019-04..")
        assert '"date": [["2019-04-01", "2019-05-01"]]' in done.out
    done = run("compile", "--compact", "-D", "day=2019-121", "-e", PRODUCT + "date $day")
    assert '"date": [["2019-05-01", "2019-05-01"]]' in done.out
    folder = "GET https://epop-data.phys.ucalgary.ca/2019/05/01/FAI/\n"
    for path in ("2019-121/fai", "2019121/FAI", "2019/121/fai", "2019-05-01/fai", "2019/05/01/FAI"):
        assert run("browse", "--dry-run", path).out == folder
    asked = [
        run("browse", "--dry-run", "--days", days, "--instrument", "fai").out for days in ("2019-121", "2019-05-01")
    ]
    assert asked[0] == asked[1]
    assert asked[0].endswith(folder)
    assert "/2019/05/01/FAI/" in run("download", "--dry-run", "--folder-tar", "2019-121/FAI").out


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (
            "2019-366",
            "--today: there is no day 366 of the year 2019: 2019 is a common year: its days go from 001 to 365",
        ),
        ("20190501", "--today takes a day as 2019-05-01, not 20190501: write 2019-05-01"),
        ("1 May 2019", "--today takes a day as 2019-05-01, not 1 May 2019: write 2019-05-01"),
        ("01/05/2019", "--today takes a day as 2019-05-01, not 01/05/2019"),
        ("2019-05", "--today takes a day as 2019-05-01, not 2019-05"),
    ],
)
def test_a_wrong_today_is_answered_with_the_right_one(today, said):
    done = run("compile", "--today", today, "-e", PRODUCT + "date 2019-04..")
    assert (done.code, done.err) == (2, f"edexql: {said}\n")


def test_files_are_picked_by_the_day_of_the_year():
    names = ("FAI_lv1_h5_20190501_150534_151306_6.0.0.zip", "FAI_lv1_h5_20190502_164634_165406_6.0.0.zip")
    files = [listed(name) for name in names]
    assert pick(files, ["2019-121"]) == pick(files, ["2019121"]) == (True, False)
    assert pick(files, ["2019-121T15:00..T16:00"]) == (True, False)
    assert pick(files, ["2019122..2019-123"]) == (False, True)
    with pytest.raises(PickError, match="there is no day 366 of the year 2019"):
        pick(files, ["2019-366"])
    with pytest.raises(PickError, match="for the time write `2019-05-01`"):
        pick(files, ["2019/05/01"])


# Other notations


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("01/05/2019", ["2019-05-01", "2019-01-05"]),
        ("3-4-2019..5-4-2019", ["2019-04-03..2019-04-05", "2019-03-04..2019-05-04"]),
    ],
)
def test_a_date_that_can_be_read_in_two_ways_is_never_changed(typed, meant):
    (found,) = errors(f"date {typed}")
    assert found.fix is None
    assert found.message == f"ambiguous date `{typed}`"
    assert re.findall(r"`date ([^`]*)`", found.help) == meant


@pytest.mark.parametrize(
    "typed", ["1 May", "le 1er mai", "May 1", "19/05/01", "01.05.19", "noon", "2019-05-01 15:00 EST"]
)
def test_what_is_lacking_is_said_and_nothing_is_invented(typed):
    found = errors(f"date {typed}")
    assert found
    assert all(one.fix is None for one in found)
    assert all(shown in f"date {typed}" for one in found for shown in re.findall(r"`([^`]*)`", one.message))


@pytest.mark.parametrize("typed", ["20190501 _150534", "20190501_150534", "5  km", "5km"])
def test_a_message_shows_what_was_typed(typed):
    (found,) = errors(f"date {typed}")
    assert f"`{typed}`" in found.message


def test_a_parameter_is_not_written_over():
    (found,) = errors("let d = 2019-5-1\ndate $d")
    assert found.fix is None
    assert "write `2019-05-01`" in found.help
    assert "`$d` is `2019-5-1`" in found.message
    (given,) = (one for one in edexql.check(PRODUCT + "date $d", parameters={"d": "1 May 2019"}) if one.is_error)
    assert given.help == "write -D NAME=VALUE with one value, as in -D d=2019-05-01"


MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
OF_DAY = (
    lambda d: f"{d.day} {d:%B} {d.year}",
    lambda d: f"{d:%b} {d.day}, {d.year}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d:%d.%m.%Y}",
    lambda d: f"{d:%Y/%m/%d}",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d.year}-{d.month}-{d.day}",
    lambda d: f"{d:%G-W%V-%u}",
    lambda d: f"MJD {(d - date(1858, 11, 17)).days}",
    lambda d: f"{d:%A}, {d.day} {d:%B} {d.year}",
)
OF_TIME = (
    lambda t: f"{t:%Y%m%d_%H%M%S}",
    lambda t: f"{t:%Y-%m-%d %H:%M:%S}",
    lambda t: f"{t:%d.%m.%Y %H:%M:%S}",
    lambda t: f"{t:%a %b} {t.day} {t:%H:%M:%S %Y}",
    lambda t: f"{t:%Y%m%dT%H%M%SZ}",
    lambda t: f"{t:%Y-%jT%H:%M:%S}",
    lambda t: f"@{int(t.replace(tzinfo=timezone.utc).timestamp())}",
    lambda t: f"{t.replace(tzinfo=timezone.utc).astimezone(timezone(timedelta(hours=-7))):%Y-%m-%dT%H:%M:%S-07:00}",
)


@given(DAYS, DAYS, st.sampled_from(OF_DAY), st.sampled_from(OF_DAY), st.sampled_from((" to ", "..", " - ", "/")))
def test_a_day_reads_back_as_itself_in_every_notation(one, other, first, second, joined):
    first_day, last_day = sorted((one, other))
    single = read(first(one), TODAY)
    assert (single.texts, single.certain) == ((str(one),), True)
    if joined == "/" and "/" in first(one) + second(one):
        return
    found = read(f"{first(first_day)}{joined}{second(last_day)}", TODAY)
    assert (found.texts, found.certain) == ((f"{first_day}..{last_day}",), True)


@given(TIMES, TIMES, st.sampled_from(OF_TIME))
def test_a_time_reads_back_as_itself_in_every_notation(one, other, notation):
    begin, end = sorted((one, other))
    single = read(notation(one), TODAY)
    assert single.certain
    assert meaning(f"date {single.texts[0]}") == meaning(f"date {one.isoformat()}")
    found = read(f"{notation(begin)}..{notation(end)}", TODAY)
    assert found.certain
    assert meaning(f"date {found.texts[0]}") == meaning(f"date {begin.isoformat()}..{end.isoformat()}")


@given(st.text(st.sampled_from("0123456789-/.:T_ ,+Zmay1erto’'\"–２jWQ"), max_size=40))
def test_nothing_typed_as_a_date_ends_badly(text):
    """Whatever is read is a date of the language: what is certain compiles to the same again."""
    found = read(text, TODAY)
    if found is not None and found.certain:
        assert not [one for one in errors(f"date {found.texts[0]}") if one.code not in ("E401", "E402")]
        again = read(found.texts[0], TODAY)
        assert (
            again is None
            or again.texts == found.texts
            or meaning(f"date {again.texts[0]}") == meaning(f"date {found.texts[0]}")
        )
    edexql.check(PRODUCT + f"date {text}", today=TODAY)
    edexql.check(text, today=TODAY)


def test_a_simulation_begins_on_a_day_of_the_year(tmp_path):
    said = run(
        "catalogue", "simulate", "--start", "2019-366", "--end", "2020-001", "--catalogue", str(tmp_path / "made")
    ).err
    assert "--start: there is no day 366 of the year 2019" in said
    said = run("catalogue", "simulate", "--start", "20190501", "--catalogue", str(tmp_path / "made")).err
    assert "--start takes a day as 2019-05-01, not 20190501: write 2019-05-01" in said


def test_each_date_of_a_statement_is_told_of_once():
    found = errors("where date 1 May 2019 AND (date 2019-05-02 OR date 3 May 2019) AND date 2018, May 4, 2019")
    assert [one.message.partition("format ")[2] for one in found] == ["`1 May 2019`", "`3 May 2019`", "`May 4, 2019`"]
