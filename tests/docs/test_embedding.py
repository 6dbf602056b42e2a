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
