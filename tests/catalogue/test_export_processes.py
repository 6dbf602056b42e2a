"""Exports as processes: asked to end, ended, two at once, and read while they are written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest

import edexql
from commands import PATIENCE, environment, run
from edexql import engines
from edexql.catalogue.export import manifest
from edexql.catalogue.ingest.batches import Covered, File, Spans
from edexql.catalogue.store.writer import Writer
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")]

DAY, JULY = 86400, 1561939200
QUERY = "product fai-lv1-png-images; date 2019; fai has-data"
NAME = "FAI_2019{month:02}01_010000_020000_v{version}.png.zip"
# The program `edexql`, which stops for good at some sync, when half of a file is on the disk, or before a file gets
# its name.
STOPPING = """
import os, sys, threading
from edexql.base.files import atomic
from edexql.cli import main

place, *words = sys.argv[1:]
syncs, sync, replace = 0, os.fsync, atomic.replace

def here():
    print("here", flush=True)
    threading.Event().wait()

def synced(number):
    global syncs
    syncs += 1
    if place == str(syncs):
        here()
    sync(number)

def replaced(source, target):
    if place == os.path.basename(target):
        here()
    replace(source, target)

os.fsync, atomic.replace = synced, replaced
sys.exit(main(words))
"""


def build(folder: Path, version: str = "1.0.0") -> Path:
    """A catalogue of three months; another version makes other files."""
    with Writer(str(folder), load()) as writer:
        writer.begin_source(version, "made up", version, synthetic=False)
        for month in (7, 8, 9):
            writer.add(File(NAME.format(month=month, version=version), 1, None, ""))
        starts = np.arange(JULY, JULY + 90 * DAY, DAY)
        writer.add(Spans("fai", "nir", starts, starts + 3600))
        writer.add(Covered("fai", None, JULY, JULY + 90 * DAY))
        writer.commit()
    return folder


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    return build(tmp_path / "catalogue")


@contextmanager
def stopped(catalogue: Path, export: Path, place: int | str) -> Iterator[subprocess.Popen[str]]:
    """An export that stands still at a sync, or before a file gets its name."""
    words = ("catalogue", "export", "-q", "--catalogue", str(catalogue), str(export))
    with subprocess.Popen(
        [sys.executable, "-c", STOPPING, str(place), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        yield process
        process.kill()


def export(catalogue: Path, folder: Path) -> None:
    done = run("catalogue", "export", "--catalogue", str(catalogue), str(folder))
    assert done.code == 0, done.err


def files(folder: Path) -> dict[str, bytes]:
    """What the manifest of an export names."""
    listed = manifest.read((folder / "manifest.json").read_bytes())
    return {one.path: (folder / one.path).read_bytes() for one in listed.files()}


def unfinished(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.endswith(".part")]


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "interrupted"), (signal.SIGKILL, -9, "")],
    ids=["SIGINT", "SIGTERM", "SIGKILL"],
)
@pytest.mark.parametrize("sync", [1, 7, 13])
def test_an_export_that_is_ended_leaves_the_one_before_and_goes_on(catalogue, tmp_path, number, code, said, sync):
    folder = tmp_path / "export"
    export(catalogue, folder)
    before = files(folder)
    build(catalogue, "2.0.0")
    with stopped(catalogue, folder, sync) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
    assert files(folder) == before
    # Only who is not asked leaves something behind.
    assert bool(unfinished(folder)) is (number == signal.SIGKILL)
    export(catalogue, folder)
    export(catalogue, tmp_path / "new")
    assert files(folder) == files(tmp_path / "new")
    assert not unfinished(folder)
    assert not (folder / "unfinished").exists()


def test_a_first_export_that_is_ended_is_none_and_goes_on(catalogue, tmp_path):
    folder = tmp_path / "export"
    with stopped(catalogue, folder, 9) as process:
        process.kill()
    with pytest.raises(edexql.EngineError, match="its export was cut off, or is not done yet"):
        engines.duckdb(str(folder))
    export(catalogue, folder)
    same(folder, catalogue)


def test_two_exports_at_once(catalogue, tmp_path):
    folder = tmp_path / "export"
    with stopped(catalogue, folder, 5):
        other = run("catalogue", "export", "--catalogue", str(catalogue), str(folder))
    assert other.code == 2
    assert "another export to " in other.err
    assert "is running; wait for its end" in other.err
    export(catalogue, folder)
    same(folder, catalogue)


def test_who_reads_while_it_is_written_reads_one_state(catalogue, tmp_path):
    folder = tmp_path / "export"
    export(catalogue, folder)
    names = found(engines.duckdb(str(folder)))
    reader = engines.duckdb(str(folder))
    build(catalogue, "2.0.0")
    with stopped(catalogue, folder, "manifest.json"):
        # All is written, and the manifest of before is the one that is read.
        assert found(engines.duckdb(str(folder))) == names
    export(catalogue, folder)
    now = found(engines.duckdb(str(folder)))
    assert now == [name.replace("v1.0.0", "v2.0.0") for name in names]
    # The files of before stay for those who began with them.
    assert found(reader) == names


def found(engine: engines.TableEngine) -> list[str]:
    return [file.name for file in edexql.fetch(QUERY, engine=engine).files]


def same(folder: Path, catalogue: Path) -> None:
    """An export gives what its catalogue does, and has nothing beside the files of its manifest."""
    assert found(engines.duckdb(str(folder))) == [
        file.name for file in edexql.evaluate(QUERY, catalogue=str(catalogue)).files
    ]
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == {*files(folder), "manifest.json"}
    assert json.loads((folder / "manifest.json").read_bytes())["parts"]
