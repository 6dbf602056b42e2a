"""What the tests noticed before the sources were rearranged: a stored list of mistakes, in the lines of today.

The whole list is run with `python benchmarks/mutants.py`.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys

import pytest

from places import ROOT

ENTRIES = json.loads((ROOT / "tests/house/mutants.json").read_text(encoding="utf-8"))["mutants"]
PROGRAM = ROOT / "benchmarks/mutants.py"
SAMPLE = 5


@pytest.mark.parametrize("file", sorted({entry["today"]["file"] for entry in ENTRIES}))
def test_each_line_of_the_list_stands_exactly_once_in_its_file_and_can_become_what_is_stored(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    lines = text.splitlines()
    places = [line.strip() for line in lines]
    for mutant in (entry["today"] for entry in ENTRIES if entry["today"]["file"] == file):
        assert places.count(mutant["line"]) == 1, f"{mutant['line']}: change tests/house/mutants.json with the line"
        assert mutant["becomes"] != mutant["line"]
        index = places.index(mutant["line"])
        changed = lines[index].replace(mutant["line"], mutant["becomes"])
        ast.parse("\n".join([*lines[:index], changed, *lines[index + 1 :]]))


@pytest.mark.parametrize("file", sorted({entry["today"]["test"].partition("::")[0] for entry in ENTRIES}))
def test_each_test_of_the_list_exists(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    # A mistake that shows while tests are collected is noticed by the whole file.
    tests = [entry["today"]["test"] for entry in ENTRIES if entry["today"]["test"].startswith(f"{file}::")]
    assert {test.partition("[")[0].rpartition("::")[2] for test in tests} <= names


def test_the_list_has_150_different_mistakes():
    assert len({(entry["before"]["file"], entry["before"]["line"]) for entry in ENTRIES}) == len(ENTRIES) == 150


@pytest.mark.slow
@pytest.mark.skipif(not PROGRAM.exists() or not hasattr(os, "fork"), reason="needs a checkout, and a system with fork")
def test_the_tests_notice_a_sample_of_the_list():
    words = [sys.executable, str(PROGRAM), "--count", str(SAMPLE)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout == f"{SAMPLE} tried: {SAMPLE} killed, 0 survived, 0 timeouts\n", done.stdout + done.stderr
