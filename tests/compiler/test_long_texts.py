"""Long texts, whose runs are read at once, mean what they mean read token by token: the tree, the query, what is sent,
diagnostics and layout."""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from edexql.compiler.long_lists import Origins
from edexql.compiler.request import Setting, compilation
from edexql.language import lexer, parser, scanner
from edexql.language.repetition import Items, PlainConstraint
from edexql.language.source import Source
from edexql.language.syntax import Constraint, Expression, Item, Logic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edexql.compiler.expressions import Origin
    from edexql.compiler.request import Compilation

TODAY = date(2024, 6, 15)
_EACH_PATTERN = (scanner._STRAY_DIGITS, scanner._STRAY_DATE, *scanner.PATTERNS, *scanner._STRAYS)


@contextmanager
def reading(*, at_once: bool) -> Iterator[None]:
    """All texts read as long ones are, or all token by token with the patterns of the grammar alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexer, "MOST_PLAIN", 0)
        patch.setattr(parser, "LONG", 0 if at_once else 10**9)
        if not at_once:
            patterns = "|".join(f"({pattern})" for pattern in _EACH_PATTERN)
            patch.setattr(scanner, "_SCANNER", re.compile(rf"(?:{scanner.BLANK})?(?:{patterns}|\Z)"))
            kinds = scanner._GROUP_KINDS
            patch.setattr(scanner, "_GROUP_KINDS", (0, *kinds[len(scanner._ALL) - len(_EACH_PATTERN) + 1 :]))
        yield


def compiled(text: str, *, at_once: bool) -> Compilation:
    with reading(at_once=at_once):
        return compilation(Source(text), Setting(today=TODAY, parameters={"day": "2019-05-01", "n": "5"}))


def said(done: Compilation) -> list[Any]:
    return [(d.code, d.message, d.span, d.help, d.fix, d.notes, d.counted) for d in done.diagnostics]


def tree(done: Compilation) -> list[Any]:
    statements = done.resolved.program.statements
    return [(one.keyword, one.expression.code, one.span) if isinstance(one, Logic) else one for one in statements]


def assert_same(text: str) -> Compilation:
    here, there = compiled(text, at_once=True), compiled(text, at_once=False)
    one, other = here.resolved, there.resolved
    assert one.program.tokens.kinds == other.program.tokens.kinds
    assert list(one.program.tokens.starts) == list(other.program.tokens.starts)
    assert list(one.program.tokens.ends) == list(other.program.tokens.ends)
    assert tree(here) == tree(there)
    assert one.program.lost == other.program.lost
    assert one.query == other.query
    assert hash(one.query) == hash(other.query)
    assert tuple(one.numbers) == other.numbers
    assert tuple(one.origins) == other.origins
    assert one.logic == other.logic
    assert said(here) == said(there)
    assert here.lowered == there.lowered
    if not one.program.damaged:
        with reading(at_once=True):
            formatted = edexql.format(text)
        with reading(at_once=False):
            assert formatted == edexql.format(text)
    return here


plain_days = st.dates(date(2012, 1, 1), date(2025, 1, 1)).map(str)
clocks = st.builds(
    "T{:02}:{:02}:{:02}{}".format, *(st.integers(0, n) for n in (23, 59, 59)), st.sampled_from(["", "Z"])
)
seconds = st.builds("{}{}".format, plain_days, clocks)
plain_periods = st.one_of(
    st.builds("{}..{}".format, plain_days, st.just("2025-06-01")),
    st.builds("{}..{}".format, seconds, st.just("2026-01-01T10:20:30Z")),
    st.builds("{}..{}".format, plain_days, plain_days),
    plain_days,
    seconds,
)
ODD_PERIODS = """
2019-02-30 | 2019-13-01..2019-14-01 | 2019-05-02..2019-05-01 | 2016-12-31T23:59:60Z | 2019-05-01T24:00:00..2019-05-02
2019-05-01T3:00 | 2019-05-01T03:00Z | 2019-05-01t03:00:00z | 2019-05-01T03:00:00+01:00 | 2019-05-01T03:00:00.5Z
2019-05 | 2019 | 2019-121 | 2019121T10:00:00 | 01/05/2019 | 2019-05-01.. | ..2019-05-01 | 2019-05-01..T15:00
2019-05-01..+7d
$day..2019-06 | $day | $none | 2019-05-01/2019-05-02 | >=2019-05-01 | <2014 | today | kp | "2019-05-01" | 15:00
2019-5-1 | 2019-05-01...2019-05-02 | 2019\u201005\u201001 | \u0662\u0660\u0661\u0669-05-01 | 0000-01-01..2019-01-01
[] | 5 | -3 | 2019-05-01T03:60 | 2019-05-01T24:00Z | 2019-05-01T03 | 2019-05-01T03:00z
2019-05-01T03:0 | 2019-05-01T03:00:00Z..2019-05-01T03:00:00Z | 9999-12-31..9999-12-31 | 2019-05-01T030000..2019-05-02
02019-05-01..02019-05-02 | 2019-05-01..2019-05-02..2019-05-03 | 2019-05-01 3:00 PM | 1 May 2019 | 2019-05-01 2019-05-02
2019-05-01 # why | @ | ( 2019 ) | 2019 AND | 2019-05-01 and 2019-05-02"""
odd_periods = st.sampled_from(
    ["", "2019-05-01 # why\n", *(one.strip() for one in ODD_PERIODS.strip().replace("\n", "|").split("|"))]
)
numbers = st.one_of(
    st.integers(-20, 20).map(str),
    st.builds("{}..{}".format, st.integers(0, 4), st.integers(5, 9)),
    st.sampled_from(
        ["4.67..9", "1.5", "9..1", "5+", "5 km", ">= 3", "< 2", "1e400", "= 4", "$n", "..3", "3..", ".5", "1,500"]
    ),
)
separators = st.sampled_from([", ", ",", ",\n  ", " , ", ",\r\n", ", # note\n", ",\n\n", ", # edq: allow W604\n"])


