"""No body whatever ends in an error of the service, and every offset that is answered lies within its text."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edexql.web.endpoints import ENDPOINTS
from places import ROOT
from tutorial import NAMES, QUERY
from workbenches import TOKEN, Bench, workbench

POSTS = [name for name, action in ENDPOINTS.items() if action.method == "POST"]
EXAMPLES = sorted(path.read_text("utf-8") for path in (ROOT / "examples").rglob("*.edq"))
# What is heavy for a catalogue is asked less often.
LIGHT = ["read", "edit"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with workbench(tmp_path_factory.mktemp("state"), limits={"seconds": 60.0}) as service:
        yield Bench(service)


WORDS = st.sampled_from([
    "product", "date", "kp", "fai", "has-data", "logic", "where", "let", "raw", "email", "experiment", "2019-05-01",
    "..", ">=", "5", "AND", "OR", "NOT", "(", ")", "1", "2", "$x", "=", ",", ";", ":", '"', "#", "a@x.example", "-1e9",
    "..2030", "fai-lv1-hdf5-images", "rri-*", "storm", "{", "}", "[", "null", "\n", "\r\n", "# off: kp >= 5", "\0",
    "\ufeff", "\u2028", "\ud800", "\U0001f680",
])  # fmt: skip
TEXTS = st.one_of(
    st.lists(WORDS, max_size=20).map(" ".join),
    st.lists(WORDS, max_size=20).map("".join),
    st.text(max_size=40),
    st.sampled_from([*EXAMPLES, QUERY]),
)
# JSON can have half of a pair of surrogates, which no file and no address can.
NO_NAMES = st.one_of(st.just("\ud800"), st.text(st.characters(exclude_categories=()), max_size=5))
NUMBERS = st.one_of(st.integers(-5, 60), st.sampled_from([2**31, 2**63, 10**300]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=6,
)
KINDS = [
    "enter", "replace", "value", "drop", "label", "off", "on", "off-logic", "logic", "move", "group", "operator",
    "negate", "remove", "product", "email", "whole",
]  # fmt: skip
PARTS = {
    "typed": TEXTS,
    "reference": st.one_of(NUMBERS, TEXTS),
    "references": st.lists(st.one_of(NUMBERS, TEXTS), max_size=3),
    "number": NUMBERS,
    "name": st.one_of(TEXTS, st.sampled_from(["fai-lv1-hdf5-images", "storm"])),
    "from": NUMBERS,
    "node": NUMBERS,
    "expression": TEXTS,
    "target": NUMBERS,
    "place": st.sampled_from(["before", "after", "into", "x"]),
    "nodes": st.lists(NUMBERS, max_size=3),
    "operator": st.sampled_from(["and", "or", "AND"]),
    "on": st.booleans(),
    "address": TEXTS,
}
EDITS = st.one_of(
    VALUES,
    st.builds(
        lambda kind, parts: {"kind": kind, **parts},
        st.sampled_from(KINDS),
        st.fixed_dictionaries({}, optional=PARTS),
    ),
)
BODY = {
    "text": TEXTS,
    "position": NUMBERS,
    "edit": EDITS,
    "target": st.sampled_from(["edq", "json", "curl", "python", "x"]),
    "file": st.one_of(st.sampled_from([*NAMES, "x"]), NO_NAMES),
    "name": st.one_of(st.sampled_from(["kp", "latitude", "eclipse", "nosuch", "KP", "orbit"]), NO_NAMES),
    "year": st.sampled_from([1900, 2019, 2200, 0, -1]),
    "instrument": st.one_of(st.sampled_from(["fai", "rri", "kp", "x"]), NO_NAMES),
    "value": st.one_of(st.sampled_from(["has-data", "nir", "x"]), NO_NAMES),
    "kind": st.sampled_from(["timeline", "track", "dial", "panels"]),
    "files": st.lists(st.one_of(st.sampled_from(NAMES), NO_NAMES), max_size=3),
    "dry": st.just(value=True),
    "again": st.booleans(),
    "email": st.one_of(st.just("a@x.example"), TEXTS),
    "from": st.one_of(st.just("2019-05-01"), TEXTS),
    "to": st.one_of(st.just("2019-05-02"), TEXTS),
    "match": NUMBERS,
    "width": NUMBERS,
    "digest": st.one_of(TEXTS, NO_NAMES),
    "version": NUMBERS,
}


def check(name, text, answer):
    """A response is one of a service that is well, and its offsets are offsets of the text."""
    assert answer.status < 500, (name, text, answer.body)
    if answer.status != 200:
        assert answer.json["diagnostics"][0]["message"]
        return
    if "diagnostics" in answer.json and name == "edit":
        return
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    pending = [{key: value for key, value in answer.json.items() if key not in ("from", "to", "parameters")}]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            if isinstance(value.get("from"), int):
                assert 0 <= value["from"] <= value["to"] <= length, (name, text, value)
            pending += value.values()


def posted(bench, name, body):
    return bench.post(name, json.dumps(body).encode(), x_edexql_token=TOKEN)


def try_bodies(bench, name, examples):
    """Try bodies that have the keys which an endpoint takes."""
    form = ENDPOINTS[name].form

    @settings(max_examples=examples)
    @given(
        st.fixed_dictionaries(
            {key: BODY[key] for key in form.required}, optional={key: BODY[key] for key in form.optional}
        )
    )
    def tried(body):
        check(name, body["text"], posted(bench, name, body))

    tried()


@pytest.mark.parametrize("name", LIGHT)
def test_no_body_of_the_right_keys_is_too_much(bench, name):
    try_bodies(bench, name, 30)


@pytest.mark.slow
@pytest.mark.parametrize("name", POSTS)
def test_no_body_of_the_right_keys_is_too_much_for_any_endpoint(bench, name):
    try_bodies(bench, name, 100)


def test_no_value_of_json_is_too_much(bench):
    @settings(max_examples=30)
    @given(st.sampled_from(POSTS), st.one_of(VALUES, st.dictionaries(st.sampled_from(sorted(BODY)), VALUES)))
    def tried(name, body):
        answer = posted(bench, name, body)
        assert answer.status < 500, answer.body

    tried()


def test_no_bytes_are_too_much(bench):
    order = random.Random(1)
    whole = [
        json.dumps({"text": text, "edit": {"kind": "enter", "typed": "kp"}, "position": 3}).encode()
        for text in EXAMPLES[:5]
    ]
    for _ in range(50):
        body = bytearray(order.choice(whole))
        for _ in range(order.randrange(1, 6)):
            place = order.randrange(len(body))
            body[place : place + order.randrange(3)] = order.randbytes(order.randrange(3))
        answer = bench.post(order.choice(("read", "edit", "complete")), bytes(body))
        assert answer.status < 500, (bytes(body), answer.body)


@pytest.mark.slow
def test_edits_one_after_another_agree_with_the_text(bench):
    """As an editor applies them: the text that is answered is the one that the edits make of the one that was sent."""
    order = random.Random(2)
    typed = ["kp >= 5", "date 2019-05-01", "fai has-data", "dst < -50", "storm: kp >= 7", "rri dipole", "# \U0001f680"]
    for text in EXAMPLES:
        for _ in range(10):
            edit = {"kind": "enter", "typed": order.choice(typed)}
            if order.random() < 0.3:
                edit = {"kind": "drop", "references": [order.randrange(1, 4)]}
            answer = bench.ask("edit", text, edit=edit)
            if "edits" not in answer:
                continue
            units = text.encode("utf-16-le")
            for one in reversed(answer["edits"]):
                units = units[: 2 * one["from"]] + one["insert"].encode("utf-16-le") + units[2 * one["to"] :]
            assert units.decode("utf-16-le") == answer["text"]
            text = answer["text"]
            assert bench.ask("read", text)["readable"]
