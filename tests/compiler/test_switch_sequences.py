"""Random queries whose parts are switched off and on, in any order and between other edits: nothing else changes."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.compiler.describe.form import form
from edexql.compiler.editing.document import line_end
from edexql.compiler.request import compilation
from edexql.language.formatter import layout
from edexql.language.lexer import tokenize
from edexql.language.source import Source
from strategies import a_few
from switching import SETTING, Texts, attempt, change, comments, means_the_same, off_places, query

if TYPE_CHECKING:
    from collections.abc import Mapping

SEEDS = st.integers(0, 10**9)
MORE = 1500


def switches(text: str) -> list[dict[str, Any]]:
    """All that can be switched off in a query."""
    shown = form(compilation(Source(text), SETTING))
    assert shown is not None
    written = len(shown.logic.nodes) if shown.logic.kind in ("logic", "where") else 0
    numbers = [{"kind": "off", "number": constraint.number} for constraint in shown.constraints]
    return numbers + [{"kind": "off-logic", "node": node} for node in range(written)]


def lines(text: str) -> list[str]:
    """The lines of a query without its other comments, which do not stay beside a logic of which nothing is left."""
    return [line for line in layout(tokenize(re.sub(r"# c[0-9]+\.\s*", "\n", text))).splitlines() if line]


def is_as_before(text: str, before: str) -> bool:
    """Whether a query is as it was, but for where a logic stands of which nothing was left meanwhile."""
    return lines(text) == lines(before) or sorted(lines(text)) == sorted(lines(before))


def switched_off_at_random(text: str, rng: random.Random, *, alike: bool) -> str:
    """A query of which some is off; what was just switched off comes back as it was, or is refused."""
    for _ in range(rng.randint(1, 4)):
        known = switches(text)
        if not known:
            break
        off = change(text, rng.choice(known))
        assert comments(off) == comments(text)
        backs = [attempt(off, {"kind": "on", "from": place}) for place in off_places(off)]
        there = [back for back in backs if back is not None]
        # A logic that names one constraint in several places may leave open where a part of it stood.
        refused = len(there) < len(backs)
        assert refused or any(is_as_before(back, text) or (alike and means_the_same(back, text, rng)) for back in there)
        text = off
    return text


def switched_on_at_random(text: str, rng: random.Random) -> str:
    """A query after all has been switched on that is not refused."""
    for _ in range(20):
        places = off_places(text)
        if not places:
            break
        on = attempt(text, {"kind": "on", "from": rng.choice(places)})
        if on is not None:
            assert comments(on) == comments(text)
            assert len(off_places(on)) == len(places) - 1
            text = on
    return text


def comes_back(seed: int, *, alike: bool) -> None:
    rng = random.Random(seed)
    text = Texts(rng, alike=alike).text()
    on = switched_on_at_random(switched_off_at_random(text, rng, alike=alike), rng)
    if not off_places(on):
        assert means_the_same(on, text, rng)


def names(text: str) -> list[str]:
    return [f"{constraint.kind} {constraint.key} {constraint.value}" for constraint in query(text).constraints]


def edits_of(number: int) -> list[Mapping[str, Any]]:
    return [
        {"kind": "drop", "references": [number]},
        {"kind": "label", "number": number, "name": "new"},
        {"kind": "replace", "reference": number, "typed": "kp >= 777"},
        {"kind": "enter", "typed": "kp >= 888"},
    ]


def follows(seed: int) -> None:
    """An edit while parts are off, which then come back, is that edit of the query as it was."""
    rng = random.Random(seed)
    text = Texts(rng, alike=False).text()
    off = switched_off_at_random(text, rng, alike=False)
    there, were = names(off), names(text)
    if not there:
        return
    place, which = rng.randrange(len(there)), rng.randrange(4)
    if were.count(there[place]) > 1:
        return
    one = attempt(off, dict(edits_of(place + 1)[which]))
    other = attempt(text, dict(edits_of(were.index(there[place]) + 1)[which]))
    if one is None or other is None:
        return
    on = switched_on_at_random(one, rng)
    if not off_places(on):
        assert means_the_same(on, other, rng)


@a_few
@given(SEEDS, st.booleans())
def test_what_is_switched_off_and_on_in_any_order_is_as_it_was(seed, alike):
    comes_back(seed, alike=alike)


@a_few
@given(SEEDS)
def test_an_edit_meanwhile_is_that_edit_of_the_query(seed):
    follows(seed)


@pytest.mark.slow
@pytest.mark.parametrize("alike", [False, True])
def test_many_more_of_them_are_as_they_were(alike):
    for seed in range(MORE // 10):
        comes_back(seed, alike=alike)


@pytest.mark.slow
def test_many_more_edits_meanwhile_are_those_edits():
    for seed in range(MORE // 10):
        follows(seed)


@pytest.mark.thorough
@pytest.mark.parametrize("alike", [False, True])
def test_thousands_of_them_are_as_they_were(alike):
    for seed in range(10**6, 10**6 + 4 * MORE):
        comes_back(seed, alike=alike)
        follows(seed)


def test_a_constraint_of_a_list_is_not_taken_for_one_that_is_written_like_it_in_the_where():
    text = "kp 1\nwhere (1 OR ap 2) AND kp 1\n"
    for number in (1, 3):
        off = change(text, {"kind": "off", "number": number})
        assert change(off, {"kind": "on", "from": off_places(off)[0]}) == text
    both = change(change(text, {"kind": "off", "number": 1}), {"kind": "off", "number": 2})
    for first in (0, 1):
        one = change(both, {"kind": "on", "from": off_places(both)[first]})
        assert change(one, {"kind": "on", "from": off_places(one)[0]}) == text


def test_a_negation_and_what_it_negates_are_switched_off_and_on():
    text = "kp 1\nlogic NOT 1\n"
    part = change(text, {"kind": "off-logic", "node": 0})
    both = change(part, {"kind": "off", "number": 1})
    for first in (0, 1):
        on = attempt(both, {"kind": "on", "from": off_places(both)[first]})
        if on is not None:
            assert change(on, {"kind": "on", "from": off_places(on)[0]}) == text


def test_thousands_of_parts_that_are_off_are_no_burden():
    count = 3_000
    text = "product fai-lv1-hdf5-images\n" + "# off: kp >= 5; logic 1 AND 2\n" * count + "kp 5, 6\nlogic 1\n"
    first = off_places(text)[0]
    on = change(text, {"kind": "on", "from": first})
    assert len(off_places(on)) == count - 1
    assert on[line_end(text, 0) :].startswith("kp >= 5\n")
