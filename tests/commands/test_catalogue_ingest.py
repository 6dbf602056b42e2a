"""Making a catalogue and looking after it, as a user sees it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalogues import NEW, OLD, answers, named_files, segment_files, state, take, texts, tree
from commands import EDEXQL, PATIENCE, Finished, environment, run, run_program
from edexql.catalogue.store.catalogue import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

LOG = "2016/05/03/CAS_ePOP_Data_20160503_000000_235959_1.0.0.txt"


def ingest(folder: Path, *paths: Path | str, **changes: str | None) -> Finished:
    return run("catalogue", "ingest", "--catalogue", folder, *paths, **changes)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A catalogue of a tree."""
    assert ingest(tmp_path / "made", tree(tmp_path / "tree")).code == 0
    return tmp_path / "made"


# Taking in


def test_what_is_taken_in_is_told_file_by_file(tmp_path: Path) -> None:
    done = ingest(tmp_path / "made", tree(tmp_path / "tree"), *texts(tmp_path / "texts", ephemeris=60))
    assert (done.code, done.out) == (0, "")
    told = [line.replace(str(tmp_path), "").partition(",")[0] for line in done.err.splitlines()]
    assert told == [
        "/tree: tree: 7 files",
        f"/tree/{LOG}: availability text: 2 intervals",
        "/texts/CAS_ephemeris_20160503_000000_235959.txt: ephemeris text: 60 samples",
        "/texts/SW-All.txt: CelesTrak space weather data: 36 samples",
        "/texts/tags.csv: experiment tags",
        "/texts/modes.csv: instrument modes",
    ]


def test_reading_again_says_so_and_changes_nothing(made: Path, tmp_path: Path) -> None:
    before = state(made), segment_files(made)
    done = ingest(made, tmp_path / "tree")
    assert done.code == 0
    assert f"{LOG}: availability text: ingested before, nothing changes" in done.err
    assert (state(made), segment_files(made)) == before


def test_quietly_only_faults_are_told(tmp_path: Path) -> None:
    (tmp_path / "noise.txt").write_text("what is this", encoding="utf-8")
    done = ingest(tmp_path / "made", "-q", tree(tmp_path / "tree"), tmp_path / "noise.txt")
    assert (done.code, done.out) == (1, "")
    assert "noise.txt" in done.err
    assert "tree" not in done.err.replace(str(tmp_path), "")
    # The rest is there.
    assert answers(tmp_path / "made")[0][0]


@pytest.mark.parametrize("options", [(), ("--mapping", "nothing.json"), ("--mapping", "broken.json")])
def test_a_path_that_is_not_there_makes_no_catalogue(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "table.csv").write_text("a,b\n", encoding="utf-8")
    path = "table.csv" if options else "missing.txt"
    done = run("catalogue", "ingest", "--catalogue", "made", *options, path, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"edexql: cannot read {options[1] if options else path}: ")
    assert not (tmp_path / "made").exists()


def test_one_path_of_several_that_is_missing_stops_before_anything(made: Path, tmp_path: Path) -> None:
    before = state(made)
    assert ingest(made, *texts(tmp_path / "texts"), tmp_path / "missing.txt").code == 2
    assert state(made) == before


def test_a_catalogue_has_to_be_named(tmp_path: Path) -> None:
    done = run("catalogue", "ingest", tree(tmp_path / "tree"), EDEXQL_CATALOGUE=None)
    assert (done.code, done.out) == (2, "")
    assert done.err == "edexql: say which catalogue: --catalogue FOLDER, or set $EDEXQL_CATALOGUE\n"
    assert run("catalogue", "ingest", tmp_path / "tree", EDEXQL_CATALOGUE=str(tmp_path / "made")).code == 0
    assert (tmp_path / "made" / "catalogue.sqlite").exists()


def test_a_catalogue_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = ingest(tmp_path / "file", tree(tmp_path / "tree"))
    assert (done.code, done.out) == (2, "")
    assert str(tmp_path / "file") in done.err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "in the way"


