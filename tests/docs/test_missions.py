"""A vocabulary of another mission, examples/missions/swarm: every command works with it, and names no other mission."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

import edexql
from commands import EDEXQL, PATIENCE, environment
from commands import run as run_edexql
from places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Finished

SWARM = ROOT / "examples" / "missions" / "swarm"
VOCABULARY = SWARM / "vocabulary.json"
# The mission of the package, its satellite and its instruments.
ANOTHER_MISSION = re.compile(
    r"cassiope|e-?pop|\bCAS\b|CAS_|ucalgary|calgary|39265|\b(?:cer|fai|gap|irm|mgf|nms|rri|sei)\b", re.IGNORECASE
)
NAME = "SW_OPER_MAG{}_LR_1B_20140503T000000_20140503T235959_{}.CDF.ZIP"
SESSION = {"EDEXQL_VOCABULARY": str(VOCABULARY)}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample archive of one day, with a catalogue of it."""
    folder = tmp_path_factory.mktemp("swarm")
    subprocess.run([sys.executable, SWARM / "sample.py", folder], check=True)
    paths = ["archive", "positions", "kp.csv"]
    done = run("catalogue", "ingest", "--synthetic", "--catalogue", "catalogue", *paths, cwd=folder)
    assert done.code == 0, done.err
    assert "SP3 orbit: 1,441 positions" in done.err
    return folder


def run(*words: str | Path, **how: Any) -> Finished:
    """What a command says with the vocabulary, which names no other mission."""
    done = run_edexql(*words, **{**SESSION, **how})
    assert not ANOTHER_MISSION.search(done.out + done.err), done.out + done.err
    return done


def local(sample: Path, *words: str) -> Finished:
    """The same of a command that asks the catalogue of the sample."""
    done = run(*words, "--catalogue", sample / "catalogue")
    assert done.code == 0, done.err
    return done


def names(sample: Path, query: str) -> list[str]:
    """The files of a query by its answer of the catalogue."""
    return [line.split()[0] for line in local(sample, "fetch", "--local", "-q", "-e", query).out.splitlines()]


def test_the_file_names_nothing_of_the_package() -> None:
    assert not ANOTHER_MISSION.search(VOCABULARY.read_text("utf-8"))
    vocabulary = edexql.load_vocabulary(str(VOCABULARY))
    assert list(vocabulary.satellites) == ["swarm-a", "swarm-b", "swarm-c"]
    assert not ANOTHER_MISSION.search(json.dumps(vocabulary.data))


def test_a_query_is_compiled_checked_and_explained_without_warnings() -> None:
    query = "product swarm-a-mag-lr; date 2014-05-03; kp >= 5; ne > 2e5 cm-3"
    done = run("compile", "-e", query)
    assert done.code == 0
    assert done.err == ""
    sent = json.loads(done.out)
    assert sent["product"] == ["swarm-a-mag-lr"]
    assert sent["electron-density"] == [[200000, 10000000]]
    assert "Swarm A magnetic field" in run("explain", "-e", query).out


def test_mistakes_are_answered_with_names_of_the_mission() -> None:
    assert "swarm-a-mag-lr" in run("check", "-e", "date 2014-05-03").out
    assert "swarm-a-mag-lr" in run("check", "-e", "").out
    assert "`vfm has-data`" in run("check", "-e", "vmf has-data; date 2014-05").out
    assert "electron-density" in run("check", "-e", "plasma_density > 3e5; date 2014-05").out
    assert "before the launch on 2013-11-22" in run("check", "-e", "product swarm-a-mag-lr; date 2013-10-01").out
    for text in (
        "asy-h > 3",
        "storm; date 2014",
        "select * from swarm where kp > 3",
        "date 2014 and kp 3",
    ):
        assert run("check", "-e", text).out


def test_completion_offers_names_of_the_mission() -> None:
    vocabulary = edexql.load_vocabulary(str(VOCABULARY))
    assert "swarm-b-efi-lp" in [one.text for one in edexql.complete("product sw", 10, vocabulary=vocabulary)]
    starts = [one.text for one in edexql.complete("", 0, vocabulary=vocabulary)]
    assert {"vfm", "electron-density", "kp"} <= {text.strip() for text in starts}
    assert not ANOTHER_MISSION.search(" ".join(starts))


