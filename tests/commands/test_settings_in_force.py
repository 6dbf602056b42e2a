"""Every setting works wherever it says that it does: what is shown by `edexql config` is what commands go by."""

from __future__ import annotations

import io
import math
import os
import threading
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
import requests

from catalogues import OLD, take, tree
from edexql.cli import main
from edexql.cli import serve as service
from edexql.cli import service as shown
from edexql.client.archive.request import get
from edexql.client.delivery.direct import addresses
from edexql.client.download.batch import download
from edexql.client.download.connection import Connection
from edexql.client.download.model import RemoteFile, Watch
from edexql.client.errors import ServiceError
from edexql.client.http.session import session, user_agent
from edexql.client.settings.configuration import Configuration, read, service_endpoints
from edexql.client.settings.declarations import SETTINGS, Network
from edexql.client.unpack.model import Limits
from edexql.client.unpack.plan import plan
from edexql.commands import inputs
from edexql.compiler.request import Setting
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

QUERY = "product rri-lv1-hdf5-radio-data; date 2016-05-03"
DRY = ("fetch", "--dry-run", "-q", "-e", QUERY)
PARTS = (
    "[service]",
    'listing = "http://list.example"',
    'listing_endpoint = "list_here"',
    'delivery = "http://deliver.example"',
    'delivery_endpoint = "deliver_here"',
    'method = "POST"',
    "[archive]",
    'address = "http://archive.example"',
    "[direct]",
    'start_endpoint = "begin"',
    'progress_endpoint = "how_far"',
    "[network]",
    'user_agent = "institute/1"',
    'about = "http://about.example"',
    "requests = 11",
    "connections = 3",
    "total = 5",
    "connect = 1.5",
    "read = 2.5",
    "lowest_speed = 3.5",
    "window = 4.5",
    "tries = 7",
    "seconds = 55.5",
    "[unpacking]",
    "members = 12",
    "size = 3456",
    "ratio = 78.5",
    "depth = 9",
    "[paths]",
    'folder = "files-go-here"',
    'catalogue = "{catalogue}"',
    'vocabulary = ["{vocabulary}"]',
    "[check]",
    'allow = ["W606"]',
    'checks = ["installed-checks"]',
    "[serve]",
    # An address for documents (RFC 5737), which is that of no machine.
    'host = "192.0.2.1"',
    "port = 4567",
    'archive = "{archive}"',
    'upstream = "http://upstream.example"',
    'state = "/state/goes/here"',
    'smtp = "smtp://mail.example:2525"',
    'sender = "sender@x.example"',
    'address = "https://known.example/edex"',
    "days = 3.5",
)
VOCABULARY = '{"products": [{"name": "rri-of-mine", "wire": "rri-of-mine", "confirmed": true, "instrument": "rri"}]}'


LOADED: list[str] = []


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration in which no setting is as it comes, in force for this process."""
    take(tmp_path / "catalogue", tree(tmp_path / "tree"))
    (tmp_path / "vocabulary.json").write_text(VOCABULARY, encoding="utf-8")
    paths = {"catalogue": "catalogue", "vocabulary": "vocabulary.json", "archive": "tree"}
    text = "\n".join(PARTS).format(**{name: tmp_path / place for name, place in paths.items()})
    path = tmp_path / "edexql" / "config.toml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    # No package has checks here: what would be loaded is kept.
    monkeypatch.setattr("edexql.compiler.lint.installed.load", lambda *names: LOADED.extend(names))
    for name in list(os.environ):
        if name.startswith("EDEXQL_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return path


def said(*words: str, stdin: str = "", monkeypatch: pytest.MonkeyPatch | None = None) -> str:
    """Everything that a command writes."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    if monkeypatch is not None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
    with redirect_stdout(out), redirect_stderr(out):
        main([*words])
    return out.buffer.getvalue().decode()  # type: ignore[attr-defined]


class Reading:
    """A section of the configuration that keeps what is read of it."""

    def __init__(self, section: object) -> None:
        self._section = section
        self.values: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return self.values.setdefault(name, getattr(self._section, name))


class Unreachable(requests.adapters.BaseAdapter):
    """A network without services."""

    def send(self, *_: Any, **__: Any) -> Any:
        raise requests.ConnectionError

    def close(self) -> None:
        pass


