"""`edexql vocabulary update`, and what every command knows after it."""

from __future__ import annotations

import json
import os
import time

import pytest

from commands import run
from edexql.client.vocabulary.update import CATALOGUES
from edexql.commands.vocabulary import age
from edexql.model.vocabulary import load
from edexql.server.app import vocabulary_lists
from serving import serve
from stand_in import Answer, StandIn, nobody_there
from tutorial import QUERY, WIRE

pytestmark = pytest.mark.slow

NEW = "product shiny-new; date 2019-05-01"
STORM = "product fai-lv1-hdf5-images; date 2019-05-01; kp 5..8"
LISTS = dict(zip(CATALOGUES.values(), vocabulary_lists(load()).values(), strict=True))


@pytest.fixture
def alone(tmp_path):
    """An environment of its own."""
    kept = dict.fromkeys(("EDEXQL_VOCABULARY", "EDEXQL_CONFIG", "EDEXQL_SERVICE_LISTING"))
    return {"EDEXQL_STATE": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config"), **kept}


def eo(**changes):
    """A service that lists what is known, with other lists in place of some, or None for one that it lacks."""
    lists_now = {**LISTS, **{CATALOGUES[name]: value for name, value in changes.items()}}

    def answer(received):
        found = lists_now.get(received.path.strip("/"))
        return Answer(404, b"") if found is None else Answer(200, json.dumps(found).encode())

    return StandIn(answer)


def update(service, *words: str, **alone):
    return run("vocabulary", "update", "--from", service.url, *words, **alone)


def kept(alone) -> str:
    return os.path.join(alone["EDEXQL_STATE"], "vocabulary.json")


def test_our_own_service_confirms_what_it_takes_and_commands_no_longer_warn(tmp_path, alone):
    assert "W601" in run("compile", "-e", STORM, **alone).err
    with serve(tmp_path / "served") as service:
        done = update(service, **alone)
    assert done.code == 0
    assert "kp" in done.out
    assert {line.split()[-1] for line in done.out.splitlines()} == {"confirmed"}
    assert f"saved to {kept(alone)}" in done.err
    assert run("compile", "-e", STORM, **alone).err == ""
    assert run("compile", "--compact", "-e", QUERY, **alone).out == f"{WIRE.decode()}\n"


def test_a_new_word_can_be_used_in_queries_after_it(alone):
    with eo(products=[*LISTS[CATALOGUES["products"]], "Shiny New"]) as service:
        assert run("compile", "-e", NEW, **alone).code == 1
        done = update(service, **alone)
    assert "products     shiny-new" in done.out
    assert "new, spelled Shiny New" in done.out
    assert '"Shiny New"' in run("compile", "-e", NEW, **alone).out
    assert run("vocabulary", "products", "shiny", **alone).out.splitlines()[1].split() == ["shiny-new", "confirmed"]


def test_a_dry_run_shows_the_same_and_keeps_nothing(alone):
    with eo() as service:
        tried = update(service, "--dry-run", **alone)
        assert not os.path.exists(kept(alone))
        assert update(service, **alone).out == tried.out
    assert tried.err.endswith("nothing was saved\n")


def test_a_second_update_has_nothing_to_tell(alone):
    with eo() as service:
        update(service, **alone)
        done = update(service, **alone)
    assert done.code == 0
    assert "confirmed" not in done.out


def test_a_list_that_is_missing_takes_nothing_away(alone):
    with eo(products=[*LISTS[CATALOGUES["products"]], "shiny-new"]) as service:
        update(service, **alone)
    with eo(products=None) as service:
        done = update(service, **alone)
    assert done.code == 1
    assert "no list of products" in done.err
    assert "gone" not in done.out
    assert run("compile", "-q", "-e", NEW, **alone).code == 0


def test_a_word_that_is_listed_no_longer_is_told(alone):
    with eo(products=[*LISTS[CATALOGUES["products"]], "shiny-new"]) as service:
        update(service, **alone)
    with eo() as service:
        done = update(service, **alone)
    assert done.code == 0
    assert "gone, it was spelled shiny-new" in done.out
    assert run("compile", "-q", "-e", NEW, **alone).code == 1


def test_no_service_changes_nothing(alone):
    with eo() as service:
        update(service, **alone)
    with open(kept(alone), "rb") as file:
        before = file.read()
    with nobody_there() as url:
        done = run("vocabulary", "update", "--from", url, **alone)
    assert (done.code, done.out) == (3, "")
    with open(kept(alone), "rb") as file:
        assert file.read() == before


def test_machines_get_the_differences(alone):
    with eo(products=["fai-lv1-hdf5-images", None, "x"]) as service:
        done = update(service, "--output", "json", **alone)
    found = json.loads(done.out)
    assert found["service"] == service.url
    assert found["path"] == kept(alone)
    assert found["failed"] == {}
    assert found["not_understood"] == {"products": ["null"]}
    assert {"section": "products", "name": "x", "kind": "new", "before": "", "after": "x"} in found["differences"]
    assert "not understood in the list of products" in done.err


def test_a_recorded_update_can_be_replayed(tmp_path, alone):
    with eo() as service:
        recorded = update(service, "--dry-run", "--record", str(tmp_path / "kept"), **alone)
    replayed = update(service, "--dry-run", "--replay", str(tmp_path / "kept"), **alone)
    assert recorded.code == 0
    assert replayed == recorded


def test_what_a_service_lists_cannot_write_on_the_terminal(alone):
    with eo(products=["bad\x1b[31m\u202eword"]) as service:
        done = update(service, **alone)
    listed = run("vocabulary", "products", **alone)
    for told in (done, listed):
        assert told.code == 0
        assert "\x1b" not in told.out + told.err
        assert "\u202e" not in told.out + told.err


@pytest.mark.parametrize("content", [b"{", b'{"products": 1}', b"[]", b"\xff", b'{"products": [{"name": 3}]}'])
def test_what_was_kept_and_is_broken_is_told_and_made_anew(content, alone):
    os.makedirs(alone["EDEXQL_STATE"])
    with open(kept(alone), "wb") as file:
        file.write(content)
    done = run("compile", "-e", QUERY, **alone)
    assert (done.code, done.out) == (2, "")
    assert "vocabulary.json" in done.err
    assert "edexql vocabulary update" in done.err
    with eo() as service:
        done = update(service, **alone)
    assert done.code == 0
    assert "created again" in done.err
    assert run("compile", "-e", QUERY, **alone).code == 0


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path, alone):
    (tmp_path / "file").write_text("")
    with eo() as service:
        done = update(service, **{**alone, "EDEXQL_STATE": str(tmp_path / "file")})
    assert done.code == 2
    assert "cannot write" in done.err