def test_vocabulary_and_help_are_of_the_mission() -> None:
    assert "swarm-c-tec" in run("vocabulary", "products").out
    assert "altitude of the spacecraft" in run("vocabulary", "fields", "altitude").out
    assert "from 200 to 600 km" in run("help", "altitude").out
    assert json.loads(run("vocabulary", "--output", "json").out)


def test_a_mission_without_a_service_and_an_archive_says_so() -> None:
    done = run("fetch", "-e", "product swarm-a-mag-lr; date 2014-05-03")
    assert done.code == 2
    assert "no service that lists files of Swarm: ask a catalogue with --local" in done.err
    for words in (
        ["request", "-e", "date 2014", "--email", "a@b.example"],
        ["compile", "--to", "curl", "-e", "date 2014"],
    ):
        assert "no service that lists files of Swarm" in run(*words).err
    archive = "the vocabulary has no archive of Swarm: name one with --archive URL"
    for words in (["browse", "2014/05/03"], ["download", NAME.format("A", "0602")]):
        assert archive in run(*words).err
    assert "no archive of Swarm" in run("availability", "2014-05-03").err
    assert "no sample catalogue of this mission" in run("fetch", "--local", "-e", "date 2014-05-03").err
    assert "that of the package" in run("catalogue", "simulate", "--catalogue", "x").err
    assert (
        "it is all in its own file" in run("vocabulary", "update").err
        or "all in its own file" in run("vocabulary", "update").err
    )


def test_each_file_is_judged_by_its_own_satellite(sample: Path) -> None:
    a, b, c = (NAME.format(satellite, "0602") for satellite in "ABC")
    assert names(sample, "product swarm-*-mag-lr") == [a, b, c]
    assert names(sample, "product swarm-*-mag-lr; altitude >= 500") == [b]
    assert names(sample, "product swarm-*-mag-lr; altitude < 500; kp >= 5") == [a, c]
    assert names(sample, "product swarm-a-mag-lr; qd-latitude > 80") == [a]
    assert names(sample, "product swarm-b-efi-lp; ne > 1.9e5") == [
        b.replace("MAGB_LR_1B", "EFIB_LP_1B").replace("0602", "0501")
    ]


def test_the_other_commands_of_a_catalogue_answer(sample: Path) -> None:
    query = "product swarm-*-mag-lr; altitude < 500; kp >= 5"
    assert "Swarm B" in local(sample, "timeline", "--width", "48", "-e", query).out
    assert "altitude" in local(sample, "influence", "-e", query).out
    assert local(sample, "why", NAME.format("B", "0602"), "-e", query).out
    assert "Swarm B VFM" in local(sample, "availability", "2014-05-03", "--local").out
    assert "swarm-a positions" in local(sample, "catalogue", "info").out
    assert local(sample, "catalogue", "files", "SW_*").out
    done = run("doctor", "--offline", EDEXQL_CATALOGUE=str(sample / "catalogue"))
    assert "that of Swarm: 18 products" in done.out
    words = ["--satellite", "swarm-b", "--catalogue", sample / "catalogue"]
    exported = run("catalogue", "export", sample / "parquet", *words)
    assert exported.code == 0 or "pyarrow" in exported.err


def test_a_newer_version_is_known_by_the_digits_of_the_mission(sample: Path) -> None:
    old, new = (NAME.format("A", version) for version in ("0409", "0602"))
    assert f"{old}  0 B  swarm-a-mag-lr" in local(sample, "catalogue", "files").out
    assert f"superseded by {new}" in local(sample, "catalogue", "files").out


