"""The schema of vocabulary files takes what edexql takes, key by key and with anything put in place of anything."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from edexql import schemas
from edexql.base import json_forms
from edexql.model.vocabulary import form as vocabulary_form
from edexql.model.vocabulary.form import VocabularyError, check
from places import ROOT
from strategies import json_values

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schemas.schema("vocabulary")
# Whether a text is a regular expression is asserted, too: editors do so.
TAKES = Draft202012Validator(SCHEMA, format_checker=FormatChecker(("regex",)))
SNAPSHOT = ROOT / "src/edexql/model/vocabulary/vocabulary.json"
FILES = [SNAPSHOT, *ROOT.glob("examples/missions/*/*.json")]
# The definition of the schema for entries of each section.
DEFINITIONS = {
    **{section: section.removesuffix("s") for section in (*vocabulary_form.LISTS, "groups", "values")},
    "tags": "tag",
    **{name: name for name in ("mission", "service", "archive", "files", "date", "experiments", "authorities")},
}


def is_taken(document: Any) -> bool:
    try:
        check(document, "own.json")
    except VocabularyError:
        return False
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_vocabularies_that_there_are_are_of_the_schema(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    TAKES.validate(document)
    assert is_taken(document)


@pytest.mark.parametrize("section", vocabulary_form.FORMS)
def test_the_schema_has_the_keys_of_each_entry(section: str) -> None:
    definition = SCHEMA["$defs"][DEFINITIONS[section]]
    assert set(definition["properties"]) == set(vocabulary_form.FORMS[section])
    if section != "authorities":
        assert all("description" in value for value in definition["properties"].values())


def test_the_schema_has_the_sections() -> None:
    known = {*vocabulary_form.OF_FILE, *vocabulary_form.LISTS, *vocabulary_form.OBJECTS}
    assert set(SCHEMA["properties"]) == known


FORMS = {
    "fields": json_forms.FieldForm,
    "products": json_forms.ProductForm,
    "instruments": json_forms.InstrumentForm,
    "satellites": json_forms.SatelliteForm,
    "values": json_forms.WordForm,
    "groups": json_forms.GroupForm,
    "mission": json_forms.MissionForm,
    "service": json_forms.ServiceForm,
    "archive": json_forms.ArchiveForm,
    "files": json_forms.FileNamesForm,
}


@pytest.mark.parametrize("section", FORMS)
def test_the_types_have_the_keys_of_each_entry(section: str) -> None:
    removed = {"removed"} if section in vocabulary_form.REMOVABLE else set()
    assert set(get_type_hints(FORMS[section])) == set(vocabulary_form.FORMS[section]) | removed


# A small file in which every section, and every key of every entry, has a value.
SAMPLES: dict[str, Any] = {
    "a text": "x",
    "name": "own",
    "aliases": ["other"],
    "confirmed": True,
    "values": [{"name": "on"}],
    "tags": [{"name": "t"}],
    "groups": [{"name": "g", "tags": []}, {"name": "Point of Interest", "removed": True}],
    "tab": "spacecraft",
    "units": {"m": 0.001},
    "low": 0,
    "high": 1.5,
    "period": 1.5,
    "integer": False,
    "step": "1/3",
    "quantum": 0.001,
    "wide": False,
    "substitutes": ["kp"],
    "example": [0, 1],
    "cadence": 60,
    "synonyms": ["a-b"],
    "norad": 1,
    "launch": "2013-11-22T12:02:29",
    "listing": "https://a.example/b",
    "delivery": None,
    "address": "http://a.example",
    "availability": "A.*",
    "times": [r"_(?P<day>\d{8})_"],
    "version": r"_(\d+)\.",
    "names": "A_.*",
}
SHAPES = {"fields": "pair", "experiments": "pair", "date": "days"}


def entry(section: str) -> dict[str, Any]:
    keys = vocabulary_form.FORMS[section]
    return {key: SHAPES.get(section, "x") if key == "shape" else SAMPLES.get(key, "x") for key in keys}


WHOLE: dict[str, Any] = {
    "$schema": "x",
    "replace": True,
    "keep": ["fields/kp"],
    "about": {"note": "x"},
    **{section: [entry(section)] for section in vocabulary_form.LISTS},
    **{section: entry(section) for section in vocabulary_form.OBJECTS if section != "about"},
}


def test_the_whole_file_is_taken() -> None:
    TAKES.validate(WHOLE)
    check(WHOLE, "own.json")


def places(document: Any) -> list[tuple[Any, ...]]:
    """Every place in a document, as the keys that lead to it."""
    found, rest = [], [()]
    while rest:
        place = rest.pop()
        found.append(place)
        inner = at(document, place)
        keys = inner if isinstance(inner, dict) else range(len(inner)) if isinstance(inner, list) else ()
        rest += [(*place, key) for key in keys]
    return found


def at(document: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        document = document[key]
    return document


PLACES = sorted(places(WHOLE), key=str)
# Values that are near the border of what some key takes.
TEXTS = [
    "",
    " ",
    "A",
    "a b",
    "a\n",
    "1",
    "own",
    "1/3",
    "0/3",
    "1/3\n",
    "https://",
    "https://a",
    "https://a?b",
    "(",
    'a"b',
    "a ",
    "é",
    "a\tb",
]
TEXTS += [
    "(?P<day>",
    r"(?P<day>\d{8})",
    "2013-11-22",
    "2013-11-22\n",
    "2013-11-22T12",
    "fields",
    "fields/",
    "fields/a b",
]
TEXTS += ["fields/", "fields/a b", "fields/kp/x", "pair", "word"]
LISTS = [[], [""], ["a"], ["a", "B"], [1], [1, 2], [1, 2, 3], [True, 1], [{}], [{"name": "a"}], [{"name": "A"}]]
REMOVALS = [{"name": "a", "removed": True}, {"name": "a", "removed": False}, {"removed": True}]
OTHERS = [None, True, False, 0, -1, 2, 1.5, -0.5, {}, {"a": 1}, {"a": "b"}, {"name": "a"}]
VALUES = [*TEXTS, *LISTS, *OTHERS, *REMOVALS, *([one] for one in REMOVALS)]


def without_whole_fractions(value: Any) -> Any:
    """A value with halves added to numbers such as 1.0, which JSON Schema takes for whole ones."""
    if isinstance(value, float):
        return value + 0.5 if value.is_integer() else value
    if isinstance(value, list):
        return [without_whole_fractions(one) for one in value]
    return {key: without_whole_fractions(one) for key, one in value.items()} if isinstance(value, dict) else value


ANYTHING = st.sampled_from(VALUES) | json_values.map(without_whole_fractions)


@pytest.mark.parametrize("section", [*vocabulary_form.LISTS, *vocabulary_form.OBJECTS])
def test_each_key_takes_what_the_schema_takes(section: str) -> None:
    for key in vocabulary_form.FORMS.get(section, ()):
        for value in VALUES:
            inner = {"name": "own", key: value} if "name" in vocabulary_form.FORMS[section] else {key: value}
            document = {section: [inner] if section in vocabulary_form.LISTS else inner}
            assert is_taken(document) == TAKES.is_valid(document), document


@given(st.sampled_from(PLACES), ANYTHING, st.sampled_from(["put", "add", "take out"]), st.text(max_size=8))
def test_a_file_is_taken_where_the_schema_takes_it(place: tuple[Any, ...], value: Any, what: str, key: str) -> None:
    document = copy.deepcopy(WHOLE)
    holder = at(document, place[:-1]) if place else document
    if what == "add" and isinstance(at(document, place), dict):
        at(document, place)[key] = value
    elif what == "take out" and place and isinstance(holder, dict):
        del holder[place[-1]]
    elif place:
        holder[place[-1]] = value
    else:
        document = value
    assert is_taken(document) == TAKES.is_valid(document)


@pytest.mark.parametrize("launch", ["2013-13-01", "2013-02-30", "2013-11-22T25:00"])
def test_what_the_calendar_does_not_have_is_refused_beyond_the_schema(launch: str) -> None:
    assert not is_taken({"mission": {"launch": launch}})
