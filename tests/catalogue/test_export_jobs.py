"""Exports by several processes: the same files as by one, ended with them; what an export would write; row groups."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet
import pytest

from commands import PATIENCE, environment, run
from edexql.catalogue.export import manifest
from edexql.catalogue.export.export import export, forecast
from edexql.catalogue.export.jobs import Way
from edexql.catalogue.export.processes import usual
from edexql.catalogue.ingest.batches import Covered, File, Samples, Spans
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.schema import CatalogueError
from edexql.catalogue.store.writer import Writer
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VOCABULARY = load()
DAY, JULY = 86400, 1561939200
# The program `edexql`. A process that it starts says who it is at its third sync, when half of a file is on the
# disk, and stands still.
STOPPING = """
import os, sys, threading
from edexql.cli import main

syncs, sync = 0, os.fsync

def synced(number):
    global syncs
    syncs += 1
    if syncs == 3:
        os.write(1, f"{os.getpid()}\\n".encode())
        threading.Event().wait()
    sync(number)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
os.fsync = synced
"""


def build(folder: Path, version: str = "1.0.0") -> Path:
    """A catalogue of three months; another version makes other files."""
    with Writer(str(folder), VOCABULARY) as writer:
        writer.begin_source(version, "made up", version, synthetic=False)
        for month in (7, 8, 9):
            writer.add(File(f"FAI_2019{month:02}01_010000_020000_v{version}.png.zip", 1, None, ""))
        starts = np.arange(JULY, JULY + 90 * DAY, DAY)
        writer.add(Spans("fai", "nir", starts, starts + 3600))
        writer.add(Covered("fai", None, JULY, JULY + 90 * DAY))
        for day, count in ((1, 3 * DAY), (33, 600), (80, 5000)):
            times = np.arange(JULY + day * DAY + 3600, JULY + day * DAY + 3600 + count)
            writer.add(Samples("ephemeris", times, 1, {"altitude": 500 + np.sin(times / 99)}))
        writer.commit()
    return folder


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    return build(tmp_path / "catalogue")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built") / "catalogue")


def exported(catalogue: Path, folder: Path, processes: int = 1) -> Path:
    with open_catalogue(str(catalogue)) as opened:
        export(opened, VOCABULARY, str(folder), processes=processes)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_the_files_and_the_manifest_are_the_same_for_any_number_of_processes(built, tmp_path):
    by_one = contents(exported(built, tmp_path / "1"))
    assert contents(exported(built, tmp_path / "2", 2)) == by_one
    # More than there are months.
    words = ("catalogue", "export", "--jobs", "9", "--catalogue", str(built), str(tmp_path / "9"))
    assert "3 months written; " in run(*words).err
    assert contents(tmp_path / "9") == by_one


@contextmanager
def stopped(catalogue: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """An export by two processes, of which at least one stands still, with the number of that."""
    program = folder.parent / "program.py"
    program.write_text(STOPPING, "utf-8")
    words = ("catalogue", "export", "-q", "--again", "--jobs", "2", "--catalogue", str(catalogue), str(folder))
    with subprocess.Popen(
        [sys.executable, str(program), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
        process.kill()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize("who", ["parent", "all"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)], ids=["INT", "TERM", "KILL"]
)
def test_processes_end_with_the_export_that_started_them(catalogue, tmp_path, number, code, who):
    folder = exported(catalogue, tmp_path / "export")
    before = contents(folder)
    build(catalogue, "2.0.0")
    with stopped(catalogue, folder) as (process, _):
        (os.kill if who == "parent" else os.killpg)(process.pid, number)
        # Until no process has these streams open.
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert "Traceback" not in err
    there = contents(folder)
    assert {path: there.get(path) for path in before} == before
    if number != signal.SIGKILL:
        assert not [path for path in there if path.endswith(".part")]
    exported(catalogue, folder)
    named = {file.path for file in manifest.read((folder / "manifest.json").read_bytes()).files()}
    new = contents(exported(catalogue, tmp_path / "new"))
    there = contents(folder)
    assert {path: there[path] for path in new} == new
    # With those of the state before, nothing else.
    assert there.keys() == {*named, *before}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_a_process_that_is_killed_is_said_and_the_export_goes_on_again(catalogue, tmp_path):
    folder = exported(catalogue, tmp_path / "export")
    before = contents(folder)
    build(catalogue, "2.0.0")
    with stopped(catalogue, folder) as (process, worker):
        os.kill(worker, signal.SIGKILL)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "a process of the export was ended, perhaps for lack of memory; export again to go on" in err
    assert "Traceback" not in err
    there = contents(folder)
    assert {path: there.get(path) for path in before} == before
    assert not [path for path in there if path.endswith(".part")]
    exported(catalogue, folder, 2)
    assert contents(folder)["manifest.json"] == contents(exported(catalogue, tmp_path / "new"))["manifest.json"]


def test_a_process_writes_no_other_state_of_the_catalogue(catalogue, tmp_path):
    with open_catalogue(str(catalogue)) as opened:
        way = Way(opened.folder, opened.manifest, VOCABULARY, str(tmp_path / "export"))
    assert way.opened()[0].catalogue.manifest == way.state
    build(catalogue, "2.0.0")
    with pytest.raises(CatalogueError, match="was changed while the export began; export again"):
        way.opened()


@pytest.mark.slow
def test_what_a_process_cannot_do_is_the_error_of_the_export(catalogue, tmp_path, monkeypatch):
    folder = tmp_path / "export"
    with open_catalogue(str(catalogue)) as opened, monkeypatch.context() as patched:
        # As if it were changed at this moment.
        patched.setattr(opened, "manifest", open_catalogue(str(build(tmp_path / "other", "2.0.0"))).manifest)
        with pytest.raises(CatalogueError, match="was changed while the export began; export again"):
            export(opened, VOCABULARY, str(folder), processes=2)
    assert "manifest.json" not in contents(folder)


def test_small_exports_start_no_processes():
    assert usual(0) == usual(4_999_999) == 1
    assert 1 <= usual(10**12) <= 4


def test_what_would_be_written_is_what_is_written_then(catalogue, tmp_path):
    folder = tmp_path / "export"
    words = ("catalogue", "export", "--catalogue", str(catalogue), str(folder))
    shown = run(*words, "--dry-run")
    assert shown.code == 0
    header, *rows = [line.split() for line in shown.out.splitlines()]
    assert header == ["satellite", "month", "rows", "bytes"]
    assert [row[:2] for row in rows] == [["cassiope", f"2019-{month}"] for month in ("07", "08", "09")]
    assert "3 months would be written; about " in shown.err
    assert not folder.exists()
    exported(catalogue, folder)
    before = contents(folder)
    nothing = run(*words, "--dry-run")
    assert (nothing.out, contents(folder)) == ("", before)
    assert "0 months would be written, 3 did not change; " in nothing.err
    assert run(*words, "--dry-run", "--again").out.count("\n") == 4
    with Writer(str(catalogue), VOCABULARY) as writer:
        writer.begin_source("more", "made up", "more", synthetic=False)
        writer.add(File("FAI_20190802_010000_020000_v1.0.0.png.zip", 1, None, ""))
        writer.commit()
    assert [line.split()[1] for line in run(*words, "--dry-run").out.splitlines()[1:]] == ["2019-08"]
    assert contents(folder) == before
    assert run(*words, "--dry-run", "--quiet").err == ""


def test_the_rows_that_would_be_written(built, tmp_path):
    folder = exported(built, tmp_path / "export")
    written: dict[int, int] = {}
    for part in manifest.read((folder / "manifest.json").read_bytes()).parts:
        written[part.month] = written.get(part.month, 0) + sum(file.rows for file in part.files)
    with open_catalogue(str(built)) as opened:
        months = forecast(opened, VOCABULARY, str(folder), again=True).months
    expected = {one.month: one.rows for one in months}
    assert expected.keys() == written.keys() - {0}
    # Of positions the samples are kept in blocks, which may have seconds without any.
    assert all(written[month] <= rows <= 1.1 * written[month] for month, rows in expected.items())
    assert all(one.bytes > 0 for one in months)


def test_a_place_with_something_else_in_it_is_refused_before_anything(catalogue, tmp_path):
    (tmp_path / "mine").write_text("mine")
    done = run("catalogue", "export", "--dry-run", "--catalogue", str(catalogue), str(tmp_path))
    assert (done.code, done.out) == (2, "")
    assert "exists; export to a new or an empty folder, or to an export" in done.err


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_processes_is_from_one_on(catalogue, tmp_path, number):
    done = run("catalogue", "export", "--jobs", number, "--catalogue", str(catalogue), str(tmp_path / "export"))
    assert done.code == 2
    assert "--jobs" in done.err
    assert not (tmp_path / "export").exists()


def test_rows_are_in_order_and_groups_have_whole_days_and_statistics(built, tmp_path):
    folder = exported(built, tmp_path / "export")
    groups = 0
    for path in folder.rglob("*.parquet"):
        file = pyarrow.parquet.ParquetFile(path)
        name = "second" if "second" in file.schema_arrow.names else "start_second"
        values = file.read([name])[name].to_numpy()
        assert (np.diff(values) >= 0).all()
        place = file.schema_arrow.names.index(name)
        of_group = [file.metadata.row_group(number).column(place).statistics for number in range(file.num_row_groups)]
        assert [(one.min, one.max) for one in of_group if not one.has_min_max] == []
        if name == "second":
            days = [range(one.min // DAY, one.max // DAY + 1) for one in of_group]
            assert all(before[-1] < after[0] for before, after in pairwise(days))
            groups = max(groups, len(days))
    assert groups > 1
