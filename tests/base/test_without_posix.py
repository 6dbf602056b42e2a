"""The journeys that people make, on a system without the ways of POSIX: they go the same way, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from commands import PATIENCE, Finished, environment, run_program
from hostile_archives import python_zip
from journey import addresses, archive_in, pass_of, served
from places import TESTS
from tutorial import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="it is Linux that is made to look like Windows"),
]

PROGRAM = TESTS / "support" / "without_posix.py"
DAY = "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 AND 2"


class Windows:
    """A folder of a person whose system is no POSIX, and commands that are run in it."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.root = folder
        self.here = folder / "here"
        self.here.mkdir(parents=True)
        self.variables = {
            "EDEXQL_STATE": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "HOME": str(folder),
            "PYTHONIOENCODING": "cp1252",
            **variables,
        }

    def words(self, *words: object) -> list[str]:
        return [sys.executable, str(PROGRAM), str(self.root), *map(str, words)]

    def run(self, *words: object, stdin: str | bytes = b"", **changes: str) -> Finished:
        return run_program(*self.words(*words), stdin=stdin, cwd=self.here, **{**self.variables, **changes})

    def done(self, *words: object, stdin: str | bytes = b"", **changes: str) -> str:
        done = self.run(*words, stdin=stdin, **changes)
        assert done.code == 0, done
        return done.out


@pytest.fixture
def windows(tmp_path: Path) -> Windows:
    return Windows(tmp_path)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("service")) as url:
        yield url


@pytest.fixture
def asking(tmp_path: Path, service: str) -> Windows:
    return Windows(tmp_path, **addresses(service))


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_selection_is_saved_changed_and_downloaded_and_its_files_are_unpacked(asking):
    asking.done("fetch", "-e", DAY, "--save", "day.edqs")
    asking.done("select", "day.edqs", "--drop", "*_1505*")
    asking.done("select", "day.edqs", "--again")
    out = asking.done("download", "day.edqs", "--from", "archive", "--to", "passes")
    assert out.count("downloaded") == 2
    passes = asking.here / "passes"
    assert {name: data for name, data in files_in(passes).items() if name.endswith(".zip")} == {
        name: pass_of(name) for name in NAMES[1:]
    }
    # The lock of the folder, which is a file there, is gone with the process.
    assert sorted(os.listdir(passes)) == sorted([*NAMES[1:], ".edexql-downloads.json"])
    again = asking.run("download", "day.edqs", "--from", "archive", "--to", "passes")
    assert again.code == 0
    assert "already there" in again.out + again.err
    for name in NAMES[1:]:
        asking.done("unpack", passes / name, "--to", "all")
        with zipfile.ZipFile(passes / name) as bundle:
            for member in bundle.namelist():
                (found,) = (asking.here / "all").rglob(member.rpartition("/")[2])
                assert found.read_bytes() == bundle.read(member)
    assert not [name for name in files_in(asking.here / "all") if "edexql" in name]


def test_a_download_takes_up_what_is_there_and_replaces_what_is_another(asking):
    asking.done("fetch", "-e", DAY, "--save", "day.edqs")
    passes = asking.here / "passes"
    passes.mkdir()
    (passes / NAMES[0]).write_bytes(b"another")
    refused = asking.run("download", "day.edqs", "--from", "archive", "--to", "passes")
    assert refused.code != 0
    assert (passes / NAMES[0]).read_bytes() == b"another"
    assert (passes / NAMES[1]).read_bytes() == pass_of(NAMES[1])
    asking.done("download", "day.edqs", "--from", "archive", "--to", "passes", "--replace")
    assert (passes / NAMES[0]).read_bytes() == pass_of(NAMES[0])


def test_a_file_on_which_another_process_works_is_waited_for(asking):
    asking.done("fetch", "-e", DAY, "--save", "day.edqs")
    passes = asking.here / "passes"
    passes.mkdir()
    code = (
        "import fcntl, sys, time; file = open(sys.argv[1], 'wb'); fcntl.flock(file, fcntl.LOCK_EX); print(flush=True)"
    )
    code += "; time.sleep(5)"
    other = subprocess.Popen([sys.executable, "-c", code, passes / f"{NAMES[0]}.part"], stdout=subprocess.PIPE)
    try:
        other.stdout.readline()
        asking.done("download", "day.edqs", "--from", "archive", "--to", "passes")
        assert other.poll() == 0
    finally:
        other.kill()
        other.communicate()
    assert (passes / NAMES[0]).read_bytes() == pass_of(NAMES[0])


def test_paths_may_be_long(asking):
    asking.done("fetch", "-e", DAY, "--save", "day.edqs")
    folder = asking.here / ("a" * 100) / ("b" * 100)
    assert len(str(folder)) > 200
    asking.done("download", "day.edqs", "--from", "archive", "--to", folder)
    assert {name: data for name, data in files_in(folder).items() if name.endswith(".zip")} == {
        name: pass_of(name) for name in NAMES
    }
    asking.done("unpack", folder / NAMES[0], "--to", folder / ("c" * 60))
    assert len(files_in(folder / ("c" * 60))) == 2


def test_exchanges_are_recorded_and_answered_from(asking):
    asking.done("fetch", "-e", DAY, "--record", "exchange", "--output", "names")
    out = asking.done("fetch", "-e", DAY, "--replay", "exchange", "--output", "names")
    assert out.split() == list(NAMES)


