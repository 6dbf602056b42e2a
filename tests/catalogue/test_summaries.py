"""What a catalogue has at large agrees with what queries find in it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogues import query, take, texts, tree
from edexql.catalogue import intervals
from edexql.catalogue.evaluation import evaluate, times
from edexql.catalogue.samples import values_at
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.summaries.counts import files_of_days, files_of_products
from edexql.catalogue.summaries.distribution import MOMENTS, distribution
from edexql.catalogue.summaries.moments import known_times, spread
from edexql.model.answer import total
from edexql.model.vocabulary import load

VOCABULARY = load()


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("summaries")
    take(folder / "catalogue", tree(folder / "tree"), *texts(folder / "texts"))
    with open_catalogue(str(folder / "catalogue")) as opened:
        yield opened


def test_the_files_of_each_product_are_those_of_a_query_for_it(catalogue):
    counts = files_of_products(catalogue)
    # Of the file of which there are two versions, the newest one counts.
    assert counts["rri-lv1-hdf5-radio-data"] == 2
    for product, count in counts.items():
        assert count == len(evaluate(query(f"product {product}"), catalogue, VOCABULARY).files)


@pytest.mark.parametrize(
    "text", ["product rri-*, fai-*", "kp >= 2", "date 2016-05-03T01:00..2016-05-03T01:02", "kp > 9"]
)
def test_the_files_of_each_day_are_those_of_the_answer(catalogue, text):
    asked = query(text)
    days = files_of_days(asked, catalogue, VOCABULARY, 2016)
    answer = evaluate(asked, catalogue, VOCABULARY)
    matched = {day: total.files for day, total in answer.per_day().items()}
    assert {str(day): count.matched for day, count in days.items() if count.matched} == matched
    products = f"product {', '.join(asked.products)}" if asked.products else "date ..2100"
    every = evaluate(query(products), catalogue, VOCABULARY).per_day()
    assert {str(day): count.files for day, count in days.items()} == {day: total.files for day, total in every.items()}
    assert list(days) == [date(2016, 5, 3)]
    assert files_of_days(asked, catalogue, VOCABULARY, 2017) == {}


@pytest.mark.parametrize(
    "name", ["kp", "latitude", "longitude", "altitude", "mlt", "dipole-latitude", "gei-x", "magnetic-latitude"]
)
def test_the_value_at_a_moment_is_one_that_a_query_finds_there(catalogue, name):
    field = VOCABULARY.field(name)
    moments = spread(known_times(field, catalogue), 50)
    values = values_at(field.name, moments, catalogue, VOCABULARY)
    assert np.count_nonzero(~np.isnan(values)) > 20
    margin = 2 / field.quanta
    for moment, value in zip(moments.tolist(), values.tolist(), strict=True):
        here = intervals.of([(moment, moment + 1)])
        if np.isnan(value):
            assert not len(times(query(f"{name} {field.low}.."), catalogue, VOCABULARY, here).yes)
            continue
        low, high = max(value - margin, float(field.low)), min(value + margin, float(field.high))
        truth = times(query(f"{name} {low:.6f}..{high:.6f}"), catalogue, VOCABULARY, here)
        assert len(truth.yes), (moment, value)


def test_an_index_is_distributed_as_long_as_it_has_each_value(catalogue):
    found = distribution(VOCABULARY.field("kp"), query("date 2016-05-03"), catalogue, VOCABULARY)
    each = 86400 / MOMENTS
    assert sum(found.seconds) == pytest.approx(86400, abs=len(found.seconds))
    window = intervals.of([(1462233600, 1462320000)])
    for start, end, seconds in zip(found.edges, found.edges[1:], found.seconds, strict=False):
        middle = (start + end) / 2
        held = times(query(f"kp = {middle:.2f}"), catalogue, VOCABULARY, window).yes.seconds
        assert abs(held - seconds) <= 4 * each
    assert found.source


def test_a_field_round_a_circle_is_drawn_over_all_of_it(catalogue):
    found = distribution(VOCABULARY.field("longitude"), query("rri dipole"), catalogue, VOCABULARY)
    assert found.edges[0] <= VOCABULARY.field("longitude").low
    assert found.edges[-1] - found.edges[0] >= 360
    assert sum(found.seconds) > 7000


def test_where_there_are_no_values_there_are_no_bins(catalogue):
    for text, name in (("date 2016-05-03", "hp30"), ("date 2018", "kp"), ("date 2018", "latitude")):
        found = distribution(VOCABULARY.field(name), query(text), catalogue, VOCABULARY)
        assert (found.edges, found.seconds, found.source) == ((), (), None)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 50)), max_size=6), st.integers(1, 40))
def test_moments_are_spread_within_the_times_and_in_order(spans, most):
    some = intervals.of((start, start + length) for start, length in spans)
    moments = spread(some, most)
    assert len(moments) == min(most, some.seconds)
    assert np.all(np.diff(moments) > 0)
    assert some.meets(moments, moments + 1).all()


@pytest.mark.parametrize("name", [name for name, entry in VOCABULARY.fields.items() if entry["tab"] == "spacecraft"])
def test_no_value_of_a_field_is_outside_the_bins(catalogue, name):
    field = VOCABULARY.field(name)
    from edexql.base.extras import MissingExtra

    try:
        found = distribution(field, query("date 2016-05-03"), catalogue, VOCABULARY)
    except MissingExtra:
        pytest.skip("a package is missing")
    moments = spread(known_times(field, catalogue) & intervals.of([(1462233600, 1462320000)]), MOMENTS)
    values = values_at(field.name, moments, catalogue, VOCABULARY)
    there = np.count_nonzero(~np.isnan(values))
    assert len(found.seconds) <= 80
    assert (sum(found.seconds) > 0) == (there > 0)
    if there:
        counts, _ = np.histogram(values[~np.isnan(values)], found.edges)
        assert counts.sum() == there


@pytest.mark.parametrize("text", ["date ..2100", "kp >= 2", "product rri-*", "kp > 9"])
def test_the_total_of_files_is_that_of_their_values(catalogue, text):
    answer = evaluate(query(text), catalogue, VOCABULARY)
    assert answer.files.total() == total(list(answer.files))
