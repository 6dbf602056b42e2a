"""The parser that is shipped and Lark's, made from the one grammar, accept the same texts and build the same trees."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lark import Token, Tree
from lark.exceptions import UnexpectedInput

import edexql
from edexql.language import tables
from edexql.language.driver import Driver, reductions
from edexql.language.lexer import COMMENT, END, JOINED, scan_plain, tokenize
from edexql.language.scanner import scan_any
from places import ROOT
from strategies import GARBAGE, TOKENS, damaged, program_texts, soups

# A node is (name, children); a token (kind, start, end, text).
Node = tuple[Any, ...]


def by_the_driver(text: str) -> Node | None:
    """The tree of our tables and our lexer, None where they refuse the text."""
    tokens = tokenize(text)
    handlers = [partial(_node, name) for name in tables.NODES]
    driver = Driver(reductions(handlers), [])
    for index, kind in enumerate(tokens.kinds):
        if kind in (JOINED, COMMENT):
            continue
        value = (tables.KINDS[kind], tokens.starts[index], tokens.ends[index], tokens.read(index))
        if not driver.step(kind, value):
            return None
        if kind == END:
            break
    return driver.result


def _node(name: str, _: None, children: list[Any]) -> Node:
    return name, tuple(children)


def by_lark(text: str) -> Node | None:
    try:
        return _plain(edexql.lark_parser().parse(text))
    except UnexpectedInput:
        return None


def _plain(part: Tree[Token] | Token) -> Node:
    if isinstance(part, Token):
        return part.type, part.start_pos, part.end_pos, str(part)
    return str(part.data), tuple(_plain(child) for child in part.children)


def accepted(text: str) -> bool:
    try:
        edexql.parse(text)
    except edexql.QueryError:
        return False
    return True


def assert_same(text: str) -> None:
    expected = by_lark(text)
    assert by_the_driver(text) == expected
    # A byte order mark is not for the parser: the source sets it aside.
    if not text.startswith("\ufeff"):
        assert accepted(text) == (expected is not None)


@given(program_texts())
def test_queries_are_read_as_lark_reads_them(text):
    assert by_lark(text) is not None
    assert_same(text)


@given(soups)
@example('fai "a\\\nb"')  # a string does not go over a line end, escaped or not
@example("LOG\u0130C 1")  # letters that are i, k and s in any case only to a regular expression
@example("ema\u0131l a@b.ca")
@example("\u212ap 5; \u017f 1")
@example("(\nlogic 1")
@example("date 2019..\n, 2018")
def test_any_tokens_are_taken_or_refused_as_lark_does(text):
    assert_same(text)


@given(damaged())
def test_damaged_queries_are_taken_or_refused_as_lark_does(text):
    assert_same(text)


@given(st.text(st.sampled_from("aT19.:/-+e\"'\\ \n#,()*?@%$°km;\u0130\u0131"), max_size=30))
def test_characters_make_the_same_tokens_as_in_lark(text):
    assert_same(text)


def assert_read_the_same_word_by_word(text: str) -> None:
    plain = scan_plain(text)
    if plain is not None:
        kinds, starts, ends = scan_any(text)
        assert (plain.kinds, plain.starts, plain.ends) == (kinds, [*starts], [*ends])


@given(st.one_of(program_texts(), soups, damaged()))
def test_word_by_word_a_text_has_the_tokens_of_the_patterns(text):
    assert_read_the_same_word_by_word(text)


@given(st.text(st.sampled_from('aTtmk_09.:/-+eEzZ"\\ \n\r#,=<>@*?%\0\u2010\u0660'), max_size=16))
@example("date 2019-05-01T12:00:00.5Z..2019-05-02")
@example("km/s m/s 5m/s")
@example("1999-5-1..-3")
@example("a.... 500km 5e km-s $a-b $-b T12: 5:\r\n\r>==\n")
@example('a:"b"#c"\r\n1/2 a/b')
def test_word_by_word_any_characters_make_the_tokens_of_the_patterns(text):
    assert_read_the_same_word_by_word(text)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.edq")), ids=lambda path: path.name)
def test_the_examples_are_plain_enough_to_be_read_word_by_word(path):
    assert scan_plain(path.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("word", sorted({*TOKENS, *GARBAGE}))
def test_each_token_alone_and_as_a_value(word):
    for text in (word, f"kp {word}", f"fai {word}{word}", f"logic {word} 1", f"raw {word} {word}", f'raw "k" [{word}]'):
        assert_same(text)


def test_the_tables_are_those_of_the_grammar():
    grammar = (ROOT / "grammar" / "edq.lark").read_bytes()
    assert hashlib.sha256(grammar).hexdigest() == tables.GRAMMAR_SHA256
    command = [sys.executable, "tools/make_tables.py", "--check"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
