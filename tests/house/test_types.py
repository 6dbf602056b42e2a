"""Type checkers find what is wrong in a program that embeds edexql, and nothing in one that is right."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

PROGRAM = """\
from dataclasses import fields, replace
from typing import Literal
import edexql
from edexql import typo  # wrong
from edexql.model import Constrain  # wrong
print(edexql.typo)  # wrong
query = edexql.query("kp 5..")
print(edexql.check("x")[0].severity == "fatal")  # wrong
print([d.severity for d in edexql.check("x") if d.severity == "eror"])  # wrong
edexql.lint.check("X101", "a title", severity="warn")  # wrong
severity: Literal["error", "warning"] = edexql.check("x")[0].to_dict()["severity"]
print(edexql.check("x")[0].to_dict()["start"]["line"] + 1)
print(edexql.check("x")[0].to_dict()["begin"])  # wrong
print(replace(query, products=("a",)), fields(query))
query.products = ()  # wrong
edexql.build(where=4)  # wrong
edexql.build(where=edexql.date("2019") & (edexql.field("kp") >= 5))
edexql.build(where=edexql.date("2019") & "kp >= 5")  # wrong
print(edexql.simplify(query).constraints, edexql.simplify("kp 5..").upper())
"""
WRONG = [number for number, line in enumerate(PROGRAM.splitlines(), 1) if line.endswith("# wrong")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "checker",
    [
        ("mypy", "-m", "mypy", "--strict", "--no-incremental"),
        ("basedpyright", "-m", "basedpyright", "--pythonpath", sys.executable),
    ],
    ids=lambda checker: checker[0],
)
def test_a_type_checker_finds_each_mistake_and_no_other(checker, tmp_path):
    name, *words = checker
    pytest.importorskip(name)
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, *words, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    found = re.findall(r"program\.py:(\d+)(?::\d+)?:? .*?error", done.stdout)
    assert sorted(set(map(int, found))) == WRONG, done.stdout
