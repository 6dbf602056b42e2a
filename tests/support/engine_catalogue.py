"""A small made-up catalogue with every awkward thing in it."""

from __future__ import annotations

import random

import numpy as np

from edexql.catalogue.ingest.batches import Covered, File, Positions, Samples, Spans
from edexql.catalogue.store.writer import Writer
from edexql.model.vocabulary import load

VOCABULARY = load()
HOUR, DAY = 3600, 86400
MIDNIGHT = 1556668800  # 2019-05-01
# A month ends in it, and the samples begin and end within days.
START, STOP = MIDNIGHT - 9 * HOUR, MIDNIGHT + DAY + 4 * HOUR
# Names that would break out of quotes, be filled in or be folded somewhere.
ODD_TAGS = (
    "it's",
    "back\\slash\\",
    'dou"ble',
    "${spark.app.name}",
    "$$ -- /* %s ?",
    "Ünïcode ☃",
    "two\nlines\ttab",
    "'; DROP TABLE file; --",
)
FAI, RRI, MGF = "fai-lv1-hdf5-images", "rri-lv1-hdf5-radio-data", "mgf-lv2-magnetic-field"


def build(folder: str) -> None:
    """Make the catalogue."""
    with Writer(folder, VOCABULARY) as writer:
        writer.begin_source("archive", "listing", "1", synthetic=False)
        for file in _files():
            writer.add(file)
        writer.begin_source("logs", "log", "2", synthetic=True, note="made up")
        for batch in _logs():
            writer.add(batch)
        writer.begin_source("samples", "table", "3", synthetic=True)
        for samples in [_ephemeris(), *_tracks(), *_indices()]:
            writer.add(samples)
        writer.begin_source("orbit", "positions", "4", synthetic=True)
        writer.add(_positions())
        writer.commit()


def _name(instrument: str, start: int, end: int, version: str) -> str:
    day, begins = _clock(start)
    return f"{instrument}_{day}_{begins}_{_clock(end)[1]}_{version}"


def _clock(second: int) -> tuple[str, str]:
    moment = np.datetime64(second, "s").item()
    return f"{moment:%Y%m%d}", f"{moment:%H%M%S}"


def _files() -> list[File]:
    chance = random.Random(1)
    found = []
    for number in range(60):
        start = START - 6 * HOUR + number * 2900 + chance.randrange(2000)
        end = start + chance.choice((0, 59, 400, 3000))
        stem = chance.choice(("FAI_lv1_h5", "FAI_lv1_h5", "RRI", "MGF"))
        if stem == "MGF":
            found.append(File(_name("MGF", start, end, "v2.1.0.lv2"), 10, None, "mgf"))
        elif stem == "RRI":
            found.append(File(_name("RRI", start, end, "lv1_v2.h5"), None, None, "rri"))
        else:
            found.append(File(_name(stem, start, end, "6.0.0.zip"), None, "540.57MB", "fai"))
            if number % 4 == 0:
                found.append(File(_name(stem, start, end, "10.0.1.zip"), 5, None, "fai"))
    found.append(File("FAI_without_times.zip", 1, None, "fai", FAI))
    found.append(File("of_no_product_20190501_010000_020000.dat", 1, None, "x"))
    found.append(File("CAS_ephemeris_20190501_000000_235959.txt", 1, None, "cas"))
    return found


def _logs() -> list[Spans | Covered]:
    def at(*hours: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
        table = np.array(hours) * HOUR + MIDNIGHT
        return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)

    return [
        Spans("fai", "has-data", *at((-8, -7), (-1, 1.5), (3, 3.2), (12, 13))),
        Covered("fai", None, MIDNIGHT - 5 * HOUR, MIDNIGHT + 9 * HOUR),
        Covered("fai", "nir", MIDNIGHT + 9 * HOUR, MIDNIGHT + 15 * HOUR),
        Spans("fai", "nir", *at((2, 4), (10, 11), (20, 21))),
        Spans("rri", "dipole", *at((0, 6))),
        Covered("rri", "dipole", MIDNIGHT, MIDNIGHT + DAY),
        Spans("eclipse", "umbra", *at(*((hour, hour + 0.6) for hour in range(-9, 28, 2)))),
        Covered("eclipse", None, START, STOP),
        *(
            Spans("experiment", f"Odd > {tag}", *at((hour, hour + 1.5), (hour + 12, hour + 13)))
            for hour, tag in enumerate(ODD_TAGS)
        ),
        Covered("experiment", None, MIDNIGHT - 20 * HOUR, MIDNIGHT + 20 * HOUR),
    ]


