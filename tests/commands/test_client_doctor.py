"""`edexql doctor`: what works and what does not, each with its way out, and never for longer than asked."""

from __future__ import annotations

import json
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import run
from edexql.client.credentials import public_proxy_url
from edexql.client.vocabulary.update import overlay, store
from edexql.model.vocabulary import load
from stand_in import Answer, StandIn, as_in_the_tutorial, nobody_there, page

NAMES = [
    *("edexql", "extras", "configuration", "state", "disk", "proxy"),
    *("vocabulary", "catalogue", "engines", "service", "archive"),
]
DAY = Answer(200, b'<html><title>Index of /</title><a href="FAI/">FAI/</a></html>', (("Content-Type", "text/html"),))


@pytest.fixture
def alone(tmp_path):
    """An environment of its own."""
    proxies = dict.fromkeys(("EDEXQL_CATALOGUE", "EDEXQL_VOCABULARY", "EDEXQL_CONFIG", "EDEXQL_FOLDER"))
    return {"XDG_CONFIG_HOME": str(tmp_path), "EDEXQL_STATE": str(tmp_path / "state"), **proxies}


def both(received):
    return DAY if received.path == "/2019/05/01/" else as_in_the_tutorial(received)


def doctor(*words: str, **changes):
    """The exit code, and what was found by its name."""
    done = run("doctor", "--output", "json", *words, **changes)
    found = json.loads(done.out)
    assert [one["name"] for one in found] == NAMES
    return done.code, {one["name"]: one for one in found}


def network(url: str) -> dict[str, str]:
    return {"EDEXQL_SERVICE_LISTING": url, "EDEXQL_ARCHIVE_ADDRESS": url}


def test_all_is_well_and_the_services_were_asked_once_each(alone):
    with StandIn(both) as service:
        code, found = doctor(**alone, **network(service.url))
    assert code == 0
    assert {name: one["state"] for name, one in found.items()} == {
        **dict.fromkeys(NAMES, "ok"),
        "vocabulary": "unknown",
    }
    assert "lists 3 files" in found["service"]["told"]
    assert "1 folder and 0 files" in found["archive"]["told"]
    assert sorted((one.method, one.path) for one in service.requests) == [
        ("GET", "/2019/05/01/"),
        ("GET", "/api_fetch_data"),
    ]


def test_lines_are_for_people(alone):
    done = run("doctor", "--offline", **alone)
    assert (done.code, done.err) == (0, "")
    assert [line.split()[1] for line in done.out.splitlines() if not line.startswith(" ")] == NAMES
    assert "edexql vocabulary update" in done.out


def test_offline_asks_nobody(alone):
    with StandIn(both) as service:
        code, found = doctor("--offline", **alone, **network(service.url))
        assert service.requests == []
    assert code == 0
    assert (found["service"]["state"], found["archive"]["state"]) == ("unknown", "unknown")


def test_a_service_that_refuses_is_told_in_its_own_words(alone):
    with StandIn(page(503, "Down for maintenance")) as service:
        code, found = doctor(**alone, **network(service.url))
    assert code == 1
    assert "503" in found["service"]["told"]
    assert "Down for maintenance" in found["service"]["told"]
    assert (found["service"]["state"], found["archive"]["state"]) == ("not", "not")


def test_nobody_there_is_no_traceback(alone):
    with nobody_there() as url:
        code, found = doctor(**alone, **network(url))
    assert code == 1
    assert "refused" in found["service"]["told"]
    assert found["archive"]["way_out"]


def test_nothing_waits_for_longer_than_it_is_allowed_to(alone):
    released = threading.Event()

    def silent(received):
        released.wait(60)
        return Answer(200)

    with StandIn(silent) as service:
        code, found = doctor("--patience", "0.3", **alone, **network(service.url))
        assert not released.is_set()
        released.set()
    assert code == 1
    assert "did not answer in 0.3 s" in found["service"]["told"]
    assert "did not answer in 0.3 s" in found["archive"]["told"]


