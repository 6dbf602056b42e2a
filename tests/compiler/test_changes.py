"""Edits as the least changes of a text in any layout, and the door to them that takes plain data."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import edexql
from edexql import QueryError
from edexql.compiler.editing import EditError, dropped, entered, labelled, replaced
from edexql.compiler.editing.alignment import matches, stretches
from edexql.compiler.editing.changes import KINDS, Change, edited
from edexql.compiler.editing.differences import Edit, applied, differences
from edexql.compiler.request import Setting, meaning
from edexql.language.formatter import layout
from edexql.language.lexer import COMMENT, tokenize
from edexql.language.parser import parse
from edexql.language.source import Source
from lines_run import work
from strategies import TODAY, Program, a_few, programs, seeds, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edexql.model.query import Query

SETTING = Setting(today=TODAY)
TEXT = """\
# head

  product fai-lv1-hdf5-images   # images
  date    2019-05-01;  fai has-data   # UTC
  storm:  KP>=5, 6 # big


  logic   1&(storm
     or 2)   # end
"""


def laid_out(text: str) -> str:
    return layout(tokenize(text))


def comments(text: str) -> Counter[str]:
    tokens = tokenize(text)
    return Counter(tokens.read(i).rstrip() for i in range(tokens.count) if tokens.kinds[i] == COMMENT)


def change(text: str, **edit: Any) -> str:
    made = edited(text, edit, SETTING)
    assert applied(text, made.edits) == made.text
    return made.text


def query(text: str) -> Query:
    return meaning(Source(text), SETTING)[0].query


@pytest.mark.parametrize(
    ("edit", "gone", "new"),
    [
        ({"kind": "enter", "typed": "ap 5"}, [], ["  ap 5"]),
        ({"kind": "enter", "typed": "let x = 5"}, [], ["  let x = 5"]),
        ({"kind": "enter", "typed": "storm: kp 7"}, ["  storm:  KP>=5, 6 # big"], ["  storm:  KP 7 # big"]),
        ({"kind": "replace", "reference": 3, "typed": "kp >= 6"},
         ["  storm:  KP>=5, 6 # big"], ["  storm:  KP>=6, 6 # big"]),
        ({"kind": "replace", "reference": "1", "typed": "date 2020"},
         ["  date    2019-05-01;  fai has-data   # UTC"], ["  date    2020;  fai has-data   # UTC"]),
        ({"kind": "drop", "references": [2]},
         ["  date    2019-05-01;  fai has-data   # UTC", "  logic   1&(storm", "     or 2)   # end"],
         ["  date    2019-05-01", "  logic   1&storm   # end"]),
        ({"kind": "drop", "references": ["4"]}, ["  storm:  KP>=5, 6 # big"], ["  storm:  KP>=5 # big"]),
        ({"kind": "label", "number": 2, "name": "seen"},
         ["  date    2019-05-01;  fai has-data   # UTC"], ["  date    2019-05-01;  seen: fai has-data   # UTC"]),
        ({"kind": "logic", "expression": "not 1 and (storm or 2)"}, ["  logic   1&(storm"], ["  logic   NOT 1&(storm"]),
        ({"kind": "logic", "expression": " "}, ["  logic   1&(storm", "     or 2)   # end"], ["  # end"]),
        ({"kind": "product", "name": "gap-netcdf-vtec", "on": True},
         ["  product fai-lv1-hdf5-images   # images"], ["  product fai-lv1-hdf5-images, gap-netcdf-vtec   # images"]),
        ({"kind": "product", "name": "fai-lv1-hdf5-images", "on": True}, [], []),
        ({"kind": "product", "name": "fai-lv1-hdf5-images", "on": False},
         ["  product fai-lv1-hdf5-images   # images"], []),
        ({"kind": "email", "address": "me@example.ca"}, [], ["email me@example.ca"]),
    ],
)  # fmt: skip
def test_an_edit_changes_the_lines_that_it_concerns_and_no_other(edit, gone, new):
    after = change(TEXT, **edit).splitlines()
    before = TEXT.splitlines()
    assert [line for line in before if line not in after] == gone
    assert [line for line in after if line not in before] == new


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        ("product a-b; date 2019;fai has-data", {"kind": "enter", "typed": "kp 5"},
         "product a-b; date 2019;fai has-data; kp 5"),
        ("date 2019;fai has-data\r\nkp 1\r\n", {"kind": "enter", "typed": "ap 5"},
         "date 2019;fai has-data\r\nkp 1\r\nap 5\r\n"),
        ("date 2019", {"kind": "enter", "typed": "ap 5 # why"}, "date 2019\nap 5  # why"),
        ("", {"kind": "enter", "typed": "kp>5"}, "kp > 5\n"),
        ("date 2019,2020 ,  2021", {"kind": "drop", "references": [2]}, "date 2019,  2021"),
        ("kp 1\nlogic (1|1)&!1", {"kind": "logic", "expression": "1 AND 1"}, "kp 1\nlogic 1&1"),
        ("product mgf-lv?-* # all\n", {"kind": "product", "name": "mgf-lv2-magnetic-field", "on": False},
         "product mgf-lv3-magnetic-field # all\n"),
        ("PRODUCT gap-netcdf-vtec,mgf-*\n", {"kind": "product", "name": "gap-netcdf-vtec", "on": False},
         "PRODUCT mgf-*\n"),
        ("let a = 1\nkp $a\n", {"kind": "product", "name": "gap-netcdf-vtec", "on": True},
         "let a = 1\nproduct gap-netcdf-vtec\nkp $a\n"),
        ("# head\n\n# about\nkp 1\n", {"kind": "product", "name": "gap-netcdf-vtec", "on": True},
         "# head\n\nproduct gap-netcdf-vtec\n# about\nkp 1\n"),
        ("kp 1\nemail a@b.ca\n", {"kind": "email", "address": ""}, "kp 1\n"),
        ("kp 1\nwhere 1 AND ap 2\n", {"kind": "logic", "expression": "1 OR ap 2"}, "kp 1\nwhere 1 OR ap 2\n"),
        ("kp 1;; # a", {"kind": "whole", "typed": "product gap-*;date 2019; # b"}, "product gap-*;date 2019; # b"),
        ("kp >", {"kind": "whole", "typed": ""}, ""),
    ],
)  # fmt: skip
def test_an_edit_writes_as_the_text_around_it_does(text, edit, expected):
    assert change(text, **edit) == expected


@pytest.mark.parametrize(
    ("text", "number", "typed", "expected"),
    [
        ("let m=2019-05 # May\ndate $m\n", 1, "date 2019-06-01..2019-06-03",
         "let m=2019-06-01..2019-06-03 # May\ndate $m\n"),
        ("let b = 2020\nlet a = 2019\ndate 2017,  $a..$b\n", 2, "date 2018-01-01..2020-02-02",
         "let b = 2020-02-02\nlet a = 2018-01-01\ndate 2017,  $a..$b\n"),
        ("let x = >= 5\nKP $x\n", 1, "kp 6..7", "let x = 6..7\nKP $x\n"),
        ("let x = 5\nwhere kp >= $X AND ap 9\n", 1, "kp >= 6", "let x = 6\nwhere kp >= $X AND ap 9\n"),
        # The value stands elsewhere, too; or the text has another shape.
        ("let x = 5\nkp >= $x\nap >= $x\n", 1, "kp >= 6", "let x = 5\nkp >= 6\nap >= $x\n"),
        ("let x = 5\nkp >= $x\n# off: ap >= $x\n", 1, "kp >= 6", "let x = 5\nkp >= 6\n# off: ap >= $x\n"),
        ("let x = 5\nlet y = $x\nkp $x\nap $y\n", 1, "kp 6", "let x = 5\nlet y = $x\nkp 6\nap $y\n"),
        # What the value no longer needs goes, and its comments stay.
        ("let x = 5\nkp >= $x\n", 1, "kp 6..7", "kp 6..7\n"),
        ("let x = 5  # May\n# off: ap >= $y; logic 1 AND 2\nKP >=  $X\n", 1, "kp 6..7",
         "# May\n# off: ap >= $y; logic 1 AND 2\nKP 6..7\n"),
        ("let x = 5\nlet z = 4\nkp >= $x\n", 1, "kp 6..7", "let z = 4\nkp 6..7\n"),
        ("let x = 5\nlet y = $x\nkp >= $y\n", 1, "kp 6..7", "kp 6..7\n"),
        ("kp 5\n", 1, "kp 6", "kp 6\n"),
    ],
)  # fmt: skip
def test_a_value_is_put_into_the_let_that_gives_it_to_this_constraint_alone(text, number, typed, expected):
    assert change(text, kind="value", number=number, typed=typed) == expected


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({}, "unknown edit without `kind`; the kinds of edits are enter"),
        ({"kind": "jump"}, "unknown edit `jump`"),
        ({"kind": 5}, "unknown edit `5`"),
        ({"kind": "enter"}, "the edit `enter` needs `typed`; give a text"),
        ({"kind": "enter", "typed": 5}, "`typed` of the edit `enter` is not a text"),
        ({"kind": "enter", "typed": "kp 5", "more": 1}, "the edit `enter` has no part `more`; its parts are typed"),
        ({"kind": "label", "number": True, "name": "a"}, "`number` of the edit `label` is not a whole number"),
        ({"kind": "label", "number": 10**30, "name": "a"}, "`number` of the edit `label` is not a whole number"),
        ({"kind": "drop", "references": "1"}, "`references` of the edit `drop` is not a list"),
        ({"kind": "drop", "references": [[]]}, "`references` of the edit `drop` is not a list"),
        ({"kind": "drop", "references": [9]}, "there is no constraint 9; there are 4 constraints"),
        ({"kind": "product", "name": "nothing", "on": True}, "unknown product `nothing`"),
        ({"kind": "product", "name": "gap-netcdf-vtec", "on": False}, "the query has no product `gap-netcdf-vtec`"),
        ({"kind": "product", "name": "gap-netcdf-vtec", "on": 1}, "`on` of the edit `product` is not true or false"),
    ],
)  # fmt: skip
def test_an_edit_that_cannot_be_is_refused_in_words(edit, message):
    with pytest.raises(EditError) as refusal:
        edited(TEXT, edit, SETTING)
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"kind": "enter", "typed": "kp >"}, "E201"),
        ({"kind": "enter", "typed": "foo 5"}, "E301"),
        ({"kind": "replace", "reference": "1", "typed": "date 2019-13"}, "E402"),
        ({"kind": "value", "number": 1, "typed": "date 2019-13"}, "E402"),
        ({"kind": "logic", "expression": "1 AND 9"}, "E501"),
        ({"kind": "email", "address": "nobody"}, "E408"),
        ({"kind": "whole", "typed": "date 2019-13"}, "E402"),
    ],
)
def test_what_is_wrong_with_typed_text_is_said_of_it(edit, code):
    with pytest.raises(QueryError) as wrong:
        edited(TEXT, edit, SETTING)
    (diagnostic,) = [diagnostic for diagnostic in wrong.value.diagnostics if diagnostic.is_error]
    assert diagnostic.code[:2] == code[:2]
    assert diagnostic.source.text in str(edit) or diagnostic.source.text.endswith(str(list(edit.values())[-1]))


def test_what_is_wrong_with_an_expression_is_shown_in_it():
    with pytest.raises(QueryError) as wrong:
        edited(TEXT, {"kind": "logic", "expression": "1 AND 99"}, SETTING)
    (diagnostic,) = wrong.value.diagnostics
    assert (diagnostic.code, diagnostic.source.text) == ("E501", "1 AND 99")
    assert (diagnostic.span.start, diagnostic.span.end) == (6, 8)


def test_a_mark_before_a_text_is_no_part_of_it():
    made = edited("\ufeffkp 1\n", {"kind": "enter", "typed": "ap 5"}, SETTING)
    assert made == Change("kp 1\nap 5\n", (Edit(4, 4, "\nap 5"),))


# Properties

EDITS = ("ap 5", "date 2018-03 # new", "let zz = 5", "email you@x.ca", "# remark", "new-one: kp 3, 4")


def laid_out_edits(text: str, data: st.DataObject) -> str:
    """One of the edits of a text, laid out."""
    numbers = len(query(text).constraints)
    kind = data.draw(st.sampled_from(["enter", "drop", "replace", "label"] if numbers else ["enter"]))
    number = data.draw(st.integers(1, max(numbers, 1)))
    try:
        if kind == "drop":
            return dropped(text, [str(number)])
        if kind == "label":
            return labelled(text, number, "another")
        typed = data.draw(st.sampled_from(EDITS if kind == "enter" else EDITS[:2]))
        return (entered(text, typed) if kind == "enter" else replaced(text, str(number), typed)).text or ""
    except EditError:
        return laid_out(text)


def wild(program: Program, seed: int) -> str:
    """A query in a layout of its own, with a comment in every place there can be for some seeds."""
    if seed % 3:
        return program.text(seed)
    rng, count = random.Random(seed), iter(range(10**6))
    return program.text(seed, comments=lambda: f"#{next(count)}" if rng.random() < 0.5 else "")


@a_few
@given(programs(), seeds, st.data())
def test_the_least_edits_give_the_text_that_was_meant(program, seed, data):
    text = wild(program, seed)
    after = laid_out_edits(text, data)
    edits = differences(text, after)
    place = 0
    for edit in edits:
        assert place <= edit.start <= edit.end <= len(text)
        assert text[edit.start : edit.end] != edit.insert
        place = edit.end
    assert laid_out(applied(text, edits)) == after
    assert comments(applied(text, edits)) == comments(after)


@a_few
@given(programs(), seeds)
def test_nothing_is_changed_where_nothing_was_edited(program, seed):
    text = wild(program, seed)
    assert differences(text, laid_out(text)) == ()


@a_few
@given(programs(), seeds, st.sampled_from(EDITS[:1]))
def test_a_statement_that_is_added_takes_nothing_away(program, seed, typed):
    text = wild(program, seed)
    try:
        after = entered(text, typed).text
    except EditError:
        return
    assert after is not None
    if query(after).constraints[: len(query(text).constraints)] == query(text).constraints:
        removed = [text[edit.start : edit.end] for edit in differences(text, after)]
        assert "".join(removed).strip(" \t\f\r\n;") == ""


@a_few
@given(texts, texts)
def test_any_two_texts_are_edits_of_one_another(text, other):
    assume(not parse(Source(text))[1] and not parse(Source(other))[1])
    after = laid_out(Source(other).text)
    assert laid_out(applied(Source(text).text, differences(Source(text).text, after))) == after


PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), texts, st.lists(st.integers() | st.text(max_size=3)))
PARTS = sorted({name for kind in KINDS.values() for name in kind.parts})


@a_few
@given(st.sampled_from(sorted(KINDS)), st.dictionaries(st.sampled_from([*PARTS, "x"]), PLAIN))
def test_any_plain_data_is_an_edit_or_is_refused_in_words(kind, parts):
    with suppress(EditError, QueryError):
        made = edited(TEXT, {"kind": kind, **parts}, SETTING)
        assert applied(TEXT, made.edits) == made.text


def lcs(a: Sequence[int], b: Sequence[int]) -> int:
    """The length of a longest common subsequence, by the table of the textbooks."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = row
        row = [0]
        for j, y in enumerate(b):
            row.append(before[j] + 1 if x == y else max(row[j], before[j + 1]))
    return row[-1]


