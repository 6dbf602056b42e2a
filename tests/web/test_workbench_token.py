"""The token of the workbench: made once, kept by its user alone, and wanted for all that is written."""

from __future__ import annotations

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from edexql.web import token


def test_a_token_is_made_once_and_is_the_same_after_a_restart(tmp_path):
    assert token.existing(str(tmp_path)) is None
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: token.kept(str(tmp_path / "state")), range(16)))
    assert len(made) == 1
    assert made == {token.existing(str(tmp_path / "state"))}
    assert token.kept(str(tmp_path / "another")) not in made


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_nobody_else_can_read_it(tmp_path):
    token.kept(str(tmp_path))
    assert stat.S_IMODE(os.stat(tmp_path / token.NAME).st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 43, b"a" * 44, b"a b" * 15])
def test_a_damaged_token_is_made_again(tmp_path, content):
    (tmp_path / token.NAME).write_bytes(content)
    assert token.existing(str(tmp_path)) is None
    assert token.existing(str(tmp_path)) is None
    assert len(token.kept(str(tmp_path))) == 43


def test_a_link_in_place_of_it_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_text("a" * 43)
    try:
        (tmp_path / token.NAME).symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("no links here")
    assert token.existing(str(tmp_path)) is None
    token.kept(str(tmp_path))
    assert (tmp_path / "elsewhere").read_text() == "a" * 43


@pytest.mark.parametrize("given", ["", "t" * 42, "t" * 44, "T" * 43, "é" * 43, "\udc80"])
def test_only_the_token_is_the_token(given):
    assert token.is_right("t" * 43, "t" * 43)
    assert not token.is_right(given, "t" * 43)
    assert not token.is_right(given, None)
