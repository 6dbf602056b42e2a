"""What a query cannot mean is told, by code and in words; the page about it shows what the commands print.

UPDATE_ANALYSIS=1 writes what they did.
"""

from __future__ import annotations

import doctest
import json
import os
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from commands import run
from edexql.commands.check import applied
from literate import CONSOLE, blocks, typed
from places import ROOT
from strategies import TODAY

PAGE = ROOT / "docs" / "analysis.md"
MEANT = {f"W{number}" for number in (*range(614, 623), 624)}


def codes(text: str) -> list[str]:
    """The codes about the meaning of a query, those of the spelling and of the wire left out."""
    return sorted(found.code for found in edexql.check(text) if found.code in MEANT)


def words(text: str, code: str) -> tuple[str, str, list[str]]:
    """The message of a finding, and the pieces of the text that it points at, those of its notes last."""
    (found,) = [found for found in edexql.check(text) if found.code == code]
    spans = [found.span, *(note.span for note in found.notes)]
    first, *others = [text[span.start : span.end] for span in spans]
    return found.message, first, others


def test_the_page_shows_what_the_commands_print(tmp_path):
    for block in blocks(PAGE):
        if "file=" in block.info:
            (tmp_path / block.info.partition("file=")[2]).write_text(block.text, encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    ran = CONSOLE.sub(lambda found: typed(found[0], tmp_path), text)
    if os.environ.get("UPDATE_ANALYSIS"):
        PAGE.write_text(ran, encoding="utf-8")
    assert ran == text
    assert len(CONSOLE.findall(text)) == 4
    tried = doctest.testfile(str(PAGE), module_relative=False)
    assert (tried.failed, tried.attempted) == (0, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date 2019; fai has-data; kp 5..9", []),
        ("date 2017-11, 2018-11", []),
        ("kp 7..9; kp 0..2; logic 1 AND 2", ["W614"]),
        ("kp 7..9; kp 0..2; logic 1 OR 2", []),
        ("kp 7..9; kp 0..7; logic 1 AND 2", []),
        ("ap > 5; ap < 6; logic 1 AND 2", ["W614"]),
        ("f107 > 5; f107 < 6; logic 1 AND 2", []),
        ("date 2018; date 2019; logic 1 AND 2", ["W614"]),
        ("date ..2018; date 2018-12-31..; logic 1 AND 2", []),
        ("date ..2018; date 2019..; logic 1 OR 2", ["W615"]),
        ("date ..2018; date 2019-01-02..; logic 1 OR 2", []),
        ("kp 0..3, 3..6, 6..9", ["W615"]),
        ("kp 0..3, 3..6, 7..9", []),
        ("kp >= 0", ["W615"]),
        ("kp > 9", ["W614"]),
        ("kp > 9; date 2019; logic 1 OR 2", ["W619"]),
        ("kp >= 0; date 2019", ["W616"]),
        ("latitude 60..90; latitude > 50; logic 1 AND 2", ["W616"]),
        ("latitude 60..90; latitude < 70; logic 1 AND 2", []),
        ("date 2019; date 2019-05; logic 1 AND 2", ["W616"]),
        ("mlt 22..2; mlt 23..1; logic 1 AND 2", ["W616"]),
        ("mlt 22..2; mlt 3..21; logic 1 AND 2", ["W614"]),
        ("mlt 22..2; mlt 2..22; logic 1 OR 2", ["W615"]),
        ("longitude 170..-170; longitude 180..190; logic 1 AND 2", ["W616"]),
        ("longitude = 180; longitude = -180; logic 1 AND 2", ["W616", "W616"]),
        ("kp >= 4.67; kp < 4.6667; logic 1 AND 2", ["W614"]),
        ("kp 5..9; kp 5..9; date 2019; logic 1 AND 2 AND 3", ["W618"]),
        ("fai has-data; kp 5..9; logic 1 AND 2 AND 1", ["W617"]),
        ("fai has-data; kp 5..9; logic (1 AND 2) OR 1", ["W616", "W617"]),
        ("where (date 2019 AND kp 5..9) OR (date 2019 AND fai has-data)", []),
        ("where (date 2019 AND kp 5..9) OR date 2019", ["W616", "W617"]),
        ("date 2019; kp 0..5, 5..9", ["W617"]),
        ("date 2019; kp 0..5, 6..9", []),
        ("kp 7..9; kp 0..2; ap 3..9; logic (1 AND 2) OR 3", ["W617"]),
        ("kp 7..9; kp 0..2; ap 3..9; logic NOT (1 AND 2) AND 3", ["W617"]),
        ("kp 7..9; kp 0..2; ap 3..9; logic NOT (1 OR 2) AND 3", []),
        ("mlt 8.05..32.05", ["W615"]),
        ("date 2019; kp 5..9; fai has-data; logic 1 AND 2 OR 3", ["W621"]),
        ("date 2019; kp 5..9; fai has-data; logic 1 OR NOT 2 AND 3", ["W621"]),
        ("date 2019; kp 5..9; fai has-data; logic (1 AND 2) OR 3", []),
        ("longitude 60..40", ["W620"]),
        ("longitude 170..-170", []),
        ("mlt 18..6", []),
        ("product fai-lv1-hdf5-images; date 2019; rri has-data", ["W622"]),
        ("product fai-lv1-hdf5-images; date 2019; rri has-data; fai has-data", []),
        ("product fai-lv1-hdf5-images, rri-lv1-hdf5-radio-data; date 2019; rri has-data", []),
        # An error keeps what depends on it quiet.
        ("kp 7..9; kp 0..2; kp 77; logic 1 AND 2", []),
        ("kp 7..9; kp 0..2; logic 1 AND 2 AND 8", []),
        ("kp 0..9; date 2019; logic 2 AND NOT 1", []),
    ],
)
def test_what_is_told_of_a_query(text, expected):
    assert codes(text) == expected


