"""Download strategies: each is registered, documented and offered, and what they make of items."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from edexql.client import strategies
from edexql.client.download.model import RemoteFile, Report
from edexql.client.settings.configuration import Configuration
from edexql.client.strategies.registry import STRATEGIES, remote_files
from edexql.client.strategies.strategy import Strategy, StrategyError
from edexql.commands import download
from edexql.commands.parser import Parser
from edexql.model.answer import listed
from places import ROOT
from tutorial import NAMES

LINK = "https://x.example/a/b%20c.h5?d=1"
PATH = "2019/05/01/FAI/other.zip"
FOLDER = Path(strategies.__path__[0])
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in ("__init__", "registry", "strategy"))


@pytest.mark.parametrize("name", MODULES)
def test_every_file_of_the_room_is_a_registered_strategy(name):
    strategy = import_module(f"{strategies.__name__}.{name}").STRATEGY
    assert isinstance(strategy, Strategy)
    assert STRATEGIES.get(strategy.name) is strategy, f"add {name}.STRATEGY to strategies/registry.py"
    assert f"\n{name} " in strategies.__doc__, f"add {name} to strategies/__init__.py"


def test_no_two_strategies_have_one_name():
    assert len(STRATEGIES) == len(MODULES), "a strategy is not in strategies/registry.py, or has the name of another"


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_is_documented(name):
    page = (ROOT / "docs/client.md").read_text("utf-8")
    assert f"\n| `{name}` | " in page, f"add {name} to the table of `--from` in docs/client.md"
    names = "\\|".join(sorted(STRATEGIES))
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    assert f"`--from {names}`" in page, f"write `--from {names}` in docs/commands.md"


def test_the_command_offers_every_strategy_with_its_summary():
    parser = Parser()
    download.arguments(parser)
    (option,) = [action for action in parser._actions if action.dest == "origin"]
    assert sorted(option.choices) == sorted(STRATEGIES)
    assert all(f"{strategy.name}: {strategy.summary}" in option.help for strategy in STRATEGIES.values())


@pytest.mark.parametrize("item", [LINK, LINK.upper(), PATH, NAMES[0], "", listed(f"{NAMES[0]}   540.57MB")])
def test_every_item_is_accepted_without_a_strategy_being_named(item):
    assert any(strategy.default and strategy.accepts(item) for strategy in STRATEGIES.values())
    assert len(remote_files([item], Configuration())) == 1


def test_items_of_all_kinds_keep_their_order():
    items = [PATH, LINK, listed(f"{NAMES[0]}   540.57MB"), "notes.txt", LINK, NAMES[1]]
    files = remote_files(items, Configuration())
    assert [file.name for file in files] == ["other.zip", "b c.h5", NAMES[0], "notes.txt", "b c.h5", NAMES[1]]
    assert [type(file) for file in files] == [RemoteFile, RemoteFile, RemoteFile, Report, RemoteFile, RemoteFile]
    assert files[1].url == LINK
    assert files[0].url.endswith(f"/{PATH}")
    assert files[2].size.admits(540_570_000)
    assert (files[3].state, files[3].code) == ("failed", "address")


@pytest.mark.parametrize(
    ("name", "item"),
    [("link", NAMES[0]), ("archive", LINK), ("direct", LINK), ("folder-tar", listed(NAMES[0]))],
)
def test_what_a_strategy_does_not_accept_is_named(name, item):
    with pytest.raises(StrategyError, match=f"is not .*; leave out `--from {name}`"):
        remote_files([item], Configuration(), name=name)


def test_a_folder_is_one_tar():
    (file,) = remote_files(["2019-05-01/fai"], Configuration(), name="folder-tar")
    assert (file.name, file.expected_kind, file.form) == ("2019-05-01-FAI.tar", "tar", ())


def test_what_the_configuration_does_not_allow_says_what_to_set():
    assert "direct.start_endpoint" in STRATEGIES["direct"].unavailable(Configuration())
    with pytest.raises(StrategyError, match=r"direct\.start_endpoint"):
        remote_files([listed(NAMES[0])], Configuration(), name="direct")
