"""What edexql 0.5.0 wrote is opened: configurations, selections, ledgers, downloads, recordings, sessions, jobs."""

from __future__ import annotations

import json
import os
import re
import tarfile
from typing import TYPE_CHECKING

import pytest

from commands import EDEXQL, Finished, run
from edexql.repl.state import open_state
from places import TESTS
from serving import link_in, serve
from stand_in import Answer, Received, StandIn
from tutorial import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SAMPLES = TESTS / "house" / "written_by_0_5"
URL = "http://127.0.0.1:8339"
QUERY = "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 AND 2"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with all that 0.5.0 wrote."""
    with tarfile.open(SAMPLES / "written.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path


def done(old: Path, *words: object, **changes: str) -> str:
    finished = asked(old, *words, **changes)
    assert finished.code == 0, finished
    return finished.out


def asked(old: Path, *words: object, **changes: str) -> Finished:
    return run(*map(str, words), cwd=old, EDEXQL_STATE=str(old / "state"), XDG_CONFIG_HOME=str(old), **changes)


def settings_in(text: str) -> dict[str, tuple[str, str]]:
    """The value and the place of each setting that `edexql config` shows."""
    lines = [re.split(r"  +", line) for line in text.splitlines() if re.match(r"\w+\.\w+ ", line)]
    return {name: (value, place) for name, value, place, *_ in lines}


def test_a_configuration_means_what_it_meant(old):
    before = settings_in((SAMPLES / "config.txt").read_text("utf-8"))
    assert len(before) == 27
    now = settings_in(done(old, "config", "--config", "config.toml"))
    assert {name: now.get(name) for name in before} == before


def test_a_selection_is_shown_and_changed_as_it_was_left(old):
    lines = done(old, "select", "day.edqs").splitlines()
    assert [line[:3] for line in lines[:3]] == ["[ ]", "[x]", "[x]"]
    assert all(name in line for name, line in zip(NAMES, lines, strict=False))
    assert "[x]" in done(old, "select", "day.edqs", "--pick", "*_1505*").splitlines()[0]


def test_the_requests_in_a_ledger_are_known(old):
    assert done(old, "request", "--list").startswith("1  2026-11-30T01:")
    shown = json.loads(done(old, "request", "--list", "--output", "json"))
    assert [len(one["files"]) for one in shown] == [2]


def test_a_recording_is_answered_from(old):
    out = done(old, "fetch", "-e", QUERY, "--replay", "exchange", "--output", "names", EDEXQL_SERVICE_LISTING=URL)
    assert out.split() == list(NAMES)


def test_a_download_that_was_cut_goes_on_where_it_was(old):
    whole, asked_for = (old / "whole.zip").read_bytes(), []

    def answer(received: Received) -> Answer:
        asked_for.append((received.path.rpartition("/")[2], received.headers.get("Range")))
        start = int(received.headers["Range"].removeprefix("bytes=").partition("-")[0])
        part = (
            ("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}"),
            ("ETag", '"of-0.5"'),
            ("Content-Type", "application/zip"),
        )
        return Answer(206, whole[start:], part)

    with StandIn(answer) as service:
        for path in old.glob("passes/*.json"):
            path.write_text(path.read_text("utf-8").replace(URL, service.url), "utf-8")
        for path in old.glob("passes/.*.json"):
            path.write_text(path.read_text("utf-8").replace(URL, service.url), "utf-8")
        out = done(old, "retry", "passes")
    ((name, place),) = asked_for
    assert name == NAMES[2]
    assert place is not None
    assert 0 < int(re.findall(r"\d+", place)[0]) <= 1500
    assert "downloaded" in out
    assert (old / "passes" / NAMES[2]).read_bytes() == whole
    noted = json.loads((old / "passes" / ".edexql-downloads.json").read_text("utf-8"))
    assert {one["name"]: one["state"] for one in noted["files"]} == {NAMES[1]: "downloaded", NAMES[2]: "downloaded"}
    assert sorted(os.listdir(old / "passes")) == sorted([".edexql-downloads.json", *NAMES[1:]])


def names_in(paths: Iterable[Path]) -> list[str]:
    return sorted(path.name for path in paths)


def test_what_a_killed_unpacking_left_is_taken_away_and_the_archive_is_unpacked(old):
    assert len(names_in((old / "unpacked").glob(".edexql-unpack-*"))) == 1
    done(old, "unpack", "pass.zip", "--to", "unpacked")
    found = names_in((old / "unpacked").iterdir())
    assert len(found) == 2
    assert all(name.endswith(".h5") for name in found)


def test_what_was_typed_and_the_query_of_a_lost_session_are_there(old):
    with open_state(str(old / "repl")) as state:
        assert state.trouble is None
        assert state.newest(10) == ["kp 5..7 or mlt 22..2", "fai has-data", "date 2019-05-01"]
        assert (state.setting("answer"), state.setting("today")) == ("off", "2019-05-02")
        found = state.begin()
    assert found is not None
    assert found.text == "product fai-lv1-hdf5-images\ndate 2019-05-01\nfai has-data\nlogic 1 AND 2\n"
    assert (found.undo, found.redo, found.draft) == (("date 2019-05-01\n",), ("kp 5\n",), "altitude <")


def test_the_prompt_begins_with_the_query_of_a_lost_session(old):
    # A whole module is skipped where there are no pseudo-terminals.
    from screen import Terminal

    with Terminal(EDEXQL, "repl", EDEXQL_STATE=str(old / "repl"), columns=100, cwd=old) as terminal:
        terminal.wait_for("altitude <")
        assert "its query is the current query again" in "\n".join([*terminal.scrolled, *terminal.display])


def test_the_jobs_of_a_service_are_served(old):
    for path in old.glob("service/jobs/*.json"):
        # It would be out of date now.
        path.write_text(re.sub(r'"(expires|due)": [\d.]+', r'"\1": 9e9', path.read_text("utf-8")), "utf-8")
    with serve(old / "service") as service:
        (mail,) = service.outbox()
        link = link_in(mail)
        assert link.startswith(URL)
        answer = service.ask("GET", link.removeprefix(URL))
    assert answer.status == 200
    assert answer.body.startswith(b"PK")
