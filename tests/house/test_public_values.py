"""Every public value has fields that are listed and replaced, and is copied and pickled."""

from __future__ import annotations

import copy
import pickle
from dataclasses import asdict, fields, is_dataclass, replace

import pytest
from hypothesis import given

import edexql
from edexql import syntax
from edexql.language.parser import parse
from edexql.language.source import Source
from strategies import damaged, program_texts

QUERY = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3; mlt 22..2; fai has-data; logic 1 AND (2 OR NOT 3)"
TEXTS = (
    QUERY,
    'let d = 2019-05\nemail me@example.ca\nstorm: kp 5..7, 9\nexperiment "g" > "n"\nraw "x" [1]\nlogic storm',
    "where altitude 300 km..400 km AND NOT (date 2019 OR kp >= 5)",
    "where " + " OR ".join(f"kp {n % 9}..9" for n in range(500)),
    "date " + ", ".join(f"2019-05-{n % 28 + 1:02}" for n in range(500)),
    "fai has-dat; kp 5..\nlogic 1 ADN (",
)
# Of one class, so many are tried.
MOST = 8
MODULES = [edexql, edexql.lint, edexql.model, edexql.syntax]


def value_of(thing, found):
    """Collect by class, without recursion, the records that a value is made of."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (tuple, list)):
            waiting += one[:MOST]
        elif isinstance(one, dict):
            waiting += one.values()
        elif is_dataclass(one) and not isinstance(one, type):
            known = found.setdefault(type(one), [])
            if len(known) < MOST:
                known.append(one)
                waiting += [getattr(one, field.name) for field in fields(one)]
    return found


def assert_a_value(value):
    names = [field.name for field in fields(value)]
    own = {name: getattr(value, name) for name in names}
    assert replace(value) == value
    assert replace(value, **own) == value
    assert copy.replace(value) == value if hasattr(copy, "replace") else True
    assert list(asdict(value)) == names
    for again in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert again == value
        assert {field.name: getattr(again, field.name) for field in fields(again)} == own
    with pytest.raises(TypeError):
        replace(value, no_such_field=1)
    with pytest.raises(AttributeError):
        setattr(value, names[0], own[names[0]])


@pytest.fixture(scope="module")
def values():
    found = value_of(edexql.build(where=edexql.experiment("g", "n") & edexql.raw("a", [1])), {})
    for text in TEXTS:
        program, _ = parse(Source(text))
        value_of([program, *program.statements], found)
        value_of(edexql.check(text), found)
    request = edexql.compile(QUERY)
    vocabulary = edexql.load_vocabulary()
    for each in (
        request,
        edexql.explain(QUERY),
        edexql.complete(QUERY, len(QUERY)),
        edexql.compare(QUERY, "kp >= 5"),
        edexql.query(TEXTS[2]),
        edexql.query("kp >= 5; dst < -50; mlt 22..2"),
        list(edexql.evaluate(QUERY)),
        edexql.evaluate(QUERY),
        edexql.influence(QUERY),
        edexql.why(1, QUERY),
        edexql.timeline(QUERY),
        edexql.availability("2019-05-01", local=True),
        [vocabulary.field("kp"), vocabulary.date],
        edexql.lint.Finding("a", syntax.Span(0, 1)),
    ):
        value_of(each, found)
    return found


def test_every_public_value_is_tried(values):
    public = {getattr(module, name) for module in MODULES for name in module.__all__}
    public = {thing for thing in public if isinstance(thing, type) and is_dataclass(thing)}
    assert {edexql.Request, syntax.Expression, edexql.model.Period} <= public
    assert public - values.keys() <= {getattr(edexql, "Limit", None)}


def test_public_values_are_values(values):
    for each in values.values():
        for value in each:
            assert_a_value(value)


@given(program_texts() | damaged())
def test_nodes_are_values(text):
    for each in value_of(parse(Source(text))[0], {}).values():
        for value in each[:3]:
            assert_a_value(value)


def test_a_node_of_a_long_text_has_the_fields_of_its_class():
    (where,) = edexql.parse(TEXTS[3]).statements
    node = next(one for one in where.expression.constraints() if type(one) is not syntax.Constraint)
    assert [field.name for field in fields(node)] == [field.name for field in fields(syntax.Constraint)]
    assert_a_value(node)
    moved = replace(node, span=syntax.Span(0, 1))
    assert type(moved) is syntax.Constraint
    assert (moved.span, moved.items) == (syntax.Span(0, 1), node.items)
    assert asdict(node) == asdict(node.node())


def test_conditions_are_copied_and_pickled_however_many_are_joined():
    where = edexql.date("2019-05") | (edexql.field("kp") >= 5) | (edexql.field("ssc") == "x")
    where |= ~edexql.instrument("fai", "has-data") & edexql.raw("a", [1]) & edexql.experiment("g", "n")
    deep = edexql.date("2019-05")
    for number in range(20_000):
        deep = (deep & (edexql.field("kp") >= number % 9)) if number % 2 else ~deep
    for condition in (where, deep):
        for again in (copy.copy(condition), copy.deepcopy(condition), pickle.loads(pickle.dumps(condition))):
            assert repr(again) == repr(condition)
    assert edexql.build(where=pickle.loads(pickle.dumps(deep))) == edexql.build(where=deep)
    field = edexql.field("kp")
    assert repr(pickle.loads(pickle.dumps(field)) >= 5) == repr(field >= 5)


def test_other_public_objects_are_copied_and_pickled():
    vocabulary = edexql.load_vocabulary()
    again = pickle.loads(pickle.dumps(vocabulary))
    assert again.products == vocabulary.products
    assert edexql.compile(QUERY, vocabulary=copy.deepcopy(vocabulary)) == edexql.compile(QUERY)
    program = edexql.parse(QUERY)
    for thing in (program.source, program.tokens):
        assert pickle.loads(pickle.dumps(thing)) == copy.copy(thing) == copy.deepcopy(thing) == thing
