"""Syntax trees are values: equal where their texts are, copied and pickled."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from typing import get_args

from hypothesis import given

import edexql
from edexql import syntax
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.model import walk
from strategies import damaged, program_texts

LONG = [
    "where " + " OR ".join(f"kp {n % 9}..9" for n in range(3000)),
    "date " + ", ".join(f"2019-05-{n % 28 + 1:02}" for n in range(3000)),
    "kp 5..7; logic " + " AND ".join("1" for _ in range(3000)),
]


def assert_a_value(text):
    first, second = (parse(Source(text))[0] for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    for again in (pickle.loads(pickle.dumps(first)), copy.deepcopy(first), copy.copy(first)):
        assert again == first
        assert [type(statement) for statement in again.statements] == [
            type(statement) for statement in first.statements
        ]


@given(program_texts())
def test_trees_of_one_text_are_equal(text):
    assert_a_value(text)


@given(damaged())
def test_trees_of_a_text_that_has_errors_are_equal(text):
    assert_a_value(text)


def test_long_trees_are_values():
    for text in LONG:
        assert_a_value(text)
    (where,) = edexql.parse(LONG[0]).statements
    first = next(one for one in where.expression.constraints() if type(one) is not syntax.Constraint)
    # What is made when it is looked at is the same as what it stands for.
    assert isinstance(first, syntax.Constraint)
    assert first == first.node() == pickle.loads(pickle.dumps(first)) == copy.copy(first)
    assert repr(first) == repr(first.node())
    label = syntax.Word("storm", first.span)
    assert replace(first, label=label) == replace(first.node(), label=label) != first
    assert asdict(first) == asdict(first.node())
    assert fields(first) == fields(syntax.Constraint)


@given(program_texts())
def test_every_node_can_be_replaced_and_its_fields_are_those_of_its_class(text):
    rest: list[object] = [parse(Source(text))[0]]
    while rest:
        node = rest.pop()
        if is_dataclass(node):
            assert replace(node) == node
            rest += [getattr(node, field.name) for field in fields(node)]
        elif isinstance(node, (tuple, syntax.Expression)):
            rest += node if isinstance(node, tuple) else node.code


@given(program_texts())
def test_a_walk_meets_every_node_once_in_the_order_of_the_text(text):
    program = parse(Source(text))[0]
    met = list(syntax.walk(program))
    assert len({id(node) for node in met}) == len(met)
    found: list[object] = [program]
    for node in found:
        parts = [getattr(node, field.name) for field in fields(node)] if is_dataclass(node) else []
        parts = [*node.code] if isinstance(node, syntax.Expression) else parts
        inner = [one for part in parts for one in (part if isinstance(part, (tuple, Sequence)) else [part])]
        found += [part for part in inner if isinstance(part, get_args(syntax.Node))]
    assert len(found) == len(met)
    words = [node.span.start for node in met if isinstance(node, (syntax.Word, syntax.Bound))]
    assert words == sorted(words)


def test_walks_need_no_recursion():
    deep = "kp 5; logic " + "NOT (1 AND " * 50_000 + "1" + ")" * 50_000
    assert sum(1 for _ in syntax.walk(edexql.parse(deep))) > 3
    *_, (depth, part) = walk(edexql.query(deep).logic.code)
    assert (depth, part) == (100_000, 1)
    assert sum(isinstance(node, syntax.Constraint) for node in syntax.walk(edexql.parse(LONG[0]))) == 3000


def test_a_walk_of_a_logic_has_each_part_once():
    code = edexql.query("kp 5; fai has-data; logic NOT (1 OR 2) AND 1").logic.code
    assert sorted(part for _, part in walk(code)) == sorted(code)
    assert list(walk(())) == []


def test_trees_of_other_texts_are_others():
    trees = [edexql.parse(text) for text in ("kp 5..7; logic 1", "kp 5..8; logic 1", "kp 5..7; logic  1", *LONG)]
    assert len(set(trees)) == len(trees)
    first, second = (edexql.parse(f"kp 5..7; fai has-data; logic 1 {operator} 2") for operator in ("AND", "OR"))
    assert first.statements[2] != second.statements[2]
    assert first.statements[:2] == second.statements[:2]


def test_the_parts_of_a_node_are_listed_and_shown_short():
    (statement,) = edexql.parse("kp 5..7").statements
    assert [field.name for field in fields(statement)] == ["kind", "head", "items", "span", "label", "key", "json"]
    assert isinstance(statement, syntax.Constraint)
    (logic,) = edexql.parse("logic 1 AND 2").statements
    assert repr(logic.expression) == "<expression of 3 parts>"
    assert len(repr(edexql.parse(LONG[0]))) < 500