@st.composite
def lists(draw: st.DrawFn, plain: st.SearchStrategy[str], odd: st.SearchStrategy[str]) -> str:
    """Many plain items, with a few others among them, and the same separator nearly everywhere."""
    items = draw(st.lists(plain, min_size=3, max_size=4)) * draw(st.integers(6, 8))
    for _ in range(draw(st.integers(0, 3))):
        items[draw(st.integers(0, len(items) - 1))] = draw(odd)
    between = [draw(separators)] * len(items)
    if draw(st.booleans()):
        between[draw(st.integers(0, len(items) - 1))] = draw(
            st.one_of(separators, st.sampled_from([" ", "; ", ",,", "\n"]))
        )
    between[-1] = draw(st.sampled_from(["", "", ",", " "]))
    return "".join(part for pair in zip(items, between, strict=True) for part in pair)


@st.composite
def expressions(draw: st.DrawFn, plain: st.SearchStrategy[str], odd: st.SearchStrategy[str]) -> str:
    operands = draw(st.lists(plain, min_size=2, max_size=5)) * draw(st.integers(8, 12))
    for _ in range(draw(st.integers(0, 3))):
        operands[draw(st.integers(0, len(operands) - 1))] = draw(odd)
    some = draw(
        st.lists(
            st.sampled_from([" AND ", " OR ", " & ", " | ", " or\n  ", " AND # why\n", "\nAND "]),
            min_size=1,
            max_size=4,
        )
    )
    signs = [some[place % len(some)] for place in range(len(operands))]
    if draw(st.booleans()):
        signs[draw(st.integers(0, len(signs) - 1))] = draw(
            st.sampled_from([" OR NOT ", " OR (", ") AND ", " ", "; ", " AND AND ", "\n"])
        )
    signs[-1] = ""
    return "".join(part for pair in zip(operands, signs, strict=True) for part in pair)


references = st.sampled_from(["1", "2", "3", "storm"])
odd_references = st.sampled_from(
    ["4", "0", "99", "1.5", "-1", "nobody", "(1 OR 2)", "NOT 1", "!2", "", "kp 5..9", "((3))", "$n", "1 2"]
)
in_place = st.sampled_from(
    [
        "kp 5..9",
        "kp >= 4.67",
        "fai has-data",
        "altitude 300.25..900",
        "latitude 40..60",
        "kp 5",
        "date 2019",
        "1",
        "mlt 22..2",
    ]
)
ODD_IN_PLACE = """
kp 9..1 | kp 5..9, 3 | fai none | nofield 3..4 | kp 5 km | altitude 1,500 | NOT kp 5..9 | (kp 1..2 OR kp 3..4)
altitude < 1,500 | 5..9 | kp | date 2019-05-01..2019-05-02 | experiment "a" > "b" | raw "x" [1,2] | latitude -100..5
kp "5" | kp >= x | product fai | storm: kp 5 | kp $n | kp 5..$n | kp 5- | altitude 5..6 km | fai "x" | altitude today
kp 2019-05-01"""
odd_in_place = st.sampled_from([one.strip() for one in ODD_IN_PLACE.strip().replace("\n", "|").split("|")])


def with_more(statement: str, expression: str) -> str:
    return f"product fai-lv1-hdf5-images\n{statement}\nfai has-data\n{expression}"


@given(
    lists(plain_periods, odd_periods),
    st.sampled_from(["date", "storm: date", "DATE", "since", "product", "kp", 'raw "a"', "let a ="]),
)
@pytest.mark.slow
def test_a_list_of_periods(listed: str, head: str) -> None:
    assert_same(with_more(f"{head} {listed}", ""))
    assert_same(f"where date {listed} OR kp 5")


