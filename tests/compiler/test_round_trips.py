"""There and back again: formatting, canonical text, and parameters into a query and back lose nothing."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st
from lark import Token, Tree

import edexql
from edexql.compiler.canonical import canonical
from edexql.compiler.decompile import decompiled
from edexql.compiler.request import Setting, compilation
from edexql.language.source import Source
from strategies import TODAY, json_tokens, json_values, program_texts, programs, seeds, spell, texts


def compiled(text: str) -> tuple[Any, ...] | None:
    """The request and its warnings; None where there is none."""
    try:
        request = edexql.compile(text, today=TODAY)
    except edexql.QueryError:
        return None
    return request.json(), request.residual, request.query, sorted((d.code, d.message) for d in request.diagnostics)


def apart_from_brackets(found: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    """The same without the warning of brackets that are left out."""
    return found and (*found[:3], [told for told in found[3] if told[0] != "W621"])


def tree(text: str) -> Any:
    """Lark's tree without places; names and the letters of instants are the same in any case."""

    def plain(part: Tree[Token] | Token) -> Any:
        if isinstance(part, Token):
            return part.type, str(part).lower() if part.type == "NAME" else str(part)
        return str(part.data), tuple(plain(child) for child in part.children)

    return plain(edexql.lark_parser().parse(text))


# Formatting


def formatted(text: str) -> str | None:
    try:
        return edexql.format(text)
    except edexql.QueryError:
        return None


@given(program_texts())
def test_a_formatted_query_is_one_and_means_the_same(text):
    once = edexql.format(text)
    assert edexql.format(once) == once
    assert tree(once) == tree(text)
    assert compiled(once) == compiled(text)
    assert "\r" not in once
    assert once == "" or (once.endswith("\n") and not once.endswith("\n\n"))


@given(texts)
@example("\u0130 5")
@example("fai 1 +7 m, 2")
@example("kp 1 ...5")
@example("date 2019 / 2020-01-01")
@example("a: date 2019..\n; b: kp ..\n5")
def test_whatever_can_be_formatted_is_formatted_once_and_for_all(text):
    once = formatted(text)
    assume(once is not None)
    assert edexql.format(once) == once
    assert tree(once) == tree(text.removeprefix("\ufeff"))


@given(programs(), seeds)
def test_every_comment_is_kept_in_its_order(program, seed):
    """A comment in every place where one can stand: all are there after formatting, none has moved past another."""
    count = itertools.count(1)
    text = program.text(seed, comments=lambda: f"# c{next(count)}")
    written = re.findall(r"# c\d+", text)
    assert len(written) >= len(program.statements)
    once = edexql.format(text)
    assert re.findall(r"# c\d+", once) == written
    assert edexql.format(once) == once
    assert compiled(once) == compiled(text)
    assert apart_from_brackets(compiled(text)) == apart_from_brackets(compiled(program.text(0)))


