"""Make the grid of quasi-dipole coordinates that comes with the package.

    python tools/make_quasi_dipole_grid.py            # write src/edexql/catalogue/geometry/quasi_dipole.npz
    python tools/make_quasi_dipole_grid.py --check    # measure what is there against apexpy

Needs apexpy (MIT), which is built from source: `apt install gfortran`, then `pip install apexpy`. Version 2.1.1,
with IGRF-14, made the grid that is kept. On every degree of latitude and longitude, at four altitudes, in five
years, the quasi-dipole latitude and longitude are asked of it and kept as a unit vector: in altitude as the
coefficients of Chebyshev polynomials up to the third, which is what apexpy itself has; in steps of 1 / 32767;
as differences along year, latitude and longitude, the two bytes apart.
"""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from pathlib import Path

import apexpy
import numpy as np

FILE = Path(__file__).parent.parent / "src" / "edexql" / "catalogue" / "geometry" / "quasi_dipole.npz"
YEARS = (2010, 2015, 2020, 2025, 2030)
LOWEST, HIGHEST = 100.0, 2000.0
LATITUDES, LONGITUDES = np.arange(-90.0, 91.0), np.arange(-180.0, 180.0)
TERMS = 4
SCALE = 32767


def main(arguments: list[str]) -> None:
    if arguments == ["--check"]:
        check()
        return
    whole = np.stack([np.rint(coefficients(year) * SCALE).astype(np.int16) for year in YEARS])
    for axis in (0, 3, 4):
        whole = np.diff(whole, axis=axis, prepend=np.int16(0))
    signed = ((whole << 1) ^ (whole >> 15)).view(np.uint16)
    np.savez_compressed(
        FILE,
        low=signed.astype(np.uint8),
        high=(signed >> 8).astype(np.uint8),
        years=np.array(YEARS, np.int16),
        scale=np.array(SCALE),
    )
    print(FILE, FILE.stat().st_size)


def coefficients(year: int) -> np.ndarray:
    """Chebyshev coefficients of the unit vectors: shape (TERMS, 3, latitudes, longitudes)."""
    apex = apexpy.Apex(date=float(year))
    latitude, longitude = np.meshgrid(LATITUDES, LONGITUDES, indexing="ij")
    places = np.cos(np.pi * (np.arange(TERMS) + 0.5) / TERMS)
    altitudes = (LOWEST + HIGHEST) / 2 + (HIGHEST - LOWEST) / 2 * places
    found = np.stack([vectors(*apex.geo2qd(latitude, longitude, altitude)) for altitude in altitudes])
    return np.tensordot(np.linalg.inv(np.polynomial.chebyshev.chebvander(places, TERMS - 1)), found, 1)


def vectors(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def check(count: int = 4000) -> None:
    """Print how far the grid is from apexpy at random places and times."""
    from edexql.catalogue.geometry.quasi_dipole import quasi_dipole

    chance = np.random.default_rng(1)
    print("date        great circle: median, 99 %, most; latitude: most; local time: most (h)")
    for year in (2013.8, 2016.3, 2019.33, 2022.0, 2024.9, 2026.5):
        time = datetime(2010, 1, 1, tzinfo=timezone.utc).timestamp() + (year - 2010) * 365.25 * 86400
        moment = datetime.fromtimestamp(time, timezone.utc).replace(tzinfo=None)
        apex = apexpy.Apex(date=moment)
        latitude = np.degrees(np.arcsin(chance.uniform(-1, 1, count)))
        longitude, altitude = chance.uniform(-180, 180, count), chance.uniform(150, 1900, count)
        expected = apex.geo2qd(latitude, longitude, altitude)
        found = quasi_dipole(np.full(count, time), latitude, longitude, altitude)
        apart = np.degrees(np.linalg.norm(vectors(*expected) - vectors(*found[:2]), axis=0))
        clock = np.mod(found[2] - apex.mlon2mlt(expected[1], moment) + 12, 24) - 12
        away = np.abs(expected[0]) < 85
        print(
            f"{moment:%Y-%m-%d}  {np.median(apart):.5f} {np.quantile(apart, 0.99):.5f} {apart.max():.5f}"
            f"  {np.abs(found[0] - expected[0]).max():.5f}  {np.abs(clock[away]).max():.5f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
