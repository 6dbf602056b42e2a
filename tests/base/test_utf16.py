"""Offsets in UTF-16 are those that Python's own codec gives, and go both ways."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edexql.base.utf16 import Units

TEXTS = st.text(st.sampled_from("a\n\u00e9\u4e2d\ud800\udc00\U0001f680\U0010ffff"), max_size=12)


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(TEXTS)
def test_every_offset_goes_there_and_back(text):
    units = Units(text)
    assert units.length == length(text)
    for offset in range(len(text) + 1):
        assert units.of(offset) == length(text[:offset])
        assert units.offset(units.of(offset)) == offset


@given(TEXTS)
def test_an_offset_within_a_character_is_that_of_the_character(text):
    units = Units(text)
    for offset, character in enumerate(text):
        if length(character) == 2:
            assert units.offset(units.of(offset) + 1) == offset
