"""Honest archives come out exactly, and nothing that happens meanwhile leaves half of one."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import os
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands import PATIENCE, environment
from edexql.base import system
from edexql.client.settings.declarations import Unpacking
from edexql.client.unpack import staging
from edexql.client.unpack.execution import unpack
from edexql.client.unpack.model import Limits, UnpackError
from edexql.client.unpack.placement import Placement
from edexql.client.unpack.plan import plan
from edexql.client.unpack.tar import NO_END
from edexql.formats.compression import PIECE, Bzip, DamagedData, Deflate, decompressed_gzip
from hostile_archives import (
    GOOD,
    HONEST,
    Part,
    Quiet,
    deflated,
    field_of,
    h5ai_tar,
    python_tar,
    python_zip,
    streamed_zip,
    tar_file,
    tar_of,
    tree,
    zip_of,
)

PASS = "FAI_lv1_h5_20190501_150534_151306_6.0.0"
IMAGES = {
    f"{PASS}/FAI_lv1_NIR_20190501_150819_150819_6.0.0.h5": b"\x89HDF" + bytes(range(256)) * 30,
    f"{PASS}/FAI_lv1_SPV_20190501_150820_150820_6.0.0.h5": b"\x89HDF" + os.urandom(70_000),
    "CAS_ephemeris_20151127_000000_235959.txt": b"",
}


def unpacked(path, target, *, watch=None, stop=None, **how):
    return unpack(plan(str(path), str(target), **how), watch=watch or Quiet(), stop=stop or threading.Event())


def refusal(path, target, **how):
    """What an archive is refused for; nothing of it must have come into the target."""
    before = tree(Path(target)) if os.path.isdir(target) else None
    with pytest.raises(UnpackError) as caught:
        unpacked(path, target, **how)
    assert (tree(Path(target)) if os.path.isdir(target) else None) == before
    return caught.value


def outcome(path, target, **how):
    """What became of an archive: None where it was unpacked, else the error; then nothing must be left of it."""
    try:
        unpacked(path, target, **how)
    except UnpackError as error:
        found = error
    else:
        return None
    assert not os.path.exists(target)
    return found


def files_of(folder):
    return {name: data for name, data in tree(folder).items() if data is not None}


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "pass.zip"
    path.write_bytes(python_zip(IMAGES))
    return path


# Honest archives


@pytest.mark.parametrize("shape", HONEST)
def test_an_honest_archive_of_any_shape_comes_out_exactly(tmp_path, shape):
    (tmp_path / "archive").write_bytes(HONEST[shape](IMAGES))
    done = unpacked(tmp_path / "archive", tmp_path / "target")
    assert files_of(tmp_path / "target") == IMAGES
    assert sorted(done.written) == sorted(IMAGES)
    assert (done.present, done.replaced, done.size) == ((), (), sum(map(len, IMAGES.values())))


PARTS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"], exclude_characters='/\\<>:"|?*.~'),
    min_size=1,
    max_size=12,
    # No device of Windows begins with an m.
).map(lambda name: f"m{name}")
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


@given(st.dictionaries(PATHS, st.binary(max_size=300), min_size=1, max_size=8), st.sampled_from(sorted(HONEST)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=2 * settings.default.max_examples)
def test_any_names_and_contents_come_out_or_are_said_to_be_in_one_place(tmp_path_factory, files, shape):
    if shape == "tar of h5ai" and any(len(part.encode()) > 90 for path in files for part in path.split("/")):
        return
    base = tmp_path_factory.mktemp("any")
    (base / "archive").write_bytes(HONEST[shape](files))
    error = outcome(base / "archive", base / "target")
    if error is not None:
        assert error.code == "duplicate"
        folded = [tuple(part.upper() for part in path.split("/")[:count]) for path in files for count in range(1, 5)]
        assert len(files) > 1
        assert len(set(folded)) < len(folded)
    else:
        assert files_of(base / "target") == files


@pytest.mark.parametrize("shape", ["zip", "zip, stored", "zip, bzip2", "zip, streamed", "zip, zip64"])
def test_any_byte_of_a_zip_may_flip_and_is_noticed_or_harmless(tmp_path, shape):
    files = {"a/one.txt": b"one " * 9, "two.h5": b"\x89HDF" + bytes(range(60))}
    whole = HONEST[shape](files)
    harmless = 0
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        (tmp_path / "archive").write_bytes(changed)
        target = tmp_path / "target"
        if outcome(tmp_path / "archive", target) is None:
            assert files_of(target) == files, f"byte {place}"
            harmless += 1
            shutil.rmtree(target)
    assert 0 < harmless < len(whole)


@given(st.data())
@settings(max_examples=2 * settings.default.max_examples)
def test_any_bytes_are_unpacked_or_refused(data):
    whole = bytearray(HONEST[data.draw(st.sampled_from(sorted(HONEST)))]({"a/one.txt": b"one " * 9, "two": b"2"}))
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(whole)))
        end = data.draw(st.integers(start, min(len(whole), start + 40)))
        whole[start:end] = data.draw(st.binary(max_size=40))
    with tempfile.TemporaryDirectory() as base:
        path, target = Path(base) / "archive", Path(base) / "target"
        path.write_bytes(whole)
        error = outcome(path, target, nesting="unpack")
        assert error is None or str(error).isprintable()
        assert set(os.listdir(base)) <= {"archive", "target"}


def test_a_prefix_of_any_length_is_never_taken_for_the_whole(tmp_path):
    for shape in ("zip", "zip, streamed", "tar, pax", "tar.gz", "tar.bz2"):
        whole = HONEST[shape]({"a": b"x" * 700, "b": b"y"})
        # A tar is padded with zeros, which say nothing.
        content = len(whole.rstrip(b"\0")) if shape.startswith("tar, ") else len(whole)
        for length in range(0, content, 7):
            (tmp_path / "archive").write_bytes(whole[:length])
            error = refusal(tmp_path / "archive", tmp_path / "target")
            assert error.code in ("cut-off", "not-an-archive", "hidden", "damaged"), (shape, length)


def test_a_tar_as_h5ai_writes_it_loses_its_leading_slashes_and_says_that_it_has_no_end(tmp_path):
    data = b"\x89HDF" + bytes(3000)
    name = b"RRI_20160418_222759_223156_lv1_12.0.0.h5"
    for end, notes in ((b"", (NO_END,)), (bytes(1024), ())):
        (tmp_path / "RRI.tar").write_bytes(
            h5ai_tar((b"/", None), (b"//" + name, data), (b"/a", None), (b"/a/b", b"x"), end=end)
        )
        planned = plan(str(tmp_path / "RRI.tar"), str(tmp_path / "target"))
        assert planned.notes == notes
        assert {member.path for member in planned.members} == {name.decode(), "a/b"}
    unpack(planned, watch=Quiet(), stop=threading.Event())
    assert files_of(tmp_path / "target") == {name.decode(): data, "a/b": b"x"}


def test_empty_folders_are_made_and_the_root_of_a_tar_is_none(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as bundle:
        for name in (".", "./a", "./a/b"):
            info = tarfile.TarInfo(name)
            info.type = tarfile.DIRTYPE
            bundle.addfile(info)
    unpacked(tmp_path / "a.tar", tmp_path / "target")
    assert tree(tmp_path / "target") == {"a": None, "a/b": None}


def test_names_of_any_script_come_out(tmp_path):
    files = {"日本/é.txt": b"1"}
    (tmp_path / "a.zip").write_bytes(python_zip(files))
    unpacked(tmp_path / "a.zip", tmp_path / "target")
    assert files_of(tmp_path / "target") == files
    raw = "é.txt".encode("cp437")
    utf8 = field_of(0x7075, b"\x01" + zlib.crc32(raw).to_bytes(4, "little") + "é.txt".encode())
    (tmp_path / "b.zip").write_bytes(zip_of(Part(raw, extra=utf8)))
    unpacked(tmp_path / "b.zip", tmp_path / "other")
    assert files_of(tmp_path / "other") == {"é.txt": GOOD}


def test_what_a_zip_was_given_through_a_pipe_is_a_file(tmp_path):
    # As `cat x | zip o.zip -` writes it, and the same into a pipe.
    packed = deflated(GOOD)
    after = b"PK\x07\x08" + struct.pack("<3L", zlib.crc32(GOOD), len(packed), len(GOOD))
    nothing = {"crc": 0, "packed": 0, "size": 0}
    shapes = {
        "with its size before it": (Part(b"-", GOOD, attributes=0o010600 << 16), GOOD),
        "with its size after it": (
            Part(b"-", GOOD, flags=8, attributes=0o010600 << 16, local=nothing, after=after),
            GOOD,
        ),
        "empty": (Part(b"-", b"", 0, flags=8, attributes=0o010600 << 16, after=bytes(12)), b""),
    }
    for title, (part, data) in shapes.items():
        (tmp_path / "o.zip").write_bytes(zip_of(part))
        unpacked(tmp_path / "o.zip", tmp_path / title)
        assert tree(tmp_path / title) == {"-": data}
        assert stat.S_ISREG((tmp_path / title / "-").stat().st_mode)


def test_modes_are_plain_whatever_the_archive_says(tmp_path):
    (tmp_path / "a.zip").write_bytes(zip_of(Part(b"a/x", attributes=0o106777 << 16)))
    unpacked(tmp_path / "a.zip", tmp_path / "target")
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "target" / "a" / "x").stat().st_mode) == 0o644 & ~mask
    assert stat.S_IMODE((tmp_path / "target" / "a").stat().st_mode) == 0o755 & ~mask


def test_times_come_from_the_archive_where_they_can_be_true(tmp_path):
    at = 1_556_723_134
    times = {
        "from a zip": (zip_of(Part(b"x", extra=field_of(0x5455, b"\x01" + at.to_bytes(4, "little")))), at),
        "from a tar": (python_tar({"x": b"1"}), 1_500_000_000.25),
    }
    for title, (data, moment) in times.items():
        (tmp_path / "archive").write_bytes(data)
        unpacked(tmp_path / "archive", tmp_path / title)
        assert (tmp_path / title / "x").stat().st_mtime == moment
    (tmp_path / "archive").write_bytes(python_tar({"x": b"1"}, form=tarfile.GNU_FORMAT, modified=-86_400))
    unpacked(tmp_path / "archive", tmp_path / "before 1970")
    assert (tmp_path / "before 1970" / "x").stat().st_mtime > 0
    future = (2**31 - 1).to_bytes(4, "little")
    (tmp_path / "archive").write_bytes(zip_of(Part(b"x", extra=field_of(0x5455, b"\x01" + future))))
    unpacked(tmp_path / "archive", tmp_path / "future")
    assert (tmp_path / "future" / "x").stat().st_mtime < 2**31 - 1


# Plans


def test_a_plan_says_what_would_come_and_writes_nothing(tmp_path, archive):
    planned = plan(str(archive), str(tmp_path / "target"))
    assert not (tmp_path / "target").exists()
    assert planned.kind == "zip"
    assert {member.path: member.size for member in planned.members} == {n: len(d) for n, d in IMAGES.items()}
    assert {member.state for member in planned.members} == {"new"}
    assert planned.size == sum(map(len, IMAGES.values()))
    assert planned.packed == archive.stat().st_size
    assert planned.ratio == planned.size / planned.packed
    assert planned.refused == ()


def test_a_plan_names_all_that_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(zip_of(Part(b"../x"), Part(b"fine"), Part(b"y", flags=1), Part(b"fine/z")))
    planned = plan(str(tmp_path / "a.zip"), str(tmp_path / "target"))
    assert {(one.member, one.code) for one in planned.refused} == {
        ("../x", "unsafe-name"),
        ("y", "encrypted"),
        ("fine/z", "duplicate"),
    }


def test_an_archive_that_changed_since_the_plan_is_not_unpacked(tmp_path, archive):
    planned = plan(str(archive), str(tmp_path / "target"))
    archive.write_bytes(python_zip({"other": b"x"}))
    with pytest.raises(UnpackError) as caught:
        unpack(planned, watch=Quiet(), stop=threading.Event())
    assert caught.value.code == "changed"
    assert not (tmp_path / "target").exists()


def test_a_compressed_tar_that_is_damaged_after_the_plan_is_noticed_by_its_checksum(tmp_path):
    archive = tmp_path / "a.tar.gz"
    archive.write_bytes(gzip.compress(tar_of(tar_file(b"a", b"content"), end=bytes(3 * PIECE)), 0))
    planned = plan(str(archive), str(tmp_path / "target"))
    times = archive.stat()
    with archive.open("r+b") as file:
        file.seek(archive.read_bytes().index(b"content"))
        file.write(b"CONTENT")
    os.utime(archive, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(UnpackError) as caught:
        unpack(planned, watch=Quiet(), stop=threading.Event())
    assert caught.value.code == "damaged"
    assert not (tmp_path / "target").exists()


def test_an_archive_that_is_not_there_or_no_file_is_said_to_be_that(tmp_path):
    assert refusal(tmp_path / "none.zip", tmp_path / "target").code == "unreadable"
    assert refusal(tmp_path, tmp_path / "target").code == "not-an-archive"
    os.mkfifo(tmp_path / "pipe.zip")
    assert refusal(tmp_path / "pipe.zip", tmp_path / "target").code == "not-an-archive"
    assert refusal("a\0b", tmp_path / "target").code == "unreadable"
    (tmp_path / "a.zip").write_bytes(zip_of(Part(b"x")))
    assert refusal(tmp_path / "a.zip", "a\0b").code == "cannot-write"


# What is in the target already


@pytest.mark.parametrize("shape", HONEST)
def test_unpacking_twice_finds_everything_there(tmp_path, shape):
    (tmp_path / "archive").write_bytes(HONEST[shape](IMAGES))
    unpacked(tmp_path / "archive", tmp_path / "target")
    before = {path: path.stat().st_ino for path in (tmp_path / "target").rglob("*")}
    done = unpacked(tmp_path / "archive", tmp_path / "target")
    assert (done.written, done.size, sorted(done.present)) == ((), 0, sorted(IMAGES))
    assert {path: path.stat().st_ino for path in (tmp_path / "target").rglob("*")} == before


@pytest.mark.parametrize("shape", HONEST)
@pytest.mark.parametrize("other", [b"mine", bytes(8)], ids=["of another size", "of the same size"])
def test_another_file_is_never_overwritten_but_when_asked_for(tmp_path, shape, other):
    files = {"a/x": b"12345678", "b": b"new"}
    (tmp_path / "archive").write_bytes(HONEST[shape](files))
    (tmp_path / "target" / "a").mkdir(parents=True)
    (tmp_path / "target" / "a" / "x").write_bytes(other)
    error = refusal(tmp_path / "archive", tmp_path / "target")
    assert error.code == "in-the-way"
    assert error.member.endswith("a/x")
    done = unpacked(tmp_path / "archive", tmp_path / "target", existing="replace")
    assert (done.replaced, done.written) == (("a/x",), ("b",))
    assert files_of(tmp_path / "target") == files


@pytest.mark.parametrize("existing", ["refuse", "replace"])
def test_what_is_no_file_is_never_replaced(tmp_path, archive, existing):
    name = next(iter(IMAGES))
    place = tmp_path / "target" / name
    outside = tmp_path / "outside"
    outside.write_bytes(IMAGES[name])
    place.parent.mkdir(parents=True)
    for make in (lambda: place.mkdir(), lambda: place.symlink_to(outside), lambda: os.mkfifo(place)):
        make()
        error = refusal(archive, tmp_path / "target", existing=existing)
        assert (error.code, error.member) == ("in-the-way", name)
        place.rmdir() if place.is_dir() else place.unlink()
    assert outside.read_bytes() == IMAGES[name]


@pytest.mark.parametrize("existing", ["refuse", "replace"])
def test_a_link_planted_for_a_folder_is_not_followed(tmp_path, archive, existing):
    (tmp_path / "outside").mkdir()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / PASS).symlink_to(tmp_path / "outside")
    error = refusal(archive, tmp_path / "target", existing=existing)
    assert error.code == "in-the-way"
    assert "a link" in str(error)
    assert tree(tmp_path / "outside") == {}


def test_the_target_itself_may_be_behind_a_link(tmp_path, archive):
    (tmp_path / "real").mkdir()
    (tmp_path / "target").symlink_to(tmp_path / "real")
    unpacked(archive, tmp_path / "target")
    assert files_of(tmp_path / "real") == IMAGES


def test_a_file_for_a_target_is_refused(tmp_path, archive):
    (tmp_path / "target").write_bytes(b"")
    assert refusal(archive, tmp_path / "target").code == "cannot-write"
    assert refusal(archive, tmp_path / "target" / "below").code == "cannot-write"


def not_permitted(*_args, **_more):
    raise OSError(errno.EPERM, "not permitted")


class Swapping(Quiet):
    """Does something once, in the middle of the unpacking."""

    def __init__(self, act) -> None:
        super().__init__()
        self.act = act

    def count(self, done, total):
        if done == total and self.act:
            act, self.act = self.act, None
            act()


def test_a_link_swapped_in_while_unpacking_leads_nowhere(tmp_path, archive):
    (tmp_path / "outside").mkdir()
    inside = tmp_path / "target" / PASS
    inside.mkdir(parents=True)

    def swap():
        inside.rename(tmp_path / "target" / "moved")
        inside.symlink_to(tmp_path / "outside")

    with pytest.raises(UnpackError) as caught:
        unpacked(archive, tmp_path / "target", watch=Swapping(swap))
    assert caught.value.code == "in-the-way"
    assert tree(tmp_path / "outside") == {}
    assert tree(tmp_path / "target") == {PASS: str(tmp_path / "outside"), "moved": None}


def test_a_link_that_comes_and_goes_all_the_time_leads_nowhere(tmp_path):
    files = {f"a/{number}": b"%d" % number for number in range(200)}
    (tmp_path / "archive").write_bytes(python_zip(files))
    outside, inside, aside = tmp_path / "outside", tmp_path / "target" / "a", tmp_path / "target" / "aside"
    outside.mkdir()
    inside.mkdir(parents=True)
    over = threading.Event()

    def swap():
        while not over.is_set():
            shutil.rmtree(aside, ignore_errors=True)
            with suppress(OSError):
                inside.rename(aside)
                inside.symlink_to(outside)
            with suppress(OSError):
                inside.unlink()
                aside.rename(inside)

    swapper = threading.Thread(target=swap)
    swapper.start()
    codes = set()
    for _ in range(15):
        try:
            unpacked(tmp_path / "archive", tmp_path / "target")
        except UnpackError as error:
            codes.add(error.code)
    over.set()
    swapper.join()
    assert codes <= {"in-the-way", "cannot-write"}
    assert tree(outside) == {}


def test_a_file_that_comes_meanwhile_is_not_overwritten(tmp_path, archive):
    target = tmp_path / "target"
    name = "CAS_ephemeris_20151127_000000_235959.txt"
    target.mkdir()

    with pytest.raises(UnpackError) as caught:
        unpacked(archive, target, watch=Swapping(lambda: (target / name).write_bytes(b"theirs")))
    assert (caught.value.code, caught.value.member) == ("in-the-way", name)
    assert tree(target) == {name: b"theirs"}


@pytest.mark.parametrize("links", [True, False], ids=["with links", "without"])
def test_a_file_that_comes_in_the_last_moment_is_not_overwritten_either(tmp_path, archive, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", not_permitted)
    target = tmp_path / "target"
    target.mkdir()
    name = "CAS_ephemeris_20151127_000000_235959.txt"
    placing = Placement._put

    def late(self, staged, above, folder):
        if staged.member == name:
            (target / name).write_bytes(b"theirs")
        placing(self, staged, above, folder)

    monkeypatch.setattr(Placement, "_put", late)
    with pytest.raises(UnpackError) as caught:
        unpacked(archive, target)
    assert (caught.value.code, caught.value.member) == ("in-the-way", name)
    assert tree(target) == {name: b"theirs"}


def test_a_file_that_is_put_in_the_place_of_ours_is_noticed(tmp_path, archive, monkeypatch):
    target = tmp_path / "target"
    target.mkdir()
    name = "CAS_ephemeris_20151127_000000_235959.txt"
    placing = Placement._put

    def exchanged(self, staged, above, folder):
        placing(self, staged, above, folder)
        if staged.member == name:
            (tmp_path / "theirs").write_bytes(b"theirs")
            (tmp_path / "theirs").replace(target / name)

    monkeypatch.setattr(Placement, "_put", exchanged)
    with pytest.raises(UnpackError) as caught:
        unpacked(archive, target)
    assert (caught.value.code, caught.value.member) == ("in-the-way", name)
    assert tree(target) == {name: b"theirs"}


def test_a_file_that_was_there_and_goes_meanwhile_is_missed(tmp_path, archive):
    target = tmp_path / "target"
    name = next(iter(IMAGES))
    (target / name).parent.mkdir(parents=True)
    (target / name).write_bytes(IMAGES[name])
    with pytest.raises(UnpackError) as caught:
        unpacked(archive, target, watch=Swapping(lambda: (target / name).unlink()))
    assert (caught.value.code, caught.value.member) == ("in-the-way", name)
    assert tree(target) == {PASS: None}


def test_a_target_in_which_another_process_places_files_is_waited_for(tmp_path, archive):
    fcntl = pytest.importorskip("fcntl")
    target = tmp_path / "target"
    target.mkdir()
    handle = os.open(target, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        stop = threading.Event()

        class Waiting(Quiet):
            def count(self, done, total):
                super().count(done, total)
                assert not (target / PASS).exists()
                # The files are settled, and then it comes back here for each moment that it waits.
                if len(self.counts) > 40:
                    stop.set()

        assert refusal(archive, target, watch=Waiting(), stop=stop).code == "interrupted"
    finally:
        os.close(handle)
    unpacked(archive, target)
    assert files_of(target) == IMAGES


# Without what some systems lack


@pytest.fixture
def by_paths(monkeypatch):
    """A system that cannot look up names in an open folder."""
    monkeypatch.setattr(system, "FOLDER_HANDLES", False)


@pytest.mark.usefixtures("by_paths")
def test_by_paths_an_archive_comes_out_and_links_are_not_followed(tmp_path, archive):
    unpacked(archive, tmp_path / "target")
    assert files_of(tmp_path / "target") == IMAGES
    shutil.rmtree(tmp_path / "target" / PASS)
    (tmp_path / "outside").mkdir()
    (tmp_path / "target" / PASS).symlink_to(tmp_path / "outside")
    assert refusal(archive, tmp_path / "target").code == "in-the-way"
    assert tree(tmp_path / "outside") == {}


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.EACCES, errno.EINVAL])
def test_whatever_a_file_system_without_links_answers_it_serves(tmp_path, archive, monkeypatch, code):
    def without_links(*_, **options):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", without_links)
    (tmp_path / "target").mkdir()
    unpacked(archive, tmp_path / "target")
    assert files_of(tmp_path / "target") == IMAGES


@pytest.mark.parametrize("existing", ["refuse", "replace"])
def test_a_file_system_without_links_serves_as_well(tmp_path, archive, monkeypatch, existing):
    monkeypatch.setattr(os, "link", not_permitted)
    unpacked(archive, tmp_path / "target", existing=existing)
    assert files_of(tmp_path / "target") == IMAGES
    shutil.rmtree(tmp_path / "target")
    (tmp_path / "target").mkdir()
    clash = tmp_path / "target" / "CAS_ephemeris_20151127_000000_235959.txt"
    with pytest.raises(UnpackError):
        unpacked(archive, tmp_path / "target", watch=Swapping(lambda: clash.mkdir()), existing=existing)
    assert tree(tmp_path / "target") == {clash.name: None}


# Zips in archives


@pytest.fixture
def delivery(tmp_path):
    inner = python_zip({"FAI_lv1_NIR_20190501_150819_150819_6.0.0.h5": GOOD, "deeper.zip": python_zip({"x": b"1"})})
    other = streamed_zip({"a/b.txt": b"text"})
    path = tmp_path / "delivery"

    def make(shape):
        path.write_bytes(HONEST[shape]({f"{PASS}.zip": inner, "sub/Other.ZIP": other, "note.txt": b"hello"}))
        return path, inner, other

    return make


@pytest.mark.parametrize("shape", HONEST)
def test_zips_in_an_archive_are_left_or_unpacked_one_level_as_asked(tmp_path, delivery, shape):
    path, inner, other = delivery(shape)
    unpacked(path, tmp_path / "left")
    assert files_of(tmp_path / "left") == {f"{PASS}.zip": inner, "sub/Other.ZIP": other, "note.txt": b"hello"}
    watch = Quiet()
    unpacked(path, tmp_path / "opened", nesting="unpack", watch=watch)
    assert files_of(tmp_path / "opened") == {
        f"{PASS}/FAI_lv1_NIR_20190501_150819_150819_6.0.0.h5": GOOD,
        f"{PASS}/deeper.zip": python_zip({"x": b"1"}),
        "sub/Other/a/b.txt": b"text",
        "note.txt": b"hello",
    }
    assert watch.counts[-1][0] == watch.counts[-1][1]
    again = unpacked(path, tmp_path / "opened", nesting="unpack")
    assert (again.written, len(again.present)) == ((), 4)


def test_the_plan_of_a_stored_zip_in_an_archive_shows_what_is_in_it(tmp_path, delivery):
    path, *_ = delivery("zip, stored")
    planned = plan(str(path), str(tmp_path / "target"), nesting="unpack")
    assert "sub/Other/a/b.txt" in {member.path for member in planned.files}
    path, *_ = delivery("zip")
    planned = plan(str(path), str(tmp_path / "target"), nesting="unpack")
    assert [nested.members for nested in planned.nested] == [None, None]


def test_zips_in_an_archive_share_its_limits(tmp_path):
    inner = python_zip({f"{number}": b"x" * 100 for number in range(6)}, zipfile.ZIP_STORED)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        (tmp_path / "a.zip").write_bytes(python_zip({"a.zip": inner, "b.zip": inner}, method))
        for limits, word in (
            (Limits(Unpacking(members=12)), "14 members"),
            (Limits(Unpacking(size=len(inner) * 2 + 1100)), "unpacking.size"),
        ):
            error = refusal(tmp_path / "a.zip", tmp_path / "target", nesting="unpack", limits=limits)
            assert error.code == "too-much"
            assert word in str(error)
        unpacked(tmp_path / "a.zip", tmp_path / f"t{method}", nesting="unpack", limits=Limits(Unpacking(members=14)))


def test_a_zip_that_holds_itself_ends(tmp_path):
    # As deep as anybody likes: one level is opened.
    data = b"core"
    for _ in range(60):
        data = python_zip({"r/r.zip": data}, zipfile.ZIP_STORED)
    (tmp_path / "r.zip").write_bytes(data)
    unpacked(tmp_path / "r.zip", tmp_path / "target", nesting="unpack")
    assert list(files_of(tmp_path / "target")) == ["r/r/r/r.zip"]


def test_folders_that_only_paths_name_count_as_members_and_each_once(tmp_path):
    # Six files and three folders, one of which is a member itself, after what is in it.
    parts = [Part(f"{folder}/{name}".encode()) for folder in ("a", "a/b", "c") for name in "xy"]
    (tmp_path / "a.zip").write_bytes(zip_of(*parts, Part(b"a/", b"", 0)))
    error = refusal(tmp_path / "a.zip", tmp_path / "target", limits=Limits(Unpacking(members=8)))
    assert (error.code, error.member) == ("too-much", None)
    assert "8 files and folders" in str(error)
    unpacked(tmp_path / "a.zip", tmp_path / "target", limits=Limits(Unpacking(members=9)))
    assert len(tree(tmp_path / "target")) == 9


@pytest.mark.parametrize("method", [0, 8])
def test_folders_that_only_paths_name_count_over_all_zips_in_an_archive(tmp_path, method):
    inner = zip_of(Part(b"a/b/c/x"))
    (tmp_path / "a.zip").write_bytes(zip_of(Part(b"i.zip", inner, method), Part(b"j.zip", inner, method)))
    error = refusal(tmp_path / "a.zip", tmp_path / "target", nesting="unpack", limits=Limits(Unpacking(members=9)))
    assert (error.code, error.member) == ("too-much", "j.zip")
    unpacked(tmp_path / "a.zip", tmp_path / "target", nesting="unpack", limits=Limits(Unpacking(members=10)))
    assert len(tree(tmp_path / "target")) == 10


def test_no_more_is_looked_at_than_the_limit_lets_in(tmp_path):
    (tmp_path / "a.zip").write_bytes(zip_of(*(Part(b"%d/a/b/c/x" % number) for number in range(20))))
    planned = plan(str(tmp_path / "a.zip"), str(tmp_path / "target"), limits=Limits(Unpacking(members=20)))
    assert [one.code for one in planned.refused] == ["too-much"]
    assert len(planned.members) == 5


# Interrupts, full disks, killed processes


def test_stopping_leaves_nothing(tmp_path, archive):
    for after in range(4):
        stop = threading.Event()

        class Stopping(Quiet):
            def file(self, path, stop=stop, after=after):
                super().file(path)
                if len(self.files) > after or after == 3:
                    stop.set()

        error = refusal(archive, tmp_path / "target", watch=Stopping(), stop=stop)
        assert error.code == "interrupted"
        assert not (tmp_path / "target").exists()


class Failing:
    """The calls that change a folder, of which the one of a number raises."""

    def __init__(self, number, error) -> None:
        self.left = number
        self.error = error

    def instead_of(self, function):
        def act(*args, **more):
            self.left -= 1
            if self.left == -1:
                raise self.error
            return function(*args, **more)

        return act


@pytest.mark.parametrize("existing", ["refuse", "replace"])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "no space"), OSError(errno.EACCES, "denied"), KeyboardInterrupt()], ids=repr
)
def test_whatever_step_of_the_placing_fails_all_is_as_before(tmp_path, archive, monkeypatch, existing, error):
    failed = 0
    for step in range(40):
        target = tmp_path / f"target{step}"
        target.mkdir()
        for name in IMAGES if existing == "replace" else ():
            (target / name).parent.mkdir(exist_ok=True)
            (target / name).write_bytes(b"old")
        before = tree(target)
        failing = Failing(step, error)
        with monkeypatch.context() as patch:
            for name in ("link", "replace", "mkdir"):
                patch.setattr(os, name, failing.instead_of(getattr(os, name)))
            try:
                unpacked(archive, target, existing=existing)
            except (UnpackError, KeyboardInterrupt):
                failed += 1
                assert tree(target) == before, step
                continue
        # The old file could not be kept aside, and nothing else went wrong; or no step was left that could fail.
        assert files_of(target) == IMAGES
        if failing.left >= 0:
            break
    assert failed >= 4


def test_a_full_disk_is_found_before_it_is_full(tmp_path, archive, monkeypatch):
    class Usage:
        free = 1000

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage)
    error = refusal(archive, tmp_path / "target")
    assert error.code == "no-room"
    assert "1,000" in str(error)


def test_a_zip_in_an_archive_for_which_there_is_no_room_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.zip").write_bytes(python_zip({"inner.zip": python_zip({"x": bytes(500_000)})}))

    class Usage:
        free = 2**20 + 100_000

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage)
    error = refusal(tmp_path / "a.zip", tmp_path / "target", nesting="unpack", limits=Limits(Unpacking(ratio=10**9)))
    assert error.code == "no-room"
    assert "500,000" in str(error)


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(tmp_path, archive, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(staging, "_date", full)
    error = refusal(archive, tmp_path / "target")
    assert error.code == "no-room"
    assert error.member in IMAGES


def test_what_is_placed_was_on_the_disk_before(tmp_path, archive, monkeypatch):
    settled = set()
    fsync, link = os.fsync, os.link

    def noting(handle):
        settled.add(os.fstat(handle).st_ino)
        fsync(handle)

    def checking(name, *args, **more):
        assert os.stat(name, dir_fd=more["src_dir_fd"]).st_ino in settled
        link(name, *args, **more)

    monkeypatch.setattr(os, "fsync", noting)
    monkeypatch.setattr(os, "link", checking)
    unpacked(archive, tmp_path / "target")
    assert {(tmp_path / "target").stat().st_ino, (tmp_path / "target" / PASS).stat().st_ino} <= settled


def test_a_disk_that_does_not_keep_what_it_is_given_leaves_nothing(tmp_path, archive, monkeypatch):
    def broken(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    error = refusal(archive, tmp_path / "target")
    assert error.code == "cannot-write"
    assert "Input/output error" in str(error)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_said_to_be_that(tmp_path, archive):
    (tmp_path / "target").mkdir(mode=0o555)
    assert refusal(archive, tmp_path / "target").code == "cannot-write"


KILLED = """
import sys, threading, time
from edexql.client.unpack.placement import Placement
from edexql.client.unpack.plan import plan
from edexql.client.unpack.execution import unpack

