"""Sound archives come out exactly, however odd they are, and what is odd is said."""

from __future__ import annotations

import threading

import pytest

from edexql.service.unpacking.names import Unsafe, parts_of
from edexql.service.unpacking.planning import plan
from edexql.service.unpacking.unpacking import unpack
from hostile_archives import Quiet, tree
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
    with pytest.raises(Unsafe, match="leads out"):
        parts_of(name, 32, portable=portable)
