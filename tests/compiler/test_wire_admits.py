"""What is sent admits every file that the query as written admits, second by second and value by value."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import event, example, given
from hypothesis import strategies as st

import edexql
from strategies import (
    DAY,
    FIELDS,
    LAUNCH,
    TODAY,
    Element,
    Known,
    Program,
    midnight,
    programs,
    ranges,
    read_wire,
    seeds,
    wire_truth,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIRST, END = midnight(LAUNCH), midnight(TODAY) + DAY
RESERVED = ("product", "email", "result_filenames", "query-logic")


def second_of(day: str) -> int:
    from datetime import date

    return midnight(date.fromisoformat(day))


class Sent:
    """A parameter dictionary read by rules of its own: date pairs include their last day, ranges both ends."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.elements = [(k, value) for k, values in parameters.items() if k not in RESERVED for value in values]
        self.code = read_wire(parameters["query-logic"])

    def holds(self, second: int, values: dict[str, Fraction], words: dict[tuple[str, str], bool]) -> bool:
        def element(number: int) -> bool:
            key, value = self.elements[number - 1]
            if key == "date":
                return second_of(value[0]) <= second < second_of(value[1]) + DAY
            if key in FIELDS:
                return lies_in(values[key], [value])
            return words[key, json.dumps(value)]

        return wire_truth(self.code, element)


def lies_in(value: Fraction, pairs: list[list[float]]) -> bool:
    """Whether a value lies in a pair, by the number that it is: 0 h does not lie in a pair that ends with 24."""
    return any(low <= float(value) <= high for low, high in pairs)


def seconds_to_try(program: Program, rng: random.Random) -> list[int]:
    bounds = [b for e in program.elements for b in (e.start, e.end) if e.kind == "date" and b is not None]
    near = [b + change for b in bounds for change in (-DAY, -1, 0, 1, DAY)]
    near += [b - b % DAY + change for b in bounds for change in (-1, 0, DAY - 1, DAY)]
    tried = {FIRST, END - 1, *near, *(rng.randrange(FIRST, END) for _ in range(5))}
    return sorted(second for second in tried if FIRST <= second < END)


def values_to_try(elements: Iterable[Element], field: Known, rng: random.Random) -> list[Fraction]:
    bounds = [bound for e in elements for bound in (e.low, e.high) if bound is not None]
    step = Fraction(1) if field.whole else Fraction(1, 10**6)
    near = {bound + change for bound in bounds for change in (-step, 0, step)}
    if field.period is not None:
        near = {(v - field.low) % field.period + field.low for v in near}
    near |= {field.low, field.high, (field.low + field.high) / 2}
    near |= {Fraction(rng.randint(int(field.low), int(field.high))) for _ in range(4)}
    return sorted(v for v in near if field.low <= v <= field.high and (not field.whole or v.denominator == 1))


