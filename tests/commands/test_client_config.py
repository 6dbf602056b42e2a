"""`edexql config`: what is set, where that came from, and a file to begin with."""

from __future__ import annotations

import json
import os
import sys
from itertools import takewhile

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import run
from edexql.base import system
from edexql.client.settings.configuration import Configuration, read
from edexql.client.settings.declarations import SETTINGS
from edexql.commands.config import _toml, example
from places import ROOT


@pytest.fixture
def alone(tmp_path):
    """An environment in which nobody has configured anything."""
    return {"XDG_CONFIG_HOME": str(tmp_path), **dict.fromkeys(setting.variable for setting in SETTINGS.values())}


def test_every_setting_is_shown_with_its_value_and_origin(alone):
    done = run("config", **alone)
    assert (done.code, done.err) == (0, "")
    rows = [line.split() for line in done.out.splitlines()]
    assert [row[0] for row in rows] == list(SETTINGS)
    assert {row[2] for row in rows} == {"default"}
    assert "unconfirmed" in next(line for line in done.out.splitlines() if line.startswith("direct.start_endpoint"))


def test_a_variable_wins_over_the_file_and_both_are_named(tmp_path, alone):
    path = tmp_path / "edexql" / "config.toml"
    path.parent.mkdir()
    path.write_text('[network]\ntries = 3\nabout = "mailto:a@b.example"\n')
    done = run("config", "network.tries", "network.about", "--output", "json", **{**alone, "EDEXQL_NETWORK_TRIES": "9"})
    about, tries = json.loads(done.out)
    assert (tries["value"], tries["origin"]) == (9, "EDEXQL_NETWORK_TRIES")
    assert (about["value"], about["origin"]) == ("mailto:a@b.example", f"{path}:3")


def test_no_password_of_an_address_is_shown(alone):
    secrets = {"EDEXQL_SMTP": "smtps://me:secret@mail.example", "EDEXQL_SERVICE_LISTING": "https://me:secret@x.example"}
    for words in ([], ["--output", "json"]):
        done = run("config", *words, **{**alone, **secrets})
        assert done.code == 0
        assert "mail.example" in done.out
        assert "secret" not in done.out
    done = run("serve", "--smtp", "http://me:secret@mail.example", **alone)
    assert done.code == 2
    assert "mail.example" in done.err
    assert "secret" not in done.err


@pytest.mark.parametrize("name", ["unpacking", "unpacking.*"])
def test_a_section_is_shown_by_its_name(name, alone):
    names = [line.split()[0] for line in run("config", name, **alone).out.splitlines()]
    assert names == [full for full in SETTINGS if full.startswith("unpacking.")]


def test_a_name_of_none_gets_the_near_one(alone):
    done = run("config", "network.trise", **alone)
    assert (done.code, done.out) == (2, "")
    assert "did you mean `network.tries`?" in done.err


def test_the_path_is_that_of_the_file_that_is_read(tmp_path, alone):
    assert run("config", "--path", **alone).out == f"{tmp_path}/edexql/config.toml\n"
    assert run("config", "--path", **{**alone, "EDEXQL_CONFIG": "other.toml"}).out == "other.toml\n"
    assert run("config", "--path", "--config", "third.toml", **alone).out == "third.toml\n"


def test_all_that_is_wrong_is_told_and_no_value_shown(tmp_path, alone):
    path = tmp_path / "mine.toml"
    path.write_text('[network]\ntires = 3\n[service]\nmethod = "PUT"\n')
    done = run("config", "--config", str(path), **alone)
    assert (done.code, done.out) == (2, "")
    assert "mine.toml:2: there is no setting `tires`" in done.err
    assert "mine.toml:4: method must be" in done.err


def test_the_example_is_read_back_as_the_defaults(tmp_path, alone):
    done = run("config", "--example", **alone)
    assert (done.code, done.out, done.err) == (0, example(), "")
    (tmp_path / "example.toml").write_text(done.out)
    found, defaults = read(str(tmp_path / "example.toml"), {}), Configuration()
    assert all(found.value(name) == defaults.value(name) for name in SETTINGS)
    kinds = {name: origin.kind for name, origin in found.origins}
    for name, setting in SETTINGS.items():
        assert kinds[name] == ("default" if defaults.value(name) is None else "file")
        assert setting.title in done.out
        assert f"${setting.variable})" in done.out


def test_the_page_about_the_client_lists_every_setting():
    defaults = Configuration()
    lines = (ROOT / "docs" / "client.md").read_text("utf-8").splitlines()
    start = lines.index("| setting | default | what it is | variable |") + 2
    listed = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in takewhile(lambda line: line.startswith("|"), lines[start:])
    ]
    expected = []
    for name, setting in SETTINGS.items():
        value = defaults.value(name)
        shown = "" if value in (None, "", ()) else f"`{_toml(value)}`"
        expected.append([f"`{name}`", shown, setting.title, f"`{setting.variable}`"])
    assert listed == expected, "mend the table under `Configuration` in docs/client.md"


@given(st.text() | st.lists(st.text()).map(tuple) | st.integers(0, 10**18) | st.floats(0, 1e18))
def test_a_value_is_written_as_toml_has_it(value):
    if isinstance(value, str) and any(0xD800 <= ord(character) < 0xE000 for character in value):
        return
    if sys.version_info >= (3, 11):
        import tomllib as toml
    else:
        import tomli as toml
    found = toml.loads(f"x = {_toml(value)}")["x"]
    assert (tuple(found) if isinstance(found, list) else found) == value


def test_terminals_are_not_written_on(tmp_path, alone):
    (tmp_path / "mine.toml").write_text('[paths]\nfolder = "a\\u001b[31mb"\n')
    done = run("config", "paths", "--config", str(tmp_path / "mine.toml"), **alone)
    assert done.code == 0
    assert "\x1b" not in done.out


@pytest.mark.parametrize("words", [["--path", "network"], ["--example", "network"], ["--path", "--example"]])
def test_options_that_do_not_go_together_are_refused(words, alone):
    assert run("config", *words, **alone).code == 2


# Folders


ABSOLUTE = ["/a", "/a/", "/a b/c", "/"]
ODD = ["", " ", "relative", "~/x", " /a", "/a "]


@pytest.mark.parametrize("kind", ["state", "config"])
@pytest.mark.parametrize("named", [None, *ABSOLUTE, *ODD])
@pytest.mark.parametrize("home", [*ABSOLUTE, *ODD])
def test_folders_are_those_of_platformdirs(kind, named, home):
    variable = {"state": "XDG_STATE_HOME", "config": "XDG_CONFIG_HOME"}[kind]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", home)
        patch.delenv(variable, raising=False)
        if named is not None:
            patch.setenv(variable, named)
        find = platformdirs.user_state_dir if kind == "state" else platformdirs.user_config_dir
        try:
            expected = find("edexql", appauthor=False)
        except RuntimeError:
            # It finds no home; then the folder stands where HOME says, as it does in other versions.
            expected = os.path.join(home, {"state": ".local/state", "config": ".config"}[kind], "edexql")
        assert system.user_folder(kind) == expected


def test_a_home_that_names_no_folder_ends_no_command(tmp_path):
    unset = {"EDEXQL_STATE": None, "XDG_STATE_HOME": None, "XDG_CONFIG_HOME": None}
    done = run("compile", "-q", "-e", "kp 5", HOME="~/x", cwd=tmp_path, **unset)
    assert (done.code, done.err) == (0, "")