class Watch:
    def file(self, path): pass
    def count(self, done, total):
        if done > total // 2:
            print("half", flush=True)
            time.sleep(600)

unpack(plan(*sys.argv[1:]), watch=Watch(), stop=threading.Event())
"""


def half_way(archive, target):
    """A process that has unpacked half of an archive, and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(archive), str(target)], stdout=subprocess.PIPE, env=environment()
    )
    assert process.stdout.readline() == b"half\n"
    return process


def test_a_killed_process_leaves_a_folder_that_the_next_one_removes(tmp_path, archive):
    target = tmp_path / "target"
    process = half_way(archive, target)
    process.kill()
    process.wait(PATIENCE)
    process.stdout.close()
    assert not target.exists()
    (left,) = set(os.listdir(tmp_path)) - {archive.name}
    assert left.startswith(".edexql-unpack-")
    unpacked(archive, target)
    assert files_of(target) == IMAGES
    assert sorted(os.listdir(target)) == sorted({name.split("/")[0] for name in IMAGES})
    assert sorted(os.listdir(tmp_path)) == [archive.name, "target"]


def test_the_folder_of_a_living_process_is_left_alone(tmp_path, archive):
    target = tmp_path / "target"
    target.mkdir()
    process = half_way(archive, target)
    try:
        before = set(os.listdir(target))
        unpacked(archive, target)
        assert before <= set(os.listdir(target))
    finally:
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()
    unpacked(archive, target)
    assert not before & set(os.listdir(target))


