"""Files of a vocabulary: what they add, change, take out and replace."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from edexql.model.filename import span_of_name, version_of_name
from edexql.model.mission import Mission
from edexql.model.period import moment
from edexql.model.vocabulary import load, snapshot
from edexql.model.vocabulary.files import FIRST_LAUNCH, KEYWORDS, VocabularyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edexql.model.vocabulary import Vocabulary

    Loader = Callable[..., Vocabulary]


@pytest.fixture
def of(tmp_path: Path) -> Loader:
    """The vocabulary of files with some content, `own-1.json` and so on."""

    def loaded(*documents: Any) -> Vocabulary:
        paths = []
        for number, document in enumerate(documents, 1):
            path = tmp_path / f"own-{number}.json"
            path.write_text(json.dumps(document), encoding="utf-8")
            paths.append(str(path))
        return load(*paths)

    return loaded


def test_nothing_of_the_package_stays_where_a_file_replaces_it(of: Loader) -> None:
    vocabulary = of({"replace": True})
    assert vocabulary.constraint_names() == []
    assert not vocabulary.products
    assert not vocabulary.satellites
    assert not vocabulary.groups()
    assert vocabulary.only_satellite is None
    assert vocabulary.launch == FIRST_LAUNCH
    assert (vocabulary.date.wire, vocabulary.experiment.wire) == ("date", "experiment")
    said = {key: value for key, value in vocabulary.data.items() if key != "date"}
    assert not re.search(r"CAS|pop|calgary|Canad|\bfai\b", json.dumps(said), re.IGNORECASE)
    assert "Canad" not in json.dumps(vocabulary.data["date"])


def test_what_is_kept_is_as_in_the_package_and_in_its_order(of: Loader) -> None:
    vocabulary = of({"replace": True, "keep": ["fields/altitude", "fields/qd-*", "fields/kp", "fields/kp"]})
    assert list(vocabulary.fields) == ["kp", "altitude", "qd-latitude", "qd-longitude", "qd-mlt"]
    kept, own = vocabulary.field("kp"), snapshot().field("kp")
    assert kept is not None
    assert own is not None
    assert (kept.low, kept.high, kept.step, kept.quanta) == (own.low, own.high, own.step, own.quanta)
    # The mission's own file says what there is, and no service has another word for it.
    assert kept.confirmed
    assert kept.source == "as edexql has it"


def test_sections_that_are_kept_are_kept_whole(of: Loader) -> None:
    vocabulary = of({"replace": True, "keep": ["fields", "instruments/fai", "groups"]})
    assert list(vocabulary.fields) == list(snapshot().fields)
    assert list(vocabulary.instruments) == ["fai"]
    assert list(vocabulary.groups()) == list(snapshot().groups())
    assert "Canadian" not in json.dumps(vocabulary.data)
    assert "handbook" not in json.dumps(vocabulary.data)


def test_entries_of_a_file_stand_beside_what_it_keeps_and_are_confirmed(of: Loader) -> None:
    vocabulary = of(
        {
            "replace": True,
            "keep": ["fields/altitude"],
            "fields": [{"name": "altitude", "high": 600}, {"name": "density", "unit": "cm-3", "low": 0, "high": 1e7}],
            "instruments": [{"name": "vfm", "values": [{"name": "has-data"}, {"name": "burst", "confirmed": False}]}],
        }
    )
    altitude, density = vocabulary.field("altitude"), vocabulary.field("density")
    assert altitude is not None
    assert density is not None
    assert (altitude.high, altitude.unit, density.confirmed) == (600, "km", True)
    assert [entry.confirmed for entry in vocabulary.values("vfm").values()] == [True, False]


def test_a_field_of_the_package_is_kept_in_its_own_steps_whoever_names_it(of: Loader) -> None:
    vocabulary = of({"replace": True, "fields": [{"name": "kp", "tab": "geophysical", "low": 0, "high": 9}]})
    kp = vocabulary.field("kp")
    assert kp is not None
    assert kp.quanta == 3


def test_a_later_file_replaces_all_that_stood_before_it(of: Loader) -> None:
    vocabulary = of(
        {"fields": [{"name": "own"}]}, {"replace": True, "keep": ["fields/kp"]}, {"fields": [{"name": "b"}]}
    )
    assert list(vocabulary.fields) == ["kp", "b"]


def test_entries_are_taken_out_one_by_one(of: Loader) -> None:
    groups = {"groups": [{"name": "Point of Interest", "removed": True}]}
    vocabulary = of(
        {"fields": [{"name": "kp", "removed": True}], "instruments": [{"name": "fai", "removed": True}]},
        {"experiments": groups},
    )
    assert vocabulary.field("kp") is None
    assert vocabulary.instrument("fai") is None
    assert not vocabulary.groups()
    assert len(vocabulary.fields) == len(snapshot().fields) - 1


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "own-1.json: a vocabulary is a JSON object"),
        ({"replace": "yes"}, "own-1.json: replace must be true or false"),
        ({"keep": ["fields"]}, 'own-1.json: keep needs "replace": true'),
        ({"replace": True, "keep": ["fields/kq"]}, "own-1.json: keep: the package has no fields/kq"),
        ({"replace": True, "keep": ["mission"]}, "own-1.json: keep must be a list of sections and entries"),
        ({"field": []}, "own-1.json: unknown section 'field'; the sections are products, instruments, fields"),
        ({"fields": {}}, "own-1.json: fields must be a list of entries"),
        ({"fields": [{"name": "a"}, 1]}, "own-1.json: fields, entry 2 must be an object"),
        ({"fields": [{"title": "a"}]}, 'own-1.json: fields, entry 1: "name" is missing'),
        ({"fields": [{"name": "A b"}]}, "own-1.json: fields, entry 1: name must be a name as queries have it"),
        ({"fields": [{"name": "a", "lo": 1}]}, "own-1.json: fields, entry 1: unknown key 'lo'; the keys are name,"),
        ({"fields": [{"name": "a", "low": "1"}]}, "own-1.json: fields, entry 1: low must be a number or null"),
        ({"fields": [{"name": "a", "low": 2, "high": 1}]}, "own-1.json: the field a: low is greater than high"),
        (
            {"instruments": [{"name": "a"}, {"name": "b", "values": [{"title": "on"}]}]},
            'own-1.json: instruments, entry 2, values, entry 1: "name" is missing',
        ),
        ({"fields": [{"name": "a"}, {"name": "a"}]}, "own-1.json: fields, entry 2: there are two entries a"),
        ({"fields": [{"name": "a", "removed": True}]}, "own-1.json: fields, entry 1: there is no a that could be"),
        (
            {"fields": [{"name": "kp", "removed": True, "low": 0}]},
            'own-1.json: fields, entry 1: an entry is taken out by its name and "removed": true alone',
        ),
        ({"date": {"removed": True}}, "own-1.json: date: unknown key 'removed'"),
        ({"fields": [{"name": "fai"}]}, "own-1.json: the field fai: fai is the name of the instrument fai, too"),
        (
            {"fields": [{"name": "a", "aliases": ["kp"]}]},
            "own-1.json: the field a: kp is the name of the field kp, too",
        ),
        ({"instruments": [{"name": "date"}]}, "own-1.json: the instrument date: date is the name of a word of the"),
        (
            {"products": [{"name": "p", "satellite": "swarm-a"}]},
            "own-1.json: the product p: no satellite swarm-a; there are cassiope",
        ),
        (
            {"products": [{"name": "p", "instrument": "FAI"}]},
            "own-1.json: products, entry 1: no instrument FAI; there are cer, fai, gap",
        ),
        (
            {"instruments": [{"name": "a", "values": [{"name": "Burst"}]}]},
            "own-1.json: instruments, entry 1, values, entry 1: name must be a name as queries have it",
        ),
        ({"satellites": [{"name": "DEMETER"}]}, "own-1.json: satellites, entry 1: name must be a name as queries"),
        ({"mission": {"launch": "soon"}}, "own-1.json: mission: launch must be an ISO 8601 time"),
        ({"service": {"listing": "here"}}, "own-1.json: service: listing must be an address that begins with https://"),
        ({"files": {"times": [r"_(\d{8})_"]}}, "own-1.json: files: times must be a list of regular expressions that"),
        (
            {"files": {"times": [r"(?P<day>\d{8})(?P<hour>\d\d)"]}},
            "unknown group hour; there are day, start, end_day, end",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_section_entry_and_key(of: Loader, document: Any, message: str) -> None:
    with pytest.raises(VocabularyError, match=re.escape(message)):
        of(document)


def test_words_that_begin_a_statement_are_the_name_of_nothing() -> None:
    import edexql

    for word in KEYWORDS:
        codes = [one.code for one in edexql.check(f"{word} >= 3") if one.is_error]
        assert codes, word


# What names of files say


def span(vocabulary: Vocabulary, name: str) -> tuple[str, str] | None:
    period = span_of_name(name, vocabulary.name_forms)
    if period is None or period.start is None or period.end is None:
        return None
    return moment(period.start).rstrip("Z"), moment(period.end).rstrip("Z")


@pytest.mark.parametrize(
    ("pattern", "name", "start", "end"),
    [
        (r"_(?P<day>\d{8})_v", "wi_h0_mfi_20140503_v05.cdf", "2014-05-03T00:00:00", "2014-05-04T00:00:00"),
        (r"\.(?P<day>\d{7})\.", "S13.2014123.nc", "2014-05-03T00:00:00", "2014-05-04T00:00:00"),
        (r"_(?P<day>\d{4}-\d{3})", "f17_2016-366_x.gz", "2016-12-31T00:00:00", "2017-01-01T00:00:00"),
        (r"(?P<day>\d{8})T(?P<start>\d{6})", "x20140503T120000_orbit", "2014-05-03T12:00:00", "2014-05-04T00:00:00"),
        (
            r"_(?P<day>\d{8})_(?P<start>\d{4})-(?P<end>\d{4})",
            "a_20140503_2330-0010.h5",
            "2014-05-03T23:30:00",
            "2014-05-04T00:10:01",
        ),
        (
            r"_(?P<day>\d{8})_(?P<end_day>\d{8})_",
            "monthly_20140501_20140531_x.nc",
            "2014-05-01T00:00:00",
            "2014-06-01T00:00:00",
        ),
    ],
)
def test_a_pattern_of_a_vocabulary_tells_the_times_in_a_name(
    of: Loader, pattern: str, name: str, start: str, end: str
) -> None:
    assert span(snapshot(), name) is None
    vocabulary = of({"files": {"times": [pattern]}})
    assert span(vocabulary, name) == (start, end)


def test_the_forms_of_times_that_are_known_stay_known(of: Loader) -> None:
    vocabulary = of({"files": {"times": [r"_(?P<day>\d{8})_v"]}})
    assert span(vocabulary, "X_20190501T150534_20190501T151306_1.h5") == ("2019-05-01T15:05:34", "2019-05-01T15:13:07")


@pytest.mark.parametrize("name", ["x_20141332_v1.cdf", "x_99999999_v1.cdf"])
def test_a_day_that_there_is_not_is_no_time(of: Loader, name: str) -> None:
    assert span(of({"files": {"times": [r"_(?P<day>\d{8})_v"]}}), name) is None


@pytest.mark.parametrize(
    ("pattern", "stem", "version"),
    [
        (r"_(\d\d)(\d\d)(?=\.)", "SW_OPER_MAGA_LR_1B_20140501T000000_20140501T235959.CDF.ZIP", (6, 2)),
        (r"_\d{4}(?=\.)", "SW_OPER_MAGA_LR_1B_20140501T000000_20140501T235959.CDF.ZIP", (602,)),
    ],
)
def test_a_pattern_of_a_vocabulary_tells_the_version_in_a_name(
    of: Loader, pattern: str, stem: str, version: tuple[int, ...]
) -> None:
    name = "SW_OPER_MAGA_LR_1B_20140501T000000_20140501T235959_0602.CDF.ZIP"
    assert version_of_name(name) == (name, ())
    assert version_of_name(name, of({"files": {"version": pattern}}).name_forms) == (stem, version)


def test_a_mission_is_what_its_sections_say(of: Loader) -> None:
    mission = snapshot().mission
    assert (mission.name, mission.title, mission.of) == ("e-POP", "e-POP data of CASSIOPE", " of e-POP")
    assert of({"replace": True}).mission == Mission()
    swarm = of({"replace": True, "mission": {"name": "Swarm"}, "service": {"listing": "https://swarm.example"}}).mission
    assert (swarm.title, swarm.listing, swarm.archive) == ("Swarm data", "https://swarm.example", None)


def test_a_service_sends_from_where_it_lists_unless_its_vocabulary_says_otherwise(of: Loader) -> None:
    listing = "https://a.example"
    assert of({"replace": True, "service": {"listing": listing}}).mission.delivery == listing
    assert of({"replace": True, "service": {"listing": listing, "delivery": None}}).mission.delivery is None
