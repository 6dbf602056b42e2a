"""Everything the README says to type does what the README shows. UPDATE_README=1 writes what it did."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from edexql.commands.registry import COMMAND_LINE, verbs_of
from literate import CONSOLE
from places import ROOT

README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SET_UP = re.findall(r"(?<=```sh\n).*?(?=\n```)", README.read_text(encoding="utf-8"), re.DOTALL)


def typed(block: str) -> str:
    """A console block with each command followed by what it really prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1"}
    shown = []
    for line in block.splitlines():
        if line.startswith("$ "):
            done = subprocess.run(
                ["bash", "-c", line[2:]], cwd=ROOT, env=environment, text=True, capture_output=True, check=False
            )
            shown.append(f"{line}\n{done.stdout}{done.stderr}".rstrip() + "\n")
    return "".join(shown)


@pytest.mark.parametrize(("page", "count"), [("README.md", 3), ("docs/commands.md", 4)])
def test_transcripts_are_what_the_commands_print(page: str, count: int) -> None:
    path = ROOT / page
    text = path.read_text(encoding="utf-8")
    ran = CONSOLE.sub(lambda found: typed(found[0]), text)
    if os.environ.get("UPDATE_README"):
        path.write_text(ran, encoding="utf-8")
    assert ran == text
    assert len(CONSOLE.findall(text)) == count


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_python_session_is_what_python_prints(page: str) -> None:
    sessions = re.findall(r"```pycon\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(sessions), {}, page, page, 0)
    assert len(test.examples) >= 5
    assert doctest.DocTestRunner().run(test).failed == 0


PUBLIC = [
    (module, name)
    for module in ("edexql", "edexql.lint", "edexql.model", "edexql.schemas", "edexql.syntax")
    for name in import_module(module).__all__
]


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_every_public_name_is_in_an_example_that_runs(module: str, name: str) -> None:
    """Those of docs/python.md run here, those of docstrings in tests/house/test_architecture.py."""
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    sessions = "\n".join(re.findall(r"```pycon\n(.*?)```", page, re.DOTALL))
    texts = [sessions, getattr(import_module(module), name).__doc__ or ""]
    lines = [example.source for text in texts for example in doctest.DocTestParser().get_examples(text)]
    assert re.search(rf"\b{name}\b", "".join(lines)), f"{module}.{name} is in no example of docs/python.md"


def test_query_of_the_first_minute_compiles() -> None:
    import edexql

    text = re.search(r"```edq\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    assert edexql.compile(text[1]).parameters["query-logic"] == " ( 1 AND 3 AND 2 ) "


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    linked = set(re.findall(r"\((?:docs/)?([\w-]+\.md)\)", README.read_text(encoding="utf-8")))
    assert {path.name for path in (ROOT / "docs").glob("*.md")} <= linked


def test_the_page_of_commands_has_every_command() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"`edexql ([a-z]+)", "".join(re.findall(r"^\|.*", text, re.MULTILINE))))
    assert rows == set(verbs_of(COMMAND_LINE))


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert len(SET_UP) == 2
    assert SET_UP[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


@pytest.mark.slow
def test_first_command_sets_up_and_does_the_main_job_in_a_fresh_copy(tmp_path: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, text=True, capture_output=True, check=True)
    for name in listed.stdout.splitlines():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    done = subprocess.run(["bash", "-c", SET_UP[0]], cwd=tmp_path, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "FAI_lv1_h5_20190501_150534_151306_6.0.0.zip",
        "FAI_lv1_h5_20190501_164634_165406_6.0.0.zip",
        "FAI_lv1_h5_20190501_182724_183456_6.0.0.zip",
    ]
