"""A browser, and the workbench that it shows."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING

import pytest

from workbench_browser import CHROMIUM, FLAGS, QUERY, Server, browsing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from workbench_browser import Workbench


# Without Playwright the other tests run as they do.
collect_ignore_glob = [] if importlib.util.find_spec("playwright") else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        launched = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A workbench over the sample catalogue, with a query file."""
    folder = tmp_path_factory.mktemp("workbench")
    (folder / "may.edq").write_text(QUERY)
    running = Server(folder, str(folder / "may.edq")).start()
    yield running
    running.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def workbench(context: BrowserContext, server: Server) -> Iterator[Workbench]:
    yield from browsing(context, server)
