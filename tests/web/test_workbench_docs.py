"""The exchanges that docs/workbench.md shows are those of the service, and it names every endpoint."""

from __future__ import annotations

import json
import re

import pytest

from edexql.web.endpoints import ENDPOINTS
from literate import blocks
from places import ROOT
from workbenches import Bench, workbench

PAGE = ROOT / "docs" / "workbench.md"
EXCHANGES = [block for block in blocks(PAGE) if block.language == "http"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with workbench(tmp_path_factory.mktemp("state")) as service:
        yield Bench(service)


@pytest.mark.parametrize("block", EXCHANGES, ids=lambda block: f"line {block.line}")
def test_an_exchange_is_what_the_service_answers(bench, block):
    asked, given = block.text.split("\n\n", 1)
    line, body = asked.split("\n", 1)
    method, path = line.split()
    answer = bench.service.ask(method, path, json.loads(body))
    assert answer.status == 200, answer.body
    assert answer.json == json.loads(given)


def test_the_page_names_every_endpoint_with_its_keys():
    text = PAGE.read_text("utf-8")
    assert len(EXCHANGES) >= 4
    rows = dict(re.findall(r"^\| `([a-z]+)` \| (.*?) \|", text, re.MULTILINE))
    assert set(rows) == set(ENDPOINTS) - {"setting"}
    for name, row in rows.items():
        form = ENDPOINTS[name].form
        for key in {*form.required, *form.optional} - {"version"}:
            assert f"`{key}`" in row, (name, key)
