"""The configuration: a file, the environment and flags, the later the stronger, and every slip told with its place."""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.client import endpoints
from edexql.client.http.limits import network_of
from edexql.client.http.session import session
from edexql.client.settings import kinds
from edexql.client.settings.configuration import (
    Configuration,
    ConfigurationError,
    default_path,
    read,
    rows,
    service_endpoints,
)
from edexql.client.settings.declarations import SECTIONS, SETTINGS, VARIABLES


def configured(tmp_path, text="", environment=None, flags=None):
    path = tmp_path / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(str(path), environment or {}, flags)


def attempted(path, flags=None):
    """The configuration of a file, or what is wrong with it."""
    try:
        return read(path, {}, flags), ()
    except ConfigurationError as error:
        return None, error.problems


def problems(tmp_path, text="", environment=None, flags=None):
    with pytest.raises(ConfigurationError) as caught:
        configured(tmp_path, text, environment, flags)
    return [problem.replace(str(tmp_path / "config.toml"), "FILE") for problem in caught.value.problems]


def test_without_a_word_everything_is_as_it_comes(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    found = read(environment={})
    assert found == Configuration(origins=found.origins)
    assert {origin.kind for _, origin in found.origins} == {"default"}
    assert service_endpoints(found) == endpoints.endpoints_of()


def test_the_user_s_own_file_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    os.makedirs(os.path.dirname(default_path()))
    with open(default_path(), "w") as file:
        file.write("[network]\ntries = 3\n")
    assert read(environment={}).network.tries == 3


def test_another_file_can_be_named_and_then_has_to_be_there(tmp_path):
    (tmp_path / "other.toml").write_text("[network]\ntries = 4\n")
    assert read(environment={"EDEXQL_CONFIG": str(tmp_path / "other.toml")}).network.tries == 4
    with pytest.raises(ConfigurationError, match="No such file"):
        read(environment={"EDEXQL_CONFIG": str(tmp_path / "none.toml")})
    with pytest.raises(ConfigurationError, match="No such file"):
        read(str(tmp_path / "none.toml"), {})


def test_flags_are_stronger_than_the_environment_and_that_than_the_file(tmp_path):
    text = "[network]\ntries = 1\nread = 1\nconnect = 1\n"
    variables = {"EDEXQL_NETWORK_TRIES": "2", "EDEXQL_NETWORK_READ": "2"}
    found = configured(tmp_path, text, variables, {"network.tries": 3, "network.total": None})
    assert (found.network.tries, found.network.read, found.network.connect) == (3, 2.0, 1.0)
    assert found.network.total == 10
    told = {row.name: row.origin.replace(str(tmp_path), "") for row in rows(found)}
    assert told["network.tries"] == "--tries"
    assert told["network.read"] == "EDEXQL_NETWORK_READ"
    assert told["network.connect"] == "/config.toml:4"
    assert told["network.total"] == "default"


# A value of each kind: as the text of a variable, and as TOML has it where that is not a text.
SAMPLES = {
    kinds.ADDRESS: ("http://x.example/base", None),
    kinds.BYTES: ("12345", "12345"),
    kinds.COUNT: ("12345", "12345"),
    kinds.DAYS: ("1.5", "1.5"),
    kinds.EMAIL: ("a@b.example", None),
    kinds.HEADER: ("institute/1", None),
    kinds.HOST: ("0.0.0.0", None),
    kinds.METHOD: ("post", None),
    kinds.PATH: ("/some/where", None),
    kinds.PATHS: (os.pathsep.join(("/a", "/b")), '["/a", "/b"]'),
    kinds.PLACE: ("new_name", None),
    kinds.PORT: ("1234", "1234"),
    kinds.RATIO: ("123.5", "123.5"),
    kinds.RELAY: ("smtp://u:p@x.example:25", None),
    kinds.SECONDS: ("1.5", "1.5"),
    kinds.CHECK_NAMES: ("group-rules, more", '["group-rules", "more"]'),
    kinds.WARNINGS: ("W601, w605", '["W605", "W601"]'),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_can_be_set_in_every_way(tmp_path, name):
    setting = SETTINGS[name]
    text, literal = SAMPLES[setting.kind]
    literal = literal or f'"{text}"'
    by_file = configured(tmp_path, f"[{setting.section}]\n{setting.name} = {literal}\n").value(name)
    by_variable = configured(tmp_path, "", {setting.variable: text}).value(name)
    by_flag = configured(tmp_path, "", {}, {name: text}).value(name)
    assert by_file == by_variable == by_flag
    assert by_file != Configuration().value(name)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_default_of_a_setting_is_one_of_its_values(name):
    value = Configuration().value(name)
    assert value in (None, "") or SETTINGS[name].kind.value(value) == value


def test_every_field_has_a_setting_and_every_setting_a_field():
    fields = {f"{section}.{name}" for section, made in SECTIONS.items() for name in made.__slots__}
    assert fields == set(SETTINGS)
    assert len(VARIABLES) == len(SETTINGS)


def test_the_names_that_are_not_known_of_edex_are_marked_so():
    doubtful = {row.name: row.value for row in rows(Configuration()) if row.doubt}
    assert doubtful == {"direct.start_endpoint": None, "direct.progress_endpoint": None}


def test_hosts_and_endpoints_and_the_method_can_be_others(tmp_path):
    text = """
[service]
listing = "https://edex.phys.ucalgary.ca/api/"
listing_endpoint = "/api"
delivery_endpoint = "prepareReport"
method = "post"
"""
    found = service_endpoints(configured(tmp_path, text))
    assert found.listing == "https://edex.phys.ucalgary.ca/api/api"
    assert found.delivery == "https://edex.phys.ucalgary.ca/prepareReport"
    assert found.method == "POST"


def test_all_that_is_wrong_is_told_at_once_with_its_place(tmp_path):
    text = """# mine
[netwrok]
tries = 3

[network]
tires = 3
read = "long"
connect = 0
total = true

[service]
method = "PUT"
listing = "edex.example"
"""
    assert problems(tmp_path, text, {"EDEXQL_FODLER": "x", "EDEXQL_NETWORK_TRIES": "many"}, {"paths.foldr": "x"}) == [
        "FILE:2: there is no section `netwrok`; did you mean `network`?",
        "FILE:6: there is no setting `tires` in network; did you mean `tries`?",
        "FILE:7: read must be a number of seconds above 0, not `long`",
        "FILE:8: connect must be a number of seconds above 0, not `0`",
        "FILE:9: total must be a whole number above 0, not `True`",
        'FILE:12: method must be "GET" or "POST", not `PUT`',
        "FILE:13: listing must be an address that begins with http:// or https://, not `edex.example`",
        "there is no variable `EDEXQL_FODLER`; did you mean `EDEXQL_FOLDER`?",
        "EDEXQL_NETWORK_TRIES must be a whole number above 0, not `many`",
        "there is no setting `paths.foldr`; did you mean `paths.folder`?",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tries = ", "FILE: not TOML: "),
        ("network = 3", "FILE:1: network is a section: write `[network]`"),
        (b"\xff", "FILE: byte 1 is not UTF-8"),
        ("[" * 100_000, "FILE: "),
        ("a = " + "[" * 100_000, "FILE: its values are nested too deep"),
        ("\x1b[31m = 3", "FILE: not TOML: "),
        ("x = 3\n" * 200_000, "FILE: not TOML: it is larger than 1 MiB"),
        ("[network]\ntries = 3\ntries = 4", "FILE: not TOML: "),
        ('["\\u001b[31m"]\nx = 1', "FILE"),
    ],
)
def test_a_file_that_is_none_is_told_in_one_line(tmp_path, text, told):
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(told)
    assert problem.isprintable()


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="directory"):
        read(str(tmp_path), {})


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert configured(tmp_path, b"\xef\xbb\xbf[network]\r\ntries = 3\r\n").network.tries == 3


