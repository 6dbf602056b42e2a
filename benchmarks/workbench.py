"""The workbench in Chromium: what the page weighs, a key until its mistake is marked, and a long table of files.

python benchmarks/workbench.py           # print
python benchmarks/workbench.py --write   # print, and put the tables into benchmarks/README.md

Chromium and the package playwright are needed.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Row, collected, program, row
from measure import Spread

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from workbench_browser import CHROMIUM, FLAGS, QUERY, Server, Workbench

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from figures import Options, Table
    from playwright.sync_api import Browser, Page

ROUNDS = 40
CONSTRAINTS = 1_000
LEAST_FILES = 10_000
LONG = "product fai-lv1-hdf5-images\n" + "".join(f"kp {n % 9}.{n % 100:02}..9\n" for n in range(CONSTRAINTS))

# From the key to the first frame with the mark of an error in it.
MARKED = """
() => new Promise((resolve) => {
  const editor = document.querySelector("#editor");
  let begin = null;
  const seen = () => {
    if (begin !== null && editor.querySelector(".cm-lintRange-error")) {
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - begin));
    }
  };
  const observer = new MutationObserver(seen);
  observer.observe(editor, {subtree: true, childList: true, attributes: true});
  editor.addEventListener("keydown", () => { begin = performance.now(); }, {capture: true, once: true});
  window.marked = true;
})
"""
# The longest time between two frames while a table is scrolled from its beginning to its end and back.
SCROLLED = """
async (table) => {
  let longest = 0, last = performance.now();
  const frame = () => new Promise(requestAnimationFrame);
  const height = table.scrollHeight;
  await frame();
  last = performance.now();
  for (const direction of [1, -1]) {
    for (let step = 0; step <= 60; step++) {
      table.scrollTop = height * (direction > 0 ? step : 60 - step) / 60;
      await frame();
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }
  }
  return longest;
}
"""


@contextmanager
def opened(browser: Browser, *words: str) -> Iterator[Workbench]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), *words).start()
        context = browser.new_context()
        try:
            yield Workbench(context.new_page(), server)
        finally:
            context.close()
            server.stop()


def weight(browser: Browser) -> Iterable[Row]:
    sizes: dict[str, int] = {}
    with opened(browser) as workbench:
        workbench.page.on("requestfinished", lambda request: sizes.update({request.url: _size(request)}))
        workbench.open(QUERY)
    editor = sum(size for address, size in sizes.items() if address.endswith("/editor.js"))
    page = sum(size for address, size in sizes.items() if "/api/" not in address) - editor
    count = f"{len(sizes)} requests"
    yield Row("the page beside the editor, as it is sent", round(page / 1000, 1), "kB", ours=count, goal=100)
    yield Row("the editor, as it is sent", round(editor / 1000, 1), "kB")


def _size(request: object) -> int:
    return int(request.sizes()["responseBodySize"])  # type: ignore[attr-defined]


def keys(browser: Browser, rounds: int) -> Iterable[Row]:
    for name, text, goal in (
        ("the sample", QUERY, 50),
        (f"{CONSTRAINTS:,} constraints", LONG, None),
    ):
        with opened(browser) as workbench:
            workbench.open(text)
            workbench.editor.focus()
            workbench.page.keyboard.press("ControlOrMeta+End")
            times = [marked(workbench) for _ in range(rounds)]
        yield row(f"a key until its mistake is marked: {name}", Spread.of(times), "ms", goal, ours=f"{rounds} keys")


def marked(workbench: Workbench) -> float:
    """Milliseconds from a key that makes a mistake to the frame that shows it."""
    page: Page = workbench.page
    page.evaluate(f"() => {{ window.waiting = ({MARKED})(); }}")
    page.keyboard.press(")")
    found = float(page.evaluate("() => window.waiting"))
    page.keyboard.press("Backspace")
    page.locator("#editor .cm-lintRange-error").first.wait_for(state="detached")
    workbench.settle()
    return found


def table(browser: Browser, rounds: int) -> Iterable[Row]:
    import edexql

    with tempfile.TemporaryDirectory() as folder:
        from edexql.cli import main

        assert main(["catalogue", "simulate", "--catalogue", folder, "--years", "1", "--quiet"]) == 0
        query = "date 2013-10..2013-11"
        files = len(edexql.evaluate(query, catalogue=folder))
        assert files >= LEAST_FILES, files
        with opened(browser, "--catalogue", folder) as workbench:
            workbench.open(query)
            workbench.show("Results").settle()
            rows = workbench.page.locator("[role=grid]").first
            rows.wait_for()
            times = [float(rows.evaluate(SCROLLED)) for _ in range(rounds)]
    yield row("the longest frame while a table is scrolled", Spread.of(times), "ms", ours=f"{files:,} files")


def tables(options: Options) -> Iterable[Table]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield collected("", weight(browser))
            yield collected("", keys(browser, options.rounds(ROUNDS)), "Milliseconds of the clock, in the browser.")
            yield collected("", table(browser, options.rounds(ROUNDS // 4)), "Milliseconds of the clock.")
        finally:
            browser.close()


if __name__ == "__main__":
    program("workbench", __doc__, tables, ("edexql", "starlette", "playwright"))