def _ephemeris() -> Samples:
    times = np.arange(START, STOP)
    rows = np.ones(len(times), bool)
    # No rows at all, over midnight as well; not even the second series has them all.
    for first, last in ((MIDNIGHT - 600, MIDNIGHT + 900), (MIDNIGHT + 8 * HOUR, MIDNIGHT + 8 * HOUR + 1)):
        rows &= (times < first) | (times >= last)
    times = times[rows]
    moved = times - MIDNIGHT
    columns = {
        "latitude": 81 * np.sin(moved / 971),
        "longitude": (moved / 16.6) % 360 - 180,
        "altitude": 900 + 590 * np.sin(moved / 3571),
        "magnetic-latitude": np.where(moved % 7000 < 5000, 85 * np.sin(moved / 971 + 0.2), np.nan),
        "aacgm-latitude": np.where(moved % 7000 > 4000, 84 * np.sin(moved / 971 + 0.3), np.nan),
        "mlt": np.where((moved > 0) & (moved < 40000), (moved / 250) % 24, np.nan),
        "aacgm-mlt": np.where(moved > 20000, (moved / 240) % 24, np.nan),
        "yaw": np.where(moved % 900 < 450, ((moved / 7) + 180) % 360 - 180, np.nan),
        "orbit": 30000.0 + moved // 6000,
    }
    return Samples("ephemeris", times, 1, columns)


def _tracks() -> list[Samples]:
    times = np.arange(MIDNIGHT - 2 * HOUR, MIDNIGHT + 2 * HOUR, 60)
    times = times[(times < MIDNIGHT + 1200) | (times > MIDNIGHT + 1500)]
    moved = times - MIDNIGHT
    track = {
        "latitude": 81 * np.sin(moved / 971 + 0.01),
        "longitude": np.where(moved % 1200 < 1000, (moved / 16.6 + 179) % 360 - 180, np.nan),
    }
    later = np.arange(STOP - HOUR, STOP + 2 * HOUR, 300)
    return [
        Samples("track", times, 60, track, linear=True),
        Samples("track-held", later, 300, {"altitude": 300 + (later - STOP) / 20, "pitch": (later - STOP) / 90}),
    ]


def _positions() -> Positions:
    """Two hours before the samples, of which nothing else is known of the spacecraft."""
    times = np.arange(START - 3 * HOUR, START - HOUR, 60, dtype=np.float64)
    angle, turned = (times - START) / 975, (times - START) * 7.3e-5
    along, up = 7.2e6 * np.cos(angle), 7.2e6 * np.sin(angle)
    return Positions(times, np.stack((along * np.cos(turned), -along * np.sin(turned), up), axis=1))


def _indices() -> list[Samples]:
    times = np.arange(MIDNIGHT - DAY, MIDNIGHT + DAY, 3 * HOUR)
    kp = np.arange(len(times)) % 14 * 2 / 3
    kp[[3, 9]] = np.nan
    hours = np.arange(MIDNIGHT - DAY, MIDNIGHT + 2 * DAY, HOUR)
    steps = np.arange(len(hours))
    minutes = np.arange(MIDNIGHT - 2 * HOUR, MIDNIGHT + 3 * HOUR, 300)
    return [
        Samples("kp", times, 3 * HOUR, {"kp": kp, "ap": kp**2}),
        Samples("omni", hours, HOUR, {"kp": steps % 10 / 3, "dst": -5.0 * (steps % 13) + 10}),
        Samples(
            "wind",
            minutes,
            300,
            {"imf-bz": 12 * np.sin(minutes / 3000), "solar-wind-speed": minutes % 700.0},
            linear=True,
        ),
    ]
