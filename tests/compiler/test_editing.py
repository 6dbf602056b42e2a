"""Edits of the current query: what is typed, dropped, replaced and labelled, and what stays as it was."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import edexql
from edexql.compiler.canonical import constraint_text
from edexql.compiler.editing import Edited, EditError, diagnosed, dropped, entered, labelled, replaced, whole
from edexql.compiler.request import Setting, meaning
from edexql.language.source import Source
from edexql.language.syntax import Constraint as Written
from edexql.language.syntax import Logic as WrittenLogic
from edexql.model.logic import AND, NOT, OR, Logic
from edexql.model.query import Constraint, Query
from lines_run import work
from strategies import TODAY, Program, Statement, a_few, operands_of, programs, seeds, spell, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SETTING = Setting(today=TODAY)
TEXT = """\
# aurora in storms

product fai-lv1-hdf5-images  # images
# years
date 2019, 2020, 2021  # three
storm: kp >= 5, 6  # two

# the logic
logic (1 OR 2) AND NOT (3 AND storm)  # why
email me@example.ca
"""


def query(text: str) -> Query:
    return meaning(Source(text), SETTING)[0].query


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are only in one of two texts."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def taken(edited: Edited, typed: str) -> str:
    """The new text of an edit, and that its pieces are what was typed."""
    for piece in edited.pieces:
        length = piece.typed_end - piece.typed_start
        assert typed[piece.typed_start : piece.typed_end] == edited.draft[piece.start : piece.start + length]
    assert edited.text is not None
    assert edexql.format(edited.text) == edited.text
    assert query(edited.draft) == query(edited.text)
    return edited.text


def enter(text: str, typed: str) -> str:
    return taken(entered(text, typed), typed)


# Typing


@pytest.mark.parametrize(
    ("typed", "gone", "new"),
    [
        ("fai has-data", [], ["fai has-data"]),
        ("FAI Has-Data;;  # late", [], ["fai Has-Data  # late"]),
        ("# of\nfai has-data", [], ["# of", "fai has-data"]),
        ("product gap-*", [], ["product gap-*"]),
        ("let day = 2019", [], ["let day = 2019"]),
        ("email you@x.ca", ["email me@example.ca"], ["email you@x.ca"]),
        ("storm: kp 7, 8", ["storm: kp >= 5, 6  # two"], ["storm: kp 7, 8  # two"]),
        ("Storm: kp 7, 8 # new", ["storm: kp >= 5, 6  # two"], ["storm: kp 7, 8  # new"]),
        ("logic 1 AND 2", ["logic (1 OR 2) AND NOT (3 AND storm)  # why"], ["logic 1 AND 2  # why"]),
        ("& 4", ["logic (1 OR 2) AND NOT (3 AND storm)  # why"], ["logic (1 OR 2) AND NOT (3 AND storm) AND 4  # why"]),
        ("or 4 # too", [], ["    OR 4  # too"]),
        ("AND 4; x: kp 5", ["logic (1 OR 2) AND NOT (3 AND storm)  # why"],
         ["x: kp 5", "logic (1 OR 2) AND NOT (3 AND storm) AND 4  # why"]),
        ("where kp 5 AND 1", ["logic (1 OR 2) AND NOT (3 AND storm)  # why"], ["where kp 5 AND 1  # why"]),
        ("x: kp 5; x: kp 6", [], ["x: kp 6"]),
        ("# remark", [], ["# remark"]),
        ("", [], []),
        ("\ufefffai has-data", [], ["fai has-data"]),
    ],
)  # fmt: skip
def test_what_is_typed_is_added_or_takes_the_place_of_what_it_replaces(typed, gone, new):
    assert changed(TEXT, enter(TEXT, typed)) == (gone, new)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("", "kp 5", "kp 5\n"),
        ("# header\n", "let a = 5", "# header\nlet a = 5\n"),
        ("# header\n\nkp $a\n", "let b = 5", "# header\n\nlet b = 5\nkp $a\n"),
        ("# about kp\nkp 5\n", "let b = 5", "let b = 5\n# about kp\nkp 5\n"),
        ("let a = 1\nkp $a\n", "let b = $a", "let a = 1\nlet b = $a\nkp $a\n"),
        ("kp 1\nlet a = 1\n", "let b = $a", "kp 1\nlet a = 1\nlet b = $a\n"),
        ("let a = 1\nkp $a\n", "LET A = 2", "let A = 2\nkp $a\n"),
        ("email me@x.ca\n", "logic 1", "logic 1\nemail me@x.ca\n"),
        ("email me@x.ca\n", "let a = 1; kp $a; logic 1", "let a = 1\nkp $a\nlogic 1\nemail me@x.ca\n"),
        ("kp 1\nlogic 1\n", "ap 2", "kp 1\nap 2\nlogic 1\n"),
        ("kp 1\nlogic 1\nap 2\n", "fai has-data", "kp 1\nlogic 1\nap 2\nfai has-data\n"),
        ("kp 1\nwhere ap 2 AND 1\n", "fai has-data", "kp 1\nwhere ap 2 AND 1\nfai has-data\n"),
        ("kp 1\nwhere 1\n", "ap 2", "kp 1\nap 2\nwhere 1\n"),
        ("kp 1\nlogic 1\n", "where ap 2 AND 1; fai has-data", "kp 1\nwhere ap 2 AND 1\nfai has-data\n"),
        ("kp 1\nlogic 1\nx: ap 2\n", "logic x", "kp 1\nx: ap 2\nlogic x\n"),
        ("kp 1\nlogic 1\nx: ap 2\n", "logic NOT 1", "kp 1\nlogic NOT 1\nx: ap 2\n"),
        ("where kp 1\nx: ap 2\n", "where kp 2 AND x", "x: ap 2\nwhere kp 2 AND x\n"),
        ("where kp 1  # a\nap 2\n", "AND dst 3", "where kp 1 AND dst 3  # a\nap 2\n"),
        ("a: kp 1, 2\nap 3\nlogic a AND (2 OR 3)\n", "a: kp 4", "a: kp 4\nap 3\nlogic a AND 2\n"),
        ("a: kp 1, 2\nap 3\nlogic a AND (2 OR 3)\n", "a: kp 4, 5, 6", "a: kp 4, 5, 6\nap 3\nlogic a AND (2 OR 4)\n"),
        ("kp 1\nlogic 1 OR 1\n", "AND 1", "kp 1\nlogic 1 OR 1 AND 1\n"),
        ("kp 1\nlogic 1 AND # why\n1 # not\n", "logic 1", "kp 1\n# why\nlogic 1  # not\n"),
    ],
)
def test_what_is_typed_stands_where_it_belongs(text, typed, expected):
    assert enter(text, typed) == expected


def test_several_statements_with_a_product_are_a_whole_query():
    typed = "product gap-*; date 2019 # all\nlogic 1"
    edited = entered(TEXT, typed)
    assert edited.whole
    assert taken(edited, typed) == "product gap-*\ndate 2019  # all\nlogic 1\n"
    assert whole("kp >").text is None
    assert entered(TEXT, "product gap-*; kp >").text is None
    assert not entered(TEXT, "date 2019; kp 5").whole


@pytest.mark.parametrize(
    ("text", "typed", "message"),
    [
        ("kp 5\n", "AND 1", "there is no logic to continue; start one, as in `logic 1 AND 2`"),
        ("where kp 5\nap 2\n", "logic 2", "constraint 2 would get another number"),
        ("where kp 5\nap 2\n", "AND dst 3 AND 2", "constraint 2 would get another number"),
        ("where kp 5\nap 2\n", "logic 1", "constraint 2 would get another number"),
        ("kp >\n", "kp 5", "cannot be read"),
    ],
)
def test_what_would_not_mean_what_was_typed_is_refused(text, typed, message):
    with pytest.raises(EditError, match=re.escape(message)):
        entered(text, typed)


# Diagnostics


def said(text: str, typed: str) -> list[tuple[str, str, str]]:
    """Code, source and the words underlined of all that is said of an edit."""
    found = diagnosed(entered(text, typed), typed, SETTING)
    return [(d.code, d.source.name, d.source.text[d.span.start : d.span.end]) for d in found]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("fai has-dta", [("E303", "<line>", "has-dta")]),
        ("fai has-data; date 2019-13", [("W602", "<line>", "has-data"), ("E401", "<line>", "2019-13")]),
        ("kp >", [("E208", "<line>", "")]),
        ("logic 1 AND", [("E208", "<line>", "")]),
        ("logic 1 ADN 2", [("E206", "<line>", "ADN")]),
        ("storm: kp 5 6", [("E201", "<line>", "6")]),
        ("AND 9", [("E501", "<line>", "9")]),
        ("AND (3", [("E202", "<line>", "(")]),
        ("let a = 5", []),
        ("date $a", [("E307", "<line>", "$a")]),
        ("\ufeffdate $a", [("E307", "<line>", "$a")]),
        ("logic 1 AND storm", [("W602", "<text>", "2020"), ("W602", "<text>", "2021")]),
        ("email you@x.ca", []),
    ],
)
def test_mistakes_are_shown_in_the_line_that_was_typed(typed, expected):
    found = said(TEXT, typed)
    assert [d for d in found if d[0] not in ("W601", "W608")] == expected


def test_a_warning_of_an_older_line_is_not_said_again_and_an_error_that_the_edit_makes_is():
    text = "let a = 2019\ndate $a, 2030\nlogic 1\n"
    assert {code for code, _, _ in said("", text)} == {"W602", "W605"}
    assert said(text, "email me@x.ca") == []
    assert [d[:2] for d in said(text, "let a = kp")] == [("E403", "<text>")]


def test_a_query_that_is_being_built_need_not_be_whole_but_a_whole_one_does():
    assert said("", "let a = 5") == []
    assert said("", "date 2019") == []
    codes = [d.code for d in diagnosed(whole("date 2019"), "date 2019", SETTING, "x.edq")]
    assert codes == ["W607"]
    assert [d.code for d in diagnosed(whole(""), "", SETTING)] == ["E210"]


def test_a_fix_and_notes_are_those_of_the_typed_line():
    typed = "# so\nlogic (1 AND 2]"
    (found,) = diagnosed(entered("date 2019, 2020\n", typed), typed, SETTING)
    assert found.fix is not None
    assert typed[found.fix.span.start : found.fix.span.end] == "]"
    assert [typed[note.span.start : note.span.end] for note in found.notes] == ["("]


# Dropping


@pytest.mark.parametrize(
    ("text", "references", "expected"),
    [
        ("kp 1, 2, 3\nlogic 1 AND (2 OR 3)\n", ["2"], "kp 1, 3\nlogic 1 AND 2\n"),
        ("kp 1, 2, 3\nlogic 1 AND (2 OR 3)\n", ["1"], "kp 2, 3\nlogic 1 OR 2\n"),
        ("kp 1, 2, 3\nlogic NOT (1 AND 2) OR NOT 3\n", ["1", "3"], "kp 2\nlogic NOT 1\n"),
        ("kp 1, 2\nlogic ((1 AND 2)) OR !NOT 2\n", ["2"], "kp 1\nlogic 1\n"),
        ("kp 1, 2\nlogic ((1)) AND 2\n", ["2"], "kp 1\nlogic (1)\n"),
        ("kp 1, 2, 3\nlogic NOT (1 OR 2) AND 3\n", ["3"], "kp 1, 2\nlogic NOT (1 OR 2)\n"),
        ("kp 1, 2, 3\nlogic 1 | 2 & 3\n", ["2"], "kp 1, 3\nlogic 1 OR 2\n"),
        ("kp 1, 2, 3\nlogic 1 | 2 & 3\n", ["1"], "kp 2, 3\nlogic 1 AND 2\n"),
        ("kp 1  # one\n# two\nap 2\nlogic 1 AND 2\n", ["1"], "# two\nap 2\nlogic 1\n"),
        ("kp 1\nlogic 1\n", ["1"], ""),
        ("kp 1\nap 2\nlogic 1\n", ["2"], "kp 1\nlogic 1\n"),
        ("kp 1\nap 2\nlogic 2 OR # it\n2\n", ["1"], "ap 2\nlogic 1 OR  # it\n    1\n"),
        ("a: kp 1, 2\nap 2\nlogic a AND 3\n", ["A"], "ap 2\nlogic 1\n"),
        ("a: kp 1, 2\nap 2\nlogic a AND 3\n", ["2"], "a: kp 1\nap 2\nlogic a AND 2\n"),
        ("where kp 1, 2 AND (ap 3 OR kp 4)\n", ["2"], "where kp 1 AND (ap 3 OR kp 4)\n"),
        ("where kp 1, 2 AND (ap 3 OR kp 4)\n", ["3"], "where kp 1, 2 AND kp 4\n"),
        ("where kp 1, 2 AND (ap 3 OR kp 4)\nfai has-data\n", ["where"], "fai has-data\n"),
        ('raw "k" [1, [2, 3], {"a": 4}]\nlogic 2 OR 3\n', ["2"], 'raw "k" [1, {"a": 4}]\nlogic 2\n'),
        ('raw "k" 5\nkp 1, 2\n', ["1"], 'raw "k" 5\nkp 2\n'),
        ("product a, b  # both\nproduct c\n", ["B", "c"], "product a  # both\n"),
        ('product "a", fai-*\n', ["a"], "product fai-*\n"),
        ("product a, b\nproduct c\nkp 1\n", ["product"], "kp 1\n"),
        ("let a = 5\nkp $a, 6\n", ["$a", "1"], "kp 6\n"),
        ("let a = 5\nemail me@x.ca\n", ["$A", "email"], ""),
        ("date 2019, # a\n2020, # b\n2021 # c\n", ["1", "3"], "# a\ndate 2020  # b\n# c\n"),
        ("kp 1\n\n# x\nlogic 1\n", ["logic"], "kp 1\n\n# x\n"),
    ],
)
def test_what_is_dropped_goes_and_the_rest_stays(text, references, expected):
    assert dropped(text, references) == expected


@pytest.mark.parametrize(
    ("references", "message"),
    [
        (["6"], "there is no constraint 6; there are 5 constraints, numbered 1 to 5"),
        (["0"], "there is no constraint 0"),
        (["9" * 5000], "there is no constraint"),
        (["strom"], "the query has no part `strom`; did you mean `storm`?"),
        (["1", "$day"], "the query has no part `$day`"),
    ],
)
def test_what_is_not_there_cannot_be_dropped(references, message):
    with pytest.raises(EditError, match=re.escape(message)):
        dropped(TEXT, references)


def test_what_another_part_needs_cannot_be_dropped():
    with pytest.raises(EditError, match=re.escape("`$a` is used in `kp $a`; drop or change that first")):
        dropped("let a = 5\nkp $a\n", ["$a"])
    with pytest.raises(EditError, match="has no e-mail address"):
        dropped("kp 5\n", ["email"])


def without(code: Sequence[int], gone: set[int]) -> Logic | None:
    """The oracle: logic as a tree, without some numbers, the others closing up."""
    stack: list[Any] = []
    for part in code:
        if part == NOT:
            stack.append(stack[-1] and (NOT, stack.pop())) if stack[-1] else None
        elif part in (AND, OR):
            right, left = stack.pop(), stack.pop()
            stack.append((part, left, right) if left and right else left or right)
        else:
            stack.append(None if part in gone else part - sum(number < part for number in gone))

    def postfix(tree: Any) -> list[int]:
        return [tree] if isinstance(tree, int) else [c for side in tree[1:] for c in postfix(side)] + [tree[0]]

    (tree,) = stack
    return None if tree is None else Logic(tuple(postfix(tree)))


@a_few
@given(programs(least=1), seeds, st.data())
def test_a_dropped_number_is_gone_from_the_constraints_and_from_the_logic(program, seed, data):
    text = program.text(seed)
    before = query(text)
    assume(before.constraints)
    gone = data.draw(st.sets(st.integers(1, len(before.constraints)), min_size=1, max_size=3))
    after = query(dropped(text, [str(number) for number in gone]))
    kept = tuple(c for number, c in enumerate(before.constraints, 1) if number not in gone)
    assert after.constraints == kept
    assert after.logic == (without(before.logic.code, gone) if before.logic else None)
    assert (after.products, after.email, after.extras) == (before.products, before.email, before.extras)


@a_few
@given(programs(least=1), seeds, st.data())
def test_a_dropped_constraint_can_be_typed_again(program, seed, data):
    text = program.text(seed)
    before = query(text)
    number = data.draw(st.integers(1, len(before.constraints)))
    constraint = before.constraints[number - 1]
    after = query(enter(dropped(text, [str(number)]), constraint_text(constraint)))
    assert sorted(map(repr, (replace_label(c) for c in after.constraints))) == sorted(
        map(repr, (replace_label(c) for c in before.constraints))
    )


def replace_label(constraint: Constraint, label: str | None = None) -> Constraint:
    return Constraint(constraint.kind, constraint.key, constraint.value, label)


# Entering, against the whole text


@a_few
@given(programs(), seeds)
def test_a_query_typed_line_by_line_is_the_query_typed_at_once(program, seed):
    rng = random.Random(seed) if seed else None
    lines = list(program.statements)
    if program.written is not None:
        lines.append(tuple(spelled_logic(program)))
    text = ""
    for line in lines:
        text = enter(text, spell([line], rng))
    assert query(text) == query(program.text())


def spelled_logic(program: Program) -> list[str]:
    from strategies import expression_tokens

    in_place = any(isinstance(operand, Statement) for operand in operands_of(program.written))
    return ["where" if in_place else "logic", *expression_tokens(program.written, None)]


@a_few
@given(programs(extras=False), programs(extras=False), seeds)
def test_statements_typed_together_are_as_if_typed_one_after_the_other(program, more, seed):
    text = edexql.format(program.text(seed))
    lines = [" ".join(line) for line in more.statements]
    one_by_one = text
    for line in lines:
        one_by_one = enter(one_by_one, line)
    assert enter(text, "; ".join(lines)) == one_by_one
    assert query(enter(text, "\n".join(lines))) == query(one_by_one)


@a_few
@given(texts, texts)
def test_anything_typed_into_anything_is_an_edit_or_is_refused(text, typed):
    try:
        edited = entered(text, typed)
    except EditError:
        return
    if edited.text is not None:
        taken(edited, typed)
    found = diagnosed(edited, typed, SETTING)
    assert edited.text is not None or [d for d in found if d.is_error]
    assert all(0 <= d.span.start <= d.span.end <= len(d.source.text) for d in found)


@a_few
@given(texts, st.sampled_from(["1", "2", "a", "storm"]), texts)
def test_anything_put_in_the_place_of_anything_is_an_edit_or_is_refused(text, reference, typed):
    try:
        edited = replaced(text, reference, typed)
    except EditError:
        return
    if edited.text is not None:
        taken(edited, typed)
    found = diagnosed(edited, typed, SETTING)
    assert edited.text is not None or [d for d in found if d.is_error]


# Replacing


def test_a_list_without_elements_takes_no_one_s_place():
    with pytest.raises(EditError, match="no value with a number"):
        replaced("kp 3", "1", 'raw "extra" [ ]')


@pytest.mark.parametrize(
    ("text", "reference", "typed", "expected"),
    [
        ("kp 1  # one\n", "1", "ap 2", "ap 2  # one\n"),
        ("a: kp 1  # one\n", "1", "ap 2", "a: ap 2  # one\n"),
        ("kp 1  # one\n", "1", "ap 2 # two", "ap 2  # two\n# one\n"),
        ("date 2019, 2020, 2021\n", "2", "date 2018", "date 2019, 2018, 2021\n"),
        ("date 2019, 2020, 2021\n", "2", "kp >= 6", "date 2019\nkp >= 6\ndate 2021\n"),
        ("date 2019, 2020, 2021  # x\n", "1", "kp >= 6 # y", "kp >= 6  # y\ndate 2020, 2021  # x\n"),
        ("date 2019, 2020, 2021  # x\n", "3", "kp >= 6", "date 2019, 2020\nkp >= 6  # x\n"),
        ("a: date 2019, 2020\n", "2", "DATE 2018", "a: date 2019, 2018\n"),
        ("a: date 2019, 2020\nlogic a\n", "a", "kp 5, 6, 7", "a: kp 5, 6, 7\nlogic a\n"),
        ("where kp 5 AND date 2019, 2020\n", "1", "ap 6", "where ap 6 AND date 2019, 2020\n"),
        ("where kp 5 AND date 2019, 2020\n", "3", "date 2018", "where kp 5 AND date 2019, 2018\n"),
        ('raw "k" [1, 2]\n', "2", 'raw "k" [[3, 4]]', 'raw "k" [1, [3, 4]]\n'),
        ('raw "k" [1, 2]\n', "1", "kp 5", 'kp 5\nraw "k" [2]\n'),
        ('raw "k" [1]\n', "1", "kp 5", "kp 5\n"),
        ("kp # a\n.. 2, 3\n", "1", "kp 4", "kp 4  # a\n    , 3\n"),
        ("kp # a\n.. 2, 3\n", "2", "ap 4", "# a\nkp ..2\nap 4\n"),
        ("kp 1 # a\n.. 2 # b\n, 3\n", "1", "kp 4", "kp 4  # a\n      # b\n    , 3\n"),
    ],
)
def test_a_constraint_takes_the_place_of_one(text, reference, typed, expected):
    assert taken(replaced(text, reference, typed), typed) == expected


@pytest.mark.parametrize(
    ("text", "reference", "typed", "message"),
    [
        ("kp 1\n", "2", "kp 2", "there is no constraint 2; there is one constraint, number 1"),
        ("kp 1\n", "x", "kp 2", "unknown label `x`"),
        ("kp 1\n", "1", "kp 2, 3", "constraint 1 is one value, and this has 2 values"),
        ("kp 1\n", "1", 'raw "k" 5', "no value with a number"),
        ("kp 1\n", "1", "x: kp 2", "the label `x` cannot be set here"),
        ("kp 1\n", "1", "logic 1", "only a single constraint can replace a constraint"),
        ("kp 1\n", "1", "kp 1; kp 2", "only a single constraint can replace a constraint"),
        ("a: kp 1, 2\n", "1", "ap 2", "constraint 1 is one of several with the label `a`"),
        ("where kp 1, 2\n", "1", "ap 2", "change it in the text of the query"),
    ],
)
def test_what_cannot_take_a_place_is_refused(text, reference, typed, message):
    with pytest.raises(EditError, match=re.escape(message)):
        replaced(text, reference, typed)


def test_mistakes_in_a_replacement_are_shown_in_it():
    for typed, code, words in (
        ("date 2019-13 # x", "E401", "2019-13"),
        ("kp 1 km", "E407", "km"),
        ('raw "k" [1e999]', "E409", "[1e999]"),
        ("kp >", "E208", ""),
    ):
        for reference in ("2", "a"):
            edited = replaced("date 2019, 2020\na: kp 5\n", reference, typed)
            found = [d for d in diagnosed(edited, typed, SETTING) if d.is_error]
            assert [(d.source.text, typed[d.span.start : d.span.end]) for d in found] == [(typed, words)], found
            assert found[0].code == code


@a_few
@given(programs(least=1), seeds, st.data(), st.sampled_from(["kp >= 6", "date 2018-03", "fai has-data # new"]))
def test_only_the_replaced_constraint_is_another(program, seed, data, typed):
    text = program.text(seed)
    before = query(text)
    number = data.draw(st.integers(1, len(before.constraints)))
    old = before.constraints[number - 1]
    (new,) = query(typed).constraints
    try:
        after = query(taken(replaced(text, str(number), typed), typed))
    except EditError:
        shared = [c for c in before.constraints if c.label == old.label and old.label]
        assert len(shared) > 1 or "where" in text.lower()
        return
    expected = list(before.constraints)
    expected[number - 1] = replace_label(new, old.label)
    assert after == Query(before.products, tuple(expected), before.logic, before.email, before.extras)


# Labelling


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("kp 1  # one\nlogic 1\n", 1, "new: kp 1  # one\nlogic 1\n"),
        ("kp 1, 2, 3  # all\nlogic 1 OR 2\n", 2, "kp 1\nnew: kp 2\nkp 3  # all\nlogic 1 OR 2\n"),
        ("Old: kp 1, 2\nlogic OLD AND (old OR 1)\n", 2, "new: kp 1, 2\nlogic new AND (new OR 1)\n"),
        ("old: kp 1\nwhere old AND kp old\n", 1, "new: kp 1\nwhere new AND kp old\n"),
        ('raw "k" [1, [2], 3]\n', 2, 'raw "k" [1]\nnew: raw "k" [[2]]\nraw "k" [3]\n'),
        ("date 2019, # a\n2020 # b\n", 2, "date 2019  # a\nnew: date 2020  # b\n"),
    ],
)
def test_a_constraint_gets_a_label(text, number, expected):
    assert labelled(text, number, "new") == expected


@pytest.mark.parametrize(
    ("number", "name", "message"),
    [
        (1, "and", "`and` is a keyword"),
        (1, "a", "the label `a` is already in use"),
        (1, "X", "`X` cannot be a label"),
        (1, "x_1", "`x_1` cannot be a label"),
        (1, "", "cannot be a label"),
        (0, "x", "there is no constraint 0"),
        (4, "x", "there is no constraint 4; there are 3 constraints, numbered 1 to 3"),
        (3, "x", "constraint 3 is in the `where`"),
    ],
)
def test_a_label_that_cannot_be_is_refused(number, name, message):
    with pytest.raises(EditError, match=re.escape(message)):
        labelled("a: kp 1\nkp 2\nwhere 1 AND kp 3\n", number, name)


@a_few
@given(programs(least=1), seeds, st.data())
def test_a_label_changes_no_constraint_and_no_logic(program, seed, data):
    text = program.text(seed)
    before = query(text)
    number = data.draw(st.integers(1, len(before.constraints)))
    old = before.constraints[number - 1].label
    try:
        after = query(labelled(text, number, "quite-new"))
    except EditError:
        assert "where" in text.lower()
        return
    expected = [
        replace_label(c, "quite-new") if place == number or (old and c.label == old) else c
        for place, c in enumerate(before.constraints, 1)
    ]
    assert after == Query(before.products, tuple(expected), before.logic, before.email, before.extras)


# Comments


def comments(text: str) -> list[str]:
    return re.findall(r"#\d+\b", text)


def commented(program: Program, seed: int) -> str:
    """A query with a comment of its own number in every place there can be one."""
    count = iter(range(10**6))
    return edexql.format(program.text(seed, comments=lambda: f"#{next(count)}"))


PLAIN = programs(["date", "range", "word", "experiment"], least=1)


@a_few
@given(PLAIN, seeds, st.data())
def test_comments_stay_but_for_those_of_a_statement_that_goes(program, seed, data):
    text = commented(program, seed)
    before = query(text)
    number = data.draw(st.integers(1, len(before.constraints)))
    after = dropped(text, [str(number)])
    left = comments(after)
    assert len(set(left)) == len(left)
    gone: set[str] = set()
    first = 1
    for statement in edexql.parse(text).statements:
        lines = text[statement.span.start : text.index("\n", statement.span.end)]
        count = len(statement.items) if isinstance(statement, Written) else 0
        if (count == 1 and first == number) or (isinstance(statement, WrittenLogic) and query(after).logic is None):
            gone.update(comments(lines))
        first += count
    assert set(left) == set(comments(text)) - gone


@a_few
@given(PLAIN, seeds, st.data())
def test_other_edits_keep_every_comment(program, seed, data):
    text = commented(program, seed)
    number = data.draw(st.integers(1, len(query(text).constraints)))
    edits: list[Callable[[], str | None]] = [
        lambda: entered(text, "kp 5").text,
        lambda: entered(text, "let fresh = 5").text,
        lambda: entered(text, "logic 1").text,
        lambda: entered(text, "email x@y.ca").text,
        lambda: entered(text, "AND 1 # more").text,
        lambda: replaced(text, str(number), "kp 5").text,
        lambda: labelled(text, number, "quite-new"),
    ]
    for edit in edits:
        try:
            after = edit()
        except EditError:
            continue
        assert after is not None
        assert sorted(comments(after)) == sorted(comments(text))


# Size


def test_a_hundred_thousand_brackets_close_up(n):
    text = f"kp 1, 2, 3\nlogic {'(' * n}1 AND 2{')' * n} AND 3\n"
    assert dropped(text, ["2"]) == "kp 1, 3\nlogic 1 AND 2\n"
    assert dropped(text, ["3"]).count("(") == n - 1
    assert enter(text, "OR 1").count("(") == n


def test_a_hundred_thousand_operands_lose_one_number(n):
    text = f"a: kp 1, 2\nap 2, 3\nlogic {' OR '.join(['1', 'a', 'NOT 3'] * n)} AND 4\n"
    after = dropped(text, ["3"])
    assert edexql.parse(after).statements[1].span.end < len(after)
    logic = query(after).logic
    assert logic is not None
    assert len([part for part in logic.code if part > 0]) == 3 * n + 1
    assert labelled(text, 1, "new").count("new") == n + 1
    assert dropped(text, ["a", "3"]) == "ap 3\nlogic 1\n"


def test_a_hundred_thousand_statements_take_edits(n):
    lines = [f"l{i}: kp 5, 6" for i in range(n)]
    text = "\n".join([*lines, f"logic l0 AND {2 * n}", ""])
    typed = "\n".join(f"l{i}: kp 7" for i in range(n))
    assert enter(text, typed) == f"{typed}\nlogic l0\n"
    assert dropped(text, [f"l{i}" for i in range(1, n)]) == "l0: kp 5, 6\nlogic l0\n"
    assert replaced(text, str(2 * n), "kp 8").text == text.replace(f"l{n - 1}: kp 5, 6", f"l{n - 1}: kp 5, 8")


GROWING: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: f"kp 1, 2\nlogic {'(' * n}1 AND 2{')' * n}\n",
    "operands": lambda n: "kp 1, 2\nlogic " + " OR ".join(["1", "2"] * n),
    "elements": lambda n: "kp " + ", ".join(["5"] * n) + "\nlogic 1 AND 2\n",
    "statements": lambda n: "kp 5  # x\n# y\n" * n + "logic 1 AND 2\n",
    "in place": lambda n: "where " + " AND ".join(["kp 5", "ap 5, 6"] * n),
    "json": lambda n: 'raw "k" [' + ", ".join(['{"a": [1]}'] * n) + "]\n",
    "lets": lambda n: "".join(f"let a{i} = 5\nkp $a{i}\n" for i in range(n)),
}


@pytest.mark.parametrize("size", [40, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", GROWING)
@pytest.mark.parametrize(
    "edit",
    [
        lambda text: dropped(text, ["2"]),
        lambda text: entered(text, text.replace("logic", "fai nir; logic")),
        lambda text: replaced(text, "2", "fai has-data"),
        lambda text: labelled(text, 2, "new"),
    ],
    ids=["dropped", "entered", "replaced", "labelled"],
)
def test_work_of_an_edit_grows_with_the_text_and_no_faster(kind, edit, size):
    def action(n: int) -> Callable[[], object]:
        def run() -> object:
            try:
                return edit(GROWING[kind](n))
            except EditError:
                return None

        return run

    once, twice = work(action(size)), work(action(2 * size))
    assert twice < 2.4 * once
