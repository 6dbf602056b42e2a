"""The programs of examples/embedding do what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = sorted(path.name for path in (EXAMPLES / "embedding").glob("*.py"))


def run(program, *arguments):
    words = [sys.executable, f"embedding/{program}", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(words, cwd=EXAMPLES, capture_output=True, text=True, check=False, env=environment)


def test_each_program_is_run_here():
    text = Path(__file__).read_text("utf-8")
    assert [name for name in PROGRAMS if f'"{name}"' not in text] == []


def test_the_backend_of_a_form_says_what_is_wrong_and_what_could_be_written():
    done = run("web_form.py", "fai has-data; date 2019; logic 1 ADN 2")
    answer = json.loads(done.stdout)
    assert [one["code"] for one in answer["diagnostics"] if one["severity"] == "error"] == ["E206"]
    assert answer["sentence"] is None
    assert "parameters" not in answer
    done = run("web_form.py", "product fai-lv1-hdf5-images; date 2019-05-01; fai ")
    assert "has-data" in [one["text"] for one in json.loads(done.stdout)["completions"]]
    done = run("web_form.py", "product fai-lv1-hdf5-images; date 2019-05-01")
    answer = json.loads(done.stdout)
    assert answer["sentence"].startswith("FAI level-1 images")
    assert answer["parameters"]["date"] == [["2019-05-01", "2019-05-01"]]


def test_a_query_becomes_cql2_json():
    done = run("cql2_json.py", "date 2019-05; kp >= 5; fai has-data; logic 1 AND (2 OR NOT 3)")
    assert json.loads(done.stdout) == {
        "op": "and",
        "args": [
            {
                "op": "t_intersects",
                "args": [{"property": "datetime"}, {"interval": ["2019-05-01T00:00:00Z", "2019-06-01T00:00:00Z"]}],
            },
            {
                "op": "or",
                "args": [
                    {"op": ">=", "args": [{"property": "kp"}, 5]},
                    {"op": "not", "args": [{"op": "=", "args": [{"property": "fai"}, "has-data"]}]},
                ],
            },
        ],
    }


@pytest.mark.parametrize(("text", "code"), [("kp >= 5", 1), ("kp >= 5; date 2019", 0), ("kp >= ", 1)])
def test_a_rule_is_checked_beside_those_of_edexql(tmp_path, text, code):
    (tmp_path / "a.edq").write_text(f"product fai-lv1-hdf5-images\n{text}\n")
    done = run("lint_rule.py", str(tmp_path / "a.edq"))
    assert done.returncode == code
    assert ("a.edq:2:4: X101 kp is asked for in all years" in done.stdout) == (text == "kp >= 5")


def test_a_transformer_of_lark_builds_a_query():
    text = "product fai-lv1-hdf5-images\nkp >= 5\nfai has-data\nlogic NOT (1 OR 2) AND 1\n"
    done = run("lark_transformer.py", text)
    assert done.stdout == text
    assert "QueryError" in run("lark_transformer.py", "kpp >= 5").stderr


def test_a_step_of_a_pipeline_answers_each_query_of_a_folder(tmp_path):
    (tmp_path / "good.edq").write_text("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3\n")
    (tmp_path / "wrong.edq").write_text("kp >= \n")
    done = run("pipeline_step.py", str(tmp_path), str(tmp_path / "results"))
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "good.edq: 1 matched, 0 may match"
    assert done.stdout.splitlines()[1].startswith("wrong.edq: error[E")
    assert json.loads((tmp_path / "results" / "good.json").read_text()) == [
        "FAI_lv1_h5_20190501_182724_183456_6.0.0.zip"
    ]


def test_a_query_of_another_mission_is_about_its_satellites():
    done = run("own_mission.py", "missions/swarm/vocabulary.json", "mag-lr")
    assert done.stdout.splitlines()[:3] == [
        "about Swarm A, Swarm B, Swarm C",
        "product swarm-a-mag-lr, swarm-b-mag-lr, swarm-c-mag-lr",
        "date 2014-02",
    ]
    done = run("own_mission.py", "missions/swarm/vocabulary.json", "fai-lv1-hdf5-images")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("no products of the kind fai-lv1-hdf5-images; there are swarm-a-mag-lr")


def test_a_bot_replies_in_a_few_lines():
    assert run("chat_reply.py", "fai has-dta; date 2019-05-01").stdout.splitlines() == [
        "I cannot read this query.",
        "- fai has no value `has-dta`: did you mean `fai has-data`?",
    ]
    first, *_ = run("chat_reply.py", "product fai-lv1-hdf5-images; date 2019-05-01").stdout.splitlines()
    assert first == "You ask for FAI level-1 images of 1 May 2019 UTC."