def test_a_mistaken_configuration_is_told_and_the_rest_is_looked_at(alone, tmp_path):
    (tmp_path / "edexql").mkdir()
    (tmp_path / "edexql" / "config.toml").write_text("[network]\ntires = 3\n")
    code, found = doctor("--offline", **alone)
    assert code == 1
    assert found["configuration"]["state"] == "not"
    assert "tires" in found["configuration"]["told"]


def test_folders_that_are_none_are_told(alone, tmp_path):
    (tmp_path / "file").write_text("")
    path = str(tmp_path / "file")
    code, found = doctor("--offline", **{**alone, "EDEXQL_STATE": path, "EDEXQL_FOLDER": path})
    assert code == 1
    assert "is not a folder" in found["state"]["told"]
    assert "EDEXQL_STATE" in found["state"]["way_out"]
    assert "is not a folder" in found["disk"]["told"]


def test_looking_leaves_nothing_behind(alone, tmp_path):
    doctor("--offline", **alone)
    assert os.listdir(tmp_path) == []


def test_a_proxy_is_named_without_its_password(alone):
    code, found = doctor("--offline", **alone, https_proxy="http://me:secret@proxy.example:3128", no_proxy="edex.none")
    assert code == 0
    assert "through http://proxy.example:3128" in found["proxy"]["told"]
    assert "secret" not in json.dumps(found)


def test_an_update_of_the_vocabulary_is_told_with_its_age(alone, tmp_path):
    path = str(tmp_path / "state" / "vocabulary.json")
    store(path, overlay({"products": ["fai-lv1-hdf5-images"]}, load(), "https://eo.example", "2020-01-02T03:04:05Z"))
    _, found = doctor("--offline", **alone)
    assert found["vocabulary"]["state"] == "unknown"
    assert "2020-01-02T03:04:05Z" in found["vocabulary"]["told"]
    assert "days ago" in found["vocabulary"]["told"]
    assert "out of date" in found["vocabulary"]["way_out"]


def test_a_broken_vocabulary_and_a_catalogue_that_is_not_there_are_told(alone, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "vocabulary.json").write_text("{")
    code, found = doctor("--offline", **{**alone, "EDEXQL_CATALOGUE": str(tmp_path / "none")})
    assert code == 1
    assert (found["vocabulary"]["state"], found["catalogue"]["state"]) == ("not", "not")
    assert "vocabulary update" in found["vocabulary"]["way_out"]


@pytest.mark.parametrize("patience", ["0", "-1", "soon", "nan"])
def test_a_patience_that_is_none_is_refused(patience):
    assert run("doctor", "--offline", f"--patience={patience}").code == 2


def test_the_password_of_a_service_is_not_shown(alone):
    with nobody_there() as url:
        code, found = doctor(**alone, **network(url.replace("//", "//me:secret@")))
    assert code == 1
    assert "secret" not in json.dumps(found)


words = st.text("abcXYZ019@:.-_~!$&'()*+,;=%/?#", max_size=12)


@given(st.sampled_from(["http", "https", "socks5"]), words, words, st.sampled_from(["", "/a", "/a/b"]))
def test_no_part_of_a_password_is_shown(scheme, user, password, path):
    shown = public_proxy_url(f"{scheme}://{user}:{password}@proxy.example:3128{path}")
    assert shown == public_proxy_url(shown) == f"{scheme}://proxy.example:3128{path}"


def test_engines_are_named_and_one_of_them_is_looked_at(alone, tmp_path):
    _, found = doctor("--offline", **alone)
    assert found["engines"]["told"].startswith("local, edex, duckdb (duckdb ")
    code, found = doctor("--offline", "--engine", "duckdb", "--at", str(tmp_path / "nowhere"), **alone)
    assert (code, found["engines"]["state"]) == (1, "not")
    assert found["engines"]["told"].startswith("there is no folder ")
    assert "`edexql catalogue export FOLDER` writes an export" in found["engines"]["way_out"]
