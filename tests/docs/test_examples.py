"""The example queries compile to what they always did, and stand in the one layout."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

import edexql
from literate import TODAY
from places import ROOT, TESTS

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = sorted((ROOT / "examples").glob("*.edq"))
GOLDEN = TESTS / "language" / "golden" / "examples"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))

for_each = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def test_the_four_stories_are_there() -> None:
    told = {path.stem for path in EXAMPLES}
    assert told >= {"may-day-aurora", "two-novembers", "fort-mcmurray", "storm-over-ottawa"}


@for_each
def test_an_example_is_sent_as_it_always_was(path: Path) -> None:
    sent = edexql.compile(path.read_bytes(), name=path.name, today=TODAY).parameters
    golden = GOLDEN / f"{path.stem}.json"
    if UPDATE:
        golden.write_text(json.dumps(sent, indent=2) + "\n", encoding="utf-8")
    assert json.dumps(sent) == json.dumps(json.loads(golden.read_text(encoding="utf-8")))


@for_each
def test_an_example_stands_in_the_one_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert edexql.format(text) == text


@for_each
def test_an_example_gives_no_other_warning_than_of_unconfirmed_spellings(path: Path) -> None:
    assert {found.code for found in edexql.check(path.read_bytes(), today=TODAY)} <= {"W601"}


@for_each
def test_an_example_does_not_depend_on_the_day_it_is_compiled(path: Path) -> None:
    later = TODAY.replace(year=TODAY.year + 1)
    assert edexql.compile(path.read_bytes(), today=TODAY) == edexql.compile(path.read_bytes(), today=later)


def test_the_parameters_of_the_storm_can_be_set_from_outside() -> None:
    text = (ROOT / "examples" / "storm-over-ottawa.edq").read_bytes()
    sent = edexql.compile(text, parameters={"storm": "7", "days": "2017-09-07..2017-09-08"}).parameters
    assert sent["kp"] == [[7, 9]]
    assert sent["date"] == [["2017-09-07", "2017-09-08"]]
