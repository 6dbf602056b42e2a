"""Every fact of a field comes from its entry in the vocabulary: in a copy of it each fact is changed in turn."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest

import edexql
from edexql.catalogue import quanta
from edexql.catalogue.ingest import series
from edexql.catalogue.ingest.suggestion import Suggestion, suggestion
from edexql.catalogue.sql.conditions import sampled
from edexql.compiler.notation.names import plain_name
from edexql.model import vocabulary_files
from edexql.model.field import Field
from edexql.model.range import Range
from edexql.model.vocabulary import Vocabulary, snapshot

if TYPE_CHECKING:
    from pathlib import Path

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
ELSEWHERE = {"quantum", "wide", "substitutes", "example", "synonyms", "cadence"}


def proposals(text: str, vocabulary: Vocabulary) -> str:
    """What is proposed to be written instead of a text."""
    return " ".join(d.help or "" for d in edexql.check(text, vocabulary=vocabulary))


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
    assert "111" in proposals("altitude high", changed(example=[111, 222]))
    assert "111" not in proposals("altitude high", changed())


def test_a_changed_unit_changes_the_field_of_the_example() -> None:
    assert "`altitude 300..400`" in proposals("300..400 furlong", changed(unit="furlong"))
    assert "`altitude 300..400`" not in proposals("300..400 furlong", changed())


def test_a_changed_synonym_is_the_one_that_is_understood() -> None:
    own = changed(synonyms=["distance-of-mine"])
    assert "`altitude 300..400`" in proposals("Distance_of_mine 300..400", own)
    assert "`altitude 300..400`" not in proposals("Distance_of_mine 300..400", changed())
    assert "`altitude 300..400`" in proposals("elevation 300..400", changed())
    assert "`altitude 300..400`" not in proposals("elevation 300..400", own)


def test_a_changed_synonym_of_the_date_is_the_one_that_is_understood() -> None:
    own = Vocabulary(vocabulary_files.merged(snapshot().data, {"date": {"synonyms": ["wann"]}}, "own"))
    assert "`date 2016-03-01`" in proposals("wann 2016-03-01", own)
    assert "`date 2016-03-01`" not in proposals("wann 2016-03-01", snapshot())


def test_a_synonym_means_one_field_and_is_no_name_of_another() -> None:
    entries = (*snapshot().data["fields"], snapshot().data["date"])
    synonyms = [synonym for entry in entries for synonym in entry.get("synonyms", ())]
    assert len(set(synonyms)) == len(synonyms)
    assert not set(synonyms) & {*snapshot().constraint_names(), "date"}
    assert [plain_name(synonym) for synonym in synonyms] == synonyms


def test_a_changed_cadence_changes_the_mapping_of_a_table_and_the_name_of_a_series(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("time,Altitude\n2015-03-17T00:00:00,300\n", encoding="utf-8")

    def holds(vocabulary: Vocabulary) -> object:
        proposal = suggestion(str(table), vocabulary)
        assert isinstance(proposal, Suggestion)
        return proposal.mapping["holds"]

    assert (holds(changed(cadence=900)), holds(changed())) == (900, 1)
    assert series.series_of("altitude", 900) == "altitude-900s"
    monkeypatch.setattr(series, "snapshot", lambda: changed(cadence=900))
    assert series.series_of("altitude", 900) == "altitude"


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