def test_a_contradiction_is_shown_by_its_smallest_part():
    message, first, others = words(
        "date 2019; fai has-data; kp 7..9; mlt 0..4; kp 0..2; logic 1 AND (2 OR 4) AND 3 AND 5", "W614"
    )
    assert message == "nothing can match this query: `kp 7..9` and `kp 0..2` exclude each other"
    assert (first, others) == ("0..2", ["7..9"])


@pytest.mark.parametrize(
    ("query", "code", "reason", "shown"),
    [
        ("kp <= 5; kp > 5; logic NOT 1 AND NOT 2", "W614", "`kp <= 5` and `kp > 5` together cover everything", 2),
        ("kp <= 5; kp > 5; logic NOT (1 OR 2)", "W614", "`kp <= 5` and `kp > 5` together cover everything", 2),
        ("kp 7..9; kp 0..2; logic NOT 1 OR NOT 2", "W615", "`kp 7..9` and `kp 0..2` exclude each other", 2),
        ("kp 3..4; kp 2..5; logic 1 AND NOT 2", "W614", "joins `kp 3..4` and `kp 2..5`, they contradict each other", 2),
        ("kp 3..4; kp 2..5; logic NOT 1 OR 2", "W615", "and `kp 2..5`, one of them always matches", 2),
        ("kp 3..4; ap 7; logic 1 AND 2 AND NOT 1", "W614", "`kp 3..4` is required and excluded at the same time", 1),
        ("kp 3..4; ap 7; logic 1 OR 2 OR NOT 1", "W615", "`kp 3..4` and its opposite are joined by OR", 1),
        ("kp > 9; ap 7; logic 1 AND 2", "W614", "no value of kp matches `kp > 9`", 1),
        ("kp 0..5; kp 3..9; ap 0..400; logic 1 OR 2 OR 3", "W615", "every value of ap matches `ap 0..400`", 1),
        ("kp 7..9; kp 5..9; kp 0..3; ap 3..4; logic 1 AND 2 AND 3 AND 4", "W614", "exclude each other", 2),
    ],
)
def test_the_reason_fits_the_logic(query, code, reason, shown):
    message, _, others = words(query, code)
    assert message.endswith(reason)
    assert 1 + len(others) == shown


