"""A small archive of Swarm for one day, simulated: empty files of right names, positions and an index.

    python sample.py FOLDER

The orbits are circles of the right heights and inclinations, and nothing else in the files is real: ingest them with
--synthetic.
"""

from __future__ import annotations

import math
import sys
from datetime import datetime, timedelta
from pathlib import Path

DAY = datetime(2014, 5, 3)
STEP = 60
EARTH, GRAVITY, TURN = 6371.2, 398600.44, 7.2921159e-5
# Height in km, inclination and first node in degrees, and how far along the orbit the day begins.
ORBITS = {"a": (465.0, 87.4, 0.0, 0.0), "b": (515.0, 88.0, 30.0, 90.0), "c": (465.0, 87.4, 1.4, 2.0)}
# Two baselines of the magnetic field, of which the newer replaces the older.
FILES = {
    "VFM": ("MAG{}_LR_1B", ("0409", "0602")),
    "EFI": ("EFI{}_LP_1B", ("0501",)),
    "GPSR": ("TEC{}TMS_2F", ("0401",)),
}


def position(satellite: str, seconds: float) -> tuple[float, float, float]:
    """Where a satellite is, in km, in axes that turn with the Earth."""
    height, inclination, node, begin = ORBITS[satellite]
    radius = EARTH + height
    along = math.radians(begin) + math.sqrt(GRAVITY / radius**3) * seconds
    tilt, turned = math.radians(inclination), math.radians(node) - TURN * seconds
    x, y, z = math.cos(along), math.sin(along) * math.cos(tilt), math.sin(along) * math.sin(tilt)
    return (
        radius * (x * math.cos(turned) - y * math.sin(turned)),
        radius * (x * math.sin(turned) + y * math.cos(turned)),
        radius * z,
    )


def sp3(satellite: str, identifier: str) -> str:
    """The positions of a day as SP3, whose epochs are on the clocks of GPS."""
    # One more than the day has, so that its last minute lies between two.
    count, ahead = 86400 // STEP + 1, timedelta(seconds=16)
    first = DAY + ahead
    week, second = divmod(int((first - datetime(1980, 1, 6)).total_seconds()), 604800)
    lines = [
        f"#cP{first:%Y %m %d %H %M} {first.second:11.8f} {count:7} ORBIT IGS08 HLR  XXX",
        f"## {week:4} {second:15.8f} {STEP:14.8f} 56780 0.0000000000000",
        f"+    1   {identifier}" + "  0" * 16,
        *["+          " + "  0" * 16] * 4,
        *["++         " + "  0" * 16] * 5,
        "%c L  cc GPS ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc",
        "%c cc cc ccc ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc",
        *["%f  0.0000000  0.000000000  0.00000000000  0.000000000000000"] * 2,
        *["%i    0    0    0    0      0      0      0      0         0"] * 2,
        *["/* simulated"] * 4,
    ]
    for place in range(count):
        time = first + timedelta(seconds=STEP * place)
        x, y, z = position(satellite, STEP * place)
        lines.append(f"*  {time:%Y} {time.month:2} {time.day:2} {time.hour:2} {time.minute:2} {time.second:11.8f}")
        lines.append(f"P{identifier}{x:14.6f}{y:14.6f}{z:14.6f} 999999.999999")
    return "\n".join([*lines, "EOF", ""])


def table(satellite: str) -> str:
    """Latitude, longitude, height and electron density of a day, as CSV."""
    lines = ["time,latitude,longitude,altitude,density"]
    for seconds in range(0, 86400, STEP):
        x, y, z = position(satellite, seconds)
        radius = math.sqrt(x * x + y * y + z * z)
        latitude, longitude = math.degrees(math.asin(z / radius)), math.degrees(math.atan2(y, x))
        density = 1e5 * (1 + math.cos(math.radians(latitude)) ** 2)
        time = f"{DAY + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}"
        lines.append(f"{time},{latitude:.3f},{longitude:.3f},{radius - EARTH:.2f},{density:.0f}")
    return "\n".join([*lines, ""])


def mapping(satellite: str) -> str:
    """What the columns of such a table are, and whose."""
    fields = {"latitude": "latitude", "longitude": "longitude", "altitude": "altitude", "density": "electron-density"}
    columns = ", ".join(f'"{column}": "{field}"' for column, field in fields.items())
    return f'{{"time": "time", "holds": {STEP}, "satellite": "swarm-{satellite}", "columns": {{{columns}}}}}\n'


def indices() -> str:
    """Kp of the day, three-hourly, as CSV."""
    values = (2, 3, 5, 6, 4, 3, 2, 1)
    rows = [f"{DAY + timedelta(hours=3 * place):%Y-%m-%dT%H:%M:%S},{kp}" for place, kp in enumerate(values)]
    return "\n".join(["time,Kp", *rows, ""])


def write(folder: Path) -> None:
    """Write all files below a folder."""
    end = DAY + timedelta(days=1, seconds=-1)
    span = f"{DAY:%Y%m%dT%H%M%S}_{end:%Y%m%dT%H%M%S}"
    day = folder / "archive" / f"{DAY:%Y/%m/%d}"
    for instrument, (kind, versions) in FILES.items():
        (day / instrument).mkdir(parents=True, exist_ok=True)
        for satellite in ORBITS:
            for version in versions:
                name = f"SW_OPER_{kind.format(satellite.upper())}_{span}_{version}.CDF.ZIP"
                (day / instrument / name).write_bytes(b"")
    positions = folder / "positions"
    positions.mkdir(exist_ok=True)
    (positions / f"SW_OPER_SP3ACOM_2__{span}_0201.sp3").write_text(sp3("a", "L47"))
    for satellite in ("b", "c"):
        (positions / f"swarm-{satellite}.csv").write_text(table(satellite))
        (positions / f"swarm-{satellite}.csv.mapping.json").write_text(mapping(satellite))
    (folder / "kp.csv").write_text(indices())
    (folder / "kp.csv.mapping.json").write_text('{"time": "time", "holds": 10800, "columns": {"Kp": "kp"}}\n')


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    write(target)