def test_an_interrupt_from_the_keyboard_leaves_nothing(tmp_path, archive):
    process = half_way(archive, tmp_path / "target")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert not (tmp_path / "target").exists()


def test_folders_that_only_look_like_ours_lose_nothing(tmp_path, archive):
    target = tmp_path / "target"
    mine = target / ".edexql-unpack-0123456789abcdef"
    mine.mkdir(parents=True)
    (mine / "thesis.txt").write_text("mine")
    (target / ".edexql-unpack-fedcba9876543210").symlink_to(mine)
    (target / ".edexql-unpack-mine").mkdir()
    unpacked(archive, target)
    assert (mine / "thesis.txt").read_text() == "mine"
    assert (target / ".edexql-unpack-mine").is_dir()


STOPPED = """
import os, sys, threading
from edexql.client.unpack.plan import plan
from edexql.client.unpack.execution import unpack

class Watch:
    def file(self, path): pass
    def count(self, done, total): pass

link, left = os.link, int(sys.argv[3])
def stopping(*words, **more):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    link(*words, **more)
os.link = stopping
unpack(plan(*sys.argv[1:3]), watch=Watch(), stop=threading.Event())
"""
MANY = {f"{number}.h5": b"%d" % number for number in range(20)} | {"pass/a.h5": b"a"}


