"""Ground stations: radars, all-sky cameras, magnetometers, heaters, as public station lists have them.

`stations.csv` names the list that each row is from. Lists differ by up to 2 km about the same site.
"""

from __future__ import annotations

import csv
import os
from functools import cache

from edexql.base.record import Record

_FILE = os.path.join(os.path.dirname(__file__), "stations.csv")


class Station(Record):
    """A station: its code and name, the network that it belongs to, geodetic latitude and longitude in degrees."""

    code: str
    name: str
    network: str
    latitude: float
    longitude: float


@cache
def stations() -> tuple[Station, ...]:
    """All stations that come with the package."""
    with open(_FILE, encoding="utf-8", newline="") as file:
        return tuple(
            Station(row["code"], row["name"], row["network"], float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(file)
        )