def asked(name: str) -> Callable[[Configuration], Any]:
    """What a request reads of the section network."""

    def seen(configuration: Configuration) -> Any:
        network: Any = Reading(configuration.network)
        with session(network, Unreachable()) as made, pytest.raises(ServiceError):
            get("http://x.example/", made)
        return network.values.get(name)

    return seen


def transferred(name: str) -> Callable[[Configuration], Any]:
    """What a download reads of the section network."""

    def seen(configuration: Configuration) -> Any:
        network: Any = Reading(configuration.network)
        wanted = [RemoteFile("http://x.example/a.h5", "a.h5")]
        download(
            wanted,
            "files",
            network=network,
            watch=Watch(),
            stop=threading.Event(),
            carrier=lambda _: Unreachable(),
            first_pause=0,
        )
        return network.values.get(name)

    return seen


def supervised(name: str) -> Callable[[Configuration], Any]:
    """What is read of the section network when the speed of a connection is looked at."""

    def seen(configuration: Configuration) -> Any:
        network: Any = Reading(configuration.network)
        connection = Connection(network, ends_itself=True)
        connection.expect_body()
        connection.check_deadlines(math.inf)
        assert connection.cut_code == "slow"
        return network.values.get(name)

    return seen


def unpacked(name: str) -> Callable[[Configuration], Any]:
    """What is read of the section unpacking when an archive is looked into."""

    def seen(configuration: Configuration) -> Any:
        settings: Any = Reading(configuration.unpacking)
        with ZipFile("a.zip", "w") as archive:
            archive.writestr("a.h5", b"data")
        plan("a.zip", "target", limits=Limits(settings))
        return settings.values.get(name)

    return seen


def served(name: str) -> Callable[[Configuration], Any]:
    return lambda configuration: getattr(service.settings_of(configuration.serve, load(), "http://x", ()), name)


# What each setting is seen by: what a command says, or what is made of the configuration where it is used.
SEEN: dict[str, tuple[Callable[..., Any], Any]] = {
    "service.listing": (lambda _: "http://list.example/" in said(*DRY), True),
    "service.listing_endpoint": (lambda _: "/list_here\n" in said(*DRY), True),
    "service.method": (lambda _: said(*DRY).split()[0], "POST"),
    "service.delivery": (
        lambda found: service_endpoints(found).delivery.startswith("http://deliver.example/"),
        True,
    ),
    "service.delivery_endpoint": (lambda found: service_endpoints(found).delivery.endswith("/deliver_here"), True),
    "archive.address": (
        lambda _: said("availability", "2019-05-01", "--dry-run"),
        "GET http://archive.example/2019/05/01/\n",
    ),
    "direct.start_endpoint": (lambda found: addresses(found).start, "http://list.example/begin"),
    "direct.progress_endpoint": (lambda found: addresses(found).progress, "http://list.example/how_far"),
    "network.user_agent": (lambda found: user_agent(found.network), "institute/1"),
    "network.about": (
        lambda found: user_agent(Network(about=found.network.about)).endswith("(+http://about.example)"),
        True,
    ),
    "network.requests": (asked("requests"), 11),
    "network.connections": (transferred("connections"), 3),
    "network.total": (transferred("total"), 5),
    "network.connect": (transferred("connect"), 1.5),
    "network.read": (transferred("read"), 2.5),
    "network.lowest_speed": (supervised("lowest_speed"), 3.5),
    "network.window": (supervised("window"), 4.5),
    "network.tries": (transferred("tries"), 7),
    "network.seconds": (transferred("seconds"), 55.5),
    "unpacking.members": (unpacked("members"), 12),
    "unpacking.size": (unpacked("size"), 3456),
    "unpacking.ratio": (unpacked("ratio"), 78.5),
    "unpacking.depth": (unpacked("depth"), 9),
    "paths.folder": (lambda _: "files-go-here" in said("download", "--dry-run", OLD), True),
    "paths.catalogue": (lambda _: said("fetch", "--local", "--output", "names", "-e", QUERY).split()[0], OLD),
    "paths.vocabulary": (lambda _: "rri-of-mine" in said("compile", "-e", "product rri-of-mine"), True),
    "check.allow": (lambda _: "W606" in said("check", "-e", "product rri-lv1-hdf5-radio-data; date 2050"), False),
    "check.checks": (lambda _: "installed-checks" in (said("check", "-e", "kp 5.."), *LOADED), True),
    "serve.host": (lambda _: "cannot listen on 192.0.2.1," in said("serve"), True),
    "serve.port": (lambda _: "port 4567:" in said("serve"), True),
    "serve.archive": (lambda found: served("archive")(found).rpartition("/")[2], "tree"),
    "serve.upstream": (
        lambda found: shown.workbench_of(Setting(), None, found).upstream.url,
        "http://upstream.example",
    ),
    "serve.state": (served("state"), "/state/goes/here"),
    "serve.smtp": (lambda found: repr(served("mail_server")(found)), "MailServer(mail.example:2525)"),
    "serve.sender": (served("sender"), "sender@x.example"),
    "serve.address": (served("base"), "https://known.example/edex"),
    "serve.days": (served("lifetime"), 3.5 * 86400),
}