def stopped_while_placing(tmp_path, after):
    (tmp_path / "many.zip").write_bytes(python_zip(MANY))
    (tmp_path / "target").mkdir()
    words = [sys.executable, "-c", STOPPED, str(tmp_path / "many.zip"), str(tmp_path / "target"), str(after)]
    assert subprocess.run(words, env=environment(), check=False).returncode == 9
    return tmp_path / "many.zip", tmp_path / "target"


@pytest.mark.parametrize("after", [0, 7, 19])
def test_a_process_that_is_killed_while_it_places_files_says_so_and_the_next_one_finishes(tmp_path, after):
    archive, target = stopped_while_placing(tmp_path, after)
    seen = {name for name in os.listdir(target) if not name.startswith(".")}
    (said,) = {name for name in seen if name.startswith("edexql-unpacking-not-finished-")}
    assert f"21 files of {archive}" in (target / said).read_text()
    assert len({name for name in seen if name.endswith(".h5")}) == after
    # Another archive comes into the folder: what was left is finished first.
    (tmp_path / "other.zip").write_bytes(python_zip({"other.h5": b"other"}))
    done = unpacked(tmp_path / "other.zip", target)
    assert files_of(target) == MANY | {"other.h5": b"other"}
    (note,) = done.notes
    # The folder is moved whole, before the files or after them.
    left = 21 - after - ("pass" in seen)
    assert f"the other {left} of 21 are there now" in note
    assert unpacked(archive, target).notes == ()


