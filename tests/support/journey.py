"""What the page about the client is told from: an archive with the tutorial's three passes, and a service over it."""

from __future__ import annotations

import contextlib
import io
import os
import random
import subprocess
import zipfile
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from commands import EDEXQL, PATIENCE, environment, run
from tutorial import FILES, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = "2019/05/01"
# An instant after the last pass, so that pages, marks and zips are the same in each run.
MODIFIED = datetime(2019, 5, 2, 6, tzinfo=timezone.utc).timestamp()
AVAILABILITY = """\
e-POP data availability
instrument, start, end
FAI, 2019-05-01T15:05:34, 2019-05-01T15:13:06
FAI, 2019-05-01T16:46:34, 2019-05-01T16:54:06
FAI, 2019-05-01T18:27:24, 2019-05-01T18:34:56
MGF, 2019-05-01T16:40:00, 2019-05-01T17:00:00
"""
MINUTES = {NAMES[0]: ("150819", "150919"), NAMES[1]: ("164634", "164734"), NAMES[2]: ("182724", "182824")}
# A thousandth of what the tutorial shows of each.
SIZES = {name: int(float(text.split()[1].removesuffix("MB")) * 1000) for name, text in zip(NAMES, FILES, strict=True)}


def pass_of(name: str) -> bytes:
    """The zip of a pass, with two minutes of images in it."""
    made = random.Random(name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        for minute in MINUTES[name]:
            entry = zipfile.ZipInfo(f"FAI_lv1_NIR_20190501_{minute}_{minute}_6.0.0.h5", (2019, 5, 2, 6, 0, 0))
            bundle.writestr(entry, b"\x89HDF\r\n\x1a\n" + made.randbytes(SIZES[name] // 2))
    return packed.getvalue()


def archive_in(folder: Path) -> Path:
    """An archive with the three passes, and what else that day has."""
    files = {f"{DAY}/FAI/{name}": pass_of(name) for name in NAMES}
    files[f"{DAY}/CAS_ePOP_Data_20190501_1.0.0.txt"] = AVAILABILITY.encode()
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (MODIFIED, MODIFIED))
    for path in folder.rglob("*/"):
        os.utime(path, (MODIFIED, MODIFIED))
    return folder


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a service over such an archive, which keeps its mail in `folder/service/outbox`."""
    archive = archive_in(folder / "archive")
    done = run("catalogue", "ingest", "--catalogue", folder / "catalogue", archive)
    assert done.code == 0, done.err
    words = ["--port", "0", "--catalogue", folder / "catalogue", "--archive", archive, "--state", folder / "service"]
    process = subprocess.Popen(
        [EDEXQL, "serve", *map(str, words)], stderr=subprocess.PIPE, text=True, env=environment()
    )
    try:
        line = process.stderr.readline()
        assert "listening on" in line, line + process.stderr.read()
        yield line.split()[-1]
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def addresses(url: str) -> dict[str, str]:
    """The environment in which the client asks that service and no other."""
    return {"EDEXQL_SERVICE_LISTING": url, "EDEXQL_SERVICE_DELIVERY": url, "EDEXQL_ARCHIVE_ADDRESS": url}
