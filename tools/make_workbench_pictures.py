"""Make the pictures of the workbench that the documentation shows.

    python tools/make_workbench_pictures.py             # writes docs/pictures/workbench-*.png
    python tools/make_workbench_pictures.py Dates       # only those of one tab

The workbench is started over the sample catalogue and shown by Chromium, each tab in light and in dark colours. What
`pip install -e '.[test,browser,png]'` installs is needed, and Chromium. There is no --check, because
letters differ between machines.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from workbench_browser import CHROMIUM, FLAGS, Server, Workbench  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = ROOT / "docs" / "pictures"
QUERY = """\
# Aurora on May Day 2019, or a storm
product fai-lv1-hdf5-images
may:    date 2019-05-01  # UTC
aurora: fai has-data
storm:  kp >= 3
# off: altitude < 500 km
logic may AND (aurora OR storm)
"""
TABS = ["Products", "Dates", "Geophysical", "e-POP", "Experiments", "Query Builder", "Results"]
WIDTH, HEIGHT = 1440, 860
COLOURS, EXACT = 160, 64


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the pictures of the workbench.")
    parser.add_argument("tabs", metavar="TAB", nargs="*", help="the tabs to draw (default: all)")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        (Path(folder) / "may.edq").write_text(QUERY)
        server = Server(Path(folder), str(Path(folder) / "may.edq")).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            for scheme in ("light", "dark"):
                draw(browser, server, scheme, options.tabs or TABS)
        finally:
            browser.close()
            server.stop()
    return 0


def draw(browser: Browser, server: Server, scheme: str, tabs: list[str]) -> None:
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": WIDTH, "height": HEIGHT},
        reduced_motion="reduce",
    )
    workbench = Workbench(context.new_page(), server)
    workbench.open(token=True)
    for tab in tabs:
        workbench.show(tab).settle()
        # Sketches and counts come after the answer.
        workbench.page.wait_for_load_state("networkidle")
        workbench.page.wait_for_timeout(500)
        workbench.page.mouse.move(0, 0)
        path = FOLDER / f"workbench-{tab.lower().replace(' ', '-')}-{scheme}.png"
        workbench.page.screenshot(path=path)
        reduce(path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
    for fault in workbench.faults:
        print(f"{scheme}: {fault}", file=sys.stderr)
    context.close()


def reduce(path: Path) -> None:
    """Write a picture with a palette: its most frequent colours as they are, the others by their nearest."""
    picture = Image.open(path).convert("RGB")
    colours, places, counts = np.unique(
        np.asarray(picture).reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    frequent = colours[np.argsort(-counts)[:EXACT]]
    others = picture.quantize(COLOURS - EXACT, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = np.concatenate([frequent, np.array(others, np.uint8).reshape(-1, 3)])[:COLOURS]
    nearest = np.abs(colours[:, None].astype(np.int16) - palette[None].astype(np.int16)).sum(axis=2).argmin(axis=1)
    written = Image.fromarray(nearest[places.reshape(-1)].astype(np.uint8).reshape(picture.height, picture.width), "P")
    written.putpalette(palette.reshape(-1).tolist())
    written.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
