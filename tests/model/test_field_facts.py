"""No second definition of a fact: each fact of each field comes from its entry in the vocabulary.

For each fact there is a change of the entry in a copy of the vocabulary, and something that compiling, lint, the
sentence, completion or the solver says of it, before and after. What is defined anywhere else would not change.
Facts that a user's vocabulary file gives, and facts that only a catalogue uses, are changed below, each in a test.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import edexql
from edexql.catalogue import quanta
from edexql.catalogue.ingest import series
from edexql.catalogue.ingest.suggestion import Suggestion, suggestion
from edexql.catalogue.quanta import pieces
from edexql.catalogue.sql.conditions import sample_in
from edexql.compiler.notation.names import plain_name
from edexql.compiler.solver.axes import admitted, axis_of
from edexql.model.field import Field
from edexql.model.number import plain
from edexql.model.query import Constraint
from edexql.model.range import Range
from edexql.model.vocabulary import Vocabulary, snapshot
from edexql.model.vocabulary import files as vocabulary_files
from edexql.model.vocabulary import form as vocabulary_form
from literate import TODAY
from places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SNAPSHOT = snapshot()
FIELDS = [field for field in map(SNAPSHOT.field, SNAPSHOT.fields) if field is not None]
NUMBERS = [field for field in FIELDS if field.shape != "word"]
WORDS = [field for field in FIELDS if field.shape == "word"]
LINES = [field for field in NUMBERS if field.period is None]


def with_facts(field: Field, **facts: Any) -> Vocabulary:
    """A copy of the vocabulary in which the entry of a field has other facts; None takes one out."""
    changed = [
        {name: fact for name, fact in (entry | facts).items() if fact is not None}
        if entry["name"] == field.name
        else entry
        for entry in SNAPSHOT.data["fields"]
    ]
    return Vocabulary({**SNAPSHOT.data, "fields": changed})


def constraint(field: Field) -> str:
    """A constraint of a field that restricts it."""
    if field.shape == "word":
        return f"{field.name} {field.values[0].name}"
    low, high = field.example or (field.low, field.high)
    return f"{field.name} {plain(low)}..{plain(high)}"


def parameters(text: str, vocabulary: Vocabulary) -> dict[str, Any]:
    return edexql.compile(text, vocabulary=vocabulary, today=TODAY).parameters


def elements(text: str, vocabulary: Vocabulary) -> list[Any]:
    """What is sent under the key of the one constraint of a text."""
    sent = parameters(text, vocabulary)
    (found,) = (value for key, value in sent.items() if key not in ("result_filenames", "query-logic"))
    return found


def diagnostics(text: str, vocabulary: Vocabulary) -> dict[str, str]:
    """The codes that a text gives, each with its first message and help."""
    found: dict[str, str] = {}
    for one in edexql.check(text, vocabulary=vocabulary, today=TODAY):
        found.setdefault(one.code, f"{one.message}; {one.help}")
    return found


def sentence(field: Field, vocabulary: Vocabulary) -> str:
    return edexql.explain(constraint(field), vocabulary=vocabulary, today=TODAY).sentence


def completions(text: str, vocabulary: Vocabulary) -> dict[str, str]:
    return {one.text: one.detail for one in edexql.complete(text, len(text), vocabulary=vocabulary, today=TODAY)}


def everything(field: Field, vocabulary: Vocabulary) -> bool:
    """Whether the solver takes the range from the snapshot's lower to its upper bound for all values."""
    one = Constraint("range", field.name, Range(field.low, field.high))
    axis = axis_of(one, vocabulary)
    assert axis is not None
    return admitted(one, axis).everything


@dataclass
class Fact:
    """A change of a fact: the fields that have it, the new facts, what is observed, and what that is afterwards."""

    fields: list[Field]
    facts: Callable[[Field], dict[str, Any]]
    observe: Callable[[Field, Vocabulary], object]
    after: Callable[[Field], object]


def one_more(field: Field) -> float:
    assert field.high is not None
    return field.high + 7


