"""The tutorial's way through the seven tabs of eDEx, by mouse, and once more by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tutorial import NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from workbench_browser import Workbench

THREE_FILES = re.compile(r"^\s*3 files, 1\.63 GB, 22:39 min of matched time\s*$")


def test_the_tutorial_by_mouse(workbench: Workbench):
    page = workbench.open("").page
    expect(workbench.summary).to_have_text(re.compile("The query is empty"))

    page.get_by_role("searchbox", name="Filter").fill("hdf5 fai")
    page.get_by_role("checkbox", name="fai-lv1-hdf5-images").check()
    workbench.settle().show("Dates")
    page.get_by_label("From", exact=True).fill("2019-05-01")
    page.get_by_label("To", exact=True).fill("2019-05-01")
    workbench.press("Add constraint").show("e-POP").choose("FAI")
    page.get_by_role("checkbox", name="has-data").check()
    workbench.settle()
    expect(workbench.summary).to_have_text(THREE_FILES)
    assert workbench.text == "product fai-lv1-hdf5-images\ndate 2019-05-01\nfai has-data\n"

    workbench.show("Query Builder")
    assert workbench.tree == ["AND", "  date 2019-05-01", "  fai has-data"]
    page.get_by_role("textbox", name="Logic", exact=True).fill("1 and 2")
    workbench.press("Set query")
    assert workbench.text.splitlines()[-1] == "logic 1 AND 2"
    expect(page.get_by_text("FAI level-1 images of 1 May 2019 UTC while FAI had data")).to_be_visible()

    workbench.show("Results")
    assert page.locator("#files-grid .file .name").all_text_contents() == NAMES
    page.get_by_role("checkbox", name=NAMES[1]).uncheck()
    expect(page.get_by_text("2 of 3 files ticked, 1.08 GB")).to_be_visible()
    page.get_by_role("button", name=f"Why {NAMES[0]}").click()
    expect(page.get_by_role("region", name=f"Why {NAMES[0]}")).to_contain_text("date 2019-05-01")
    workbench.choose("Request and download")
    expect(page.get_by_role("region", name="Download")).to_contain_text("edexql download")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str, role: str) -> None:
    """Press Tab until a control is in focus: one that nobody reaches fails the test."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    for _ in range(80):
        if wanted.count() and wanted.evaluate("(element) => element === document.activeElement"):
            return
        press(page, "Tab")
    raise AssertionError(f"{role} {name} is not reached by 80 tabs")


def leave_for(page: Page, name: str) -> None:
    """Go to another of the seven tabs, from the one that is shown."""
    for _ in range(80):
        if page.evaluate("document.activeElement.getAttribute('role')") == "tab":
            break
        press(page, "Shift+Tab")
    for _ in range(7):
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            break
        press(page, "ArrowRight")
    expect(page.get_by_role("tab", name=name)).to_be_focused()


def test_the_tutorial_by_keyboard_alone(workbench: Workbench):
    page = workbench.open("").page
    press(page, "Tab", "Tab", "Enter")  # the second skip link: to the tabs
    tab_to(page, "fai-lv1-hdf5-images", "checkbox")
    press(page, "Space")
    workbench.settle()
    leave_for(page, "Dates")
    tab_to(page, "From", "textbox")
    page.keyboard.type("2019-05-01")
    press(page, "Tab")
    page.keyboard.type("2019-05-01")
    press(page, "Enter")
    workbench.settle()
    leave_for(page, "e-POP")
    tab_to(page, "has-data", "checkbox")
    press(page, "Space")
    workbench.settle()
    expect(workbench.summary).to_have_text(THREE_FILES)

    leave_for(page, "Query Builder")
    tab_to(page, "Logic", "textbox")
    press(page, "ControlOrMeta+a")
    page.keyboard.type("2 AND 1")
    press(page, "Enter")
    workbench.settle()
    assert workbench.tree == ["AND", "  fai has-data", "  date 2019-05-01"]
    tab_to(page, "AND all of", "treeitem")
    press(page, "ArrowDown", "Alt+ArrowDown")
    workbench.settle()
    assert workbench.tree == ["AND", "  date 2019-05-01", "  fai has-data"]
    press(page, "n")
    workbench.settle()
    assert workbench.text.splitlines()[-1] == "logic 1 AND NOT 2"
    press(page, "ArrowUp", "ArrowDown")
    workbench.editor.focus()
    press(page, "ControlOrMeta+z")
    workbench.settle()
    assert workbench.text.splitlines()[-1] == "logic 1 AND 2"

    press(page, "Escape", "Tab")
    page.get_by_role("tab", name="Query Builder").focus()
    leave_for(page, "Results")
    tab_to(page, "Files", "grid")
    press(page, "ArrowDown", "Space")
    expect(page.get_by_text("2 of 3 files ticked, 1.08 GB")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_role("region", name=f"Why {NAMES[1]}")).to_be_focused()
    press(page, "Escape")
    expect(page.get_by_role("grid", name="Files")).to_be_focused()
