"""No second definition of a fact: each fact of each field comes from its entry in the vocabulary.

For each fact there is a change of the entry in a copy of the vocabulary, and something that compiling, lint, the
sentence, completion or the solver says of it, before and after. What is defined anywhere else would not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import edexql
from edexql.catalogue.quanta import pieces
from edexql.compiler.solver.axes import admitted, axis_of
from edexql.model.field import Field
from edexql.model.number import plain
from edexql.model.query import Constraint
from edexql.model.range import Range
from edexql.model.vocabulary import Vocabulary, snapshot
from literate import TODAY
from places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

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
            lambda f, v: f"this field `{f.name}`" in diagnostics(constraint(f), v).get("W601", ""),
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
# Facts that no part of the compiler uses; what does is tested with the catalogue, or only shows them.
NOT_OF_THE_COMPILER = {"source", "wide", "substitutes", "cadence"}


def test_each_fact_of_a_field_has_a_change_here():
    assert set(CASES) == set(Field.__annotations__)
    assert {name for name, changes in CASES.items() if not changes} == NOT_OF_THE_COMPILER


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


def test_each_field_is_in_the_documentation():
    pages = "".join((ROOT / "docs" / name).read_text("utf-8") for name in ("language.md", "semantics.md"))
    assert [field.name for field in FIELDS if f"`{field.name}`" not in pages] == []