@given(program_texts(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_line_ends_and_a_byte_order_mark_change_nothing(text, newline):
    lines = re.sub(r"\r\n?|\n", newline, text)
    assert edexql.format("\ufeff" + lines) == edexql.format(text)
    assert edexql.format(lines.encode("utf-8-sig")) == edexql.format(text)


# Canonical text and parameters

WORDS = st.sampled_from(["has-data", "Nir", "new-value", "today", "and", "date", "x y", "HAS-DATA", "2019", "a_b"])
DAYS = st.sampled_from(["2019-05-01", "2019-05-31", "2020-02-29", "0001-01-01", "9999-12-31", "2019-02-30", "2019-5-1"])
BOUNDS = st.one_of(
    st.sampled_from([0, -0.0, 1e-7, 1e-13, 1.23456789e-05, 9, 24, 180, -180, 400.5, 1e300, True, None, 0.1 + 0.2]),
    st.integers(-400, 400),
    st.floats(-200, 200),
)
# Keys that the vocabulary knows, with values as the compiler would write them, and nearly so.
KNOWN = {
    "kp": st.tuples(BOUNDS, BOUNDS).map(list),
    "mlt": st.tuples(BOUNDS, BOUNDS).map(list),
    "longitude": st.tuples(BOUNDS, BOUNDS).map(list),
    "altitude": st.tuples(BOUNDS, BOUNDS).map(lambda pair: {"min": pair[0], "max": pair[1]}),
    "dst": st.tuples(BOUNDS, BOUNDS).map(list),
    "date": st.tuples(DAYS, DAYS).map(list),
    "fai": WORDS,
    "eclipse": WORDS,
    "experiment": st.tuples(
        st.sampled_from(["Point of Interest", "point of interest", "New"]),
        st.sampled_from(["Fort McMurray Fire", "fort mcmurray fire", "x"]),
    ).map(list),
}


@st.composite
def raws(draw: st.DrawFn) -> str:
    """A query of `raw` alone, mostly of keys that have a statement of their own."""
    lines = []
    for key in draw(st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=3, unique=True)):
        elements = draw(st.lists(st.one_of(KNOWN[key], KNOWN[key], KNOWN[key], json_values), min_size=1, max_size=3))
        lines.append(("raw", json.dumps(key), *json_tokens(elements)))
    return spell(lines, None)


compilable = st.one_of(program_texts(), raws())


@given(compilable)
@example('fai "blue"')
@example('product "my-new"; date 2019')
@example("imf-by 1e-13..5")
@example("imf-by 0.0000123456789..5")
@example("date 9999; kp >= 5; logic NOT 1 OR NOT 2")
def test_canonical_text_is_the_query(text):
    query = edexql.compile(text, today=TODAY).query if compiled(text) else None
    assume(query is not None)
    once = canonical(query)
    done = compilation(Source(once), Setting(today=TODAY))
    assert not done.failed, (once, [d.message for d in done.diagnostics if d.is_error])
    assert done.resolved.query == query
    assert canonical(done.resolved.query) == once


@given(st.text(st.sampled_from('a"\\\x9b\x07\x7f\u202e\u2028\u200b\xa0\ue000\U000e0001é'), min_size=1, max_size=8))
def test_a_text_of_a_query_that_is_written_has_nothing_that_a_terminal_acts_on(text):
    written = edexql.decompile({"experiment": [[text, text]], text: [text]}, today=TODAY)
    assert written.replace("\n", "").isprintable()
    assert edexql.compile(written, today=TODAY).parameters[text] == [text]
    assert edexql.compile(written, today=TODAY).parameters["experiment"] == [[text, text]]


def elements_of(parameters: dict[str, Any]) -> list[tuple[str, Any]]:
    reserved = ("product", "email", "result_filenames", "query-logic")
    return [
        (k, e) for k, values in parameters.items() if k not in reserved and isinstance(values, list) for e in values
    ]


def covered(key: str, element: Any, parameters: dict[str, Any]) -> bool:
    """Whether an element is sent as it is, or as a pair that it lies in."""
    there = parameters[key]
    return element in there or any(pair[0] <= element[0] <= element[1] <= pair[1] for pair in there)


@given(compilable)
@example("let s = 0")
@example("where NOT longitude 0..")
@example("where mlt 22..2 OR kp >= 4.7")
@example("mlt 22..24, 0..2; logic 1 AND 2")
@example('raw "mlt" [[0, 6]]')
@example('fai "blue"')
@example('raw "kp" [[0, 100]]')
@example('raw "kp" [[1e-13, 5]]')
@example('raw "experiment" [["point of interest", "x"]]')
@example("product fai-lv1-hdf5-images; date 2019-05-01..2019-05-01; fai has-data; logic 1 AND 2")
def test_parameters_become_a_query_that_compiles_to_them(text):
    done = compiled(text)
    assume(done is not None)
    parameters = edexql.compile(text, today=TODAY).parameters
    done = decompiled(parameters, Setting(today=TODAY))
    back = done.text
    again = edexql.compile(back, today=TODAY)
    assert again.residual is None
    if any(told.code == "W627" for told in done.diagnostics):
        # No range of the language is sent as these: more is sent, never less.
        assert all(covered(key, element, again.parameters) for key, element in elements_of(parameters))
        return
    assert again.parameters == parameters, back
    if edexql.compile(text, today=TODAY).residual is None:
        assert edexql.explain(back, today=TODAY).logic_sent == parameters["query-logic"]


@given(compilable)
def test_parameters_are_read_from_json_and_from_python(text):
    """The same dictionary as JSON, as people print it, and in a script: the same query."""
    assume(compiled(text) is not None)
    parameters = edexql.compile(text, today=TODAY).parameters
    expected = edexql.decompile(parameters, today=TODAY)
    assert edexql.decompile(json.dumps(parameters, indent=1), today=TODAY) == expected
    assert edexql.decompile(repr(parameters), today=TODAY) == expected
    assert edexql.decompile(f"import requests\n\nPARAMS = {parameters!r}\n", today=TODAY) == expected


@given(compilable)
@example('fai has-data; raw "fai" 5; logic 1')
@example('raw "k" 5; raw "k" [1]; logic 1')
def test_numbered_elements_all_reach_the_wire(text):
    """What `explain` says is sent under a key and number stands there, whatever else is given for the key."""
    assume(compiled(text) is not None)
    parameters = edexql.compile(text, today=TODAY).parameters
    reserved = ("product", "email", "result_filenames", "query-logic")
    rows = edexql.explain(text, today=TODAY).to_dict()["constraints"]
    said = {
        n: (use["key"], v)
        for r in rows
        for use in r["sent"]
        for n, v in zip(use["wire_numbers"], use["wire_values"], strict=True)
    }
    lists = [(k, e) for k, value in parameters.items() if k not in reserved and isinstance(value, list) for e in value]
    assert [said[number] for number in sorted(said)] == lists


EXTREMES = ("0001-01-01", "0001", "0001-01", "9999-12-31", "9999-12", "9999", "9999-12-31T23:59:59", "0001-01-01T00:00")
FORMS = ("{}", "{}..", "..{}", "> {}", ">= {}", "< {}", "<= {}", "= {}", "{}..+1d", "0001..{}", "{}..9999", "P1D/{}")


@given(
    st.sampled_from(EXTREMES),
    st.sampled_from(FORMS),
    st.sampled_from(
        ["", "; logic NOT 1", "; date 2019; logic 2", "; date 2019; logic 1 OR 2", "; date 2019; logic NOT 1 AND 2"]
    ),
)
@example("9999-12-31", "> {}", "; logic NOT 1")
@example("0001-01-01", "< {}", "; date 2019; logic 2")
def test_the_ends_of_the_calendar(day, form, logic):
    """Periods up to the first and last day that there is give a request or a coded error, and can be printed."""
    text = f"date {form.format(day)}{logic}"
    done = compilation(Source(text), Setting(today=TODAY))
    written = canonical(done.resolved.query)
    if not done.failed:
        assert str(edexql.explain(text, today=TODAY))
        again = compilation(Source(written), Setting(today=TODAY))
        assert again.resolved.query == done.resolved.query
