"""The query as a document: its address, its file, what is pasted and downloaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import expect

import catalogues
from tutorial import SCRIPT
from workbench_browser import QUERY, Server, browsing

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from workbench_browser import Workbench

TWO_TARGETS = [("JSON", '"query-logic"'), ("curl", "curl"), ("Python", "import "), ("Query", "# May Day")]


def in_address(workbench: Workbench) -> str:
    return unquote_plus(workbench.page.evaluate("location.hash").partition("q=")[2].partition("&")[0])


def test_the_address_follows_the_text_and_back_goes_step_by_step(workbench: Workbench):
    page = workbench.open(QUERY).page
    workbench.press("Delete constraint 2, fai has-data")
    without = workbench.text
    workbench.press("Delete constraint 2, kp >= 3")
    assert in_address(workbench) == workbench.text
    page.go_back()
    workbench.settle()
    assert workbench.text == without
    page.go_back()
    workbench.settle()
    assert workbench.text == QUERY
    page.go_forward()
    workbench.settle()
    assert workbench.text == without
    workbench.append("# é 𝄞 & #q=+%\n")
    page.wait_for_timeout(500)
    assert in_address(workbench) == workbench.text
    page.reload()
    assert workbench.settle().text == without + "# é 𝄞 & #q=+%\n"
    assert workbench.shown() == workbench.read()


def test_undo_does_not_take_away_what_was_there_when_the_page_opened(workbench: Workbench):
    for given in (QUERY, None):
        page = workbench.open(given, token=given is None).page
        assert workbench.text == QUERY
        workbench.press("Undo the last change of the query")
        expect(page.locator("#notice")).to_contain_text("nothing to undo")
        assert workbench.text == QUERY
        workbench.append("# mine\n").press("Undo the last change of the query")
        assert workbench.text == QUERY


def test_another_file_that_is_opened_is_a_step_of_undo(workbench: Workbench):
    page = workbench.open(QUERY).page
    other = b"product fai-lv1-png-images\ndate 2019-05-02\n"
    page.locator("#file").set_input_files({"name": "other.edq", "mimeType": "text/plain", "buffer": other})
    expect(page.locator("#notice")).to_contain_text("opened other.edq")
    assert workbench.settle().text == other.decode()
    workbench.press("Undo the last change of the query")
    assert workbench.text == QUERY


def test_the_token_leaves_the_address_at_once_and_saves_the_file(workbench: Workbench):
    page = workbench.open(token=True).page
    assert "token" not in page.url
    assert workbench.text == QUERY
    workbench.append("# saved\n")
    page.keyboard.press("ControlOrMeta+s")
    expect(page.locator("#notice")).to_contain_text("saved may.edq")
    file = Path(workbench.server.words[0])
    assert file.read_text() == QUERY + "# saved\n"
    page.reload()
    workbench.settle().write(QUERY)
    workbench.press("Save")
    expect(page.locator("#notice")).to_contain_text("saved may.edq")
    assert file.read_text() == QUERY
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    workbench.press("Copy link")
    assert workbench.server.token not in page.evaluate("navigator.clipboard.readText()")


def test_a_file_that_turned_bad_is_named_with_the_reason_and_the_page_goes_on(workbench: Workbench):
    file = Path(workbench.server.words[0])
    before = file.read_bytes()
    try:
        file.write_bytes(b"kp \xff 5")
        workbench.expect_faults("Failed to load resource")
        page = workbench.open(token=True).page
        expect(page.locator("#notice")).to_contain_text("may.edq is not UTF-8: see byte 4")
        workbench.write(QUERY)
        expect(workbench.summary).to_contain_text("file")
        workbench.press("Save")
        expect(page.locator("#notice")).to_contain_text("not saved")
        assert file.read_bytes() == b"kp \xff 5"
    finally:
        file.write_bytes(before)


def test_the_script_of_the_tutorial_is_pasted_and_becomes_a_query(workbench: Workbench):
    page = workbench.open("").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("(text) => navigator.clipboard.writeText(text)", SCRIPT)
    workbench.editor.focus()
    page.keyboard.press("ControlOrMeta+v")
    offer = page.get_by_role("dialog", name="Turn it into a query?")
    expect(offer).to_contain_text("fai-lv1-hdf5-images")
    offer.get_by_role("button", name="Replace the query").click()
    workbench.settle()
    assert [text for _, _, text in workbench.shown().constraints] == ["date 2019-05-01", "fai has-data"]
    expect(workbench.summary).to_contain_text("3 files")
    workbench.editor.focus()
    page.keyboard.press("ControlOrMeta+z")
    assert workbench.settle().text == ""


@pytest.mark.parametrize(("target", "content"), TWO_TARGETS)
def test_the_query_is_downloaded(workbench: Workbench, target: str, content: str):
    page = workbench.open(QUERY).page
    page.locator("summary", has_text="Download").click()
    with page.expect_download() as downloading:
        page.locator(".menu button", has_text=target).click()
    assert content in Path(downloading.value.path()).read_text()


def test_a_file_is_opened_whatever_it_holds(workbench: Workbench, tmp_path: Path):
    page = workbench.open("").page
    (tmp_path / "own.edq").write_text(QUERY)
    page.locator("#file").set_input_files(tmp_path / "own.edq")
    expect(page.locator("#notice")).to_contain_text("opened own.edq")
    assert workbench.settle().text == QUERY
    (tmp_path / "tutorial.py").write_text(SCRIPT)
    page.locator("#file").set_input_files(tmp_path / "tutorial.py")
    expect(page.locator("#notice")).to_contain_text("opened tutorial.py")
    assert re.search("^date 2019-05-01$", workbench.settle().text, re.MULTILINE)


def test_a_file_that_another_program_changed_is_not_overwritten(workbench: Workbench):
    page = workbench.open(token=True).page
    file = Path(workbench.server.words[0])
    file.write_text(QUERY + "# by another program\n")
    try:
        workbench.expect_faults("Failed to load resource")
        workbench.append("# by the page\n").press("Save")
        expect(page.locator("#notice")).to_contain_text("not saved")
        assert file.read_text() == QUERY + "# by another program\n"
        page.reload()
        expect(page.locator("#notice")).to_contain_text("another program changed")
        assert workbench.settle().text == QUERY + "# by another program\n"
        workbench.editor.focus()
        page.keyboard.press("ControlOrMeta+z")
        assert workbench.settle().text == QUERY + "# by the page\n"
    finally:
        file.write_text(QUERY)


def test_another_tab_that_saved_is_told_from_another_program(workbench: Workbench):
    page = workbench.open(token=True).page
    file = Path(workbench.server.words[0])
    try:
        for other in browsing(page.context, workbench.server):
            other.open(token=True).append("# by the other tab\n").press("Save")
            expect(other.page.locator("#notice")).to_contain_text("saved may.edq")
        workbench.expect_faults("Failed to load resource")
        workbench.append("# by this tab\n").press("Save")
        expect(page.locator("#notice")).to_contain_text("another tab of the workbench saved may.edq")
        page.reload()
        expect(page.locator("#notice")).to_contain_text("another tab of the workbench changed may.edq")
        assert workbench.settle().text == QUERY + "# by the other tab\n"
        workbench.press("Undo the last change of the query").press("Save")
        expect(page.locator("#notice")).to_contain_text("saved may.edq")
        assert file.read_text() == QUERY + "# by this tab\n"
    finally:
        file.write_text(QUERY)


def test_an_empty_page_offers_an_example(workbench: Workbench):
    workbench.open("").press("Begin with an example")
    expect(workbench.summary).to_contain_text("3 files")


def test_what_was_typed_just_before_a_reload_is_there(workbench: Workbench):
    workbench.open(QUERY)
    workbench.editor.focus()
    workbench.page.keyboard.press("ControlOrMeta+End")
    workbench.page.keyboard.insert_text("altitude > 400")
    workbench.page.reload()
    assert workbench.settle().text == f"{QUERY}altitude > 400"
    workbench.page.goto("about:blank")
    workbench.page.go_back()
    assert workbench.settle().text == f"{QUERY}altitude > 400"


def test_another_file_that_is_opened_is_saved_to_the_one_that_is_named(workbench: Workbench):
    page = workbench.open(token=True).page
    taken = workbench.text
    for name, data in (("noise.dat", bytes(range(256))), ("other.edq", b"kp >= 5\n")):
        page.locator("#file").set_input_files({"name": name, "mimeType": "text/plain", "buffer": data})
        if name == "noise.dat":
            expect(page.locator("#notice")).to_contain_text("noise.dat is no text")
            assert workbench.settle().text == taken
    expect(page.locator("#notice")).to_contain_text("Save writes it to may.edq")
    expect(page.locator(".where")).to_contain_text("may.edq with the text of other.edq (changed)")
    workbench.write(taken)


def test_a_file_with_other_ends_of_lines_is_not_changed_by_opening_it(context: BrowserContext, tmp_path: Path):
    data = QUERY.replace("\n", "\r\n").encode()
    file = tmp_path / "windows.edq"
    file.write_bytes(data)
    server = Server(tmp_path, str(file)).start()
    try:
        for workbench in browsing(context, server):
            page = workbench.open(token=True).page
            header = page.locator("header .where")
            expect(header).to_contain_text("windows.edq")
            expect(header).not_to_contain_text("changed")
            assert workbench.text == QUERY
            workbench.press("Delete constraint 2, fai has-data")
            expect(header).to_contain_text("(changed)")
            page.keyboard.press("ControlOrMeta+s")
            expect(header).not_to_contain_text("(changed)")
            expect(page.locator("#notice")).to_contain_text("saved")
            assert file.read_bytes() == workbench.text.replace("\n", "\r\n").encode()
    finally:
        server.stop()


def test_an_address_with_other_ends_of_lines_is_edited_in_its_place(workbench: Workbench):
    workbench.open(QUERY.replace("\n", "\r\n"))
    workbench.press("Delete constraint 2, fai has-data")
    assert [text for _, _, text in workbench.shown().constraints] == ["date 2019-05-01", "kp >= 3"]
    assert workbench.shown() == workbench.read()


def test_simulated_data_are_named_on_every_tab(context: BrowserContext, tmp_path: Path):
    catalogues.take(
        tmp_path / "made", *catalogues.texts(tmp_path / "texts"), catalogues.tree(tmp_path / "tree"), synthetic=True
    )
    server = Server(tmp_path, "--catalogue", str(tmp_path / "made")).start()
    try:
        for workbench in browsing(context, server):
            workbench.open("date 2016-05-03\n")
            expect(workbench.page.locator("header")).to_contain_text("SYNTHETIC data")
            workbench.show("Results")
            expect(workbench.page.locator("#panel .banner")).to_contain_text(
                "SYNTHETIC data. This catalogue was simulated"
            )
    finally:
        server.stop()
