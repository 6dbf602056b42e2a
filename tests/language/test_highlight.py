"""What an editor shows of a text: its parts by class, brackets that belong together, and whether it goes on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from edexql.language.highlight import classes
from edexql.language.lexer import is_open
from edexql.language.source import Span, movement
from strategies import program_texts, texts


def shown(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], name) for start, end, name in classes(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Product fai-*, x", "keyword pattern punctuation name"),
        ("storm: kp >= 5 # why", "label punctuation name operator number comment"),
        ("a: date 2019-05-01T15:00..T16:00", "label punctuation keyword moment operator moment"),
        ("altitude < 500 km; latitude 5 °", "name operator number unit punctuation name number unit"),
        ("logic NOT (1 & storm)", "keyword operator bracket number operator name bracket"),
        ("logic 1 adn 2", "keyword number name number"),
        ("where kp 5 km AND 1", "keyword name number unit operator number"),
        ("email me@example.ca", "keyword address"),
        ("let x = $y", "keyword name operator parameter"),
        ('raw "k" {"a": [1]}', "keyword string bracket string punctuation bracket number bracket bracket"),
        ('fai "open', "name stray"),
        ("fai §", "name stray"),
        ("kp 5,\nap: 6", "name number punctuation name punctuation number"),
    ],
)
def test_every_part_has_its_class(text, expected):
    assert [name for _, _, name in classes(text)] == expected.split()


@given(texts)
def test_the_classes_cover_all_but_the_blanks_of_any_text_in_order(text):
    end = 0
    for start, stop, _ in classes(text):
        assert end <= start < stop
        assert not text[end:start].strip(" \t\f\r\n")
        end = stop
    assert not text[end:].strip(" \t\f\r\n")


@given(program_texts())
def test_nothing_in_a_query_without_errors_is_stray_and_its_labels_are_labels(text):
    found = shown(text)
    assert "stray" not in {name for _, name in found}
    labels = [s.label.text for s in edexql.parse(text).statements if getattr(s, "label", None)]
    assert [part for part, name in found if name == "label"] == labels


@pytest.mark.parametrize(
    "text",
    [
        "logic (1 AND 2", "logic 1 AND", "logic 1 |", "date 2019,", "kp >=", "kp <", "date 2019-05-01/", "logic NOT",
        "logic !", 'raw "k" [1', 'raw "k" {', "logic (1 # why", "date 2019, # why", "logic (\n1", "where (kp 5\nOR",
        'logic (1 AND "x', "AND", 'experiment "a" >',
    ],
)  # fmt: skip
def test_enter_begins_a_new_line_where_the_statement_goes_on(text):
    assert is_open(text)
    assert not is_open(text + "\n")
    assert not is_open(text + "\r")
    assert not is_open(text + "\r\n  ")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "date 2019", "logic (1)", "kp 60..", 'fai "(', 'fai "a,', "# (", "logic (1;", "logic )", "date 2019,;",
        "logic (1\nlogic 2", '"\\',
    ],
)  # fmt: skip
def test_enter_ends_a_text_that_is_complete_or_beyond_help(text):
    assert not is_open(text)


@given(program_texts())
def test_a_query_without_errors_is_complete(text):
    assert not is_open(text)


@given(st.text("ab \n", max_size=12), st.integers(0, 12), st.integers(0, 4), st.text("ab \n", max_size=4))
def test_a_span_that_is_kept_shows_the_same_words_after_an_edit(before, at, length, put):
    at = min(at, len(before))
    after = before[:at] + put + before[at + length :]
    spans = [Span(s, e) for s in range(len(before)) for e in range(s + 1, len(before) + 1)]
    for span in spans:
        there = movement(before, after)(span)
        if there is not None:
            assert after[there.start : there.end] == before[span.start : span.end]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("kp 5 bad", "kp 55 bad", [(0, 2), (6, 9)]),
        ("kp 5 bad", "kp 5 bad ", [(0, 2), (5, 8)]),
        ("kp 5 bad", "kp 5 bads", [(0, 2)]),
        ("kp 5 bad", "kp 5 ba", [(0, 2)]),
        ("kp 5 bad", "kp 5 bd", [(0, 2)]),
        ("kp 5 bad", " kp 5 bad", [(1, 3), (6, 9)]),
        ("kp 5 bad", "xkp 5 bad", [(6, 9)]),
        ("kp 5 bad", "bad", [(0, 3)]),
        ("kp 5 bad", "kp 5 bad", [(0, 2), (5, 8)]),
        ("kp 5 bad", "", []),
    ],
)
def test_underlines_stay_with_their_words_while_others_are_typed(before, after, expected):
    kept = map(movement(before, after), [Span(0, 2), Span(5, 8)])
    assert [(span.start, span.end) for span in kept if span is not None] == expected


def test_long_texts_are_read_without_recursion():
    text = f"logic {'(' * 100_000}1{')' * 100_000}"
    assert len(classes(text)) == 200_002
    assert not is_open(text)
    assert is_open(text[:-1])
    assert movement(text, f"  {text}")(Span(100_006, 100_007)) == Span(100_008, 100_009)
