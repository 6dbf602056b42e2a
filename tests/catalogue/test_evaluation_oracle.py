"""Evaluating a query gives, second by second, what its words mean: compared with an oracle of its own rules."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edexql.catalogue.evaluation import evaluate, times
from edexql.catalogue.intervals import Intervals
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.model.logic import Logic
from edexql.model.query import Constraint, Query
from edexql.model.range import Range
from edexql.model.vocabulary import load
from oracle import AND, NO, NOT, OR, UNKNOWN, YES, Day, Sampled, both, joined
from oracle_days import catalogue_of, days, edges, lines_over_a_chunk, query, states

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edexql.catalogue.store.catalogue import Catalogue

VOCABULARY = load()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Day, Catalogue]]]:
    found = [(day, open_catalogue(catalogue_of(day, str(tmp_path_factory.mktemp("day"))))) for day in days()]
    yield found
    for _, catalogue in found:
        catalogue.close()


def compare(asked: list[tuple[Day, Catalogue]], seed: int, count: int) -> None:
    rng = random.Random(seed)
    for number in range(count):
        day, catalogue = asked[number % len(asked)]
        one = query(rng, day)
        what = f"{seed}.{number}, {day.name}: {one}"
        expected = day.answer(one)
        assert states(times(one, catalogue, VOCABULARY), day) == expected, what
        answer = evaluate(one, catalogue, VOCABULARY)
        assert states(answer.times, day) == both(expected, day.covered(one.products)), what
        matched, unknown = day.files(one)
        assert {file.name: file.matched for file in answer.files} == matched, what
        assert set(answer.unknown.names) == unknown, what
        assert (answer.matched_seconds or 0) == sum(matched.values()), what


def test_600_queries_mean_what_the_oracle_says(asked: list[tuple[Day, Catalogue]]) -> None:
    compare(asked, 1, 600)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_10000_queries_mean_what_the_oracle_says(asked: list[tuple[Day, Catalogue]], seed: int) -> None:
    compare(asked, seed, 1000)


def test_every_special_bound_means_what_the_oracle_says(asked: list[tuple[Day, Catalogue]]) -> None:
    for number, one in enumerate(edges()):
        for day, catalogue in asked[number % 2 : 3 : 2]:
            assert states(times(one, catalogue, VOCABULARY), day) == day.answer(one), f"{day.name}: {one}"


@pytest.mark.parametrize("seed", range(3))
def test_times_in_a_window_are_those_of_the_whole_in_it(asked: list[tuple[Day, Catalogue]], seed: int) -> None:
    rng = random.Random(seed)
    for number in range(100):
        day, catalogue = asked[number % len(asked)]
        one = query(rng, day)
        edges = sorted(rng.sample(range(day.start - 200, day.end + 200), 2 * rng.choice((1, 3, 40))))
        window = Intervals(np.array(edges[::2], np.int64), np.array(edges[1::2], np.int64))
        inside = bytearray(day.end - day.start + 2)
        for start, end in window:
            for second in range(max(start, day.start), min(end, day.end)):
                inside[second - day.start] = YES
        expected = both(day.answer(one), bytes(inside))
        assert states(times(one, catalogue, VOCABULARY, window), day) == expected, f"{seed}.{number}, {day.name}: {one}"


def test_a_line_to_a_sample_of_the_next_chunk_is_known_in_a_window_before_it(tmp_path: Path) -> None:
    day = lines_over_a_chunk()
    anything = Constraint("range", "imf-by", Range(-200, 200))
    window = Intervals(np.array([day.start + 1990]), np.array([day.start + 1999]))
    with open_catalogue(catalogue_of(day, str(tmp_path))) as catalogue:
        assert states(times(Query((), (anything,)), catalogue, VOCABULARY), day) == day.state(anything)
        assert (~times(Query((), (anything,)), catalogue, VOCABULARY, window).yes & window).seconds == 0


@pytest.mark.parametrize("linear", [False, True])
def test_samples_hold_from_the_times_that_they_have(tmp_path: Path, linear: bool) -> None:  # noqa: FBT001
    start = 1556668800
    hours = [start + 1800 + 3601 * place for place in range(3)]
    facts = [Sampled("hours", hours, 3601, {"imf-by": [1.0, 2.0, 3.0]}, linear)]
    day = Day("half hours", start, start + 14400, facts)
    high = Query((), (Constraint("range", "imf-by", Range(1.5, None)),))
    with open_catalogue(catalogue_of(day, str(tmp_path))) as catalogue:
        assert states(times(high, catalogue, VOCABULARY), day) == day.answer(high)


def test_the_days_have_something_of_everything(asked: list[tuple[Day, Catalogue]]) -> None:
    rng = random.Random(1)
    seen = {"matched": 0, "unknown": 0, "none": 0}
    for number in range(200):
        day, _ = asked[number % len(asked)]
        one = query(rng, day)
        matched, unknown = day.files(one)
        seen["matched"] += bool(matched)
        seen["unknown"] += bool(unknown)
        seen["none"] += not matched and not unknown
    assert min(seen.values()) > 5
    assert any(catalogue.orbit for _, catalogue in asked)
    assert any(len(segments) > 1 for _, catalogue in asked for segments in catalogue.segments.values())


def test_the_oracle_joins_by_the_tables_of_kleene() -> None:
    def kleene(code: list[int], *values: int) -> int:
        return joined(code, lambda number: bytes([values[number - 1]]))[0]

    everything = (NO, UNKNOWN, YES)
    assert [kleene([1, NOT], a) for a in everything] == [YES, UNKNOWN, NO]
    for a in everything:
        for b in everything:
            # In the order no, unknown, yes, Kleene's AND is the lesser and his OR the greater.
            assert kleene([1, 2, AND], a, b) == min(a, b)
            assert kleene([1, 2, OR], a, b) == max(a, b)


def test_a_logic_of_one_number_and_none_at_all(asked: list[tuple[Day, Catalogue]]) -> None:
    for day, catalogue in asked:
        nothing = Query()
        answer = evaluate(nothing, catalogue, VOCABULARY)
        assert {file.name: file.matched for file in answer.files} == day.files(nothing)[0]
        assert len(answer.unknown) == 0
        assert states(times(nothing, catalogue, VOCABULARY), day) == bytes([YES]) * (day.end - day.start + 2)
        rng = random.Random(9)
        for _ in range(20):
            one = query(rng, day)
            if one.constraints:
                twice = Query(one.products, one.constraints[:1], Logic((1, NOT, NOT)))
                assert states(times(twice, catalogue, VOCABULARY), day) == day.state(one.constraints[0])