def test_what_is_in_the_way_of_an_unpacking_that_was_stopped_is_named_and_left_alone(tmp_path):
    archive, target = stopped_while_placing(tmp_path, 7)
    missing = sorted(set(MANY) - set(os.listdir(target)))
    (target / missing[0]).write_bytes(b"mine")
    (tmp_path / "other.zip").write_bytes(python_zip({"other.h5": b"other"}))
    (note,) = unpacked(tmp_path / "other.zip", target).notes
    assert missing[0] in note
    assert (target / missing[0]).read_bytes() == b"mine"
    (target / missing[0]).unlink()
    done = unpacked(archive, target)
    assert "are there now" in done.notes[0]
    assert files_of(target) == MANY | {"other.h5": b"other"}


def test_a_new_folder_comes_whole_in_one_step(tmp_path, monkeypatch):
    (tmp_path / "many.zip").write_bytes(python_zip(MANY))
    moved = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda *words, **more: (moved.append(words), replace(*words, **more)))
    monkeypatch.setattr(os, "link", not_permitted)
    unpacked(tmp_path / "many.zip", tmp_path / "new" / "target")
    assert moved == [("new", "new")]
    assert files_of(tmp_path / "new" / "target") == MANY


def test_many_files_are_had_on_the_disk_at_once(tmp_path, monkeypatch):
    files = {f"{number}": b"x" for number in range(200)}
    (tmp_path / "many.zip").write_bytes(python_zip(files))
    asked = []
    monkeypatch.setattr(os, "sync", lambda: asked.append(os.listdir(tmp_path / "target")))
    (tmp_path / "target").mkdir()
    unpacked(tmp_path / "many.zip", tmp_path / "target")
    (names,) = asked
    assert not set(names) & set(files)
    assert files_of(tmp_path / "target") == files


