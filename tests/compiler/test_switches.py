"""Parts of a query switched off as comments and on again: text, numbers, logic and meaning."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import edexql
from edexql.compiler.describe.form import form
from edexql.compiler.editing import EditError, dropped
from edexql.compiler.editing.changes import edited
from edexql.compiler.editing.switches import logic_switched_off, switched_off, switched_on
from edexql.compiler.editing.switches.comments import SwitchedOff, is_off, read_off, written_off
from edexql.compiler.request import Setting, compilation, meaning
from edexql.language.lexer import COMMENT, tokenize
from edexql.language.source import Source
from strategies import TODAY, a_few, programs, seeds, texts

if TYPE_CHECKING:
    from edexql.model.query import Query

SETTING = Setting(today=TODAY)
TEXT = """\
# head
product fai-lv1-hdf5-images
storm: kp >= 5  # big
date 2017-11, 2018-11, 2019  # dates
fai has-data
raw "k" [1, 2]

# the logic
logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)  # why
"""


def places(text: str) -> list[int]:
    """Where the comments begin that hold what is switched off."""
    tokens = tokenize(text)
    starts = [tokens.starts[i] for i in range(tokens.count) if tokens.kinds[i] == COMMENT]
    return [start for start in starts if is_off(text[start:])]


def query(text: str) -> Query:
    return meaning(Source(text), SETTING)[0].query


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("number", "gone", "new"),
    [
        (1, ["storm: kp >= 5  # big", "logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)  # why"],
         ["# off: storm: kp >= 5; logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)  # big",
          "logic (1 OR 2 OR 3) AND NOT (4 AND 5)  # why"]),
        (2, ["date 2017-11, 2018-11, 2019  # dates", "logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)  # why"],
         ["# off: date 2017-11, ...; logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)", "date 2018-11, 2019  # dates",
          "logic 1 AND (2 OR 3) AND NOT (4 AND 5)  # why"]),
        (3, ["date 2017-11, 2018-11, 2019  # dates", "logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)  # why"],
         ["date 2017-11,  # off: ..., date 2018-11, ...; logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)",
          "    2019  # dates", "logic 1 AND (2 OR 3) AND NOT (4 AND 5)  # why"]),
        (7, ['raw "k" [1, 2]'], ['raw "k" [1]', '# off: ..., raw "k" [2]']),
    ],
)  # fmt: skip
def test_what_is_switched_off_is_a_comment_in_its_place(number, gone, new):
    off = switched_off(TEXT, number)
    assert changed(TEXT, off) == (gone, new)
    assert edexql.format(off) == off
    assert switched_on(off, places(off)[0]) == TEXT


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_several_come_back_in_any_order(order):
    text = TEXT
    for number in (3, 2, 4, 2):
        text = switched_off(text, number)
    assert len(places(text)) == 4
    left = list(range(4))
    for place in order:
        text = switched_on(text, places(text)[left.index(place)])
        left.remove(place)
    assert text == TEXT


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("kp 1\n# off: ap 2; logic 1 AND 2\nlogic 1\n", 0, "kp 1\nap 2\nlogic 1 AND 2\n"),
        ("# off: ap 2; logic 1 AND 2\nkp 1\nlogic 1\n", 0, "ap 2\nkp 1\nlogic 1 AND 2\n"),
        # The logic is another than switching off left.
        ("kp 1; dst 3\n# off: ap 2; logic 1 AND 2\nlogic 1 OR 2  # why\n", 0,
         "kp 1\ndst 3\nap 2\nlogic (1 OR 2) AND 3  # why\n"),
        ("kp 1\n# off: ap 2; logic 1 AND 2\n", 0, "kp 1\nap 2\n"),
        ("kp 1\n# off: ap 2  # two\nlogic 1\n", 0, "kp 1\nap 2  # two\nlogic 1\n"),
        ("# off: ap 2\nkp 1\nlogic NOT 1\n", 0, "ap 2\nkp 1\nlogic NOT 2\n"),
        ("kp 1\n# off: logic 1\n", 0, "kp 1\nlogic 1\n"),
        ("kp 1\n# off: logic 1 OR 1\nlogic 1\n", 0, "kp 1\nlogic 1 AND (1 OR 1)\n"),
        ("kp 1\n# off: logic 1; logic 1 AND 1 AND 1\nlogic NOT 1\n", 0, "kp 1\nlogic NOT 1 AND 1\n"),
        ("kp 1\n# off: ap 2; where 1 AND ap 2\nwhere 1\n", 0, "kp 1\nwhere 1 AND ap 2\n"),
        ("kp 1\n# off: ap 2; where 1 AND ap 2\nwhere NOT 1\n", 0, "kp 1\nap 2\nwhere NOT 1 AND 2\n"),
        ("kp 1  # off: ap 2\n", 0, "kp 1\nap 2\n"),
    ],
)  # fmt: skip
def test_what_is_switched_on_is_back_in_the_logic(text, place, expected):
    assert switched_on(text, places(text)[place]) == expected


def test_a_constraint_written_in_place_becomes_a_comment_above():
    text = "kp 1\nwhere date 2019 AND (fai has-data OR ap 5, 6)  # why\n"
    off = switched_off(text, 4)
    assert off == (
        "kp 1\n# off: ap 5; where date 2019 AND (fai has-data OR ap 5, 6)\n"
        "where date 2019 AND (fai has-data OR ap 6)  # why\n"
    )
    again = switched_off(off, 3)
    for first in (0, 1):
        one = switched_on(again, places(again)[first])
        assert switched_on(one, places(one)[0]) == text


@pytest.mark.parametrize(
    ("node", "comment", "logic"),
    [
        (4, "# off: logic 2 OR 3 OR 4; logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)",
         "logic 1 AND NOT (5 AND 6)  # why"),
        (2, "# off: logic 3; logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)",
         "logic 1 AND (2 OR 4) AND NOT (5 AND 6)  # why"),
        (8, "# off: logic NOT (5 AND 6); logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)",
         "logic 1 AND (2 OR 3 OR 4)  # why"),
        (9, "# off: logic 1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)  # why", None),
    ],
)  # fmt: skip
def test_a_part_of_the_logic_is_switched_off(node, comment, logic):
    off = logic_switched_off(TEXT, node)
    gone, new = changed(TEXT, off)
    assert (gone, new) == ([TEXT.splitlines()[-1]], [comment, *([logic] if logic else [])])
    assert switched_on(off, places(off)[0]) == TEXT


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: switched_off(TEXT, 9), "there is no constraint 9"),
        (lambda: logic_switched_off(TEXT, 99), "the logic has no part 99"),
        (lambda: logic_switched_off("kp 1\n", 0), "the query has no logic"),
        (lambda: switched_on(TEXT, 0), "there is nothing switched off at this place"),
        (lambda: switched_on(TEXT, 10**6), "there is nothing switched off at this place"),
        (lambda: switched_on("# off: kp >\n", 0), "`kp >` in this comment is no constraint"),
        (lambda: switched_on("# off: kp 1, 2\n", 0), "`kp 1, 2` in this comment is no constraint"),
        (lambda: switched_on("# off: a: kp 1\na: kp 2\n", 0), "the label `a` is in use"),
    ],
)
def test_what_cannot_be_switched_is_refused(action, message):
    with pytest.raises(EditError) as refusal:
        action()
    assert str(refusal.value).startswith(message)


def test_the_form_shows_what_is_off_and_where_to_switch_it_on():
    done = compilation(Source(switched_off(TEXT, 3)), SETTING)
    shown = form(done)
    assert shown is not None
    (off,) = shown.off
    assert (off.tab, off.text, off.logic) == ("date", "date 2018-11", "1 AND (2 OR 3 OR 4) AND NOT (5 AND 6)")
    text = done.resolved.program.source.text
    assert edited(text, {"kind": "on", "from": off.start}, SETTING).text == TEXT


@given(st.text('kp 5;,."#:ab', max_size=12), st.none() | st.just("logic 1 AND 2"), st.booleans(), st.booleans())
def test_a_comment_holds_what_was_written_into_it(text, logic, before, behind):
    statement = f'raw "{text.replace(chr(34), "")}" [1]'
    off = SwitchedOff(statement, logic, "# why" if before else None, before, behind)
    assert read_off(written_off(off)) == off


# Properties


@a_few
@given(programs(least=1), st.data())
def test_off_is_the_query_without_it_and_on_is_the_query_again(program, data):
    text = edexql.format(program.text(0))
    before = query(text)
    number = data.draw(st.integers(1, len(before.constraints)))
    off = switched_off(text, number)
    assert query(off) == query(dropped(text, [str(number)]))
    assert edexql.format(off) == off
    (place,) = places(off)
    on = switched_on(off, place)
    assert query(on) == before
    if before.logic is None or query(off).logic is not None:
        assert on == text


@a_few
@given(programs(least=1, kinds=("date", "range", "word")), st.randoms(use_true_random=False))
def test_any_number_of_them_go_off_and_come_back_in_any_order(program, rng):
    text = edexql.format(program.text(0))
    before, shown = query(text), form(compilation(Source(text), SETTING))
    assert shown is not None
    # A label of several values stays in the logic until the last of them goes.
    assume(not any(node.label and len(node.numbers) > 1 for node in shown.logic.nodes))
    off = text
    for _ in range(min(4, len(before.constraints) - 1)):
        off = switched_off(off, rng.randint(1, len(query(off).constraints)))
    assume(before.logic is None or query(off).logic is not None)
    on = off
    while places(on):
        on = switched_on(on, rng.choice(places(on)))
    assert on == text


@a_few
@given(programs(least=2), st.data())
def test_a_part_of_the_logic_comes_back_as_it_was(program, data):
    text = edexql.format(program.text(0))
    shown = form(compilation(Source(text), SETTING))
    assert shown is not None
    assume(shown.logic.kind in ("logic", "where"))
    node = data.draw(st.integers(0, len(shown.logic.nodes) - 1))
    off = logic_switched_off(text, node)
    assert edexql.format(off) == off
    (place,) = places(off)
    assert query(switched_on(off, place)) == query(text)


@a_few
@given(programs(least=1, kinds=("date", "range", "word")), st.data())
def test_the_last_that_went_comes_back_as_if_it_had_not_gone(program, data):
    texts_before = [edexql.format(program.text(0))]
    for _ in range(data.draw(st.integers(1, 4))):
        text = texts_before[-1]
        shown = form(compilation(Source(text), SETTING))
        assert shown is not None
        if any(node.label and len(node.numbers) > 1 for node in shown.logic.nodes):
            break
        nodes = len(shown.logic.nodes) if shown.logic.kind in ("logic", "where") else 0
        if nodes > 1 and data.draw(st.booleans()):
            texts_before.append(logic_switched_off(text, data.draw(st.integers(0, nodes - 2))))
        elif len(shown.constraints) > 1:
            off = switched_off(text, data.draw(st.integers(1, len(shown.constraints))))
            if bool(query(off).logic) == bool(query(text).logic):
                texts_before.append(off)
    for before, text in itertools.pairwise(texts_before):
        came_back = []
        for place in places(text):
            with suppress(EditError):
                came_back.append(switched_on(text, place))
        assert before in came_back


def comments(text: str) -> list[str]:
    tokens = tokenize(text)
    return [tokens.read(i).rstrip() for i in range(tokens.count) if tokens.kinds[i] == COMMENT]


@a_few
@given(programs(least=1), seeds, st.data())
def test_no_comment_is_lost(program, seed, data):
    count = iter(range(10**6))
    text = program.text(seed, comments=lambda: f"# {next(count)}.")
    number = data.draw(st.integers(1, len(query(text).constraints)))
    off = edited(text, {"kind": "off", "number": number}, SETTING).text
    assert all(any(comment in other for other in comments(off)) for comment in comments(text))
    on = edited(off, {"kind": "on", "from": places(off)[0]}, SETTING).text
    assert sorted(comments(on)) == sorted(comments(text))
    assert query(on) == query(text)


@given(
    texts,
    st.lists(st.sampled_from(["..., ", "kp 5", "storm: kp 5", ", ...", "; logic 1", "logic 1", ";", "date 2019"])),
)
def test_any_comment_is_switched_on_or_refused(text, words):
    whole = f"{text}\n# off: {''.join(words)}\n"
    for place in places(Source(whole).text):
        with suppress(EditError):
            assert edexql.format(switched_on(whole, place))


def test_a_shorter_logic_in_an_older_comment_does_not_change_what_comes_back():
    text = "product fai-lv1-hdf5-images\nap >= 1\n# off: latitude > 4; logic 1\nkp >= 3\nlogic NOT 1 AND 2\n"
    off = edited(text, {"kind": "off", "number": 1}, SETTING).text
    assert edited(off, {"kind": "on", "from": off.index("# off: ap")}, SETTING).text == text


@pytest.mark.parametrize(
    "text",
    [
        "# off: kp >= 5; logic NOT 1 AND 2\nap >= 9\ndst <= 0\nlogic 1 OR 2\n",
        "# off: kp >= 5; logic 1 OR 2 AND 3\nap >= 9\ndst <= 0\nlogic 1 OR 2\n",
        "# off: storm: kp >= 5; logic 2 AND (storm OR 3)\nap >= 9\ndst <= 0\nlogic 1 OR 2\n",
        "# off: kp >= 5; where NOT kp >= 5 AND 1\nap >= 9\ndst <= 0\nwhere 1 OR 2\n",
        "# off: kp >= 5; logic NOT 1 AND 2\nap >= 9\n",
        "ap >= 9\ndst <= 0\nkp >= 5\n# off: logic 1 OR 2; logic NOT (1 OR 2) AND 3\nlogic 3 OR 1\n",
    ],
)
def test_what_was_negated_or_an_alternative_is_not_joined_by_and(text):
    with pytest.raises(EditError, match="has changed since") as refused:
        switched_on(text, text.index("# off"))
    assert "; it was `" in (refused.value.help or "")


def test_an_alternative_comes_back_alone_where_no_logic_is_left():
    text = "product fai-lv1-hdf5-images\n# off: kp >= 5; logic 1 OR 2\n"
    assert switched_on(text, text.index("# off")) == "product fai-lv1-hdf5-images\nkp >= 5\n"
