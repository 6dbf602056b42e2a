"""Where the spacecraft was: frames, element sets, knots, their bytes, and what lies between them."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_samples import PAIR
from edexql.base.extras import MissingExtra
from edexql.catalogue.geometry import dipole, frames
from edexql.catalogue.orbit.interpolation import positions_at, resample
from edexql.catalogue.orbit.knots import (
    CHUNK,
    NO_KNOTS,
    Knots,
    KnotsError,
    chunks_of,
    coverage,
    decode,
    encode,
    joined,
    knots_of,
    runs_of,
)
from edexql.catalogue.orbit.propagation import MOST_AGE
from orbit_samples import BETWEEN, EPOCHS, SETS, all_sets, circle, propagate

# The one published position with magnetic coordinates: FAI, 2019-05-01T15:08:19.243 UTC.
TRUTH_TIME = 1556723299.243
TRUTH = (-55.145395, 132.038208, 1292.349)
# Vallado, Fundamentals of Astrodynamics, example 3-15 (AIAA 2006-6753): 2004-04-06T07:51:28.386009 UTC, UT1 0.4399619
# seconds behind it.
VALLADO_UTC = 1081237888.386009
TRUTH_MAGNETIC_LATITUDE, TRUTH_LOCAL_TIME = -63.320742, 0.398105


def apart(first, second) -> np.ndarray:
    return np.linalg.norm(np.asarray(first) - np.asarray(second), axis=-1)


# Frames


def test_sidereal_time_is_that_of_the_textbook():
    assert np.degrees(frames.sidereal_angle(VALLADO_UTC - 0.4399619)) == pytest.approx(312.8098943, abs=1e-5)


def test_earth_fixed_positions_are_those_of_the_textbook():
    # With UT1 the position is that in pseudo-Earth-fixed axes, with UTC it is as near as is promised.
    teme = np.array([[5094.18016210, 6127.64465950, 6380.34453270]]) * 1000
    expected = np.array([[-1033.47503130, 7901.30558560, 6380.34453270]]) * 1000
    assert apart(frames.earth_fixed_of_teme([VALLADO_UTC - 0.4399619], teme), expected)[0] < 1
    utc = [VALLADO_UTC]
    itrf = np.array([[-1033.4793830, 7901.2952754, 6380.3565958]]) * 1000
    assert apart(frames.earth_fixed_of_teme(utc, teme), itrf)[0] < 0.44 * 7.3e-5 * 7.97e6 + 20
    back = frames.turned(frames.earth_fixed_of_teme(utc, teme), -frames.sidereal_angle(utc))
    assert apart(back, teme)[0] < 1e-6


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((0, 0, 0), (6378137.0, 0, 0)),
        ((0, 90, 100), (0, 6478137.0, 0)),
        ((90, 0, 0), (0, 0, 6356752.314245)),
        ((-90, 0, 1000), (0, 0, -7356752.314245)),
    ],
)
def test_axes_of_the_ellipsoid(place, expected):
    assert apart(frames.earth_fixed(*place), expected) < 1e-5


@given(st.floats(-90, 90), st.floats(-180, 180, exclude_max=True), st.floats(0, 3000))
def test_geodetic_coordinates_come_back(latitude, longitude, altitude):
    place = frames.earth_fixed([latitude], [longitude], [altitude])
    x, y, z = place.T.copy()
    back = frames.geodetic(x, y, z)
    assert apart(frames.earth_fixed(*back), place)[0] < 2e-5
    assert -180 <= back[1][0] < 180
    assert back[0][0] == frames.latitude(x, y, z)[0]
    assert back[2][0] == frames.altitude(x, y, z)[0]


def test_the_seam_is_in_the_west():
    assert frames.longitude(np.array([-1.0, -1.0]), np.array([0.0, -0.0])).tolist() == [-180, -180]


def test_gei_is_that_of_the_whole_model():
    # ERFA 2.0 (pnm80, gst94), UT1 = UTC and no polar motion.
    times = [1390593819.561589]
    fixed = np.array([[-5304108.1996289, -1960185.45153313, -4616720.61123774]])
    gei = np.array([[-491466.32659612, -5633691.52470315, -4616273.45965445]])
    assert apart(frames.gei_of_earth_fixed(times, fixed), gei)[0] < 5
    axes = frames.gei_of_earth_fixed(times * 3, np.eye(3))
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-14)
    assert apart(frames.gei_of_earth_fixed(times, fixed) @ axes.T, fixed)[0] < 1e-6


def test_the_sun_is_overhead_where_it_should_be():
    # Apparent places of the Sun from ERFA through astropy 8.0: declination and sidereal place within 0.01 degrees.
    places = frames.sun_of_date([1395334620, 1403348460])  # equinox 2014-03-20T16:57, solstice 2014-06-21T10:51
    assert np.degrees(np.arcsin(places[0, 2])) == pytest.approx(0, abs=0.01)
    assert np.degrees(np.arcsin(places[1, 2])) == pytest.approx(23.437, abs=0.01)


# Magnetic coordinates


def test_the_archives_magnetic_coordinates_are_those_of_the_dipole():
    place = frames.earth_fixed(*([value] for value in TRUTH))
    latitude, longitude, hour = dipole.dipole([TRUTH_TIME], place)
    assert latitude[0] == pytest.approx(TRUTH_MAGNETIC_LATITUDE, abs=5e-5)
    assert hour[0] == pytest.approx(TRUTH_LOCAL_TIME, abs=2e-4)
    assert -180 <= longitude[0] < 180


def test_the_dipoles_pole_is_where_the_field_model_has_it():
    # Geomagnetic north pole of IGRF-13 for 2020 (British Geological Survey): 80.65 N on the ellipsoid, 72.68 W.
    pole = dipole.axes([1577836800])[0, 2] * 6.36e6
    latitude, longitude, _ = frames.geodetic(*pole.reshape(3, 1))
    assert latitude[0] == pytest.approx(80.65, abs=0.005)
    assert longitude[0] == pytest.approx(-72.68, abs=0.005)
    assert np.allclose(dipole.axes([1577836800])[0] @ dipole.axes([1577836800])[0].T, np.eye(3))


def test_local_time_is_noon_under_the_sun():
    times = 1.5e9 + 40000.0 * np.arange(20)
    assert np.allclose(dipole.dipole(times, frames.sun_earth_fixed(times) * 7e6)[2], 12)


def test_aacgm_is_another_system_and_has_no_value_at_its_equator():
    package = pytest.importorskip("aacgmv2")
    from datetime import datetime

    from edexql.catalogue.geometry.aacgm import aacgm

    times = np.array([TRUTH_TIME, TRUTH_TIME + 86400, TRUTH_TIME, TRUTH_TIME, TRUTH_TIME])
    latitude, longitude = np.array([TRUTH[0], TRUTH[0], 5, 60, np.nan]), np.array([TRUTH[1], TRUTH[1], -20, 10, 10])
    altitude = np.array([TRUTH[2], TRUTH[2], 300, 2500, 300])
    magnetic, meridian, hour = aacgm(times, latitude, longitude, altitude)
    expected = package.get_aacgm_coord(*TRUTH, datetime(2019, 5, 1, 15, 8, 19))
    assert magnetic[0] == pytest.approx(expected[0], abs=1e-3)
    assert meridian[0] == pytest.approx(expected[1], abs=1e-3)
    assert hour[0] == pytest.approx(expected[2], abs=1e-3)
    assert abs(magnetic[0] - TRUTH_MAGNETIC_LATITUDE) > 6
    assert magnetic[1] == pytest.approx(magnetic[0], abs=1e-3)
    assert hour[1] == pytest.approx(hour[0], abs=0.02)
    for values in (magnetic, meridian, hour):
        assert np.isnan(values[2:]).all()


@pytest.mark.parametrize(
    ("time", "place", "expected"),
    [
        # From apexpy 2.1.1.
        (1462233600, (56.73, -111.38, 900.0), (63.5681, -48.8691, 16.1041)),
        (1556668800, TRUTH, (-67.8643, -149.6209, 9.3687)),
        (1610323200, (-5.0, -40.0, 350.0), (-8.6037, 30.8398, 20.8201)),
        (1717200000, (-79.0, 110.0, 700.0), (-84.9977, 47.5226, 22.5709)),
    ],
)
def test_quasi_dipole_coordinates_are_those_of_apexpy(time, place, expected):
    from edexql.catalogue.geometry.quasi_dipole import quasi_dipole

    latitude, longitude, hour = quasi_dipole([time], *([value] for value in place))
    assert latitude[0] == pytest.approx(expected[0], abs=0.006)
    assert longitude[0] == pytest.approx(expected[1], abs=0.006 / np.cos(np.radians(expected[0])))
    assert hour[0] == pytest.approx(expected[2], abs=0.01)


def test_quasi_dipole_coordinates_end_with_the_grid_and_nowhere_else():
    from edexql.catalogue.geometry.quasi_dipole import quasi_dipole

    latitude = np.array([90, -90, 0, 0, 0, 0, np.nan])
    longitude = np.array([180, -180, 180.0, 359, 0, 0, 0])
    altitude = np.array([400, 400, 100.0, 2000, 99, 2001, 400])
    found = quasi_dipole(np.full(7, 1.6e9), latitude, longitude, altitude)
    assert np.isfinite(found)[:, :4].all()
    assert np.isnan(found)[:, 4:].all()
    assert [len(part) for part in quasi_dipole([], [], [], [])] == [0, 0, 0]


# Element sets


def test_each_knot_is_from_the_nearest_set():
    orbit = propagate(SETS)
    assert orbit.messages == ()
    assert orbit.epochs.tolist() == list(EPOCHS)
    assert orbit.ends[0] == orbit.starts[1] == BETWEEN
    assert orbit.starts[0] == -(-(EPOCHS[0] - MOST_AGE) // 60) * 60
    assert orbit.ends[1] == (EPOCHS[1] + MOST_AGE) // 60 * 60 + 1
    # Each tells its own stretch to the last second, and no curve runs from the one to the other.
    assert len(runs_of(orbit.knots).firsts) == 2
    assert len(coverage(orbit.knots)) == 1
    before, at, after = positions_at(orbit.knots, [BETWEEN - 1, BETWEEN, BETWEEN + 1])
    one, other = (positions_at(propagate([pair]).knots, [BETWEEN - 1, BETWEEN, BETWEEN + 1]) for pair in SETS)
    assert apart(before, one[0]) < 0.1
    assert apart(at, other[1]) < 0.1
    assert apart(after, other[2]) < 0.1
    assert apart(one[1], other[1]) > 100


def test_no_set_gives_positions_beyond_its_greatest_age():
    orbit = propagate(SETS)
    outside = [EPOCHS[0] - MOST_AGE - 60, EPOCHS[1] + MOST_AGE + 60]
    assert np.isnan(positions_at(orbit.knots, outside)).all()
    assert not len(propagate([]).starts)


def test_only_what_is_asked_for_is_worked_out():
    whole, part = propagate(SETS), propagate(SETS, BETWEEN - 3600, BETWEEN + 7200)
    assert part.knots.times[0] == BETWEEN - 3600
    assert part.knots.times[-1] == BETWEEN + 7200 - 60
    seconds = np.arange(BETWEEN - 3600 + 180, BETWEEN + 7200 - 240, 77)
    assert apart(positions_at(part.knots, seconds), positions_at(whole.knots, seconds)).max() < 0.1
    assert len(propagate(SETS, 0, 86400).knots.times) == 0


def test_what_is_no_set_of_the_spacecraft_is_left_out_and_told():
    (first, second), other = SETS
    junk = [
        ("1 39265U", "2 39265"),
        (first.replace("39265U", "25544U"), second.replace("2 39265", "2 25544")),
        (first.replace(" 31358-3", "-17078-2"), second),
        (first, second.replace("14.52757329", " 2.52757329")),
        other,
    ]
    orbit = propagate(junk)
    assert orbit.epochs.tolist() == [EPOCHS[1]]
    assert len(orbit.messages) == 4
    text = "\n".join(orbit.messages)
    assert "25544" in text
    assert "speed it up" in text
    assert "cannot be read" in text
    assert "km" in text


def test_a_set_that_fails_leaves_its_stretch_to_its_neighbours():
    (first, second), other = SETS
    high = (first.replace("23206.50", "23210.50"), second.replace("14.52757329", " 2.52757329"))
    orbit = propagate([(first, second), high, other])
    assert orbit.epochs.tolist() == list(EPOCHS)
    assert orbit.ends[0] == BETWEEN
    assert len(orbit.messages) == 1


def test_of_sets_of_one_epoch_the_later_counts():
    (first, second), _ = SETS
    orbit = propagate([(first, second.replace("195.6497", "190.0000")), (first, second)])
    again = propagate([(first, second)])
    assert np.array_equal(orbit.knots.xyz, again.knots.xyz)


def test_without_the_package_the_advice_is_clear(monkeypatch):
    monkeypatch.setitem(sys.modules, "sgp4.api", None)
    with pytest.raises(MissingExtra, match=r"pip install 'edexql\[orbit\]'"):
        propagate(SETS)


def test_an_old_set_misses_the_published_position_by_hundreds_of_kilometres():
    # The nearest set is 53 days old: 290 km off over ground, 350 km at that height. The age must be shown.
    orbit = propagate(all_sets(), int(TRUTH_TIME) - 3600, int(TRUTH_TIME) + 3600)
    place = positions_at(orbit.knots, [TRUTH_TIME])
    assert np.abs(orbit.epochs - TRUTH_TIME) / 86400 == pytest.approx([52.8], abs=0.1)
    assert apart(place, frames.earth_fixed(*TRUTH))[0] == pytest.approx(350e3, abs=5e3)


def test_of_all_the_real_sets_one_is_junk():
    orbit = propagate(all_sets(), 1380585600, 1381190400)
    assert len(orbit.messages) == 1
    assert "2013-09-30" in orbit.messages[0]
    assert len(orbit.knots.times) == 0


# Between knots


def test_interpolation_is_as_good_as_promised():
    start = EPOCHS[1] // 60 * 60
    knots = propagate(SETS, start, start + 6 * 3600 + 60).knots
    # A knot shifted by some seconds makes other knots of the same orbit, and so the truth at every second.
    seconds = np.arange(start, start + 6 * 3600)
    truth = _exact(seconds)
    found = apart(positions_at(knots, seconds), truth)
    assert found[180:-180].max() < 0.012
    assert found.max() < 0.042
    rounded = decode(encode(knots))
    found = apart(positions_at(rounded, seconds), truth)
    assert np.sqrt(np.mean(found**2)) < 0.5
    assert found.max() < 2
    assert apart(positions_at(knots, seconds[1000:1100] + 0.25), _exact(seconds[1000:1100] + 0.25)).max() < 0.012


def _exact(seconds: np.ndarray, pair: tuple[str, str] = SETS[1]) -> np.ndarray:
    from sgp4.api import Satrec

    days = np.floor_divide(seconds, 86400)
    _, teme, _ = Satrec.twoline2rv(*pair).sgp4_array(days + 2440587.5, (seconds - days * 86400) / 86400)
    return frames.earth_fixed_of_teme(seconds, teme * 1000)


def test_nothing_is_extrapolated():
    knots = circle(6000, 9, 81)
    short, long = knots_of(knots.times[:5], knots.xyz[:5]), knots_of(knots.times[:6], knots.xyz[:6])
    assert np.isnan(positions_at(short, np.arange(5900, 6400))).all()
    told = np.isfinite(positions_at(long, np.arange(5900, 6400)))[:, 0]
    assert told.tolist() == [6000 <= second <= 6300 for second in range(5900, 6400)]
    gap = knots_of(np.delete(knots.times, 6), np.delete(knots.xyz, 6, axis=0))
    assert coverage(gap).starts.tolist() == [6000]
    assert np.isfinite(positions_at(gap, [6300, 6300.0])).all()
    assert np.isnan(positions_at(gap, [6301, 6420, 6480])).all()
    assert np.isnan(positions_at(NO_KNOTS, [0, 1.5])).all()


def test_a_knot_is_given_back_as_it_is():
    knots = circle(6000, 30, 81)
    assert np.array_equal(positions_at(knots, knots.times), knots.xyz)
    assert np.array_equal(positions_at(knots, knots.times.astype(float)), knots.xyz)


# Bytes


@st.composite
def any_knots(draw):
    steps = draw(st.lists(st.sampled_from([1, 1, 1, 1, 2, 50]), max_size=40))
    times = 60 * (draw(st.integers(-(10**6), 10**7)) + np.cumsum([0, *steps]))
    times = np.sort(
        np.concatenate((times, times[draw(st.lists(st.integers(0, len(times) - 1), max_size=3, unique=True))]))
    )
    scale = draw(st.sampled_from([1.0, 1e3, 7e6, 2.0**31 - 2]))
    seed = draw(st.integers(0, 2**32 - 1))
    return Knots(times, np.random.default_rng(seed).uniform(-scale, scale, (len(times), 3)))


@given(any_knots())
def test_knots_come_back_from_bytes_in_whole_metres(knots):
    back = decode(encode(knots))
    assert np.array_equal(back.times, knots.times)
    assert np.array_equal(back.xyz, np.rint(knots.xyz))
    assert encode(back) == encode(knots)


def test_no_knots_come_back_too():
    assert len(decode(encode(NO_KNOTS)).times) == 0


@given(st.data())
def test_damaged_bytes_are_told_as_such(data):
    whole = encode(circle(6000, 50, 81))
    place = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    damaged = (
        whole[:place]
        if cut
        else whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    )
    try:
        decode(damaged)
    except KnotsError:
        return
    assert not cut


@pytest.mark.parametrize(
    ("times", "xyz"),
    [
        ([30], [[0, 0, 0]]),
        ([120, 60], np.zeros((2, 3))),
        ([60, 60, 60], np.zeros((3, 3))),
        ([60], [[0, 0]]),
        ([60], [[0, 0, np.nan]]),
    ],
)
def test_what_are_no_knots_is_refused(times, xyz):
    with pytest.raises(KnotsError):
        knots_of(np.array(times), np.array(xyz, float))


def test_an_orbit_takes_two_bytes_a_knot():
    knots = propagate(SETS, EPOCHS[0] + 86400, EPOCHS[0] + 4 * 86400).knots
    assert len(encode(knots)) < 2.2 * len(knots.times)


# Chunks


def test_a_chunk_answers_as_the_whole_orbit_does():
    seam = 400 * CHUNK
    whole = circle((seam - 4000) // 60 * 60, 140, 81)
    holes = np.isin(np.arange(140), [3, 40, 66, 75, 120])
    whole = knots_of(whole.times[~holes], whole.xyz[~holes])
    chunks = dict(chunks_of(whole))
    assert list(chunks) == [seam - CHUNK, seam]
    for start, part in chunks.items():
        seconds = np.arange(max(start, seam - 5000), min(start + CHUNK, seam + 5000))
        assert np.array_equal(positions_at(part, seconds), positions_at(whole, seconds), equal_nan=True)


def test_chunks_join_to_the_orbit_they_came_from():
    seam = 400 * CHUNK
    whole = circle((seam - 4000) // 60 * 60, 140, 81)
    back = joined([part for _, part in chunks_of(whole)])
    assert np.array_equal(back.times, whole.times)
    assert np.array_equal(back.xyz, whole.xyz)
    assert list(chunks_of(NO_KNOTS)) == []
    assert len(joined([]).times) == 0


def test_of_orbits_joined_the_later_counts():
    first, second = circle(6000, 10, 81), circle(6240, 10, 40)
    both = joined([first, second])
    assert both.times.tolist() == list(range(6000, 6840, 60))
    assert np.array_equal(both.xyz[4:], second.xyz)
    assert np.array_equal(joined([second, first]).xyz[:10], first.xyz)


def test_runs_that_meet_in_one_knot_stay_two_when_joined():
    orbit = propagate(SETS, BETWEEN - 3600, BETWEEN + 3600).knots
    assert len(runs_of(joined([orbit, circle(6000, 10, 81)])).firsts) == 3


# Resampling


@pytest.mark.parametrize(
    ("step", "inner", "edge"), [(1, 1e-6, 1e-6), (30, 1e-3, 1e-3), (60, 5e-3, 0.03), (120, 0.8, 2.5)]
)
def test_positions_become_knots(step, inner, edge):
    start = EPOCHS[1] // 60 * 60
    seconds = np.arange(start + (7 if step > 1 else 0), start + 4 * 3600, step).astype(float)
    knots = resample(seconds, _exact(seconds))
    assert knots.times[0] <= seconds[0] + 60
    assert knots.times[-1] >= seconds[-1] - 60
    found = apart(knots.xyz, _exact(knots.times))
    assert found[6:-6].max() < inner
    assert found.max() < edge


@pytest.mark.parametrize(("step", "most"), [(150, 0.6), (180, 0.6), (240, 0.9), (300, 2.5)])
def test_positions_up_to_five_minutes_apart_become_knots_away_from_gaps(step, most):
    # The orbit of the mission's first days was the most eccentric.
    for pair, start in ((SETS[1], EPOCHS[1] // 60 * 60), (PAIR, 1380600000)):
        seconds = np.arange(start + 7, start + 12 * 3600, step).astype(float)
        knots = resample(seconds, _exact(seconds, pair))
        assert np.all(np.diff(knots.times) == 60)
        assert knots.times[0] == -(-int(seconds[3]) // 60) * 60
        assert knots.times[-1] == int(seconds[-4]) // 60 * 60
        assert apart(knots.xyz, _exact(knots.times, pair)).max() < most


def test_positions_six_minutes_apart_tell_nothing_between_them():
    start = 1380600000
    seconds = np.arange(start + 7, start + 12 * 3600, 360).astype(float)
    assert len(resample(seconds, _exact(seconds)).times) == 0


def test_positions_far_apart_make_no_knots_between_them():
    start = EPOCHS[1] // 60 * 60
    seconds = np.concatenate((np.arange(0, 1800, 10), np.arange(1921, 4000, 10), [5400])) + start + 0.5
    knots = resample(seconds, _exact(seconds))
    minutes = (knots.times - start) // 60
    assert minutes.tolist() == [*range(1, 30), *range(33, 67)]


def test_positions_in_any_order_with_holes_and_doubles():
    start = EPOCHS[1] // 60 * 60
    seconds = np.arange(start, start + 1800, 5).astype(float)
    xyz = _exact(seconds)
    expected = resample(seconds, xyz)
    order = np.random.default_rng(1).permutation(len(seconds))
    wrong = np.full((2, 3), np.nan)
    knots = resample(
        np.concatenate((seconds[5:6], seconds[order], [np.nan, start + 3.0])),
        np.concatenate(([[1, 2, 3]], xyz[order], wrong)),
    )
    assert np.array_equal(knots.times, expected.times)
    assert np.array_equal(knots.xyz, expected.xyz)
    assert len(resample([], np.empty((0, 3))).times) == 0
    assert resample([start], [[1, 2, 3]]).xyz.tolist() == [[1, 2, 3]]