FOLLOWS = "it follows from the other constraints, as the logic joins them"


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        (
            "date 2019; date 2019-05; date 2019-05-01; logic 1 AND 2 AND 3",
            ["it is true whenever `date 2019-05-01` is true", "it is true whenever `date 2019-05-01` is true"],
        ),
        ("kp 4..6, 2..9; date 2019", ["`kp 2..9` is true whenever it is true"]),
        ("kp 0..4; kp 5..6; ap 3..4; logic 1 AND NOT 2 AND 3", ["it is never true when `kp 0..4` is true"]),
        ("kp 0..4; kp 3..9; kp 5..6; ap 3..4; logic (1 AND 2) OR (3 AND 1 AND 4)", [FOLLOWS]),
        ("kp 0..4; kp 1..2; ap 3..4; dst 0..9; logic 3 AND (1 OR (2 AND 4))", [FOLLOWS]),
    ],
)
def test_the_reason_why_a_constraint_makes_no_difference_is_one(query, reasons):
    assert [found.help for found in edexql.check(query) if found.code == "W616"] == reasons


@pytest.mark.parametrize(
    ("query", "fixed"),
    [
        ("date 2019\nn: kp 3..4, 5..6\nfai has-data\nlogic 1 AND (2 OR n OR 4)\n", "logic 1 AND (n OR 4)"),
        ("date 2019\nn: kp 3..4, 5..6\nfai has-data\nlogic 1 AND NOT (2 OR n) AND 4\n", "logic 1 AND NOT n AND 4"),
        (
            "date 2019\nn: kp 3..4, 5..6\nfai has-data\nlogic (1 AND n AND 4) OR (4 AND (n OR 1) AND n AND 1)\n",
            "logic 1 AND n AND 4",
        ),
        (
            "a: kp 7..9, 5..6\nkp 5..6.5\ndate 2019\nlogic (NOT a AND NOT 3) OR (2 AND 4)\n",
            "logic (NOT a AND NOT 3) OR (2 AND 4)",
        ),
        ("fai has-data\ndate 2019-05\nlogic (1 AND 2 OR NOT 2) AND 2\n", "logic 1 AND 2"),
    ],
)
def test_a_label_of_several_values_is_taken_away_whole_or_stays(query, fixed):
    done = run("check", "--fix", "-q", "-", stdin=query)
    assert edexql.compare(query, done.out).relation == "equal"
    assert done.out.splitlines()[-1] == fixed


def test_a_label_behind_not_is_one_operand():
    query = "a: kp 7..9, 5..6; kp 5..6.5; date 2019; logic (NOT a AND NOT 3) OR (2 AND 4)"
    assert "W617" not in codes(query)


def test_each_of_several_operands_makes_no_difference_alone():
    query = "fai has-data; date 2019-05; logic (1 AND 2 OR NOT 2) AND 2"
    found = [one for one in edexql.check(query) if one.code == "W617"]
    assert [one.span.start for one in found] == [query.index("2 OR"), query.index("NOT 2")]
    for gone in ("(1 OR NOT 2) AND 2", "(1 AND 2) AND 2"):
        assert edexql.compare(query, query.replace("(1 AND 2 OR NOT 2) AND 2", gone)).relation == "equal"


def test_no_fix_leaves_a_constraint_without_a_name():
    query = "date 2019; fai has-data; kp 5..9; logic 1 AND 2 OR 1 AND 2 AND 3"
    (found,) = [one for one in edexql.check(query) if one.code == "W617"]
    assert found.fix is None
    named = query + " OR 3 AND 1"
    (found,) = [one for one in edexql.check(named) if one.code == "W617"]
    assert applied(named, [found]) == "date 2019; fai has-data; kp 5..9; logic 1 AND 2 OR 3 AND 1"