def situations(
    program: Program, rng: random.Random, most: int
) -> Iterator[tuple[int, dict[str, Fraction], dict[tuple[str, str], bool]]]:
    """Seconds with, at each, values of the fields and what holds of everything else."""
    words = sorted({(e.key, e.wire) for e in program.elements if e.kind == "opaque"})
    if len(words) <= 3:
        choices = list(itertools.product((False, True), repeat=len(words)))
    else:
        choices = [tuple(rng.random() < 0.5 for _ in words) for _ in range(6)]
    keys = sorted({e.key for e in program.elements if e.kind == "range"})
    samples = {key: values_to_try([e for e in program.elements if e.key == key], FIELDS[key], rng) for key in keys}
    seconds = seconds_to_try(program, rng)
    if len(seconds) * len(choices) > most or keys:
        rng.shuffle(seconds)
        seconds = list(itertools.islice(itertools.cycle(seconds), most // len(choices)))
    for second in seconds:
        for choice in choices:
            values = {key: rng.choice(samples[key]) for key in keys}
            yield second, values, dict(zip(words, choice, strict=True))


def as_written(program: Program, second: int, values: dict[str, Fraction], words: dict[tuple[str, str], bool]) -> bool:
    def element(e: Element) -> bool:
        if e.kind == "date":
            return e.at(second)
        return e.has(values[e.key]) if e.kind == "range" else words[e.key, e.wire]

    return program.holds(element)


def has_times_of_day(program: Program) -> bool:
    return any((e.start or 0) % DAY or (e.end or 0) % DAY for e in program.elements)


def assert_refused_with_reason(error: edexql.QueryError, program: Program, tried: list[Any]) -> None:
    codes = {d.code for d in error.diagnostics if d.is_error}
    event(f"refused: {sorted(codes)}")
    assert codes <= {"E402", "E505", "E507"}
    if "E505" in codes:
        assert has_times_of_day(program)
    if "E402" in codes:
        assert any(
            e.kind == "date" and ((e.start is None and e.end <= FIRST) or (e.end is None and e.start >= END))
            for e in program.elements
        )
    if "E507" in codes:
        assert not any(as_written(program, *situation) for situation in tried)


@given(programs(kinds=("date", "word"), extras=False, least=1, most=3), seeds)
def test_times_sent_and_kept_are_the_times_written(program, seed):
    """Within the mission, days sent and times kept for the client make exactly what the query says."""
    tried = list(situations(program, random.Random(seed), 400))
    try:
        request = edexql.compile(program.text(seed), today=TODAY)
    except edexql.QueryError as error:
        assert_refused_with_reason(error, program, tried)
        return
    event("with a residual" if request.residual else "whole days")
    sent = Sent(request.parameters)
    for second, values, words in tried:
        written, admitted = as_written(program, second, values, words), sent.holds(second, values, words)
        kept = request.residual is None or request.residual.admits(second, second + 1)
        assert admitted or not written, (second, words)
        assert kept or not written, (second, words)
        assert written or not (admitted and kept), (second, words)


@given(programs(kinds=("date", "range", "word"), extras=False, least=1, most=4), seeds)
def test_what_is_sent_admits_what_is_written(program, seed):
    """Whatever the time, the values of the fields and the words that hold: no file asked for is lost."""
    tried = list(situations(program, random.Random(seed), 120))
    try:
        request = edexql.compile(program.text(seed), today=TODAY)
    except edexql.QueryError as error:
        assert_refused_with_reason(error, program, tried)
        return
    sent = Sent(request.parameters)
    for second, values, words in tried:
        if as_written(program, second, values, words):
            assert sent.holds(second, values, words), (second, values, words)
            assert request.residual is None or request.residual.admits(second, second + 1), second


def on_the(key: str, low: int, high: int) -> Element:
    return Element("range", key, (str(low), "..", str(high)), low=Fraction(low), high=Fraction(high))


@given(ranges(), st.booleans(), seeds)
@example(element=on_the("mlt", 5, 5), negated=True, seed=0)
@example(element=on_the("mlt", 22, 2), negated=True, seed=0)
def test_every_value_of_a_range_is_sent(element, negated, seed):
    """Of a field, of a circle, of `>` and of NOT: what the range has lies in a pair on the wire."""
    field = FIELDS[element.key]
    tried = values_to_try([element], field, random.Random(seed))
    wanted = [value for value in tried if element.has(value) != negated]
    text = f"{element.key} {' '.join(element.tokens)}; logic {'NOT ' * negated}1"
    if any(d.code == "E507" for d in edexql.check(text, today=TODAY)):
        assert not wanted
        return
    parameters = edexql.compile(text, today=TODAY).parameters
    for value in wanted:
        assert lies_in(value, parameters[element.key]), (text, parameters[element.key], float(value))


@given(ranges())
@example(on_the("roll", 0, -361))
def test_a_range_and_its_opposite_overlap_in_their_bounds_only(element):
    """NOT sends the rest of the field, not more than that: pairs of the two share no stretch."""
    pairs = []
    for sign in ("", "NOT "):
        text = f"{element.key} {' '.join(element.tokens)}; logic {sign}1"
        if all(d.code != "E507" for d in edexql.check(text, today=TODAY)):
            pairs.append(edexql.compile(text, today=TODAY).parameters[element.key])
    if len(pairs) == 2:
        overlaps = [(max(a, c), min(b, d)) for a, b in pairs[0] for c, d in pairs[1]]
        assert all(low >= high for low, high in overlaps), pairs
