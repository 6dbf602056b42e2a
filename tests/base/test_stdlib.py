"""JSON and dates without the start-up time of their packages: what these packages give, and they where they must."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.base import stdlib

KEYS = st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_json_is_written_and_read_as_the_package_does(value):
    assert stdlib.json_line(value) == json.dumps(value)
    assert stdlib.readable_json(value) == json.dumps(value, ensure_ascii=False)
    assert stdlib.indented_json(value) == json.dumps(value, indent=2)
    assert stdlib.read_json(json.dumps(value)) == value


def test_tuples_are_lists():
    value = {"a": (1, ("b",), ())}
    assert stdlib.indented_json(value) == json.dumps(value, indent=2)
    assert stdlib.json_line(value) == json.dumps(value)


def test_other_values_are_refused():
    with pytest.raises(TypeError, match="set"):
        stdlib.json_line({"a": {1}})
    with pytest.raises(TypeError, match="set"):
        stdlib.indented_json({"a": {1}})


@pytest.mark.parametrize("missing", [[], ["_json"], ["_datetime"], ["_json", "_datetime"]])
def test_a_query_compiles_to_the_same_on_a_python_without_these_modules(missing):
    text = 'product fai-lv1-hdf5-images; date 2019-05-01..2019-05-03T12:00; kp 5..7.5; raw "X" [1, {"a": 2}]'
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({missing}))\n"
        "from edexql.cli import main\n"
        f"main(['compile', '--quiet', '-e', {text!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["X"] == [1, {"a": 2}]
    here = subprocess.run(
        [sys.executable, "-m", "edexql", "compile", "--quiet", "-e", text], capture_output=True, text=True, check=True
    )
    assert done.stdout == here.stdout


def test_a_plain_query_is_compiled_without_them():
    code = (
        "import sys\nfrom edexql.cli import main\n"
        "main(['compile', '--quiet', '-e', 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data'])\n"
        "assert not {'_json', 'json'} & sys.modules.keys(), 'JSON of plain texts needs no package'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["fai"] == ["has-data"]