def test_a_fix_takes_one_operand_away_and_leaves_the_rest_as_it_is_written():
    query = "date 2019\nkp 5..9\nlogic 1  AND\n  2 AND 1 # so\n"
    (found,) = [one for one in edexql.check(query) if one.code == "W617"]
    assert applied(query, [found]) == "date 2019\nkp 5..9\nlogic 1  AND\n  2 # so\n"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("let lo = 0; product gap-netcdf-vtec; kp >= 1, < $lo, 3..4; logic 1 OR 1", ["`$lo`"]),
        ("let lo = 0; let hi = 9; kp >= 1, < $lo, > $hi; date 2019; logic 1 AND 4 AND 4", ["`$lo`", "`$hi`"]),
        ("let lo = 0; let hi = 9; kp >= $hi, < $lo; date 2019; logic 1 AND 3 AND 3", ["`$lo`"]),
        ("let lo = 0; kp < 0, < $lo; date ..today; logic 3 AND 3", ["", "`$lo`"]),
    ],
)
def test_a_range_that_is_never_met_goes_by_its_own_words_alone(query, words):
    found = [one.help for one in edexql.check(query, today=TODAY) if one.code == "W619"]
    ends = [f"kp goes from 0 to 9{f'; this depends on the present value of {word}' if word else ''}" for word in words]
    # The logic names none of them, or no other that changes.
    assert found == ends


def test_an_operand_is_shown_with_its_brackets_whatever_stands_beside_them():
    operand = "( # why\n (1 OR 3) # because\n )"
    _, first, _ = words(f"date 2019; kp 5..9; fai has-data\nlogic 1 AND 2 AND {operand}", "W617")
    assert first == operand


def test_quoted_text_is_nothing_that_changes():
    first, second = 'experiment "g" > "today  $a"', 'experiment "g" > "today $a"'
    text = f"date 2019\na: {first}\nb: {second}\nlogic 1 AND (a OR b)\n"
    assert edexql.simplify(text) == text
    text = f"date 2019; a: {first}; kp >= 5; kp >= $x; logic 1 AND a AND 3 AND 4"
    (found,) = [d for d in edexql.check(text, parameters={"x": "3"}) if d.code == "W616"]
    assert found.help.endswith("this depends on the present value of `$x`")
    text = "date $x; kp 3..4; date $X; logic 1 AND 2 OR 3 AND 2"
    assert edexql.simplify(text, parameters={"x": "2019"}).endswith("logic 1 AND 2")


@pytest.mark.parametrize(
    ("field", "values", "part", "seam"),
    [
        ("longitude", "200..-170", "-170..-160", True),
        ("longitude", "60..40", "40..60", True),
        ("longitude", "190..170", "170..-170", False),
        ("mlt", "30..20", "20..6", False),
    ],
)
def test_what_w620_proposes_is_the_part_between(field, values, part, seam):
    (found,) = [found for found in edexql.check(f"{field} {values}") if found.code == "W620"]
    assert found.help == f"if you mean the part between the two numbers, write `{field} {part}`"
    assert ("wraps around the end of the circle" in found.message) == seam
    both = f"{field} {values}; {field} {part}; logic"
    assert codes(f"{both} 1 OR 2")[:1] == ["W615"]
    assert codes(f"{both} 1 AND 2") == ["W620"]


def test_a_witness_is_one_as_it_is_printed():
    found = edexql.compare("kp > 4.67", "kp >= 4.68").first_only
    alone = f"kp = {found.to_dict()['values']['kp']}"
    assert edexql.compare(alone, "kp > 4.67; kp < 4.68; logic 1 AND 2").relation == "narrower"
    found = edexql.compare("longitude 179.99999999..180", "longitude 180").first_only
    assert found.to_dict()["values"] == {"longitude": "179.99999999"}


def test_alternatives_that_nothing_can_meet_are_told_with_what_is_in_them():
    message, first, others = words("date 2019; kp 7..9; kp 0..2; ap 3..9; logic 1 AND ((2 AND 3) OR 4)", "W617")
    assert message == "nothing can match this operand: `kp 7..9` and `kp 0..2` exclude each other"
    assert (first, others) == ("(2 AND 3)", ["7..9", "0..2"])
    message, first, others = words("date 2019; kp <= 5, > 5", "W617")
    assert message == "these restrict nothing: `kp <= 5` and `kp > 5` together cover everything"
    assert (first, others) == ("> 5", ["<= 5"])


