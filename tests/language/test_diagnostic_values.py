"""Diagnostics are values: equal where text and finding are, copied, pickled, and made JSON."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given

import edexql
from edexql.language.source import Source
from strategies import damaged, texts

ODD = 'date 2019 # é😀\nproduct "😀😀"; fai has-dat; kp 5..\r\nlogic 1 ADN ('


@given(damaged() | texts)
def test_checking_a_text_twice_gives_equal_diagnostics(text):
    first, second = edexql.check(text), edexql.check(text)
    assert first == second
    assert hash(first) == hash(second)
    assert pickle.loads(pickle.dumps(first)) == copy.deepcopy(first) == first
    for diagnostic in first:
        form = json.loads(json.dumps(diagnostic.to_dict()))
        assert form == diagnostic.to_dict()
        for edge, offset in (("start", diagnostic.span.start), ("end", diagnostic.span.end)):
            before = diagnostic.source.text[:offset]
            assert form[edge]["offset"] == offset
            assert form[edge]["utf16"] == len(before.encode("utf-16-le", "surrogatepass")) // 2


def test_diagnostics_of_another_text_or_file_are_others():
    (first, *_), (second, *_) = edexql.check("kp 5..", name="a"), edexql.check("kp 5..", name="b")
    assert first != second
    assert replace(second, source=first.source) == first
    assert Source("a") != Source("\ufeffa")
    assert Source("a") != "a"


def test_a_diagnostic_gives_the_form_that_the_command_prints():
    done = subprocess.run(
        [sys.executable, "-m", "edexql", "check", "--output", "json", "-e", ODD], capture_output=True, check=False
    )
    assert json.loads(done.stdout) == [diagnostic.to_dict() for diagnostic in edexql.check(ODD, name="<-e>")]


def test_a_query_error_is_pickled_with_its_diagnostics():
    with pytest.raises(edexql.QueryError) as caught:
        edexql.compile(ODD)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.diagnostics == caught.value.diagnostics
    assert str(again) == str(caught.value)
