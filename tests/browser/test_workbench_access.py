"""The page for everyone: no barriers that a program finds, small screens, large letters, and its weight."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from edexql.web.page import FOLDER
from workbench_browser import QUERY, axe_source, browsing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from workbench_browser import Server, Workbench

TABS = ["Products", "Dates", "Geophysical", "e-POP", "Experiments", "Query Builder", "Results"]
AXE = axe_source()
CUT = """(all) => all
  .filter((one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1)
  .map((one) => one.textContent)"""
REFUSAL = '{"diagnostics": [{"code": "S500", "message": "the disk is gone", "help": null}]}'


def barriers(page: Page) -> list[str]:
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{each['id']}: {each['help']}: {node['html']}" for each in result["violations"] for node in each["nodes"]]


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed: npm ci in editors/workbench")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_is_found_in_any_tab(browser: Browser, server: Server, scheme: str):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})  # type: ignore[arg-type]
    for workbench in browsing(context, server):
        page = workbench.open(QUERY + "# off: altitude < 500 km\n").page
        page.evaluate(AXE or "")
        for tab in TABS:
            workbench.show(tab).settle()
            page.wait_for_timeout(300)
            assert barriers(page) == [], tab
        for part in ("Influence", "Request and download"):
            workbench.choose(part).settle()
            assert barriers(page) == [], part
        workbench.append("logic (1 OR")
        page.wait_for_timeout(300)
        assert barriers(page) == [], "while the text is broken"
        workbench.write(QUERY).press("Edit constraint 1, date 2019-05-01")
        page.locator("summary", has_text="Download").click()
        assert barriers(page) == [], "with a constraint and a menu that are open"
    context.close()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (720, 450)], ids=["phone", "200 per cent"])
def test_nothing_is_wider_than_a_small_screen(browser: Browser, server: Server, width: int, height: int):
    context = browser.new_context(viewport={"width": width, "height": height})
    for workbench in browsing(context, server):
        page = workbench.open(QUERY).page
        for tab in TABS:
            workbench.show(tab).settle()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, tab
    context.close()


def test_all_tabs_and_whole_names_and_times_are_seen_on_a_small_screen(browser: Browser, server: Server):
    text = "product fai-lv1-hdf5-images, mgf-lv2-magnetic-field\ndate 2019-05\n"
    context = browser.new_context(viewport={"width": 390, "height": 844})
    for workbench in browsing(context, server):
        page = workbench.open(text, tab="results").page
        expect(page.locator(".file").nth(2)).to_be_visible()
        for part in (".tabs", ".file > .name", ".file > .matched", ".file > .size", ".file > .state"):
            assert page.locator(part).evaluate_all(CUT) == [], part
        # At twice the size of a small screen the tabs are in sight.
        page.set_viewport_size({"width": 720, "height": 450})
        workbench.append("ap >= 4; altitude < 500 km\nlogic 1\n")
        page.evaluate("window.scrollTo(0, 0)")
        expect(page.get_by_role("tab", name="Results")).to_be_in_viewport(ratio=1)
    context.close()


def test_on_a_phone_a_notice_stands_above_the_query_and_not_over_it(browser: Browser, server: Server):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    for workbench in browsing(context, server):
        page = workbench.open(QUERY).page
        workbench.expect_faults("Failed to load resource")
        page.route("**/api/edit", lambda route: route.fulfill(status=500, body=REFUSAL))
        page.get_by_role("button", name="Delete constraint 1, date 2019-05-01").click()
        notice = page.locator("#notice")
        expect(notice).to_contain_text("the disk is gone")
        expect(notice).to_be_in_viewport()
        page.evaluate("window.scrollTo(0, 0)")
        box, query = notice.bounding_box(), page.locator("section.query").bounding_box()
        assert box
        assert query
        assert box["y"] + box["height"] <= query["y"]
        page.keyboard.press("Escape")
        expect(notice).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", [1280, 1440, 1920])
def test_query_forms_and_constraints_stand_side_by_side(browser: Browser, server: Server, width: int):
    context = browser.new_context(viewport={"width": width, "height": 800})
    for workbench in browsing(context, server):
        page = workbench.open(QUERY, tab="results").page
        tops = {page.locator(part).bounding_box()["y"] for part in (".query", ".forms", ".list")}  # type: ignore[index]
        assert len(tops) == 1
        for scroller in ("html", "#files-grid", ".tabs"):
            assert page.locator(scroller).evaluate("(element) => element.scrollWidth <= element.clientWidth"), scroller
    context.close()


def test_arrow_keys_go_round_the_tabs(workbench: Workbench):
    page = workbench.open(QUERY).page
    page.get_by_role("tab", name="Products").focus()
    seen = []
    for key in ["ArrowRight"] * 7 + ["End", "Home", "ArrowLeft"]:
        page.keyboard.press(key)
        seen.append(page.locator("[role=tab]:focus").get_attribute("id"))
    assert seen == [
        *("tab-dates", "tab-geophysical", "tab-epop", "tab-experiments", "tab-builder", "tab-results", "tab-products"),
        *("tab-results", "tab-products", "tab-results"),
    ]
    assert page.locator("[role=tab][tabindex='0']").count() == 1


def test_the_days_of_a_period_are_chosen_by_keyboard(workbench: Workbench):
    page = workbench.open(QUERY).show("Dates").page
    day = page.locator("#calendar-focus")
    day.focus()
    assert day.get_attribute("data-day") == "2019-05-01"
    for key in ("ArrowDown", "Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    assert page.get_by_label("From", exact=True).input_value() == "2019-05-02"
    assert page.get_by_label("To", exact=True).input_value() == "2019-05-09"
    may_day = page.locator("[data-day='2019-05-01']")
    expect(may_day).to_have_attribute("title", "2019-05-01: 3 files, 1 of the query; in period 1")
    workbench.show("Products").press("Delete constraint 3, kp >= 3").show("Dates")
    expect(may_day).to_have_attribute("title", "2019-05-01: 3 files, 3 of the query; in period 1")


def test_ten_thousand_files_are_few_rows_of_the_page(workbench: Workbench):
    page = workbench.open(QUERY).page
    count = 10_000
    names = [f"FAI_lv1_h5_{number:06}.zip" for number in range(count)]
    rows = {
        "name": names,
        "instrument": ["fai"] * count,
        "product": ["fai-lv1-hdf5-images"] * count,
        "start": ["2019-05-01T00:00:00Z"] * count,
        "end": ["2019-05-01T00:08:00Z"] * count,
        "size": list(range(count)),
        "matched": [480] * count,
        "state": ["matched"] * count,
    }

    def answer(route) -> None:
        version = route.request.post_data_json["version"]
        whole = {"files": count, "unknown": 0, "bytes": sum(rows["size"]), "seconds": 480 * count}
        route.fulfill(json={"version": version, **whole, "rows": rows, "notes": [], "emptiness": None})

    page.route("**/api/answer", answer)
    workbench.append("# many\n").show("Results")
    grid = page.get_by_role("grid", name="Files")
    assert grid.get_attribute("aria-rowcount") == str(count + 1)
    assert grid.locator("[role=row]").count() < 60
    grid.focus()
    page.keyboard.press("End")
    page.get_by_role("checkbox", name=names[-1]).wait_for()
    page.keyboard.press("Space")
    page.get_by_text("9,999 of 10,000 files ticked").wait_for()
    page.get_by_role("button", name="Size").click()
    page.get_by_role("button", name="Size").click()
    grid.focus()
    page.keyboard.press("Home")
    expect(grid.locator(".file .name").first).to_have_text(names[-1])
    page.locator("#file-filter").fill("000123")
    page.get_by_text("1 shown").wait_for()


def test_at_a_width_of_1280_the_calendar_and_the_reasons_are_seen_whole(workbench: Workbench):
    page = workbench.page
    page.set_viewport_size({"width": 1280, "height": 800})
    workbench.open(QUERY).show("Dates")
    page.locator("[data-day='2019-12-31']").wait_for()
    hidden = "(element) => element.scrollWidth - element.clientWidth"
    assert page.locator(".calendar .scroll").evaluate(hidden) == 0
    workbench.show("Results")
    page.get_by_role("button", name="Why FAI").first.click()
    reasons = page.get_by_role("group", name="Constraints for this file")
    expect(reasons.get_by_role("columnheader", name="Without it")).to_be_visible()
    assert reasons.evaluate(hidden) == 0
    workbench.choose("Influence")
    influence = page.get_by_role("group", name="Influence of constraints")
    influence.wait_for()
    assert influence.evaluate(hidden) == 0


def test_a_query_of_a_thousand_constraints_is_edited(workbench: Workbench):
    periods = "".join(f"date {2014 + number % 8}-{number % 12 + 1:02}\n" for number in range(1000))
    page = workbench.open("product fai-lv1-hdf5-images\n").page
    workbench.write("product fai-lv1-hdf5-images\n" + periods)
    workbench.show("Query Builder")
    page.locator("[title^='Delete constraint 500,']").click()
    workbench.settle()
    assert len(workbench.shown().constraints) == 999
    assert workbench.shown() == workbench.read()


def test_the_page_beside_its_editor_is_light(workbench: Workbench):
    loaded: list[str] = []
    workbench.page.on("request", lambda request: loaded.append(request.url))
    workbench.open(QUERY)
    hosts = {url.split("/")[2] for url in loaded if url.startswith("http")}
    assert hosts == {f"127.0.0.1:{workbench.server.port}"}
    names = {url.partition("/workbench/static/")[2] for url in loaded if "/static/" in url} - {"editor.js"}
    weight = 0
    for name in {"index.html", *names}:
        with open(f"{FOLDER}/{name}", "rb") as opened:
            weight += len(gzip.compress(opened.read()))
    assert weight < 100_000, names