CHANGING = "let least = 5\nkp >= $least\nkp >= 4\nkp < 3\ndate today..\ndate ..2019\nap $least..9\nap $least..9\n"


@pytest.mark.parametrize("query", [
    "let x = 5; kp >= $x; kp < 4; logic 1 AND 2",
    "let x = 5; kp >= $x; kp < 6; logic 1 OR 2",
    "let x = 5; kp >= $x; kp >= 4; logic 1 AND 2",
    "let x = 5; kp >= $x; kp >= 5; logic 1 AND 2",
    "date today; date 2019-05-01; ap 3..9; logic (1 AND 2) OR 3",
    "date today; date 2019..; ap 3..9; logic 1 AND (2 OR 3)",
    "let x = 50000; orbit > 5; f107 $x.. ; logic 1 AND 2",
])  # fmt: skip
def test_what_is_so_only_for_now_says_so(query):
    found = [d for d in edexql.check(query, today=TODAY) if d.code in MEANT and d.code != "W621"]
    assert bool(found) == ("orbit" not in query)
    for one in found:
        assert one.help.endswith(f"this depends on the present value of {'`today`' if 'today' in query else '`$x`'}")
        assert one.fix is None


@given(
    st.recursive(
        st.sampled_from("1234567"),
        lambda inner: st.builds(
            "({} {} {}{})".format, inner, st.sampled_from(["AND", "OR"]), st.sampled_from(["", "NOT "]), inner
        ),
        max_leaves=7,
    )
)
def test_a_smaller_logic_means_the_same_on_every_day_and_with_every_value(logic):
    text = f"{CHANGING}logic {logic}\n"
    smaller = edexql.simplify(text, today=TODAY)
    fixed = applied(text, [d for d in edexql.check(text, today=TODAY) if d.code == "W617"])
    for value in ("5", "2", "4", "0"):
        for day in (TODAY, date(2018, 5, 1)):
            for after in (smaller, fixed):
                assert edexql.compare(text, after, parameters={"least": value}, today=day).relation == "equal"


def test_all_that_it_takes_for_a_logic_to_restrict_nothing_is_shown():
    _, first, others = words("date 2019; kp 0..3; kp 6..9; kp 3..6; logic 1 OR 2 OR 3 OR 4", "W615")
    assert [first, *others] == ["3..6", "0..3", "6..9"]


def test_what_follows_from_another_constraint_is_shown_beside_it():
    message, first, others = words("latitude 60..90; latitude > 50; logic 1 AND 2", "W616")
    assert (first, others) == ("> 50", ["60..90"])
    assert message == "`latitude > 50` has no effect: the query means the same without it"


def test_brackets_are_put_where_and_binds():
    text = (
        "date 2019\nkp 5..9\nap 0..3\nmlt 0..4\nf107 0..90\nae 0..9\nlogic 1 AND 2 OR NOT 3 AND 4 OR (5 OR 6 AND 1)\n"
    )
    done = run("check", "--fix", "--allow", "W601", "-", stdin=text)
    assert done.out.endswith("logic (1 AND 2) OR (NOT 3 AND 4) OR (5 OR (6 AND 1))\n")
    assert edexql.compare(text, done.out).relation == "equal"


@pytest.mark.parametrize(
    ("logic", "mended"),
    [
        ("logic 1 AND 2 AND 1", "logic 1 AND 2"),
        ("logic 1 AND 2 AND (1 OR NOT 2) # why\n", "logic 1 AND 2 # why\n"),
        ("logic (1 AND 2) OR (NOT 1 AND 3) OR (2 AND 3)", "logic (1 AND 2) OR (NOT 1 AND 3)"),
        ("logic 1 AND # of the day\n 2 AND 1", "logic 1 AND # of the day\n 2\n"),
    ],
)
def test_an_operand_without_effect_is_taken_away(logic, mended):
    constraints = "date 2019\nkp 5..9\nap 0..3\n"
    done = run("check", "--fix", "--allow", "W601", "-", stdin=constraints + logic)
    assert edexql.format(done.out) == edexql.format(constraints + mended)
    assert edexql.compare(done.out, constraints + logic).relation == "equal"


