"""Logic means on the wire what it means as written, by a truth table that edexql has no part in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import edexql
from edexql.compiler.lower import pushed_down
from edexql.model.logic import AND, FALSE, NOT, OR, TRUE, Logic, simplified, wire_text
from strategies import (
    TODAY,
    Expression,
    assignments,
    expression_tokens,
    expressions,
    is_node,
    operands_of,
    read_wire,
    replaced,
    seeds,
    spell,
    truth,
    wire_truth,
)

NUMBERS = st.integers(1, 6)
YEARS = ("date", "2014", ",", "2015", ",", "2016", ",", "2017", ",", "2018", ",", "2019")
_CODES = {"not": NOT, "and": AND, "or": OR}


def postfix(expression: Expression) -> list[int]:
    if not is_node(expression):
        return [{"true": TRUE, "false": FALSE}.get(expression, expression)]
    return [part for side in expression[1:] for part in postfix(side)] + [_CODES[expression[0]]]


def text_of(lines: list[tuple[str, ...]], expression: Expression, seed: int) -> str:
    import random

    rng = random.Random(seed) if seed else None
    return spell([*lines, ("logic", *expression_tokens(expression, rng))], rng)


@given(expressions(NUMBERS), seeds)
def test_logic_is_read_with_the_grouping_it_was_written_with(expression, seed):
    query = edexql.compile(text_of([YEARS], expression, seed), today=TODAY).query
    assert query is not None
    assert query.logic is not None
    assert list(query.logic.code) == postfix(expression)
    for values in assignments(operands_of(expression)):
        assert query.logic.holds(values.__getitem__) == truth(expression, values.__getitem__)


@given(expressions(NUMBERS, most=30))
def test_printed_logic_is_read_as_the_same_logic(expression):
    logic = Logic(tuple(postfix(expression)))
    query = edexql.compile(f"{' '.join(YEARS)}; logic {logic}", today=TODAY).query
    assert query is not None
    assert query.logic == logic


@given(expressions(NUMBERS | st.sampled_from(["true", "false"])))
def test_known_values_vanish_from_logic_and_its_value_stays(expression):
    code = simplified(postfix(expression))
    assert code in ([TRUE], [FALSE]) or not {TRUE, FALSE}.intersection(code)
    for values in assignments(range(1, 7)):
        value = {**values, "true": True, "false": False, TRUE: True, FALSE: False}.__getitem__
        assert Logic(tuple(code)).holds(value) == truth(expression, value)


@given(expressions(NUMBERS))
def test_not_goes_down_to_the_constraints_and_the_value_stays(expression):
    literals = pushed_down(postfix(expression))
    assert NOT not in literals
    for values in assignments(operands_of(expression)):
        value = Logic(tuple(literals)).holds(lambda literal, values=values: values[literal // 2] != literal % 2)
        assert value == truth(expression, values.__getitem__)


@given(expressions(NUMBERS), st.permutations(range(1, 7)))
def test_renumbered_logic_asks_the_same_of_the_other_numbers(expression, others):
    numbers = dict(zip(range(1, 7), others, strict=True))
    logic = Logic(tuple(postfix(expression))).renumbered(numbers)
    names = list(dict.fromkeys(operands_of(expression)))
    assert logic.numbers() == tuple(numbers[name] for name in names)
    for values in assignments(names):
        moved = {numbers[name]: value for name, value in values.items()}
        assert logic.holds(moved.__getitem__) == truth(expression, values.__getitem__)


@given(expressions(NUMBERS, most=30))
def test_wire_text_needs_no_precedence(expression):
    code = postfix(expression)
    if NOT in code:
        with pytest.raises(ValueError, match="NOT"):
            wire_text(code)
        return
    wire = read_wire(wire_text(code))
    for values in assignments(operands_of(expression)):
        assert wire_truth(wire, values.__getitem__) == truth(expression, values.__getitem__)


@pytest.mark.parametrize(
    "text",
    ["", " 1 ", " ( 1 AND 2 OR 3 ) ", " ( NOT 1 ) ", " ( 1 ", " ( 1 ) ) ", " ( 1 AND ) ", " ( ) ", "( 1 )", " ( 0 ) "],
)
def test_the_reader_of_these_tests_refuses_what_is_not_fully_bracketed(text):
    with pytest.raises(ValueError):
        read_wire(text)


# Whole queries. Each statement: its tokens, its label, and for each of its elements whether eDEx knows an opposite.

STATEMENTS = (
    (("fai", "has-data"), None, (False,)),
    (("kp", ">=", "5"), "storm", (True,)),
    (("date", "2015-01-01", "..", "2015-03-31", ",", "2018"), "span", (True, True)),
    (("mlt", "22", "..", "2"), None, (True,)),
    (("raw", '"k"', "[", "0", ",", "1", "]"), "more", (False, False)),
    (("date", "2016-02"), "notes", (True,)),
)
RESERVED = ("product", "email", "result_filenames", "query-logic")


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, Expression, dict[int, bool]]:
    """A text, its logic over numbers, and for each number whether it has an opposite that can be sent."""
    chosen = draw(st.permutations(STATEMENTS))[: draw(st.integers(1, len(STATEMENTS)))]
    lines: list[tuple[str, ...]] = []
    names: dict[Any, list[int]] = {}
    opposites: dict[int, bool] = {}
    for tokens, label, sendable in chosen:
        numbers = list(range(len(opposites) + 1, len(opposites) + 1 + len(sendable)))
        opposites.update(zip(numbers, sendable, strict=True))
        names.update((number, [number]) for number in numbers)
        if label:
            names[label] = numbers
        lines.append((label, ":", *tokens) if label else tokens)
    everything = draw(st.integers(0, 9)) == 0
    sendable_names = [n for n, numbers in names.items() if everything or all(opposites[i] for i in numbers)]

    def name(seed: int, *, positive: bool) -> Any:
        pool = list(names) if positive or not sendable_names else sendable_names
        return pool[seed % len(pool)]

    written = replaced(draw(expressions(st.integers(0, 99), most=10)), name)
    text = text_of(lines, written, draw(seeds))

    def expanded(operand: Any, *, positive: bool) -> Expression:
        first, *rest = names[operand]
        expression: Expression = first
        for number in rest:
            expression = ("or", expression, number)
        return expression

    return text, replaced(written, expanded), opposites


def polarities(expression: Expression) -> set[tuple[int, bool]]:
    """Each number with whether it stands under an odd number of NOTs."""
    found: set[tuple[int, bool]] = set()
    replaced(expression, lambda number, positive: found.add((number, not positive)))
    return found


def assert_the_wire_says_what_was_written(query: tuple[str, Expression, dict[int, bool]]) -> None:
    text, expression, opposites = query
    uses = polarities(expression)
    if any(negated and not opposites[number] for number, negated in uses):
        with pytest.raises(edexql.QueryError) as caught:
            edexql.compile(text, today=TODAY)
        assert {d.code for d in caught.value.diagnostics if d.is_error} == {"E503"}
        return
    parameters = edexql.compile(text, today=TODAY).parameters
    rows = edexql.explain(text, today=TODAY).to_dict()["constraints"]
    elements = [(k, element) for k, values in parameters.items() if k not in RESERVED for element in values]
    groups = {(row["number"], use["negated"]): use for row in rows for use in row["sent"]}

    assert set(groups) == uses
    numbers = [number for use in groups.values() for number in use["wire_numbers"]]
    assert sorted(numbers) == list(range(1, len(elements) + 1))
    for use in groups.values():
        assert [(use["key"], value) for value in use["wire_values"]] == [elements[n - 1] for n in use["wire_numbers"]]

    wire = read_wire(parameters["query-logic"])
    assert {part for part in wire if isinstance(part, int)} == set(numbers)
    for values in assignments(operands_of(expression)):
        meant = truth(expression, values.__getitem__)
        # Of several elements that stand for one constraint, the first, the last or all hold where it does.
        for some in (slice(None, 1), slice(-1, None), slice(None)):
            true = {
                number
                for (constraint, negated), use in groups.items()
                if values[constraint] != negated
                for number in use["wire_numbers"][some]
            }
            assert wire_truth(wire, true.__contains__) == meant


@settings(max_examples=2 * settings.default.max_examples)
@given(queries())
def test_wire_logic_is_the_logic_written(query):
    assert_the_wire_says_what_was_written(query)


@pytest.mark.slow
@settings(max_examples=10 * settings.default.max_examples)
@given(queries())
def test_wire_logic_is_the_logic_written_ten_thousand_times(query):
    assert_the_wire_says_what_was_written(query)
