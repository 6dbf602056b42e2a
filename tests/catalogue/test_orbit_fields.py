"""When a field of the orbit is in a range: exactly what a look at every second gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edexql.catalogue import intervals
from edexql.catalogue.intervals import Intervals
from edexql.catalogue.orbit import fields
from edexql.catalogue.orbit.crossings import when
from edexql.catalogue.orbit.fields import FIELDS, values_of
from edexql.catalogue.orbit.interpolation import positions_at
from edexql.catalogue.orbit.knots import NO_KNOTS, Knots, decode, encode, knots_of
from edexql.catalogue.quanta import Piece, quantized, stored_circle
from edexql.catalogue.store.orbits import EXACT_FIELDS, LINEAR_FIELDS
from edexql.catalogue.three_valued import Truth
from edexql.model.vocabulary import snapshot
from orbit_samples import BETWEEN, SETS, circle, propagate


def every_second(knots: Knots, name: str, admitted, window: Intervals) -> Truth:
    """The same question, asked of every second."""
    start, end = int(window.starts[0]), int(window.ends[-1])
    times = np.arange(start, end)
    xyz = positions_at(knots, times)
    known = np.isfinite(xyz[:, 0])
    values = quantized(name, values_of(name, times, xyz)).astype(np.int64)
    turns = [0]
    circle = stored_circle(name)
    if circle is not None:
        turn = circle.turn
        turns = [-turn, 0, turn]
    found = np.zeros(len(times), dtype=bool)
    for piece in admitted:
        for turn in turns:
            low, high = -np.inf if piece.low is None else piece.low, np.inf if piece.high is None else piece.high
            found |= known & (values + turn >= low) & (values + turn <= high)
    return Truth(_marked(found, start) & window, _marked(found | ~known, start) & window)


def _marked(marks: np.ndarray, start: int) -> Intervals:
    edges = np.flatnonzero(np.diff(marks.astype(np.int8), prepend=0, append=0)) + start
    return Intervals(edges[::2], edges[1::2])


def agree(knots: Knots, name: str, admitted, window: Intervals) -> Truth:
    found, expected = when(knots, name, admitted, window), every_second(knots, name, admitted, window)
    assert found.yes == expected.yes
    assert found.may == expected.may
    return found


@pytest.fixture(scope="module")
def real() -> tuple[Knots, Intervals]:
    """A day about the change from one element set to the next, in whole metres, and its seconds and some more."""
    knots = decode(encode(propagate(SETS, BETWEEN - 43200, BETWEEN + 43200).knots))
    return knots, intervals.of([(BETWEEN - 43300, BETWEEN + 43300)])


PIECES = [
    ("latitude", [Piece(6500, None)]),
    ("latitude", [Piece(8000, None)]),
    ("latitude", [Piece(8096, 9000)]),
    ("latitude", [Piece(None, None)]),
    ("latitude", [Piece(-10, 10), Piece(3000, 3001), Piece(-8090, -8000)]),
    ("longitude", [Piece(17000, 17999), Piece(-18000, -17000)]),
    ("longitude", [Piece(-18000, -18000)]),
    ("longitude", [Piece(-1000, 1000)]),
    ("longitude", [Piece(0, 0)]),
    ("altitude", [Piece(None, 5000)]),
    ("altitude", [Piece(None, 3260), Piece(7000, 7001)]),
    ("dipole-latitude", [Piece(6500, None), Piece(None, -6500)]),
    ("dipole-longitude", [Piece(17500, 17999)]),
    ("dipole-mlt", [Piece(22000, 23999), Piece(0, 2000)]),
    ("qd-latitude", [Piece(6500, 7000), Piece(-7000, -6500), Piece(0, 0)]),
    ("gei-x", [Piece(0, 3000)]),
    ("gei-y", [Piece(None, -1000)]),
    ("gei-z", [Piece(13000, None), Piece(-10, 10)]),
]


@pytest.mark.parametrize(("name", "admitted"), PIECES, ids=[f"{name} {pieces[0]}" for name, pieces in PIECES])
def test_a_real_orbit(real, name, admitted):
    knots, window = real
    found = agree(knots, name, admitted, window)
    assert len(found.yes) > 0
    # Where no position is known, at both ends.
    assert len(found.unknown) == 2


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_only_the_window_is_answered(real, name):
    knots, _ = real
    starts = BETWEEN + np.random.default_rng(3).integers(-43400, 43200, 12)
    window = intervals.of_spans(starts, starts + np.array([1, 1, 2, 59, 60, 61, 300, 1, 2000, 7, 600, 0]))
    agree(knots, name, [Piece(-3000, 500), Piece(1000, 6000)], window)


@pytest.mark.parametrize("inclination", [90, 89.9, 81, 98, 0, 180])
@pytest.mark.parametrize("name", ["latitude", "longitude", "dipole-latitude", "dipole-longitude"])
def test_poles_equators_and_the_wrong_way_round(name, inclination):
    knots = circle(1600000020, 240, inclination, retrograde=inclination == 0)
    window = intervals.of([(int(knots.times[0]), int(knots.times[-1]) + 1)])
    for admitted in (
        [Piece(8500, None)],
        [Piece(-9000, -8999)],
        [Piece(-17, 29)],
        [Piece(17990, 17999), Piece(-18000, -17990)],
    ):
        agree(knots, name, admitted, window)


def test_an_orbit_right_over_the_pole():
    # Two minutes with the pole in their middle: the longitude jumps half round between two seconds.
    along = np.radians(90 + 4 * (np.arange(-6, 6) + 0.5))
    knots = knots_of(6000 + 60 * np.arange(12), np.rint(7e6 * np.stack((np.cos(along), 0 * along, np.sin(along))).T))
    window = intervals.of([(6000, 6661)])
    for name in ("latitude", "longitude"):
        for admitted in ([Piece(8900, None)], [Piece(-18000, -18000)], [Piece(-10, 10)]):
            agree(knots, name, admitted, window)


@given(
    st.sampled_from(["latitude", "longitude", "altitude", "gei-x"]),
    st.lists(st.tuples(st.integers(-18000, 17999), st.integers(0, 9000)), min_size=1, max_size=4),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 30.0, 3e4, 3e6]),
    st.lists(st.integers(1, 28), max_size=4),
)
@settings(max_examples=settings.default.max_examples)
def test_whatever_the_knots_are(name, pieces, seed, noise, holes):
    # Even positions that no spacecraft could have: the bounds are those of the curve that is drawn.
    whole = circle(60 * 10**6, 30, 81)
    xyz = whole.xyz + np.random.default_rng(seed).normal(0, 1, whole.xyz.shape) * noise
    rest = np.setdiff1d(np.arange(30), holes)
    knots = knots_of(whole.times[rest], np.rint(xyz[rest]))
    window = intervals.of([(int(whole.times[0]) - 5, int(whole.times[-1]) + 5)])
    agree(knots, name, [Piece(low, low + length) for low, length in pieces], window)


def test_runs_that_meet_in_one_knot():
    first, second = circle(6000, 10, 81), circle(6000 + 9 * 60, 10, 40)
    knots = knots_of(np.concatenate((first.times, second.times)), np.concatenate((first.xyz, second.xyz)))
    window = intervals.of([(5990, 7300)])
    for low in range(-1000, 9000, 500):
        found = agree(knots, "latitude", [Piece(low, low + 700)], window)
        assert found.unknown == intervals.of([(5990, 6000), (7081, 7300)])


def test_a_run_too_short_tells_nothing_even_where_another_ends():
    first, second = circle(6000, 10, 81), circle(6000 + 9 * 60, 4, 40)
    knots = knots_of(np.concatenate((first.times, second.times)), np.concatenate((first.xyz, second.xyz)))
    found = agree(knots, "latitude", [Piece(None, None)], intervals.of([(5990, 7000)]))
    assert found.yes == intervals.of([(6000, 6541)])


def test_nothing_is_known_without_knots():
    window = intervals.of([(0, 10), (20, 30)])
    found = when(NO_KNOTS, "latitude", [Piece(None, None)], window)
    assert len(found.yes) == 0
    assert found.may == window
    assert len(when(circle(6000, 10, 81), "latitude", [Piece(None, None)], intervals.NEVER).may) == 0


def test_no_piece_admits_nothing():
    knots = circle(6000, 10, 81)
    found = when(knots, "altitude", [], intervals.of([(6000, 6541)]))
    assert len(found.may) == 0
    with pytest.raises(KeyError):
        when(knots, "kp", [Piece(0, 1)], intervals.of([(6000, 6541)]))


@pytest.mark.parametrize("offset", range(5))
def test_the_bound_of_the_acceleration_is_that_of_the_polynomial(offset):
    # The second derivative of the polynomial through six knots, by their second differences, at its steepest.
    places = np.arange(6.0)
    combined = []
    for bump in range(4):
        values = np.zeros(6)
        for knot in range(2, 6):
            values[knot] = 2 * values[knot - 1] - values[knot - 2] + (knot - 2 == bump)
        curve = np.polynomial.Polynomial.fit(places, values, 5, domain=[-1, 1]).deriv(2)
        combined.append(np.abs(curve(np.linspace(offset, offset + 1, 2001))))
    assert np.sum(combined, axis=0).max() <= fields._ACCELERATIONS[offset] * (1 + 1e-9)


def test_every_field_of_an_orbit_is_in_the_vocabulary_and_has_one_way_to_be_found():
    assert set(FIELDS) == EXACT_FIELDS
    assert not EXACT_FIELDS & LINEAR_FIELDS
    assert set(snapshot().fields) >= EXACT_FIELDS | LINEAR_FIELDS