@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12), st.integers(0, 24))
def test_an_alignment_has_as_many_parts_as_a_longest_common_subsequence(a, b, most):
    pairs, length = matches(a, b, most), lcs(a, b)
    if pairs is None:
        assert len(a) + len(b) - 2 * length > most
        return
    assert len(pairs) == length
    assert all(a[i] == b[j] for i, j in pairs)
    assert pairs == sorted(pairs)
    rest = list(stretches(pairs, len(a), len(b)))
    assert sum(i - x + j - y for x, i, y, j in rest) == len(a) + len(b) - 2 * length


def test_an_edit_of_a_thousand_constraints_is_as_small_as_it_is_for_one():
    text = "".join(f"kp   {number % 9}\n" for number in range(1000)) + "logic 1"
    assert edited(text, {"kind": "replace", "reference": 500, "typed": "kp 3"}, SETTING).edits == (
        Edit(7 * 500 - 2, 7 * 500 - 1, "3"),
    )
    assert len(edited(text, {"kind": "drop", "references": [500]}, SETTING).edits) == 1


GROWING = {
    "brackets": lambda n: f"kp 1, 2\nlogic {'(' * n}1 AND 2{')' * n}\n",
    "operands": lambda n: "kp 1, 2; ap 3\nlogic " + " OR ".join(["1", "2"] * n),
    "elements": lambda n: "kp " + ", ".join(["5"] * n) + "\nlogic 1 AND 2\n",
    "statements": lambda n: "kp 5  # x\n# y\n" * n + "logic 1 AND 2\n",
    "in place": lambda n: "where " + " AND ".join(["kp 5", "ap 5, 6"] * n),
    "switched off": lambda n: "# off: kp 5; logic 1 AND 2\n" * n + "kp 5, 6\nlogic 1\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", GROWING)