@given(
    lists(numbers, st.one_of(numbers, odd_periods)),
    st.sampled_from(["kp", "altitude", "storm: latitude", "mlt", "fai", "date", "nothing"]),
)
def test_a_list_of_numbers(listed: str, head: str) -> None:
    assert_same(with_more(f"{head} {listed}", ""))


@given(expressions(references, odd_references), st.sampled_from(["logic", "where"]))
def test_operands_by_number(expression: str, keyword: str) -> None:
    assert_same(f"date 2019\nstorm: kp 5..9\nfai has-data\n{keyword} {expression}")


@pytest.mark.slow
@given(expressions(in_place, odd_in_place), st.sampled_from(["where", "where", "where", "logic"]))
def test_operands_in_place(expression: str, keyword: str) -> None:
    assert_same(with_more("storm: kp 5..6", f"{keyword} {expression}"))


@pytest.mark.slow
@given(lists(plain_periods, odd_periods), expressions(references, odd_references))
def test_a_list_and_operands(listed: str, expression: str) -> None:
    assert_same(with_more(f"storm: date {listed}", f"logic {expression}"))


def test_json_is_not_a_list_of_values() -> None:
    done = assert_same('raw "numbers" [' + ", ".join(map(str, range(60))) + "]")
    assert len(done.resolved.query.constraints) == 60


def test_runs_are_taken_as_they_are() -> None:
    """What the properties compare is really read in two ways."""
    listed = ", ".join(f"2019-05-{day:02}..2019-05-{day:02}" for day in range(1, 29))
    operands = " OR ".join(f"kp {n % 4}..{n % 4 + 5} AND fai has-data" for n in range(40))
    done = assert_same(f"date {listed}\nwhere {operands}")
    dates, logic = done.resolved.program.statements
    assert isinstance(dates, Constraint)
    assert isinstance(logic, Logic)
    assert isinstance(dates.items, Items)
    assert len([first for first in dates.items.firsts if first >= 0]) > 20
    assert len([part for part in logic.expression.code if isinstance(part, PlainConstraint)]) > 70
    assert isinstance(done.resolved.origins, Origins)


def test_items_and_constraints_of_a_run_are_values() -> None:
    text = "date " + ", ".join(f"2019-05-{day:02}" for day in range(1, 29))
    text += "\nwhere " + " OR ".join(f"kp {n}..{n + 1}" for n in range(40))
    here, there = (compiled(text, at_once=at_once) for at_once in (True, False))
    items, others = (done.resolved.program.statements[0].items for done in (here, there))  # type: ignore[union-attr]
    check_sequence(items, others)
    check_sequence(here.resolved.origins, there.resolved.origins)
    assert hash(items) == hash(others)
    assert repr(items) == repr(others)
    one, other = (list(expression(done).constraints())[9] for done in (here, there))
    assert isinstance(one, PlainConstraint)
    assert isinstance(other, Constraint)
    assert one == other
    assert other == one
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)
    assert one != list(expression(there).constraints())[10]


def expression(done: Compilation) -> Expression:
    logic = done.resolved.program.statements[-1]
    assert isinstance(logic, Logic)
    return logic.expression


def check_sequence(one: Sequence[Item] | Sequence[Origin], other: Sequence[Item] | Sequence[Origin]) -> None:
    assert len(one) == len(other)
    assert list(one) == list(other)
    assert one[-1] == other[-1]
    assert one[3:9:2] == other[3:9:2]
    with pytest.raises(IndexError):
        one[len(one)]


PERIODS = ", ".join(
    f"2019-{n % 12 + 1:02}-{n % 28 + 1:02}T{n % 24:02}:00..T{n % 24:02}:{n % 59 + 1:02}" for n in range(9000)
)


@pytest.fixture
def searches() -> Iterator[list[int]]:
    """The generations in which Python searched for garbage."""
    found: list[int] = []

    def noted(phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            found.append(about["generation"])

    gc.collect()
    gc.callbacks.append(noted)
    yield found
    gc.callbacks.remove(noted)
    gc.enable()


@pytest.mark.parametrize("function", [edexql.compile, edexql.query])
def test_garbage_is_searched_for_when_a_long_text_is_compiled_and_not_again_and_again(function, searches):
    function(f"date {PERIODS}")
    assert len(searches) < 10
    assert gc.isenabled()


@pytest.mark.parametrize("text", [f"date {PERIODS}", f"date {PERIODS}; kp >="], ids=["fine", "wrong"])
@pytest.mark.parametrize("enabled", [True, False])
def test_the_search_for_garbage_is_afterwards_as_it_was(text, enabled, searches):
    if not enabled:
        gc.disable()
    edexql.check(text)
    with suppress(edexql.QueryError):
        edexql.compile(text, limit=edexql.Limit(seconds=0))
    assert gc.isenabled() is enabled