def test_requests_are_noted(asking):
    asking.done("fetch", "-e", DAY, "--save", "day.edqs")
    asking.done("request", "day.edqs", "--email", "you@example.ca")
    assert "3 files" in asking.done("request", "--list")


def test_names_that_windows_cannot_have_get_others(windows):
    members = {"con.h5": b"1", "a/NUL": b"2", "a/b. /x": b"3", "q?.txt": b"4", "deep/FAI_2.h5": b"two" * 1000}
    (windows.here / "pass.zip").write_bytes(python_zip(members))
    windows.done("unpack", "pass.zip", "--to", "out")
    assert files_in(windows.here / "out") == {
        "_con.h5": b"1",
        "a/_NUL": b"2",
        "a/b._/x": b"3",
        "q_.txt": b"4",
        "deep/FAI_2.h5": b"two" * 1000,
    }


@pytest.mark.parametrize("names", [("A.h5", "a.H5"), ("D/x", "d/y"), ("straße", "STRASSE")])
def test_members_that_differ_in_case_only_are_refused_together(windows, names):
    (windows.here / "pass.zip").write_bytes(python_zip(dict.fromkeys(names, b"1")))
    done = windows.run("unpack", "pass.zip", "--to", "out")
    assert done.code == 1
    assert "have the same path as" in done.err + done.out
    assert not (windows.here / "out").exists()


def test_a_file_that_is_there_in_another_case_is_not_overwritten(windows):
    (windows.here / "out").mkdir()
    (windows.here / "out" / "FAI.H5").write_bytes(b"mine")
    (windows.here / "pass.zip").write_bytes(python_zip({"fai.h5": b"another"}))
    assert windows.run("unpack", "pass.zip", "--to", "out").code == 1
    assert files_in(windows.here / "out") == {"FAI.H5": b"mine"}
    windows.done("unpack", "pass.zip", "--to", "out", "--replace")
    assert list(files_in(windows.here / "out").values()) == [b"another"]


def test_an_unpacking_that_was_killed_is_swept_and_one_that_lives_is_not(windows):
    (windows.here / "pass.zip").write_bytes(python_zip({"a.h5": b"1"}))
    out = windows.here / "out"
    for name in ("0" * 16, "1" * 16):
        (out / f".edexql-unpack-{name}" / "tree").mkdir(parents=True)
        (out / f".edexql-unpack-{name}" / "lock").touch()
    living = open(out / f".edexql-unpack-{'1' * 16}" / "lock", "rb")  # noqa: SIM115
    with living:
        import fcntl

        fcntl.flock(living, fcntl.LOCK_EX)
        windows.done("unpack", "pass.zip", "--to", "out")
    assert sorted(os.listdir(out)) == [f".edexql-unpack-{'1' * 16}", "a.h5"]


def test_a_catalogue_is_made_changed_and_asked(windows):
    archive = archive_in(windows.here / "archive")
    for _ in range(2):
        windows.done("catalogue", "ingest", "--catalogue", "catalogue", archive)
    out = windows.done("fetch", "--local", "--catalogue", "catalogue", "-e", DAY, "--output", "names")
    assert out.split() == list(NAMES)


def test_what_is_typed_is_remembered_and_two_sessions_live_beside_each_other(windows):
    windows.done("-", stdin="date 2019-05-01\nquit\n")
    words = windows.words("-")
    env = environment(**windows.variables)
    first = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=windows.here, env=env)
    try:
        windows.done("-", stdin="date 2019-05-02\nquit\n")
    finally:
        first.communicate(b"quit\n", timeout=PATIENCE)
    assert first.returncode == 0


def test_a_file_is_formatted_in_place(windows):
    path = windows.here / "q.edq"
    path.write_text("date    2019-05-01\n")
    windows.done("fmt", path)
    assert path.read_text() == "date 2019-05-01\n"
    assert os.listdir(windows.here) == ["q.edq"]


@pytest.mark.parametrize("console", ["", "1"], ids=["pipe", "console"])
def test_what_a_code_page_does_not_have_ends_no_command(windows, console):
    text = "product 中文-λ; date 2019-05-01"
    done = windows.run("check", "-e", text, TEST_CONSOLE=console, NO_COLOR="1")
    assert done.code == 1
    assert "error[E205]" in done.out
    out = windows.done("explain", "-e", DAY, TEST_CONSOLE=console, NO_COLOR="1")
    assert "2019-05-01" in out
    assert windows.run("help", "E206", TEST_CONSOLE=console).code == 0


def test_two_services_do_not_share_a_folder(windows):
    archive = archive_in(windows.here / "archive")
    windows.done("catalogue", "ingest", "--catalogue", "catalogue", archive)
    words = windows.words("serve", "--port", "0", "--catalogue", "catalogue", "--archive", archive, "--state", "kept")
    first = subprocess.Popen(
        words, stderr=subprocess.PIPE, cwd=windows.here, env=environment(**windows.variables), text=True
    )
    try:
        assert "listening on" in first.stderr.readline()
        done = windows.run("serve", "--port", "0", "--catalogue", "catalogue", "--archive", archive, "--state", "kept")
        assert done.code == 2
        assert "another service uses this folder" in done.err
    finally:
        first.terminate()
        first.communicate(timeout=PATIENCE)
