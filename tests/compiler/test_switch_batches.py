"""Many parts switched off and on together: as one by one, and a long text is read no more often than a short one."""

from __future__ import annotations

import random
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.compiler.editing import EditError, document
from edexql.compiler.editing.document import read
from edexql.compiler.editing.switches import restoration, several_switched_off, switched_off
from edexql.compiler.editing.switches.comments import parts_off
from edexql.compiler.editing.switches.restoration import all_switched_on
from edexql.language.lexer import tokenize
from strategies import a_few
from switching import Texts, means_the_same

PRODUCT = "product fai-lv1-hdf5-images\n"


def both(text: str, rng: random.Random) -> None:
    """Asserts that some constraints, switched off together and on together, are as if that was done one by one."""
    count = len(read(text).elements)
    if count and rng.random() < 0.3:
        text = switched_off(text, rng.randint(1, count))
        count -= 1
    wanted = [number for number in range(1, count + 1) if rng.random() < 0.6]
    together = several_switched_off(text, wanted)
    one_by_one = text
    for number in reversed(wanted):
        one_by_one = switched_off(one_by_one, number)
    assert len(parts_off(tokenize(together))) == len(parts_off(tokenize(one_by_one)))
    assert means_the_same(together, one_by_one, rng), (text, wanted)
    with patch.object(restoration, "alone_on", return_value=None):
        apart = _on(together)
    assert _on(together) == apart, (together, apart)


def _on(text: str) -> str | None:
    try:
        return all_switched_on(text)
    except EditError:
        return None


@a_few
@given(st.integers(0, 10**9))
def test_what_is_switched_together_is_as_if_switched_one_by_one(seed):
    rng = random.Random(seed)
    both(Texts(rng, alike=rng.random() < 0.5).text(), rng)


@pytest.mark.slow
def test_many_more_that_are_switched_together_are_as_if_switched_one_by_one():
    for seed in range(100):
        rng = random.Random(seed)
        both(Texts(rng, alike=rng.random() < 0.5).text(), rng)


@pytest.mark.parametrize("joined", [None, " OR ", " AND NOT "])
def test_a_long_query_is_read_no_more_often_than_a_short_one(joined):
    work = []
    for size in (5, 50):
        text = PRODUCT + "".join(f"kp >= {value}\n" for value in range(1, size + 1))
        text = read(text + (f"logic {joined.join(map(str, range(1, size + 1)))}\n" if joined else "")).text
        with patch.object(document, "parse", wraps=document.parse) as parse:
            off = several_switched_off(text, range(1, size + 1))
            assert len(parts_off(tokenize(off))) == size
            on = all_switched_on(off)
            work.append(parse.call_count)
        assert on == text
    assert work[0] == work[1]
