"""`edexql unpack`: the plan first, all of it or nothing, and never outside the folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import zipfile

import pytest

from commands import EDEXQL, PATIENCE, environment, run, run_on_terminal
from edexql.catalogue.ingest.batches import File
from edexql.catalogue.ingest.readers.listings import read
from hostile_archives import TARS, ZIPS, h5ai_tar, python_tar, python_zip, tree

pytestmark = pytest.mark.slow

FILES = {"FAI_1.h5": b"one" * 1000, "deep/FAI_2.h5": b"two" * 1000}


@pytest.fixture
def here(tmp_path):
    (tmp_path / "pass.zip").write_bytes(python_zip(FILES))
    return tmp_path


def test_the_plan_is_shown_and_the_files_are_there(here):
    done = run("unpack", "pass.zip", "--to", "out", cwd=here)
    assert (done.code, done.err) == (0, "")
    assert {name: data for name, data in tree(here / "out").items() if data is not None} == FILES
    lines = done.out.splitlines()
    assert lines[0].startswith("pass.zip: zip, 2 files, 6.00 kB from ")
    assert [line.split()[-1] for line in lines[1:3]] == list(FILES)
    assert lines[-1] == "2 files unpacked, 6.00 kB"


def test_a_plan_alone_writes_nothing(here):
    done = run("unpack", "--plan", "pass.zip", "--to", "out", cwd=here)
    assert done.code == 0
    assert "deep/FAI_2.h5" in done.out
    assert "unpacked" not in done.out
    assert os.listdir(here) == ["pass.zip"]


def test_several_archives_and_the_json_of_each(here):
    (here / "more.tar").write_bytes(python_tar({"b.h5": b"b"}))
    done = run("unpack", "pass.zip", "more.tar", "--to", "out", "--output", "json", cwd=here)
    assert done.code == 0
    first, second = json.loads(done.out)
    assert (first["kind"], second["kind"]) == ("zip", "tar")
    assert sorted(first["written"]) == sorted(FILES)
    assert second["written"] == ["b.h5"]


def test_another_file_is_never_overwritten_but_when_asked_for(here):
    (here / "FAI_1.h5").write_bytes(b"mine")
    kept = run("unpack", "pass.zip", cwd=here)
    assert kept.code == 1
    assert "FAI_1.h5: " in kept.out
    assert "[in-the-way]" in kept.out
    assert (here / "FAI_1.h5").read_bytes() == b"mine"
    assert not (here / "deep").exists()
    replaced = run("unpack", "--replace", "pass.zip", cwd=here)
    assert replaced.code == 0
    assert "1 replaced" in replaced.out
    assert (here / "FAI_1.h5").read_bytes() == FILES["FAI_1.h5"]
    again = run("unpack", "pass.zip", cwd=here)
    assert again.code == 0
    assert "2 there before" in again.out


def test_one_bad_archive_does_not_keep_the_next_from_being_unpacked(here):
    (here / "page.zip").write_bytes(b"<html>sorry</html>")
    done = run("unpack", "page.zip", "missing.zip", "pass.zip", "--to", "out", cwd=here)
    assert done.code == 1
    assert "page.zip: " in done.err
    assert "missing.zip: " in done.err
    assert (here / "out/FAI_1.h5").read_bytes() == FILES["FAI_1.h5"]


# Those that are too much are so for limits of their own, and names are the same but for case on other systems.
HOSTILE = [one for one in [*ZIPS, *TARS] if one.code != "too-much" and not one.careless]


@pytest.mark.parametrize("bad", HOSTILE[::7], ids=lambda bad: bad.title)
def test_a_hostile_archive_is_refused_with_its_code_and_leaves_nothing(tmp_path, bad):
    (tmp_path / "bad").write_bytes(bad.make())
    words = ["unpack", "bad", "--to", "out", "--output", "json", *(["--nested"] if bad.nesting == "unpack" else [])]
    done = run(*words, cwd=tmp_path)
    assert done.code == 1
    (document,) = json.loads(done.out)
    codes = [one["code"] for one in document.get("refused", [])] or [document["error"]["code"]]
    assert bad.code in codes
    assert os.listdir(tmp_path) == ["bad"]


def test_names_from_outside_do_not_reach_the_terminal_as_they_are(tmp_path):
    (tmp_path / "evil.zip").write_bytes(python_zip({"\x1b[31mred.h5": b"1"}))
    done = run("unpack", "evil.zip", cwd=tmp_path)
    assert done.code == 1
    assert "\x1b" not in done.out + done.err


def test_a_tar_of_h5ai_says_that_it_has_no_end_and_comes_out(tmp_path):
    (tmp_path / "day.tar").write_bytes(h5ai_tar((b"//a.h5", b"data")))
    done = run("unpack", "day.tar", "--to", "out", cwd=tmp_path)
    assert done.code == 0
    assert "note: " in done.out
    assert tree(tmp_path / "out") == {"a.h5": b"data"}


def test_zips_in_an_archive_are_left_or_unpacked_as_asked(tmp_path):
    (tmp_path / "all.zip").write_bytes(python_zip({"pass.zip": python_zip({"a.h5": b"data"})}))
    assert run("unpack", "all.zip", "--to", "left", cwd=tmp_path).code == 0
    assert os.listdir(tmp_path / "left") == ["pass.zip"]
    assert run("unpack", "all.zip", "--nested", "--to", "opened", cwd=tmp_path).code == 0
    assert tree(tmp_path / "opened") == {"pass": None, "pass/a.h5": b"data"}


@pytest.mark.parametrize("deeper", [False, True])
def test_a_zip_in_an_archive_that_was_packed_damaged_is_told(tmp_path, deeper):
    sound = python_zip({"FAI.h5": b"image" * 900}, zipfile.ZIP_STORED)
    place = sound.index(b"image" * 3)
    broken = sound[:place] + b"X" + sound[place + 1 :]
    for name, inner in (("sound.zip", sound), ("broken.zip", broken)):
        held = python_zip({"pass.zip": inner}) if deeper else inner
        (tmp_path / name).write_bytes(python_zip({"session.zip": held, "note.txt": b"n"}))
    done = run("unpack", "sound.zip", "--to", "a", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    done = run("unpack", "broken.zip", "--to", "b", "--output", "json", cwd=tmp_path)
    assert done.code == 1
    assert "session.zip is damaged, as it was packed: " in done.err
    assert "FAI.h5" in done.err
    (told,) = json.loads(done.out)[0]["damaged"]
    assert told["path"].endswith("session.zip")
    assert sorted(tree(tmp_path / "b")) == ["note.txt", "session.zip"]


def test_limits_come_from_the_configuration(here):
    done = run("unpack", "pass.zip", cwd=here, EDEXQL_UNPACKING_MEMBERS="1")
    assert done.code == 1
    assert "has 2 members; the limit is 1" in done.err
    assert os.listdir(here) == ["pass.zip"]


@pytest.fixture
def large(tmp_path):
    """An archive that takes long enough to be interrupted in."""
    files = {f"{n}.h5": os.urandom(2**20) * 64 for n in range(4)}
    (tmp_path / "large.zip").write_bytes(python_zip(files, zipfile.ZIP_STORED))
    return tmp_path


def unpacking(folder):
    """A process that is in the middle of it."""
    process = subprocess.Popen(
        [EDEXQL, "unpack", "large.zip", "--to", "out"],
        cwd=folder,
        env=environment(EDEXQL_UNPACKING_RATIO="1000000"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + PATIENCE
    while not any(folder.glob(".edexql-unpack-*/tree/out/*.h5")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.002)
    return process


def test_ctrl_c_leaves_nothing_of_the_archive(large):
    process = unpacking(large)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, out + err
    assert "stopping" in err
    assert os.listdir(large) == ["large.zip"]


def test_a_killed_run_has_no_file_under_its_name_and_the_next_one_clears_up(large):
    process = unpacking(large)
    process.kill()
    process.communicate()
    assert not (large / "out").exists()
    done = run("unpack", "large.zip", "--to", "out", cwd=large, EDEXQL_UNPACKING_RATIO="1000000")
    assert done.code == 0
    assert sorted(os.listdir(large / "out")) == [f"{n}.h5" for n in range(4)]
    assert sorted(os.listdir(large)) == ["large.zip", "out"]


def test_progress_is_shown_on_a_terminal_only(here):
    shown = run_on_terminal("unpack", str(here / "pass.zip"), "--to", str(here / "shown"), streams=("stderr",))
    assert shown.code == 0
    assert "%" in shown.err
    assert run("unpack", str(here / "pass.zip"), "--to", str(here / "quiet")).err == ""


# A listing with a number of thousands of digits


@pytest.mark.parametrize("digits", [5, 9, 6000])
def test_a_listing_with_a_number_of_any_length_is_read(tmp_path, digits):
    name = "RRI_20160418_222759_223156_lv1_12.0.0.h5"
    path = tmp_path / "index.html"
    path.write_text(
        f"<html><body><p>&#{'9' * digits};</p><table><tr><td><a href='{name}'>{name}</a></td>"
        "<td>2019-05-01 10:00</td><td>1.0G</td></tr></table></body></html>\n"
    )
    assert [file.name for file in read(str(path)) if isinstance(file, File)] == [name]
