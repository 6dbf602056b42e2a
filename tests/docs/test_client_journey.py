"""docs/client.md, from a query to unpacked files, is what happens. UPDATE_README=1 writes what happened."""

from __future__ import annotations

import io
import os
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from commands import PATIENCE, environment
from journey import MINUTES, addresses, pass_of, served
from literate import CONSOLE
from places import ROOT
from serving import link_in, read_mail, wait_for
from tutorial import NAMES, QUERY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "client.md"
URL = "http://127.0.0.1:8339"
LINK = f"{URL}/delivery/mb2TBXyAYbQ/edexql-2f6c01ab.zip"
# What differs from run to run, and what the page has in its place.
DIFFERENT = (
    (re.compile(r"/delivery/[A-Za-z0-9_-]+/"), "/delivery/mb2TBXyAYbQ/"),
    (re.compile(r"(edexql-(?:request-\d+-)?)[0-9a-f]{8}\.zip"), r"\g<1>2f6c01ab.zip"),
    (re.compile(r"\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"), "2026-11-22T10:00:00Z"),
    (re.compile(r"\d+\.\d+ [MGT]B free"), "70.24 GB free"),
)


class Journey:
    """A folder in which one command follows the other, and a service that they ask."""

    def __init__(self, folder: Path, url: str) -> None:
        self.here = folder / "here"
        self.here.mkdir()
        self._outbox = folder / "service" / "outbox"
        self._url = url
        self._environment = environment(
            **addresses(url),
            HOME=str(folder / "home"),
            XDG_CONFIG_HOME=None,
            EDEXQL_CONFIG=None,
            EDEXQL_STATE=str(folder / "state"),
            COLUMNS="100",
            NO_COLOR="1",
        )
        self.codes: list[int] = []
        self.script = ""

    def typed(self, block: str) -> str:
        """A console block with each command followed by what it really prints."""
        lines = [line for line in block.splitlines() if line.startswith("$ ")]
        return "".join(f"{line}\n{self._printed(line[2:])}" for line in lines)

    def run_script(self, script: str) -> None:
        (self.here / "script.py").write_text(script.replace(URL, self._url), encoding="utf-8")
        self.script = self._printed("python script.py")

    def _printed(self, command: str) -> str:
        if LINK in command:
            command = command.replace(LINK, self._link())
        done = subprocess.run(
            ["bash", "-c", command.replace(URL, self._url)],
            cwd=self.here,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stdout, done.stdout
        self.codes.append(done.returncode)
        shown = done.stdout.replace(self._url, URL).replace(f"{self.here}/", "")
        for pattern, instead in DIFFERENT:
            shown = pattern.sub(instead, shown)
        return f"{shown.rstrip()}\n" if shown.strip() else ""

    def _link(self) -> str:
        """The link of the mail, which comes a while after the files were asked for."""
        (path,) = wait_for(lambda: list(self._outbox.glob("*.eml")))
        return link_in(read_mail(path.read_bytes()))


@pytest.fixture(scope="module")
def travelled(tmp_path_factory):
    """The page as it is, as it should be, and the journey that tells."""
    folder = tmp_path_factory.mktemp("journey")
    text = PAGE.read_text(encoding="utf-8")
    with served(folder) as url:
        journey = Journey(folder, url)
        now = CONSOLE.sub(lambda found: journey.typed(found[0]), text)
        (script,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        journey.run_script(script)
    if os.environ.get("UPDATE_README"):
        PAGE.write_text(now, encoding="utf-8")
    return text, now, journey


def test_the_page_shows_what_happens(travelled):
    text, now, _ = travelled
    assert now == text
    assert len(CONSOLE.findall(text)) == 10


def test_every_command_of_the_page_did_what_was_asked(travelled):
    _, _, journey = travelled
    assert len(journey.codes) >= 20
    assert set(journey.codes) == {0}


def test_the_journey_ends_with_the_files_that_the_archive_has(travelled):
    _, _, journey = travelled
    assert {path.name: path.read_bytes() for path in (journey.here / "day").iterdir()} == {
        name: pass_of(name) for name in NAMES
    }
    with zipfile.ZipFile(io.BytesIO(pass_of(NAMES[1]))) as bundle:
        inside = {name: bundle.read(name) for name in bundle.namelist()}
    assert len(inside) == len(MINUTES[NAMES[1]])
    assert {path.name: path.read_bytes() for path in (journey.here / "pass").iterdir()} == inside
    assert list(journey.here.rglob("*.part*")) == []


def test_the_script_of_the_page_downloads_and_unpacks(travelled):
    _, _, journey = travelled
    assert journey.script.split() == [word for name in NAMES for word in (name, "downloaded")]
    found = {path.name for path in (journey.here / "from-python" / "unpacked").iterdir()}
    assert found == {f"FAI_lv1_NIR_20190501_{at}_{at}_6.0.0.h5" for name in NAMES for at in MINUTES[name]}


def test_the_exchange_of_the_page_is_played_again_when_the_service_is_gone(travelled):
    _, now, journey = travelled
    (line,) = re.findall(r"^\$ .* --replay .*$", now, re.MULTILINE)
    assert journey.typed(line) in now
    assert journey.codes[-1] == 0


def test_the_way_that_the_readme_shows_leads_to_the_files(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```bash\n(edexql fetch.*?)```", text, re.DOTALL)
    with served(tmp_path) as url:
        journey = Journey(tmp_path, url)
        (journey.here / "may-day.edq").write_text(f"{QUERY}\n")
        commands = [line.partition("   #")[0].rstrip() for line in block.splitlines()]
        for command in commands:
            journey.typed(f"$ {command}".replace("https://…", LINK))
    assert len(commands) == 7
    assert journey.codes == [0] * 7
    found = {path.name for path in (journey.here / "may-day").iterdir()}
    images = {f"FAI_lv1_NIR_20190501_{at}_{at}_6.0.0.h5" for name in NAMES[1:] for at in MINUTES[name]}
    assert found >= {*NAMES[1:], *images}


def test_what_the_page_names_is_there():
    from edexql.client.settings.declarations import SETTINGS
    from edexql.commands.registry import COMMAND_LINE, verbs_of

    text = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"\bedexql ([a-z]+)\b", text)) <= {*verbs_of(COMMAND_LINE), "of"}
    settings = set(re.findall(r"`((?:service|archive|direct|network|unpacking|paths)\.\w+)`", text))
    assert settings
    assert settings <= set(SETTINGS)
