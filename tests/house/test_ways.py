"""The ways through the house: nothing is read, compiled, opened or looked up twice on one way."""

from __future__ import annotations

import io
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from edexql.cli import main
from tutorial import QUERY

if TYPE_CHECKING:
    from pathlib import Path

# What is done once on each way, as file and function.
CONFIGURATION = ("commands/inputs.py", "own")
VOCABULARY = ("commands/inputs.py", "_vocabulary")
RESOLVED = ("compiler/resolve.py", "resolve")
OPENED = ("catalogue/store/catalogue.py", "open_catalogue")


def entered(*words: str) -> Counter[tuple[str, str]]:
    """How often each function of ours is entered by a command."""
    found: Counter[tuple[str, str]] = Counter()

    def note(frame, event: str, _: object) -> None:
        path = frame.f_code.co_filename.replace("\\", "/")
        if event == "call" and "/edexql/" in path:
            found[path.rpartition("/edexql/")[2], frame.f_code.co_name] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        assert main(list(words)) == 0
    finally:
        sys.setprofile(before)
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("fetch", "--local"),
        ("fetch", "--local", "--save", "kept.edqs"),
        ("fetch", "--local", "--by", "day"),
        ("influence",),
        ("timeline",),
        ("why", "1"),
    ],
    ids=" ".join,
)
def test_a_query_is_compiled_once_and_its_catalogue_opened_once(words, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    found = entered(*words, "-e", QUERY)
    capsys.readouterr()
    once = (CONFIGURATION, VOCABULARY, RESOLVED, OPENED)
    assert {way: found[way] for way in once} == dict.fromkeys(once, 1)
    if words[0] == "fetch":
        # The files are looked up once, whatever is written of them.
        assert found["catalogue/files.py", "_texts"] == 1


def test_a_line_at_the_prompt_is_compiled_once_and_its_catalogue_opened_once(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    lines = QUERY.replace("; ", "\n").splitlines()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    found = entered("repl")
    capsys.readouterr()
    assert len(lines) > 1
    assert {way: found[way] for way in (RESOLVED, OPENED)} == dict.fromkeys((RESOLVED, OPENED), len(lines))