def test_dotted_keys_are_told_with_their_line(tmp_path):
    assert problems(tmp_path, "\nnetwork.tires = 3") == [
        "FILE:2: there is no setting `tires` in network; did you mean `tries`?"
    ]


@pytest.mark.parametrize(
    ("value", "count"), [("64 GiB", 64 * 2**30), ("1.5kB", 1500), ("2TB", 2 * 10**12), ("500", 500), (500, 500)]
)
def test_sizes_can_be_written_with_their_unit(tmp_path, value, count):
    assert configured(tmp_path, flags={"unpacking.size": value}).unpacking.size == count


@pytest.mark.parametrize("value", ["many", "-1", "1.5", "1e99 GB", -1, True, 1.5, [1]])
def test_what_is_no_size_is_told(tmp_path, value):
    (problem,) = problems(tmp_path, flags={"unpacking.size": value})
    assert problem.startswith("--size must be a number of bytes")


@pytest.mark.parametrize(
    "address", ["http://", "ftp://x", "http://x:99999", "http://[::1", "http://a b", "http://x\n", "http://x/?a", ""]
)
def test_what_is_no_address_is_told(tmp_path, address):
    (problem,) = problems(tmp_path, flags={"archive.address": address})
    assert problem.startswith("--address must be an address")
    assert problem.isprintable()