def test_the_vocabulary_tells_how_old_the_update_is(alone):
    assert run("vocabulary", "products", **alone).err == ""
    with eo() as service:
        update(service, **alone)
    done = run("vocabulary", "products", **alone)
    assert done.err.startswith(f"note: with the lists of {service.url} of 20")
    assert done.err.endswith(", today\n")


def test_files_that_are_named_win_over_what_was_kept(tmp_path, alone):
    with eo() as service:
        update(service, **alone)
    for name, wire in (("a", "Kp_A"), ("b", "Kp_B"), ("c", "Kp_C")):
        (tmp_path / f"{name}.json").write_text(json.dumps({"fields": [{"name": "kp", "wire": wire}]}))
    a, b, c = (str(tmp_path / f"{name}.json") for name in "abc")
    command = ["compile", "-q", "--compact", "-e", STORM]
    assert '"Kp_A"' in run(*command, **{**alone, "EDEXQL_VOCABULARY": a}).out
    assert '"Kp_B"' in run(*command, **{**alone, "EDEXQL_VOCABULARY": os.pathsep.join((a, b))}).out
    assert '"Kp_C"' in run(*command, "--vocabulary", c, **{**alone, "EDEXQL_VOCABULARY": a}).out
    (tmp_path / "config" / "edexql").mkdir(parents=True)
    (tmp_path / "config" / "edexql" / "config.toml").write_text(f"[paths]\nvocabulary = [{json.dumps(b)}]\n")
    assert '"Kp_B"' in run(*command, **alone).out


def test_every_update_is_seen_in_the_repl_at_once(alone):
    with eo(products=["shiny-new"]) as one, eo(products=["Shiny New"]) as other:
        lines = [f"vocabulary update --from {one.url}", f"compile -q -e '{NEW}'"]
        lines += [f"vocabulary update --from {other.url}", f"compile -q -e '{NEW}'"]
        done = run("repl", stdin="\n".join(lines) + "\n", **alone)
    assert done.code == 0, done.err
    assert '"shiny-new"' in done.out
    assert '"Shiny New"' in done.out


def test_a_configuration_that_is_named_has_to_be_there(tmp_path, alone):
    done = run("compile", "-e", QUERY, **{**alone, "EDEXQL_CONFIG": str(tmp_path / "none.toml")})
    assert (done.code, done.out) == (2, "")
    assert "none.toml: No such file" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["products", "--from", "http://x.example"],
        ["--dry-run"],
        ["update", "fai"],
        ["update", "--from", "ftp://x.example"],
        ["update", "--record", "a", "--replay", "b"],
    ],
)
def test_wrong_usage_is_refused(words, alone):
    done = run("vocabulary", *words, **alone)
    assert (done.code, done.out) == (2, "")


def test_ages_are_in_whole_days():
    def ago(days):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * 86400 - 60))

    assert [age(ago(days)) for days in (0, 1, 12)] == [", today", ", 1 day ago", ", 12 days ago"]
    assert age("someday") == ""