CASES: dict[str, list[Fact]] = {
    "name": [
        Fact(
            FIELDS,
            lambda f: {"name": "probe", "wire": f.wire},
            lambda f, v: sorted(set(diagnostics(constraint(f).replace(f.name, "probe", 1), v)) & {"E301"}),
            lambda _: [],
        )
    ],
    "wire": [
        Fact(
            FIELDS,
            lambda _: {"wire": "spelled-otherwise"},
            lambda f, v: "spelled-otherwise" in parameters(constraint(f), v),
            lambda _: True,
        )
    ],
    "title": [
        Fact(
            FIELDS,
            lambda _: {"title": "Quantity of the test", "spoken": None},
            lambda f, v: ("Quantity of the test was" in sentence(f, v), "Quantity" in completions(f.name, v)[f.name]),
            lambda _: (True, True),
        )
    ],
    "spoken": [
        Fact(
            FIELDS,
            lambda _: {"spoken": "the quantity"},
            lambda f, v: "the quantity was" in sentence(f, v),
            lambda _: True,
        )
    ],
    "confirmed": [
        Fact(
            FIELDS,
            lambda _: {"confirmed": True},
            lambda f, v: f"unconfirmed field `{f.name}`" in diagnostics(constraint(f), v).get("W601", ""),
            lambda _: False,
        )
    ],
    "source": [],
    "tab": [
        Fact(
            FIELDS,
            lambda f: {"tab": "spacecraft" if f.tab == "geophysical" else "geophysical"},
            lambda f, v: [key for key in parameters(f"fai has-data; {constraint(f)}", v) if key in ("fai", f.wire)],
            lambda f: ["fai", f.wire] if f.tab == "geophysical" else [f.wire, "fai"],
        )
    ],
    "shape": [
        Fact(
            LINES,
            lambda _: {"shape": "object"},
            lambda f, v: [sorted(element) for element in elements(constraint(f), v) if isinstance(element, dict)],
            lambda _: [["max", "min"]],
        )
    ],
    "unit": [
        Fact(
            NUMBERS,
            lambda _: {"unit": "furlong"},
            lambda f, v: (
                "furlong" in sentence(f, v),
                "E407" in diagnostics(f"{f.name} {plain(f.high)} furlong", v),
                "furlong" in completions(f"{f.name} 1 ", v),
            ),
            lambda _: (True, False, True),
        )
    ],
    "units": [
        Fact(
            LINES,
            lambda f: {"unit": f.unit or "unit", "units": {"pairs": 2}, "step": None},
            lambda f, v: (
                "E407" not in diagnostics(f"{f.name} <= 1 pairs", v)
                and (elements(f"{f.name} 0..1 pairs", v), "pairs" in completions(f"{f.name} 1 ", v))
            ),
            lambda _: ([[0, 2]], True),
        )
    ],
    "low": [
        Fact(
            LINES,
            lambda f: {"low": f.low - 7},
            lambda f, v: (
                elements(f"{f.name} <= {plain(f.high)}", v)[0][0],
                "E406" in diagnostics(f"{f.name} >= {plain(f.low - 5)}", v),
                everything(f, v),
                f"{plain(f.low - 7)}.." in completions(f.name, v)[f.name],
            ),
            lambda f: (f.low - 7, False, False, True),
        )
    ],
    "high": [
        Fact(
            LINES,
            lambda f: {"high": one_more(f)},
            lambda f, v: (
                elements(f"{f.name} >= {plain(f.low)}", v)[0][1],
                "E406" in diagnostics(f"{f.name} <= {plain(f.high + 5)}", v),
                everything(f, v),
                f"..{plain(one_more(f))}" in completions(f.name, v)[f.name],
            ),
            lambda f: (one_more(f), False, False, True),
        )
    ],
    "period": [
        Fact(
            LINES,
            lambda f: {"period": f.high - f.low, "step": None, "integer": None},
            lambda f, v: (
                sorted(set(diagnostics(f"{f.name} {plain(f.high - 1)}..{plain(f.low + 1)}", v)) & {"E402"}),
                axis_of(Constraint("range", f.name, Range(f.low, f.high)), v).field.period,
            ),
            lambda f: ([], f.high - f.low),
        ),
        Fact(
            [field for field in NUMBERS if field.period is not None],
            lambda _: {"period": None},
            lambda f, v: "E402" in diagnostics(f"{f.name} {plain(f.high - 1)}..{plain(f.low + 1)}", v),
            lambda _: True,
        ),
    ],
    "integer": [
        Fact(
            [field for field in LINES if not field.integer and field.step is None],
            lambda _: {"integer": True},
            lambda f, v: elements(f"{f.name} > 10", v)[0][0],
            lambda _: 11,
        ),
        Fact(
            [field for field in LINES if field.integer and field.name != "attitude-accuracy"],
            lambda _: {"integer": None},
            lambda f, v: elements(f"{f.name} > 10", v)[0][0],
            lambda _: 10,
        ),
    ],
    "step": [
        Fact(
            [field for field in LINES if not field.integer],
            lambda _: {"step": 0.5},
            lambda f, v: (
                "has no value 1.3; the nearest values are 1 and 1.5" in diagnostics(f"{f.name} 1.3", v)["W626"]
                if "W626" in diagnostics(f"{f.name} 1.3", v)
                else ""
            ),
            lambda _: True,
        )
    ],
    "values": [
        Fact(
            WORDS,
            lambda _: {"values": [{"name": "dim", "wire": "DIM", "title": "nearly dark"}]},
            lambda f, v: (
                "E303" in diagnostics(constraint(f), v),
                elements(f"{f.name} dim", v) if "E303" not in diagnostics(f"{f.name} dim", v) else None,
                completions(f"{f.name} ", v).get("dim"),
            ),
            lambda _: (True, ["DIM"], "nearly dark"),
        )
    ],
    "quanta": [
        Fact(
            [field for field in LINES if field.step is None],
            lambda _: {"quantum": "1/4"},
            lambda f, v: pieces(Range(2, 3), v.field(f.name))[0].low,
            lambda _: 8,
        )
    ],
    "wide": [],
    "substitutes": [],
    "cadence": [],
    "example": [
        Fact(
            NUMBERS,
            lambda f: {"example": [f.low, f.low + 1]},
            lambda f, v: (
                f"as in `{f.name} {plain(f.low)}..{plain(f.low + 1)}`" in diagnostics(f"{f.name} x", v)["E405"]
            ),
            lambda _: True,
        )
    ],
}
# Facts that no part of the compiler uses: the catalogue does (below), or they are only shown.
NOT_OF_THE_COMPILER = {"source", "wide", "substitutes", "cadence"}


