"""Texts, catalogues and services that want to harm: nothing of them runs in the page, and nothing else is asked."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import catalogues
from stand_in import Answer, StandIn, listing, redirect
from workbench_browser import Server, browsing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from workbench_browser import Workbench

TABS = ["Products", "Dates", "Geophysical", "e-POP", "Experiments", "Query Builder", "Results"]
MARKUP = "<img src=x onerror=window.harmed=1><script>window.harmed=1</script><svg onload=window.harmed=1>"
LINK = "https://evil.example/`<b>x</b>`"
HOSTILE = f"""\
# {MARKUP} {LINK}
product fai-lv1-hdf5-images, "{MARKUP}"
let storm = 6
date 2019-05-01  # </style></pre></textarea>{MARKUP}
experiment "{MARKUP}" > "{MARKUP}"
raw "{MARKUP}" ["{MARKUP}"]
# off: experiment "{MARKUP}" > "javascript:alert(1)"
kp >= 3
logic 1 AND (2 OR 3) OR NOT 4
email "{MARKUP}"@x.example
"""


def assert_harmless(workbench: Workbench) -> None:
    """No script of a text ran, and there is no element but those of the page itself."""
    page = workbench.page
    assert page.evaluate("window.harmed === undefined")
    strange = "img:not(.cm-widgetBuffer), iframe, object, embed, script, base, form[action], a[href^='javascript:' i]"
    inside = page.locator("#page").locator(strange)
    assert [element.evaluate("(element) => element.outerHTML") for element in inside.all()] == []


@pytest.fixture
def watched(context: BrowserContext) -> list[str]:
    """Addresses that the page asked, apart from those of the service."""
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    return asked


def hosts(asked: list[str]) -> set[str]:
    return {match[1] for url in asked if (match := re.match(r"https?://([^/:]+)", url))}


def test_nothing_of_a_text_runs_in_the_page(workbench: Workbench, watched: list[str]):
    page = workbench.open(HOSTILE).page
    for tab in TABS:
        workbench.show(tab)
        page.wait_for_timeout(50)
        assert_harmless(workbench)
    workbench.write(f"product {MARKUP}\n{MARKUP}: kp >= 3\nlogic {MARKUP}\n")
    expect(page.locator(".findings")).to_contain_text("error")
    assert_harmless(workbench)
    assert hosts(watched) == {"127.0.0.1"}


def test_what_is_typed_into_forms_does_not_run_in_the_page(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\nkp >= 3\n").show("Experiments").page
    page.get_by_label("Group", exact=True).fill(MARKUP)
    page.get_by_label("Tag", exact=True).fill(MARKUP)
    workbench.press("Add constraint")
    assert workbench.read().constraints[-1][2].startswith("experiment")
    assert_harmless(workbench)
    workbench.show("Query Builder")
    page.get_by_role("textbox", name="Logic", exact=True).fill(MARKUP)
    page.keyboard.press("Enter")
    expect(page.locator(".fault")).to_be_visible()
    assert_harmless(workbench)


def test_what_is_opened_and_pasted_does_not_run_in_the_page(workbench: Workbench):
    page = workbench.open("").page
    name = "<img src=x onerror=window.harmed=1>.edq"
    page.locator("#file").set_input_files([{"name": name, "mimeType": "text/plain", "buffer": HOSTILE.encode()}])
    expect(page.locator("#notice")).to_contain_text("<img")
    assert workbench.text == HOSTILE
    assert_harmless(workbench)
    workbench.editor.focus()
    workbench.write(json.dumps({"product": [MARKUP], "date": [["2019-05-01", "2019-05-01"]], "query-logic": " ( 1 ) "}))
    expect(page.get_by_role("dialog")).to_contain_text("<img")
    assert_harmless(workbench)
    page.get_by_role("button", name="Replace the query").click()
    workbench.settle()
    assert MARKUP in workbench.text
    assert_harmless(workbench)


def test_a_link_in_the_address_brings_no_token_and_no_script(workbench: Workbench):
    page = workbench.page
    page.goto(workbench.server.address + "#tab=javascript:alert(1)&q=%3Cimg%20src=x%20onerror=window.harmed=1%3E")
    workbench.settle()
    assert_harmless(workbench)
    expect(page.get_by_role("tab", name="Products")).to_have_attribute("aria-selected", "true")


def test_names_of_files_in_a_catalogue_do_not_run_in_the_page(context: BrowserContext, tmp_path: Path):
    tree = tmp_path / "tree" / "2019" / "05" / "01" / "FAI"
    tree.mkdir(parents=True)
    name = "FAI_lv1_h5_20190501_150534_151306_6.0.0<img src=x onerror=window.harmed=1>.zip"
    for each in (name, "FAI_lv1_h5_20190501_160534_161306_6.0.0.zip"):
        (tree / each).write_bytes(b"x")
    catalogues.take(tmp_path / "<b>made", tmp_path / "tree")
    server = Server(tmp_path, "--catalogue", str(tmp_path / "<b>made")).start()
    try:
        for workbench in browsing(context, server):
            page = workbench.open("date 2019-05-01\n", tab="results").page
            assert_harmless(workbench)
            for button in page.get_by_role("button", name="Why").all():
                button.click()
                workbench.settle()
                assert_harmless(workbench)
            workbench.choose("Request and download")
            expect(page.get_by_role("region", name="Download")).to_contain_text("edexql download")
            assert_harmless(workbench)
    finally:
        server.stop()


# A service that the workbench asks


@pytest.fixture(scope="module")
def edex() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory, edex: StandIn) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("asking")
    running = Server(folder, "--upstream", edex.url).start()
    yield running
    running.stop()


@pytest.fixture
def over(context: BrowserContext, asking: Server, edex: StandIn) -> Iterator[Workbench]:
    """A page whose workbench asks the stand-in."""
    edex.answer = None
    edex.requests.clear()
    yield from browsing(context, asking)
    edex.answer = None


def query(day: int) -> str:
    """A query of its own, of which nothing is remembered."""
    return f"product fai-lv1-hdf5-images\ndate 2019-06-{day:02}\n"


def test_names_that_a_service_lists_do_not_run_in_the_page(over: Workbench, edex: StandIn, watched: list[str]):
    # Of names that cannot be shown there is no command: 409.
    over.expect_faults("409")
    edex.answer = listing(
        [f"{MARKUP} 12MB", "javascript:window.harmed=1 1kB", f"../../{LINK} <b>1</b>", "x\u202e\0\x1b[31m 2kB"]
    )
    page = over.open(query(1), tab="results").page
    expect(page.locator("#files-grid, .banner, .quiet").first).to_be_visible()
    assert_harmless(over)
    for part in ("Files", "Request and download"):
        over.choose(part)
        page.wait_for_timeout(100)
        assert_harmless(over)
    assert hosts(watched) == {"127.0.0.1"}


def test_a_redirect_of_a_service_is_reported_and_not_followed(over: Workbench, edex: StandIn):
    with StandIn() as elsewhere:
        over.expect_faults("Failed to load resource")
        edex.answer = redirect(302, f"{elsewhere.url}/api_fetch_data?<script>")
        over.open(query(2))
        expect(over.summary).to_contain_text("redirect")
        assert elsewhere.requests == []
    assert_harmless(over)


def test_a_huge_answer_is_cut_and_the_page_goes_on(over: Workbench, edex: StandIn):
    over.expect_faults("Failed to load resource")
    body = json.dumps({"result_filenames": ["x" * 99] * 400_000}).encode()
    edex.answer = Answer(200, body)
    over.open(query(3))
    expect(over.summary).to_contain_text("MiB")
    edex.answer = None
    over.write(query(4))
    expect(over.summary).to_contain_text("3 files")


def test_of_very_many_files_that_a_service_lists_the_rest_is_had_by_a_command(over: Workbench, edex: StandIn):
    names = [
        f"FAI_lv1_h5_201906{n % 30 + 1:02}_{n // 3600 % 24:02}{n // 60 % 60:02}{n % 60:02}_151306_6.0.{n}.zip 1kB"
        for n in range(20_500)
    ]
    edex.answer = listing(names)
    page = over.open(query(5), tab="results").page
    expect(over.summary).to_contain_text("20,500 files")
    every = page.get_by_role("region", name="All files")
    expect(every).to_contain_text("first 20,000 files")
    expect(every.locator("pre")).to_contain_text(f"edexql fetch --service {edex.url} --output names")
    page.locator("#files-grid").focus()
    page.keyboard.press("End")
    expect(page.locator(".file.current .name")).to_have_count(1)
    assert page.locator("#files-grid .file").count() < 60
    over.choose("Request and download")
    expect(page.get_by_role("region", name="All files")).to_be_visible()


def test_a_service_that_hangs_holds_nothing_up(over: Workbench, edex: StandIn):
    over.expect_faults("Failed to load resource|ERR_")
    released = []

    def hang(_: object) -> Answer:
        end = time.monotonic() + 15
        while not released and time.monotonic() < end:
            time.sleep(0.05)
        return listing([])

    edex.answer = hang
    page = over.page
    page.goto(over.server.address + "#q=" + query(6).replace("\n", "%0A").replace(" ", "+"))
    expect(page.locator("aside.list")).to_contain_text("date 2019-06-06")
    page.get_by_role("tab", name="Dates").click()
    page.get_by_label("From", exact=True).fill("2019-07-01")
    page.get_by_role("button", name="Add constraint").click()
    expect(page.locator("aside.list")).to_contain_text("date 2019-07-01")
    assert "2019-07-01" in over.text
    expect(over.summary).not_to_contain_text("No connection")
    released.append(True)
    over.settle()
    expect(over.summary).to_contain_text("0 files")
