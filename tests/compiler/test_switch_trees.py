"""The logic edited as a tree while parts are off: what is switched on then is that edit of the query without off."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.compiler.describe.form import form
from edexql.compiler.editing import EditError
from edexql.compiler.request import compilation
from edexql.language.source import Source
from strategies import a_few
from switching import SETTING, attempt, change, means_the_same, off_places, query

TEXT = "product fai-lv1-hdf5-images\nkp >= 1\nap >= 2\ndst >= 3\n\nlogic 1 AND (2 OR 3)\n"
WITHOUT = "product fai-lv1-hdf5-images\nkp >= 1\nap >= 2\nkp >= 3\n"


@pytest.mark.parametrize(
    ("text", "number", "edit", "logic"),
    [
        (TEXT, 3, {"kind": "negate", "node": 0}, "logic NOT 1 AND (2 OR 3)"),
        (TEXT, 3, {"kind": "negate", "node": 1}, "logic 1 AND (NOT 2 OR 3)"),
        (TEXT, 3, {"kind": "negate", "node": 2}, "logic NOT (1 AND (2 OR 3))"),
        (TEXT, 3, {"kind": "operator", "node": 2, "operator": "or"}, "logic 1 OR 2 OR 3"),
        (TEXT, 3, {"kind": "group", "nodes": [0, 1], "operator": "or"}, "logic (1 OR 2) AND 3"),
        (TEXT, 3, {"kind": "remove", "node": 1}, "logic 1 AND 3"),
        (TEXT, 1, {"kind": "operator", "node": 2, "operator": "and"}, "logic 1 AND 2 AND 3"),
        (TEXT, 1, {"kind": "move", "node": 1, "target": 0, "place": "before"}, "logic 1 AND (3 OR 2)"),
        (WITHOUT, 1, {"kind": "negate", "node": 1}, "logic 2 AND (1 OR NOT 3)"),
    ],
)
def test_what_is_off_comes_back_into_the_logic_as_it_was_edited(text, number, edit, logic):
    after = change(change(text, {"kind": "off", "number": number}), edit)
    on = change(after, {"kind": "on", "from": off_places(after)[0]})
    assert not off_places(on)
    assert on.splitlines()[-1] == logic


def test_what_is_off_stays_off_where_it_would_stand_beside_another():
    # Of the whole query the edit makes `2 OR 1 OR 3`, of what is left of it `2 AND 1`.
    off = change(TEXT, {"kind": "off", "number": 3})
    after = change(off, {"kind": "move", "node": 0, "target": 1, "place": "after"})
    assert after.endswith("\nlogic 2 AND 1\n")
    assert attempt(after, {"kind": "on", "from": off_places(after)[0]}) is None


REORDERED = "product fai-lv1-hdf5-images\nkp >= 1\nap >= 2\nkp >= 3\ndst >= 4\n"
GROUP_OR = {"kind": "group", "nodes": [0, 1], "operator": "or"}


def test_what_is_off_stays_off_where_the_kinds_stand_in_another_order_without_it():
    # Of the whole query the edit makes `(1 OR 3 OR 2) AND 4`; without 1, `ap` comes first, and the group stands there.
    after = change(change(REORDERED, {"kind": "off", "number": 1}), GROUP_OR)
    assert after.endswith("\nlogic (1 OR 2) AND 3\n")
    with pytest.raises(EditError, match="not just joined by AND") as refused:
        change(after, {"kind": "on", "from": off_places(after)[0]})
    assert "write the logic that you mean" in str(refused.value.help)


def test_an_edit_that_changes_nothing_of_what_is_left_changes_nothing_of_what_is_off():
    off = change(WITHOUT, {"kind": "off", "number": 1})
    after = change(off, {"kind": "move", "node": 0, "target": 1, "place": "before"})
    assert after.endswith("\nlogic 1 AND 2\n")
    on = change(after, {"kind": "on", "from": off_places(after)[0]})
    assert on.endswith("\nlogic 2 AND (1 OR 3)\n")


@pytest.mark.parametrize("steps", [("logic", "constraint"), ("constraint", "logic"), ("constraint", "drop")])
def test_what_is_off_beside_logic_that_is_off_comes_back_into_the_default_logic_as_it_was_edited(steps):
    text = "product fai-lv1-hdf5-images\nkp >= 1\nkp >= 2\nap >= 3\n\nlogic 1 AND 2 AND 3\n"
    for step in steps:
        if step == "logic":
            text = change(text, {"kind": "off-logic", "node": max(node for node, _, _ in nodes_of(text))})
        else:
            number = len(query(text).constraints) - 1
            text = change(text, {"kind": "off", "number": number} if step == "constraint" else NO_LOGIC)
    after = change(text, {"kind": "negate", "node": 0})
    place = next(place for place in off_places(after) if after.startswith("# off: kp", place))
    on = change(after, {"kind": "on", "from": place})
    assert [line for line in on.splitlines() if line.startswith("logic")] == ["logic (NOT 1 OR 2) AND 3"]


NO_LOGIC = {"kind": "logic", "expression": ""}


def random_query(rng: random.Random) -> str:
    """A query whose logic, if it has one, names each constraint at most once."""
    heads = [rng.choice(("kp", "ap", "dst")) for _ in range(rng.randint(2, 6))]
    keyword = rng.choice(("logic", "logic", "where", ""))
    listed: list[str] = []
    operands: list[str] = []
    for value, head in enumerate(heads, 1):
        if keyword == "where" and rng.random() < 0.5:
            operands.append(f"{head} >= {value}")
        else:
            listed.append(f"{head} >= {value}\n")
            operands.append(str(len(listed)))
    if keyword == "where":
        operands = [one for one in operands if not one.isdigit()]
        first = rng.randint(0, len(listed))
        places = [n if n <= first else n + len(operands) for n in range(1, len(listed) + 1)]
        operands += [str(place) for place in places]
    else:
        first = len(listed)
    rng.shuffle(operands)
    logic = f"{keyword} {joined(operands[: rng.randint(1, len(operands))], rng)}\n" if keyword else ""
    if keyword == "where":
        missing = [one for one in operands if not one.isdigit() and one not in logic]
        logic = logic if not missing else f"{logic[:-1]}{''.join(f' OR {one}' for one in missing)}\n"
    return f"product fai-lv1-hdf5-images\n{''.join(listed[:first])}{logic}{''.join(listed[first:])}"


def joined(operands: list[str], rng: random.Random) -> str:
    if len(operands) == 1:
        return f"{'NOT ' * (rng.random() < 0.15)}{operands[0]}"
    middle = rng.randint(1, len(operands) - 1)
    sides = [joined(some, rng) for some in (operands[:middle], operands[middle:])]
    text = rng.choice((" AND ", " OR ")).join(f"({s})" if " OR " in s or rng.random() < 0.3 else s for s in sides)
    return f"NOT ({text})" if rng.random() < 0.1 else text


Node = tuple[int, str, frozenset[str]]


def nodes_of(text: str, gone: frozenset[str] = frozenset()) -> list[Node]:
    """The nodes of a logic that are left without some constraints: each with its operator and what is under it."""
    shown = form(compilation(Source(text), SETTING))
    assert shown is not None
    names = [f"{constraint.value}" for constraint in query(text).constraints]
    under: dict[int, frozenset[str]] = {}
    left: list[Node] = []
    for node in shown.logic.nodes:
        some = [under[child] for child in node.children if under[child]]
        below = frozenset(names[number - 1] for number in node.numbers) if not node.children else frozenset()
        under[node.id] = frozenset().union(*some, below) - gone
        if under[node.id] and (node.operator not in ("and", "or") or len(some) > 1):
            left.append((node.id, node.operator, under[node.id]))
    return left


def _trees(text: str) -> list[tuple[str, frozenset[str]]]:
    return sorted(
        ((operator, under) for _, operator, under in nodes_of(text)), key=lambda one: (one[0], sorted(one[1]))
    )


def edit_of(text: str, rng: random.Random) -> dict[str, Any]:
    places = [node for node, _, _ in nodes_of(text)]
    kind = rng.choice(("negate", "operator", "move", "group"))
    operator = rng.choice(("and", "or"))
    if kind == "group":
        return {"kind": kind, "nodes": rng.sample(places, min(len(places), rng.randint(2, 3))), "operator": operator}
    edit: dict[str, Any] = {"kind": kind, "node": rng.choice(places)}
    if kind == "operator":
        edit["operator"] = operator
    if kind == "move":
        edit |= {"target": rng.choice(places), "place": rng.choice(("before", "after", "into"))}
    return edit


def elsewhere(edit: dict[str, Any], text: str, off: str) -> dict[str, Any] | None:
    """An edit of a query of which some is off, as that of the query without off; None where no node is that node."""
    there = {f"{constraint.value}" for constraint in query(off).constraints}
    gone = frozenset(f"{constraint.value}" for constraint in query(text).constraints) - there
    ours, others = nodes_of(off), nodes_of(text, gone)
    places: dict[int, int] = {}
    for node, operator, under in ours:
        alike = [place for place, *rest in others if rest == [operator, under] and place not in places.values()]
        if not alike:
            return None
        places[node] = alike[0]
    other: dict[str, Any] = {**edit, **{name: places[edit[name]] for name in ("node", "target") if name in edit}}
    if "nodes" in edit:
        other["nodes"] = [places[node] for node in edit["nodes"]]
    return other


def follows(seed: int) -> bool:
    """Whether all came back; asserts that then the query is that edit of it without off."""
    rng = random.Random(seed)
    text = random_query(rng)
    off = text
    for _ in range(rng.choice((1, 1, 2))):
        count = len(query(off).constraints)
        if count > 1:
            off = change(off, {"kind": "off", "number": rng.randint(1, count)})
    if not off_places(off) or not nodes_of(off):
        return False
    edit = edit_of(off, rng)
    same = elsewhere(edit, text, off)
    after = attempt(off, edit)
    other = None if same is None else attempt(text, same)
    if after is None or other is None:
        return False
    assert len(off_places(after)) == len(off_places(off))
    # What changes nothing in the logic that there is may change nothing in that of the query without off.
    is_none = _trees(off) == _trees(after)
    for _ in range(2):
        for place in reversed(off_places(after)):
            on = attempt(after, {"kind": "on", "from": place})
            if on is not None:
                after = on
                break
    if off_places(after):
        return False
    unchanged = is_none and _trees(after) == _trees(text)
    assert unchanged or means_the_same(after, other, rng), (text, off, edit, other, after)
    return True


@a_few
@given(st.integers(0, 10**9))
def test_an_edit_of_the_tree_meanwhile_is_that_edit_of_the_query(seed):
    follows(seed)


@pytest.mark.slow
def test_many_more_edits_of_the_tree_are_those_edits_and_most_come_back():
    came = sum(follows(seed) for seed in range(600))
    assert came > 200
