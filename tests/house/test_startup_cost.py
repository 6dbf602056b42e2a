"""The guard of start-up says what changed: modules by name, instructions by their share."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import pytest

from places import ROOT

SPEC = importlib.util.spec_from_file_location("startup_cost", ROOT / "tools" / "startup_cost.py")
assert SPEC is not None
assert SPEC.loader is not None
startup_cost = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(startup_cost)

BARE, NUMPY = startup_cost.BARE, startup_cost.NUMPY
COUNTS = {"version": "3.11.7", BARE: 100, NUMPY: 1000, "compile": 200, "check": 300, "fetch --local": 1200}
COUNTS["first prompt"] = 2100


def instructions(**changes: int) -> dict[str, dict[str, Any]]:
    return {"3.11": COUNTS | changes}


def test_modules_that_came_or_went_are_named_by_command_and_origin():
    stored = {"compile": {"edexql": ["edexql", "edexql.a"], "packages": []}}
    now = {"compile": {"edexql": ["edexql", "edexql.b"], "packages": ["numpy"], "standard library 3.99": ["re"]}}
    assert startup_cost.changed_modules(stored, stored) == []
    assert startup_cost.changed_modules(stored, now) == [
        "compile: edexql: came: edexql.b",
        "compile: edexql: went: edexql.a",
        "compile: packages: came: numpy",
    ]
    assert startup_cost.changed_modules({}, stored) == ["compile: edexql: came: edexql edexql.a"]


@pytest.mark.parametrize(("compiled", "wrong"), [(200, 0), (204, 0), (206, 1), (196, 0), (194, 1)])
def test_instructions_beyond_the_yardstick_may_differ_by_a_twentieth(compiled, wrong):
    lines, far = startup_cost.changed_instructions(instructions(), instructions(compile=compiled))
    assert len(lines) == 4
    assert len(far) == wrong
    assert f"compile: {compiled / 100 - 1:.3f} x a bare start" in lines[0]
    assert f"{compiled - 200:+.1f}% from 1.000 with Python 3.11.7" in lines[0]


def test_another_build_of_the_interpreter_changes_nothing():
    twice = {name: value if name == "version" else 2 * value for name, value in COUNTS.items()}
    assert startup_cost.changed_instructions(instructions(), {"3.11": twice})[1] == []


def test_instructions_of_a_version_that_is_not_stored_are_only_printed():
    lines, far = startup_cost.changed_instructions(instructions(), {"3.12": COUNTS | {"compile": 900}})
    assert far == []
    assert not any("from" in line for line in lines)


def test_every_command_has_figures():
    stored = json.loads(startup_cost.FIGURES.read_text("utf-8"))
    assert list(stored["modules"]) == list(startup_cost.COMMANDS)
    assert all(set(startup_cost.PROGRAMS) < set(counts) for counts in stored["instructions"].values())