def test_a_name_with_control_characters_reaches_no_terminal(tmp_path: Path) -> None:
    tree(tmp_path / "tree")
    (tmp_path / "tree" / "RRI_\x1b[31m_lv1_1.0.0.h5").write_bytes(b"")
    done = ingest(tmp_path / "made", tmp_path / "tree")
    assert done.code == 1
    assert "not a file name" in done.err
    assert "\x1b" not in done.err
    for action in ("faults", "files", "unrecognised", "info", "sources"):
        assert "\x1b" not in "".join(map(str, run("catalogue", action, "--catalogue", tmp_path / "made")))


# The sample


@pytest.fixture
def sample() -> Iterator[dict[str, str]]:
    """The files of the sample, which no test may change."""

    def contents() -> dict[str, str]:
        return {
            str(path.relative_to(SAMPLE)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(Path(SAMPLE).rglob("*"))
            if path.is_file()
        }

    before = contents()
    yield before
    assert contents() == before


@pytest.mark.parametrize("words", [("ingest", "."), ("simulate", "--years", "0.01")])
def test_the_sample_is_not_written_to(sample: dict[str, str], words: tuple[str, ...], tmp_path: Path) -> None:
    done = run("catalogue", *words, cwd=tmp_path, EDEXQL_CATALOGUE=None)
    assert (done.code, done.out) == (2, "")
    assert "--catalogue" in done.err


def test_asking_the_sample_leaves_it_as_it_is(sample: dict[str, str]) -> None:
    for words in (("info",), ("files",), ("sources",), ("faults",), ("unrecognised",)):
        assert run("catalogue", *words, EDEXQL_CATALOGUE=None).code == 0
    assert len(sample) >= 4


# Looking after it


def test_info_as_text_and_as_json(tmp_path: Path) -> None:
    ingest(tmp_path / "made", tree(tmp_path / "tree"), *texts(tmp_path / "texts", ephemeris=3600))
    text = run("catalogue", "info", "--catalogue", tmp_path / "made").out
    assert text.startswith(f"catalogue {tmp_path / 'made'}\n")
    assert "  rri-lv1-hdf5-radio-data: 2 files, 2016-05-03 to 2016-05-03\n" in text
    assert "  2 files of no known product: `edexql catalogue unrecognised`\n" in text
    found = json.loads(run("catalogue", "info", "--output", "json", "--catalogue", tmp_path / "made").out)
    assert {one["product"]: one["files"] for one in found["products"]} == {
        "fai-lv1-hdf5-images": 2,
        "mgf-lv2-magnetic-field": 1,
        "rri-lv1-hdf5-radio-data": 2,
    }
    assert (found["sample"], found["synthetic"], found["faults"]) == (False, False, 0)
    assert {log["word"] for log in found["logs"] if log["key"] == "rri"} >= {"has-data", "dipole"}
    assert found["orbits"][0]["length"] == "59:01 min"


def test_unrecognised_are_files_of_no_known_product(made: Path) -> None:
    lines = run("catalogue", "unrecognised", "--catalogue", made).out.splitlines()
    assert lines == [f"{LOG.rpartition('/')[2]}  {LOG}", "notes.pdf  2016/05/03/RRI/notes.pdf"]


def test_files_of_all_versions_with_their_source(made: Path, tmp_path: Path) -> None:
    ingest(made, tree(tmp_path / "more", [f"RRI/{NEW}"]))
    lines = run("catalogue", "files", "RRI_*010000*", "--catalogue", made).out.splitlines()
    assert lines == [
        f"{OLD}  4 B  rri-lv1-hdf5-radio-data  from {tmp_path / 'tree'}  superseded by {NEW}",
        f"{NEW}  4 B  rri-lv1-hdf5-radio-data  from {tmp_path / 'more'}",
    ]


def test_faults_are_kept_by_file_and_line(made: Path, tmp_path: Path) -> None:
    (ephemeris, *_) = texts(tmp_path / "texts", ephemeris=60)
    lines = Path(ephemeris).read_text(encoding="utf-8").splitlines(keepends=True)
    for number in range(10, 20):
        lines[number] = "20160503 what\n"
    Path(ephemeris).write_text("".join(lines), encoding="utf-8")
    done = ingest(made, ephemeris)
    assert done.code == 1
    assert "and 5 more faults: see `edexql catalogue faults`" in done.err
    told = run("catalogue", "faults", "--catalogue", made).out.splitlines()
    assert [line.split(": ")[0] for line in told] == [f"{ephemeris}:{number}" for number in range(11, 21)]


def test_made_up_data_say_so(tmp_path: Path) -> None:
    ingest(tmp_path / "made", "--synthetic", tree(tmp_path / "tree"), *texts(tmp_path / "texts", ephemeris=3600))
    at = "--catalogue", tmp_path / "made"
    assert "holds SYNTHETIC data" in run("catalogue", "info", *at).out
    assert all(line.endswith("SYNTHETIC") for line in run("catalogue", "sources", *at).out.splitlines())
    done = run("fetch", "--local", *at, "-e", "product mgf-*; kp >= 0; latitude -90..")
    assert [line.endswith("  synthetic") for line in done.out.splitlines()] == [True]
    assert "note: kp: synthetic values, from CelesTrak space weather data" in done.err.splitlines()
    assert "note: latitude: synthetic values, from ephemeris text" in done.err.splitlines()


def test_made_up_positions_say_so(tmp_path: Path) -> None:
    take(tmp_path / "made", tree(tmp_path / "tree"), *texts(tmp_path / "texts", ephemeris=3600), synthetic=True)
    done = run("fetch", "--local", "--catalogue", tmp_path / "made", "-e", "product mgf-*; dipole-latitude -89..")
    (note,) = [line for line in done.err.splitlines() if "dipole-latitude" in line]
    assert "synthetic" in note


# Interrupts


def test_an_interrupt_leaves_the_state_of_before(made: Path, tmp_path: Path) -> None:
    before = state(made), segment_files(made)
    # Nobody writes into the pipe: whoever opens it waits.
    pipe = tmp_path / "endless.txt"
    os.mkfifo(pipe)
    (ephemeris, *_) = texts(tmp_path / "texts", ephemeris=600)
    process = subprocess.Popen(
        [EDEXQL, "catalogue", "ingest", "--catalogue", str(made), ephemeris, str(pipe)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told = process.stderr.readline()
    assert told == f"{ephemeris}: ephemeris text: 600 samples\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (130, "", "edexql: interrupted\n")
    assert (state(made), segment_files(made)) == before
    assert ingest(made, ephemeris).code == 0


# Files that left the archive


def listed(folder: Path) -> list[str]:
    return run("fetch", "--local", "-q", "--catalogue", folder, "--output", "names", "-e", "date 2016").out.split()


def test_files_that_are_gone_are_told_and_left_out_on_request(made: Path, tmp_path: Path) -> None:
    place = tmp_path / "tree" / "2016" / "05" / "03" / "RRI" / OLD
    place.unlink()
    told = ingest(made, "-q", tmp_path / "tree")
    assert told.code == 0
    assert told.err == (
        f"{tmp_path}/tree: 1 file that was there before and is gone: still listed (--prune leaves them out)\n  {OLD}\n"
    )
    assert OLD in listed(made)
    pruned = ingest(made, "-q", "--prune", tmp_path / "tree")
    assert pruned.err == f"{tmp_path}/tree: 1 file that was there before and is gone: left out\n  {OLD}\n"
    assert OLD not in listed(made)
    assert len(listed(made)) == 4
    assert ingest(made, "-q", "--prune", tmp_path / "tree").err == ""
    # It may come back.
    place.write_bytes(b"new")
    ingest(made, "-q", tmp_path / "tree")
    assert OLD in listed(made)


def test_a_folder_that_is_empty_or_cannot_be_read_prunes_nothing(made: Path, tmp_path: Path) -> None:
    before = listed(made)
    (tmp_path / "tree").rename(tmp_path / "away")
    (tmp_path / "tree").mkdir()
    assert ingest(made, "-q", "--prune", tmp_path / "tree").err == ""
    (tmp_path / "tree").rmdir()
    (tmp_path / "away").rename(tmp_path / "tree")
    (tmp_path / "tree" / "2016" / "05" / "03" / "RRI" / OLD).unlink()
    (tmp_path / "tree" / "RRI_\x1b_lv1_1.0.0.h5").write_bytes(b"")
    assert "gone" not in ingest(made, "-q", "--prune", tmp_path / "tree").err
    assert listed(made) == before


def test_another_folder_is_not_held_against_the_first(made: Path, tmp_path: Path) -> None:
    before = listed(made)
    done = ingest(made, "--prune", tree(tmp_path / "other", [f"RRI/{NEW}"]))
    assert "gone" not in done.err
    assert set(listed(made)) == {*before, NEW} - {OLD}


# Base series


def test_a_catalogue_of_one_s_own_gets_kp_ap_and_f107_of_the_sample(made: Path) -> None:
    assert "no values of it" in run("fetch", "--local", "-q", "--catalogue", made, "-e", "kp >= 8").err
    done = ingest(made, "--base-series")
    assert done.err == "https://celestrak.org/SpaceData/SW-All.txt: CelesTrak space weather data: 41,408 samples\n"
    for text in ("date 2013..2025; kp >= 8", "date 2013..2025; ap < 3", "where f107 > 200 AND date 2014"):
        ask = "fetch", "--local", "-q", "--times", "-e", text
        own = run(*ask, "--catalogue", made)
        assert own == run(*ask, EDEXQL_CATALOGUE=None)
        assert "from CelesTrak space weather data" in own.err
    assert "https://celestrak.org/SpaceData/SW-All.txt" in run("catalogue", "sources", "--catalogue", made).out
    before = state(made)
    assert "ingested before, nothing changes" in ingest(made, "--base-series").err
    assert state(made) == before


def test_the_base_series_leave_alone_what_a_catalogue_has(made: Path, tmp_path: Path) -> None:
    (indices,) = [path for path in texts(tmp_path / "texts") if path.endswith("SW-All.txt")]
    ask = "fetch", "--local", "-q", "--times", "--catalogue", made, "-e"
    assert ingest(made, indices).code == 0
    before = run(*ask, "date 2016-05-02..2016-05-05; kp 2..5").out
    assert ingest(made, "--base-series").err.endswith(": 41,372 samples\n")
    assert run(*ask, "date 2016-05-02..2016-05-05; kp 2..5").out == before


# A full disk

LIMITED = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])));"
LIMITED += "from edexql.cli import main; sys.exit(main(sys.argv[2:]))"


@pytest.mark.parametrize("room", [0, 100, 5000, 60_000, 80_000])
def test_a_disk_without_room_is_a_clear_error_and_leaves_nothing_by_halves(room: int, tmp_path: Path) -> None:
    paths = [str(tree(tmp_path / "tree")), *texts(tmp_path / "texts", ephemeris=4000)]
    made = tmp_path / "made"
    words = ("catalogue", "ingest", "-q", "--catalogue", str(made), *paths)
    done = run_program(sys.executable, "-c", LIMITED, str(room), *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"edexql: cannot write to the catalogue in {made}: ")
    assert done.err.count("\n") == 1
    assert run(*words).code == 0
    assert answers(made) == answers_of(paths, tmp_path / "other")
    assert segment_files(made) == named_files(made)


def answers_of(paths: list[str], folder: Path) -> list[object]:
    take(folder, *paths)
    return answers(folder)
