"""Diagnostics as people and programs see them, compared with files beside the queries.

To write the files anew, run with UPDATE_GOLDEN=1, and look at every one that changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from edexql.compiler.request import Setting, compilation
from edexql.language.diagnostics import Diagnostic
from edexql.language.diagnostics.interchange import as_json, github, plain, sarif
from edexql.language.diagnostics.terminal import terminal
from edexql.language.source import Source
from literate import TODAY

GOLDEN = Path(__file__).parent / "golden"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
# These are rendered in all ways; the others for the terminal only.
IN_ALL_WAYS = {"many-mistakes", "unclosed-bracket", "crlf-and-bom", "nul-byte"}

Rendering = Callable[[tuple[Diagnostic, ...]], str]
RENDERINGS: dict[str, Rendering] = {
    "terminal.txt": lambda found: terminal(found, colour=False),
    "plain.txt": plain,
    "json": as_json,
    "sarif": lambda found: sarif(found, version="0"),
    "github.txt": github,
}


def cases() -> list[object]:
    return [
        pytest.param(path, ending, id=f"{path.stem}.{ending}")
        for path in sorted(GOLDEN.glob("*.edq"))
        for ending in RENDERINGS
        if ending == "terminal.txt" or path.stem in IN_ALL_WAYS
    ]


def diagnostics(path: Path) -> tuple[Diagnostic, ...]:
    return compilation(Source.from_bytes(path.read_bytes(), path.name), Setting(today=TODAY)).diagnostics


@pytest.mark.parametrize(("path", "ending"), cases())
def test_what_is_said_about_a_query_has_not_changed(path: Path, ending: str) -> None:
    said = RENDERINGS[ending](diagnostics(path)).encode()
    golden = path.with_suffix(f".{ending}")
    if UPDATE:
        golden.write_bytes(said)
    assert said.decode() == golden.read_bytes().decode()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.edq")), ids=lambda path: path.stem)
def test_a_diagnostic_on_a_terminal_has_nothing_that_the_terminal_would_act_on(path: Path) -> None:
    said = terminal(diagnostics(path), colour=False)
    assert all(character.isprintable() or character == "\n" for character in said)


def test_every_golden_file_belongs_to_a_query() -> None:
    expected = {f"{p.stem}.{e}" for p in GOLDEN.glob("*.edq") for e in RENDERINGS}
    there = {path.name for path in GOLDEN.iterdir() if path.is_file() and path.suffix != ".edq"}
    assert there - {".gitattributes"} - expected == set()
