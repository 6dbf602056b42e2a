"""The vocabulary of the package, which is read as Python, is the one that stands in vocabulary.json."""

from __future__ import annotations

import json
import subprocess
import sys

from edexql.model.vocabulary import snapshot
from places import ROOT


def test_the_module_has_what_the_file_says():
    text = (ROOT / "src/edexql/model/vocabulary/vocabulary.json").read_text("utf-8")
    assert snapshot().data == json.loads(text), "run python tools/make_vocabulary.py"


def test_the_module_is_the_one_that_the_tool_makes():
    command = [sys.executable, "tools/make_vocabulary.py", "--check"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
