"""The service's own catalogues as a vocabulary: whatever their form, they are read, and what is not is told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from edexql.client.http.request import Retries
from edexql.client.http.session import session
from edexql.client.vocabulary.differences import differences
from edexql.client.vocabulary.lists import words
from edexql.client.vocabulary.update import CATALOGUES, UNGROUPED, overlay, request_lists, store
from edexql.model.vocabulary import Vocabulary, load
from edexql.model.vocabulary.files import merged
from edexql.server.app import vocabulary_lists
from serving import serve
from stand_in import Answer, StandIn, page

WHEN = "2026-01-02T03:04:05Z"
HERE = "https://api.example"
FAI = "fai-lv1-hdf5-images"
QUICK = Retries(tries=1)


def updated(known=None, **answers):
    """The vocabulary after an update, and the file that made it."""
    known = known or load()
    made = overlay(answers, known, HERE, WHEN)
    return Vocabulary(merged(known.data, json.loads(json.dumps(made)), "update")), made


def kinds(old, new):
    return {(one.section, one.name): one.kind for one in differences(old, new) if one.kind != "changed"}


# From a service


def test_our_own_service_confirms_every_word_that_it_lists(tmp_path):
    with serve(tmp_path / "state") as service, session() as made:
        answers = request_lists(made, service.url)
    assert answers.failed == ()
    new, about = updated(**dict(answers.lists))
    assert about["about"] == {"updated": WHEN, "service": HERE, "not_understood": {}, "unlisted": {}}
    assert all(entry["confirmed"] for section in ("products", "fields") for entry in new.data[section])
    groups = new.groups().values()
    assert all(group.confirmed and tag.confirmed for group, tags in groups for tag in tags.values())
    # Confirmed they are, and nothing else is changed: the lists are what a request takes.
    assert vocabulary_lists(new) == vocabulary_lists(load())
    assert set(kinds(load(), new).values()) == {"confirmed"}
    assert {entry["source"] for entry in new.data["products"]} == {f"listed by {HERE} on {WHEN}"}


def test_what_is_confirmed_is_no_longer_warned_of(tmp_path):
    query = "product mgf-lv1b-cdf-high-rate; date 2019-05-01; kp >= 5"
    codes = [found.code for found in edexql.check(query)]
    assert "W601" in codes
    made = overlay(dict(zip(CATALOGUES, vocabulary_lists(load()).values(), strict=True)), load(), HERE, WHEN)
    store(str(tmp_path / "data" / "update.json"), made)
    vocabulary = load(str(tmp_path / "data" / "update.json"))
    assert "W601" not in [found.code for found in edexql.check(query, vocabulary=vocabulary)]


def test_catalogues_that_are_missing_are_told_and_the_others_are_read():
    def answer(received):
        if received.path.endswith("get_instrument_products"):
            return Answer(200, json.dumps([FAI]).encode())
        return page(404, "Not here") if "tags" in received.path else page(200, "Log in")

    with StandIn(answer) as service, session() as made:
        answers = request_lists(made, service.url, QUICK)
    assert answers.lists == (("products", [FAI]),)
    told = dict(answers.failed)
    assert "404 Not Found: Not here" in told["experiments"]
    assert "did not answer with JSON: Log in" in told["spacecraft"]
    assert len(service.requests) == 4
    assert all((request.method, request.body) == ("GET", b"") for request in service.requests)


def test_a_service_without_any_catalogue_is_an_error():
    with StandIn(Answer(404)) as service, session() as made, pytest.raises(edexql.ServiceError, match="404"):
        request_lists(made, service.url, QUICK)


# Forms


PRODUCTS = {
    "slugs": [FAI, "new-one"],
    "objects": [{"slug": FAI, "title": "FAI images"}, {"slug": "new-one", "title": "New"}],
    "objects with numbers": [{"id": 1, "name": FAI}, {"id": 2, "name": "new-one"}],
    "lists of instruments": [["fai", [FAI]], ["rri", ["new-one"]]],
    "lists in lists": [[[FAI]], [["new-one"]]],
    "by instrument": {"fai": [FAI], "rri": ["new-one"]},
    "objects of instruments": [{"instrument": "fai", "products": [FAI]}, {"name": "rri", "products": ["new-one"]}],
    "pairs with titles": [[FAI, "FAI images"], ["new-one", "New one"]],
    "titles by slug": {FAI: "FAI images", "new-one": "New"},
    "titles by slug by instrument": {"FAI": {FAI: "FAI images"}, "RRI": {"new-one": "New"}},
    "pairs with titles by instrument": {"fai": [[FAI, "FAI images"]], "rri": [["new-one", "New one"]]},
    "wrapped": {"data": [FAI, "new-one"]},
    "wrapped with a count": {"status": "ok", "count": 2, "results": [{"slug": FAI}, {"slug": "new-one"}]},
    "attributes by slug": {FAI: {"title": "FAI images"}, "new-one": {"label": "New"}},
    "with what is nothing": [FAI, None, 3, True, "", [], {}, "new-one", 1.5],
    "mixed": [FAI, {"rri": ["new-one"]}],
    "twice": [FAI, "new-one", FAI],
}


@pytest.mark.parametrize("form", PRODUCTS)
def test_products_are_read_in_every_form(form):
    new, _ = updated(products=PRODUCTS[form])
    found = {name: kind for (section, name), kind in kinds(load(), new).items() if section == "products"}
    assert found == {"new-one": "new"}
    assert new.product(FAI).confirmed
    assert new.product("new-one").wire == "new-one"
    request = edexql.compile("product new-one; date 2019-05-01", vocabulary=new)
    assert request.parameters["product"] == ["new-one"]


def test_what_is_not_understood_is_told():
    _, made = updated(products=PRODUCTS["with what is nothing"], geophysical={"status": "ok", "data": ["kp"]})
    assert made["about"]["not_understood"] == {
        "products": ["null", "3", "true", '""', "1.5"],
        "geophysical": ["an object of 1: str"],
    }


@pytest.mark.parametrize(
    "refusal", [{"error": "no such thing"}, {"status": "error", "message": "no"}, {"errors": [{"name": "E1"}]}]
)
def test_a_refusal_in_the_place_of_a_catalogue_brings_no_words(refusal):
    new, made = updated(products=refusal, experiments=refusal, geophysical=refusal)
    assert differences(load(), new) == ()
    assert len(made["about"]["not_understood"]) == 3


def test_titles_and_instruments_are_taken_where_they_are_told():
    new, _ = updated(products=[["fai", [{"slug": "new-one", "label": "A title"}]], "rri-other"])
    assert new.product("new-one").title == "A title"
    assert new.products["new-one"]["instrument"] == "fai"
    assert new.products["rri-other"]["instrument"] == "rri"
    assert new.instrument("fai").confirmed


def test_a_known_word_that_is_spelled_otherwise_is_sent_as_the_service_spells_it():
    new, _ = updated(products=["RRI_lv1_HDF5_radio-data"], geophysical=["Kp", "F10_7"], spacecraft=["Altitude"])
    assert kinds(load(), new)["products", "rri-lv1-hdf5-radio-data"] == "confirmed"
    respelled = {one.name: one.after for one in differences(load(), new) if one.kind == "respelled"}
    assert respelled["rri-lv1-hdf5-radio-data"] == "RRI_lv1_HDF5_radio-data"
    assert respelled["kp"] == "Kp"
    request = edexql.compile("product rri-lv1-hdf5-radio-data; date 2019; kp >= 5; altitude < 500", vocabulary=new)
    assert {"Kp", "Altitude"} <= set(request.parameters)


def test_new_fields_can_be_asked_for_with_what_is_told_of_them():
    listed = [{"name": "Solar Wind", "min": 0, "max": 2000, "unit": "km/s", "label": "speed"}, {"key": "date"}, "2b"]
    new, _ = updated(geophysical=listed)
    field = new.field("solar-wind")
    assert (field.wire, field.tab, field.unit, field.low, field.high) == ("Solar Wind", "geophysical", "km/s", 0, 2000)
    assert "value shape guessed" in field.source
    assert new.field("date-field").wire == "date"
    assert new.field("field-2b").wire == "2b"
    request = edexql.compile("product fai-*; date 2019; solar-wind 300..400", vocabulary=new)
    assert request.parameters["Solar Wind"] == [[300, 400]]


EXPERIMENTS = {
    "pairs": [["Point of Interest", "Fort McMurray Fire"], ["Point of Interest", "New"], ["Other", "One"]],
    "by group": {"Point of Interest": ["Fort McMurray Fire", "New"], "Other": ["One"]},
    "lists of groups": [["Point of Interest", ["Fort McMurray Fire", "New"]], ["Other", ["One"]]],
    "objects of groups": [
        {"name": "Point of Interest", "tags": [{"name": "Fort McMurray Fire"}, "New"]},
        {"group": "Other", "tags": ["One"]},
    ],
    "objects of tags": [
        {"group": "Point of Interest", "tag": "Fort McMurray Fire"},
        {"category": "Point of Interest", "name": "New"},
        {"group": "Other", "tag": "One"},
    ],
}


@pytest.mark.parametrize("form", EXPERIMENTS)
def test_experiments_are_read_in_every_form(form):
    new, _ = updated(experiments=EXPERIMENTS[form])
    groups = {name: list(tags) for name, (_, tags) in new.groups().items()}
    assert groups == {"Point of Interest": ["Fort McMurray Fire", "New"], "Other": ["One"]}
    assert all(group.confirmed and all(tag.confirmed for tag in tags.values()) for group, tags in new.groups().values())


def test_a_group_keeps_the_tags_that_are_not_listed():
    new, made = updated(experiments=[["Point of Interest", "New"]])
    _, tags = new.groups()["Point of Interest"]
    assert {name: tag.confirmed for name, tag in tags.items()} == {"Fort McMurray Fire": False, "New": True}
    assert made["about"]["unlisted"] == {"experiments": ["Point of Interest > Fort McMurray Fire"]}


def test_tags_without_a_group_are_those_known_or_in_a_group_that_is_not_confirmed():
    new, _ = updated(experiments=["Fort McMurray Fire", "New"])
    group, tags = new.groups()["Point of Interest"]
    assert (group.confirmed, tags["Fort McMurray Fire"].confirmed) == (False, True)
    group, tags = new.groups()[UNGROUPED]
    assert (group.confirmed, tags["New"].confirmed) == (False, True)


def test_known_entries_that_are_not_listed_are_told_and_left_as_they_are():
    new, made = updated(products=[FAI])
    assert FAI not in made["about"]["unlisted"]["products"]
    assert "rri-lv1-hdf5-radio-data" in made["about"]["unlisted"]["products"]
    assert not new.product("rri-lv1-hdf5-radio-data").confirmed
    assert "experiments" not in made["about"]["unlisted"]


def test_an_update_of_an_update_changes_nothing():
    answers = {"products": PRODUCTS["by instrument"], "experiments": EXPERIMENTS["pairs"], "geophysical": ["kp", "x y"]}
    once, _ = updated(**answers)
    twice, _ = updated(once, **answers)
    assert differences(once, twice) == ()


def test_differences_are_told_entry_by_entry():
    old = load()
    data = {**old.data, "products": [{**old.data["products"][0], "title": "Other"}, *old.data["products"][2:]]}
    found = differences(old, Vocabulary(data))
    gone = old.data["products"][1]["name"]
    assert [(one.name, one.kind) for one in found] == [(FAI, "changed"), (gone, "gone")]
    assert found[0].after == "title Other"
    assert differences(old, old) == ()
    assert [(one.name, one.kind) for one in differences(Vocabulary(data), old)] == [(FAI, "changed"), (gone, "new")]


# Anything


_TEXTS = st.text(max_size=8) | st.sampled_from(
    [
        *(FAI, "kp", "Kp", "altitude", "alt", "date", "fai", "FAI", "name", "tags", "data", "title", "min", "max"),
        *("unit", "Point of Interest", "Fort McMurray Fire", "日本", "\ud800", "\x1b", "and", "product", "", " "),
    ]
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(sorted(CATALOGUES)), _ANY))
def test_whatever_the_catalogues_are_the_vocabulary_can_be_loaded_and_used(tmp_path_factory, answers):
    made = overlay(answers, load(), HERE, WHEN)
    path = str(tmp_path_factory.getbasetemp() / "any.json")
    store(path, made)
    vocabulary = load(path)
    for section in ("products", "fields"):
        for entry in made[section]:
            assert entry["confirmed"]
            known = vocabulary.product(entry["name"]) if section == "products" else vocabulary.field(entry["name"])
            assert known.wire == entry["wire"]
    for name in (entry["name"] for entry in made["products"]):
        assert edexql.compile(f"product {name}; date 2019-05-01", vocabulary=vocabulary).parameters["product"]
    differences(load(), vocabulary)


@given(st.dictionaries(st.sampled_from(sorted(CATALOGUES)), _ANY))
def test_an_update_takes_nothing_away(answers):
    new, _ = updated(**answers)
    assert "gone" not in {one.kind for one in differences(load(), new)}
    assert "doubted" not in {one.kind for one in differences(load(), new)}


@pytest.mark.parametrize("pairs", ["group and word", "word and title"])
@pytest.mark.parametrize("inside", [list, dict])
def test_what_is_nested_without_end_is_told(pairs, inside):
    value = "deep"
    for _ in range(50_000):
        value = [value] if inside is list else {"a": value}
    found = words(value, pairs)
    assert len(found.words) + len(found.not_understood) == 1


def test_a_long_catalogue_is_read_in_time():
    new, _ = updated(
        products=[f"product-{number}" for number in range(20_000)],
        experiments=[["one", f"Tag {number}"] for number in range(20_000)],
        geophysical=["日" * (number % 200) + "本" for number in range(2_000)],
    )
    assert len(new.products) >= 20_000
    assert len(new.groups()["one"][1]) == 20_000


def test_a_catalogue_without_end_is_cut_and_that_is_told():
    found = words(["a"] * 10**6, "word and title")
    assert len(found.words) == 1
    assert found.not_understood
