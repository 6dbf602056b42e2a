"""Numbers in logic that is switched off, while the query is edited: each stands for what it stood for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql import QueryError
from edexql.compiler.editing import EditError
from edexql.compiler.editing.changes import edited
from edexql.compiler.editing.document import logic_of, read
from edexql.compiler.editing.logic_tree import OPERAND, OR, tree
from edexql.compiler.editing.switches.comments import read_off
from edexql.compiler.editing.switches.numbers import comments_of
from edexql.compiler.request import Setting
from edexql.language.syntax import Logic
from strategies import TODAY, a_few

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTING = Setting(today=TODAY)
TEXT = "product fai-lv1-hdf5-images\nkp >= 1\nap >= 2\ndst >= 3\n\nlogic 1 AND (2 OR 3)\n"


def change(text: str, **edit: Any) -> str:
    # What is wrong with typed text is not the matter here, and takes long to find.
    with patch("edexql.compiler.editing.changes.diagnosed", return_value=()):
        return edited(text, edit, SETTING).text


def switch(text: str, place: int) -> dict[str, Any]:
    sheet = read(text)
    return {"kind": "on", "from": sheet.tokens.starts[offs(text)[place]]}


def offs(text: str) -> list[int]:
    sheet = read(text)
    return [token for token in comments_of(sheet) if read_off(sheet.tokens.read(token))]


def test_logic_that_is_off_comes_back_over_what_went_off_later():
    off = change(change(TEXT, kind="off-logic", node=4), kind="off", number=1)
    assert "# off: kp >= 1\n" in off
    assert "# off: logic 1 AND (2 OR 3)\n" in off
    for first in (0, 1):
        on = change(off, **switch(off, first))
        assert change(on, **switch(on, 0)) == TEXT


@pytest.mark.parametrize(
    ("edit", "logic"),
    [
        ({"kind": "drop", "references": ["1"]}, "logic 0 AND (1 OR 2)"),
        ({"kind": "replace", "reference": 1, "typed": "kp >= 9"}, "logic 1 AND (2 OR 3)"),
        ({"kind": "enter", "typed": "bz 1"}, "logic 1 AND (2 OR 3)"),
    ],
)
def test_numbers_of_logic_that_is_off_follow(edit, logic):
    off = change(TEXT, kind="off-logic", node=4)
    assert f"# off: {logic}\n" in change(off, **edit)


def test_logic_that_names_what_is_gone_stays_off():
    off = change(change(TEXT, kind="off-logic", node=4), kind="drop", references=["2"])
    with pytest.raises(EditError, match="names a constraint that is gone"):
        change(off, **switch(off, 0))


def test_a_part_that_names_what_is_gone_stays_off_where_nothing_else_is_left_of_the_logic():
    text = "product fai-lv1-hdf5-images\n# off: kp >= 1; logic 1\n# off: logic 0; logic 0 OR 1\n"
    with pytest.raises(EditError, match="names a constraint that is gone"):
        change(text, **switch(text, 1))


Tree = tuple[list[str], set[frozenset[str]]]


def named(text: str) -> Tree:
    """What the logic names, constraints by their text, and the pairs of them that OR joins."""
    sheet = read(text)
    index = logic_of(sheet.program)
    statement = None if index is None else sheet.program.statements[index]
    if not isinstance(statement, Logic):
        return [], set()
    texts = {str(e.number): sheet.text[sheet.tokens.starts[e.first] - 6 : sheet.tokens.ends[e.last]].split("\n")[-1]
             for e in sheet.elements}  # fmt: skip
    below: list[list[str]] = []
    pairs: set[frozenset[str]] = set()
    for node in tree(statement, sheet.tokens):
        if node.operator == OPERAND:
            word = sheet.text[sheet.tokens.starts[node.first] : sheet.tokens.ends[node.last]].strip("()")
            below.append([value(texts[word])])
            continue
        parts = [below[child] for child in node.children]
        below.append([name for part in parts for name in part])
        if node.operator == OR:
            pairs |= {frozenset((a, b)) for x in parts for y in parts if x is not y for a in x for b in y}
    return below[-1], pairs


def value(text: str) -> str:
    """The number in a constraint, which no other has."""
    return text.split()[-1]


@a_few
@given(st.data())
def test_what_is_switched_on_names_what_it_named(data):
    count = data.draw(st.integers(2, 5))
    statements = "".join(f"kp >= {100 + n}\n" for n in range(count))
    numbers = data.draw(st.permutations(range(1, count + 1)))
    signs = st.sampled_from((" AND ", " OR ", " AND NOT "))

    def logic(numbers: list[int]) -> str:
        middle = len(numbers) // 2
        halves = [numbers[:middle], numbers[middle:]]
        texts = ["".join(f"{data.draw(signs) if n else ''}{x}" for n, x in enumerate(half)) for half in halves]
        return data.draw(st.sampled_from((" AND ", " OR "))).join(f"({text})" for text in texts if text)

    text = change("product fai-lv1-hdf5-images\n" + statements, kind="logic", expression=logic(list(numbers)))
    fresh = iter(range(200, 300))
    was = {"all": named(text)[1]}
    for _ in range(data.draw(st.integers(2, 8))):
        sheet = read(text)
        n = len(sheet.elements)
        index = logic_of(sheet.program)
        statement = None if index is None else sheet.program.statements[index]
        nodes = len(tree(statement, sheet.tokens)) if isinstance(statement, Logic) else 0
        number = data.draw(st.integers(1, n)) if n else 0
        node = data.draw(st.integers(0, nodes - 1)) if nodes else 0
        some: list[dict[str, Any]] = [{"kind": "enter", "typed": f"kp >= {next(fresh)}"}]
        if n:
            some += [{"kind": "off", "number": number}] * 2
            some += [{"kind": "drop", "references": [number]}]
            some += [{"kind": "replace", "reference": number, "typed": f"kp >= {next(fresh)}"}]
            some += [{"kind": "logic", "expression": logic(list(data.draw(st.permutations(range(1, n + 1)))))}]
        if nodes:
            some += [{"kind": "off-logic", "node": nodes - 1}, {"kind": "off-logic", "node": node}]
            some += [{"kind": "negate", "node": node}]
        if offs(text):
            some += [switch(text, data.draw(st.integers(0, len(offs(text)) - 1)))] * 4
        text = step(text, data.draw(st.sampled_from(some)), was)


def step(text: str, edit: Mapping[str, Any], was: dict[str, set[frozenset[str]]]) -> str:
    """The text after an edit. `was` has what OR joined whatever a logic named, by the number in the constraint."""
    try:
        after = change(text, **edit)
    except (EditError, QueryError):
        return text
    before, pairs = named(text)
    now, joined = named(after)
    if edit["kind"] == "on":
        assert not [name for name in before if name not in now]
        assert joined - pairs <= set().union(*was.values()), (text, after)
        came = value_of(text, edit["from"])
        if came is not None:
            assert set(now) - set(before) <= {came}, (text, after)
    elif edit["kind"] == "off":
        gone = set(before) - set(now)
        assert len(gone) <= 1
    if edit["kind"] == "replace":
        (old, new) = [set(values(one)) - set(values(other)) for one, other in ((text, after), (after, text))]
        if old and new:
            (a,), (b,) = old, new
            for name, some in list(was.items()):
                was[name] = some | {frozenset(b if x == a else x for x in pair) for pair in some}
    was["all"] = was.get("all", set()) | joined
    return after


def values(text: str) -> list[str]:
    return [value(line) for line in text.splitlines() if line.startswith("kp")]


def value_of(text: str, start: int) -> str | None:
    off = read_off(text[start:].splitlines()[0])
    return value(off.text) if off is not None and off.text.startswith("kp") else None
