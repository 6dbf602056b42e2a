"""Sound archives come out exactly, however odd they are, and what is odd is said."""

from __future__ import annotations

import io
import threading
import zipfile

import pytest

from edexql.client.unpack.execution import unpack
from edexql.client.unpack.paths import UnsafeName, parts_of
from edexql.client.unpack.plan import plan
from edexql.formats import integrity
from edexql.formats.signatures import begins, kind_of
from hostile_archives import GOOD, Quiet, tree
from sound_archives import LINKS, SLOW, TARS, ZIPS


def check(tmp_path, sound):
    (tmp_path / "archive").write_bytes(sound.make())
    planned = plan(str(tmp_path / "archive"), str(tmp_path / "target"))
    assert planned.refused == ()
    done = unpack(planned, watch=Quiet(), stop=threading.Event())
    found = {name: data for name, data in tree(tmp_path / "target").items() if data is not None}
    assert found == sound.files
    assert sorted(done.written) == sorted(sound.files)
    assert len(planned.notes) == len(sound.notes), planned.notes
    for note, word in zip(planned.notes, sound.notes, strict=True):
        assert word in note


@pytest.mark.parametrize("sound", [*ZIPS, *TARS, *LINKS], ids=repr)
def test_a_sound_archive_is_unpacked_and_what_is_odd_is_said(tmp_path, sound):
    check(tmp_path, sound)


@pytest.mark.slow
@pytest.mark.parametrize("sound", SLOW, ids=repr)
def test_a_large_sound_archive_is_unpacked(tmp_path, sound):
    check(tmp_path, sound)


def test_titles_tell_archives_apart():
    titles = [sound.title for sound in [*ZIPS, *TARS, *LINKS, *SLOW]]
    assert len(titles) == len(set(titles)) > 80


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("15:05:34?.h5", ("15_05_34_.h5",)),
        ("a\\b<c>", ("a_b_c_",)),
        ("folder /a.", ("folder_", "a_")),
        ("aux.h5", ("_aux.h5",)),
        ("p/COM1", ("p", "_COM1")),
        ("console.h5", ("console.h5",)),
    ],
)
def test_names_that_windows_does_not_allow_are_replaced_there(name, parts):
    assert parts_of(name, 32, portable=True) == parts
    assert parts_of(name, 32, portable=False) == tuple(name.split("/"))


@pytest.mark.parametrize("name", ["..\\evil", "C:\\evil", "\\evil", "C:/evil", "a/..", "../evil", "/evil"])
@pytest.mark.parametrize("portable", [True, False])
def test_names_that_lead_out_are_refused_everywhere(name, portable):
    with pytest.raises(UnsafeName, match="leads out"):
        parts_of(name, 32, portable=portable)


# What a download refuses: a page or message before a zip, and zeros alone, look like these; the others nobody writes.
_NOT_DOWNLOADED = (
    *("program before, places of the zip", "program before, places of the file", "zip64 behind a program"),
    *("program with the mark of a member in it", "empty tar", "empty tar of two blocks"),
    *("signed directory", "filling that is no field"),
)


@pytest.mark.parametrize("sound", [one for one in (*ZIPS, *TARS) if one.title not in _NOT_DOWNLOADED], ids=repr)
def test_what_is_unpacked_is_downloaded_as_well(sound):
    data = sound.make()
    kind = kind_of(data[:4096]) or ("zip" if sound in ZIPS else "tar")
    if kind in ("zip", "gzip", "tar"):
        assert begins(kind, data[:4096])
        assert integrity.check(kind, io.BytesIO(data), len(data), threading.Event()).wrong is None


@pytest.mark.parametrize("comment", [b"", b"more"])
def test_a_zip_whose_comment_is_cut_is_not_whole(comment):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.h5", GOOD)
        archive.comment = comment + b"!"
    data = made.getvalue()[:-1]
    for filled in (data, data + b"x"):
        verdict = integrity.check("zip", io.BytesIO(filled), len(filled), threading.Event())
        assert (verdict.wrong is None) == (filled is not data)
    assert integrity.check("zip", io.BytesIO(data + b"!\0\0x"), len(data) + 4, threading.Event()).wrong is not None
