"""What the public CI runs is what the README says, on every system and with every Python that edexql is made for."""

from __future__ import annotations

import re

from places import ROOT

WORKFLOW = (ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8")
PYTHONS = [f"3.{minor}" for minor in range(10, 15)]


def listed(name: str) -> list[str]:
    (found,) = re.findall(rf"^ +{name}: \[(.*)\]$", WORKFLOW, re.MULTILINE)
    return [one.strip(' "') for one in found.split(",")]


def test_the_test_command_is_the_one_of_the_readme():
    commands = re.findall(r"(?<=```sh\n).*?(?=\n```)", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    (command,) = [command for command in commands if command.endswith("pytest")]
    run = re.findall(r"^ +run: (.*)$", WORKFLOW, re.MULTILINE)
    assert run[0] == command
    windows = (
        run[1].replace("python ", "python3 ").replace(".venv\\Scripts\\", ".venv/bin/").replace(".[test]", "'.[test]'")
    )
    assert windows == command


def test_three_systems_and_every_python_from_the_first_are_tried():
    assert [name.removesuffix("-latest") for name in listed("system")] == ["ubuntu", "macos", "windows"]
    assert listed("python") == PYTHONS
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'requires-python = ">={PYTHONS[0]}"' in project
    assert set(re.findall(r"Python :: (3\.\d+)", project)) <= set(PYTHONS)
