"""Files that are whole or not there, locks between processes, and names as systems take them."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys

import pytest

from edexql.base import system
from edexql.base.files import atomic, disk, locks, names, regular
from edexql.base.files.folder import open_folder


def mode_of(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_of_edexql_is_private_and_its_folder_is_made(tmp_path):
    path = tmp_path / "a" / "b" / "file"
    for data in (b"one", b"two" * 1000):
        atomic.write(str(path), data)
        assert path.read_bytes() == data
    assert mode_of(path) == 0o600
    assert os.listdir(path.parent) == ["file"]


def test_a_file_of_the_user_keeps_its_mode_and_its_link(tmp_path):
    (tmp_path / "file").write_bytes(b"before")
    (tmp_path / "file").chmod(0o640)
    (tmp_path / "link").symlink_to("file")
    atomic.overwrite(str(tmp_path / "link"), b"after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"after"
    assert mode_of(tmp_path / "file") == 0o640
    assert sorted(os.listdir(tmp_path)) == ["file", "link"]


@pytest.mark.parametrize("write", [atomic.write, atomic.overwrite])
def test_a_writing_that_fails_leaves_what_was_there(tmp_path, monkeypatch, write):
    (tmp_path / "file").write_bytes(b"before")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(str(tmp_path / "file"), b"after")
    assert (tmp_path / "file").read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize(("windows", "tries"), [(True, 3), (False, 1)])
def test_windows_is_asked_again_for_a_file_that_another_program_reads(tmp_path, monkeypatch, windows, tries):
    count, replace = [], os.replace

    def busy(source, target):
        count.append(source)
        if len(count) < 3:
            raise PermissionError(13, "Access is denied")
        replace(source, target)

    monkeypatch.setattr(os, "replace", busy)
    monkeypatch.setattr(system, "WINDOWS", windows)
    if windows:
        atomic.write(str(tmp_path / "file"), b"data")
        assert (tmp_path / "file").read_bytes() == b"data"
    else:
        with pytest.raises(PermissionError):
            atomic.write(str(tmp_path / "file"), b"data")
    assert len(count) == tries


HOLDER = """
import sys
from edexql.base.files import locks
with open(sys.argv[1], "ab") as file:
    print(locks.lock(file.fileno()), flush=True)
    sys.stdin.read()
"""


def test_a_lock_is_of_one_process_and_ends_with_it(tmp_path):
    path = tmp_path / "lock"
    other = subprocess.Popen([sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline().strip() == b"True"
        with open(path, "ab") as file:
            assert locks.lock(file.fileno()) is False
        with locks.waited(str(path), 0.05) as locked:
            assert locked is False
    finally:
        other.kill()
        other.communicate()
    with locks.waited(str(path), 5) as locked:
        assert locked is True


@pytest.mark.parametrize("handles", [True, False])
def test_a_folder_is_locked_once_and_nothing_is_left_in_it(tmp_path, monkeypatch, handles):
    monkeypatch.setattr(system, "FOLDER_HANDLES", handles)
    with locks.waited_folder(str(tmp_path), 5) as first:
        assert first is True
        with open_folder(str(tmp_path)) as folder:
            assert folder.lock() is False
            assert folder.names() == []
        with locks.waited_folder(str(tmp_path), 0.05) as second:
            assert second is False
    with open_folder(str(tmp_path)) as folder:
        assert folder.lock() is True
        with locks.waited_folder(str(tmp_path), 0.05) as second:
            assert second is False
    assert os.listdir(tmp_path) == []


def test_only_regular_files_are_read_and_no_more_than_allowed(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("file")
    assert regular.read(str(tmp_path / "link"), 5) == b"12345"
    assert regular.read_regular(str(tmp_path / "file"), 5) == b"12345"
    for name, most, reason in (("file", 4, "larger"), ("link", 5, "link")):
        with pytest.raises(ValueError, match=reason):
            regular.read_regular(str(tmp_path / name), most)
    with pytest.raises((ValueError, OSError)):
        regular.read_regular(str(tmp_path), 5)


@pytest.mark.parametrize("name", ["con", "NUL", "com1.txt", "LPT9 .x", "aux.h5", "conin$", "com¹"])
def test_devices_of_windows_are_known(name):
    assert names.is_device(name)
    assert not names.is_device(f"a{name}")


def test_names_are_one_where_the_system_takes_them_for_one(monkeypatch):
    same = [("FAI.h5", "fai.H5"), ("straße", "STRASSE"), ("\u00e9", "e\u0301")]
    for blind in (True, False):
        monkeypatch.setattr(system, "CASE_BLIND", blind)
        assert [names.name_key(one) == names.name_key(other) for one, other in same] == [blind] * 3


@pytest.mark.parametrize(
    ("path", "extended"),
    [
        ("short", "short"),
        ("C:\\" + "a" * 300, "\\\\?\\C:\\" + "a" * 300),
        ("\\\\server\\share\\" + "a" * 300, "\\\\?\\UNC\\server\\share\\" + "a" * 300),
        ("\\\\?\\C:\\" + "a" * 300, "\\\\?\\C:\\" + "a" * 300),
    ],
)
def test_long_paths_are_marked_for_windows_alone(monkeypatch, path, extended):
    monkeypatch.setattr(os.path, "abspath", lambda path: path)
    assert system.extended(path) == path
    monkeypatch.setattr(system, "WINDOWS", True)
    assert system.extended(path) == extended


def test_the_space_of_a_folder_that_is_missing_is_that_of_the_one_above(tmp_path, monkeypatch):
    class Usage:
        free = 1000

    asked = []
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: asked.append(folder) or Usage)
    assert disk.free_space(str(tmp_path / "a" / "b")) == 1000
    assert asked == [str(tmp_path)]

    def unknown(folder):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(shutil, "disk_usage", unknown)
    assert disk.free_space(str(tmp_path)) is None
