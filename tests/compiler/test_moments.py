"""Days and times as they may be written, against the patterns that they follow."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from edexql.compiler.periods import _clock_parts, _parts
from edexql.language.literals import NoSuchDay, by_calendar, decimal, grouped

MOMENT = re.compile(r"(?i)(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d?)(?::(\d\d))?(?::(\d\d))?Z?)?)?)?")
CLOCK = re.compile(r"(?i)(\d\d?)(?::(\d\d))?(?::(\d\d))?Z?")
DAY_OF_YEAR = re.compile(r"(?is)(\d{4})(-?)(\d{3})(T.*)?")

# Pieces of which right and nearly right texts are made.
PIECES = st.sampled_from(["2019", "05", "1", "01", "121", "366", "-", ":", "T", "t", "Z", "z", ".", "+", "٣", " ", "9"])
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.from_regex(MOMENT, fullmatch=True)


def matched(pattern: re.Pattern[str], text: str) -> list[str] | None:
    match = pattern.fullmatch(text)
    return match and [part for part in match.groups() if part is not None]


@given(TEXTS)
def test_a_moment_is_read_as_its_pattern_has_it(text):
    assert _parts(text) == matched(MOMENT, text)


@given(TEXTS | st.from_regex(CLOCK, fullmatch=True))
def test_a_time_of_day_is_read_as_its_pattern_has_it(text):
    assert _clock_parts(text) == matched(CLOCK, text)


@given(TEXTS | st.from_regex(DAY_OF_YEAR, fullmatch=True))
def test_a_day_of_the_year_is_read_as_its_pattern_has_it(text):
    match = DAY_OF_YEAR.fullmatch(text)
    try:
        written = by_calendar(text)
    except NoSuchDay:
        assert match
        assert not 1 <= int(match[3]) <= 365 or int(match[1]) == 0
        return
    assert (written is None) == (match is None)
    if match:
        assert written.endswith(match[4] or "")
        assert written[:5] == f"{match[1]}-" or not match[1].isascii()


NUMBERS = st.lists(st.sampled_from(["+", "-", ".", "1", "23", "456", "٣", ""]), max_size=4).map("".join)


@given(NUMBERS, NUMBERS)
def test_numbers_beside_a_comma_are_read_as_their_patterns_have_it(before, after):
    thousands = re.fullmatch(r"[+-]?\d{1,3}", before) and re.fullmatch(r"\d{3}(\.\d+)?", after)
    assert grouped(before, after) == bool(thousands)
    assert decimal(before, after) == bool(re.fullmatch(r"[+-]?\d+", before) and re.fullmatch(r"\d+", after))
