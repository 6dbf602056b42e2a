"""`edexql workbench`, as people start it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

import edexql
from commands import EDEXQL, PATIENCE, environment, run, run_program
from edexql.web import token
from places import ROOT
from serving import wait_for
from tutorial import NAMES, QUERY

SWARM = ROOT / "examples" / "missions" / "swarm"


class Running:
    """A process of `edexql workbench`: the address that it printed, and what it has said so far."""

    def __init__(self, process):
        self.process = process
        self.said = []
        while not self.said or "the workbench is at" not in self.said[-1]:
            self.said.append(process.stderr.readline())
            assert self.said[-1], "it ended"
        self.page = self.said[-1].split()[-1]
        self.url, _, fragment = self.page.partition("/workbench/")
        self.token = fragment.removeprefix("#token=")

    def ask(self, path, body=None, **headers):
        data = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"{self.url}/workbench/api/{path}", data, {**kind, **named})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def trusted(self, path, body=None):
        return self.ask(path, body, **{"X-Edexql-Token": self.token})

    def stopped(self, how=signal.SIGTERM):
        """Its exit code after a signal, and all that it said."""
        self.process.send_signal(how)
        self.said += self.process.stderr.readlines()
        return self.process.wait(PATIENCE), "".join(self.said)


@contextlib.contextmanager
def started(tmp_path, *words, command="workbench", **changes):
    words = [EDEXQL, command, *map(str, words)]
    changes = {"EDEXQL_STATE": str(tmp_path / "state"), **changes}
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment(**changes), cwd=tmp_path)
    try:
        yield Running(process)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_a_query_is_opened_answered_and_saved(tmp_path):
    path = tmp_path / "may.edq"
    path.write_text(QUERY)
    with started(tmp_path, "--no-browser", "may.edq") as bench:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/workbench/#token=[A-Za-z0-9_-]{43}", bench.page)
        setting = bench.trusted("setting")
        assert (setting["file"]["name"], setting["file"]["text"]) == ("may.edq", QUERY)
        assert setting["writes"]
        assert bench.ask("answer", {"text": QUERY})["rows"]["name"] == NAMES
        bench.trusted("save", {"text": "kp >= 5\n"})
        code, said = bench.stopped()
    assert code == 0
    assert path.read_text() == "kp >= 5\n"
    assert str(path) in said
    # What was asked is not on the terminal, which is that of its user.
    assert "api/answer" not in said


@pytest.mark.slow
def test_the_token_is_good_after_a_restart_and_of_two_at_once(tmp_path):
    with started(tmp_path, "--no-browser") as first, started(tmp_path, "--no-browser") as second:
        assert first.token == second.token
        assert first.url != second.url
        assert second.trusted("requests") == {"requests": []}
        kept = tmp_path / "state" / token.NAME
        assert kept.read_text() == first.token
        assert sys.platform == "win32" or stat.S_IMODE(os.stat(kept).st_mode) == 0o600
        assert first.stopped(signal.SIGINT)[0] == 130
    with started(tmp_path, "--no-browser", "new.edq") as third:
        assert third.token == first.token
        assert third.trusted("setting")["file"]["text"] == ""
        third.trusted("save", {"text": QUERY})
    assert (tmp_path / "new.edq").read_text() == QUERY


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a browser that is a script")
def test_the_address_is_opened_in_the_browser(tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o700)
    with started(tmp_path, BROWSER=str(browser)) as bench:
        opened = wait_for(lambda: (tmp_path / "opened").exists() and (tmp_path / "opened").read_text())
        assert opened.strip() == bench.page


@pytest.mark.slow
def test_another_mission_has_a_workbench_of_its_own(tmp_path):
    words = ["--vocabulary", SWARM / "vocabulary.json"]
    done = run("workbench", "--no-browser", *words, EDEXQL_STATE=str(tmp_path / "state"))
    assert (done.code, "no sample catalogue of this mission" in done.err) == (2, True)
    assert run_program(sys.executable, str(SWARM / "sample.py"), str(tmp_path)).code == 0
    words += ["--catalogue", tmp_path / "catalogue"]
    paths = [tmp_path / name for name in ("archive", "positions", "kp.csv")]
    assert run("catalogue", "ingest", "--synthetic", *words, *paths).code == 0
    text = "product swarm-*-mag-lr; altitude >= 500"
    with started(tmp_path, "--no-browser", *words, "--archive", tmp_path / "archive") as bench:
        setting = bench.ask("setting")
        assert setting["mission"]["name"] == "Swarm"
        assert setting["archive"]
        products = {product["name"]: product["files"] for product in setting["vocabulary"]["products"]}
        assert products["swarm-b-mag-lr"] == 1
        assert bench.ask("read", {"text": text})["sentence"]
        answer = bench.ask("answer", {"text": text})
        assert answer["rows"]["product"] == ["swarm-b-mag-lr"]
        assert bench.ask("field", {"text": text, "name": "altitude"})["counts"]
        assert bench.ask("picture", {"text": text, "kind": "timeline"})["svg"]
        assert bench.ask("calendar", {"text": text, "year": 2014})["days"] == {"2014-05-03": [3, 1]}


@pytest.mark.slow
def test_a_workbench_over_an_edex_and_a_service_with_a_workbench(tmp_path):
    serving = [EDEXQL, "serve", "--port", "0", "--state", str(tmp_path / "service")]
    env = environment(EDEXQL_STATE=str(tmp_path / "state"))
    process = subprocess.Popen(serving, stderr=subprocess.PIPE, text=True, env=env)
    try:
        url = process.stderr.readline().split()[-1]
        with started(tmp_path, "--no-browser", "--upstream", url) as bench:
            assert bench.ask("setting")["upstream"] == url
            assert bench.ask("answer", {"text": QUERY})["rows"]["name"] == NAMES
            # The token that the workbench has made is that of a service started later, too.
            assert bench.token
        with urllib.request.urlopen(f"{url}/workbench/", timeout=PATIENCE) as page:
            assert page.headers["Content-Type"].startswith("text/html")
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_at_the_prompt_the_current_query_is_shown_and_the_prompt_goes_on(tmp_path):
    script = tmp_path / "lines"
    script.write_text("date 2019-05-01; kp >= 3  # \N{ROCKET}\nworkbench --no-browser\nshow\n", encoding="utf-8")
    env = environment(EDEXQL_STATE=str(tmp_path / "state"))
    with open(script, encoding="utf-8") as lines:
        pipes = {"stdin": lines, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([EDEXQL, "-"], text=True, env=env, **pipes)
    try:
        bench = Running(process)
        given = dict(parse_qsl(bench.page.partition("#")[2]))
        assert edexql.compile(given["q"]) == edexql.compile("date 2019-05-01; kp >= 3")
        assert "\N{ROCKET}" in given["q"]
        assert bench.ask("setting", **{"X-Edexql-Token": given["token"]})["writes"]
        process.send_signal(signal.SIGTERM)
        shown = process.stdout.read()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.communicate()
    assert shown.count("kp >= 3") == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-"], "standard input cannot be saved to"),
        (["."], "is not a regular file"),
        (["nodir/y.edq"], "that y.edq could be saved in"),
        (["--archive", "nosuch"], "there is no folder"),
        (["--catalogue", "x", "--upstream", "http://x.example"], "leave --catalogue out"),
        (["--upstream", "x.example"], "http://"),
        (["--upstream", "http://x.example/?a=b"], "without ? and #"),
        (["--catalogue", "nosuch"], "there is no catalogue"),
        (["--port", "99999"], "from 0 to 65535"),
        (["--today", "2019-13-01"], "--today"),
        (["--vocabulary", "nosuch.json"], "nosuch.json"),
        (["a.edq", "b.edq"], "unrecognized arguments"),
    ],
)
def test_what_cannot_be_started_is_refused_with_a_reason(tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    done = run("workbench", "--no-browser", *words, EDEXQL_STATE=str(tmp_path / "state"))
    assert done.code == 2
    assert says in done.err
    assert "Traceback" not in done.err


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "a.edq"
    path.write_bytes(b"kp \xff 5")
    done = run("workbench", "--no-browser", path)
    assert (done.code, "is not UTF-8: see byte 4" in done.err) == (2, True)
    assert Path(path).read_bytes() == b"kp \xff 5"
