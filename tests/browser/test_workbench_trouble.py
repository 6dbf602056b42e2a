"""What the page does when the text is broken, when answers are late or fail, and when the service goes away."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from workbench_browser import QUERY, Server, browsing

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Route

    from workbench_browser import Workbench


def test_forms_wait_while_the_text_is_broken_and_live_again_when_it_is_mended(workbench: Workbench):
    page = workbench.open(QUERY).page
    workbench.append("logic (1 OR")
    form = page.locator("#panel .form")
    expect(form).to_have_attribute("aria-disabled", "true")
    assert form.evaluate("(element) => element.inert")
    assert [text for _, _, text in workbench.shown().constraints] == ["date 2019-05-01", "fai has-data", "kp >= 3"]
    expect(page.locator("#broken")).to_contain_text("cannot be read")
    workbench.show("Query Builder")
    active = ".toolbar button:not([aria-disabled=true]), form.row button:enabled, .plain-list button:enabled"
    expect(page.locator(active)).to_have_count(0)
    expect(page.locator(".toolbar button", has_text="NOT")).to_have_attribute("title", re.compile("cannot be read"))
    workbench.show("Products")
    page.get_by_role("button", name="Go to the mistake").click()
    page.keyboard.press("ControlOrMeta+End")
    for _ in "logic (1 OR":
        page.keyboard.press("Backspace")
    workbench.settle()
    expect(form).to_have_attribute("aria-disabled", "false")
    assert workbench.text == QUERY
    assert workbench.shown() == workbench.read()


def test_a_mistake_is_mended_by_the_button_of_its_fix(workbench: Workbench):
    workbench.open("product fai-lv1-hdf5-images\ndate 2019-05-01\nfia has-data\n")
    expect(workbench.summary).to_have_text(re.compile("The query has errors"))
    workbench.page.locator(".findings .finding.error button.small").first.click()
    workbench.settle()
    assert "\nfai has-data\n" in workbench.text


def test_late_answers_are_dropped(workbench: Workbench):
    page = workbench.open(QUERY).page
    held: list[Route] = []

    def hold(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        if "2018-11" in body["text"]:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/read", hold)
    workbench.editor.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("product fai-lv1-hdf5-images\ndate 2018-11\n")
    page.wait_for_timeout(200)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("product fai-lv1-hdf5-images\ndate 2019-05-01\n")
    page.wait_for_timeout(1100)
    page.keyboard.insert_text("fai has-data\n")
    assert held
    workbench.expect_faults("ERR_|Failed to load")
    for route in held:
        route.continue_()
    workbench.settle()
    assert [text for _, _, text in workbench.shown().constraints] == ["date 2019-05-01", "fai has-data"]
    page.wait_for_timeout(200)
    assert workbench.shown() == workbench.read()


def test_an_edit_of_a_form_waits_for_a_slow_service_and_is_of_the_text_as_it_is_then(workbench: Workbench):
    page = workbench.open(QUERY).show("Dates").page
    held: list[Route] = []
    page.route("**/api/edit", lambda route: held.append(route) if not held else route.continue_())
    page.get_by_label("From", exact=True).fill("2020-10-20")
    page.get_by_role("button", name="Add constraint").click()
    page.wait_for_timeout(100)
    workbench.editor.focus()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.insert_text("# written meanwhile\n")
    held[0].continue_()
    expect(page.locator("aside.list")).to_contain_text("date 2020-10-20")
    workbench.settle()
    assert "# written meanwhile" in workbench.text
    assert workbench.shown() == workbench.read()


def test_failing_answers_are_named_and_nothing_is_lost(workbench: Workbench):
    page = workbench.open(QUERY).page
    workbench.expect_faults("Failed to load resource")
    refusal = {"diagnostics": [{"code": "S500", "message": "the disk of the catalogue is gone", "help": None}]}
    for name in ("answer", "edit", "influence"):
        page.route(f"**/api/{name}", lambda route: route.fulfill(status=500, json=refusal))
    workbench.append("# more\n")
    expect(workbench.summary).to_contain_text("the disk of the catalogue is gone")
    page.get_by_role("button", name="Delete constraint 1, date 2019-05-01").click()
    expect(page.locator("#notice")).to_contain_text("the disk of the catalogue is gone")
    assert workbench.text == QUERY + "# more\n"
    page.unroute_all()
    workbench.append("# again\n")
    expect(workbench.summary).to_contain_text("1 file")


def test_the_service_is_stopped_and_started_under_the_page(context: BrowserContext, tmp_path: Path):
    server = Server(tmp_path).start()
    try:
        for workbench in browsing(context, server):
            workbench.expect_faults("Failed to load resource|ERR_")
            page = workbench.open(QUERY).page
            server.stop()
            workbench.editor.focus()
            page.keyboard.press("ControlOrMeta+End")
            page.keyboard.insert_text("dst <= -50\n")
            expect(page.get_by_role("alert")).to_contain_text("does not answer")
            page.keyboard.insert_text("# still here\n")
            server.start()
            workbench.settle()
            expect(page.get_by_role("alert")).to_have_count(0)
            assert workbench.text == QUERY + "dst <= -50\n# still here\n"
            assert workbench.shown() == workbench.read()
    finally:
        server.stop()


def test_two_tabs_at_once_are_two_queries(context: BrowserContext, workbench: Workbench, server: Server):
    workbench.open(QUERY)
    for other in browsing(context, server):
        other.open("product mgf-lv2-magnetic-field\ndate 2016-03\n")
        other.press("Delete constraint 1, date 2016-03")
        workbench.press("Delete constraint 2, fai has-data")
        assert other.text.strip() == "product mgf-lv2-magnetic-field"
        assert [text for _, _, text in workbench.shown().constraints] == ["date 2019-05-01", "kp >= 3"]
        assert workbench.shown() == workbench.read()
        assert other.shown() == other.read()


def test_warnings_of_one_kind_stand_together(workbench: Workbench):
    workbench.open("product fai-lv1-hdf5-images\ndate 2019-05-01\nkp >= 3; ap >= 4\n")
    (finding,) = workbench.page.locator(".finding").all()
    places = [button.text_content() for button in finding.get_by_role("button").all()]
    assert places == ["line 3, column 1", "line 3, column 10"]
    finding.get_by_role("button").nth(1).click()
    workbench.page.keyboard.insert_text("dst")
    workbench.settle()
    assert "dst >= 4" in workbench.text
