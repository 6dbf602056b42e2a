"""On the command line and at the prompt, an engine says what the catalogue says."""

from __future__ import annotations

import shutil

import pytest

from commands import EDEXQL, repl, run
from screen import Terminal

QUERY = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3"
VERBS = (
    ("fetch",),
    ("fetch", "--count", "--output", "json"),
    ("fetch", "--times"),
    ("fetch", "--by", "day", "--unknown", "include"),
    ("fetch", "--output", "csv"),
    ("influence",),
    ("why", "1"),
    ("timeline", "--output", "json"),
    ("plot", "timeline", "-q"),
    ("plot", "timeline", "-q", "--match", "1"),
    ("plot", "track", "-q"),
    ("plot", "dial", "-q", "--match", "1"),
    ("plot", "panels", "-q"),
)


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_verb_prints_what_it_prints_of_the_catalogue(words, exported, folder):
    local = ("--local",) if words[0] == "fetch" else ()
    expected = run(*words, *local, "--catalogue", folder, "-e", QUERY)
    assert expected.code == 0
    for engine, place in (("duckdb", exported), ("local", folder)):
        done = run(*words, "--engine", engine, "--at", place, "-e", QUERY)
        assert (done.code, done.out) == (0, expected.out)
        held = "note: this export holds SYNTHETIC (simulated) data\n"
        assert done.err.replace(held, "note: this catalogue holds SYNTHETIC (simulated) data\n") == expected.err
        assert (held in done.err) == (engine == "duckdb")


def test_a_selection_knows_which_engine_was_asked(exported, tmp_path):
    kept = str(tmp_path / "kept.edqs")
    # Files of known and of listed sizes.
    query = f"product mgf-lv2-magnetic-field, {QUERY.removeprefix('product ')}"
    assert run("fetch", "--engine", "duckdb", "--at", exported, "-e", query, "--save", kept).code == 0
    assert run("select", kept).err.endswith(f"by duckdb at {exported}\n")
    assert "\nthe same files as " in run("select", kept, "--again").err
    refused = run("request", kept, "-q")
    assert (refused.code, "sends no mail" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fetch", "--engine", "duckdb"), "--engine duckdb needs its place: --at PLACE"),
        (("fetch", "--at", "x"), "--at is the place of an engine: name the engine with --engine"),
        (("influence", "--engine", "edex"), "eDEx lists files alone"),
        (("why", "x", "--engine", "dukdb", "--at", "x"), "there is no engine dukdb; did you mean `duckdb`?"),
        (("timeline", "--engine", "sqlite", "--at", "x"), "no engine sqlite; the engines are local, edex, duckdb"),
        (("fetch", "--engine", "duckdb", "--at", "/no/where"), "there is no folder /no/where"),
        (("fetch", "--engine", "duckdb", "--at", "x", "--dry-run"), "--dry-run is for eDEx"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_line(words, said):
    done = run(*words, "-e", QUERY)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("verb", [("plot", "timeline"), ("timeline",)], ids=" ".join)
@pytest.mark.parametrize(
    "span", [(), ("--start", "2019-05-01T05:00", "--end", "2019-05-01T06:00")], ids=["all", "an hour"]
)
def test_a_timeline_that_is_written_says_what_it_rests_on_as_that_of_the_catalogue(
    verb, span, exported, folder, tmp_path
):
    query = f"{QUERY}; altitude > 300"
    paths = [tmp_path / "catalogue.svg", tmp_path / "engine.svg"]
    assert run(*verb, *span, "--catalogue", folder, "-e", query, "--svg", str(paths[0])).code == 0
    assert run(*verb, *span, "--engine", "duckdb", "--at", exported, "-e", query, "--svg", str(paths[1])).code == 0
    assert "kp: " in paths[0].read_text("utf-8")
    assert paths[1].read_text("utf-8") == paths[0].read_text("utf-8")


def test_the_prompt_uses_an_engine(exported, folder):
    lines = f"{QUERY}\nresults --list\nwhy 1\ninfluence\nfetch --count\n"
    done = repl(f"use duckdb {exported}\n{lines}use local\nuse\n")
    expected = repl(f"use local {folder}\n{lines}")
    assert (done.code, expected.code) == (0, 0)
    first, *rest = done.out.splitlines()
    assert first == f"duckdb at {exported} is asked, for counts and influence too"
    assert rest[:-2] == expected.out.splitlines()[1:]
    assert any(line.endswith("  (SYNTHETIC data: simulated)") for line in rest)
    assert rest[-1] == "the sample catalogue is asked"


def test_what_was_in_use_stays_in_use_where_an_engine_cannot_be(exported):
    done = repl(f"use duckdb {exported}\nuse duckdb /no/where\nuse\n", "--keep-going")
    assert done.out.splitlines()[-1] == f"duckdb at {exported} is asked, for counts and influence too"
    assert "there is no folder /no/where" in done.err
    assert "`use duckdb FOLDER or s3://BUCKET/FOLDER`" in repl("use duckdb\n").err


def test_counts_while_typing_are_those_of_the_engine_in_use(exported, folder, tmp_path):
    expected = run("fetch", "--local", "--catalogue", folder, "--count", "-q", "-e", f"{QUERY}; altitude < 700").out

    def asks():
        return terminal.takes_keys and terminal.display[terminal.cursor[0]].endswith("edexql>")

    with Terminal(EDEXQL, "repl", columns=140, EDEXQL_STATE=str(tmp_path / "state")) as terminal:
        terminal.wait_for("edexql>")
        terminal.send(f"use duckdb {exported}\r")
        terminal.wait_for(" is asked, for counts")
        terminal.send(f"{QUERY}\r")
        terminal.wait_for("keeps out")
        terminal.send("altitude < 700")
        terminal.wait_for(f"with this: {expected.split(',')[0]}")
        terminal.send("\x03")
        terminal.wait_until(asks, "ask again")
        terminal.send("set live mistakes\r")
        terminal.wait_until(asks, "ask again")
        terminal.send("altitude < x")
        terminal.wait_for("`x` is not a number")
        assert "with this" not in terminal.text
        terminal.send("\x03quit\r")
        assert terminal.wait() == 0


def test_the_doctor_reads_each_file_of_an_export_and_leaves_the_network_alone(exported, tmp_path):
    def looked_at(*words):
        done = run("doctor", "--offline", "--engine", *words)
        return next(line for line in done.out.splitlines() if "engines" in line)

    copied = tmp_path / "copied"
    shutil.copytree(exported, copied)
    assert "the sums of the manifest are right" in looked_at("duckdb", "--at", str(copied))
    (damaged,) = (copied / "held").glob("*/month=201905/*.parquet")
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    found = looked_at("datafusion", "--at", str(copied))
    assert "has other bytes than were written" in found
    assert damaged.name in found
    assert "postgres was not asked" in looked_at("postgres", "--at", "postgresql://127.0.0.1:9/x")
    assert "duckdb was not asked" in looked_at("duckdb", "--at", "s3://nosuch/export")


def test_a_database_is_not_taken_for_a_folder():
    done = run("catalogue", "export", "postgresql://me@db.example/science")
    assert (done.code, "--to postgres" in done.err) == (2, True)
