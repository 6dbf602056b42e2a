"""Whatever an archive does: nothing of it is written anywhere, and the message says what is wrong."""

from __future__ import annotations

import threading

import pytest

from edexql.base import system
from edexql.client.unpack.execution import unpack
from edexql.client.unpack.model import CODES, UnpackError
from edexql.client.unpack.plan import plan
from hostile_archives import TARS, ZIPS, Quiet, tree


@pytest.mark.parametrize("hostile", [*ZIPS, *TARS], ids=repr)
@pytest.mark.parametrize("target_is_there", [True, False], ids=["into a folder", "into a new folder"])
def test_a_hostile_archive_leaves_nothing_and_is_named(tmp_path, monkeypatch, hostile, target_is_there):
    monkeypatch.setattr(system, "CASE_BLIND", hostile.careless)
    (tmp_path / "archive.zip").write_bytes(hostile.make())
    target = tmp_path / "a" / "b" / "target"
    if target_is_there:
        target.mkdir(parents=True)
        (target / "mine.txt").write_text("mine")
    before = tree(tmp_path)

    def attempt():
        planned = plan(str(tmp_path / "archive.zip"), str(target), limits=hostile.limits, nesting=hostile.nesting)
        assert tree(tmp_path) == before, "a plan writes nothing"
        unpack(planned, watch=Quiet(), stop=threading.Event())

    with pytest.raises(UnpackError) as caught:
        attempt()
    assert tree(tmp_path) == before
    error = caught.value
    assert (error.code, error.member) == (hostile.code, hostile.member), str(error)
    assert hostile.word in str(error)
    assert str(error).isprintable()
    assert error.code in CODES


def test_there_are_as_many_hostile_archives_as_their_titles():
    titles = [hostile.title for hostile in [*ZIPS, *TARS]]
    assert len(titles) == len(set(titles)) > 150


def test_every_kind_of_refusal_that_an_archive_can_cause_is_tried():
    tried = {hostile.code for hostile in [*ZIPS, *TARS]}
    # Those of the disk, the target and the user are in test_unpacking.
    assert set(CODES) - tried == {"unreadable", "in-the-way", "no-room", "cannot-write", "changed", "interrupted"}
