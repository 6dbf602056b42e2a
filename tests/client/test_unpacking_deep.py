"""An archive is checked to its depth: a zip in it that was cut or has a flipped bit is found without unpacking it."""

from __future__ import annotations

import gzip
import threading
import zipfile

import pytest

from edexql.client.settings.declarations import Unpacking
from edexql.client.unpack.model import Limits, UnpackError
from edexql.client.unpack.verification import check
from hostile_archives import Part, Quiet, damaged_data, python_tar, python_zip, tree, zip_of

IMAGES = {"FAI_1.h5": b"one" * 500, "FAI_2.h5": b"two" * 500}


def checked(tmp_path, data, **how):
    (tmp_path / "mail.zip").write_bytes(data)
    found = check(str(tmp_path / "mail.zip"), watch=Quiet(), stop=threading.Event(), **how)
    assert list(tree(tmp_path)) == ["mail.zip"]
    return found


def flipped(data, word):
    place = data.index(word) + len(word) + 20
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


PASS = python_zip(IMAGES, zipfile.ZIP_STORED)
SHAPES = {
    "zip": python_zip,
    "zip, stored": lambda files: python_zip(files, zipfile.ZIP_STORED),
    "tar": python_tar,
    "tar.gz": lambda files: gzip.compress(python_tar(files)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sound_archive_has_all_its_files_and_sizes(tmp_path, shape):
    found = checked(tmp_path, SHAPES[shape]({"a.txt": b"text", "pass/FAI.zip": PASS}))
    assert found.problems == ()
    assert sorted(found.files) == [
        ("a.txt", 4),
        ("pass/FAI.zip", len(PASS)),
        ("pass/FAI.zip/FAI_1.h5", 1500),
        ("pass/FAI.zip/FAI_2.h5", 1500),
    ]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("inner", "code", "member"),
    [
        (flipped(PASS, b"FAI_1.h5"), "damaged", "FAI.zip/FAI_1.h5"),
        (PASS[:-40], "cut-off", "FAI.zip"),
        (PASS[:1000], "cut-off", "FAI.zip"),
        (b"<html><title>Gone</title></html>", "not-an-archive", "FAI.zip"),
        (b"", "not-an-archive", "FAI.zip"),
        (damaged_data(8), "damaged", "FAI.zip/broken.bin"),
        (zip_of(Part(b"../evil")), "unsafe-name", "FAI.zip/../evil"),
        (python_zip({"deep.zip": flipped(PASS, b"FAI_2.h5")}), "damaged", "FAI.zip/deep.zip/FAI_2.h5"),
    ],
)
def test_a_damaged_zip_in_an_archive_is_found_and_what_comes_after_it_is_checked_too(
    tmp_path, shape, inner, code, member
):
    found = checked(tmp_path, SHAPES[shape]({"FAI.zip": inner, "z.txt": b"text"}))
    assert [(one.code, one.member) for one in found.problems] == [(code, member)]
    assert ("z.txt", 4) in found.files


def test_a_zip_that_is_too_much_in_a_zip_is_not_read(tmp_path):
    watch = Quiet()
    (tmp_path / "mail.zip").write_bytes(python_zip({"FAI.zip": python_zip({"dark.h5": bytes(10**6)})}))
    found = check(str(tmp_path / "mail.zip"), watch=watch, stop=threading.Event(), limits=Limits(Unpacking(size=10**5)))
    assert {(one.code, one.member) for one in found.problems} == {("too-much", "FAI.zip")}
    assert watch.files == ["FAI.zip"]


def test_the_archive_itself_must_be_readable(tmp_path):
    with pytest.raises(UnpackError, match="cut off"):
        checked(tmp_path, PASS[:-5])


def test_a_check_can_be_stopped(tmp_path):
    (tmp_path / "mail.zip").write_bytes(python_zip(IMAGES))
    stop = threading.Event()
    stop.set()
    with pytest.raises(UnpackError, match="stopped"):
        check(str(tmp_path / "mail.zip"), watch=Quiet(), stop=stop)
