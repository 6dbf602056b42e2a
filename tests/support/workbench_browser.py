"""The workbench in a real browser: the program serves it as users start it, Chromium shows it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.request import Request, urlopen

from commands import EDEXQL, PATIENCE, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from playwright.sync_api import BrowserContext, Locator, Page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MILLISECONDS = 20_000
QUERY = """\
# May Day
product fai-lv1-hdf5-images
date 2019-05-01  # UTC
fai has-data
storm: kp >= 3
logic 1 AND 2 AND storm
"""


class Server:
    """`edexql workbench` as a process, on the same port each time that it is started."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder, self.words = folder, words
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None
        self.token = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/workbench/"

    def start(self) -> Server:
        log = self.folder / "log"
        with open(log, "w") as written:
            self._process = subprocess.Popen(
                [EDEXQL, "workbench", "--no-browser", "--port", str(self.port), *self.words],
                env=environment(EDEXQL_STATE=str(self.folder / "state")),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                text=True,
            )
        end = time.monotonic() + PATIENCE
        while not (given := re.search(r"#token=(\S+)", log.read_text())):
            assert self._process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        self.token = given[1]
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(PATIENCE)
            self._process = None

    def ask(self, name: str, **body: Any) -> Any:
        """What an endpoint answers."""
        request = Request(f"{self.address}api/{name}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)


class Shown(NamedTuple):
    """What the list beside the tabs says of a query."""

    products: list[str]
    constraints: list[tuple[int, str | None, str]]
    off: list[tuple[str | None, str]]


class Workbench:
    """The page in one tab of a browser. What goes wrong in it is remembered, and fails the test at its end."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.faults: list[str] = []
        self.expected: list[re.Pattern[str]] = []
        page.set_default_timeout(MILLISECONDS)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", lambda line: self._on_console(line.type, line.text))

    def _on_console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(pattern.search(text) for pattern in self.expected):
            self.faults.append(f"{kind}: {text}")

    def expect_faults(self, pattern: str) -> None:
        """From now on, what the browser itself writes to its console about failing requests is no fault."""
        self.expected.append(re.compile(pattern))

    def open(self, text: str | None = None, *, tab: str = "", token: bool = False) -> Workbench:
        """Open the page, with a text in its address."""
        from urllib.parse import urlencode

        given = {"q": text, "tab": tab or None, "token": self.server.token if token else None}
        parts = urlencode({name: value for name, value in given.items() if value is not None})
        self.page.goto("about:blank")
        self.page.goto(self.server.address + (f"#{parts}" if parts else ""))
        return self.settle()

    def settle(self) -> Workbench:
        """Wait until everything is said about the present text."""
        self.page.locator("html[data-settled=true]").wait_for(state="attached")
        return self

    # ---- text

    @property
    def editor(self) -> Locator:
        return self.page.locator("#editor .cm-content")

    @property
    def text(self) -> str:
        view = "((content) => (content.cmTile ?? content.cmView).view)(document.querySelector('#editor .cm-content'))"
        return self.page.evaluate(f"{view}.state.doc.toString()")

    def write(self, text: str) -> Workbench:
        """Put another text in place of the present one, as by pasting it."""
        self.editor.focus()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.editor.evaluate(
            """(content, text) => {
              const clipboardData = new DataTransfer();
              clipboardData.setData("text/plain", text);
              content.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }""",
            text,
        )
        return self.settle()

    def append(self, text: str) -> Workbench:
        """Write behind the end of the text."""
        self.editor.focus()
        self.page.keyboard.press("ControlOrMeta+End")
        self.page.keyboard.insert_text(text)
        return self.settle()

    # ---- forms

    def show(self, tab: str) -> Workbench:
        self.page.get_by_role("tab", name=tab).click()
        return self

    def choose(self, group: str) -> Workbench:
        """Choose one of the round buttons above a form."""
        self.page.get_by_role("radio", name=re.compile(f"^{re.escape(group)}")).check(force=True)
        return self

    def press(self, name: str, *, exact: bool = False) -> Workbench:
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        return self.settle()

    @property
    def summary(self) -> Locator:
        return self.page.locator("#summary")

    @property
    def tree(self) -> list[str]:
        """Lines of the tree of the logic, indented."""
        lines = self.page.get_by_role("treeitem").all()
        return [
            "  " * (int(line.get_attribute("aria-level") or 1) - 1)
            + (line.locator(".operator, code").first.text_content() or "").strip()
            for line in lines
        ]

    def shown(self) -> Shown:
        """The list of constraints, as it is drawn."""
        listed = self.page.evaluate(
            """() => {
              const text = (element, selector) => element.querySelector(selector)?.textContent.trim() ?? null;
              const list = document.querySelector("aside.list");
              return {
                products: [...list.querySelectorAll(".constraint.product code")].map((code) => code.textContent),
                constraints: [...list.querySelectorAll(".constraint[data-number]")].map((each) =>
                  [Number(each.dataset.number), text(each, ".label"), text(each, ".body > code")]),
                off: [...list.querySelectorAll(".constraint.switched-off")].map((each) =>
                  [text(each, ".label"), text(each, ".body > code")]),
              };
            }"""
        )
        return Shown(
            listed["products"], [tuple(each) for each in listed["constraints"]], [tuple(each) for each in listed["off"]]
        )

    def read(self) -> Shown:
        """The same, as the service reads the text."""
        form = self.server.ask("read", text=self.text, version=0)["form"]
        assert form is not None, self.text
        return Shown(
            [product["name"] for product in form["products"]],
            [(each["number"], each["label"], each["text"]) for each in form["constraints"]],
            [(each["label"], each["text"]) for each in form["off"]],
        )


def browsing(context: BrowserContext, server: Server) -> Iterator[Workbench]:
    """A page, whose faults are faults of the test."""
    workbench = Workbench(context.new_page(), server)
    yield workbench
    workbench.page.close()
    assert not workbench.faults, "\n".join(workbench.faults)


def axe_source() -> str | None:
    """The program that looks for barriers, where the development packages of the editor are installed."""
    path = os.path.join(
        os.path.dirname(__file__), "..", "..", "editors", "workbench", "node_modules", "axe-core", "axe.min.js"
    )
    try:
        with open(path, encoding="utf-8") as opened:
            return opened.read()
    except FileNotFoundError:
        return None
