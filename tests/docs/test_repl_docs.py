"""The sessions in docs/repl.md and the README are what the REPL says. UPDATE_README=1 writes what it said."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
from argparse import Namespace

from commands import environment, run
from edexql.repl.execution import act
from edexql.repl.lines import VERBS as PROMPT_VERBS
from edexql.repl.session import Session
from edexql.repl.state import in_memory
from literate import CONSOLE
from places import ROOT

PAGE = ROOT / "docs" / "repl.md"
README = ROOT / "README.md"
SESSION = re.compile(r"(?<=```repl\n).*?(?=```)", re.DOTALL)
VERBS = re.compile(r"(?<=<!-- verbs -->\n).*?(?=\n`compile curl`)", re.DOTALL)
PROMPT = "edexql> "


def told(block: str) -> str:
    """A session with each line followed by what is really said to it."""
    options = Namespace(color="never", service=None, catalogue=None, today="2026-11-22", vocabulary=[], values=[])
    session = Session(in_memory(), options, interactive=False)
    shown = []
    for line in block.splitlines():
        if line.startswith(PROMPT):
            said = io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                act(session, line.removeprefix(PROMPT))
            shown.append(f"{line}\n{said.getvalue()}".rstrip() + "\n")
    return "".join(shown)


def typed(block: str) -> str:
    lines = [line for line in block.splitlines() if line.startswith("$ ")]
    outputs = (
        subprocess.run(["bash", "-c", line[2:]], capture_output=True, text=True, check=True, env=environment())
        for line in lines
    )
    return "".join(f"{line}\n{done.stdout}{done.stderr}" for line, done in zip(lines, outputs, strict=True))


def verbs(_: object = None) -> str:
    rows = "".join(f"| `{name}` | {verb.summary} |\n" for name, verb in PROMPT_VERBS.items())
    return f"\n| verb | what it does |\n|---|---|\n{rows}"


def test_the_sessions_are_what_it_says(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    text = PAGE.read_text(encoding="utf-8")
    now = VERBS.sub(verbs, CONSOLE.sub(lambda found: typed(found[0]), SESSION.sub(lambda found: told(found[0]), text)))
    if os.environ.get("UPDATE_README"):
        PAGE.write_text(now, encoding="utf-8")
    assert now == text, "UPDATE_README=1 writes docs/repl.md anew"
    assert len(SESSION.findall(text)) == 3


def test_the_session_of_the_readme_is_what_it_says(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    text = README.read_text(encoding="utf-8")
    now = SESSION.sub(lambda found: told(found[0]), text)
    if os.environ.get("UPDATE_README"):
        README.write_text(now, encoding="utf-8")
    assert now == text
    assert len(SESSION.findall(text)) == 1


def test_the_session_among_the_examples_runs():
    done = run("repl", stdin=(ROOT / "examples" / "session.txt").read_text(encoding="utf-8"))
    assert done.code == 0, done.err
    assert "storm: kp >= 3   keeps out 2 files (15:06 min)" in done.out


def test_every_setting_and_key_that_the_page_names_is_there():
    text = PAGE.read_text(encoding="utf-8")
    from edexql.repl.session import CHOICES

    assert all(re.search(rf"^{name} ", text, re.MULTILINE) for name in CHOICES)