@pytest.mark.parametrize(
    ("first", "second", "relation", "code"),
    [
        ("date 2019", "date 2019-01-01..2019-12-31", "equal", 0),
        ("kp >= 5; email a@example.ca", "kp 5..9", "equal", 0),
        ("kp 4.67..9", "kp 4.6667..9", "equal", 0),
        ("ap > 5", "ap >= 6", "equal", 0),
        ("kp > 6", "kp > 5", "narrower", 10),
        ("kp 7..9; kp 0..2; logic 1 AND 2", "kp 0..1", "narrower", 10),
        ("product fai-lv1-hdf5-images; date 2019", "date 2019", "narrower", 10),
        ("kp > 5", "kp > 6", "wider", 11),
        ("product fai-*; date 2019", "product fai-lv1-hdf5-images; date 2019", "wider", 11),
        ("kp > 5", "fai has-data", "overlapping", 12),
        ("kp > 5", "kp < 5", "disjoint", 13),
        ("product fai-lv1-hdf5-images", "product rri-lv1-hdf5-radio-data", "disjoint", 13),
        ('raw "other" {"a": 1}; date 2019', "date 2019", "not analysed", 14),
    ],
)
def test_two_queries_are_compared(first, second, relation, code):
    assert edexql.compare(first, second).relation == relation
    done = run("compare", "--output", "json", "-e", first, "-e", second)
    assert (done.code, json.loads(done.out)["relation"], done.err) == (code, relation, "")
    quiet = run("compare", "-q", "-e", first, "-e", second)
    assert (quiet.code, quiet.out) == (code, "")


def test_a_difference_is_shown_by_a_moment(tmp_path):
    (tmp_path / "a.edq").write_text("date 2019-05-01\nkp 5..9\n")
    (tmp_path / "b.edq").write_text("date 2019-05-01\nkp 6..9\nfai has-data\n")
    done = run("compare", "a.edq", "b.edq", cwd=tmp_path)
    assert done.code == 11
    assert done.out.splitlines()[0] == "wider: all that b.edq admits, a.edq admits too"
    assert "only a.edq  2019-05-01T00:00:00Z, kp " in done.out


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("kp > 9", "kp 3..4", "narrower: nothing can match the first"),
        ("kp 3..4", "kp 7..9; kp 0..2; logic 1 AND 2", "wider: nothing can match the second"),
        ("kp > 9", "ap < 0", "equal: nothing can match either"),
        (
            "product fai-lv1-hdf5-images; kp > 9",
            "product rri-lv1-hdf5-radio-data",
            "narrower: nothing can match the first",
        ),
    ],
)
def test_a_query_that_nothing_meets_is_told_where_it_is_compared(first, second, told):
    assert run("compare", "-e", first, "-e", second).out.splitlines()[0] == told


def test_mistakes_in_what_is_compared_are_told(tmp_path):
    done = run("compare", "-e", "kp >=", "-e", "kp > 3")
    assert (done.code, done.out) == (1, "")
    assert "E208" in done.err
    assert run("compare", "-e", "kp > 3").code == 2
    assert run("compare", "-e", "kp > 3", "-e", "kp > 3", "-e", "kp > 3").code == 2
    missing = run("compare", "missing.edq", "-e", "kp > 3", cwd=tmp_path)
    assert (missing.code, missing.err) == (2, "edexql: cannot read missing.edq: No such file or directory\n")
    assert "only one of the two" in run("compare", "-", "-", stdin="kp 3..4").err
    assert "current query yet" in run("repl", stdin="compare -e 'kp > 3'\n").err
    assert run("compare", "-q", "--output", "json", "-e", "kp > 3", "-e", "kp > 4").out == ""


