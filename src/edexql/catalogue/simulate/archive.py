"""The files that the sessions of a simulated mission would have left, named as the archive names its own.

The patterns are those of real names (e-POP data handbook; published lists of files); instruments of which no
name is known leave none. Versions and sizes are invented, near the real ones: 540 MB for a session of FAI, a
gigabyte a day for RRI.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np

from edexql.catalogue.ingest.batches import File
from edexql.catalogue.simulate.orbit import START

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edexql.catalogue.simulate.sessions import Runs, Sessions

    # A name with {} for its times; the usual size in bytes; how much it varies; in what share of sessions.
    Kind = tuple[str, float, float, float]

_DAY = 86400
_KINDS: Mapping[str, tuple[Kind, ...]] = {
    "fai": (
        ("FAI_lv1_h5_{}_6.0.0.zip", 540e6, 0.05, 1.0),
        ("FAI_lv1_h5_{}_6.0.2.zip", 541e6, 0.05, 0.05),
    ),
    "gap": (
        ("GAP_{}_LOS_TEC_RCVR1_1.0.0.nc", 2.1e6, 0.4, 0.9),
        ("GAP_{}_VTEC_1.0.0.nc.zip", 0.4e6, 0.4, 0.8),
    ),
    "mgf": (
        ("MGF_{}_v2.1.0.lv2", 6e6, 0.4, 1.0),
        ("MGF_{}_V_01_00_00.1sps.GEI.lv3", 0.2e6, 0.4, 0.6),
    ),
    "rri": (
        ("RRI_{}_lv1_12.0.0.h5", 230e6, 0.5, 0.85),
        ("RRI_{}_lv1_13.0.0.h5", 230e6, 0.5, 0.2),
        ("RRI_{}_lv1_v2.h5", 225e6, 0.5, 0.15),
    ),
}
_IMAGE_BYTES = 38_000.0
# Seconds from image to image at a density of 1: with it, twelve years come to about a million files. Only the
# near-infrared camera has images, because how those of the other are named is not known.
_APART = 5.5
# From this day the daily files have their date in both of their times, and a version.
_DATED = int(datetime(2018, 1, 1, tzinfo=timezone.utc).timestamp())


def files(runs: Runs, end: int, seed: int, density: float) -> Iterator[File]:
    """The files of all sessions, daily files, and images of FAI.

    The images are what there are most of: one every 5.5 / `density` seconds, at most one a second, and none at 0.
    """
    for number, (instrument, kinds) in enumerate(_KINDS.items()):
        chance = np.random.default_rng([seed, 3, number])
        for kind in kinds:
            yield from _of_sessions(chance, instrument, runs[instrument], kind)
    yield from _daily(np.random.default_rng([seed, 3, 100]), end)
    if density > 0:
        yield from _images(np.random.default_rng([seed, 3, 101]), runs["fai"], max(_APART / density, 1.0))


def _of_sessions(chance: np.random.Generator, instrument: str, sessions: Sessions, kind: Kind) -> Iterator[File]:
    pattern, usual, spread, share = kind
    count = len(sessions.starts)
    there = chance.uniform(size=count) < share
    sizes = _sizes(chance, count, usual, spread)
    for start, end, size, present in zip(
        sessions.starts.tolist(), sessions.ends.tolist(), sizes, there.tolist(), strict=True
    ):
        if present:
            day = _date(start)
            name = pattern.format(f"{day:%Y%m%d}_{_clock(start)}_{_clock(end - 1)}")
            yield File(name, size, None, f"{day:%Y/%m/%d}/{instrument.upper()}/{name}")


def _daily(chance: np.random.Generator, end: int) -> Iterator[File]:
    days = range(START, end - _DAY + 1, _DAY)
    sizes = zip(_sizes(chance, len(days), 15.6e6, 0.005), _sizes(chance, len(days), 15.9e6, 0.002), strict=True)
    for start, (ephemeris, positions) in zip(days, sizes, strict=True):
        day = _date(start)
        folder = f"{day:%Y/%m/%d}"
        clocked, dated = f"{day:%Y%m%d}_000000_235959", f"{day:%Y%m%d}T000000_{day:%Y%m%d}T235959"
        name = f"CAS_ephemeris_{dated}_1.2.0.txt" if start >= _DATED else f"CAS_ephemeris_{clocked}.txt"
        yield File(name, ephemeris, None, f"{folder}/{name}")
        name = f"CAS_Orbit_GEO_{dated}_1.1.0.sp3"
        yield File(name, positions, None, f"{folder}/{name}")


def _images(chance: np.random.Generator, sessions: Sessions, apart: float) -> Iterator[File]:
    on = sessions.modes["nir"]
    for start, end in zip(sessions.starts[on].tolist(), sessions.ends[on].tolist(), strict=True):
        times = start + np.arange(0, end - start, apart).astype(np.int64)
        # One folder a session, that of its first day (a choice).
        folder = f"{_date(start):%Y/%m/%d}/FAI"
        for time, size in zip(times.tolist(), _sizes(chance, len(times), _IMAGE_BYTES, 0.3), strict=True):
            clock = _clock(time)
            name = f"FAI_lv1_NIR_{_date(time):%Y%m%d}_{clock}_{clock}_6.0.2.png"
            yield File(name, size, None, f"{folder}/{name}")


def _sizes(chance: np.random.Generator, count: int, usual: float, spread: float) -> list[int]:
    return np.rint(usual * np.exp(chance.normal(0, spread, count))).astype(np.int64).tolist()  # type: ignore[no-any-return]


def _date(time: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(days=time // _DAY)


def _clock(time: int) -> str:
    second = time % _DAY
    return f"{second // 3600:02}{second // 60 % 60:02}{second % 60:02}"
