"""docs/engines.md, on the sample catalogue in a home of its own. UPDATE_README=1 writes what its commands print."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import ExitStack

import pytest

import edexql
import engine_servers
from commands import PATIENCE, environment
from edexql.catalogue.store.catalogue import SAMPLE, open_catalogue
from edexql.model.vocabulary import load
from literate import CONSOLE, blocks
from places import ROOT

PAGE = ROOT / "docs" / "engines.md"
QUERY = "product fai-*; date 2019-05; kp >= 3"
# The page shows a database of somebody's; here it is one of our own.
DATABASE = "postgresql://me@db.example/science"


class Place:
    """A folder with a catalogue, an export and a query, in which the blocks of the page are run."""

    def __init__(self, folder, database: str = "") -> None:
        self.folder = folder
        self._database = database
        self._environment = environment(
            HOME=str(folder), XDG_CONFIG_HOME=None, EDEXQL_CONFIG=None, EDEXQL_STATE=str(folder / "state"), NO_COLOR="1"
        )
        shutil.copytree(SAMPLE, folder / "epop")
        (folder / "storm.edq").write_text(QUERY, encoding="utf-8")

    def typed(self, block: str) -> str:
        """A console block with each command followed by what it prints."""
        lines = [line for line in block.splitlines() if line.startswith("$ ")]
        return "".join(f"{line}\n{self._printed(line[2:])}" for line in lines)

    def python(self, program: str) -> str:
        """What a program prints."""
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _printed(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command.replace(DATABASE, shlex.quote(self._database))],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        # Rows and bytes of what is written are no matter of the page.
        return "" if command.startswith("edexql catalogue export") else done.stdout + done.stderr


def consoles(*, database: bool) -> list[str]:
    return [one for one in CONSOLE.findall(PAGE.read_text("utf-8")) if (DATABASE in one) == database]


def shown_is_printed(place: Place, *, database: bool) -> None:
    shown = consoles(database=database)
    printed = [place.typed(one) for one in shown]
    if os.environ.get("UPDATE_README"):
        text = PAGE.read_text("utf-8")
        for old, new in zip(shown, printed, strict=True):
            text = text.replace(old, new)
        PAGE.write_text(text, encoding="utf-8")
    assert printed == shown


@pytest.mark.slow
def test_the_commands_and_the_program_of_the_page_answer_from_an_export(tmp_path):
    place = Place(tmp_path)
    shown_is_printed(place, database=False)
    (program,) = (block.text for block in blocks(PAGE) if block.language == "python")
    folder = str(tmp_path / "epop")
    answer, influence = (ask(QUERY, catalogue=folder) for ask in (edexql.evaluate, edexql.influence))
    assert place.python(program) == f"{answer}\n{influence}\n"


@pytest.mark.engines
def test_the_commands_of_the_page_fill_and_ask_postgresql(tmp_path):
    with ExitStack() as stack:
        sample = stack.enter_context(open_catalogue(None))
        address = stack.enter_context(engine_servers.postgres(sample, load()))
        shown_is_printed(Place(tmp_path, address), database=True)


def test_every_block_of_the_page_is_run_or_is_one_of_a_package():
    assert {block.language for block in blocks(PAGE)} == {"console", "python", "toml"}
    assert (len(consoles(database=False)), len(consoles(database=True))) == (2, 1)