@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "drop", "references": ["2"]},
        {"kind": "off", "number": 2},
        {"kind": "off-logic", "node": 0},
        {"kind": "on", "from": 0},
        {"kind": "negate", "node": 0},
        {"kind": "move", "node": 0, "target": 1, "place": "after"},
    ],
    ids=lambda edit: edit["kind"],
)
def test_work_of_an_edit_grows_with_the_text_and_no_faster(shape, edit):
    def action(n: int) -> Callable[[], object]:
        text = GROWING[shape](n)

        def run() -> object:
            with suppress(EditError):
                return edited(text, edit, SETTING)
            return None

        return run

    once, twice = (work(action(size)) for size in (50, 100))
    assert twice < 2.5 * once


@pytest.mark.parametrize(
    ("text", "node", "expected"),
    [
        ("kp 1\nlogic 1 # c2\n", 0, "kp 1\n# c2\n"),
        ("kp 1\nwhere (ap >= 9 # c11\n ) # c12\n", 0, "kp 1\n# c11\n# c12\n"),
        (
            "kp 1\nap 2\nlogic 1 # off: ap 3; logic 1 OR 2 OR 3\n OR 2\n",
            2,
            "kp 1\nap 2\n# off: ap 3; logic 1 OR 2 OR 3\n",
        ),
    ],
)
def test_logic_that_is_removed_leaves_its_comments(text, node, expected):
    for edit in ({"kind": "remove", "node": node}, {"kind": "logic", "expression": ""}):
        assert edexql.format(change(text, **edit)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kp 1\nlatitude > 7 # off: latitude > 8\n", "kp 1\n# off: latitude > 8\n"),
        ("kp 1\ndate 2018, # off: date 2019, ...\n 2020 # why\n", "kp 1\n# off: date 2019, ...\n"),
        ("kp 1\nap 2\nlogic 2 # off: logic 1; logic 1 AND 2\n", "kp 1\n# off: logic 1; logic 1 AND 0\n"),
    ],
)
def test_what_is_switched_off_stays_when_the_statement_before_it_goes(text, expected):
    references = [3, 2] if "2020" in text else [2]
    assert edexql.format(change(text, kind="drop", references=references)) == expected
