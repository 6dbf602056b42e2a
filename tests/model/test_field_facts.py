"""Every fact of a field comes from its entry in the vocabulary: in a copy of it each fact is changed in turn."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

import edexql
from edexql.catalogue import quanta
from edexql.catalogue.sql.conditions import sampled
from edexql.model import vocabulary_files
from edexql.model.field import Field
from edexql.model.range import Range
from edexql.model.vocabulary import Vocabulary, snapshot

# For each fact a query, the changed facts of a field, and what edexql then says of the query.
COMPILED = {
    "wire": ("altitude 300..400", {"wire": "h"}, '"h": [[300, 400]]'),
    "aliases": ("elevation-of-mine 300..400", {"aliases": ["elevation-of-mine"]}, '"altitude": [[300, 400]]'),
    "units": ("altitude 300..400 furlong", {"units": {"furlong": 0.2}}, "[[60, 80]]"),
    "low": ("altitude < 300", {"low": 100}, "[[100, 300]]"),
    "high": ("altitude > 300", {"high": 1500}, "[[300, 1500]]"),
    "period": ("altitude 1900..100", {"low": 0, "high": 2000, "period": 2000}, "[[1900, 2000], [0, 100]]"),
    "integer": ("altitude > 300", {"integer": True}, "[[301, 2000]]"),
    "step": ("altitude 4.7", {"step": "1/3"}, "[[4.6, 4.7]]"),
    "shape": ("altitude 300..400", {"shape": "object"}, '[{"min": 300, "max": 400}]'),
    "tab": ("altitude 300..400; fai has-data", {"tab": "geophysical"}, '{"altitude": [[300, 400]], "fai"'),
    "values": ("eclipse dark", {"name": "eclipse", "values": [{"name": "dark", "wire": "D"}]}, '"eclipse": ["D"]'),
}
EXPLAINED = {
    "unit": ("altitude 300..400", {"unit": "miles"}, "between 300 miles and 400 miles"),
    "title": ("altitude 300..400", {"title": "distance from the sea"}, "while distance from the sea was between"),
    "spoken": ("altitude 300..400", {"spoken": "the height"}, "while the height was between"),
}
ELSEWHERE = {"quantum", "wide", "substitutes", "example"}


def changed(**facts: object) -> Vocabulary:
    """The vocabulary of the package with other facts of a field, of `altitude` where none is named."""
    return Vocabulary(vocabulary_files.merged(snapshot().data, {"fields": [{"name": "altitude", **facts}]}, "own"))


def test_each_field_has_the_facts_that_every_field_has() -> None:
    every = {"name", "wire", "tab", "shape", "title", "unit", "quantum", "confirmed", "source"}
    for entry in snapshot().data["fields"]:
        missing = (every | (set() if "values" in entry else {"low", "high", "example"})) - set(entry)
        assert not missing, f"model/vocabulary.json: the entry {entry} lacks {sorted(missing)}"
        whole = "values" not in entry and entry["quantum"] == 1
        assert entry.get("integer", False) == whole, f"{entry['name']} in steps of 1 is `integer`, and no other field"


def test_all_facts_are_tried() -> None:
    facts = set(vocabulary_files._FORMS["fields"]) - {"name", "source", "confirmed"}
    assert facts == set(COMPILED) | set(EXPLAINED) | ELSEWHERE


@pytest.mark.parametrize("fact", COMPILED)
def test_a_changed_fact_changes_what_is_sent(fact: str) -> None:
    text, facts, sent = COMPILED[fact]
    assert sent in edexql.compile(text, vocabulary=changed(**facts)).json()
    assert not [d for d in edexql.check(text, vocabulary=changed(**facts)) if d.severity == "error"]
    with suppress(edexql.QueryError):
        assert sent not in edexql.compile(text).json()


@pytest.mark.parametrize("fact", EXPLAINED)
def test_a_changed_fact_changes_how_a_query_is_explained(fact: str) -> None:
    text, facts, said = EXPLAINED[fact]
    assert said in edexql.explain(text, vocabulary=changed(**facts)).sentence
    assert said not in edexql.explain(text).sentence


def test_a_changed_example_is_the_one_that_is_proposed() -> None:
    def proposals(vocabulary: Vocabulary) -> str:
        return " ".join(d.help or "" for d in edexql.check("altitude high", vocabulary=vocabulary))

    assert "111" in proposals(changed(example=[111, 222]))
    assert "111" not in proposals(changed())


def test_a_changed_quantum_changes_what_a_catalogue_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.array([300.123, 60_000.0])
    assert quanta.quantized("altitude", values).tolist() == [3001, -(2**15)]
    data = dict(snapshot().data)
    data["fields"] = [
        {**entry, "quantum": 0.01, "wide": True} if entry["name"] == "altitude" else entry for entry in data["fields"]
    ]
    monkeypatch.setattr(quanta, "snapshot", lambda: Vocabulary(data))
    assert quanta.quantized("altitude", values).tolist() == [30012, 6_000_000]


def test_changed_substitutes_are_looked_up_instead() -> None:
    def condition(vocabulary: Vocabulary) -> str:
        field = vocabulary.field("altitude")
        assert isinstance(field, Field)
        return sampled(Range(300, 400), field)

    assert condition(changed(substitutes=["orbit"])).startswith('COALESCE("altitude", "orbit")')
    assert condition(changed()).startswith('"altitude"')
