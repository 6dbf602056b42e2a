"""Checks: each is registered, each code has one place, and none is given that has no section in the documentation.

A parameter that is offered for a misspelt one is not unused.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import edexql
from edexql.compiler import lint
from edexql.compiler.lint import analysis, ranges
from edexql.compiler.request import Setting, compilation
from edexql.language.diagnostics.codes import CODES
from edexql.language.source import Source

SOURCE = Path(edexql.__file__).parent
LINT = SOURCE / "compiler" / "lint"
CODE = re.compile(r"[EW]\d\d\d")


def checks_written() -> set[str]:
    """The public functions of the folder that give diagnostics, as `module.function`."""
    return {
        f"{path.stem}.{node.name}"
        for path in LINT.glob("*.py")
        if path.stem != "__init__"
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.returns is not None
        and ast.unparse(node.returns) == "Iterator[Diagnostic]"
    }


def given(path: Path) -> set[str]:
    """The codes that a file gives: those that it has as an argument of a call or in a tuple that becomes one."""
    return {
        node.value
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        for node in [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def test_each_check_that_is_written_is_registered_once():
    registered = [f"{check.__module__.rpartition('.')[2]}.{check.__name__}" for check in _all_checks()]
    assert sorted(registered) == sorted(checks_written()), "add the check to CHECKS at the end of its file"
    assert len(set(registered)) == len(registered)


def _all_checks():
    return [*lint.CHECKS, *ranges.CHECKS, *analysis.CHECKS]


def test_each_code_of_a_check_has_one_place():
    texts = {path.name: path.read_text("utf-8") for path in LINT.glob("*.py")}
    for code in sorted({code for text in texts.values() for code in re.findall(r'"(W\d\d\d)"', text)}):
        places = [name for name, text in texts.items() if f'"{code}"' in text]
        assert len(places) == 1, f"{code} stands in {places}"


def test_each_code_that_is_given_is_in_the_list_and_each_in_the_list_is_given():
    parts = [SOURCE / "language", SOURCE / "compiler"]
    codes = {code for part in parts for path in part.rglob("*.py") for code in given(path)}
    assert codes - set(CODES) == set(), "add them to language/diagnostics/codes.py and docs/diagnostics.md"
    assert set(CODES) - codes - _given_otherwise() == set(), "no place gives them"


def _given_otherwise() -> set[str]:
    """Codes that stand in values that become diagnostics: the default of a record, or a choice between two."""
    return {"E403", "E404"}


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("let storm = 5; kp >= $stom", []),
        ("let stom = 5; kp >= $storm", []),
        ("let storm = 5; let other = 6; kp >= $stom", ["other"]),
        ("let low = 5; let lo = 4; kp >= $loo", []),
        # It is not certain that this one was meant, and it is not offered.
        ("let threshold = 5; kp >= $limit", ["threshold"]),
        ("let storm = 5; let strom = 6; kp >= $stormx", ["strom"]),
    ],
)
def test_a_parameter_that_is_offered_for_a_misspelt_one_is_not_unused(text, unused):
    found = compilation(Source(text), Setting()).diagnostics
    assert [one.message.split("`")[1] for one in found if one.code == "W609"] == unused
    assert not any("did you mean" in (one.help or "") for one in found if one.code == "W609")


def test_a_value_from_outside_that_is_offered_for_a_misspelt_one_is_not_unused():
    found = compilation(Source("kp >= $stom"), Setting(parameters={"storm": "5"})).diagnostics
    assert [one.code for one in found if one.code in ("E307", "W609")] == ["E307"]
