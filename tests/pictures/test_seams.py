"""Lines round a circle are cut at its end; the night is where the Sun is down; the coast does not cross the map."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import pairwise
from math import asin, cos, degrees, hypot, isnan, pi, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.catalogue.geometry.stations import stations
from edexql.pictures import earth
from edexql.pictures.dial import EDGE, on_page
from edexql.pictures.seams import above, round_across, round_up, unbroken

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)
ways = st.lists(st.tuples(longitudes, latitudes), min_size=1, max_size=40).map(tuple)


@given(ways)
def test_no_line_goes_the_long_way_round(points):
    parts = round_across(points, -180.0, 180.0)
    for part in parts:
        assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in part)
        assert all(abs(c - a) <= 180 + 1e-9 for (a, _), (c, _) in pairwise(part))
    # All points are there, in their order, and what was added is on an edge.
    drawn = [point for part in parts for point in part]
    rest = iter(drawn)
    assert all(point in rest for point in points)
    assert all(abs(x) == 180 for x, _ in set(drawn) - set(points))
    # A line that is cut goes on at the other edge, at the same height.
    for before, after in pairwise(parts):
        assert (before[-1][0], before[-1][1]) == (-after[0][0], after[0][1])


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 24)), min_size=1, max_size=40).map(tuple))
def test_no_curve_of_local_time_jumps_over_midnight(points):
    for part in round_up(points, 0.0, 24.0):
        assert all(0 <= hour <= 24 for _, hour in part)
        assert all(abs(d - b) <= 12 + 1e-9 for (_, b), (_, d) in pairwise(part))


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(0, 24, exclude_max=True)), min_size=1, max_size=40).map(tuple))
def test_no_line_of_a_dial_leaves_it(points):
    for part in above(points, EDGE):
        assert all(latitude >= EDGE - 1e-9 for latitude, _ in part)
        places = [on_page(*point) for point in part]
        assert all(hypot(*place) <= 90 - EDGE + 1e-6 for place in places)


def test_a_track_over_the_night_side_is_one_line_on_a_dial():
    points = tuple((70.0, (23.8 + step * 0.05) % 24) for step in range(10))
    (line,) = above(points, EDGE)
    places = [on_page(*point) for point in line]
    assert max(hypot(c - a, d - b) for (a, b), (c, d) in pairwise(places)) < 0.3


def test_noon_is_at_the_top_and_dusk_at_the_left():
    assert on_page(60, 12) == pytest.approx((0, 30))
    assert on_page(60, 18) == pytest.approx((-30, 0))
    assert on_page(60, 6) == pytest.approx((30, 0))
    assert on_page(60, 0) == pytest.approx((0, -30), abs=1e-9)


@given(st.lists(st.tuples(longitudes | st.just(float("nan")), latitudes), max_size=40))
def test_a_missing_value_is_a_gap(points):
    parts = unbroken(points)
    assert all(len(part) > 1 and not any(isnan(x) for x, _ in part) for part in parts)
    joined = sum(1 for (a, _), (c, _) in pairwise(points) if not isnan(a + c))
    assert sum(len(part) - 1 for part in parts) == joined


# Night


def elevation(second: int, longitude: float, latitude: float) -> float:
    """The height of the Sun in degrees by the short formulas of an almanac, good to about half a degree."""
    moment = datetime.fromtimestamp(second, timezone.utc)
    day = moment.timetuple().tm_yday + (moment.hour + moment.minute / 60) / 24
    turn = 2 * pi * (day - 81) / 365.25
    equation = (9.87 * sin(2 * turn) - 7.53 * cos(turn) - 1.5 * sin(turn)) / 60
    declination = radians(23.44 * sin(2 * pi * (day - 81) / 365.25 + 0.0334 * sin(2 * pi * (day - 3) / 365.25)))
    hour = radians(15 * (moment.hour + moment.minute / 60 + equation - 12) + longitude)
    phi = radians(latitude)
    return degrees(asin(sin(phi) * sin(declination) + cos(phi) * cos(declination) * cos(hour)))


def within(ring, longitude: float, latitude: float) -> bool:
    """Whether a place is in a ring, by the lines that a way to the north crosses."""
    crossings = [
        b + (d - b) * (longitude - a) / (c - a)
        for (a, b), (c, d) in pairwise(ring)
        if (a > longitude) != (c > longitude)
    ]
    return sum(crossing > latitude for crossing in crossings) % 2 == 1


@pytest.mark.parametrize("date", ["2019-06-21", "2019-12-22", "2019-03-20", "2019-09-23", "2016-04-18", "2024-02-29"])
@pytest.mark.parametrize("hour", [0, 5, 12, 22])
def test_the_night_is_where_the_sun_is_down(date, hour):
    second = int(datetime.fromisoformat(f"{date}T{hour:02}:00:00+00:00").timestamp())
    assert all(abs(elevation(second, *place)) < 0.9 for place in earth.terminator(second))
    night = earth.night(second)
    for longitude in range(-175, 180, 25):
        for latitude in range(-85, 90, 10):
            height = elevation(second, longitude, latitude)
            if abs(height) > 1.5:
                assert within(night, longitude, latitude) == (height < 0), (longitude, latitude)


@given(st.integers(0, 2_000_000_000))
def test_the_terminator_crosses_the_map_once(second):
    line = earth.terminator(second)
    assert (line[0][0], line[-1][0]) == (-180, 180)
    assert all(a < c <= a + 2 for (a, _), (c, _) in pairwise(line))
    assert all(-90 <= latitude <= 90 for _, latitude in line)


# The map


def test_the_coast_is_closed_rings_that_do_not_cross_the_map():
    rings = earth.coast()
    assert len(rings) > 120
    for ring in rings:
        assert ring[0] == ring[-1]
        assert all(abs(x) <= 180 and abs(y) <= 90 for x, y in ring)
        # Only the edge of the map below Antarctica is long.
        assert all(abs(c - a) < 40 or b == d == -90 for (a, b), (c, d) in pairwise(ring))


@pytest.mark.parametrize(
    ("place", "land"),
    [
        ((-75.7, 45.4), True),  # Ottawa
        ((25, 0), True),  # Congo
        ((135, -25), True),  # Australia
        ((0, -89), True),  # South Pole
        ((179, 68), True),  # Chukotka, on both sides of 180 degrees
        ((-179, 67), True),
        ((-30, 30), False),  # Atlantic
        ((0, 89), False),  # North Pole
        ((-179, 0), False),
    ],
)
def test_land_and_sea_are_where_they_are(place, land):
    assert any(within(ring, *place) for ring in earth.coast()) == land


def test_stations_are_on_the_earth_and_have_codes_of_their_own():
    each = stations()
    assert len({one.code for one in each}) == len(each) > 100
    assert all(-90 <= one.latitude <= 90 and -180 <= one.longitude <= 180 and one.name for one in each)
