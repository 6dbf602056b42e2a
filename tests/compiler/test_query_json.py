"""A query as plain data: there and back, and against the schemas that the package has."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import edexql
from edexql import schemas
from strategies import TODAY, damaged, json_values, program_texts

QUERIES = Draft202012Validator(schemas.schema("query"))
DIAGNOSTICS = Draft202012Validator(schemas.schema("diagnostics"))
WHOLE = edexql.to_dict(
    edexql.query(
        "product fai-lv1-hdf5-images; date 2019-05..; a: kp >= 5, < 1; longitude 170..-170; fai has-data;"
        ' experiment "A" > "B"; raw "K" [1, {"a": null}]; raw "E" "x"; email a@example.org; logic NOT 1 AND (2 OR 3)'
    )
)


@pytest.mark.parametrize("name", schemas.NAMES)
def test_each_schema_is_one(name):
    Draft202012Validator.check_schema(schemas.schema(name))
    assert schemas.schema(name) == schemas.schema(name)
    assert schemas.schema(name) is not schemas.schema(name)


def test_a_schema_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="'other'; there are diagnostics, query, vocabulary"):
        schemas.schema("other")


@given(program_texts())
def test_a_query_comes_back_from_json(text):
    try:
        query = edexql.query(text, today=TODAY)
    except edexql.QueryError:
        return
    form = json.loads(json.dumps(edexql.to_dict(query)))
    QUERIES.validate(form)
    assert edexql.from_dict(form) == query


@given(damaged())
def test_diagnostics_are_as_their_schema_says(text):
    DIAGNOSTICS.validate([diagnostic.to_dict() for diagnostic in edexql.check(text)])


def places(form):
    """Every place of a form, as the keys that lead to it."""
    rest = [()]
    while rest:
        place = rest.pop()
        inner = at(form, place)
        keys = inner if isinstance(inner, dict) else range(len(inner)) if isinstance(inner, list) else ()
        rest += [(*place, key) for key in keys]
        if place:
            yield place


def at(form, place):
    for key in place:
        form = form[key]
    return form


@given(st.sampled_from(sorted(places(WHOLE), key=repr)), json_values | st.just(...), st.booleans())
def test_a_form_is_taken_where_the_schema_takes_it(place, value, add):
    form = copy.deepcopy(WHOLE)
    *before, last = place
    inner = at(form, before)
    if value is ...:
        del inner[last]
    elif add and isinstance(inner, dict):
        inner["more"] = value
    else:
        inner[last] = value
    query, error = read(form)
    # Beyond the schema, a logic has to be an expression over the constraints.
    assert (query is not None) == QUERIES.is_valid(form) or "logic" in error
    if query is not None:
        assert edexql.from_dict(edexql.to_dict(query)) == query


def read(form):
    """The query of a form, and what is said where there is none."""
    try:
        return edexql.from_dict(form), ""
    except edexql.QueryValueError as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ([], "the query has to be an object"),
        ({"product": []}, "the key 'product' of the query has to be one of products, constraints"),
        ({"products": "fai"}, "products has to be an array"),
        (
            {"constraints": [{"kind": "date", "key": "date", "value": 5}]},
            "the value of constraint 1 has to be an object",
        ),
        ({"constraints": [{"kind": "date", "key": "date", "value": {"start": 0.5}}]}, "a Period of whole seconds"),
        ({"constraints": [{"kind": "range", "key": "kp", "value": {"low": float("inf")}}]}, "a Range of numbers"),
        ({"constraints": [{"kind": "range", "key": "kp", "value": {"low": True}}]}, "a Range of numbers"),
        ({"constraints": [{"kind": "raw", "key": "K", "value": {1, 2}}]}, "the value of constraint 1"),
        ({"logic": [1]}, "one of the 0 there are"),
        ({"logic": ["XOR"]}, '\'XOR\' in logic has to be a number, "AND", "OR" or "NOT"'),
        ({"logic": [True]}, "True in logic"),
        ({"logic": [[1]]}, "[1] in logic"),
        ({"logic": []}, "postfix"),
        ({"email": 5}, "email"),
        ({"constraints": [{"kind": [], "key": "kp", "value": 5}]}, "the kind of constraint 1"),
    ],
)
def test_a_wrong_part_is_named(form, said):
    with pytest.raises(edexql.QueryValueError) as error:
        edexql.from_dict(form)
    assert said in str(error.value)


def test_a_number_without_a_fraction_is_an_integer_as_in_json():
    form = {"constraints": [{"kind": "date", "key": "date", "value": {"start": 0.0, "end": 86400.0}}], "logic": [1.0]}
    QUERIES.validate(form)
    query = edexql.from_dict(form)
    assert edexql.to_text(query) == "date 1970-01-01\nlogic 1\n"
    assert "0.0" not in repr(query)


def test_what_is_left_out_is_nothing():
    assert edexql.from_dict({}) == edexql.Query()
    assert edexql.to_text(edexql.from_dict({"products": ["fai-lv1-hdf5-images"]})) == "product fai-lv1-hdf5-images\n"