def test_what_others_put_into_a_folder_that_is_taken_back_stays(tmp_path, monkeypatch):
    (tmp_path / "archive.zip").write_bytes(python_zip({"pass/a.h5": b"a", "pass/deep/b.h5": b"b"}))
    target = tmp_path / "target"
    target.mkdir()
    settle = Placement.settle

    def meanwhile(self):
        (target / "pass" / "mine.txt").write_text("mine")
        settle(self)
        raise UnpackError("no-room", "afterwards")

    monkeypatch.setattr(Placement, "settle", meanwhile)
    with pytest.raises(UnpackError, match="afterwards"):
        unpacked(tmp_path / "archive.zip", target)
    assert tree(target) == {"pass": None, "pass/mine.txt": b"mine"}


def test_two_at_once_into_one_folder_do_not_harm_each_other(tmp_path, archive):
    errors = []

    def work():
        for _ in range(5):
            try:
                unpacked(archive, tmp_path / "target")
            except UnpackError as error:
                errors.append(error.code)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert files_of(tmp_path / "target") == IMAGES


MEASURED = """
import resource, sys, threading
from edexql.client.unpack.placement import Placement
from edexql.client.unpack.plan import plan
from edexql.client.unpack.execution import unpack

class Watch:
    def file(self, path): pass
    def count(self, done, total): pass

planned = plan(sys.argv[1], sys.argv[2])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
unpack(planned, watch=Watch(), stop=threading.Event())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["zip", "zip, stored", "tar, pax", "tar.gz"])
def test_a_large_member_is_streamed(tmp_path, shape):
    (tmp_path / "archive").write_bytes(HONEST[shape]({"large.h5": os.urandom(2**20) * 64}))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, tmp_path / "archive", tmp_path / "target"],
        capture_output=True,
        check=True,
        env=environment(),
        timeout=PATIENCE,
    )
    assert int(done.stdout) < 16 * 1024, "KiB for a member of 64 MiB"


@pytest.mark.parametrize(("fresh", "packed"), [(lambda: Deflate(-15), deflated), (Bzip, bz2.compress)])
def test_pieces_are_whole_wherever_they_end(fresh, packed):
    for more in range(0, 600, 1 if packed is deflated else 50):
        data = bytes(PIECE - 300 + more)
        decoder = fresh()
        pieces = list(decoder.feed(packed(data)))
        assert b"".join(pieces) == data
        assert max(map(len, pieces)) <= PIECE
        assert (decoder.ended, decoder.leftover) == (True, b"")


@given(
    st.lists(st.binary(max_size=40), min_size=1, max_size=3),
    st.integers(0, 50),
    st.integers(1, 30),
    st.binary() | st.just(gzip.compress(b"more")),
)
def test_a_gzip_file_may_be_filled_up_with_zeros_and_nothing_else(contents, zeros, step, more):
    whole = b"".join(map(gzip.compress, contents)) + bytes(zeros)

    def plain(data):
        return b"".join(decompressed_gzip(data[place : place + step] for place in range(0, len(data), step)))

    assert plain(whole) == b"".join(contents)
    if zeros and more.strip(b"\0"):
        with pytest.raises(DamagedData):
            plain(whole + more)


def test_a_damaged_member_says_so_in_the_plan_of_nobody_but_in_the_end(tmp_path):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as bundle:
        bundle.writestr("good", b"good")
        bundle.writestr("bad", b"bad!")
    data = target.getvalue().replace(b"bad!", b"BAD!", 1)
    (tmp_path / "a.zip").write_bytes(data)
    assert plan(str(tmp_path / "a.zip"), str(tmp_path / "target")).refused == ()
    error = refusal(tmp_path / "a.zip", tmp_path / "target")
    assert (error.code, error.member) == ("damaged", "bad")
    assert "download the archive again" in str(error)
