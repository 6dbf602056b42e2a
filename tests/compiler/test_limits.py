"""Limits for texts of others: what is too long or takes too long ends with a diagnostic, and costs others nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import edexql
from edexql.language.source import WATCHES
from lines_run import calls

TEXT = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3"
QUERY = edexql.query(TEXT)
LONG = "fai has-data; logic " + "(" * 1_000_000
# Half a second's work for the analysis.
HARD = "\n".join(
    [f"kp {i % 9}..{i % 9 + 1}; dst {-i}..{i}" for i in range(1, 60)]
    + ["logic " + " AND ".join(f"({i} OR NOT {i + 1})" for i in range(1, 118))]
)
FUNCTIONS = {
    "compile": edexql.compile,
    "query": edexql.query,
    "parse": edexql.parse,
    "format": edexql.format,
    "explain": edexql.explain,
    "simplify": edexql.simplify,
    "compare": lambda text, limit: edexql.compare(text, "kp >= 5", limit=limit),
}
AT_ONCE = edexql.Limit(seconds=0)


def code_of(function, text: str, limit: edexql.Limit) -> str:
    with pytest.raises(edexql.QueryError) as raised:
        function(text, limit=limit)
    (diagnostic,) = raised.value.diagnostics
    return diagnostic.code


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_a_limit(name):
    function = FUNCTIONS[name]
    assert code_of(function, TEXT, edexql.Limit(characters=len(TEXT) - 1)) == "E211"
    assert code_of(function, TEXT, AT_ONCE) == "E212"
    assert code_of(function, TEXT, edexql.Limit(cancelled=lambda: True)) == "E212"
    enough = edexql.Limit(characters=len(TEXT), seconds=600, cancelled=lambda: False)
    assert function(TEXT, limit=enough) == function(TEXT, limit=None)


def test_a_check_gives_the_diagnostic_and_a_completion_nothing():
    (found,) = edexql.check(TEXT, limit=edexql.Limit(characters=20))
    assert (found.code, found.severity) == ("E211", "error")
    assert found.message == "the text has 53 characters; the limit is 20"
    (found,) = edexql.check(TEXT, limit=AT_ONCE)
    assert (found.code, found.message) == ("E212", "the work took longer than the limit of 0 s")
    (found,) = edexql.check(TEXT, limit=edexql.Limit(cancelled=lambda: True))
    assert (found.code, found.message) == ("E212", "the work was cancelled")
    assert edexql.complete("da", 2, limit=edexql.Limit(characters=1)) == ()
    assert edexql.complete("da", 2, limit=edexql.Limit(characters=2)) == edexql.complete("da", 2)


def test_bytes_and_queries_are_limited_by_their_characters():
    limit = edexql.Limit(characters=3)
    assert edexql.check("é" * 3, limit=limit)[0].code != "E211"
    assert edexql.check("é".encode() * 4, limit=limit)[0].code == "E211"
    assert code_of(edexql.compile, QUERY, limit) == "E211"


@pytest.mark.parametrize("text", [LONG, HARD], ids=["a long text", "a long analysis"])
def test_a_call_ends_while_it_is_running(text):
    looks = 0

    def soon() -> bool:
        nonlocal looks
        looks += 1
        return looks > 20

    assert edexql.check(text, limit=edexql.Limit(cancelled=soon))[0].code == "E212"
    assert looks == 21
    assert not WATCHES


def test_another_thread_cancels_a_call():
    stop, begun = threading.Event(), threading.Event()

    def cancelled() -> bool:
        begun.set()
        return stop.is_set()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(edexql.check, LONG, limit=edexql.Limit(cancelled=cancelled))
        assert begun.wait(30)
        # Others are not touched by it.
        assert edexql.check("kp >= 5", limit=edexql.Limit(seconds=600)) == edexql.check("kp >= 5")
        stop.set()
        (found,) = running.result(30)
    assert found.code == "E212"


def test_a_deadline_ends_a_call():
    assert edexql.check(LONG, limit=edexql.Limit(seconds=0.05))[0].code == "E212"


def test_a_call_within_a_limited_one_is_held_to_both():
    @edexql.lint.check("X900", "a check that checks")
    def inner(context):
        yield context.finding(code_of(edexql.parse, "kp >= 5", AT_ONCE))

    @edexql.lint.check("X901", "a check without an end")
    def endless(context):
        for _ in range(100_000):
            edexql.parse("kp >= 5; kp < 3; logic 1 OR 2")

    try:
        assert edexql.check(TEXT, limit=edexql.Limit(seconds=0.5))[0].code == "E212"
    finally:
        edexql.lint.unregister("X901")
        found = [d.message for d in edexql.check(TEXT, limit=edexql.Limit(seconds=600)) if d.code == "X900"]
        edexql.lint.unregister("X900")
    assert found == ["E212"]


# Calls of functions for each character of a text that others may send, in hundreds of thousands of characters as in ten
# thousands.
WORK = {
    "statements": ("\n".join(f"kp >= {i % 9}" for i in range(4800)), 30),
    "unused parameters": ("\n".join(f"let name{i} = {i % 9}" for i in range(4800)), 290),
    "statements of SQL": ("SELECT * FROM x WHERE kp > 3\n" * 4800, 31),
    "wrong dates": ("date 32/13/2019\n" * 4800, 8.5),
    "open brackets": ("fai has-data; logic " + "(" * 100_000, 31),
    "closing brackets": ("fai has-data; logic 1" + ")" * 100_000, 1.8),
    "brackets of a raw value": ('raw "x" ' + "[" * 100_000, 27),
    "control characters": ("\0" * 100_000, 0.1),
}


LONGEST = {"unused parameters": pytest.mark.thorough, "statements of SQL": pytest.mark.slow}


@pytest.mark.parametrize("name", [pytest.param(name, marks=LONGEST.get(name, ())) for name in WORK])
def test_a_long_text_takes_a_known_amount_of_work(name):
    text, most = WORK[name]
    # Whatever is made once is there by then.
    edexql.check("kp >= 5; kp 3 5; date 32/13/2019; SELECT x; let a = 1")
    edexql.check(text)
    assert calls(lambda: edexql.check(text)) < most * len(text)