def test_every_setting_has_a_place_where_it_is_seen() -> None:
    assert set(SEEN) == set(SETTINGS), "a setting that nothing uses: say in SEEN what shows that it is in force"


@pytest.mark.parametrize("name", SEEN)
def test_a_setting_of_the_file_is_in_force(configured: Path, name: str) -> None:
    seen, expected = SEEN[name]
    found = read(None)
    assert dict(found.origins)[name].kind == "file", "the file above has to have every setting"
    assert found.value(name) != Configuration().value(name), "a value of its own, to be told from the default"
    assert seen(found) == expected, "the setting changes nothing where SEEN looks: nothing reads it there"


# The catalogue, which every command that asks one has to ask.

ASKING: dict[str, tuple[tuple[str, ...], str]] = {
    "fetch": (("fetch", "--local", "--output", "names", "-e", QUERY), OLD),
    "fetch --times": (("fetch", "--local", "--times", "-e", "rri has-data"), "2016-05-03T01:00:00Z"),
    "influence": (("influence", "-e", QUERY), "2 files"),
    "why": (("why", OLD, "-e", QUERY), f"{OLD}: matched"),
    "timeline": (("timeline", "--width", "20", "-e", QUERY), "2016-05-03T00:00:00Z"),
    "info": (("catalogue", "info"), "mgf-lv2-magnetic-field"),
    "files": (("catalogue", "files"), OLD),
    "sources": (("catalogue", "sources"), "tree"),
    "unrecognised": (("catalogue", "unrecognised"), "notes.pdf"),
    "doctor": (("doctor", "--offline"), "/catalogue, 7 files"),
}


@pytest.mark.parametrize("command", ASKING)
def test_every_command_asks_the_catalogue_of_the_configuration(configured: Path, command: str) -> None:
    words, expected = ASKING[command]
    found = said(*words)
    assert expected in found
    assert "sample" not in found


def test_the_prompt_asks_it_and_the_sample_when_told_to(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = f"use\n{QUERY}\nuse sample\n{QUERY}\nuse\n"
    found = said("repl", "--keep-going", stdin=lines, monkeypatch=monkeypatch)
    first, _, second = found.partition("the sample catalogue is asked")
    assert f"the catalogue in {configured.parent.parent / 'catalogue'} is asked" in first
    assert "2 files" in first
    assert "0 files" in second
    assert "(sample catalogue)" in second


def test_ingest_adds_to_it(configured: Path, tmp_path: Path) -> None:
    more = tree(tmp_path / "more", ["RRI/RRI_20160503_090000_091000_lv1_12.0.0.h5"])
    assert "tree: 2 files" in said("catalogue", "ingest", str(more))
    assert "RRI_20160503_090000" in said("fetch", "--local", "--output", "names", "-e", QUERY)


def test_the_variable_and_the_option_are_stronger(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = configured.parent / "none"
    monkeypatch.setenv("EDEXQL_CATALOGUE", str(other))
    assert said("catalogue", "info") == f"edexql: there is no catalogue in {other}\n"
    named = str(configured.parent.parent / "catalogue")
    assert "mgf-lv2" in said("catalogue", "info", "--catalogue", named)


def test_nobody_s_configuration_is_read_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in list(os.environ):
        if name.startswith("EDEXQL_"):
            monkeypatch.delenv(name)
    import argparse

    assert inputs.own(argparse.Namespace()) is None
    assert "the sample catalogue of edexql" in said("catalogue", "info")
