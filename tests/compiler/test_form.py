"""The form of a query: what it shows, where that stands in the text, and that nothing of the text is left out."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given

from edexql.compiler.describe.form import Form, form
from edexql.compiler.request import Compilation, Setting, compilation
from edexql.language.lexer import FIRST_READ, KIND, NEWLINE, tokenize
from edexql.language.source import Source
from edexql.model.logic import AND, NOT, OR, any_of, joined
from edexql.model.period import Period
from edexql.model.query import Tag
from edexql.model.range import Range
from strategies import TODAY, a_few, programs, seeds, texts

SETTING = Setting(today=TODAY)
TEXT = """\
# aurora
product fai-lv1-hdf5-images, MGF-lv2-*  # two
let least = 5
storm: kp >= $least, 2..3
# off: mlt 3; logic 1 AND 2
date 2017-11, ..2018; fai Has-Data
lat 60..; experiment "Point of Interest" > "Fort McMurray Fire"
raw "k" [1, # one
 {"a": 2}]; raw "z" 5
email a@b.ca
logic 1 AND (3 OR NOT (4 & storm)) and (5 OR 5)
"""


def compiled(text: str) -> Compilation:
    return compilation(Source(text), SETTING)


def form_of(text: str) -> Form:
    made = form(compiled(text))
    assert made is not None
    return made


def test_each_constraint_has_its_tab_its_text_and_its_value():
    shown = form_of(TEXT)
    assert [(c.number, c.label, c.tab, c.head, c.text) for c in shown.constraints] == [
        (1, "storm", "geophysical", "kp", "kp >= $least"),
        (2, "storm", "geophysical", "kp", "kp 2..3"),
        (3, None, "date", "date", "date 2017-11"),
        (4, None, "date", "date", "date ..2018"),
        (5, None, "instrument", "fai", "fai Has-Data"),
        (6, None, "spacecraft", "latitude", "lat 60.."),
        (7, None, "experiment", "experiment", 'experiment "Point of Interest" > "Fort McMurray Fire"'),
        (8, None, "raw", "k", 'raw "k" [1]'),
        (9, None, "raw", "k", 'raw "k" [{"a": 2}]'),
    ]
    assert [c.value for c in shown.constraints] == [
        {"low": "5", "high": None, "low_open": False, "high_open": False},
        {"low": "2", "high": "3", "low_open": False, "high_open": False},
        {"start": "2017-11-01T00:00:00Z", "end": "2017-12-01T00:00:00Z", "written": "2017-11"},
        {"start": None, "end": "2019-01-01T00:00:00Z", "written": "..2018"},
        {"value": "has-data"},
        {"low": "60", "high": None, "low_open": False, "high_open": False},
        {"group": "Point of Interest", "tag": "Fort McMurray Fire"},
        None,
        None,
    ]
    assert [c.number for c in shown.constraints if not c.in_logic] == [6, 7, 8, 9]
    assert [(p.name, p.text) for p in shown.products] == [
        ("fai-lv1-hdf5-images", "fai-lv1-hdf5-images"),
        ("mgf-lv2-magnetic-field", "MGF-lv2-*"),
    ]
    assert [(o.kind, o.text) for o in shown.others] == [("let", "let least = 5"), ("raw", 'raw "z" 5')]
    assert [(o.tab, o.head, o.text, o.logic) for o in shown.off] == [("spacecraft", "mlt", "mlt 3", "1 AND 2")]
    assert [c.text for c in shown.comments] == ["# aurora", "# two", "# one"]
    assert shown.email is not None
    assert shown.email.address == "a@b.ca"
    assert (shown.logic.kind, shown.logic.text) == ("logic", "1 AND (3 OR NOT (4 AND storm)) AND (5 OR 5)")


def test_the_nodes_of_the_logic_stand_on_the_text_and_a_chain_is_one_node():
    shown = form_of(TEXT)
    nodes = [(n.operator, n.children, n.number, n.label, TEXT[n.start : n.end]) for n in shown.logic.nodes]
    assert nodes == [
        ("constraint", (), 1, None, "1"),
        ("constraint", (), 3, None, "3"),
        ("constraint", (), 4, None, "4"),
        ("constraint", (), None, "storm", "storm"),
        ("and", (2, 3), None, None, "(4 & storm)"),
        ("not", (4,), None, None, "NOT (4 & storm)"),
        ("or", (1, 5), None, None, "(3 OR NOT (4 & storm))"),
        ("constraint", (), 5, None, "5"),
        ("constraint", (), 5, None, "5"),
        ("or", (7, 8), None, None, "(5 OR 5)"),
        ("and", (0, 6, 9), None, None, "1 AND (3 OR NOT (4 & storm)) and (5 OR 5)"),
    ]
    assert shown.logic.root == 10
    assert [n.numbers for n in shown.logic.nodes][3] == (1, 2)


def test_where_the_meaning_has_errors_the_form_shows_what_is_known():
    text = "foo 5\nkp 5\ndate 2019-13, 2019\nkp 7\nproduct fai-lv1-hdf5-imges\nemail a@b.ca; email me@x.ca\n"
    shown = form_of(text + "logic 1 AND 9\nlogic 2\n")
    assert [(c.number, c.tab, c.text, c.value is None) for c in shown.constraints] == [
        (1, "unknown", "foo 5", True),
        (2, "geophysical", "kp 5", False),
        (3, "date", "date 2019-13", True),
        (4, "date", "date 2019", False),
        (5, "geophysical", "kp 7", False),
    ]
    assert [p.name for p in shown.products] == ["fai-lv1-hdf5-imges"]
    assert [(n.number, n.numbers) for n in shown.logic.nodes] == [(1, (1,)), (9, ()), (None, ())]
    assert [(o.kind, o.text) for o in shown.others] == [("email", "email me@x.ca"), ("logic", "logic 2")]
    shown = form_of(text)
    assert (shown.logic.kind, shown.logic.text) == ("default", "1 AND (2 OR 5) AND (3 OR 4)")
    assert form_of("").logic.kind == "none"
    assert form_of("# off: kp >\n").off[0].tab == "unknown"


@pytest.mark.parametrize("text", ["kp >", "date 2019; (", 'raw "k" [1'])
def test_there_is_no_form_of_a_text_with_errors_of_syntax(text):
    assert form(compiled(text)) is None


def test_a_constraint_in_place_has_the_place_where_and_its_node_has_its_numbers():
    shown = form_of("kp 1\nwhere kp 2, 3 AND (1 OR fai has-data)\n")
    assert [(c.number, c.place, c.text) for c in shown.constraints] == [
        (1, "list", "kp 1"), (2, "where", "kp 2"), (3, "where", "kp 3"), (4, "where", "fai has-data"),
    ]  # fmt: skip
    assert [(n.operator, n.number, n.numbers) for n in shown.logic.nodes][:3] == [
        ("constraint", None, (2, 3)), ("constraint", 1, (1,)), ("constraint", 4, (4,)),
    ]  # fmt: skip


def spans_of(shown: Form) -> list[tuple[int, int]]:
    """The places of everything but products and constraints, which share theirs or stand in a `where`."""
    parts: list[Any] = [*shown.others, *shown.off, *shown.comments]
    parts += [shown.email] if shown.email else []
    spans = [(part.start, part.end) for part in parts]
    if shown.logic.start is not None and shown.logic.end is not None:
        spans.append((shown.logic.start, shown.logic.end))
    return spans


SEPARATORS = {NEWLINE, KIND["_SEMICOLON"], KIND["_COMMA"], KIND["JOINED"], KIND["$END"]}


@a_few
@given(programs(), seeds)
def test_everything_that_is_written_stands_in_one_place_of_the_form(program, seed):
    text = program.text(seed)
    shown = form_of(text)
    spans = spans_of(shown)
    spans += {(part.start, part.end) for part in shown.products}
    spans += [(part.start, part.end) for part in shown.constraints if part.place == "list"]
    tokens = tokenize(text)
    for index in range(tokens.count):
        start, end, kind = tokens.starts[index], tokens.ends[index], tokens.kinds[index]
        holders = [span for span in spans if span[0] <= start and end <= span[1]]
        if kind < FIRST_READ and kind != KIND["JOINED"] and end > start:
            # A comment stands in its own place, and may stand inside a statement.
            assert (start, end) in holders
        elif kind not in SEPARATORS:
            assert len(holders) == 1, (tokens.read(index), holders)


@a_few
@given(programs(), seeds)
def test_the_form_says_what_the_query_means(program, seed):
    done = compiled(program.text(seed))
    shown = form(done)
    assert shown is not None
    query = done.resolved.query
    assert list(dict.fromkeys(p.name for p in shown.products)) == list(query.products)
    assert (shown.email and shown.email.address) == query.email
    assert [(c.number, c.label) for c in shown.constraints] == [
        (number, constraint.label) for number, constraint in enumerate(query.constraints, 1)
    ]
    for constraint, part in zip(query.constraints, shown.constraints, strict=True):
        assert_is_value(constraint.value, part.value)
    code: dict[int, list[int]] = {}
    for node in shown.logic.nodes:
        inner = [code[child] for child in node.children]
        if node.operator == "not":
            code[node.id] = [*inner[0], NOT]
        elif inner:
            code[node.id] = joined(inner, {"and": AND, "or": OR}[node.operator])
        else:
            code[node.id] = any_of(node.numbers)
        assert node.children == () or max(node.children) < node.id
    logic = query.effective_logic()
    assert (tuple(code[shown.logic.root]) if shown.logic.root is not None else None) == (logic and logic.code)
    wire = {use.number: use.wire_numbers for use in done.lowered.uses}
    assert {c.number: c.wire for c in shown.constraints if c.wire} == wire
    json.dumps(shown.to_dict())


def assert_is_value(meant: Any, value: Any) -> None:
    """That plain data of a form say what a value of the model says."""
    if isinstance(meant, Period):
        for second, text in ((meant.start, value["start"]), (meant.end, value["end"])):
            if text is None:
                assert second is None or second > datetime.max.replace(tzinfo=timezone.utc).timestamp()
            else:
                assert datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() == second
    elif isinstance(meant, Range):
        low, high = value["low"], value["high"]
        assert (None if low is None else float(low), None if high is None else float(high)) == (meant.low, meant.high)
        assert (value["low_open"], value["high_open"]) == (meant.without_low, meant.without_high)
    elif isinstance(meant, Tag):
        assert value == {"group": meant.group, "tag": meant.name}
    else:
        assert value == ({"value": meant} if isinstance(meant, str) else None)


@given(texts)
def test_any_text_has_a_form_or_errors_of_syntax(text):
    done = compiled(text)
    shown = form(done)
    assert (shown is None) == done.resolved.program.damaged
    if shown is not None:
        length = len(done.resolved.program.source.text)
        for start, end in spans_of(shown):
            assert 0 <= start <= end <= length
        json.dumps(shown.to_dict())


def test_a_thousand_constraints_have_a_form():
    text = "".join(f"kp {number % 9}\n" for number in range(1000))
    shown = form_of(text + "logic " + " OR ".join(map(str, range(1, 1001))))
    assert (len(shown.constraints), len(shown.logic.nodes)) == (1000, 1001)
