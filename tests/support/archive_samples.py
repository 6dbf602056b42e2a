"""Small files of every format that a catalogue takes in, made up, in the form that the real ones have."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote

from edexql.catalogue.ingest.batches import Fault, Samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from edexql.catalogue.ingest.batches import Batch

DAY = 86400
NAMES = (
    "RRI_20160418_222759_223156_lv1_12.0.0.h5",
    "FAI_lv1_h5_20190501_150534_151306_6.0.0.zip",
    "CAS_ephemeris_20151127_000000_235959.txt",
)


def seconds(text: str) -> int:
    """`2019-05-01` or `2019-05-01T15:00:00` in seconds since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp())


def moment(second: float) -> datetime:
    return datetime.fromtimestamp(second, timezone.utc).replace(tzinfo=None)


def written(folder: Path, text: str | bytes, name: str = "file.txt") -> str:
    """The path of a file with a text, its line ends as they are."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def samples(batches: Iterable[Batch]) -> list[Samples]:
    return [batch for batch in batches if isinstance(batch, Samples)]


def faults(batches: Iterable[Batch]) -> list[tuple[int, str]]:
    return [(batch.line, batch.message) for batch in batches if isinstance(batch, Fault)]


# CAS ephemeris

EPHEMERIS_HEADER = (
    "YYYYMMDD HHMMSS  GEI_X       GEI_Y       GEI_Z    (km)    CAS ephemeris\n"
    "(UTC)    (UTC)   J2000 km, km/s, GSM km, deg, deg, km, deg, deg, h, deg, deg, deg, 0-4, -\n"
)


def ephemeris_row(second: int, *, eclipse: bool = True) -> list[float]:
    """The values after date and time: a round orbit of 102 minutes."""
    turn = 2 * math.pi * (second % 6132) / 6132
    x, y, z = 7000 * math.cos(turn), 1100 * math.sin(turn), 6900 * math.sin(turn)
    latitude = math.degrees(math.asin(0.987 * math.sin(turn)))
    longitude = (second / 240 + math.degrees(turn)) % 360 - 180
    row = [x, y, z, -7.5 * math.sin(turn), 1.2 * math.cos(turn), 7.4 * math.cos(turn), x, z, y]
    row += [latitude, longitude, 900 + 580 * math.cos(turn), latitude * 0.9, longitude * 0.9]
    row += [second / 3600 % 24, 0.5, -0.25, 179.5, 4]
    return [*row, float(turn > math.pi)] if eclipse else row


def ephemeris_line(second: int, values: Sequence[float], end: str = "\n") -> str:
    texts = [f"{value:.5f}" if place < 18 else f"{value:.0f}" for place, value in enumerate(values)]
    return f"{moment(second):%Y%m%d %H%M%S} " + " ".join(texts) + end


def ephemeris_text(start: int, count: int, *, eclipse: bool = True, end: str = "\n") -> str:
    """A file of `count` seconds; without the eclipse status it is of the older form."""
    rows = (ephemeris_line(s, ephemeris_row(s, eclipse=eclipse), end) for s in range(start, start + count))
    return EPHEMERIS_HEADER.replace("\n", end) + "".join(rows)


# SP3


def sp3_text(start_gps: int, count: int, *, satellite: str = "L63", system: str = "GPS", step: int = 1) -> str:
    """An SP3-c file of positions and velocities, its epochs on GPS clocks."""
    first = moment(start_gps)
    lines = [
        f"#cV{first:%Y %m %d %H %M} {first.second:11.8f} {count:7} ORBIT IGS14 HLR  DLR",
        f"## 1867 {start_gps % 604800:15.8f} {step:14.8f} 57000 0.0000000000000",
        f"+    1   {satellite}" + "  0" * 16,
        *["+          " + "  0" * 16] * 4,
        *["++         " + "  0" * 16] * 5,
        f"%c L  cc {system} ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc",
        "%c cc cc ccc ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc",
        *["%f  0.0000000  0.000000000  0.00000000000  0.000000000000000"] * 2,
        *["%i    0    0    0    0      0      0      0      0         0"] * 2,
        *["/* CASSIOPE, made up"] * 4,
    ]
    for place in range(count):
        time = moment(start_gps + place * step)
        x, y, z = sp3_position(place)
        lines.append(f"*  {time:%Y} {time.month:2} {time.day:2} {time.hour:2} {time.minute:2} {time.second:11.8f}")
        lines.append(f"P{satellite}{x:14.6f}{y:14.6f}{z:14.6f} 999999.999999")
        lines.append(f"V{satellite}{-y:14.6f}{x:14.6f}{1:14.6f} 999999.999999")
    return "\n".join([*lines, "EOF", ""])


def sp3_position(place: int) -> tuple[float, float, float]:
    """In km, to a millimetre."""
    return 7000.0 - place, round(0.125 * place, 6), -1234.567891


# Listings


def apache_table(files: Iterable[tuple[str, str]], folder: str = "/2016/04/18/RRI") -> str:
    rows = "".join(
        '<tr><td valign="top"><img src="/icons/unknown.gif" alt="[   ]"></td>'
        f'<td><a href="{quote(name)}">{name}</a></td>'
        f'<td align="right">2021-03-30 10:22  </td><td align="right">{size}</td><td>&nbsp;</td></tr>\n'
        for name, size in files
    )
    sorts = "".join(
        f'<th><a href="?C={c};O=A">{n}</a></th>'
        for c, n in zip("NMSD", ("Name", "Last modified", "Size", "Description"), strict=True)
    )
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'
        f"<html>\n <head>\n  <title>Index of {folder}</title>\n </head>\n <body>\n<h1>Index of {folder}</h1>\n"
        f'  <table>\n   <tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th>{sorts}</tr>\n'
        '   <tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td>'
        '<td><a href="/2016/04/18/">Parent Directory</a>       </td><td>&nbsp;</td><td align="right">  - </td>'
        "<td>&nbsp;</td></tr>\n"
        '   <tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td>'
        '<td><a href="quicklook/">quicklook/</a></td>'
        '<td align="right">2021-03-30 10:22  </td><td align="right">  - </td><td>&nbsp;</td></tr>\n'
        f'{rows}   <tr><th colspan="5"><hr></th></tr>\n</table>\n'
        "<address>Apache/2.4.41 (Ubuntu) Server at localhost Port 80</address>\n</body></html>\n"
    )


def apache_pre(files: Iterable[tuple[str, str]], folder: str = "/2016/04/18/RRI") -> str:
    """The form without a table, which cuts names to 23 characters."""
    rows = "".join(
        f'<img src="/icons/unknown.gif" alt="[   ]"> <a href="{quote(name)}">{_cut(name)}</a>'
        f"{' ' * (24 - len(_cut(name)))}30-Mar-2021 10:22  {size:>4}  \n"
        for name, size in files
    )
    return (
        f"<html><head><title>Index of {folder}</title></head><body>\n<h1>Index of {folder}</h1>\n"
        '<pre><img src="/icons/blank.gif" alt="Icon "> <a href="?C=N;O=D">Name</a>   '
        '<a href="?C=M;O=A">Last modified</a>      <a href="?C=S;O=A">Size</a>  <a href="?C=D;O=A">Description</a><hr>'
        '<img src="/icons/back.gif" alt="[DIR]"> <a href="/2016/04/18/">Parent Directory</a>              -   \n'
        '<img src="/icons/folder.gif" alt="[DIR]"> <a href="quicklook/">quicklook/</a>  30-Mar-2021 10:22    -   \n'
        f"{rows}<hr></pre>\n</body></html>\n"
    )


def _cut(name: str) -> str:
    return name if len(name) <= 23 else name[:21] + "..&gt;"


def nginx(files: Iterable[tuple[str, str]], folder: str = "/2016/04/18/RRI/") -> str:
    rows = "".join(
        f'<a href="{quote(name)}">{name if len(name) <= 50 else name[:47] + "..&gt;"}</a>'
        f"{' ' * max(1, 51 - len(name))}30-Mar-2021 10:22 {size:>19}\r\n"
        for name, size in files
    )
    return (
        f"<html>\r\n<head><title>Index of {folder}</title></head>\r\n<body>\r\n<h1>Index of {folder}</h1><hr>"
        '<pre><a href="../">../</a>\r\n<a href="old/">old/</a>           30-Mar-2021 10:22                   -\r\n'
        f"{rows}</pre><hr></body>\r\n</html>\r\n"
    )


def h5ai(files: Iterable[tuple[str, str]], folder: str = "/2016/04/18/RRI/") -> str:
    rows = "".join(
        '<tr><td class="fb-i"><img src="/_h5ai/public/images/fallback/file.png" alt="file"/></td>'
        f'<td class="fb-n"><a href="{folder}{quote(name)}">{name}</a></td>'
        f'<td class="fb-d">2021-03-30 10:22</td><td class="fb-s">{size}</td></tr>'
        for name, size in files
    )
    return (
        '<!DOCTYPE html><html class="no-js" lang="en"><head><title>index - powered by h5ai v0.29.2</title>'
        '<script src="/_h5ai/public/js/scripts.js" data-module="index"></script></head><body class="index" id="root">'
        '<div id="fallback-hints"><a href="https://larsjung.de/h5ai/">powered by h5ai</a></div>'
        '<div id="fallback"><table><tr><th class="fb-i"></th><th class="fb-n"><span>Name</span></th></tr>'
        '<tr><td class="fb-i"><img src="/_h5ai/x/folder-parent.png" alt="folder-parent"/></td>'
        '<td class="fb-n"><a href="..">Parent Directory</a></td><td class="fb-d"></td><td class="fb-s"></td></tr>'
        '<tr><td class="fb-i"><img src="/_h5ai/x/folder.png" alt="folder"/></td>'
        f'<td class="fb-n"><a href="{folder}old/">old</a></td><td class="fb-d">2021-03-30 10:22</td>'
        '<td class="fb-s"></td></tr>'
        f"{rows}</table></div></body></html>"
    )


# Indices

SW_HEAD = "DATATYPE CssiSpaceWeather\nVERSION 1.2\nUPDATED 2025 Jul 21 10:37:15 UTC\n# See CelesTrak\n#\n"
SW_CSV_HEAD = (
    "DATE,BSRN,ND,KP1,KP2,KP3,KP4,KP5,KP6,KP7,KP8,KP_SUM,AP1,AP2,AP3,AP4,AP5,AP6,AP7,AP8,AP_AVG,CP,C9,ISN,"
    "F10.7_OBS,F10.7_ADJ,F10.7_DATA_TYPE,F10.7_OBS_CENTER81,F10.7_OBS_LAST81,F10.7_ADJ_CENTER81,F10.7_ADJ_LAST81\n"
)
# Kp in tenths as CelesTrak rounds it, and the ap that belongs to it.
KP = ((0, 0), (3, 2), (7, 3), (10, 4), (33, 18), (47, 39), (87, 300), (90, 400))


def sw_line(day: int, *, flux: float = 155.1, kp: Sequence[int] | None = None) -> str:
    """A day of the text form, by its first second."""
    tenths = [k for k, _ in KP] if kp is None else kp
    head = f"{moment(day):%Y %m %d} 2617 24"
    values = "".join(f"{k:3}" for k in tenths) + f"{sum(tenths):4}" + "".join(f"{a:4}" for _, a in KP)
    return f"{head}{values}{95:4} 0.1 0 159{flux - 3:6.1f} 0 132.8 136.9{flux:6.1f} 128.9 133.2\n"


def sw_text(start: int, days: int, predicted: int = 2) -> str:
    observed = "".join(sw_line(start + i * DAY) for i in range(days))
    later = "".join(sw_line(start + (days + i) * DAY, flux=99.9) for i in range(predicted))
    return (
        f"{SW_HEAD}NUM_OBSERVED_POINTS {days}\nBEGIN OBSERVED\n{observed}END OBSERVED\n\n"
        f"NUM_DAILY_PREDICTED_POINTS {predicted}\nBEGIN DAILY_PREDICTED\n{later}END DAILY_PREDICTED\n"
    )


def sw_csv_line(day: int, kind: str = "OBS", flux: float = 155.1) -> str:
    kp, ap = ",".join(str(k) for k, _ in KP), ",".join(str(a) for _, a in KP)
    head, tail = f"{moment(day):%Y-%m-%d},2617,24,{kp},277,{ap}", "128.9,133.2,132.8,136.9"
    return f"{head},95,0.1,0,159,{flux},{flux - 3:.1f},{kind},{tail}\n"


def sw_csv(start: int, kinds: Sequence[str]) -> str:
    return SW_CSV_HEAD + "".join(sw_csv_line(start + i * DAY, kind) for i, kind in enumerate(kinds))


def omni_line(
    second: int,
    by: str = "1.5",
    bz: str = "-2.5",
    speed: str = "401.",
    dst: str = "-31",
    ae: str = "120",
    al: str = "-80",
    au: str = "40",
) -> str:
    """An hour of OMNI2, 55 words."""
    time = moment(second)
    words = [f"{time:%Y}", str(time.timetuple().tm_yday), str(time.hour), "2447", "71", "71", "60", "35"]
    words += ["5.1", "4.2", "-10.0", "140.2", "-3.2", "9.9", "8.8", by, bz, *["0.1"] * 5, "50000.", "4.4", speed]
    words += ["-1.2", "0.3", "0.042", "1.92", "9999999.", *["1.0"] * 8, "33", "104", dst, ae]
    words += [*["99999.99"] * 6, "0", "18", "149.8", "0.9", al, au, "5.9"]
    assert len(words) == 55
    return " ".join(f"{word:>5}" for word in words) + "\n"


def dst_line(day: int, values: Sequence[int], *, base: int = 0, version: str = "2") -> str:
    """A day of Dst; `base` in units of 100 nT, `values` as they are written."""
    time = moment(day)
    century = f"{time.year // 100:02}" if time.year >= 2000 else "  "
    head = f"DST{time:%y%m}*{time:%d}  X{version}{century}{base:4}"
    return head + "".join(f"{value:4}" for value in values) + f"{values[0]:4}\n"


# Logs


def availability_text(rows: Iterable[tuple[str, str, str]]) -> str:
    lines = "".join(f"{instrument}, {start}, {end}\n" for instrument, start, end in rows)
    return "CAS e-POP data availability\nInstrument, Start (UTC), End (UTC)\n" + lines


def moment_text(second: int) -> str:
    return f"{moment(second):%Y-%m-%dT%H:%M:%S}"


# Element sets, and tables of someone's own

PAIR = (
    "1 39265U 13055A   13273.90575366 -.00161094  24778-5 -17078-2 0    44",
    "2 39265 080.9869 314.1688 0761567 143.4310 221.4123 14.26446240   172",
)

TAGS = """\
# A log of experiments
# covers 2013-10-01..2021-12-31
group,tag,start,end
Point of Interest,Fort McMurray Fire,2016-05-03,2016-05-05
"Point of Interest","Ottawa, by day",2016-05-03T15:00:00Z,2016-05-03T11:30-04:00
"""
MODES = """\
instrument,mode,start,end
RRI,dipole,2016-05-03T01:00:00,2016-05-03T01:02:00
rri,Dipole,2016-05-03T02:00:00,2016-05-03T02:02:00
mgf,rate-160hz,2016-05-03,2016-05-03
# covers 2016-05
# covers: 2016-05-01..2016-05-31
"""
SAMPLES = {"time": "UTC", "holds": 10800, "columns": {"Kp": "kp", "a p": "ap"}, "missing": [999], "scale": {"Kp": 0.1}}

CSV = """\
# made by hand
"UTC",Kp,a p
2016-05-03T00:00:00Z,33,18
2016-05-03T03:00:00Z,999,nan
2016-05-03T06:00:00Z,40,
2016-05-03T09:30:00Z,40,27
someday,40,27
2016-05-03T12:00:00Z,4o,27
"""