def test_the_prompt_greets_and_answers(sample: Path, tmp_path: Path) -> None:
    from screen import Terminal

    where = {"EDEXQL_STATE": str(tmp_path / "state"), "EDEXQL_CATALOGUE": str(sample / "catalogue"), **SESSION}
    with Terminal(EDEXQL, columns=110, lines=40, cwd=tmp_path, **where) as terminal:
        terminal.wait_for("queries for the data of the Swarm satellites")
        terminal.wait_until(lambda: terminal.takes_keys, "ask")
        terminal.send("help\r")
        terminal.wait_for("product swarm-a-mag-lr; date 2019-05-01; vfm has-data")
        terminal.send("product swarm-*-mag-lr; altitude >= 500\r")
        terminal.wait_for("1 file")
        terminal.send("use\r")
        terminal.wait_for("is asked")
        terminal.send("product swarm-a-ma\t")
        terminal.wait_for("swarm-a-mag-hr")
        terminal.send("\x03")
        terminal.send("quit\r")
        assert terminal.wait() == 0
        assert not ANOTHER_MISSION.search("\n".join([*terminal.scrolled, terminal.text]))


def test_a_script_of_lines_answers_without_a_catalogue(tmp_path: Path) -> None:
    done = run("repl", stdin="product swarm-a-mag-lr; kp >= 3\nhelp\nuse edex\n", cwd=tmp_path)
    assert "kp >= 3" in done.out
    assert "no sample catalogue of this mission" in done.out


def test_the_service_answers_for_the_mission(sample: Path, tmp_path: Path) -> None:
    words = ["--port", "0", "--catalogue", sample / "catalogue", "--archive", sample / "archive", "--state", tmp_path]
    process = subprocess.Popen(
        [EDEXQL, "serve", *map(str, words)], stderr=subprocess.PIPE, text=True, env=environment(**SESSION)
    )
    try:
        assert process.stderr is not None
        url = process.stderr.readline().split()[-1]
        pages = [
            f"{url}/{page}"
            for page in ("openapi.json", "get_instrument_products", "get_spacecraft_constraint_fields", "2014/05/03/")
        ]
        answers = [urllib.request.urlopen(page).read().decode() for page in pages]
        done = run("fetch", "--service", url, "-e", "product swarm-*-mag-lr; date 2014-05-03; altitude >= 500")
        assert [line.split()[0] for line in done.out.splitlines()] == [NAME.format("B", "0602")]
        done = run("browse", "2014/05/03/VFM", "--archive", url, "--output", "names")
        assert NAME.format("C", "0602") in done.out.splitlines()
        done = run("download", NAME.format("C", "0602"), "--dry-run", EDEXQL_ARCHIVE_ADDRESS=url, cwd=tmp_path)
        assert f"2014/05/03/VFM/{NAME.format('C', '0602')}" in done.out + done.err
    finally:
        process.terminate()
        said = process.communicate(timeout=PATIENCE)[1]
    assert not ANOTHER_MISSION.search("\n".join([*answers, said or ""]))
    assert "swarm-a-mag-lr" in answers[1]
    assert "swarm-a-mag-lr" in answers[0]


def test_python_answers_for_the_mission(sample: Path) -> None:
    vocabulary = edexql.load_vocabulary(str(VOCABULARY))
    query = "product swarm-*-mag-lr; altitude >= 500"
    answer = edexql.evaluate(query, catalogue=str(sample / "catalogue"), vocabulary=vocabulary)
    assert [file.name for file in answer.files] == [NAME.format("B", "0602")]
    lines = edexql.availability("2014-05-03", local=True, catalogue=str(sample / "catalogue"), vocabulary=vocabulary)
    assert "Swarm B VFM" in [line.instrument for line in lines.lines]
    with pytest.raises(edexql.CatalogueError, match="no sample catalogue of this mission"):
        edexql.evaluate(query, vocabulary=vocabulary)
    for call in (
        lambda: edexql.fetch(query, vocabulary=vocabulary),
        lambda: edexql.request(query, ["x"], "a@b.example", vocabulary=vocabulary),
        lambda: edexql.download([NAME.format("B", "0602")], str(sample), vocabulary=vocabulary),
        lambda: edexql.availability("2014-05-03", vocabulary=vocabulary),
    ):
        with pytest.raises(ValueError, match=r"the vocabulary has no|has no texts"):
            call()
