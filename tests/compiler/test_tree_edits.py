"""Edits of the logic as a tree: what is written, and that it means what the operation on the tree means."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import edexql
from edexql.compiler.describe.form import form
from edexql.compiler.editing import EditError
from edexql.compiler.editing.changes import edited
from edexql.compiler.request import Setting, compilation, meaning
from edexql.language.lexer import COMMENT, tokenize
from edexql.language.source import Source
from strategies import TODAY, a_few, programs, seeds, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.describe.form import Form
    from edexql.model.query import Query

SETTING = Setting(today=TODAY)
KP = "a: kp 1\nkp 2, 3; ap 4\n"


def form_of(text: str) -> Form:
    shown = form(compilation(Source(text), SETTING))
    assert shown is not None
    return shown


def change(text: str, **edit: Any) -> str:
    return edited(text, edit, SETTING).text


@pytest.mark.parametrize(
    ("logic", "edit", "expected"),
    [
        # Nodes: 0 is a, 1 is 2, 2 is 3, 3 is 2 OR 3, 4 is all.
        ("logic a AND (2 OR 3)", {"kind": "move", "node": 0, "target": 3, "place": "into"}, "logic 2 OR 3 OR a"),
        ("logic a AND (2 OR 3)", {"kind": "move", "node": 1, "target": 0, "place": "before"}, "logic 2 AND a AND 3"),
        ("logic a AND (2 OR 3)", {"kind": "move", "node": 2, "target": 4, "place": "after"}, "logic (a AND 2) AND 3"),
        ("logic a and (2|3)  # why", {"kind": "move", "node": 1, "target": 2, "place": "after"},
         "logic a and (3 OR 2)  # why"),
        ("logic a AND NOT (2 OR 3)", {"kind": "move", "node": 0, "target": 1, "place": "before"},
         "logic NOT (a OR 2 OR 3)"),
        ("logic a AND NOT 2 AND 3", {"kind": "move", "node": 1, "target": 0, "place": "after"}, "logic a AND 2 AND 3"),
        ("logic a AND NOT 2 AND 3", {"kind": "move", "node": 3, "target": 1, "place": "before"},
         "logic a AND 3 AND NOT 2"),
        ("logic a AND 2 AND 3", {"kind": "group", "nodes": [2, 1], "operator": "or"}, "logic a AND (2 OR 3)"),
        ("logic a AND 2", {"kind": "group", "nodes": [0, 1], "operator": "or"}, "logic a OR 2"),
        ("logic a AND (2 OR 3)", {"kind": "operator", "node": 3, "operator": "and"}, "logic a AND 2 AND 3"),
        ("logic a AND (2 OR 3)", {"kind": "operator", "node": 4, "operator": "or"}, "logic a OR 2 OR 3"),
        ("logic a AND (2 OR 3)", {"kind": "negate", "node": 3}, "logic a AND NOT (2 OR 3)"),
        ("logic a AND NOT (2 OR 3)", {"kind": "negate", "node": 3}, "logic a AND (2 OR 3)"),
        ("logic a AND NOT (2 OR 3)", {"kind": "negate", "node": 4}, "logic a AND (2 OR 3)"),
        ("logic a&2", {"kind": "negate", "node": 2}, "logic NOT (a&2)"),
        ("logic a AND (2 OR 3)", {"kind": "remove", "node": 1}, "logic a AND 3"),
        ("logic ((a)) AND (2 OR 3)", {"kind": "negate", "node": 1}, "logic ((a)) AND (NOT 2 OR 3)"),
        ("logic a AND (2 OR 3)", {"kind": "remove", "node": 4}, None),
        ("where a AND dst 5 OR fai has-data", {"kind": "move", "node": 3, "target": 0, "place": "before"},
         "where fai has-data AND a AND dst 5"),
        ("where dst 5 AND fai has-data OR 5", {"kind": "move", "node": 1, "target": 0, "place": "before"},
         "where fai has-data AND dst 5 OR 6"),
        ("where dst 5 AND (fai has-data OR a)", {"kind": "remove", "node": 0}, "where fai has-data OR a"),
    ],
)  # fmt: skip
def test_the_logic_is_written_as_it_was_meant(logic, edit, expected):
    assert change(f"{KP}{logic}\n", **edit) == (KP if expected is None else f"{KP}{expected}\n")


def test_the_default_logic_is_written_when_it_is_edited():
    assert change("kp 1, 2; fai has-data", kind="negate", node=2) == ("kp 1, 2; fai has-data; logic NOT (1 OR 2) AND 3")
    assert change("kp 1; # x\n", kind="negate", node=0) == "kp 1; # x\nlogic NOT 1\n"


def test_comments_in_the_logic_stay_with_what_they_stand_behind():
    text = "kp 1; kp 2; kp 3\nlogic 1 # one\n  AND (2 # two\n OR 3) # three\n"
    assert change(text, kind="move", node=0, target=2, place="after") == (
        "kp 1; kp 2; kp 3\nlogic 2 # two\n OR 3 OR 1  # one\n# three\n"
    )


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"kind": "move", "node": 4, "target": 1, "place": "into"}, "a part of the logic cannot be moved into itself"),
        ({"kind": "move", "node": 1, "target": 1, "place": "after"}, "a part of the logic cannot be moved into itself"),
        ({"kind": "move", "node": 1, "target": 0, "place": "into"}, "only AND and OR can take a part in"),
        ({"kind": "move", "node": 1, "target": 0, "place": "under"}, "`place` of the edit `move` is not"),
        ({"kind": "group", "nodes": [1], "operator": "or"}, "a group needs two parts"),
        ({"kind": "group", "nodes": [1, 3], "operator": "or"}, "a part of the logic cannot be grouped"),
        ({"kind": "group", "nodes": [1, 2], "operator": "xor"}, "`operator` of the edit `group` is not"),
        ({"kind": "operator", "node": 1, "operator": "or"}, "this part of the logic joins nothing"),
        ({"kind": "negate", "node": 9}, "the logic has no part 9"),
    ],
)
def test_what_cannot_be_done_with_a_tree_is_refused(edit, message):
    with pytest.raises(EditError) as refusal:
        change(f"{KP}logic a AND (2 OR 3)\n", **edit)
    assert str(refusal.value).startswith(message)


def test_what_a_number_names_cannot_go():
    with pytest.raises(EditError, match="the logic names constraint 1, which would go"):
        change("where kp 1 AND (ap 2 OR 1)\n", kind="remove", node=0)
    with pytest.raises(EditError, match="the query has no constraints and no logic"):
        change("product gap-*\n", kind="negate", node=0)


# Meaning


def query(text: str) -> Query:
    return meaning(Source(text), SETTING)[0].query


def holds(meant: Query, values: Sequence[bool]) -> bool:
    assert meant.logic is not None
    return meant.logic.holds(lambda number: values[number - 1])


class Oracle:
    """What an operation on a tree means: values of parts, None for what is not there. Nothing here asks edexql."""

    def __init__(self, shown: Form, edit: dict[str, Any], values: Sequence[bool]) -> None:
        self._nodes = shown.logic.nodes
        self._edit = edit
        self._values = values
        self._parent = {child: node.id for node in self._nodes for child in node.children}

    def value(self) -> bool | None:
        return self._value(len(self._nodes) - 1)

    def _value(self, node: int) -> bool | None:
        edit = self._edit
        kind = edit["kind"]
        if kind == "remove" and node == edit["node"]:
            return None
        if kind == "group" and node in edit["nodes"]:
            if node != min(edit["nodes"]):
                return None
            return self._join(edit["operator"], [self._plain(part) for part in edit["nodes"]])
        if kind == "move":
            return self._moved(node)
        value = self._plain(node)
        return not value if kind == "negate" and node == edit["node"] else value

    def _moved(self, node: int) -> bool | None:
        edit = self._edit
        if node == edit["node"]:
            return None
        value = self._plain(node)
        if edit["place"] == "into":
            into = self._nodes[node].operator
            return self._join(into, [value, self._plain(edit["node"])]) if node == edit["target"] else value
        beside = edit["target"]
        while beside in self._parent and self._nodes[self._parent[beside]].operator == "not":
            beside = self._parent[beside]
        if node != beside:
            return value
        operator = self._nodes[self._parent[beside]].operator if beside in self._parent else "and"
        return self._join(operator, [value, self._plain(edit["node"])])

    def _plain(self, node: int) -> bool | None:
        """The value of a node from those of its children."""
        part = self._nodes[node]
        if part.operator == "constraint":
            return any(self._values[number - 1] for number in part.numbers)
        values = [self._value(child) for child in part.children]
        operator = part.operator
        if self._edit["kind"] == "operator" and node == self._edit["node"]:
            operator = self._edit["operator"]
        if operator == "not":
            return None if values[0] is None else not values[0]
        return self._join(operator, values)

    def _join(self, operator: str, values: Sequence[bool | None]) -> bool | None:
        there = [value for value in values if value is not None]
        return (all(there) if operator == "and" else any(there)) if there else None


def edit_of(shown: Form, data: st.DataObject) -> dict[str, Any]:
    node = st.integers(0, len(shown.logic.nodes) - 1)
    kind = data.draw(st.sampled_from(["move", "group", "operator", "negate", "remove"]))
    if kind == "group":
        nodes = data.draw(st.lists(node, min_size=1, max_size=4, unique=True))
        return {"kind": kind, "nodes": nodes, "operator": data.draw(st.sampled_from(["and", "or"]))}
    edit = {"kind": kind, "node": data.draw(node)}
    if kind == "operator":
        edit["operator"] = data.draw(st.sampled_from(["and", "or"]))
    if kind == "move":
        edit |= {"target": data.draw(node), "place": data.draw(st.sampled_from(["before", "after", "into"]))}
    return edit


@a_few
@given(programs(least=2, extras=False), seeds, st.data(), st.randoms(use_true_random=False))
def test_the_new_logic_means_the_operation_on_the_tree(program, seed, data, rng):
    text = program.text(seed)
    shown, before = form_of(text), query(text)
    assume(shown.logic.nodes)
    edit = edit_of(shown, data)
    try:
        after = change(text, **edit)
    except EditError:
        return
    new = query(after)
    assume(new.logic is not None)
    for _ in range(12):
        # Alike constraints are true together, whatever number they have.
        chance = rng.random()
        known = {constraint: rng.random() < chance for constraint in (*before.constraints, *new.constraints)}
        values, new_values = [[known[c] for c in q.constraints] for q in (before, new)]
        assert holds(new, new_values) == Oracle(shown, edit, values).value()
    if shown.logic.kind != "where" or edit["kind"] != "remove":
        assert sorted(map(str, new.constraints)) == sorted(map(str, before.constraints))


@a_few
@given(programs(least=1), seeds, st.data())
def test_no_comment_of_a_logic_is_lost(program, seed, data):
    count = iter(range(10**6))
    text = program.text(seed, comments=lambda: f"# {next(count)}.")
    shown = form_of(text)
    assume(shown.logic.nodes)
    edit = edit_of(shown, data)
    assume(edit["kind"] != "remove")
    with suppress(EditError):
        assert sorted(comments(change(text, **edit))) == sorted(comments(text))


def comments(text: str) -> list[str]:
    tokens = tokenize(text)
    return [tokens.read(i).rstrip() for i in range(tokens.count) if tokens.kinds[i] == COMMENT]


@a_few
@given(texts, st.data())
def test_any_logic_is_edited_or_the_edit_is_refused(text, data):
    shown = form(compilation(Source(text), SETTING))
    assume(shown is not None and shown.logic.nodes)
    with suppress(EditError):
        assert edexql.format(change(text, **edit_of(shown, data)))


def test_deep_and_long_logic_is_edited():
    n = 3000
    deep = f"kp 1\nlogic {'NOT (' * n}1 AND 1{')' * n}\n"
    once = change(deep, kind="negate", node=len(form_of(deep).logic.nodes) - 1)
    assert once == f"kp 1\nlogic {'NOT (' * (n - 1)}1 AND 1{')' * (n - 1)}\n"
    long = f"kp 1\nlogic {' OR '.join('1' * n)}\n"
    assert change(long, kind="move", node=0, target=n, place="into") == long