def test_each_fact_of_a_field_has_a_change_here():
    assert set(CASES) == set(Field.__annotations__)
    assert {name for name, changes in CASES.items() if not changes} == NOT_OF_THE_COMPILER
    # What a vocabulary file can give, and a field does not have under this name: each has a test of its own below.
    assert set(vocabulary_form.FORMS["fields"]) ^ set(CASES) == {"aliases", "synonyms", "group", "quantum", "quanta"}


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        pytest.param(change, field, id=f"{name}-{field.name}")
        for name, changes in CASES.items()
        for change in changes
        for field in change.fields
    ],
)
def test_what_is_said_of_a_field_follows_its_entry(fact: Fact, field: Field):
    before = fact.observe(field, SNAPSHOT)
    after = fact.observe(field, with_facts(field, **fact.facts(field)))
    assert after == fact.after(field)
    assert after != before, "the change shows nothing: choose another one"


def test_each_field_stands_in_a_group_of_its_tab():
    groups = {(entry.get("group"), entry["tab"]) for entry in snapshot().fields.values()}
    assert all(group for group, _ in groups)
    assert len({group for group, _ in groups}) == len(groups), "a group is of one tab"


def test_each_field_is_in_the_documentation():
    pages = "".join((ROOT / "docs" / name).read_text("utf-8") for name in ("language.md", "semantics.md"))
    assert [field.name for field in FIELDS if f"`{field.name}`" not in pages] == []


# Facts in a vocabulary of a user

# For each fact a query, the changed facts of a field, and exactly what is sent then.
SENT = {
    "aliases": ("elevation-of-mine 300..400", {"aliases": ["elevation-of-mine"]}, '"altitude": [[300, 400]]'),
    "period": ("altitude 1900..100", {"low": 0, "high": 2000, "period": 2000}, "[[1900, 2000], [0, 100]]"),
    "step": ("altitude 4.7", {"step": "1/3"}, "[[4.6, 4.7]]"),
    "shape": ("altitude 300..400", {"shape": "object"}, '[{"min": 300, "max": 400}]'),
    "values": ("eclipse dark", {"name": "eclipse", "values": [{"name": "dark", "wire": "D"}]}, '"eclipse": ["D"]'),
}


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
        assert not missing, f"model/vocabulary/vocabulary.json: the entry {entry} lacks {sorted(missing)}"
        whole = "values" not in entry and entry["quantum"] == 1
        assert entry.get("integer", False) == whole, f"{entry['name']} in steps of 1 is `integer`, and no other field"


@pytest.mark.parametrize("fact", SENT)
def test_a_changed_fact_changes_what_is_sent(fact: str) -> None:
    text, facts, sent = SENT[fact]
    assert sent in edexql.compile(text, vocabulary=changed(**facts)).json()
    assert not [d for d in edexql.check(text, vocabulary=changed(**facts)) if d.severity == "error"]
    with suppress(edexql.QueryError):
        assert sent not in edexql.compile(text).json()


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
        return sample_in(Range(300, 400), field)

    assert condition(changed(substitutes=["orbit"])).startswith('COALESCE("altitude", "orbit")')
    assert condition(changed()).startswith('"altitude"')
