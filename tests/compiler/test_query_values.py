"""Queries that are values: made of Python values, written as text, and compiled, checked and explained without one."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from edexql.model.logic import AND, NOT, OR, Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Query
from edexql.model.range import Range
from strategies import TODAY, program_texts


@given(program_texts())
def test_a_query_and_its_text_are_taken_alike(text):
    try:
        query = edexql.query(text, today=TODAY)
        request = edexql.compile(text, today=TODAY)
    except edexql.QueryError:
        return
    written = edexql.to_text(query)
    assert edexql.query(written, today=TODAY) == query
    again = edexql.compile(query, today=TODAY)
    assert (again, again.query) == (request, query)
    assert edexql.explain(query, today=TODAY).logic_sent == edexql.explain(written, today=TODAY).logic_sent
    seen, known = (edexql.check(form, today=TODAY) for form in (query, written))
    assert [(d.code, d.span, d.message) for d in seen] == [(d.code, d.span, d.message) for d in known]


def test_comparing_and_simplifying_take_queries():
    first, second = (edexql.query(text) for text in ("date 2019-05; kp >= 5", "date 2019; kp >= 4"))
    assert edexql.compare(first, second).relation == "narrower"
    long = edexql.query("date 2019; fai has-data; kp > 5; logic 1 AND 2 OR 3 AND 1")
    assert str(edexql.simplify(long).logic) == "1 AND (2 OR 3)"


LEAVES = [
    (edexql.date("2019-05"), "date 2019-05"),
    (edexql.field("kp") >= 5, "kp >= 5"),
    (edexql.field("latitude").between(40, 60), "latitude 40..60"),
    (edexql.field("mlt").between(22, 2), "mlt 22..2"),
    (edexql.instrument("fai", "has-data"), "fai has-data"),
]


@st.composite
def conditions(draw):
    """A condition of Python values, and what it is of the truth of its leaves."""
    leaf = st.sampled_from(range(len(LEAVES))).map(lambda n: (LEAVES[n][0], lambda truth: truth[LEAVES[n][1]]))

    def larger(inner):
        both = st.tuples(inner, inner).map(lambda p: (p[0][0] & p[1][0], lambda t: p[0][1](t) and p[1][1](t)))
        either = st.tuples(inner, inner).map(lambda p: (p[0][0] | p[1][0], lambda t: p[0][1](t) or p[1][1](t)))
        return both | either | inner.map(lambda p: (~p[0], lambda t: not p[1](t)))

    return draw(st.recursive(leaf, larger, max_leaves=8))


@given(conditions())
def test_a_query_that_is_built_says_what_its_condition_says(condition):
    where, meaning = condition
    query = edexql.build(where=where)
    names = [str(constraint) for constraint in query.constraints]
    assert len(set(names)) == len(names)
    for values in itertools.product([False, True], repeat=len(names)):
        truth = dict(zip(names, values, strict=True))
        assert query.logic.holds(dict(enumerate(values, 1)).__getitem__) == meaning(truth)
    assert edexql.query(edexql.to_text(query)) == query


DAY = date(2019, 5, 1)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        *LEAVES,
        (edexql.date(DAY), "date 2019-05-01"),
        (edexql.date(DAY, date(2019, 5, 3)), "date 2019-05-01..2019-05-03"),
        (edexql.date("2019-05-01", "2019-05-03"), "date 2019-05-01..2019-05-03"),
        (edexql.date(datetime(2019, 5, 1, 12), DAY), "date 2019-05-01T12:00..2019-05-01"),
        (
            edexql.date(datetime(2019, 5, 1, 2, tzinfo=timezone(timedelta(hours=2))), datetime(2019, 5, 1, 0, 0, 59)),
            "date 2019-05-01T00:00:00..2019-05-01T00:00:59",
        ),
        (edexql.field("kp") < 5, "kp < 5"),
        (edexql.field("kp") <= 5, "kp <= 5"),
        (edexql.field("kp") > 5, "kp > 5"),
        (edexql.field("kp") == 5, "kp = 5"),
        (edexql.field("eclipse") == "umbra", "eclipse umbra"),
        (edexql.field("kp") >= 5, "kp >= 5"),
        (edexql.experiment("A group", "Its name"), 'experiment "A group" > "Its name"'),
        (edexql.raw("KEY", [1, {"a": None}]), 'raw "KEY" [[1, {"a": null}]]'),
    ],
    ids=str,
)
def test_each_condition_is_one_constraint_of_the_language(condition, text):
    assert edexql.build(where=condition).constraints == edexql.query(text).constraints


def test_numbers_and_times_of_numpy_are_taken():
    where = (edexql.field("kp") >= np.float64(3)) & (edexql.field("latitude") < np.int16(60))
    where &= edexql.date(np.datetime64("2019-05-01"), np.datetime64("2019-05-03T12:00:00"))
    assert (
        edexql.build(where=where).constraints
        == edexql.query("kp >= 3; latitude < 60; date 2019-05-01..2019-05-03T12:00:00").constraints
    )


def test_a_number_means_what_it_means_in_a_text():
    query = edexql.build(where=edexql.field("kp") >= 5.3)
    assert query.constraints == edexql.query("kp >= 5.3").constraints
    assert edexql.query(edexql.to_text(query)) == query


def test_several_values_are_alternatives():
    query = edexql.build(where=edexql.date("2019-05, 2019-07") & edexql.instrument("fai", "has-data", "nir"))
    assert str(query.logic) == "(1 OR 2) AND (3 OR 4)"
    assert str(edexql.build(where=edexql.field("kp") != 5).logic) == "NOT 1"


@pytest.mark.parametrize(
    "lost",
    [
        lambda: 4 <= edexql.field("kp") <= 7,
        lambda: edexql.date("2019") and edexql.date("2020"),
        lambda: edexql.date("2019") or edexql.date("2020"),
        lambda: not edexql.date("2019"),
    ],
)
def test_what_python_would_lose_raises(lost):
    with pytest.raises(TypeError, match="join conditions with &"):
        lost()
    with pytest.raises(TypeError):
        edexql.date("2019") & "kp >= 5"
    with pytest.raises(TypeError):
        edexql.date("2019") | True


def nested(depth):
    """A list in a list, and so on."""
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: edexql.field("kpp") >= 5, "unknown field `kpp`; did you mean `kp`"),
        (lambda: edexql.field("kp") >= "5", "'5' is not a number"),
        (lambda: edexql.field("kp") == None, "None is not a number"),  # noqa: E711
        (lambda: edexql.field(5), "a field: a text is needed, not int"),
        (lambda: edexql.instrument("fai", 5), "a text is needed, not int"),
        (lambda: edexql.experiment("a", None), "a text is needed, not NoneType"),
        (lambda: edexql.raw(5, 5), "a key: a text is needed, not int"),
        (lambda: edexql.field("kp") >= True, "True is not a number"),
        (lambda: edexql.field("kp") >= float("nan"), "nan is not a number"),
        (lambda: edexql.field("kp") >= 99, "kp"),
        (lambda: edexql.field("kp") == "high", "high"),
        (lambda: edexql.field("eclipse") == "umbre", "unknown value of eclipse `umbre`; did you mean `umbra`"),
        (lambda: edexql.field("kp OR 1") >= 5, "unknown field `kp OR 1`"),
        (lambda: edexql.instrument("fay", "has-data"), "unknown instrument `fay`; did you mean `fai`"),
        (lambda: edexql.instrument("fai", "hasdata"), "unknown value of fai `hasdata`; did you mean `has-data`"),
        (lambda: edexql.instrument("fai"), "which of its modes"),
        (lambda: edexql.date("2019; kp >= 5"), "one period"),
        (lambda: edexql.date("2019-02-30"), "2019-02-30"),
        (lambda: edexql.date(DAY, date(2019, 4, 30)), "2019-04-30 is before 2019-05-01"),
        (lambda: edexql.date(datetime(2019, 5, 1, 0, 0, 0, 5)), "whole seconds"),
        (lambda: edexql.date(5), "not int"),
        (lambda: edexql.date(DAY, "2019-06"), "2019-06"),
        (lambda: edexql.raw("KEY", {1, 2}), "KEY"),
        (lambda: edexql.raw("KEY", float("nan")), "KEY"),
        (lambda: edexql.raw("KEY", nested(100_000)), "raw `KEY`: it is nested too deeply"),
    ],
)
def test_an_impossible_condition_is_refused_and_named(made, said):
    with pytest.raises(edexql.EdexqlError) as error:
        edexql.build(where=made())
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (Query(products=["a"]), "products has to be a tuple"),
        (Query(products=(5,)), "product 5 has to be a text"),
        (
            Query(constraints=(Constraint("date", "date", "2019"),)),
            "the value of constraint 1, of kind date,",
        ),
        (Query(constraints=(Constraint("other", "date", Period(0, 5)),)), "the kind of constraint 1"),
        (Query(constraints=(None,)), "constraint 1 has to be a Constraint"),
        (Query(constraints=(Constraint("word", "fai", "has-data", "a b; product x"),)), "E2"),
        (Query(constraints=(Constraint("word", "fai has-data; kp", "5"),)), "E405"),
        (Query(constraints=(Constraint("range", "kp", Range(5.5, 4)),)), "E4"),
        (Query(logic=Logic((1,))), "constraint 1 in the logic has to be one of the 0"),
        (Query(constraints=(Constraint("word", "fai", "has-data"),), logic=Logic((1, AND))), "postfix"),
        (Query(constraints=(Constraint("word", "fai", "has-data"),), logic=Logic((1, 1))), "postfix"),
        (Query(constraints=(Constraint("word", "fai", "has-data"),), logic=Logic((NOT, 1))), "postfix"),
        (Query(constraints=(Constraint("word", "fai", "has-data"),), logic=Logic(())), "postfix"),
        (Query(constraints=(Constraint("word", "FAI", "has-data"),)), "constraint 1, FAI has-data, would be read"),
        (Query(extras=(("KEY", 5),)), "extra ('KEY', 5)"),
        (Query(email=5), "email"),
    ],
)
def test_a_query_of_wrong_parts_is_refused_and_the_part_named(query, said):
    for use in (edexql.to_text, edexql.compile, edexql.check, edexql.explain):
        with pytest.raises(edexql.EdexqlError) as error:
            use(query)
        assert said in str(error.value)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (
            {"products": ["fai-lv1-hdf5-image"]},
            "unknown product `fai-lv1-hdf5-image`; did you mean",
        ),
        ({"products": [5]}, "products: a text is needed, not int"),
        ({"products": "fai-lv1-hdf5-images"}, "a list of names is needed"),
        ({"where": "kp >= 5"}, "where: a condition is needed, not str"),
        ({"email": "nobody"}, "E408"),
        ({}, "E210"),
    ],
)
def test_a_query_that_cannot_be_built_is_refused(choices, said):
    with pytest.raises(edexql.EdexqlError) as error:
        edexql.build(**choices)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "use",
    [
        *(edexql.compile, edexql.check, edexql.explain, edexql.simplify, edexql.query, edexql.to_text, edexql.to_dict),
        *(edexql.parse, edexql.format, edexql.fetch, edexql.evaluate, edexql.influence),
    ],
)
def test_what_is_no_query_is_named(use):
    with pytest.raises(TypeError, match="not int"):
        use(5)


def test_a_query_can_be_changed_part_by_part():
    query = edexql.query("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 5")
    other = replace(query, constraints=(replace(query.constraints[0], value=Period(0, 86400)), query.constraints[1]))
    assert edexql.to_text(other).splitlines()[1] == "date 1970-01-01"


def test_thousands_of_conditions_are_joined_in_a_loop():
    where = edexql.date("2019-05-01")
    for number in range(20_000):
        where = where | (edexql.field("kp") == number % 9) if number % 2 else ~where
    query = edexql.build(where=where)
    assert len(query.logic.code) == 1 + 10_000 + 2 * 10_000
    assert query.logic.code.count(OR) == 10_000
    assert len(repr(where)) < 300