def test_the_current_query_is_compared_with_a_file(tmp_path):
    (tmp_path / "b.edq").write_text("kp 6..9\n")
    done = run("repl", stdin="kp 5..9\ncompare b.edq\n", cwd=tmp_path)
    assert "b.edq admits" in done.out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("logic 1 AND 2 AND (1 OR 3)", "logic 1 AND 2"),
        ("logic (1 AND 2) OR (1 AND 3)", "logic 1 AND (2 OR 3)"),
        ("logic (1 OR 2) AND (3 OR 1)", "logic 1 OR (2 AND 3)"),
        ("logic NOT NOT 1 AND 2", "logic 1 AND 2"),
        ("logic 1 AND NOT (2 AND NOT 1)", "logic 1"),
        ("logic 1 AND  2", "logic 1 AND  2"),
        ("logic 1 AND 2 AND NOT 1", "logic 1 AND 2 AND NOT 1"),
        ("logic 1 AND # one\n 2 AND # two\n 1 # three\n", "# one\n# two\nlogic 1 AND 2 # three\n"),
        ("where 1 AND (kp 6..9 OR 1)", "where 1"),
    ],
)
def test_a_logic_is_made_smaller(text, expected):
    constraints = "date 2019; kp 5..9; fai has-data\n"
    assert edexql.simplify(constraints + text) == constraints + expected


def test_what_has_mistakes_is_not_simplified():
    with pytest.raises(edexql.QueryError):
        edexql.simplify("logic 1")


def test_a_file_is_simplified_in_place(tmp_path):
    path = tmp_path / "q.edq"
    path.write_text("date 2019 # a year\nkp 5..9\nlogic 1 AND 2 AND 1\n")
    assert run("fmt", "--simplify", "--check", "q.edq", cwd=tmp_path).code == 1
    assert run("fmt", "--check", "q.edq", cwd=tmp_path).code == 1
    done = run("fmt", "--simplify", "--proof", "q.edq", cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    assert re.search(r"2 operands instead of 3\n.*proved by \d+ questions about \d+ clauses\n", done.err)
    assert path.read_text() == "date 2019  # a year\nkp 5..9\nlogic 1 AND 2\n"
    assert run("fmt", "--proof", "q.edq", cwd=tmp_path).code == 2
    again = run("fmt", "--simplify", "--proof", "q.edq", cwd=tmp_path)
    assert again.err == "q.edq: the logic stays as it is: nothing smaller was found\n"
    one = run("fmt", "--simplify", "-e", "kp 5..9; logic 1 AND 1")
    assert one.err == "<-e>: the logic has 1 operand instead of 2\n"
    wrong = run("fmt", "--simplify", "-e", "kp 55; logic 1 AND 1")
    assert wrong.err == "<-e>: the logic stays as it is: the query has errors, as `edexql check` shows\n"
    assert wrong.out == "kp 55\nlogic 1 AND 1\n"


def test_what_is_too_large_is_not_guessed_at():
    pairs = " OR ".join(["(1 AND 2)"] * 400)
    assert codes(f"date 2019; kp 5..9; logic {pairs}") == ["W624"]
    long = " OR ".join(["1", *["(1 AND 2)"] * 20_000])
    found = edexql.compare(f"date 2019; kp 5..9; logic {long}", "date 2019")
    assert (found.relation, found.first_only, found.both) == ("not analysed", None, None)


@pytest.mark.slow
def test_many_periods_side_by_side_need_no_analysis():
    days = ", ".join(
        f"{year}-{month:02}-03..{year}-{month:02}-09" for year in range(1000, 3000) for month in range(1, 13)
    )
    assert codes(f"date {days}") == []


def test_what_is_found_is_told_by_explain_and_the_prompt():
    query = "date 2019; kp 7..9; kp 0..2; logic 1 AND 2 AND 3"
    assert "W614" in run("explain", "-e", query).err
    assert "W614" in run("repl", stdin=query + "\n").out + run("repl", stdin=query + "\n").err
