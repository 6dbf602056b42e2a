"""Whatever is read, there is a result or a coded diagnostic whose place lies in the text: never another exception."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import edexql
from edexql.cli import main
from edexql.language.diagnostics.codes import CODES
from strategies import GARBAGE, TODAY, TOKENS, json_values, program_texts, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pytest

    from edexql.language.diagnostics import Diagnostic

anything = st.one_of(texts, st.text(max_size=60), st.text("()[]{}\"'#;,:=.\\\n 12ax", max_size=60))
any_bytes = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.one_of(st.sampled_from([t.encode() for t in (*TOKENS, *GARBAGE)]), st.binary(max_size=3)), max_size=20
    ).map(b" ".join),
    program_texts(most=2).map(lambda text: text.encode("utf-16")),
    program_texts(most=2).map(lambda text: text.encode("latin-1", "replace")),
)


def assert_sound(diagnostics: Iterable[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        assert diagnostic.code in CODES
        assert diagnostic.message
        end = len(diagnostic.source.text)
        spans = [diagnostic.span, *(note.span for note in diagnostic.notes)]
        spans += [diagnostic.fix.span] if diagnostic.fix else []
        assert all(0 <= span.start <= span.end <= end for span in spans), (diagnostic, end)


def answered(function: Callable[[], Any]) -> Any:
    """The result; None for an error, which has to be one of ours, with at least one diagnostic, and printable."""
    try:
        return function()
    except edexql.QueryError as error:
        refused = error
    assert any(d.is_error for d in refused.diagnostics)
    assert_sound(refused.diagnostics)
    assert str(refused)
    return None


def try_everything(text: str | bytes) -> None:
    found = edexql.check(text, today=TODAY)
    assert_sound(found)
    request = answered(lambda: edexql.compile(text, today=TODAY))
    assert (request is None) == any(d.is_error for d in found)
    explained = answered(lambda: edexql.explain(text, today=TODAY))
    assert (explained is None) == (request is None)
    if request is not None:
        assert json.loads(request.json())["query-logic"] == explained.logic_sent
        assert_sound(request.diagnostics)
        assert str(explained)
        assert json.dumps(explained.to_dict())
    answered(lambda: edexql.format(text))


@given(anything)
@example("date > 9999-12-31, 2019; logic 2")
@example("date < 0001-01-01; logic NOT 1")
@example("date 0001..P9999Y")
@example("kp 1e999")
@example('raw "k" [1e999]')
@example('raw "k" [' + "9" * 5000 + "]")
@example("date 2019-05-01T15:00-99:99")
@example("date 0001-01-01T00:00+01:00")
@example("logic \ud800")
def test_any_text_is_answered(text):
    try_everything(text)


@given(any_bytes)
@example(b"\xff\xfe")
@example(b"fai \xff\xff has-data \xed\xa0\x80")
def test_any_bytes_are_answered(data):
    try_everything(data)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=12), max_size=3), program_texts(most=2))
@example({"day": "$day"}, "date $day")
@example({"day": "2019; logic 1"}, "date $day")
@example({"": ""}, "date 2019")
@example({"a = 5 #": "5"}, "kp $a")
def test_any_parameters_are_answered(parameters, text):
    assert_sound(edexql.check(text, today=TODAY, parameters=parameters))
    answered(lambda: edexql.compile(text, today=TODAY, parameters=parameters))


# Parameter dictionaries

literals = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=6),
        st.binary(max_size=3),
        st.sampled_from([...]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(max_size=4), st.integers(0, 3), st.none()), inner, max_size=2),
    ),
    max_leaves=5,
)
KEYS = ("product", "date", "fai", "kp", "mlt", "experiment", "email", "result_filenames", "query-logic", "k", "")
LOGIC = (
    "",
    " ( 1 ) ",
    " ( 1 AND 2 ) ",
    "1 OR 2 AND 3",
    "( 1",
    "NOT 1",
    "1 # x",
    "1; logic 1",
    "\n",
    "a",
    "0",
    "§",
    "(" * 300,
)
dictionaries = st.dictionaries(
    st.sampled_from(KEYS), st.one_of(literals, json_values, st.sampled_from(LOGIC)), max_size=4
)
dictionary_texts = st.one_of(
    dictionaries.map(repr),
    dictionaries.map(lambda value: f"x = 1\nPARAMS = {value!r}\nsend(PARAMS)\n"),
    st.lists(
        st.sampled_from(
            [
                "{",
                "}",
                "[",
                "]",
                '"product"',
                ":",
                ",",
                "'k'",
                "1",
                "NaN",
                "**x",
                "f(x)",
                "\n",
                "-",
                "not ",
                "x",
                '"query-logic"',
            ]
        ),
        max_size=16,
    ).map("".join),
    anything,
)


def assert_readable(text: str | None) -> None:
    """What a dictionary becomes is a query, whatever stands in it."""
    if text is not None:
        assert_sound(edexql.check(text, today=TODAY))
        edexql.parse(text)


@given(dictionary_texts)
@example("{**x, 'product': []}")
@example("{['a']: 1, 'product': []}")
@example("{'product': ['a'], 5: [1]}")
@example('{"k": [NaN]}')
@example('{"k": [1e999]}')
@example('{"k": ' + "1" * 5000 + "}")
@example("[" * 100_000)
@example("-" * 100_000 + "1")
@example("1" + "+1" * 100_000)
@example("x" + ".x" * 100_000)
@example("{'product': [" + "lambda: " * 5000 + "1]}")
@example("(\n'x' 'y\n")
@example("\ud800")
def test_any_text_of_a_dictionary_is_answered(text):
    assert_readable(answered(lambda: edexql.decompile(text, today=TODAY)))


@given(dictionaries)
@example({"k": [float("nan")]})
@example({"k": [b"x"]})
@example({"k": {1: 2}})
@example({"product": [], "query-logic": None})
def test_any_dictionary_is_answered(parameters):
    assert_readable(answered(lambda: edexql.decompile(parameters, today=TODAY)))


def test_a_dictionary_nested_without_end_is_answered():
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    assert answered(lambda: edexql.decompile({"k": nested}, today=TODAY)) is None


# The command line

COMMANDS = (
    ["compile"],
    ["compile", "--to", "text"],
    ["compile", "--to", "python"],
    ["compile", "--to", "curl"],
    ["check"],
    ["check", "--output", "json"],
    ["check", "--output", "sarif"],
    ["check", "--output", "plain"],
    ["check", "--output", "github"],
    ["check", "--fix"],
    ["fmt"],
    ["fmt", "--diff"],
    ["explain"],
    ["explain", "--output", "json"],
    ["decompile"],
)
WITH_TODAY = ("compile", "check", "explain", "decompile")


def run(command: list[str], *words: str) -> int:
    """Run a command line in this process; it leaves the collector off, which a process that ends does not mind."""
    today = ["--today", str(TODAY)] if command[0] in WITH_TODAY else []
    try:
        return main([*command, *today, *words])
    finally:
        gc.unfreeze()
        gc.enable()


def assert_told(code: int, command: list[str], out: str, err: str) -> None:
    assert code in (0, 1)
    assert "Traceback" not in err
    assert code == 0 or out or err
    assert not any(c < " " and c not in "\n\t" for c in err), "control characters reached the terminal"
    if command[-1] == "json" and (command[0] == "check" or code == 0):
        json.loads(out)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(COMMANDS), st.one_of(anything, dictionary_texts).filter(lambda text: "\x00" not in text))
@example(["explain"], "date > 9999-12-31; logic NOT 1")
@example(["decompile"], "{'product': [], **x}")
def test_any_text_on_the_command_line_is_answered(capsys: pytest.CaptureFixture[str], command, text):
    code = run(command, f"-e={text}")
    assert_told(code, command, *capsys.readouterr())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(COMMANDS), st.one_of(any_bytes, anything.map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_any_file_is_answered(capsys: pytest.CaptureFixture[str], tmp_path: Path, command, data):
    file = tmp_path / "query.edq"
    file.write_bytes(data)
    code = run(command, str(file))
    assert_told(code, command, *capsys.readouterr())
    if "--fix" not in command and command != ["fmt"]:
        assert file.read_bytes() == data