@pytest.mark.parametrize("place", ["../x", "http://x/y", "a b", "", "a?b", "a//b"])
def test_what_is_no_part_of_an_address_is_told(tmp_path, place):
    (problem,) = problems(tmp_path, flags={"service.listing_endpoint": place})
    assert "the last part of an address" in problem


@pytest.mark.parametrize("name", ["two\nlines", "Zoë", " x", "\x1b[31m"])
def test_a_name_that_is_no_header_is_told(tmp_path, name):
    (problem,) = problems(tmp_path, flags={"network.user_agent": name})
    assert problem.isprintable()


def test_paths_may_begin_with_the_user_s_home(tmp_path):
    assert configured(tmp_path, flags={"paths.folder": "~/epop"}).paths.folder == os.path.expanduser("~/epop")


def test_an_empty_variable_is_none(tmp_path):
    assert configured(tmp_path, "", {"EDEXQL_NETWORK_TRIES": ""}).network.tries == Configuration().network.tries


def test_variables_of_other_programs_are_let_be(tmp_path):
    variables = {"EDEXQL_STATE": "x", "EDEXQL_SOMETHING_ELSE_ENTIRELY": "z", "PATH": "/"}
    assert configured(tmp_path, "", variables).origins == configured(tmp_path).origins


def test_a_session_is_held_to_the_configured_limits(tmp_path):
    text = "[network]\nabout = 'https://x.example'\nconnections = 2\nrequests = 7\n"
    with session(configured(tmp_path, text).network) as made:
        assert made.headers["User-Agent"].endswith(" (+https://x.example)")
        limits = network_of(made, "https://x.example")
    assert (limits.connections, limits.requests) == (2, 7)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*SETTINGS, "x.y"]), _ANY, max_size=5))
def test_any_value_is_taken_or_told_in_lines_that_can_be_shown(flags):
    found, problems = attempted(os.devnull, flags)
    assert all(problem.isprintable() for problem in problems)
    given_ones = {name for name, value in flags.items() if value is not None}
    assert problems or {name for name, origin in found.origins if origin.kind == "flag"} == given_ones


@given(st.binary(max_size=200) | st.text(alphabet='[]=".\n#networkies 1', max_size=80).map(str.encode))
def test_any_file_is_read_or_told_in_lines_that_can_be_shown(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    _, problems = attempted(str(path))
    assert all(re.match(re.escape(str(path)), problem) and problem.isprintable() for problem in problems)
