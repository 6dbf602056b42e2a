"""The made-up mission: of a real one's shape, and the same for the same seed."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import islice

import numpy as np
import pytest

from catalogues import query
from commands import run
from edexql.catalogue.evaluation import evaluate, times
from edexql.catalogue.geometry import frames
from edexql.catalogue.geometry.dipole import dipole
from edexql.catalogue.ingest.batches import Covered, File, Samples, Spans
from edexql.catalogue.quanta import quantized
from edexql.catalogue.simulate import orbit as orbits
from edexql.catalogue.simulate import sessions
from edexql.catalogue.simulate.ephemeris import CHUNK, MISSING, ephemeris_chunks
from edexql.catalogue.simulate.indices import AP
from edexql.catalogue.simulate.mission import batches, fill
from edexql.catalogue.simulate.orbit import START, YEAR
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.writer import Writer
from edexql.model.filename import product_classifier, span_of_name
from edexql.model.period import day_of
from edexql.model.vocabulary import load

pytestmark = pytest.mark.slow


def second(*date: int) -> int:
    return int(datetime(*date, tzinfo=timezone.utc).timestamp())


@pytest.fixture(scope="module")
def facts() -> list:
    """A mission of ten years with a thousandth of its images."""
    return list(batches(10.0, 7, 0.001))


@pytest.fixture(scope="module")
def chunks() -> list:
    return list(ephemeris_chunks(0.25, 7))


# The orbit


@pytest.mark.parametrize(
    ("date", "period", "perigee", "apogee"),
    [
        ((2013, 10, 1), 103.25, 325, 1500),
        ((2015, 1, 1), 102.2, 324, 1406),
        ((2024, 1, 5), 98.5, 312, 1069),
    ],
)
def test_the_orbit_shrinks_as_the_real_one_did(date, period, perigee, apogee):
    mission = orbits.mission(1)
    begin = second(*date)
    turn = 2 * np.pi / np.interp(begin, mission.times, mission.rates[0])
    assert turn / 60 == pytest.approx(period, abs=0.1)
    radius = np.linalg.norm(orbits.inertial(mission, begin + np.arange(0.0, turn, 5)), axis=1) / 1000 - 6378.137
    assert radius.min() == pytest.approx(perigee, abs=3)
    assert radius.max() == pytest.approx(apogee, abs=3)


def test_the_orbit_is_smooth_and_keeps_its_plane():
    mission = orbits.mission(2)
    for year in (0.0, 1.07, 5.0, 9.9):  # 1.07 is where one stretch of the table gives way to the next
        times = START + year * YEAR + np.arange(-30.0 if year else 0, 6000, 10)
        xyz = orbits.inertial(mission, times)
        assert np.linalg.norm(np.diff(xyz, n=2, axis=0), axis=1).max() < 10 * 100
        normal = np.cross(xyz[0], xyz[60])
        assert np.degrees(np.arccos(normal[2] / np.linalg.norm(normal))) == pytest.approx(80.97, abs=0.05)


# The ephemeris


def test_chunks_are_aligned_and_missing_outside_of_the_mission(chunks):
    assert [start for start, _ in chunks] == [(START // CHUNK + index) * CHUNK for index in range(len(chunks))]
    end = START + round(0.25 * YEAR)
    for start, columns in chunks:
        seconds = np.arange(start, start + CHUNK)
        outside = (seconds < START) | (seconds >= end)
        for name, column in columns.items():
            assert column.dtype == np.int16
            assert column.shape == (CHUNK,)
            assert (column[outside] == MISSING).all()
            if name not in ("yaw", "pitch", "roll"):
                assert (column[~outside] != MISSING).all()


def test_every_second_is_that_of_the_orbit(chunks):
    mission = orbits.mission(7)
    start, columns = chunks[1]
    index = np.sort(np.random.default_rng(1).choice(CHUNK, 3000, replace=False))
    times = start + index.astype(float)
    xyz = orbits.earth_fixed(mission, times)
    x, y, z = xyz.T.copy()
    magnetic = dipole(times, xyz)
    expected = {
        "latitude": frames.latitude(x, y, z),
        "longitude": frames.longitude(x, y),
        "altitude": frames.altitude(x, y, z),
        "magnetic-latitude": magnetic[0],
        "magnetic-longitude": magnetic[1],
        "mlt": magnetic[2],
    }
    away = np.abs(magnetic[0]) < 85
    for name, values in expected.items():
        turn = {"longitude": 36000, "magnetic-longitude": 36000, "mlt": 24000}.get(name, 2**20)
        off = columns[name][index].astype(int) - quantized(name, values)
        off = np.abs((off + turn // 2) % turn - turn // 2)
        assert off[away].max() <= 1, name


def test_the_eclipse_is_where_the_sun_is_hidden(chunks):
    _, columns = chunks[1]
    eclipse = columns["eclipse"]
    assert set(np.unique(eclipse)) <= {0, 1, 2}
    # Never from the sun into full shadow without the half shadow between, which lasts some seconds.
    assert np.abs(np.diff(eclipse)).max() == 1
    assert 0.05 < np.mean(eclipse == 2) < 0.45
    night = np.abs((columns["mlt"] / 1000.0 + 12) % 24 - 12) < 3
    low = np.abs(columns["magnetic-latitude"]) < 4000
    assert np.mean(eclipse[night & low] == 2) > np.mean(eclipse[~night & low] == 2)


def test_attitude_has_dropouts_and_they_have_no_angles(chunks):
    _, columns = chunks[1]
    accuracy = columns["attitude-accuracy"]
    assert {0, 1, 2, 3, 4} <= set(np.unique(accuracy)) <= {0, 1, 2, 3, 4, 9}
    assert any(9 in part["attitude-accuracy"] for _, part in chunks)
    gone = (accuracy == 0) | (accuracy == 9)
    assert 0 < np.mean(gone) < 0.1
    for name in ("yaw", "pitch", "roll"):
        assert np.array_equal(columns[name] == MISSING, gone)
        there = columns[name][~gone].astype(int)
        assert there.min() >= -18000
        assert there.max() < 18000
        assert np.mean(np.abs(there) < 200) > 0.8  # to the nadir as a rule
        assert np.mean(np.diff(there) != 0) > 0.5  # measured, not smooth


def test_the_ephemeris_is_the_same_for_the_same_seed(chunks):
    again = next(ephemeris_chunks(0.01, 7))
    known = again[1]["latitude"] != MISSING
    for name, column in again[1].items():
        assert np.array_equal(column[known], chunks[0][1][name][known])
    other = next(ephemeris_chunks(0.01, 8))
    assert not np.array_equal(other[1]["latitude"], again[1]["latitude"])
    assert not np.array_equal(other[1]["yaw"], again[1]["yaw"])


# Sessions


def spans(facts, key: str, word: str) -> Spans:
    (found,) = [fact for fact in facts if isinstance(fact, Spans) and (fact.key, fact.word) == (key, word)]
    return found


def test_instruments_run_in_sessions(facts):
    for instrument in load().instruments:
        found = spans(facts, instrument, "has-data")
        lengths = found.ends - found.starts
        assert lengths.min() >= 100
        assert lengths.max() <= 1800
        assert (found.starts[1:] > found.ends[:-1]).all()
        assert found.starts[0] >= START
        assert found.ends[-1] <= START + round(10 * YEAR)
        assert Covered(instrument, None, START, START + round(10 * YEAR), "cassiope") in facts


def test_modes_are_of_the_vocabulary_and_of_sessions(facts):
    vocabulary = load()
    modes = [fact for fact in facts if isinstance(fact, Spans) and fact.key != "experiment" and fact.word != "has-data"]
    assert {mode.key for mode in modes} == {"fai", "mgf", "rri"}
    for mode in modes:
        assert mode.word in {value["name"] for value in vocabulary.instruments[mode.key]["values"]}
        whole = spans(facts, mode.key, "has-data")
        assert np.isin(mode.starts, whole.starts).all()
        assert 0 < len(mode.starts) < len(whole.starts)
    together = np.isin(spans(facts, "rri", "dipole").starts, spans(facts, "rri", "monopole").starts)
    assert not together.any()


def test_the_silence_the_lost_wheel_and_the_sparse_instrument(facts):
    for instrument in load().instruments:
        found = spans(facts, instrument, "has-data")
        assert not np.any((found.ends > second(2021, 2, 28)) & (found.starts < second(2021, 3, 10)))
    mgf, sei = (spans(facts, name, "has-data").starts for name in ("mgf", "sei"))
    before, after = ((mgf > second(y, 1, 1)) & (mgf < second(y + 1, 1, 1)) for y in (2020, 2022))
    assert 0 < after.sum() < before.sum() / 2
    assert 0 < np.sum(sei > second(2016, 6, 1)) < np.sum(sei < second(2016, 6, 1))


def test_experiments_are_over_their_places(facts):
    fire = spans(facts, "experiment", "Point of Interest > Fort McMurray Fire")
    assert len(fire.starts) > 5
    assert (fire.starts >= second(2016, 5, 1)).all()
    assert (fire.ends <= second(2016, 7, 7)).all()
    place = orbits.earth_fixed(orbits.mission(7), (fire.starts + fire.ends) / 2)
    x, y, z = place.T.copy()
    assert frames.latitude(x, y, z).min() > 30
    named = {fact.word for fact in facts if isinstance(fact, Spans) and fact.key == "experiment"}
    assert all(word.startswith(("Point of Interest > Fort McMurray Fire", "Synthetic > ")) for word in named)
    assert {fact.word for fact in facts if isinstance(fact, Covered) and fact.key == "experiment"} == named


# Files


def test_every_file_has_a_name_that_tells_its_times_and_its_product(facts):
    of_name = product_classifier(load())
    files = [fact for fact in facts if isinstance(fact, File)]
    assert len({file.name for file in files}) == len(files)
    products = set()
    for file in files:
        span = span_of_name(file.name)
        assert span is not None
        assert START <= span.start < span.end <= START + round(10 * YEAR) + 86400
        product, instrument = of_name(file.name)
        assert product is not None, file.name
        products.add(product)
        assert file.place.endswith(f"/{file.name}")
        assert f"/{instrument.upper()}/" in file.place if instrument else file.place.count("/") == 3
        assert file.size > 0
        assert file.size_text is None
    assert len(products) >= 8


def test_a_file_of_a_session_has_its_times(facts):
    found = spans(facts, "rri", "has-data")
    files = [fact.name for fact in facts if isinstance(fact, File) and fact.name.startswith("RRI")]
    named = {(span.start, span.end) for span in map(span_of_name, files)}
    assert named <= set(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
    # Some have two versions.
    assert len(files) > len(named) > 0.8 * len(found.starts)


def test_sizes_are_like_real_ones(facts):
    sizes = [fact.size for fact in facts if isinstance(fact, File) and fact.name.endswith("6.0.0.zip")]
    assert np.median(sizes) == pytest.approx(540e6, rel=0.02)
    assert 480e6 < np.quantile(sizes, 0.05) < np.quantile(sizes, 0.95) < 610e6


def test_density_is_how_many_images_there_are():
    counts = {}
    for density in (0, 0.5, 1, 1000):
        files = [fact for fact in batches(0.1, 3, density) if isinstance(fact, File)]
        counts[density] = sum(file.name.endswith(".png") for file in files)
        assert len({file.name for file in files}) == len(files)
    assert counts[0] == 0
    assert counts[1] == pytest.approx(2 * counts[0.5], rel=0.05)
    assert counts[1000] == pytest.approx(5.5 * counts[1], rel=0.05)
    # A million in twelve years, where each of the first eight has as much as this tenth of one.
    assert 0.6e6 < counts[1] * 10 * (8.2 + 0.3 * 3.8) < 1.4e6


# Indices


def series(facts, name: str) -> Samples:
    (found,) = [fact for fact in facts if isinstance(fact, Samples) and fact.series == name]
    return found


def test_kp_is_in_thirds_and_ap_follows_it(facts):
    found = series(facts, "kp")
    assert found.holds == 10800
    assert (np.diff(found.times) == 10800).all()
    thirds = found.columns["kp"] * 3
    assert np.array_equal(thirds, np.rint(thirds))
    assert np.array_equal(found.columns["ap"], AP[np.rint(thirds).astype(int)])
    assert 1 < found.columns["kp"].mean() < 2.5
    assert 0.001 < np.mean(found.columns["kp"] >= 5) < 0.08
    assert found.columns["kp"].max() <= 9


def test_storms_are_seen_in_all_indices(facts):
    omni, kp = series(facts, "omni"), series(facts, "kp")
    assert omni.holds == 3600
    dst = omni.columns["dst"]
    assert -700 < dst.min() < -100
    assert dst.max() < 60
    assert np.corrcoef(dst[1:], dst[:-1])[0, 1] > 0.9
    storm = dst[np.searchsorted(omni.times, kp.times)] < -80
    assert kp.columns["kp"][storm].mean() > 2 + kp.columns["kp"].mean()
    assert omni.columns["solar-wind-speed"].min() >= 250
    for name in ("imf-by", "imf-bz"):
        assert abs(omni.columns[name].mean()) < 0.5


def test_the_solar_flux_has_its_cycle(facts):
    found = series(facts, "f107")
    flux = found.columns["f107"]
    year = 2013.75 + (found.times - START) / YEAR
    means = {top: flux[(year > top) & (year < top + 1)].mean() for top in (2014, 2019, 2022.7)}
    assert means[2014] > 1.5 * means[2019]
    assert means[2022.7] > 1.2 * means[2019]
    assert flux.min() >= 64


# The same again


def test_the_facts_are_the_same_for_the_same_seed():
    def some(seed: int) -> list[str]:
        return [repr(fact) for fact in islice(batches(0.1, seed, 0.01), 400)]

    assert some(1) == some(1)
    assert some(1) != some(2)


@pytest.mark.parametrize("wrong", [(0, 1), (31, 1), (float("nan"), 1), (1, -1)])
def test_a_mission_has_a_length(wrong):
    with pytest.raises(ValueError, match="years"):
        next(batches(wrong[0], 1, wrong[1]))


def test_the_constants_of_known_days():
    assert datetime.fromtimestamp(START, timezone.utc).isoformat() == "2013-10-01T00:00:00+00:00"
    assert (second(2021, 2, 28), second(2021, 3, 10)) == sessions.SILENCE


# Any part of it


def test_a_part_of_a_mission_is_that_part_of_the_whole(tmp_path):
    start, end = START + 40 * 86400, START + 43 * 86400
    for name, begin in (("whole", START), ("part", start)):
        with Writer(str(tmp_path / name), load()) as writer:
            fill(writer, begin, end, 3, 0.01, lambda done, days: None, name)
            writer.commit()
    found = {}
    for name in ("whole", "part"):
        with open_catalogue(str(tmp_path / name)) as catalogue:
            of_part = f"date {day_of(start)}..{day_of(end - 1)}; "
            told = [times(query(of_part + text), catalogue, load()).yes for text in ("mlt 2..9", "kp > 3", "f107 > 90")]
            files = evaluate(query("date 2013"), catalogue, load()).files.names
            found[name] = told, {one for one in files if span_of_name(one).start >= start}
            if name == "part":
                assert found[name][1] == set(files)
                assert not len(times(query(f"date ..{day_of(start - 1)}; mlt 0..24"), catalogue, load()).yes)
    assert found["whole"] == found["part"]
    assert len(found["part"][1]) > 10


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("--start", "2013-09-30"), "--start is 2013-10-01 at the earliest"),
        (("--start", "2019-05-02", "--end", "2019-05-01"), "--end 2019-05-01 is before --start 2019-05-02"),
        (("--end", "2050-01-01"), "--end is 2043"),
        (("--start", "May"), "--start takes a day"),
    ],
)
def test_a_part_that_there_is_not_is_told(words, wrong, tmp_path):
    done = run("catalogue", "simulate", "--catalogue", tmp_path / "made", *words)
    assert done.code == 2
    assert wrong in done.err
    assert not (tmp_path / "made").exists()
