"""Long and deep queries: everything works at a hundred thousand parts, without recursion and in linear work."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import edexql
from growing_texts import COMPARED, GROWING, checked
from lines_run import work
from strategies import TODAY, read_wire, wire_truth

if TYPE_CHECKING:
    from collections.abc import Iterable


@pytest.fixture(autouse=True)
def _recursion_limit_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(limit: int) -> None:
        raise AssertionError(f"the recursion limit was set to {limit}")

    monkeypatch.setattr(sys, "setrecursionlimit", refuse)


def all_of_it(text: str) -> dict[str, Any]:
    """Parse, check, format, compile, explain; the parameters."""
    assert edexql.parse(text).statements
    assert not [d for d in edexql.check(text, today=TODAY) if d.is_error]
    once = edexql.format(text)
    assert edexql.format(once) == once
    parameters = edexql.compile(text, today=TODAY).parameters
    assert edexql.compile(once, today=TODAY).parameters == parameters
    explained = edexql.explain(text, today=TODAY)
    assert explained.logic_sent == parameters["query-logic"]
    assert str(explained)
    return parameters


def test_a_hundred_thousand_nested_brackets(n):
    text = f"date 2015; fai has-data; logic {'(' * n}2 OR 1{')' * n} AND 1"
    assert all_of_it(text)["query-logic"] == " ( ( 2 OR 1 ) AND 1 ) "
    assert edexql.format(text).count("(") == n


def test_a_hundred_thousand_operands(n):
    parameters = all_of_it("date 2015, 2016; fai has-data; logic " + " AND ".join(["1", "2"] * (n // 2)) + " AND 3")
    assert parameters["date"] == [["2015-01-01", "2015-12-31"], ["2016-01-01", "2016-12-31"]]
    assert parameters["query-logic"] == " ( " + "1 AND 2 AND " * (n // 2) + "3 ) "


def test_a_hundred_thousand_operands_each_in_the_brackets_before(n):
    text = "date 2015, 2016, 2017; logic " + "1 AND (2 OR (" * (n // 2) + "3" + "))" * (n // 2)
    wire = read_wire(all_of_it(text)["query-logic"])
    assert len([part for part in wire if isinstance(part, int)]) == n + 1
    for true, value in ({1, 2}, True), ({2, 3}, False), ({1}, False), ({1, 3}, True), (set(), False):
        assert wire_truth(wire, true.__contains__) == value


def test_a_hundred_thousand_date_periods(n):
    days = [f"20{14 + i % 10}-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(n)]
    parameters = all_of_it("fai has-data; date " + ", ".join(days))
    assert parameters["date"] == [[day, day] for day in days]
    ends = f" OR {n - 1} OR {n} ) ) "
    assert parameters["query-logic"].startswith(f" ( {n + 1} AND ( 1 OR 2 OR 3 ")
    assert parameters["query-logic"].endswith(ends)


@pytest.mark.parametrize("odd", [False, True])
def test_a_hundred_thousand_nested_nots(n, odd):
    count = n + odd
    parameters = all_of_it("date 2015; logic " + "NOT " * (count // 2) + "!" * (count - count // 2) + "1")
    opposite = [["2013-09-29", "2014-12-31"], ["2016-01-01", str(TODAY)]]
    assert parameters["date"] == (opposite if odd else [["2015-01-01", "2015-12-31"]])
    assert parameters["query-logic"] == (" ( 1 OR 2 ) " if odd else " ( 1 ) ")


def test_not_before_a_hundred_thousand_brackets_and_operators(n):
    text = "date 2015, 2016; logic " + "NOT (1 AND " * n + "2" + ")" * n
    wire = read_wire(all_of_it(text)["query-logic"])
    # NOT (1 AND NOT (1 AND x)) is NOT 1 OR x, so with an even number of them all of it is NOT 1 OR 2.
    sent = edexql.explain(text, today=TODAY).to_dict()["constraints"]
    groups = {(row["number"], use["negated"]): use["wire_numbers"] for row in sent for use in row["sent"]}
    for one, two in ((False, False), (False, True), (True, False), (True, True)):
        values = {1: one, 2: two}
        true = {n for (number, negated), numbers in groups.items() if values[number] != negated for n in numbers}
        assert wire_truth(wire, true.__contains__) == (not one or two)


def test_a_hundred_thousand_labels(n):
    lines = [f"l{i}: date 20{14 + i % 10}" for i in range(n)]
    parameters = all_of_it("\n".join([*lines, f"logic l0 AND NOT l{n - 1}", ""]))
    assert parameters["date"] == [
        ["2014-01-01", "2014-12-31"],
        ["2013-09-29", "2022-12-31"],
        ["2024-01-01", str(TODAY)],
    ]
    assert parameters["query-logic"] == " ( 1 AND ( 2 OR 3 ) ) "


@pytest.mark.slow
def test_a_hundred_thousand_statements_of_other_kinds(n):
    half = n // 2
    lines = [f"let p{i} = {i % 9}; kp $p{i}..9" for i in range(half)]
    parameters = all_of_it("\r\n".join(lines))
    assert parameters["kp"] == [[i % 9, 9] for i in range(half)]


@pytest.mark.slow
def test_a_hundred_thousand_constraints_in_place(n):
    text = "where " + " OR ".join(["date 2015 AND kp >= 5"] * (n // 2))
    parameters = all_of_it(text)
    assert (len(parameters["date"]), len(parameters["kp"])) == (n // 2, n // 2)
    assert parameters["query-logic"].endswith(f" OR ( {n // 2} AND {n} ) ) ")


def test_a_dictionary_of_a_hundred_thousand_constraints_becomes_a_query(n):
    parameters = {
        "date": [["2015-01-01", "2015-12-31"]] * n,
        "result_filenames": [],
        "query-logic": " " + "( 1 AND ( 2 OR " * (n // 2) + "3 " + ") ) " * (n // 2),
    }
    for form in (parameters, json.dumps(parameters), repr(parameters)):
        text = edexql.decompile(form, today=TODAY)
    again = edexql.compile(text, today=TODAY).parameters
    # Only what the logic names is sent.
    assert again["date"] == parameters["date"][:3]
    assert again["query-logic"] == parameters["query-logic"]


def test_json_nested_without_end_is_refused(n):
    found = edexql.check('raw "k" ' + "[" * n + "]" * n)
    assert [d.code for d in found if d.is_error] == ["E412"]
    found = edexql.check('raw "k" ' + '{"a":' * n + "1" + "}" * n)
    assert [d.code for d in found if d.is_error] == ["E412"]


# One line of ten megabytes

SIZE = 10_000_000
# Of the other kinds a tenth: they have as many tokens as characters, and CI has other things to do.
OF_TEN = ("letters", "operands", "an open string", "blanks", "a comment", "nothing")
LINES = {
    "letters": ("a", {"E301"}),
    "digits": ("7", {"E201"}),
    "operands": ("logic 1|1 AND ", {"E208"}),
    "nots": ("logic |NOT ", {"E208"}),
    "opening brackets": ("(", {"E201"}),
    "opening brackets of logic": ("logic |(", {"E202"}),
    "closing brackets": (")", {"E203"}),
    "closing brackets of logic": ("logic 1 | )", {"E203"}),
    "lists": ('raw "k" |[', {"E202"}),
    "quotes": ('"', {"E201"}),
    "an open string": ('fai "|a', {"E204"}),
    "blanks": (" ", {"E210"}),
    "line breaks": ("\n", {"E210"}),
    "semicolons": (";", {"E210"}),
    "a comment": ("#", {"E210"}),
    "stray characters": ("§", {"E205"}),
    "stray words": ("§ ", {"E205"}),
    "nothing": ("\0", {"E205"}),
    "faces": ("\N{GRINNING FACE}", {"E205"}),
    "items": ("date 2019|, 2019", set()),
    "commas": ("date 2019|,", {"E208"}),
    "dots": ("kp 1|..", {"E201"}),
    "numbers": ("logic |1 ", {"E207"}),
    "names": ("fai |a ", {"E201"}),
    "unclosed": ("logic |(1 2 ", {"E207"}),
    "bytes": ("|\udcff ", {"E209"}),
}
CHILD = """
import json, sys
sys.setrecursionlimit = None
import edexql
start, _, part = json.loads(sys.argv[1]).rpartition("|")
text = start + part * (int(sys.argv[2]) // len(part))
if any("\\udc80" <= c <= "\\udcff" for c in part):
    text = text.encode("utf-8", "surrogateescape")
answer = "a request"
try:
    found = edexql.compile(text).diagnostics
except edexql.QueryError as error:
    found = error.diagnostics
    answer = str(error)[:100_000]
within = all(0 <= d.span.start <= d.span.end <= len(d.source.text) for d in found)
print(json.dumps([sorted({d.code for d in found if d.is_error}), within, bool(answer)]))
"""


def in_a_process(part: str, size: int) -> set[str]:
    """The codes of the errors in a long text; two minutes mean that it hangs."""
    command = [sys.executable, "-c", CHILD, json.dumps(part), str(size)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    codes, within, answered = json.loads(done.stdout)
    assert within
    assert answered
    return set(codes)


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.replace(" ", "-")) for kind in LINES])
@pytest.mark.parametrize("size", [30_000, pytest.param(SIZE, marks=pytest.mark.thorough)])
def test_a_line_of_megabytes(kind, size):
    part, expected = LINES[kind]
    codes = in_a_process(part, min(size, SIZE if kind in OF_TEN else 1_000_000))
    assert codes >= expected
    assert bool(codes) == bool(expected)


# Work: how many lines of Python run, for a text and for one twice as long


# Each fix is tried by reading the text again, or the texts are long: these take seconds.
TRIED = {"operands", "joined lines", "times of day", "parameters"}


def kinds_of(names: Iterable[str]) -> list[Any]:
    return [
        pytest.param(
            name,
            id=name.replace(" ", "-"),
            marks=[pytest.mark.thorough] if name in COMPARED else [pytest.mark.slow] if name in TRIED else [],
        )
        for name in names
    ]


@pytest.mark.parametrize("kind", kinds_of(GROWING))
def test_work_grows_with_the_text_and_no_faster(kind):
    once, twice = (work(checked(edexql.check, GROWING[kind](n))) for n in (300, 600))
    assert twice < 2.4 * once, f"{once} lines ran for a text and {twice} for one twice as long"


@pytest.mark.parametrize(
    "kind", kinds_of(["brackets", "operands", "alternating", "labels", "comments", "joined lines"])
)
def test_work_of_formatting_and_explaining_grows_with_the_text_and_no_faster(kind):
    for function in (lambda text, today: edexql.format(text), edexql.explain):
        once, twice = (work(checked(function, GROWING[kind](n))) for n in (300, 600))
        assert twice < 2.4 * once


# Queries that are short to write and long to send

LIMITED = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 * 1024**3, 2 * 1024**3))
import edexql
n = int(sys.argv[2])
text = {
    "label": "a: date " + ", ".join(["2015"] * n) + "; logic " + " AND ".join(["a"] * n),
    "times": "date " + ", ".join(f"20{14 + i % 9}-01-{1 + i % 28:02}T{i % 24:02}:00..+{1 + i % 5}h" for i in range(n))
    + "; logic " + "".join(f"{i} {('AND', 'OR')[i % 2]} (" for i in range(1, n)) + str(n) + ")" * (n - 1),
}[sys.argv[1]]
print(json.dumps(sorted({d.code for d in edexql.check(text) if d.is_error})))
"""


@pytest.mark.parametrize(
    ("kind", "n", "expected"),
    [
        ("label", 20_000, ["E506"]),
        pytest.param("times", 20_000, [], marks=pytest.mark.thorough),
    ],
)
def test_what_is_entangled_or_too_large_is_answered_in_two_gigabytes(kind, n, expected):
    command = [sys.executable, "-c", LIMITED, kind, str(n)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == expected
